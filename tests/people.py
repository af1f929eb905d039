"""People of the tests, and the way each of them comes in."""

import re
from dataclasses import dataclass
from typing import Any

from starlette.testclient import TestClient

from app.identity.rules.documents import DocumentType
from app.identity.rules.second_factors import Factor
from app.identity.services import people, second_factors, signin, tokens, verification
from app.lobby import cookies
from app.lobby.parts import Parts


@dataclass(frozen=True, slots=True)
class Someone:
    """A person who stands in demo/registry.csv."""

    phone: str
    name: str
    number: str


ALICE = Someone("13800000001", "李晓梅", "510101198803070028")
CAROL = Someone("13800000003", "阿依古丽·买买提", "510101199205160044")
MALLORY = Someone("13800000005", "马洛", "510101197911300017")


def csrf(client: TestClient) -> dict[str, str]:
    """Return the header that the product's own pages send with every write."""
    if cookies.DEVICE not in client.cookies:
        client.get("/api/v1/readyz")
    parts: Parts = client.app.parts  # type: ignore[attr-defined]
    device_id = cookies.read_device(parts.keys, client.cookies[cookies.DEVICE])
    assert device_id is not None
    return {"x-csrf-token": cookies.csrf_token(parts.keys, device_id)}


def newest_code(parts: Parts, phone: str) -> str:
    """Read the newest one-time code off the simulated vendor's messages."""
    with parts.database.reading() as db:
        texts = [m.text for m in signin.messages(db, parts.vault) if m.phone == phone]
    return next(found[1] for text in texts if (found := re.search(r"验证码 (\d{6})", text)))


def prove(parts: Parts, someone: Someone) -> str:
    """Return somebody's account with their name proven: nobody acts for others without one."""
    now = parts.clock.now()
    with parts.database.transaction() as db:
        account, _ = people.find_or_create(db, parts.vault, someone.phone, now=now)
        if not people.views(db, parts.vault, [account])[account].is_verified:
            claim = verification.read_claim(
                DocumentType.RESIDENT_ID, someone.number, someone.name, now=now
            )
            verification.approve(db, parts.vault, account, claim, now=now)
    return account


def sign_in(
    client: TestClient, parts: Parts, someone: Someone, *, has_second_factor: bool = True
) -> dict[str, object]:
    """Sign somebody in with a code; returns the answer. Who works here may do so at once."""
    headers = csrf(client)
    sent = client.post("/api/v1/auth/codes", json={"phone": someone.phone}, headers=headers)
    assert sent.status_code == 202, sent.text
    body = {"phone": someone.phone, "code": newest_code(parts, someone.phone)}
    answer = client.post("/api/v1/auth/sign-in", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    if has_second_factor:
        pass_second_factor(client, parts)
    return dict(answer.json())


def pass_second_factor(client: TestClient, parts: Parts) -> None:
    """As an entrance of the demo does; tests/integration/identity goes the long way."""
    pass_with(parts, client.cookies[cookies.ACCESS])


def pass_with(parts: Parts, access: str) -> None:
    """The same for the sign-in of an access token."""
    now = parts.clock.now()
    with parts.database.transaction() as db:
        actor = tokens.actor_of(db, parts.keys, access, now=now)
        assert actor is not None
        second_factors.pass_sign_in(db, actor.sign_in_id, Factor.ENTRANCE, now=now)


def verify(client: TestClient, someone: Someone) -> dict[str, object]:
    """Prove a signed-in person's name; returns the answer."""
    body = {"document_type": "resident_id", "number": someone.number, "name": someone.name}
    answer = client.post("/api/v1/me/identity", json=body, headers=csrf(client))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def by_name(client: TestClient, asked: dict[str, str]) -> dict[str, Any]:
    """What the look-up by number and name says."""
    path = "/api/v1/verification/numbers"
    answer = client.post(path, json=asked, headers=csrf(client))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
