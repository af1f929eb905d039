"""Coming in: code, sign-in, proving a name over real HTTP; and everything that must not pass."""

import datetime as dt
import re

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.identity.rules.registry import UNANSWERED, RegistryOutcome, counts_as_strike
from app.identity.services import cases, people, roster, tokens
from app.identity.services.cases import CaseKind, CaseState
from app.lobby import cookies
from app.lobby.parts import Parts
from app.main import create_app
from tests.people import ALICE, CAROL, MALLORY, Someone, csrf, newest_code, sign_in, verify


def test_from_a_phone_to_a_proven_name(client: TestClient, parts: Parts) -> None:
    first = sign_in(client, parts, ALICE)
    assert (first["is_new"], first["next"]) == (True, "/signup/identity")
    verdict = verify(client, ALICE)
    assert (verdict["outcome"], verdict["next"]) == ("match", "/signup/consent")
    me = client.get("/api/v1/me").json()
    assert me["masked_name"] == "李*梅"
    assert me["masked_phone"] == "138****0001"
    assert me["is_verified"] is True


def test_minority_names_match_whatever_dot_was_typed(client: TestClient, parts: Parts) -> None:
    sign_in(client, parts, CAROL)
    typed = Someone(CAROL.phone, CAROL.name.replace("·", "．"), CAROL.number)
    assert verify(client, typed)["outcome"] == "match"


def test_a_code_is_wrong_spent_or_too_soon(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    headers = csrf(client)
    phone = {"phone": ALICE.phone}
    assert client.post("/api/v1/auth/codes", json=phone, headers=headers).status_code == 202
    again = client.post("/api/v1/auth/codes", json=phone, headers=headers)
    assert again.status_code == 429
    assert int(again.headers["retry-after"]) == 60
    right = newest_code(parts, ALICE.phone)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for _ in range(5):
        answer = client.post("/api/v1/auth/sign-in", json=phone | {"code": wrong}, headers=headers)
        assert answer.json()["code"] == "wrong_code"
        assert answer.json()["errors"][0]["field"] == "/code"
    spent = client.post("/api/v1/auth/sign-in", json=phone | {"code": right}, headers=headers)
    assert spent.json()["code"] == "spent_code"
    clock.advance(ms=61_000)
    assert client.post("/api/v1/auth/codes", json=phone, headers=headers).status_code == 202
    clock.advance(ms=5 * 60_000)
    late = {"code": newest_code(parts, ALICE.phone)}
    assert (
        client.post("/api/v1/auth/sign-in", json=phone | late, headers=headers).json()["code"]
        == "spent_code"
    )


@pytest.mark.parametrize(
    ("name", "number", "field"),
    [
        ("李", ALICE.number, "/name"),
        ("李8梅", ALICE.number, "/name"),
        (ALICE.name, ALICE.number[:-1] + "1", "/number"),
        (ALICE.name, "510101198813070028", "/number"),
        (ALICE.name, "440524188001010014", "/number"),
    ],
)
def test_what_cannot_be_right_names_its_field(
    client: TestClient, parts: Parts, name: str, number: str, field: str
) -> None:
    sign_in(client, parts, ALICE)
    body = {"document_type": "resident_id", "number": number, "name": name}
    answer = client.post("/api/v1/me/identity", json=body, headers=csrf(client))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_what_the_person_can_mend_keeps_the_form_open(client: TestClient, parts: Parts) -> None:
    """Neither a pass nor a case for people: the page names where each of the rest is said."""
    sign_in(client, parts, MALLORY)
    page = client.get("/signup/identity").text
    stays = re.search(r'data-done="verdict" data-stays="([^"]*)"', page)
    assert stays is not None
    places = dict(each.partition(":")[::2] for each in stays[1].split())
    to_mend = {kind for kind in RegistryOutcome if counts_as_strike(kind)} | UNANSWERED
    assert places.keys() == {kind.value for kind in to_mend}
    assert all(f'id="e-{field}"' in page for field in places.values() if field)


def test_the_third_mismatch_of_a_day_goes_to_a_person(client: TestClient, parts: Parts) -> None:
    sign_in(client, parts, MALLORY)
    stolen = Someone(MALLORY.phone, MALLORY.name, ALICE.number)
    outcomes = [verify(client, stolen)["outcome"] for _ in range(3)]
    assert outcomes == ["mismatch", "mismatch", "pending_manual"]
    body = {"document_type": "resident_id", "number": ALICE.number, "name": ALICE.name}
    guessed = client.post("/api/v1/me/identity", json=body, headers=csrf(client))
    assert guessed.json()["outcome"] == "pending_manual"
    with parts.database.reading() as db:
        queue, total = cases.list_cases(
            db, states=[CaseState.OPEN], kinds=[CaseKind.IDENTITY_REVIEW], page=1
        )
    assert total == 1
    assert queue[0].facts["outcome"] == "match"
    assert ALICE.number not in str(queue[0].facts)


@pytest.mark.parametrize(
    ("someone", "outcome"),
    [
        (Someone("13811110001", "何无名", "510101197001010117"), "pending_manual"),
        (Someone("13811110002", "罗慢", "510101197101010114"), "upstream_error"),
        (Someone("13811110003", "程忙", "510101197201010111"), "rate_limited"),
    ],
)
def test_no_answer_of_the_registry_but_a_match_is_a_pass(
    client: TestClient, parts: Parts, someone: Someone, outcome: str
) -> None:
    sign_in(client, parts, someone)
    assert verify(client, someone)["outcome"] == outcome
    assert client.get("/api/v1/me").json()["is_verified"] is False


def test_a_document_belongs_to_one_account(client: TestClient, parts: Parts) -> None:
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    client.cookies.clear()
    sign_in(client, parts, MALLORY)
    body = {"document_type": "resident_id", "number": ALICE.number, "name": ALICE.name}
    answer = client.post("/api/v1/me/identity", json=body, headers=csrf(client))
    assert answer.status_code == 409
    assert "另一个账号" in answer.json()["detail"]


def test_nothing_personal_lies_in_the_database_in_clear(client: TestClient, parts: Parts) -> None:
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    with parts.database.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        cursor = raw.cursor()
        dump = ""
        for table in ("person", "phone_code", "sign_in", "text_message", "registry_lookup"):
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 -- names from the line above
            dump += repr(
                [[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor]
            )
    for clear in (ALICE.phone, ALICE.name, ALICE.number):
        assert clear not in dump
        assert repr(clear.encode())[2:-1] not in dump


def test_a_reused_refresh_token_ends_the_sign_in(
    client: TestClient, parts: Parts, now: dt.datetime
) -> None:
    sign_in(client, parts, ALICE)
    stolen = client.cookies[cookies.REFRESH]
    settings = parts.settings.sign_in
    later = now + dt.timedelta(minutes=20)
    device_id = client.cookies[cookies.DEVICE].partition(".")[0]

    def renew(at: dt.datetime) -> tokens.Tokens | None:
        with parts.database.transaction() as db:
            return tokens.renew(db, parts.keys, settings, stolen, device_id=device_id, now=at)

    fresh = renew(later)
    assert fresh is not None
    assert renew(later) is not None
    assert renew(later + dt.timedelta(minutes=2)) is None
    with parts.database.reading() as db:
        assert tokens.actor_of(db, parts.keys, fresh.access, now=later) is None


def test_a_copied_refresh_token_is_worth_nothing_on_another_device(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    sign_in(client, parts, ALICE)
    with TestClient(create_app(parts)) as thief:
        csrf(thief)  # a device of its own
        thief.cookies.set(cookies.REFRESH, client.cookies[cookies.REFRESH])
        assert thief.get("/api/v1/me").status_code == 401
    assert client.get("/api/v1/me").status_code == 401
    with parts.database.reading() as db:
        ended = db.execute(text("SELECT revoked_for FROM sign_in")).scalars().all()
        told = db.execute(
            text("SELECT count(*) FROM audit_event WHERE event = 'sign_in.other_device'")
        ).scalar_one()
    assert (ended, told) == (["other_device"], 1)
    clock.advance(ms=61_000)
    sign_in(client, parts, ALICE)
    clock.advance(ms=(parts.settings.sign_in.access_s + 1) * 1000)
    assert client.get("/api/v1/me").status_code == 200  # its own device renews as before


def test_signing_out_ends_the_access_at_once(client: TestClient, parts: Parts) -> None:
    sign_in(client, parts, ALICE)
    access = client.cookies[cookies.ACCESS]
    assert client.post("/api/v1/auth/sign-out", headers=csrf(client)).status_code == 204
    bearer = {"authorization": f"Bearer {access}"}
    assert client.get("/api/v1/me", headers=bearer).status_code == 401


def test_an_access_token_runs_out_and_is_renewed_by_the_cookie(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    sign_in(client, parts, ALICE)
    access = client.cookies[cookies.ACCESS]
    clock.advance(ms=16 * 60_000)
    bearer = {"authorization": f"Bearer {access}"}
    with TestClient(client.app) as bare:
        assert bare.get("/api/v1/me", headers=bearer).status_code == 401
    assert client.get("/api/v1/me").status_code == 200
    assert client.cookies[cookies.ACCESS] != access


def test_a_call_without_the_pages_token_is_forged(client: TestClient, parts: Parts) -> None:
    sign_in(client, parts, ALICE)
    answer = client.post("/api/v1/auth/sign-out")
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    assert "复制" in answer.json()["remedy"]  # nothing of what was typed is kept
    assert client.get("/api/v1/me").status_code == 200


def test_opening_a_file_is_written_down_and_a_roster_finds_its_person(
    client: TestClient, parts: Parts, now: dt.datetime
) -> None:
    account = str(sign_in(client, parts, ALICE)["account_id"])
    with parts.database.transaction() as db:
        entry = roster.invite(
            db, parts.vault, org_id="0" * 26, name=ALICE.name, document_number=ALICE.number,
            now=now,
        )  # fmt: skip
        assert roster.match_after_verification(db, parts.vault, learner_id=account) == []
    verify(client, ALICE)
    with parts.database.transaction() as db:
        assert roster.match_after_verification(db, parts.vault, learner_id=account) == [entry]
        assert people.find_by_document(db, parts.vault, ALICE.number.lower()) == account
        opened = people.full(db, parts.vault, account, purpose="test", actor_id=None, now=now)
        assert (opened.name, opened.document_number) == (ALICE.name, ALICE.number)
