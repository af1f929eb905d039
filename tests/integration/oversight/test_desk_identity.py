"""The desk decides whose name and number they are: seeing, with two people, and undone again."""

import pytest
from httpx import Response
from starlette.testclient import TestClient

from app.core.audit import AuditEvent
from app.core.clock import SettableClock
from app.identity.models.people import RegistryLookup
from app.identity.services import inbox, people
from app.lobby.parts import Parts
from app.main import create_app
from tests.courses import make_course
from tests.people import ALICE, CAROL, MALLORY, Someone, csrf, sign_in, verify
from tests.player import Player, choose_questions
from tests.reviewers import WU, on_case, only_case, post, reviewer

IMPOSTOR = Someone("13800000041", "赵大海", CAROL.number)
UNLISTED = Someone("13800000042", "何无名", "510101197001010117")


def _claim(client: TestClient, name: str, number: str) -> dict:
    body = {"document_type": "resident_id", "number": number, "name": name}
    return post(client, "/me/identity", body).json()


def _three_mismatches(client: TestClient, parts: Parts) -> str:
    account = str(sign_in(client, parts, IMPOSTOR)["account_id"])
    for name in ("赵大海", "赵小海", "赵海"):
        answer = _claim(client, name, CAROL.number)
    assert answer["outcome"] == "pending_manual", answer
    return account


def _is_verified(parts: Parts, account: str) -> bool:
    with parts.database.reading() as db:
        return people.views(db, parts.vault, [account])[account].is_verified


def _open(client: TestClient, case_id: str) -> dict:
    answer = on_case(client, case_id, "unmasking", purpose="核对冒用线索")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_reviewer_sees_the_claim_with_a_purpose_and_the_person_can_read_that(
    client: TestClient, parts: Parts
) -> None:
    _three_mismatches(client, parts)
    with reviewer(parts) as wu:
        case = only_case(wu, "identity_review")
        file = wu.get(f"/api/v1/desk/cases/{case['id']}").json()
        assert [each["outcome"] for each in file["accounts"][0]["lookups"]] == [
            "姓名与号码不一致"
        ] * 3
        assert all(each["transaction_id"] for each in file["accounts"][0]["lookups"])
        page = wu.get(f"/desk/cases/{case['id']}").text
        assert CAROL.number not in page
        assert "checked" not in page
        assert "mismatch" not in page
        assert "至少 4 个字" in page
        for short in ("复核", " 看看 "):  # as it is sent, and without the blanks around it
            [error] = on_case(wu, case["id"], "unmasking", purpose=short).json()["errors"]
            assert error["field"] == "/purpose"
            assert "至少 4 个字" in error["message"]
        told = _open(wu, case["id"])
        assert (told["claimed_name"], told["claimed_number"]) == ("赵海", CAROL.number)
    [line] = client.get("/api/v1/me/access-log").json()
    assert (line["purpose"], line["by"]) == ("核对冒用线索", "工作人员 吴*")
    assert "核对冒用线索" in client.get("/me/access").text
    with parts.database.reading() as db:
        [event] = db.query(AuditEvent).filter_by(event="case.unmasked").all()
        assert event.facts["purpose"] == "核对冒用线索"


def test_what_the_registry_denied_needs_two_who_have_both_looked(
    client: TestClient, parts: Parts
) -> None:
    account = _three_mismatches(client, parts)
    with reviewer(parts) as wu, reviewer(parts, MALLORY) as second:
        case_id = only_case(wu, "identity_review")["id"]
        body = {"decision": "approve", "reason": "户口簿上改过名"}
        blind = on_case(wu, case_id, "decision", **body)
        assert (blind.status_code, blind.json()["code"]) == (409, "not_read")
        _open(wu, case_id)
        proposed = on_case(wu, case_id, "decision", **body).json()
        assert (proposed["state"], proposed["proposal"]["by"]) == ("open", WU.name)
        assert not _is_verified(parts, account)
        alone = on_case(wu, case_id, "confirmation", confirms=True)
        assert (alone.status_code, alone.json()["code"]) == (403, "same_person")
        assert on_case(second, case_id, "decision", **body).json()["code"] == "proposed"
        assert on_case(second, case_id, "confirmation", confirms=True).json()["code"] == "not_read"
        _open(second, case_id)
        done = on_case(second, case_id, "confirmation", confirms=True).json()
        assert (done["decision_name"], done["decided_by"]) == ("通过", MALLORY.name)
        assert done["proposal"]["by"] == WU.name
        assert _is_verified(parts, account)
        page = second.get(f"/desk/cases/{case_id}").text
        assert WU.name in page
        assert "赵*" in page
        assert "赵海" not in page
        assert "户口簿上改过名" in page
        assert on_case(second, case_id, "confirmation", confirms=True).status_code == 409


def test_a_proposal_is_sent_back_with_a_reason(client: TestClient, parts: Parts) -> None:
    _three_mismatches(client, parts)
    with reviewer(parts) as wu, reviewer(parts, MALLORY) as second:
        case_id = only_case(wu, "identity_review")["id"]
        _open(wu, case_id)
        on_case(wu, case_id, "decision", decision="approve", reason="看着像")
        silent = on_case(second, case_id, "confirmation", confirms=False)
        assert silent.json()["errors"][0]["field"] == "/reason"
        back = on_case(second, case_id, "confirmation", confirms=False, reason="没有证据").json()
        assert (back["state"], back["proposal"]) == ("open", None)
        assert (
            on_case(second, case_id, "decision", decision="reject", reason="冒用").json()["state"]
            == "decided"
        )


def test_one_person_is_enough_where_the_registry_has_no_record(
    client: TestClient, parts: Parts
) -> None:
    account = str(sign_in(client, parts, UNLISTED)["account_id"])
    assert _claim(client, UNLISTED.name, UNLISTED.number)["outcome"] == "pending_manual"
    with reviewer(parts) as wu:
        case_id = only_case(wu, "identity_review")["id"]
        _open(wu, case_id)
        done = on_case(wu, case_id, "decision", decision="approve", reason="与户口簿一致")
        assert done.json()["state"] == "decided"
    assert _is_verified(parts, account)


def test_a_pending_entry_is_corrected_or_taken_back(client: TestClient, parts: Parts) -> None:
    account = str(sign_in(client, parts, CAROL)["account_id"])
    assert _claim(client, CAROL.name, UNLISTED.number)["outcome"] == "pending_manual"
    page = client.get("/signup/identity").text
    assert "5101**********0117" in page
    assert client.delete("/api/v1/me/identity", headers=csrf(client)).status_code == 204
    assert client.delete("/api/v1/me/identity", headers=csrf(client)).status_code == 404
    assert _claim(client, CAROL.name, UNLISTED.number)["outcome"] == "pending_manual"
    assert _claim(client, CAROL.name, CAROL.number)["outcome"] == "match"
    assert _is_verified(parts, account)
    with reviewer(parts) as wu:
        assert wu.get("/api/v1/desk/cases").json()["total"] == 0
        decided = wu.get("/api/v1/desk/cases?state=decided").json()["cases"]
        assert [each["decision_name"] for each in decided] == ["已撤回"] * 2


def _taken(parts: Parts) -> str:
    """Somebody signs up with Carol's name and number before she does."""
    with TestClient(create_app(parts)) as thief:
        account = str(sign_in(thief, parts, IMPOSTOR)["account_id"])
        verify(thief, CAROL)
        choose_questions(thief)
    return account


def test_who_is_locked_out_says_so_and_gets_the_number(client: TestClient, parts: Parts) -> None:
    thief = _taken(parts)
    owner = str(sign_in(client, parts, CAROL)["account_id"])
    body = {"document_type": "resident_id", "number": CAROL.number, "name": CAROL.name}
    refused = post(client, "/me/identity", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "number_taken")
    assert 'data-when="number_taken"' in client.get("/signup/identity").text
    assert post(client, "/me/identity/dispute", body).json()["outcome"] == "pending_manual"
    assert post(client, "/me/identity/dispute", body).json()["code"] == "pending"
    assert "号码归谁" in client.get("/signup/identity").text
    with reviewer(parts) as wu, reviewer(parts, MALLORY) as second:
        case_id = only_case(wu, "number_held")["id"]
        file = wu.get(f"/api/v1/desk/cases/{case_id}").json()
        assert [each["masked_phone"] for each in file["accounts"]] == [
            "138****0003", "138****0041",
        ]  # fmt: skip
        page = wu.get(f"/desk/cases/{case_id}").text
        for each in (wu, second):
            told = _open(each, case_id)
            shown = {name for name in told if f'data-from="{name}"' in page}
            assert shown == {name for name, words in told.items() if words}
            assert (told["holder_name"], told["holder_phone"]) == (CAROL.name, IMPOSTOR.phone)
        on_case(wu, case_id, "decision", decision="approve", reason="本人到场核对")
        assert _is_verified(parts, thief)
        assert on_case(second, case_id, "confirmation", confirms=True).status_code == 200
    assert (_is_verified(parts, owner), _is_verified(parts, thief)) == (True, False)
    with parts.database.reading() as db:
        assert "实名已撤回" in [each.title for each in inbox.list_notices(db, thief)]


def test_whether_a_number_has_an_account_is_heard_by_whose_it_is_alone(
    client: TestClient, parts: Parts
) -> None:
    """With a wrong name, a held number and a free one get the same answers, on both routes."""
    sign_in(client, parts, MALLORY)
    _owner_verifies(parts)
    before = client.get("/signup/identity").text
    said = {}
    for number in (CAROL.number, ALICE.number):  # Alice is not here yet
        with TestClient(create_app(parts)) as curious:
            sign_in(curious, parts, Someone(f"1390000{number[-4:]}", "", ""))
            wrong = {"document_type": "resident_id", "number": number, "name": "谁也不是"}
            answers = [
                post(curious, "/me/identity", wrong), post(curious, "/me/identity/dispute", wrong),
                post(curious, "/me/identity/dispute", wrong),
            ]  # fmt: skip
            said[number] = [(each.status_code, each.json()) for each in answers]
            assert [each[0] for each in said[number]] == [200, 200, 409]
            assert "号码归谁" in curious.get("/signup/identity").text
    held, free = said.values()
    assert [each[1].get("outcome", each[1].get("code")) for each in held] == [
        "mismatch", "pending_manual", "pending",
    ]  # fmt: skip
    for one, other in zip(held, free, strict=True):
        assert one[1] | {"request_id": ""} == other[1] | {"request_id": ""}
    assert "号码归谁" not in before


def test_who_may_have_the_number_is_told_and_the_lookup_stays(
    client: TestClient, parts: Parts
) -> None:
    _owner_verifies(parts)
    account = sign_in(client, parts, MALLORY)["account_id"]
    for path, who, code in (
        ("/me/identity", CAROL, "number_taken"), ("/me/identity/dispute", MALLORY, "number_free"),
    ):  # fmt: skip
        body = {"document_type": "resident_id", "number": who.number, "name": who.name}
        refused = post(client, path, body)
        assert (refused.status_code, refused.json()["code"]) == (409, code)
        assert refused.json()["remedy"]
    assert not _is_verified(parts, str(account))
    with parts.database.reading() as db:
        kept = db.query(RegistryLookup).filter_by(person_id=account).all()
        assert [(row.outcome, bool(row.transaction_id)) for row in kept] == [("match", True)] * 2


def test_a_free_number_that_was_disputed_is_given_like_any_other(
    client: TestClient, parts: Parts
) -> None:
    """A person whom the registry does not know, and who is wrong about another account."""
    account = str(sign_in(client, parts, UNLISTED)["account_id"])
    body = {"document_type": "resident_id", "number": UNLISTED.number, "name": UNLISTED.name}
    assert post(client, "/me/identity/dispute", body).json()["outcome"] == "pending_manual"
    with reviewer(parts) as wu, reviewer(parts, MALLORY) as second:
        case_id = only_case(wu, "number_held")["id"]
        file = wu.get(f"/api/v1/desk/cases/{case_id}").json()
        assert (file["number_held"], len(file["accounts"])) == (False, 1)
        assert wu.get(f"/desk/cases/{case_id}").status_code == 200
        for each in (wu, second):
            _open(each, case_id)
        on_case(wu, case_id, "decision", decision="approve", reason="与户口簿一致")
        assert on_case(second, case_id, "confirmation", confirms=True).status_code == 200
    assert _is_verified(parts, account)


def test_a_decision_is_undone_by_two(client: TestClient, parts: Parts) -> None:
    account = _three_mismatches(client, parts)
    with reviewer(parts) as wu, reviewer(parts, MALLORY) as second:
        case_id = only_case(wu, "identity_review")["id"]
        for each in (wu, second):
            _open(each, case_id)
        on_case(wu, case_id, "decision", decision="approve", reason="改过名")
        assert on_case(second, case_id, "confirmation", confirms=True).json()["may_be_undone"]
        choose_questions(client)
        assert isinstance(parts.clock, SettableClock)
        player = Player(client, parts, parts.clock, IMPOSTOR)
        course = make_course(parts)
        player.enrol(course.course_id)
        player.open(course.video_id)
        opened = on_case(second, case_id, "withdrawal", reason="查实冒用他人号码").json()
        assert opened["kind"] == "identity_withdrawal"
        assert on_case(wu, case_id, "withdrawal", reason="查实冒用他人号码").status_code == 409
        assert on_case(second, opened["id"], "confirmation", confirms=True).status_code == 403
        assert on_case(wu, opened["id"], "confirmation", confirms=True).status_code == 200
    assert not _is_verified(parts, account)
    session = client.get(f"/api/v1/study-sessions/{player.session_id}").json()
    assert session["state"] == "closed"
    again = {"enrolment_id": player.enrolment_id, "lesson_id": course.video_id}
    assert post(client, "/study-sessions", again).json()["code"] == "not_verified"
    with TestClient(create_app(parts)) as owner:
        sign_in(owner, parts, CAROL)
        assert verify(owner, CAROL)["outcome"] == "match"
    with parts.database.reading() as db:
        events = {row.event for row in db.query(AuditEvent).filter_by(subject_id=account)}
    assert "identity.withdrawn" in events


def test_a_number_that_is_held_cannot_be_approved_over(client: TestClient, parts: Parts) -> None:
    account = _three_mismatches(client, parts)
    _owner_verifies(parts)
    with reviewer(parts) as wu:
        case_id = only_case(wu, "identity_review")["id"]
        file = wu.get(f"/api/v1/desk/cases/{case_id}").json()
        assert (file["number_held"], file["choices"]) == (True, [["reject", "不通过"]])
        page = wu.get(f"/desk/cases/{case_id}").text
        assert 'value="approve"' not in page
        assert 'data-from="claimed_name"' in page
        assert 'data-from="holder_' not in page  # a review opens nothing of the other account
        assert "原账号的实名没有撤回以前，不能通过" in page
        assert _open(wu, case_id)["holder_name"] == ""
        _is_refused_for_staff(on_case(wu, case_id, "decision", decision="approve", reason="改过名"))
        assert wu.get(f"/api/v1/desk/cases/{case_id}").json()["proposal"] is None
        rejected = on_case(wu, case_id, "decision", decision="reject", reason="冒用")
        assert rejected.json()["state"] == "decided"
    assert not _is_verified(parts, account)


def test_a_number_that_is_held_meanwhile_is_refused_at_the_confirmation(
    client: TestClient, parts: Parts
) -> None:
    account = _three_mismatches(client, parts)
    with reviewer(parts) as wu, reviewer(parts, MALLORY) as second:
        case_id = only_case(wu, "identity_review")["id"]
        for each in (wu, second):
            _open(each, case_id)
        on_case(wu, case_id, "decision", decision="approve", reason="改过名")
        _owner_verifies(parts)
        _is_refused_for_staff(on_case(second, case_id, "confirmation", confirms=True))
        file = wu.get(f"/api/v1/desk/cases/{case_id}").json()
        assert (file["state"], file["proposal"]["by"]) == ("open", WU.name)
    assert not _is_verified(parts, account)


def _owner_verifies(parts: Parts) -> None:
    with TestClient(create_app(parts)) as owner:
        sign_in(owner, parts, CAROL)
        verify(owner, CAROL)


def _is_refused_for_staff(refused: Response) -> None:
    """The sentence is for who decides, and names what can be done."""
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (409, "number_taken")
    assert "证件号码被他人占用" in problem["remedy"]
    assert "不通过" in problem["remedy"]
    assert "您" not in problem["detail"] + problem["remedy"]


@pytest.mark.parametrize("verb", ["decision", "confirmation", "unmasking", "withdrawal"])
def test_a_worker_does_nothing_at_the_desk(client: TestClient, parts: Parts, verb: str) -> None:
    sign_in(client, parts, ALICE)
    assert on_case(client, "0" * 26, verb).status_code == 403
