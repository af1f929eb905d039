"""A write that fails at its very end leaves every table as it was."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from starlette.testclient import TestClient

from app.core.db import Database
from app.identity.services import consents, roll_calls
from app.lobby.parts import Parts
from app.main import create_app
from tests.contract.calls import Caller, changed, dump
from tests.contract.conftest import Town
from tests.people import MALLORY, Someone, newest_code, sign_in

NEWCOMER = Someone("13800000032", "谭春燕", "511702196806190608")

# Who makes each call, and, where the call has several transactions, what those before the failing
# one have rightly left: a try of a code or of a check counts, whatever comes after.
WRITES: dict[tuple[str, str, str], set[str]] = {
    ("nobody", "POST", "/auth/codes"): {"phone_code"},
    ("nobody", "POST", "/auth/sign-in"): set(),
    ("nobody", "POST", "/complaints"): set(),
    ("newcomer", "POST", "/me/identity"): set(),
    ("carol", "POST", "/me/consents"): set(),
    ("carol", "POST", "/me/face-sessions"): set(),
    ("carol", "POST", "/me/questions"): set(),
    ("carol", "POST", "/enrolments"): set(),
    ("alice", "POST", "/me/notices/{notice_id}/read"): set(),
    ("alice", "POST", "/me/face-sessions/{session_id}/frames"): set(),
    ("alice", "POST", "/me/employers/{org_id}/acceptance"): set(),
    ("alice", "POST", "/appeals"): set(),
    ("alice", "PUT", "/attempts/{attempt_id}/answers/{item_id}"): set(),
    ("alice", "POST", "/attempts/{attempt_id}/reports"): set(),
    ("alice", "POST", "/attempts/{attempt_id}/submission"): set(),
    ("alice", "POST", "/enrolments/{enrolment_id}/attempts"): set(),
    ("alice", "POST", "/study-sessions/{session_id}/challenges/{challenge_id}"): {
        "study_challenge",
        "study_learner",
    },
    ("alice", "POST", "/study-sessions/{session_id}/beats"): set(),
    ("alice", "POST", "/study-sessions/{session_id}/challenges"): set(),
    ("alice", "POST", "/study-sessions"): set(),
    ("alice", "PUT", "/me/contests/{contest_id}/entry"): set(),
    ("alice", "POST", "/contest-rounds/{round_id}/attempts"): set(),
    ("boss", "POST", "/org/contests"): set(),
    ("boss", "POST", "/org/contests/{contest_id}/cancellation"): set(),
    ("boss", "POST", "/org/staff"): set(),
    ("boss", "POST", "/org/reminders"): set(),
    ("boss", "PUT", "/org/reminder-settings"): set(),
    ("alice", "PUT", "/me/message-choices"): set(),
    ("rival", "POST", "/org/roll-calls"): set(),
    ("alice", "POST", "/me/roll-calls"): set(),
    ("boss", "PUT", "/org/roll-calls/{roll_call_id}/presences/{presence_id}"): set(),
    ("boss", "POST", "/org/roll-calls/{roll_call_id}/closing"): set(),
    ("boss", "GET", "/org/staff/{staff_id}/proof.pdf"): set(),
    ("boss", "GET", "/org/staff/{staff_id}/proof.xlsx"): set(),
    ("boss", "GET", "/org/staff/{staff_id}/proof.json"): set(),
    ("desk", "POST", "/desk/cases/{case_id}/decision"): set(),
    ("desk", "PUT", "/desk/devices/{device_id}"): set(),
    ("regul", "POST", "/oversight/reports/{report_id}/decision"): set(),
    ("desk", "POST", "/desk/policies/{scope}/{scope_id}/revisions"): set(),
    ("desk", "POST", "/certificates/{certificate_id}/revocation"): set(),
    ("alice", "POST", "/certificates/external"): set(),
    ("alice", "POST", "/certificates/{certificate_id}/shares"): set(),
    ("nobody", "POST", "/verification/shares"): set(),
    ("nobody", "GET", "/verification/shares/{token}/file.pdf"): set(),
    ("alice", "DELETE", "/certificates/{certificate_id}/shares/{share_id}"): set(),
    ("alice", "DELETE", "/certificates/external/{external_id}"): set(),
    ("desk", "POST", "/certificates/{certificate_id}/suspension"): set(),
    ("desk", "POST", "/certificates/{certificate_id}/suspension/end"): set(),
    ("alice", "POST", "/phone-changes/{change_id}/face"): set(),
    ("alice", "POST", "/phone-changes/{change_id}/answers"): set(),
    ("alice", "POST", "/phone-changes/{change_id}/people"): set(),
    ("alice", "DELETE", "/me/consents/face"): set(),
    ("alice", "DELETE", "/me/devices/{key_id}"): set(),
    ("desk", "POST", "/me/second-factors/totp"): set(),
    ("desk", "POST", "/me/second-factors/key-options"): set(),
    ("desk", "POST", "/auth/second-factor/key-options"): set(),
    ("admin", "POST", "/system/organisations"): set(),
    ("school", "POST", "/exam-banks"): set(),
    ("school", "PUT", "/exam-banks/{bank_id}"): set(),
    ("school", "DELETE", "/exam-banks/{bank_id}/courses/{course_id}"): set(),
    ("school", "PUT", "/exam-banks/{bank_id}/courses/{course_id}"): set(),
    ("school", "POST", "/exam-banks/{bank_id}/items"): set(),
    ("school", "PUT", "/exam-blueprints/{course_id}"): set(),
    ("school", "POST", "/marking/{answer_id}/marks"): set(),
    ("alice", "DELETE", "/me/sign-ins/{sign_in_id}"): set(),
    ("alice", "DELETE", "/me/sign-ins"): set(),
    ("school", "POST", "/authoring/courses"): set(),
    ("school", "PUT", "/authoring/versions/{version_id}"): set(),
    ("school", "POST", "/authoring/versions/{version_id}/chapters"): set(),
    ("school", "POST", "/authoring/chapters/{chapter_id}/move"): set(),
    ("school", "POST", "/authoring/chapters/{chapter_id}/lessons"): set(),
    ("school", "PUT", "/authoring/lessons/{lesson_id}"): set(),
    ("school", "POST", "/authoring/lessons/{lesson_id}/move"): set(),
    ("school", "PUT", "/authoring/lessons/{lesson_id}/text"): set(),
    ("school", "PUT", "/authoring/lessons/{lesson_id}/questions"): set(),
    ("school", "DELETE", "/authoring/uploads/{upload_id}"): set(),
    ("school", "POST", "/authoring/lessons/{lesson_id}/uploads"): set(),
    ("school", "DELETE", "/authoring/materials/{material_id}"): set(),
    ("school", "DELETE", "/authoring/lessons/{lesson_id}"): set(),
    ("school", "DELETE", "/authoring/versions/{version_id}"): set(),
    ("alice", "POST", "/auth/sign-out"): set(),
}
# What these need (a claim, a proposal of another person, a witness) is brought about where they are
# tried: tests/integration/oversight, identity, privacy, core. Each is one transaction of one door.
ELSEWHERE = {
    "/desk/cases/{case_id}/confirmation", "/desk/cases/{case_id}/unmasking",
    "/desk/cases/{case_id}/withdrawal", "/me/identity/dispute", "/log/cosignatures",
    "/me/deletion",
    # A face to compare with: tests/integration/identity/test_portraits.py.
    "/me/portrait", "/me/consents/portrait",
    # A name that was corrected: tests/integration/certs/test_reissue.py.
    "/certificates/{certificate_id}/reissue",
    # A last day that is near: tests/integration/certs/test_renewal.py.
    "/certificates/{certificate_id}/renewal",
    # A code of its holder: tests/integration/certs/test_holder_code.py.
    "/certificates/{certificate_id}/holder-code", "/verification/{public_id}/holder",
    # A security administrator, and a second one: tests/integration/identity/test_administrators.py.
    "/security/people/{person_id}/roles", "/security/people/{person_id}/second-factor-reset",
    "/security/people/{person_id}/sign-ins", "/security/changes/{case_id}/confirmation",
    "/system/organisations/{org_id}/agents", "/system/organisations/{org_id}/agents/{person_id}",
    # An application, and somebody who is asked to act for an organisation:
    # tests/integration/org/test_applications.py, test_members.py. Each is one transaction.
    "/me/organisations", "/me/organisations/{application_id}", "/org/offers",
    "/org/offers/{staff_id}", "/org/members/{person_id}", "/me/offices/{org_id}",
    # Two organisations: test_acting_for_one.py.
    "/me/acting",
    "/system/organisations/{org_id}/suspension",
    # Two administrators: tests/integration/oversight/test_switches.py.
    "/system/switches/{switch}", "/system/switches/{switch}/clearing",
    # A file, and one that waits: tests/integration/org/test_imports.py. Each is one transaction,
    # and the worker's pieces begin anew.
    "/org/imports", "/org/imports/{import_id}", "/org/imports/{import_id}/confirmation",
    "/org/imports/{import_id}/undoing",
    # What an organisation states: tests/integration/org/test_qualifications.py.
    "/org/qualifications", "/org/qualifications/{qualification_id}",
    # A certificate from elsewhere: tests/integration/org/test_stated_certificates.py.
    "/org/stated-certificates", "/org/stated-certificates/{stated_id}",
    "/org/stated-certificates/{stated_id}/withdrawal",
    "/me/stated-certificates/{stated_id}/confirmation",
    "/me/stated-certificates/{stated_id}/refusal",
    # How an employer is divided: tests/integration/org/test_units.py. Each is one transaction.
    "/org/units", "/org/units/{unit_id}", "/org/units/{unit_id}/merging", "/org/positions",
    "/org/positions/{position_id}", "/org/positions/{position_id}/merging", "/org/tags",
    "/org/tags/{tag_id}", "/org/tags/{tag_id}/people", "/org/staff/{staff_id}/tags",
    # A plan of a year: tests/integration/org/test_plans.py.
    "/org/plan-lines", "/org/plan-lines/{line_id}", "/org/plan-copies",
    # A rule that meets somebody: tests/integration/org/test_assignment_rules.py.
    "/org/assignment-rules", "/org/assignment-rules/{rule_id}/end",
    "/org/assignment-rules/{rule_id}/withdrawal",
    # A code of an employer: tests/integration/org/test_join_codes.py.
    "/org/join-codes", "/org/join-codes/{code_id}", "/me/joinings",
    # A mail server, a robot, somebody who is late: tests/integration/identity/test_dispatch.py,
    # org/test_reminding.py, test_own_messages.py.
    "/me/mail", "/me/mail/confirmation", "/org/group-robot", "/org/group-robot/trial",
    "/org/reminders/batch",
    # A code that is fresh: tests/integration/identity/test_passwords.py.
    "/me/codes", "/me/password", "/auth/password", "/complaints/answers", "/me/proofs", "/me/data",
    # A company that answers: tests/integration/identity/test_company_accounts.py.
    "/auth/company", "/auth/company/return", "/me/company-accounts",
    "/me/company-accounts/{account_id}", "/system/organisations/{org_id}/company-sign-in",
    "/system/organisations/{org_id}/company-sign-in/switch",
    # A vendor of faces: tests/integration/identity/test_face_trips.py.
    "/me/face-trips", "/me/face-trips/{trip_id}/departure", "/me/face-trips/{trip_id}/result",
    # Codes of two phones, a face, a message: tests/integration/identity/test_phone_changes.py.
    "/me/phone-changes", "/me/phone-changes/stop", "/recoveries", "/phone-changes/stop",
    "/phone-changes/{change_id}/frames",
    # A draft that is ready, a film that is there: tests/integration/learning/test_authoring.py.
    "/authoring/courses/{course_id}/versions", "/authoring/lessons/{lesson_id}/captions",
    "/authoring/uploads/{upload_id}/pieces/{number}", "/authoring/uploads/{upload_id}/completion",
    "/authoring/lessons/{lesson_id}/coding", "/authoring/versions/{version_id}/submission",
    "/authoring/versions/{version_id}/review", "/authoring/versions/{version_id}/retirement",
    "/authoring/versions/{version_id}/materials",
    "/desk/course-reviews/{version_id}", "/authoring/chapters/{chapter_id}",
    # A package that is unpacked: tests/integration/learning/test_packages.py.
    "/authoring/lessons/{lesson_id}/lengths",
    "/study-sessions/{session_id}/packages/{lesson_id}/{part}",
    # An app or a key in somebody's hand: tests/integration/identity/test_second_factors.py.
    "/me/second-factors/totp/confirmation", "/me/second-factors/recovery-codes",
    "/me/second-factors/keys", "/me/second-factors/keys/{key_id}", "/auth/second-factor",
    "/auth/second-factor/key",
}  # fmt: skip
ELSEWHERE |= {  # a class before and after its approval: tests/integration/org/test_classes.py
    "/org/classes", "/org/classes/{class_id}", "/org/classes/{class_id}/application",
    "/org/classes/{class_id}/cancellation", "/org/classes/{class_id}/closing",
    "/org/classes/{class_id}/units", "/org/classes/{class_id}/units/{plan_unit_id}",
    "/org/classes/{class_id}/units/{plan_unit_id}/roll-calls", "/org/classes/{class_id}/members",
    "/org/classes/{class_id}/members/{member_id}", "/me/classes", "/me/classes/{class_id}",
}  # fmt: skip
ELSEWHERE |= {  # a contest that is out, or not: tests/integration/contests/test_contests.py
    "/org/contests/{contest_id}", "/org/contests/{contest_id}/rounds",
    "/org/contests/{contest_id}/rounds/{round_id}", "/org/contests/{contest_id}/submission",
    "/org/contests/{contest_id}/decision", "/org/contests/{contest_id}/rounds/{round_id}/ranking",
}  # fmt: skip
# A check that is open: tests/integration/learning/test_exam_checks.py.
# A question that was wrong: tests/integration/learning/test_wrong_book.py.
ELSEWHERE |= {"/me/wrong-questions/{item_id}/tries"}
# A limit for each question: tests/integration/learning/test_item_limits.py.
ELSEWHERE |= {
    "/attempts/{attempt_id}/next",
    "/attempts/{attempt_id}/checks",
    "/attempts/{attempt_id}/checks/{check_id}",
}
ELSEWHERE |= {  # files of questions: tests/integration/learning/test_bank_files.py
    "/exam-banks/{bank_id}/file-imports", "/exam-banks/{bank_id}/items/{item_id}",
}  # fmt: skip
# These write nothing; GET routes neither, but for the proof, which gets a number, and the document
# of a link, of which its holder reads that it was taken.
READS = {
    "/verification", "/verification/numbers", "/verification/facts", "/verification/files",
    "/verification/batch",
    "/demo/entrances", "/org/reminders/preview",
    "/me/face-looks",
    "/authoring/texts",
    "/security/people", "/org/assignment-previews",
    "/desk/policies/{scope}/{scope_id}/trial", "/exam-banks/{bank_id}/file-trials",
}  # fmt: skip
# Here the second commit is the simulated vendor's own: for us it is a vendor that does not answer.
VENDORS = {("/auth/codes", 2): (503, "unavailable")}
# What was being judged when the house fell down is judged again when its time is over (R17).
WAITING = {"/study-sessions/{session_id}/challenges/{challenge_id}": "judging"}


class DiskFullError(RuntimeError):
    pass


@contextmanager
def failing_commit(database: Database, number: int) -> Iterator[list[int]]:
    """Everything was written to the database, and then the commit of this number fails."""
    seen: list[int] = []

    def fail(_connection: object) -> None:
        seen.append(1)
        if len(seen) == number:
            raise DiskFullError

    event.listen(database.engine, "commit", fail)
    try:
        yield seen
    finally:
        event.remove(database.engine, "commit", fail)


def _body(caller: Caller, parts: Parts, path: str, number: int) -> object:
    """A body that is accepted, where the tables of test_wrong_person.py send one that is not."""
    if path == "/auth/sign-in":
        phone = "13800000023"  # the last that was sent a code
        return {"phone": phone, "code": newest_code(parts, phone)}
    if path == "/me/roll-calls":
        codes = roll_calls.codes_of(parts.keys, caller.ids.roll_call_id, parts.clock.now())
        return {"code": codes[0]}
    return {
        "/auth/codes": {"phone": f"1380000002{number}"},
        "/me/identity": {
            "document_type": "resident_id", "number": NEWCOMER.number, "name": NEWCOMER.name,
        },
        "/me/consents": {"kind": "face", "version": consents.VERSION, "accepted": True},
        "/org/staff": {"name": MALLORY.name, "document_number": MALLORY.number},
    }.get(path, caller.body(path))  # fmt: skip


def test_every_writing_route_is_tried_here(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    writing = {
        (verb.upper(), path) for path, verbs in paths.items() for verb in verbs
        if verb != "get" and path not in READS | ELSEWHERE | {"/org/staff/{staff_id}"}
    } - {("DELETE", "/me/identity"), ("DELETE", "/me/employers/{org_id}")}  # fmt: skip
    proofs = {("GET", f"/org/staff/{{staff_id}}/proof.{kind}") for kind in ("pdf", "xlsx", "json")}
    handed_out = {("GET", "/verification/shares/{token}/file.pdf")}
    assert {(verb, path) for _, verb, path in WRITES} == writing | proofs | handed_out


def test_a_failing_commit_leaves_nothing_behind(everybody: Town) -> None:
    parts, browsers = everybody.parts, dict(everybody.browsers)
    caller = Caller(everybody.household, browsers["alice"])
    found = []
    with TestClient(create_app(parts)) as newcomer:  # everybody of the columns has a name by now
        sign_in(newcomer, parts, NEWCOMER)
        browsers["newcomer"] = newcomer
    with TestClient(create_app(parts), raise_server_exceptions=False) as browser:
        for (name, verb, path), earlier in WRITES.items():
            browser.cookies = browsers[name].cookies
            before = dump(parts.database)
            for number in (1, 2, 3):
                body = _body(caller, parts, path, number)
                with failing_commit(parts.database, number) as seen:
                    answer = caller.call(browser, verb, path, body=body)
                if len(seen) < number:
                    break
                said = (answer.status_code, answer.json()["code"])
                assert said == VENDORS.get((path, number), (500, "internal")), path
                left = set(changed(before, dump(parts.database)))
                allowed = earlier if number > 1 else set()
                found += [(verb, path, number, left)] if left - allowed else []
                before = dump(parts.database)
            is_done = answer.status_code < 300 or answer.json()["code"] == WAITING.get(path)
            assert is_done, (verb, path, answer.text)
            assert number > 1, (verb, path)
    assert found == [], found
