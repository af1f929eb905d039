"""Every JSON route answers bad input with a problem document that names the field."""

import json
import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.lobby.parts import Parts
from app.main import create_app
from tests.contract.household import grant_everything
from tests.institutions import CARD
from tests.people import ALICE, csrf, sign_in

# One worker for all: what they share is dear to build.
pytestmark = pytest.mark.xdist_group("problems")

# Without what may be left out.
_MAY_BE_LEFT_OUT = {"validity_months", "tags", "level", "occupation_code"}
_NUMBERS = {"required_minutes": 7, "exam_size": 7, "exam_minutes": 7}
_CARD = {name: said for name, said in CARD.items() if name not in _MAY_BE_LEFT_OUT} | _NUMBERS
_CLASS = {
    "title": "电工班", "starts_on": "2026-11-24", "ends_on": "2026-12-20", "capacity": 7,
    "is_public": True, "course_ids": ["0" * 26], "teacher_ids": ["0" * 26],
}  # fmt: skip
_CONTEST = {
    "kind": "race", "title": "电工竞赛", "rules_text": "独立完成", "audience": "roster",
    "asks_identity": True,
}  # fmt: skip
_ROUND = {
    "title": "初赛", "opens_at": "2026-12-01T09:00", "closes_at": "2026-12-01T11:00", "minutes": 7,
    "sections": [{"title": "单选", "count": 1}],
}  # fmt: skip
_UNIT = {"day": "2026-11-24", "starts": "09:30", "minutes": 7, "topic": "触电急救"}
_STATED = {
    "kind": "other_training", "title": "有限空间作业培训", "number": "川安培 12 号",
    "issuer": "成都某培训学校", "issued_on": "2026-03-02",
}  # fmt: skip
# Every route that takes a body, with a body that fits.
BODIES = {
    "/auth/codes": {"phone": "13800000009"},
    "/auth/sign-in": {"phone": "13800000009", "code": "123456"},
    "/me/identity": {
        "document_type": "resident_id", "number": ALICE.number, "name": ALICE.name,
    },
    "/enrolments": {"course_id": "0" * 26},
    "/me/questions": {"answers": [{"question": "first_school", "answer": "红星小学"}] * 3},
    "/study-sessions": {"enrolment_id": "0" * 26, "lesson_id": "0" * 26},
    "/study-sessions/{session_id}/challenges/{challenge_id}": {
        "head": "A" * 43, "answer": {"digits": "12345"},
    },
    "/certificates/{certificate_id}/revocation": {"reason": "代考"},
    "/certificates/external": {
        "kind": "professional_qualification", "title": "电工", "number": "2651010001300001",
        "issuer": "四川省职业技能鉴定指导中心", "issued_on": "2026-03-02",
    },
    "/certificates/{certificate_id}/suspension": {"reason": "核查"},
    "/verification/{public_id}/holder": {"code": "123456"},
    "/verification/shares": {"token": "A" * 32},
    "/certificates/{certificate_id}/shares": {"days": 7, "shows_name": True, "has_pdf": True},
    "/certificates/{certificate_id}/reissue": {"text": "姓名里的字写错了"},
    "/certificates/{certificate_id}/suspension/end": {"reason": "查清"},
    "/me/consents": {"kind": "face", "version": "1", "accepted": True},
    "/me/portrait": {"jpeg": "AA=="},
    "/me/face-looks": {"purpose": "enrol", "jpeg": "AA=="},
    "/me/face-sessions": {"purpose": "enrol"},
    "/me/face-trips": {"purpose": "enrol"},
    "/me/face-trips/{trip_id}/departure": {"meta_info": "{}"},
    "/me/face-sessions/{session_id}/frames": {
        "nonce": "x", "frames": [{"step": 0, "jpeg": "AA=="}],
    },
    "/security/people": {"phone": "13800000001"},
    "/security/people/{person_id}/roles": {
        "change": "grant", "role": "reviewer", "reason": "任命文件",
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
    },
    "/system/organisations/{org_id}/company-sign-in/switch": {"is_on": True},
    "/auth/company": {"organisation": "没有这样的单位"},
    "/auth/company/return": {"org_id": "0" * 26, "state": "x"},
    "/me/company-accounts": {"org_id": "0" * 26},
    "/me/password": {"code": "123456", "password": "蓝色水桶和钉子"},
    "/auth/password": {"phone": "13800000009", "password": "蓝色水桶和钉子"},
    "/demo/entrances": {"token": "x"},
    "/me/second-factors/totp/confirmation": {"code": "123456"},
    "/me/second-factors/keys": {
        "label": "x", "id": "AAAA", "client_data": "AAAA", "attestation": "AAAA",
    },
    "/auth/second-factor": {"code": "123456"},
    "/auth/second-factor/key": {
        "id": "AAAA", "client_data": "AAAA", "authenticator_data": "AAAA", "signature": "AAAA",
    },
    "/org/staff": {"name": "王明", "document_number": ALICE.number},
    "/org/staff/{staff_id}": {"name": "王明"},
    "/org/roll-calls": {"place": "二号车间"},
    "/org/roll-calls/{roll_call_id}/presences/{presence_id}": {"is_present": True},
    "/me/roll-calls": {"code": "000000"},
    "/me/organisations": {
        "kind": "employer", "name": "新的单位", "uscc": "91350100M000100Y43",
        "prefecture_code": "510100", "responsible": "王建国", "contact": "02888880000",
        "licence": "AAAA",
    },
    "/org/imports/{import_id}/confirmation": {"only_good": True},
    "/org/join-codes": {"days": 7, "most_uses": 7},
    "/org/plan-lines": {
        "year": 2027, "course_id": "0" * 26, "purpose": "safety", "heads": 7,
    },
    "/org/plan-lines/{line_id}": {"course_id": "0" * 26, "purpose": "safety", "heads": 7},
    "/org/plan-copies": {"year": 2027},
    "/org/assignment-previews": {"course_id": "0" * 26, "purpose": "safety", "aim": "unit"},
    "/org/assignment-rules": {"course_id": "0" * 26, "purpose": "safety", "aim": "unit"},
    "/org/units": {"words": "一车间"},
    "/org/units/{unit_id}": {"words": "一车间"},
    "/org/units/{unit_id}/merging": {"into": "一车间"},
    "/org/positions": {"name": "钳工"},
    "/org/positions/{position_id}": {"name": "钳工"},
    "/org/positions/{position_id}/merging": {"into": "钳工"},
    "/org/tags": {"name": "班组长"},
    "/org/tags/{tag_id}": {"name": "班组长"},
    "/org/tags/{tag_id}/people": {"unit": "一车间"},
    "/org/staff/{staff_id}/tags": {"tag_ids": ["0" * 26]},
    "/me/joinings": {"code": "AAAA-AAAA"},
    "/me/acting": {"org_id": "0" * 26},
    "/org/classes": _CLASS,
    "/org/classes/{class_id}": _CLASS,
    "/org/classes/{class_id}/cancellation": {"reason": "教师病了"},
    "/org/classes/{class_id}/closing": {"reason": "到期"},
    "/org/classes/{class_id}/units": _UNIT,
    "/org/classes/{class_id}/units/{plan_unit_id}": _UNIT,
    "/org/classes/{class_id}/members": {"staff_ids": ["0" * 26]},
    "/me/classes": {"class_id": "0" * 26},
    "/org/contests": _CONTEST,
    "/org/contests/{contest_id}": _CONTEST,
    "/org/contests/{contest_id}/rounds": _ROUND,
    "/org/contests/{contest_id}/rounds/{round_id}": _ROUND,
    "/org/contests/{contest_id}/decision": {"publishes": True},
    "/org/contests/{contest_id}/cancellation": {"reason": "停电"},
    "/me/contests/{contest_id}/entry": {"hides_name": True},
    "/org/qualifications": {
        "kind": "little_giant", "number": "x1", "valid_from": "2026-01-01",
        "valid_until": "2027-01-01", "proof": "AAAA",
    },
    "/org/stated-certificates": _STATED | {"staff_id": "0" * 26, "proof": "AAAA"},
    "/org/stated-certificates/{stated_id}": _STATED | {"reason": "编号填错"},
    "/org/stated-certificates/{stated_id}/withdrawal": {"reason": "证书作废了"},
    "/me/stated-certificates/{stated_id}/refusal": {"reason": "不是我的"},
    "/org/offers": {"staff_id": "0" * 26, "duty": "viewer"},
    "/org/members/{person_id}": {"duty": "viewer"},
    "/system/organisations/{org_id}/suspension": {"reason": "证照过期"},
    "/system/switches/{switch}": {"reason": "短信被刷"},
    "/system/switches/{switch}/clearing": {"reason": "查清了"},
    "/org/reminders/preview": {"pressing": "overdue"},
    "/org/reminders/batch": {"pressing": "overdue"},
    "/org/reminder-settings": {"uses_sms": True, "uses_mail": True, "has_digest": True},
    "/org/group-robot": {"address": "https://x.example/"},
    "/me/message-choices": {"takes_sms": True, "takes_mail": True},
    "/me/mail": {"address": "a@factory.example"},
    "/me/mail/confirmation": {"code": "123456"},
    "/org/reminders": {"staff_id": "0" * 26, "course_id": "0" * 26},
    "/me/identity/dispute": {
        "document_type": "resident_id", "number": ALICE.number, "name": ALICE.name,
    },
    "/me/proofs": {"code": "123456"},
    "/me/data": {"proof": "0" * 26},
    "/me/deletion": {"proof": "0" * 26, "number": ALICE.number},
    "/desk/cases/{case_id}/decision": {"decision": "approve", "reason": "核对无误"},
    "/desk/policies/{scope}/{scope_id}/trial": {"settings": {"daily_cap_s": "7200"}},
    "/desk/policies/{scope}/{scope_id}/revisions": {
        "settings": {"daily_cap_s": "7200"}, "note": "试行",
    },
    "/desk/devices/{device_id}": {"is_shared": True, "reason": "车间公用"},
    "/oversight/reports/{report_id}/decision": {"decision": "dismiss", "reason": "核对无误"},
    "/desk/cases/{case_id}/confirmation": {"confirms": True},
    "/desk/cases/{case_id}/unmasking": {"purpose": "核对证件"},
    "/desk/cases/{case_id}/withdrawal": {"reason": "查实冒用"},
    "/complaints": {"contact": "13800000009", "text": "听不清讲解的声音"},
    "/complaints/answers": {"number": "0123456789", "phone": "13800000029", "code": "000000"},
    "/me/phone-changes": {"old_code": "000000", "phone": "13900000061", "code": "000000"},
    "/recoveries": {
        "document_type": "resident_id", "number": ALICE.number, "name": ALICE.name,
        "phone": "13900000062", "code": "000000",
    },
    "/phone-changes/stop": {"code": "AAAAAAAA"},
    "/phone-changes/{change_id}/frames": {"nonce": "x", "frames": [{"step": 0, "jpeg": "AA=="}]},
    "/phone-changes/{change_id}/answers": {
        "answers": [
            {"question": "first_school", "answer": "不是这个"},
            {"question": "first_job", "answer": "不是那个"},
            {"question": "first_master", "answer": "不认识"},
        ]
    },
    "/appeals": {"subject": "cut", "ref_id": "0" * 26, "text": "我一直在学，请复核"},
    "/authoring/courses": _CARD,
    "/authoring/versions/{version_id}": _CARD,
    "/authoring/versions/{version_id}/chapters": {"title": "第二章"},
    "/authoring/versions/{version_id}/review": {"publishes": True},
    "/authoring/chapters/{chapter_id}": {"title": "第一章"},
    "/authoring/chapters/{chapter_id}/move": {"to": "down"},
    "/authoring/chapters/{chapter_id}/lessons": {"kind": "document", "title": "又一课"},
    "/authoring/lessons/{lesson_id}": {"title": "断电"},
    "/authoring/lessons/{lesson_id}/move": {"to": "down"},
    "/authoring/lessons/{lesson_id}/text": {"text": "## 一\n\n字"},
    "/authoring/lessons/{lesson_id}/questions": {"questions": []},
    "/authoring/lessons/{lesson_id}/lengths": {"minutes": [10]},
    "/study-sessions/{session_id}/packages/{lesson_id}/{part}": {
        "values": {"cmi.suspend_data": "x"},
    },
    "/authoring/lessons/{lesson_id}/captions": {"text": "WEBVTT"},
    "/authoring/lessons/{lesson_id}/uploads": {"name": "b.mp4", "size": 7},
    "/authoring/texts": {"text": "## 一\n\n字"},
    "/desk/course-reviews/{version_id}": {"publishes": True},
    "/log/cosignatures": {"size": 7, "cosignatures": "— witness.example/w AAAAAAA="},
    "/verification": {"text": "https://shixue.example/v/AbCdEfGhIjKlMnOp"},
    "/attempts/{attempt_id}/answers/{item_id}": {"choices": ["A"]},
    "/attempts/{attempt_id}/next": {"place": 7},
    "/me/wrong-questions/{item_id}/tries": {"choices": ["A"]},
    "/attempts/{attempt_id}/reports": {"away": []},
    "/attempts/{attempt_id}/checks/{check_id}": {"answer": {"code": "000000", "answer": "x"}},
    "/exam-banks": {"title": "新题库"},
    "/exam-banks/{bank_id}": {"title": "改了名的题库"},
    "/exam-banks/{bank_id}/items": {
        "kind": "single", "stem": "灭火器怎么用？", "explanation": "先拔销子。",
    },
    "/exam-banks/{bank_id}/items/{item_id}": {
        "kind": "single", "stem": "灭火器怎么用？", "explanation": "先拔销子。",
    },
    "/exam-blueprints/{course_id}": {
        "minutes": 7, "sections": [{"title": "选择", "count": 1}],
    },
    "/marking/{answer_id}/marks": {"points": [1]},
    "/verification/numbers": {"number": "ZZ51", "name": "x"},
    "/verification/facts": {"facts": {"number": "1"}, "key_id": "00", "signature": "AA"},
}  # fmt: skip
# What these take is signed as raw bytes; tests/integration/learning tries them.
RAW = {
    "/org/imports", "/study-sessions/{session_id}/beats", "/verification/files",
    "/verification/batch",
    "/authoring/uploads/{upload_id}/pieces/{number}", "/authoring/versions/{version_id}/materials",
    "/exam-banks/{bank_id}/file-trials", "/exam-banks/{bank_id}/file-imports",
}  # fmt: skip
# Every field may be left out.
BARE = {"/me/employers/{org_id}/acceptance"}
_PARAMETER = re.compile(r"\{\w+\}")


_LARGE = re.compile(
    "challenge_id|check_id|frames|/me/organisations|/org/qualifications|/org/stated|/authoring/lessons|/authoring/texts"
)


def _verb(path: str) -> str:
    if path.startswith("/phone-changes"):
        return "POST"
    ends = ("{stated_id}", "{line_id}", "{unit_id}", "{position_id}", "{tag_id}", "{staff_id}/tags")
    ends += (
        "{staff_id}",
        "{device_id}",
        "{switch}",
        "{presence_id}",
        "/me/password",
        "/me/portrait",
    )
    is_put = path.endswith(ends) or "company-sign-in" in path
    if path.startswith("/authoring"):
        is_put = path.endswith(("_id}", "/text", "/questions", "/captions", "/lengths"))
    is_put = is_put or path.endswith(("{bank_id}", "{item_id}", "exam-blueprints/{course_id}"))
    is_put = is_put or path.endswith(
        ("{org_id}/suspension", "/members/{person_id}", "/me/acting", "/{part}")
    )
    is_put = is_put or path.endswith(("/reminder-settings", "/group-robot", "/message-choices"))
    is_put = is_put or path in (
        "/org/classes/{class_id}",
        "/org/classes/{class_id}/units/{plan_unit_id}",
        "/org/contests/{contest_id}",
        "/org/contests/{contest_id}/rounds/{round_id}",
        "/me/contests/{contest_id}/entry",
    )
    return "PUT" if "/answers/" in path or is_put else "POST"


def _address(path: str) -> str:
    path = path.replace("{scope}", "course").replace("{switch}", "no_issuance")
    return "/api/v1" + _PARAMETER.sub("0" * 26, path)


WRONG = (7, None, ["x"], {"x": 1}, True)


@pytest.fixture(scope="module")
def signed_in(shared_parts: Parts) -> Iterator[TestClient]:
    """Somebody who may do everything."""
    parts = shared_parts
    with TestClient(create_app(parts), follow_redirects=False) as client:
        sign_in(client, parts, ALICE)
        grant_everything(parts, ALICE)
        yield client


def _is_problem(answer, status: int) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["detail"]
    return problem


def test_every_route_with_a_body_is_tried_here(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    taking = {
        path for path, verbs in paths.items() for verb in verbs.values() if "requestBody" in verb
    }
    assert taking == set(BODIES) | RAW | BARE


@pytest.mark.parametrize("path", BODIES)
def test_wrong_types_and_missing_fields_are_named(signed_in: TestClient, path: str) -> None:
    headers = csrf(signed_in)
    for field in BODIES[path]:
        for wrong in WRONG:
            if (field == "facts" and isinstance(wrong, dict)) or BODIES[path][field] is wrong:
                continue  # what facts hold is judged by the verifier, not by their shape
            if field == "choices" and isinstance(wrong, list):
                continue  # a text may be right: what fits is judged by the question's kind
            body = BODIES[path] | {field: wrong}
            problem = _is_problem(
                signed_in.request(_verb(path), _address(path), json=body, headers=headers), 422
            )
            assert all(e["field"].startswith(f"/{field}") for e in problem["errors"])
        body = {name: value for name, value in BODIES[path].items() if name != field}
        problem = _is_problem(
            signed_in.request(_verb(path), _address(path), json=body, headers=headers), 422
        )
        assert problem["errors"] == [
            {"field": f"/{field}", "code": "missing", "message": "缺少必填项。"}
        ]


@pytest.mark.parametrize("path", BODIES)
def test_unknown_fields_no_json_and_too_much_are_refused(signed_in: TestClient, path: str) -> None:
    headers = csrf(signed_in) | {"content-type": "application/json"}
    extra = BODIES[path] | {"is_admin": True}
    problem = _is_problem(
        signed_in.request(_verb(path), _address(path), json=extra, headers=headers), 422
    )
    assert problem["errors"][0]["field"] == "/is_admin"
    _is_problem(signed_in.request(_verb(path), _address(path), content=b"{", headers=headers), 422)
    _is_problem(signed_in.request(_verb(path), _address(path), content=b"[]", headers=headers), 422)
    large = b'{"x":"' + b"x" * (7_000_000 if _LARGE.search(path) else 300_000) + b'"}'
    problem = _is_problem(
        signed_in.request(_verb(path), _address(path), content=large, headers=headers), 413
    )
    [told] = problem["errors"]
    assert (told["field"], told["code"]) == ("", "too_large")
    assert "上限" in told["message"]


# As JSON texts: no letter of any script, half a letter, and a number that fits nowhere.
STRANGE = (
    r'"\u0000\u0000\u0000\u0000\u0000\u0000"',
    r'"\ud800abcdefgh"',
    "1" * 400,
    "1e999",
    "NaN",
)


@pytest.mark.parametrize("path", BODIES)
def test_strange_letters_and_numbers_are_no_server_error(signed_in: TestClient, path: str) -> None:
    headers = csrf(signed_in) | {"content-type": "application/json"}
    for field in BODIES[path]:
        rest = json.dumps({name: v for name, v in BODIES[path].items() if name != field})
        for strange in STRANGE:
            text = f'{rest[:-1]}{", " if len(rest) > 2 else ""}"{field}": {strange}}}'
            answer = signed_in.request(
                _verb(path), _address(path), content=text.encode(), headers=headers
            )
            problem = _is_problem(answer, 422)
            assert any(e["field"].startswith(f"/{field}") for e in problem["errors"]), problem


# Every field in which people write in their own words.
TEXTS = [
    ("/complaints", "text"), ("/complaints", "contact"), ("/appeals", "text"),
    ("/desk/cases/{case_id}/decision", "reason"), ("/desk/cases/{case_id}/confirmation", "reason"),
    ("/desk/cases/{case_id}/unmasking", "purpose"), ("/desk/cases/{case_id}/withdrawal", "reason"),
    ("/certificates/external", "title"), ("/certificates/external", "number"),
    ("/certificates/external", "issuer"),
    ("/org/stated-certificates", "title"),
    ("/org/stated-certificates", "number"),
    ("/org/stated-certificates", "issuer"),
    ("/org/stated-certificates/{stated_id}/withdrawal", "reason"),
    ("/me/stated-certificates/{stated_id}/refusal", "reason"),
    ("/certificates/{certificate_id}/revocation", "reason"),
    ("/certificates/{certificate_id}/suspension", "reason"),
    ("/certificates/{certificate_id}/reissue", "text"), ("/me/identity", "name"),
    ("/authoring/courses", "title"), ("/authoring/chapters/{chapter_id}/lessons", "title"),
    ("/org/classes", "title"), ("/org/classes/{class_id}/units", "topic"),
    ("/org/classes/{class_id}/cancellation", "reason"),
    ("/me/organisations", "name"), ("/me/organisations", "responsible"),
    ("/me/identity/dispute", "number"), ("/oversight/reports/{report_id}/decision", "reason"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "field"), TEXTS)
@pytest.mark.parametrize("wrong", ["理由\\u0000理由", "理由\\ud800理由", "\\u0001\\u0002", " \\n "])
def test_what_nobody_can_read_is_no_text(
    signed_in: TestClient, path: str, field: str, wrong: str
) -> None:
    headers = csrf(signed_in) | {"content-type": "application/json"}
    body = json.dumps(BODIES[path] | {field: "@"}).replace('"@"', f'"{wrong}"')
    problem = _is_problem(
        signed_in.post(_address(path), content=body.encode(), headers=headers), 422
    )
    assert [each["field"] for each in problem["errors"]] == [f"/{field}"]


@pytest.mark.parametrize(
    ("model", "field", "least", "most"),
    [("ComplaintIn", "text", 5, 2000), ("AppealIn", "text", 5, 2000),
     ("UnmaskingIn", "purpose", 4, 200)],
)  # fmt: skip
def test_the_document_states_the_lengths_that_the_rules_ask_for(
    client: TestClient, model: str, field: str, least: int, most: int
) -> None:
    schemas = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    stated = schemas[model]["properties"][field]
    assert (stated["minLength"], stated["maxLength"]) == (least, most)


def test_only_the_open_routes_answer_strangers(client: TestClient) -> None:
    headers = csrf(client)
    open_to_all = {"/auth/company", "/auth/company/return",
                   "/auth/codes", "/auth/sign-in", "/auth/password", "/catalogue/courses",
                   "/catalogue/courses/{course_id}", "/readyz", "/complaints", "/verification",
                   "/institutions", "/classes", "/classes/{class_id}",
                   "/contests/{contest_id}/ranking",
                   "/verification/archives/keys",
                   "/complaints/answers", "/recoveries", "/phone-changes/stop",
                   "/phone-changes/{change_id}/face", "/phone-changes/{change_id}/frames",
                   "/phone-changes/{change_id}/answers", "/phone-changes/{change_id}/people",
                   "/verification/numbers",
                   "/verification/facts", "/verification/keys", "/verification/files",
                   "/verification/proofs/keys", "/verification/documents/keys",
                   "/verification/documents.pem",
                   "/verification/sm2/keys",
                   "/verification/batch",
                   "/verification/{public_id}/proof", "/verification/{public_id}/holder",
                   "/verification/shares", "/verification/shares/{token}/file.pdf",
                   "/verification/{public_id}", "/demo/entrances", "/log",
                   "/log/checkpoints/{size}", "/log/proofs/consistency",
                   "/log/cosignatures"}  # fmt: skip
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    for path, verbs in paths.items():
        for verb in verbs:
            answer = client.request(verb, _address(path), json=BODIES.get(path), headers=headers)
            assert (answer.status_code == 401) == (path not in open_to_all), (verb, path)


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "/enrolments/" + "0" * 26),
        ("POST", "/me/notices/" + "0" * 26 + "/read"),
        ("GET", "/catalogue/courses/" + "0" * 26),
        ("GET", "/study-sessions/" + "0" * 26),
        ("POST", "/study-sessions/" + "0" * 26 + "/challenges"),
        ("GET", "/study-sessions/" + "0" * 26 + "/challenges/" + "0" * 26 + "/picture"),
        ("GET", "/nowhere"),
    ],
)
def test_what_is_not_there_or_not_yours_is_not_found(
    signed_in: TestClient, verb: str, path: str
) -> None:
    _is_problem(signed_in.request(verb, f"/api/v1{path}", headers=csrf(signed_in)), 404)


@pytest.mark.parametrize(
    "address",
    ["/api/v1/catalogue/courses?q=%00", "/api/v1/log/checkpoints/%00",
     "/api/v1/oversight/clusters/%00", "/courses?q=%00", "/desk/certificates?number=%00",
     "/verify?number=%00", "/regulator/clusters/%00"],
)  # fmt: skip
def test_no_letter_of_any_script_in_an_address(signed_in: TestClient, address: str) -> None:
    assert signed_in.get(address).status_code == 422
