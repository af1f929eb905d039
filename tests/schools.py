"""A training institution of the tests, its bank, and an answer that waits for its markers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.testclient import TestClient

from app.core.ids import new_id
from app.identity.rules.actors import Role
from app.learning.models.catalogue import Course
from app.learning.models.exams import ExamAnswer, ExamAttempt
from app.learning.rules.item_sheet import EXAMPLES
from app.learning.services import bank_items, item_banks
from app.lobby.parts import Parts
from app.main import create_app
from app.org.rules.organisations import OrganisationKind
from app.org.services import organisations
from tests.people import Someone, prove, sign_in

SCHOOL = Someone("13800000012", "周敏", "510101199001010028")
SCHOOL_USCC = "91330106673959654P"
SECOND = Someone("13800000042", "何平", "510101199001010116")
THIRD = Someone("13800000043", "罗洪", "510101199001010132")
RIVAL = Someone("13800000044", "冯刚", "510101199001010159")
RIVAL_USCC = "91510700MA6CX2020M"


@dataclass(frozen=True, slots=True)
class School:
    """Its organisation, a bank with a question of each kind, and their ids by kind."""

    org_id: str
    bank_id: str
    items: dict[str, str]


def found_school(parts: Parts, someone: Someone = SCHOOL, *, uscc: str = SCHOOL_USCC) -> str:
    """An institution and who acts for it."""
    learner_id, now = prove(parts, someone), parts.clock.now()
    with parts.database.transaction() as db:
        org_id = organisations.create_organisation(
            db, kind=OrganisationKind.INSTITUTION, name=f"学校 {uscc[-4:]}", uscc=uscc,
            prefecture_code="510100", now=now,
        )  # fmt: skip
        organisations.add_member(
            db, org_id=org_id, learner_id=learner_id, role=Role.INSTITUTION, now=now
        )
    return org_id


def join_school(parts: Parts, org_id: str, someone: Someone) -> str:
    """Another one who acts for it."""
    learner_id, now = prove(parts, someone), parts.clock.now()
    with parts.database.transaction() as db:
        organisations.add_member(
            db, org_id=org_id, learner_id=learner_id, role=Role.INSTITUTION, now=now
        )
    return learner_id


def stock(parts: Parts, org_id: str, course_id: str | None = None) -> School:
    """Give an institution a bank with the template's questions, for a course of its own."""
    now = parts.clock.now()
    with parts.database.transaction() as db:
        bank = item_banks.create_bank(db, org_id, "安全题库", actor_id=org_id, now=now)
        items = {
            item.kind.value: bank_items.add_item(
                db, org_id, bank.bank_id, item, actor_id=org_id, now=now
            ).item_id
            for item in EXAMPLES
        }
        if course_id is not None:
            db.get_one(Course, course_id).org_id = org_id
            db.flush()
            item_banks.use_in_course(db, org_id, bank.bank_id, course_id, actor_id=org_id, now=now)
    return School(org_id, bank.bank_id, items)


def hand_in_short(
    parts: Parts, school: School, *, enrolment_id: str, learner_id: str, number: int,
    text: str = "先切断电源，再打120",
) -> str:  # fmt: skip
    """Somebody's paper of one short answer that is being marked; returns the answer's id."""
    now = parts.clock.now()
    with parts.database.transaction() as db:
        item_id = school.items["short"]
        attempt = ExamAttempt(
            id=new_id(now), enrolment_id=enrolment_id, learner_id=learner_id, number=number,
            paper=[[item_id, []]], started_at=now, deadline_at=now, closes_at=now,
            state="marking", ended_at=now,
        )  # fmt: skip
        db.add(attempt)
        db.flush()
        answer = ExamAnswer(
            id=new_id(now), attempt_id=attempt.id, item_id=item_id, number=1, choices=[text],
            received_at=now,
        )  # fmt: skip
        db.add(answer)
    return answer.id


@contextmanager
def school_client(parts: Parts, someone: Someone = SCHOOL) -> Iterator[TestClient]:
    """A browser in which somebody of the institution is signed in."""
    with TestClient(create_app(parts), follow_redirects=False) as client:
        sign_in(client, parts, someone)
        yield client
