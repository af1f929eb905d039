"""No list refuses a search for being long: one that is pasted finds nothing, and says so."""

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.lobby.parts import Parts
from app.main import create_app
from tests.contract.household import grant_everything
from tests.people import ALICE, sign_in

pytestmark = pytest.mark.xdist_group("long_searches")
LONG = "很长的一段话" * 40


@pytest.fixture(scope="module")
def signed_in(shared_parts: Parts) -> Iterator[TestClient]:
    """Somebody who may do everything."""
    with TestClient(create_app(shared_parts), follow_redirects=False) as client:
        sign_in(client, shared_parts, ALICE)
        grant_everything(shared_parts, ALICE)
        yield client


def test_every_list_of_the_api_takes_a_long_search(signed_in: TestClient) -> None:
    paths = signed_in.get("/api/v1/openapi.json").json()["paths"]
    searched = [
        path for path, verbs in paths.items()
        if any(each["name"] == "q" for each in verbs.get("get", {}).get("parameters", ()))
    ]  # fmt: skip
    assert len(searched) > 10
    for path in searched:
        address = "/api/v1" + re.sub(r"\{\w+\}", "0" * 26, path)
        answer = signed_in.get(address, params={"q": LONG})
        assert answer.status_code != 422, (path, answer.text)


def test_a_long_search_finds_nothing(signed_in: TestClient) -> None:
    found = signed_in.get("/api/v1/catalogue/courses", params={"q": LONG}).json()
    assert (found["courses"], found["total"]) == ([], 0)
