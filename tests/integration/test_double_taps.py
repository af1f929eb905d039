"""Two taps at the same moment are one deed: a repeat's answer for the second, never a failure."""

import contextlib
import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import func, select
from starlette.testclient import TestClient

from app import worker
from app.certs import repository as certificates
from app.certs.services import external
from app.core.clock import SettableClock
from app.core.db import Base
from app.identity.rules.actors import Role
from app.identity.rules.documents import DocumentType
from app.identity.services import disputes, verification
from app.learning.models.catalogue import Enrolment
from app.learning.models.exams import ExamAttempt
from app.learning.services import enrolments, exam_beginning
from app.lobby.parts import Parts
from app.main import create_app
from app.org.models.organisations import Organisation
from app.org.services import organisations, proofs
from app.oversight.services import complaints
from tests import employers, finished
from tests.courses import make_course
from tests.finished import Finished
from tests.people import ALICE, CAROL, MALLORY, csrf, prove, sign_in
from tests.reviewers import with_role

DAY_MS = 86_400_000
_OTHER = "91510700MA6CX2020M"
Tap = Callable[[TestClient], Response]
Meeting = Callable[[Any, str], None]


@pytest.fixture
def meet(monkeypatch: pytest.MonkeyPatch) -> Meeting:
    """Let two requests that have looked wait for one another before they call a function."""

    def patch(module: Any, name: str) -> None:
        meeting, call = threading.Barrier(2), getattr(module, name)

        def both_here(*given: Any, **named: Any) -> Any:
            # Where one is kept outside while the other is in, nobody comes.
            with contextlib.suppress(threading.BrokenBarrierError):
                meeting.wait(timeout=2)
            return call(*given, **named)

        monkeypatch.setattr(module, name, both_here)

    return patch


def _twice(parts: Parts, client: TestClient, tap: Tap) -> list[Response]:
    """Answers to one tap from two tabs of a browser, at once."""
    jar = dict(client.cookies)

    def come(_: int) -> Response:
        with TestClient(create_app(parts), cookies=jar) as tab:
            return tap(tab)

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(come, range(2)))


def _post(path: str, body: dict[str, Any]) -> Tap:
    return lambda tab: tab.post(f"/api/v1{path}", json=body, headers=csrf(tab))


def _told(answers: list[Response]) -> Counter[tuple[int, str]]:
    return Counter((each.status_code, each.json().get("code", "")) for each in answers)


def _count(parts: Parts, table: type[Base]) -> int:
    with parts.database.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


@dataclass(frozen=True, slots=True)
class Issued:
    holder: Finished
    certificate_id: str
    public_id: str
    last: dt.date


@pytest.fixture
def issued(client: TestClient, parts: Parts) -> Issued:
    """A certificate of the person who is signed in."""
    [course] = finished.courses(parts, ("usual",))
    person = finished.finish(parts, course, "李梅", 1)
    worker.drain(parts)
    sign_in(client, parts, person.someone)
    [known] = client.get("/api/v1/certificates").json()
    last = dt.date.fromisoformat(known["expires_on"])
    return Issued(person, known["certificate_id"], known["public_id"], last)


def test_a_holder_gets_two_codes_of_which_the_later_is_good(
    client: TestClient, parts: Parts, issued: Issued, meet: Meeting
) -> None:
    meet(certificates, "forget_codes")
    made = _twice(parts, client, _post(f"/certificates/{issued.certificate_id}/holder-code", {}))
    assert [each.status_code for each in made] == [201, 201]
    path = f"/verification/{issued.public_id}/holder"
    shown = [_post(path, {"code": each.json()["code"]})(client).status_code for each in made]
    assert shown.count(200) == 1


def test_a_renewal_begins_once(
    client: TestClient, parts: Parts, clock: SettableClock, issued: Issued, meet: Meeting
) -> None:
    clock.advance(ms=((issued.last - clock.now().date()).days - 30) * DAY_MS)
    sign_in(client, parts, issued.holder.someone)
    meet(enrolments, "add_first")
    begun = _twice(parts, client, _post(f"/certificates/{issued.certificate_id}/renewal", {}))
    assert len({(each.status_code, each.json()["id"]) for each in begun}) == 1
    assert begun[0].json()["state"] == "active"
    assert _count(parts, Enrolment) == 2


def test_another_certificate_is_asked_for_once(
    client: TestClient, parts: Parts, issued: Issued, meet: Meeting
) -> None:
    known, now = issued.holder.someone, parts.clock.now()
    with parts.database.transaction() as db:
        disputes.withdraw_identity(
            db, issued.holder.learner_id, reason="写错", actor_id=None, now=now
        )
        claim = verification.read_claim(DocumentType.RESIDENT_ID, known.number, "李小梅", now=now)
        verification.approve(db, parts.vault, issued.holder.learner_id, claim, now=now)
    meet(complaints, "receive")
    why = {"text": "身份证上是“小”，登记时写漏了。"}
    answers = _twice(parts, client, _post(f"/certificates/{issued.certificate_id}/reissue", why))
    assert _told(answers) == {(201, ""): 1, (409, "asked"): 1}


def test_a_course_is_begun_once(client: TestClient, parts: Parts, meet: Meeting) -> None:
    course = make_course(parts)
    sign_in(client, parts, ALICE)
    prove(parts, ALICE)
    meet(enrolments, "add_first")
    begun = _twice(parts, client, _post("/enrolments", {"course_id": course.course_id}))
    assert len({(each.status_code, each.json()["id"]) for each in begun}) == 1
    assert _count(parts, Enrolment) == 1


def test_others_certificate_is_recorded_once(
    client: TestClient, parts: Parts, meet: Meeting
) -> None:
    sign_in(client, parts, ALICE)
    prove(parts, ALICE)
    meet(external, "add_first")
    body = {
        "kind": "skill_level", "title": "电工", "number": "Y000151000001264000001",
        "issuer": "成都某某公司", "issued_on": "2026-03-02",
    }  # fmt: skip
    answers = _twice(parts, client, _post("/certificates/external", body))
    assert _told(answers) == {(201, ""): 1, (409, "recorded"): 1}


def test_an_exam_is_begun_once(client: TestClient, parts: Parts, meet: Meeting) -> None:
    [course] = finished.courses(parts, ("usual",))
    person = finished.study(parts, course, "李梅", 1)
    sign_in(client, parts, person.someone)
    meet(exam_beginning, "add_first")
    begun = _twice(parts, client, _post(f"/enrolments/{person.enrolment_id}/attempts", {}))
    assert len({(each.status_code, each.json()["attempt_id"]) for each in begun}) == 1
    assert _count(parts, ExamAttempt) == 1


def test_an_organisation_is_entered_once(client: TestClient, parts: Parts, meet: Meeting) -> None:
    with_role(client, parts, Role.ADMIN)
    meet(organisations, "add_first")
    body = {
        "kind": "employer", "name": "岷江电子", "uscc": employers.USCC, "prefecture_code": "510100"
    }  # fmt: skip
    answers = _twice(parts, client, _post("/system/organisations", body))
    assert _told(answers) == {(201, ""): 1, (409, "uscc_taken"): 1}
    assert _count(parts, Organisation) == 1


def test_two_employers_get_two_numbers(client: TestClient, parts: Parts, meet: Meeting) -> None:
    sign_in(client, parts, ALICE)
    prove(parts, ALICE)
    meet(proofs, "add_first")
    with TestClient(create_app(parts)) as one, TestClient(create_app(parts)) as other:
        asked = []
        for boss, who, uscc in ((one, MALLORY, employers.USCC), (other, CAROL, _OTHER)):
            employers.agent(boss, parts, who, uscc=uscc)
            new = {"name": ALICE.name, "document_number": ALICE.number}
            staff = employers.post(boss, "/org/staff", new).json()
            with parts.database.reading() as db:
                org_id = organisations.find_by_uscc(db, uscc)
            employers.post(client, f"/me/employers/{org_id}/acceptance", {})
            asked.append((boss, f"/api/v1/org/staff/{staff['staff_id']}/proof.json"))
        with ThreadPoolExecutor(2) as pool:
            given = list(pool.map(lambda pair: pair[0].get(pair[1]), asked))
    assert [each.status_code for each in given] == [200, 200]
    assert len({each.headers["content-disposition"] for each in given}) == 2
