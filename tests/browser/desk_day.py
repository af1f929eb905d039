"""A day at the desk: what people bring there, and what is read, answered and proposed."""

import re

from playwright.sync_api import Page
from starlette.testclient import TestClient

from app.identity.rules.actors import Role
from app.identity.services import cases, people
from app.identity.services.cases import CaseKind
from app.learning.rules.risk import score_of
from app.learning.rules.risk_signals import Finding, Signal
from app.lobby.parts import Parts
from app.main import create_app
from tests.contract.household import grant, person
from tests.people import ALICE, CAROL, MALLORY, Someone, csrf, sign_in
from tests.reviewers import on_case, only_case, post, reviewer

WAITING = Someone("13899990002", "", "511702196806190608")
SAFE = Someone("13899990004", "刘磊", "511602199306240304")
SURE = Someone("13899990005", "秦晓东", "510703199205077107")
BOOKS = Someone("13899990006", "朱海涛", "511402198406032267")
SYSTEM = Someone("13899990007", "史洋", "511502197406074951")
LOCKED_OUT = Someone("13899990003", CAROL.name, CAROL.number)
KINDS = (
    "policy_change", "identity_review", "number_held", "appeal", "complaint", "risk_score",
    "certificate_revocation",
)  # fmt: skip


def bring(client: TestClient) -> None:
    """Alice complains, and appeals against the first stretch that was not counted."""
    complaint = {"contact": "13811112222", "text": "第二课的讲解有一段听不清楚。"}
    client.post("/api/v1/complaints", json=complaint, headers=csrf(client))
    cut_id = re.findall(r"/appeals/cut/(\w{26})", client.get("/hours").text)[0]
    appeal = {"subject": "cut", "ref_id": cut_id, "text": "我一直在看，页面没有切走，请复核。"}
    taken = client.post("/api/v1/appeals", json=appeal, headers=csrf(client))
    assert taken.status_code == 201, taken.text


def work(parts: Parts, client: TestClient) -> None:
    """One case is read, one answered, one waits for a second person."""
    _claim(parts, WAITING, "/me/identity", "赵大海", "赵小海", "赵海")
    _claim(parts, LOCKED_OUT, "/me/identity/dispute", LOCKED_OUT.name)
    handed_up = _suspect(parts, LOCKED_OUT)
    [certificate] = client.get("/api/v1/certificates").json()
    with reviewer(parts, MALLORY) as staff:
        reason = "同一单位多人如此，请核查"
        done = on_case(staff, handed_up, "decision", decision="escalate", reason=reason)
        assert done.status_code == 200, done.text
        request = {"kind": "privacy_request", "contact": ALICE.phone, "text": "请给我一份我的信息"}
        post(staff, "/complaints", request)
        case_id = only_case(staff, "privacy_request")["id"]
        on_case(staff, case_id, "unmasking", purpose="核对是不是本人的请求")
        on_case(staff, case_id, "decision", decision="answer", reason="已发到您的消息里")
        change = {"settings": {"daily_cap_s": "28800", "presence_gap_s": "480-900"}}
        change |= {"document": "川人社规〔2025〕11号", "note": "按新办法放宽到每天八小时"}
        assert post(staff, "/desk/policies/platform/all/revisions", change).status_code == 201
        path = f"/certificates/{certificate['certificate_id']}/revocation"
        assert post(staff, path, {"reason": "考试录像显示由他人代考"}).status_code == 200


def administer(parts: Parts) -> None:
    """Three administrators; another security one wants a fourth, which waits."""
    held = {
        SAFE: Role.SECURITY_ADMIN, SURE: Role.SECURITY_ADMIN, BOOKS: Role.AUDIT_ADMIN,
        SYSTEM: Role.ADMIN,
    }  # fmt: skip
    for who, role in held.items():
        grant(parts, who, role)
    with TestClient(create_app(parts)) as client:
        sign_in(client, parts, SURE)
        change = {"change": "grant", "role": "audit_admin", "reason": "任命文件川人社〔2026〕3 号"}
        path = f"/security/people/{person(parts, CAROL)}/roles"
        assert post(client, path, change).status_code == 200


def _suspect(parts: Parts, who: Someone) -> str:
    """What the score of a day opens: a case with what was seen. Alice's is her own."""
    rhythm = {"beats": 180, "alike_percent": 99, "steady_percent": 93}
    found = [Finding(Signal.AUTOMATION, 40, {"times": 12}), Finding(Signal.RHYTHM, 30, rhythm)]
    now = parts.clock.now()
    with parts.database.transaction() as db:
        learner_id, _ = people.find_or_create(db, parts.vault, who.phone, now=now)
        return cases.open_case(
            db, kind=CaseKind.RISK_SCORE, learner_id=learner_id, now=now, score=score_of(found),
            findings=[
                {"signal": each.signal, "weight": each.weight, "seen": dict(each.seen)}
                for each in found
            ],
            days=[now.date().isoformat()],
        )  # fmt: skip


def _claim(parts: Parts, who: Someone, path: str, *names: str) -> None:
    """Somebody claims a name or a number until a person has to look."""
    with TestClient(create_app(parts)) as client:
        sign_in(client, parts, who)
        for name in names:
            body = {"document_type": "resident_id", "number": who.number, "name": name}
            last = post(client, path, body)
        assert last.json()["outcome"] == "pending_manual", last.text


def appeals(page: Page) -> list[str]:
    """The address of an appeal that can be made, and of the one that was."""
    page.goto("/hours")
    named = ("申诉：", "申诉在处理")
    links = [page.get_by_role("link", name=name).first for name in named]
    return [link.get_attribute("href") or "" for link in links]
