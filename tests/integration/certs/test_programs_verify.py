"""A program that verifies keeps the cookies it is given, as most do, and opens no page."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.lobby.parts import Parts
from app.main import create_app
from tests import papers
from tests.people import ALICE, csrf, sign_in

_CALLS = (
    ("/files", {"content": b"%PDF-1.7"}),
    ("/batch", {"content": "ZZ51,李".encode()}),
    ("", {"json": {"text": f"https://shixue.example/v/{'A' * 16}"}}),
    ("/numbers", {"json": {"number": "ZZ51", "name": "李"}}),
    ("/facts", {"json": {"facts": papers.VECTOR["facts"], "key_id": "a", "signature": "b"}}),
)  # fmt: skip


@pytest.mark.parametrize(("path", "given"), _CALLS)
def test_the_second_call_with_a_kept_cookie_is_answered(
    client: TestClient, path: str, given: dict[str, Any]
) -> None:
    for _ in range(2):
        answer = client.post(f"/api/v1/verification{path}", **given)
        assert answer.status_code == 200, answer.text
    assert "shixue_device" in client.cookies


def test_elsewhere_and_with_a_sign_in_the_token_is_still_asked_for(
    client: TestClient, parts: Parts
) -> None:
    path, body = "/api/v1/verification", {"text": "https://shixue.example/v/" + "A" * 16}
    with TestClient(create_app(parts)) as stranger:
        stranger.get("/verify")
        refused = stranger.post("/api/v1/auth/codes", json={"phone": ALICE.phone})
        assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    sign_in(client, parts, ALICE)
    refused = client.post(path, json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    assert client.post(path, json=body, headers=csrf(client)).status_code == 200
