"""证书查询 by its page: number and full name stand in no address, and a repeat does no harm."""

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app import worker
from app.core.errors import TooManyRequestsError
from app.lobby import guesses
from app.lobby.parts import Parts
from app.main import create_app
from tests import finished
from tests.papers_issued import Issued, take

HOLDER = "李晓梅"


@pytest.fixture(scope="module")
def issued(shared_parts: Parts) -> Issued:
    [course] = finished.courses(shared_parts, ("usual",))
    done = finished.finish(shared_parts, course, HOLDER, 1)
    worker.drain(shared_parts)
    return take(shared_parts, done.enrolment_id)


@pytest.fixture
def client(shared_parts: Parts) -> Iterator[TestClient]:
    with TestClient(create_app(shared_parts)) as opened:
        yield opened


def test_nothing_typed_stands_in_an_address(client: TestClient, issued: Issued) -> None:
    page = client.get("/verify").text
    form = re.search(r'<form[^>]*action="/verify"[^>]*>', page)
    assert form is not None
    assert 'method="post"' in form[0]
    typed = {"number": issued.number, "name": HOLDER}
    for _ in range(2):
        found = client.post("/verify", data=typed, follow_redirects=False)
        assert (found.status_code, found.headers["location"]) == (303, f"/v/{issued.public_id}")


def test_what_is_not_found_is_said_beside_what_was_typed(
    client: TestClient, issued: Issued
) -> None:
    answer = client.post("/verify", data={"number": issued.number, "name": "王五"})
    assert answer.status_code == 200
    assert 'data-verdict="unknown"' in answer.text
    assert f'value="{issued.number}"' in answer.text
    assert 'value="王五"' in answer.text


def test_a_number_alone_in_an_address_is_filled_in_and_a_name_is_not(client: TestClient) -> None:
    page = client.get("/verify", params={"number": "ZZ51", "name": "王五"}).text
    assert 'value="ZZ51"' in page
    assert "王五" not in page
    assert "data-verdict" not in page


def test_what_is_missing_or_no_name_is_named_at_its_field(client: TestClient) -> None:
    answer = client.post("/verify", data={"number": "ZZ51"})
    assert answer.status_code == 422
    assert re.search(r'id="e-name"[^>]*>请填写持证人姓名。<', answer.text)
    assert 'value="ZZ51"' in answer.text
    for name, words in (("李" * 121, "太长"), ("李\x00", "里有无法识别的字符")):
        answer = client.post("/verify", data={"number": "ZZ51", "name": name})
        assert answer.status_code == 422
        assert re.search(rf'id="e-name"[^>]*>持证人姓名{words}', answer.text)


def test_a_refusal_for_too_many_tries_keeps_what_was_typed(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise TooManyRequestsError("次数太多。", retry_after_s=60, remedy="请扫方块码")

    monkeypatch.setattr(guesses, "look_up", refuse)
    answer = client.post("/verify", data={"number": "ZZ51", "name": "赵六"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert re.search(r'id="e-number"[^>]*>次数太多。请扫方块码。<', answer.text)
    assert 'value="ZZ51"' in answer.text
    assert 'value="赵六"' in answer.text


def test_the_api_takes_no_name_in_an_address(client: TestClient) -> None:
    query = {"number": "ZZ51", "name": "李"}
    assert client.get("/api/v1/verification", params=query).status_code == 405
