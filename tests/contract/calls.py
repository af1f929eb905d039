"""Calls of every route with real ids, and what the whole database holds before and after."""

import json
from itertools import count

from httpx import Response
from starlette.testclient import TestClient

from app.core.db import Base, Database
from app.learning.rules.chain import next_head
from tests.classrooms import UNIT, card
from tests.contesting import PRACTICE
from tests.contract import drafts
from tests.contract.household import EXTERNAL, STATED, Household
from tests.people import ALICE, csrf

_QUERIES = {
    "/org/plans": "?year=2027",
    "/org/plans/export.xlsx": "?year=2027",
    "/log/proofs/inclusion": "?kind=audit_event&record_id={case_id}",
    "/log/proofs/consistency": "?old=0&new=0",
}
ITEM = {
    "kind": "single", "stem": "灭火器怎么用？", "explanation": "先拔销子。",
    "choices": ["先拔销子", "先按压把", "先喷"], "letters": ["A"],
}  # fmt: skip
ROUND = {
    "title": "加赛", "opens_at": "2026-12-01T09:00", "closes_at": "2026-12-01T11:00",
    "minutes": 30, "sections": [{"title": "单选", "count": 1}],
}  # fmt: skip
_WRONG_DIGITS = {"digits": "00000"}


def dump(database: Database) -> dict[str, list[str]]:
    """Every row of every table."""
    with database.reading() as db:
        return {
            table.name: sorted(map(repr, db.execute(table.select())))
            for table in Base.metadata.sorted_tables
        }


def changed(before: dict[str, list[str]], after: dict[str, list[str]]) -> list[str]:
    """The names of the tables that are no longer as they were."""
    return [name for name in before if before[name] != after[name]]


def _rule(ids: Household) -> dict[str, object]:
    """What Alice's employer may ask of a position that another has not."""
    return {
        "course_id": ids.course_id, "purpose": "safety", "aim": "position", "position": "叉车司机",
        "due_days": 30, "stands": True,
    }  # fmt: skip


class Caller:
    """Makes the calls of the tables with the ids of Alice's things."""

    def __init__(self, household: Household, client: TestClient) -> None:
        self.ids = household
        self._phones = count(13_800_000_100)  # a code may be asked for once a minute
        facts = client.get(f"/api/v1/verification/{household.public_id}").json()
        self._signed = {key: facts[key] for key in ("facts", "key_id", "signature")}

    def address(self, path: str) -> str:
        ids = self.ids
        things = {name: getattr(ids, name) for name in ids.__slots__} | {
            "code": "digital",
            "switch": "no_new_signups",
            "size": 7,
            "scope": "course",
            "scope_id": ids.course_id,
            "subject": "cut",
            "ref_id": ids.cut_id,
            "day": "2026-11-24",
            "part": 0,
            "material_id": "0" * 26,
            "check_id": "0" * 26,
            "person_id": ids.other_id,
            "account_id": ids.other_id,
        }
        if "/face-sessions/" in path:
            things["session_id"] = ids.face_session_id
        if ids.draft is not None and path.startswith(("/authoring/", "/desk/course-reviews")):
            things |= ids.draft.ids(path)
        if "/exam-banks/" in path or path.startswith("/banks/"):
            things["item_id"] = ids.bank_item_id
        query = _QUERIES.get(path, "").format(**things)
        return path.format_map(things) + query

    def body(self, path: str) -> object:
        """Of a call that its owner may make."""
        ids = self.ids
        return (drafts.BODIES | {
            "/auth/codes": {"phone": str(next(self._phones))},
            "/auth/sign-in": {"phone": "13800000029", "code": "000000"},
            "/demo/entrances": {"token": "x"},
            "/verification": {"text": f"https://shixue.example/v/{ids.public_id}"},
            "/verification/numbers": {"number": "ZZ51", "name": "x"},
            "/verification/facts": self._signed,
            "/verification/files": self._signed,
            "/verification/batch": ["ZZ51", "x"],
            "/complaints": {"contact": "13800000009", "text": "听不清讲解的声音"},
            "/complaints/answers": {
                "number": "0123456789", "phone": "13800000029", "code": "000000",
            },
            "/me/identity": {"document_type": "resident_id", "number": "1", "name": "李"},
            "/org/reminders/preview": {"pressing": "overdue"},
            "/org/reminders/batch": {"pressing": "overdue"},
            "/org/reminder-settings": {"uses_sms": True, "uses_mail": True, "has_digest": True},
            "/org/group-robot": {"address": "https://x.example/"},
            "/me/message-choices": {"takes_sms": True, "takes_mail": True},
            "/me/mail": {"address": "a@factory.example"},
            "/me/mail/confirmation": {"code": "000000"},
            "/me/proofs": {"code": "000000"},
            "/me/data": {"proof": "0" * 26},
            "/me/deletion": {"proof": "0" * 26, "number": "1"},
            "/me/questions": {
                "answers": [
                    {"question": "first_school", "answer": "红星小学"},
                    {"question": "first_job", "answer": "第三机械厂"},
                    {"question": "first_master", "answer": "王师傅"},
                ]
            },
            "/me/password": {"code": "000000", "password": "蓝色水桶和钉子还有一只猫"},
        "/auth/password": {"phone": "13800000029", "password": "蓝色水桶和钉子"},
        "/security/people": {"phone": "13800000001"},
            "/security/people/{person_id}/roles": {
                "change": "revoke", "role": "reviewer", "reason": "任命文件",
            },
            "/security/people/{person_id}/second-factor-reset": {"reason": "电话确认"},
            "/security/changes/{case_id}/confirmation": {"confirms": True},
            "/system/organisations": {
                "kind": "employer", "name": "新的单位", "uscc": "91350100M000100Y43",
                "prefecture_code": "510100",
            },
            "/system/organisations/{org_id}/agents": {"phone": "13800000011"},
            "/system/organisations/{org_id}/company-sign-in": {
                "name": "统一登录", "issuer": "https://login.example", "client_id": "x",
                "secret": "x",
            },
            "/system/organisations/{org_id}/company-sign-in/switch": {"is_on": True},
            "/auth/company": {"organisation": "没有这样的单位"},
            "/auth/company/return": {"org_id": ids.org_id, "state": "x"},
            "/me/company-accounts": {"org_id": ids.org_id},
            "/me/second-factors/totp/confirmation": {"code": "000000"},
            "/me/second-factors/keys": {
                "label": "蓝色的", "id": "AAAA", "client_data": "AAAA", "attestation": "AAAA",
            },
            "/auth/second-factor": {"code": "ABCDE-FGHJK"},
            "/auth/second-factor/key": {
                "id": "AAAA", "client_data": "AAAA", "authenticator_data": "AAAA",
                "signature": "AAAA",
            },
            "/me/phone-changes": {"old_code": "000000", "phone": "13900000061", "code": "000000"},
            "/recoveries": {
                "document_type": "resident_id", "number": ALICE.number, "name": ALICE.name,
                "phone": "13900000062", "code": "000000",
            },
            "/phone-changes/stop": {"code": "AAAAAAAA"},
            "/phone-changes/{change_id}/frames": {
                "nonce": "x", "frames": [{"step": 0, "jpeg": "AA=="}],
            },
            "/phone-changes/{change_id}/answers": {
                "answers": [
                    {"question": "first_school", "answer": "不是这个"},
                    {"question": "first_job", "answer": "不是那个"},
                    {"question": "first_master", "answer": "不认识"},
                ]
            },
            "/me/consents": {"kind": "face", "version": "1", "accepted": True},
            "/me/portrait": {"jpeg": "AA=="},
            "/me/face-looks": {"purpose": "enrol", "jpeg": "AA=="},
            "/me/face-sessions": {"purpose": "enrol"},
            "/me/face-trips": {"purpose": "enrol"},
            "/me/face-trips/{trip_id}/departure": {"meta_info": "{}"},
            "/me/face-sessions/{session_id}/frames": {
                "nonce": "x", "frames": [{"step": 0, "jpeg": "AA=="}],
            },
            "/me/employers/{org_id}/acceptance": {},
            "/appeals": {"subject": "cut", "ref_id": ids.cut_id, "text": "请复核这一次"},
            "/org/roll-calls": {"place": "二号车间"},
            "/org/roll-calls/{roll_call_id}/presences/{presence_id}": {"is_present": True},
            "/me/roll-calls": {"code": "000000"},
            "/exam-banks": {"title": "新题库"},
            "/exam-banks/{bank_id}": {"title": "改了名的题库"},
            "/exam-banks/{bank_id}/items": ITEM,
            "/exam-banks/{bank_id}/items/{item_id}": ITEM | {"stem": "改过的题干？"},
            "/exam-blueprints/{course_id}": {
                "minutes": 30, "sections": [{"title": "选择", "count": 1, "kind": "single"}],
            },
            "/marking/{answer_id}/marks": {"points": [3, 1, 0]},
            "/me/organisations": {
                "kind": "employer", "name": "新的单位", "uscc": "91350100M000100Y43",
                "prefecture_code": "990000", "responsible": "王建国", "contact": "02888880000",
                "licence": "AAAA",
            },
            "/org/imports": ["姓名", "证件号码"],
            "/org/plan-lines": {
                "year": 2027, "course_id": ids.course_id, "purpose": "safety", "heads": 30,
            },
            "/org/plan-lines/{line_id}": {
                "course_id": ids.course_id, "purpose": "safety", "heads": 40,
            },
            "/org/plan-copies": {"year": 2027},
            "/org/assignment-previews": _rule(ids),
            "/org/assignment-rules": _rule(ids),
            "/org/units": {"words": "新厂/一车间"},
            "/org/units/{unit_id}": {"words": "四车间"},
            "/org/units/{unit_id}/merging": {"into": "新厂"},
            "/org/positions": {"name": "焊工"},
            "/org/positions/{position_id}": {"name": "装配钳工"},
            "/org/positions/{position_id}/merging": {"into": "焊工"},
            "/org/tags": {"name": "外包"},
            "/org/tags/{tag_id}": {"name": "班组长"},
            "/org/tags/{tag_id}/people": {"unit": "新厂"},
            "/org/staff/{staff_id}/tags": {"tag_ids": [ids.tag_id]},
            "/org/imports/{import_id}/confirmation": {"only_good": False},
            "/org/join-codes": {"unit": "二车间", "days": 7, "most_uses": 5},
            "/me/joinings": {"code": "AAAA-AAAA"},
            "/org/classes": card(ids.course_id, "", teacher_ids=[]),
            "/org/classes/{class_id}": card(ids.course_id, "", teacher_ids=[], capacity=29),
            "/org/classes/{class_id}/cancellation": {"reason": "教师病了"},
            "/org/classes/{class_id}/closing": {"reason": "到期"},
            "/org/classes/{class_id}/units": UNIT,
            "/org/classes/{class_id}/units/{plan_unit_id}": UNIT | {"minutes": 45},
            "/org/classes/{class_id}/members": {"staff_ids": [ids.staff_id]},
            "/me/classes": {"class_id": ids.class_id},
            "/org/contests": PRACTICE,
            "/org/contests/{contest_id}": PRACTICE,
            "/org/contests/{contest_id}/rounds": ROUND,
            "/org/contests/{contest_id}/rounds/{round_id}": ROUND,
            "/org/contests/{contest_id}/decision": {"publishes": True},
            "/org/contests/{contest_id}/cancellation": {"reason": "停电"},
            "/me/contests/{contest_id}/entry": {"hides_name": True},
            "/org/qualifications": {
                "kind": "bank", "number": "x1", "valid_from": "2026-01-01",
                "valid_until": "2027-01-01", "proof": "AAAA",
            },
            "/org/stated-certificates": STATED | {
                "staff_id": ids.staff_id, "number": "川安培〔2026〕13 号",
            },
            "/org/stated-certificates/{stated_id}": STATED | {"reason": "编号填错"},
            "/org/stated-certificates/{stated_id}/withdrawal": {"reason": "证书作废了"},
            "/me/stated-certificates/{stated_id}/confirmation": {},
            "/me/stated-certificates/{stated_id}/refusal": {"reason": "不是我的"},
            "/org/offers": {"staff_id": ids.staff_id, "duty": "viewer"},
            "/org/members/{person_id}": {"duty": "viewer"},
            "/me/offices/{org_id}": {},
            "/me/acting": {"org_id": ids.org_id},
            "/system/organisations/{org_id}/suspension": {"reason": "证照过期"},
            "/system/switches/{switch}": {"reason": "短信被刷"},
            "/system/switches/{switch}/clearing": {"reason": "查清了"},
            "/org/reminders": {"staff_id": ids.staff_id, "course_id": ids.course_id},
            "/org/staff/{staff_id}": {
                "name": ALICE.name, "document_number": ALICE.number, "unit": "一车间",
                "position": "装配工",
            },
            "/me/identity/dispute": {
                "document_type": "resident_id", "number": "1", "name": "李",
            },
            "/desk/cases/{case_id}/confirmation": {"confirms": True},
            "/desk/cases/{case_id}/unmasking": {"purpose": "核对证件"},
            "/desk/policies/{scope}/{scope_id}/trial": {"settings": {"daily_cap_s": "7200"}},
            "/desk/policies/{scope}/{scope_id}/revisions": {
                "settings": {"daily_cap_s": "7200"}, "note": "试行",
            },
            "/desk/cases/{case_id}/withdrawal": {"reason": "查实冒用"},
            "/study-sessions/{session_id}/packages/{lesson_id}/{part}": {
                "values": {"cmi.suspend_data": "x"},
            },
            "/log/cosignatures": {"size": 7, "cosignatures": "— witness.example/w AAAAAAA="},
            "/enrolments": {"course_id": ids.course_id},
            "/attempts/{attempt_id}/answers/{item_id}": {"choices": ["A"]},
            "/attempts/{attempt_id}/next": {"place": 0},
            "/me/wrong-questions/{item_id}/tries": {"choices": ["A"]},
            "/attempts/{attempt_id}/reports": {"away": [{"n": 1, "kind": "blur", "ms": 2000}]},
            "/attempts/{attempt_id}/checks/{check_id}": {
                "answer": {"code": "000000", "answer": "x"},
            },
            "/study-sessions/{session_id}/challenges/{challenge_id}": {
                "head": ids.head, "answer": _WRONG_DIGITS,
                "signed": ids.device.signed(ids.challenge, ids.head, _WRONG_DIGITS),
            },
            "/study-sessions": {"enrolment_id": ids.enrolment_id, "lesson_id": ids.lesson_id},
            "/org/staff": {"name": ALICE.name, "document_number": ALICE.number},
            "/desk/cases/{case_id}/decision": {"decision": "dismiss", "reason": "核对无误"},
            "/desk/devices/{device_id}": {"is_shared": True, "reason": "车间公用"},
            "/oversight/reports/{report_id}/decision": {
                "decision": "dismiss", "reason": "核对无误",
            },
            "/certificates/external": EXTERNAL | {"number": "2651010001300002"},
            "/certificates/{certificate_id}/revocation": {"reason": "代考查实"},
            "/verification/{public_id}/holder": {"code": "123456"},
            "/verification/shares": {"token": ids.token},
            "/certificates/{certificate_id}/shares": {
                "days": 7, "shows_name": False, "has_pdf": False,
            },
            "/certificates/{certificate_id}/reissue": {"text": "姓名里的字写错了"},
            "/certificates/{certificate_id}/suspension": {"reason": "有人举报，先核查"},
            "/certificates/{certificate_id}/suspension/end": {"reason": "查清楚了"},
        }).get(path)  # fmt: skip

    def call(self, client: TestClient, verb: str, path: str, *, body: object = None) -> Response:
        headers = csrf(client)
        address = f"/api/v1{self.address(path)}"
        if path.endswith("/beats"):
            return self._report(client, address, headers)
        if body is None and verb != "GET":
            body = self.body(path)
        return client.request(verb, address, json=body, headers=headers)

    def _report(self, client: TestClient, address: str, headers: dict[str, str]) -> Response:
        seq = self.ids.next_seq
        beat = {"seq": seq, "t": 9_000_000, "from": 0, "to": 10, "rate": 100, "visible": True}
        body = json.dumps({"lesson": self.ids.lesson_id, "beats": [beat]}).encode()
        head = self.ids.head
        signed = {
            "study-prev": head, "study-mac": next_head(self.ids.session_key, head, body),
            "content-type": "application/json",
        }  # fmt: skip
        return client.post(address, content=body, headers=headers | signed)
