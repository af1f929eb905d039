"""Showing who one is where a phone's code is not enough: the code, then the three questions."""

from httpx import Response
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.lobby.parts import Parts
from tests.people import newest_code
from tests.player import ANSWERS
from tests.reviewers import post

RIGHT = {"answers": [{"question": q, "answer": a} for q, a in ANSWERS.items()]}
WRONG = {"answers": [{"question": q, "answer": "猜的答案" + q[:3]} for q in ANSWERS]}


def begin_proof(
    client: TestClient, parts: Parts, clock: SettableClock, phone: str, *, code: str = ""
) -> Response:
    """A fresh code to the phone of whoever is signed in, and typed."""
    clock.advance(ms=61_000)
    sent = post(client, "/me/codes", {})
    assert sent.status_code == 202, sent.text
    return post(client, "/me/proofs", {"code": code or newest_code(parts, phone)})


def with_proof(
    client: TestClient, parts: Parts, clock: SettableClock, phone: str, path: str, *,
    code: str = "", **body: object,
) -> Response:  # fmt: skip
    """Ask for what wants a proof; a proof that is refused is the answer."""
    opened = begin_proof(client, parts, clock, phone, code=code)
    if opened.status_code != 201:
        return opened
    proof = opened.json()["id"]
    if opened.json()["outcome"] == "proving":
        shown = post(client, f"/phone-changes/{proof}/answers", RIGHT)
        assert (shown.status_code, shown.json()["outcome"]) == (200, "done"), shown.text
    return post(client, path, {"proof": proof, **body})
