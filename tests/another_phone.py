"""Another phone over HTTP: asking for it, proving who one is, and what its code opens."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from httpx import Response
from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.identity.services import signin
from app.lobby.parts import Parts
from app.main import create_app
from tests.people import ALICE, Someone, newest_code
from tests.proofs import RIGHT
from tests.reviewers import post

NEW, OTHER = "13900000071", "13900000072"
DAY_MS = 24 * 3600 * 1000


@contextmanager
def browser(parts: Parts) -> Iterator[TestClient]:
    with TestClient(create_app(parts)) as opened:
        yield opened


def fresh_code(client: TestClient, parts: Parts, clock: SettableClock, phone: str) -> str:
    """A code to a phone, a minute after the one before."""
    clock.advance(ms=61_000)
    sent = post(client, "/auth/codes", {"phone": phone})
    assert sent.status_code == 202, sent.text
    return newest_code(parts, phone)


def change_phone(
    client: TestClient, parts: Parts, clock: SettableClock, *, old: str = ALICE.phone,
    new: str = NEW, **changes: str,
) -> Response:  # fmt: skip
    """Ask for another phone with a code of each."""
    code = fresh_code(client, parts, clock, new)
    body = {"old_code": fresh_code(client, parts, clock, old), "phone": new, "code": code} | changes
    return post(client, "/me/phone-changes", body)


def recover(
    client: TestClient, parts: Parts, clock: SettableClock, who: Someone = ALICE, *,
    phone: str = NEW, **changes: str,
) -> Response:  # fmt: skip
    """Ask for a new phone where the old one is lost, by name, number and a code of the new one."""
    body = {
        "document_type": "resident_id", "number": who.number, "name": who.name, "phone": phone,
        "code": fresh_code(client, parts, clock, phone),
    }  # fmt: skip
    return post(client, "/recoveries", body | changes)


def prove_self(client: TestClient, opened: Response, step: str = "answers", body=RIGHT) -> dict:
    """Go on with what was opened, by the three questions or another way."""
    answer = post(client, f"/phone-changes/{opened.json()['id']}/{step}", body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def texts_to(parts: Parts, phone: str) -> list[str]:
    """Every message that went to a phone."""
    worker.drain(parts)
    with parts.database.reading() as db:
        return [each.text for each in signin.messages(db, parts.vault) if each.phone == phone]


def stop_code(parts: Parts, phone: str = ALICE.phone) -> str:
    """The code in the message by which a change is stopped."""
    return re.findall(r"编号 ?([A-Z0-9]{8})\b", " ".join(texts_to(parts, phone)))[0]


def opens(parts: Parts, clock: SettableClock, phone: str) -> bool:
    """Tell whether a phone's code opens an account with a proven name."""
    with browser(parts) as client:
        body = {"phone": phone, "code": fresh_code(client, parts, clock, phone)}
        if post(client, "/auth/sign-in", body).status_code == 409:
            return False
        return bool(client.get("/api/v1/me").json()["is_verified"])
