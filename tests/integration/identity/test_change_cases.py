"""What people decide about a change of phones: with both numbers read, and as long as it takes."""

import io
import zipfile

from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.identity.rules.actors import Role
from app.lobby.parts import Parts
from app.oversight.services import keeping
from tests.another_phone import (
    DAY_MS,
    NEW,
    OTHER,
    change_phone,
    opens,
    prove_self,
    recover,
    stop_code,
)
from tests.contract.household import grant
from tests.people import ALICE, MALLORY, sign_in
from tests.proofs import WRONG, with_proof
from tests.reviewers import on_case, only_case, post, reviewer


def test_nobody_gives_a_phone_without_having_looked_at_both(
    alice: TestClient, parts: Parts, clock: SettableClock
) -> None:
    opened = change_phone(alice, parts, clock)
    for _ in range(3):
        prove_self(alice, opened, body=WRONG)
    worker.drain(parts)
    with reviewer(parts) as wu, reviewer(parts, MALLORY) as other:
        case = only_case(wu, "phone_change")["id"]
        approval = {"decision": "approve", "reason": "电话核实是本人"}
        blind = on_case(wu, case, "decision", **approval)
        assert (blind.status_code, blind.json()["code"]) == (409, "not_read")
        assert "手机号" in blind.json()["detail"]
        shown = on_case(wu, case, "unmasking", purpose="打电话核实").json()
        assert (shown["contact"], shown["old_phone"]) == (NEW, ALICE.phone)
        assert on_case(wu, case, "decision", **approval).status_code == 200
        blind = on_case(other, case, "confirmation", confirms=True)
        assert (blind.status_code, blind.json()["code"]) == (409, "not_read")
        on_case(other, case, "unmasking", purpose="打电话核实")
        assert on_case(other, case, "confirmation", confirms=True).status_code == 200
    assert opens(parts, clock, NEW)


def test_a_change_that_people_still_decide_about_is_kept(
    alice: TestClient, parts: Parts, clock: SettableClock
) -> None:
    prove_self(alice, change_phone(alice, parts, clock))
    assert post(alice, "/phone-changes/stop", {"code": stop_code(parts)}).status_code == 204
    clock.advance(ms=191 * DAY_MS)
    keeping.let_go_due(parts.database, parts.vault, parts.settings.keeping, now=clock.now())
    with reviewer(parts) as wu, reviewer(parts, MALLORY) as other:
        case = only_case(wu, "phone_change")["id"]
        on_case(wu, case, "decision", decision="reject", reason="本人来过，原号仍在用")
        assert on_case(other, case, "confirmation", confirms=True).status_code == 200
    assert opens(parts, clock, ALICE.phone)


def test_the_file_does_not_say_where_the_owner_is_to_be_reached(
    alice: TestClient, stranger: TestClient, parts: Parts, clock: SettableClock
) -> None:
    """Who has the account's phone may be the thief, whoever asks for another the owner."""
    prove_self(stranger, recover(stranger, parts, clock, phone=OTHER), "people", {})
    worker.drain(parts)
    assert OTHER not in _file(alice, parts, clock)


def test_the_file_says_what_others_did_to_the_account(
    alice: TestClient, parts: Parts, clock: SettableClock
) -> None:
    grant(parts, ALICE, Role.REVIEWER)
    clock.advance(ms=61_000)
    sign_in(alice, parts, ALICE)
    found = _file(alice, parts, clock)
    assert "role.granted" in found
    assert "case." not in found.partition('"events"')[2]


def _file(client: TestClient, parts: Parts, clock: SettableClock) -> str:
    taken = with_proof(client, parts, clock, ALICE.phone, "/me/data")
    assert taken.status_code == 200, taken.text
    with zipfile.ZipFile(io.BytesIO(taken.content)) as archive:
        return archive.read("data.json").decode()
