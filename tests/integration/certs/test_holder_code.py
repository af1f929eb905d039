"""The full name for a verifier: with the holder's code, once, and written down."""

import pytest
from httpx import Response
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.identity.services import disputes
from app.lobby.parts import Parts
from app.main import create_app
from tests import examinee
from tests.graduates import certificate_of, study_through
from tests.people import ALICE
from tests.reviewers import post, reviewer


@pytest.fixture
def issued(client: TestClient, parts: Parts, clock: SettableClock) -> dict[str, str]:
    alice = study_through(client, parts, clock)
    examinee.sit(client, parts, alice.enrolment_id)
    return certificate_of(alice)


def _make(client: TestClient, issued: dict[str, str]) -> str:
    made = post(client, f"/certificates/{issued['certificate_id']}/holder-code", {})
    assert made.status_code == 201, made.text
    return str(made.json()["code"])


def _type(client: TestClient, issued: dict[str, str], code: str) -> Response:
    return post(client, f"/verification/{issued['public_id']}/holder", {"code": code})


def _other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_it_shows_name_and_number_once_and_the_holder_reads_of_it(
    client: TestClient, parts: Parts, issued: dict[str, str]
) -> None:
    code = _make(client, issued)
    told = client.get("/me/access").text
    assert "生成核对全名的一次性码" in told
    assert "查验人凭您给的一次性码核对" not in told
    with TestClient(create_app(parts)) as stranger:
        assert _type(stranger, issued, _other(code)).json()["code"] == "wrong_code"
        assert _type(stranger, issued, code).json() == {
            "name": ALICE.name, "document_number": ALICE.number, "picture": "",
        }  # fmt: skip
        assert _type(stranger, issued, code).json()["code"] == "spent_code"
    assert "查验人凭您给的一次性码核对" in client.get("/me/access").text


def test_after_five_wrong_ones_the_right_one_is_over_too(
    client: TestClient, issued: dict[str, str]
) -> None:
    code = _make(client, issued)
    told = [_type(client, issued, _other(code)).json()["code"] for _ in range(6)]
    assert told == ["wrong_code"] * 5 + ["spent_code"]
    assert _type(client, issued, code).json()["code"] == "spent_code"


def test_it_ends_after_ten_minutes_and_with_the_next_one(
    client: TestClient, clock: SettableClock, issued: dict[str, str]
) -> None:
    first, second = _make(client, issued), _make(client, issued)
    if first != second:
        assert _type(client, issued, first).json()["code"] == "wrong_code"
    clock.advance(ms=600_000)
    assert _type(client, issued, second).json()["code"] == "spent_code"


def test_nobody_is_shown_for_a_name_that_was_taken_back_or_a_certificate_in_doubt(
    client: TestClient, parts: Parts, issued: dict[str, str]
) -> None:
    code = _make(client, issued)
    with parts.database.transaction() as db:
        learner_id = client.get("/api/v1/me").json()["account_id"]
        disputes.withdraw_identity(
            db, learner_id, reason="冒用", actor_id=None, now=parts.clock.now()
        )
    assert _type(client, issued, code).json()["code"] == "spent_code"
    path = f"/certificates/{issued['certificate_id']}"
    with reviewer(parts) as wu:
        post(wu, f"{path}/suspension", {"reason": "核实中"})
    assert post(client, f"{path}/holder-code", {}).json()["code"] == "not_in_force"


def test_an_unknown_certificate_says_what_one_without_a_code_says(
    client: TestClient, issued: dict[str, str]
) -> None:
    none = _type(client, issued, "123456").json()
    unknown = post(client, "/verification/AbCdEfGhIjKlMnOp/holder", {"code": "123456"}).json()
    assert {**none, "instance": 0, "request_id": 0} == {**unknown, "instance": 0, "request_id": 0}
