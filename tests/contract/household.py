"""Alice's things, one of every kind: what others must not reach, and what real ids lead to."""

import base64
import re
from dataclasses import dataclass
from typing import Any

from starlette.testclient import TestClient

from app import worker
from app.core.ids import new_id
from app.identity.models.faces import Consent
from app.identity.models.people import RoleGrant
from app.identity.rules.actors import Role
from app.identity.services import (
    consents,
    inbox,
    people,
    phone_proofs,
    roles,
    tokens,
    vendor_faces,
)
from app.identity.services.cases import CaseKind, open_case
from app.identity.services.inbox import NoticeKind
from app.lobby import cookies
from app.lobby.parts import Parts
from app.org.rules.organisations import OrganisationKind
from app.org.services import organisations
from tests import examinee
from tests.classrooms import furnish_class
from tests.contesting import furnish_contest
from tests.contract.drafts import Draft
from tests.courses import make_course
from tests.devices import Device, SigningPlayer
from tests.employers import CHOSEN
from tests.people import ALICE, Someone, csrf, prove, sign_in, verify
from tests.player import choose_questions
from tests.schools import found_school, hand_in_short, stock

BOSS = Someone("13800000011", "王建国", "510101198603120019")
# Little to study: what is tried here is who may touch what.
_SHORT = {"required_s": 20, "presence_gap_s": [30, 30], "identity_gap_s": [900, 900]}
STATED = {
    "kind": "other_training", "title": "有限空间作业培训", "number": "川安培〔2026〕12 号",
    "issuer": "成都某培训学校", "issued_on": "2026-03-02",
    "proof": base64.b64encode(b"%PDF-1.7 " + b"x" * 2048).decode(),
}  # fmt: skip
EXTERNAL = {
    "kind": "professional_qualification", "title": "电工", "number": "2651010001300001",
    "issuer": "四川省职业技能鉴定指导中心", "issued_on": "2026-03-02",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """Ids of existing things: all of them Alice's, or her employer's about her."""

    learner_id: str
    course_id: str
    lesson_id: str
    passed_enrolment_id: str
    enrolment_id: str
    session_id: str
    session_key: bytes
    head: str
    next_seq: int
    medium: str
    challenge_id: str
    attempt_id: str
    item_id: str
    certificate_id: str
    external_id: str
    share_id: str
    token: str
    public_id: str
    notice_id: str
    face_session_id: str
    trip_id: str
    org_id: str
    staff_id: str
    application_id: str
    import_id: str
    code_id: str
    qualification_id: str
    stated_id: str
    unit_id: str
    position_id: str
    tag_id: str
    rule_id: str
    line_id: str
    class_id: str
    plan_unit_id: str
    member_id: str
    contest_id: str
    round_id: str
    case_id: str
    report_id: str
    device_id: str
    bank_id: str
    bank_item_id: str
    answer_id: str
    cut_id: str
    key_id: str
    roll_call_id: str
    presence_id: str
    sign_in_id: str
    change_id: str
    other_id: str
    """Somebody who is signed in nowhere, for what would sign them out."""
    draft: Draft | None = None
    """The school's, where there is one."""
    device: Device
    challenge: dict[str, Any]


def post(client: TestClient, path: str, body: object = None, *, expect: int = 201) -> dict:
    """Write over HTTP as the product's own pages do."""
    answer = client.post(f"/api/v1{path}", json=body, headers=csrf(client))
    assert answer.status_code == expect, answer.text
    return answer.json() if answer.content else {}


def person(parts: Parts, someone: Someone) -> str:
    """The account of somebody, made where there is none yet."""
    with parts.database.transaction() as db:
        return people.find_or_create(db, parts.vault, someone.phone, now=parts.clock.now())[0]


def grant(parts: Parts, someone: Someone, role: Role) -> None:
    """Give a role that belongs to no organisation."""
    learner_id = prove(parts, someone)
    with parts.database.transaction() as db:
        roles.grant(
            db, learner_id=learner_id, role=role, org_id=None, region_code=None,
            now=parts.clock.now(),
        )  # fmt: skip


def grant_everything(parts: Parts, someone: Someone) -> None:
    """Every role at once, past the service, which lets nobody hold two administrators' roles."""
    learner_id, now = prove(parts, someone), parts.clock.now()
    with parts.database.transaction() as db:
        for role in Role:
            db.add(
                RoleGrant(
                    id=new_id(now), person_id=learner_id, role=role.value, scope="*",
                    granted_at=now,
                )
            )  # fmt: skip


def found_organisation(
    parts: Parts, uscc: str, someone: Someone, *, is_institution: bool = False
) -> str:
    """An organisation and the person who acts for it."""
    learner_id = prove(parts, someone)
    kind = OrganisationKind.INSTITUTION if is_institution else OrganisationKind.EMPLOYER
    with parts.database.transaction() as db:
        now = parts.clock.now()
        org_id = organisations.create_organisation(
            db, kind=kind, name=f"单位 {uscc[-4:]}", uscc=uscc, prefecture_code="510100", now=now
        )
        organisations.add_member(
            db, org_id=org_id, learner_id=learner_id, now=now,
            role=Role.INSTITUTION if is_institution else Role.EMPLOYER,
        )  # fmt: skip
    return org_id


def furnish(alice: TestClient, boss: TestClient, player: SigningPlayer) -> Household:
    """Let Alice sign up, earn a certificate, sit an exam, study and be somebody's staff."""
    parts = player.parts
    learner_id = str(sign_in(alice, parts, ALICE)["account_id"])
    verify(alice, ALICE)
    face_session_id = _face_session(alice)
    trip_id = _trip(parts, learner_id)
    choose_questions(alice)
    player.device = Device()
    first = make_course(parts, **_SHORT)
    passed_enrolment_id = _study(player, first.course_id, first.video_id)
    examinee.sit(alice, parts, passed_enrolment_id)
    worker.drain(parts)
    [certificate] = alice.get("/api/v1/certificates").json()
    external_id = post(alice, "/certificates/external", EXTERNAL)["external_id"]
    wish = {"days": 30, "shows_name": True, "has_pdf": True}
    share = post(alice, f"/certificates/{certificate['certificate_id']}/shares", wish)
    org_id = found_organisation(parts, "91510100MA6CX101X8", BOSS)
    sign_in(boss, parts, BOSS)
    asked = {"name": ALICE.name, "document_number": ALICE.number}
    staff_id = post(boss, "/org/staff", asked)["staff_id"]
    post(alice, f"/me/employers/{org_id}/acceptance", {}, expect=204)
    second = make_course(parts, code="second", **_SHORT)
    body = {"course_id": second.course_id, "staff_ids": [staff_id], "due_on": "2026-12-31"}
    post(boss, "/org/assignment-rules", body | CHOSEN)
    enrolment_id = _study(player, second.course_id, second.video_id)
    attempt = examinee.start(alice, enrolment_id)
    player.play(20_000, 21_000, visible=False)
    cut_id = re.findall(r"/appeals/cut/(\w{26})", alice.get("/hours").text)[0]
    for start in range(20_000, 60_000, 10_000):
        if player.challenge is None:
            player.play(start, start + 10_000)
    assert player.challenge is not None
    assert player.challenge["kind"] == "presence"
    with parts.database.transaction() as db:
        now = parts.clock.now()
        case_id = open_case(db, kind=CaseKind.RISK, learner_id=learner_id, now=now, reason="x")
        report_id = open_case(
            db, kind=CaseKind.RISK_REPORT, learner_id=learner_id, now=now, handed_up="x"
        )
        inbox.notify(
            db, learner_id, NoticeKind.JOINED_EMPLOYER, now=now, employer="单位", step="joined"
        )
    notice_id = alice.get("/api/v1/me/notices").json()[0]["id"]
    session = alice.get(f"/api/v1/study-sessions/{player.session_id}").json()
    roll_call_id, presence_id = _roll_call(alice, boss)
    rule = {
        "course_id": second.course_id,
        "purpose": "safety",
        "aim": "position",
        "position": "叉车司机",
        "due_days": 30,
        "stands": True,
    }
    post(boss, "/org/positions", {"name": "叉车司机"})
    school = stock(parts, found_school(parts), second.course_id)
    answer_id = hand_in_short(
        parts, school, enrolment_id=passed_enrolment_id, learner_id=learner_id, number=2
    )
    return Household(
        bank_id=school.bank_id, bank_item_id=school.items["single"], answer_id=answer_id,
        learner_id=learner_id, course_id=second.course_id, lesson_id=second.video_id,
        passed_enrolment_id=passed_enrolment_id, enrolment_id=enrolment_id,
        session_id=player.session_id, session_key=player.key, head=player.head,
        next_seq=player.seq + 1,
        medium=session["lessons"][0]["media"]["url"], challenge_id=player.challenge["id"],
        attempt_id=attempt["attempt_id"], item_id=attempt["questions"][0]["item_id"],
        certificate_id=certificate["certificate_id"], public_id=certificate["public_id"],
        external_id=external_id,
        share_id=share["share_id"],
        token=share["address"].rpartition("/")[2],
        notice_id=notice_id, face_session_id=face_session_id, trip_id=trip_id,
        org_id=org_id, staff_id=staff_id,
        application_id=_withdrawn(alice), import_id=_import(boss),
        code_id=str(post(boss, "/org/join-codes", {"days": 7, "most_uses": 5})["code_id"]),
        qualification_id=_qualification(boss),
        stated_id=_stated(boss, staff_id),
        unit_id=str(post(boss, "/org/units", {"words": "三车间"})["unit_id"]),
        position_id=str(post(boss, "/org/positions", {"name": "钳工"})["position_id"]),
        line_id=_plan_line(boss, second.course_id),
        rule_id=str(post(boss, "/org/assignment-rules", rule)["rule_id"]),
        tag_id=str(post(boss, "/org/tags", {"name": "动火作业"})["tag_id"]),
        **furnish_class(parts, boss, alice, second.course_id),
        **furnish_contest(parts, boss, alice, second.course_id),
        case_id=case_id, cut_id=cut_id, report_id=report_id,
        key_id=alice.get("/api/v1/me/devices").json()[0]["id"], device=player.device,
        roll_call_id=roll_call_id, presence_id=presence_id,
        sign_in_id=_sign_in_elsewhere(parts, learner_id),
        change_id=_phone_change(alice, parts, learner_id),
        challenge=player.challenge, other_id=person(parts, Someone("13800000031", "", "")),
        device_id=alice.cookies[cookies.DEVICE].partition(".")[0],
    )  # fmt: skip


def _plan_line(boss: TestClient, course_id: str) -> str:
    line = {"year": 2026, "course_id": course_id, "purpose": "safety", "heads": 20}
    return str(post(boss, "/org/plan-lines", line)["line_id"])


def _stated(boss: TestClient, staff_id: str) -> str:
    """A certificate from elsewhere that Alice's employer states."""
    stated = STATED | {"staff_id": staff_id}
    return str(post(boss, "/org/stated-certificates", stated)["stated_id"])


def _qualification(boss: TestClient) -> str:
    """Stated by Alice's employer, and waiting for the desk."""
    stated = {
        "kind": "little_giant", "number": "川经信 2026-1", "valid_from": "2026-01-01",
        "valid_until": "2028-12-31",
        "proof": base64.b64encode(b"%PDF-1.7 " + b"x" * 2048).decode(),
    }  # fmt: skip
    return str(post(boss, "/org/qualifications", stated)["qualification_id"])


def _import(boss: TestClient) -> str:
    """A roster of which one line cannot be right, that nobody has taken over."""
    table = "姓名,证件号码\n阿依古丽·买买提,1\n".encode()
    answer = boss.post("/api/v1/org/imports?name=1.csv", content=table, headers=csrf(boss))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["import_id"])


def _withdrawn(alice: TestClient) -> str:
    """An application of Alice's that she took back."""
    wanted = {
        "kind": "employer", "name": "另一家单位", "uscc": "91510100MA6DF20236",
        "prefecture_code": "510100", "responsible": "李晓梅", "contact": "02888880000",
        "licence": base64.b64encode(b"%PDF-1.7 " + b"x" * 2048).decode(),
    }  # fmt: skip
    application_id = str(post(alice, "/me/organisations", wanted)["application_id"])
    answer = alice.delete(f"/api/v1/me/organisations/{application_id}", headers=csrf(alice))
    assert answer.status_code == 204
    return application_id


def _roll_call(alice: TestClient, boss: TestClient) -> tuple[str, str]:
    """Under way, and Alice has come; nobody has said yet that she is there."""
    roll_call_id = post(boss, "/org/roll-calls", {"place": "一号车间"})["roll_call_id"]
    screen = f"/api/v1/org/roll-calls/{roll_call_id}"
    post(alice, "/me/roll-calls", {"code": boss.get(screen).json()["code"]}, expect=200)
    return roll_call_id, boss.get(screen).json()["people"][0]["presence_id"]


def _sign_in_elsewhere(parts: Parts, learner_id: str) -> str:
    """Another device on which the person is signed in."""
    now = parts.clock.now()
    with parts.database.transaction() as db:
        fresh = tokens.start(
            db, parts.keys, parts.settings.sign_in, learner_id=learner_id, device_id="1" * 26,
            now=now,
        )  # fmt: skip
        actor = tokens.actor_of(db, parts.keys, fresh.access, now=now)
    assert actor is not None
    return actor.sign_in_id


def _phone_change(alice: TestClient, parts: Parts, learner_id: str) -> str:
    """Both phones have shown their codes; who it is has not been shown yet."""
    now = parts.clock.now()
    with parts.database.transaction() as db:
        actor = tokens.actor_of(db, parts.keys, alice.cookies[cookies.ACCESS], now=now)
        assert actor is not None
        assert actor.account_id == learner_id
        return phone_proofs.begin_change(
            db, parts.vault, actor, "13900000063", device_id=actor.device_id, now=now
        ).change_id


def _face_session(client: TestClient) -> str:
    consent = {"kind": "face", "version": consents.VERSION, "accepted": True}
    post(client, "/me/consents", consent)
    return str(post(client, "/me/face-sessions", {"purpose": "enrol"})["id"])


def _trip(parts: Parts, learner_id: str) -> str:
    """A check at a vendor that this house no longer has."""
    now = parts.clock.now()
    with parts.database.transaction() as db:
        db.add(
            Consent(
                id=new_id(now), person_id=learner_id, kind="face_tencent", version="1", given_at=now
            )
        )
        db.flush()
        return vendor_faces.begin_enrolment(db, learner_id=learner_id, now=now)


def _study(player: SigningPlayer, course_id: str, lesson_id: str) -> str:
    """As much as the exam asks for, confirmed."""
    enrolment_id = player.enrol(course_id)
    opened = player.open(lesson_id)
    if player.challenge is not None:
        player.pass_check()
    player.fetch(opened)
    for start in (0, 10_000):
        player.play(start, start + 10_000)
    player.ask_check()
    player.pass_check()
    return enrolment_id
