"""A training institution's day in the town: a bank, a course of its own, answers to be marked."""

from sqlalchemy import select

from app.learning.models.catalogue import Course, Enrolment
from app.learning.rules.blueprints import Section
from app.learning.services import exam_blueprints
from app.lobby.parts import Parts
from tests.people import ALICE, prove
from tests.schools import found_school, hand_in_short, stock

SECTIONS = (
    Section(title="单项选择", count=1, points=2, kinds=("single",)),
    Section(title="简答", count=1, points=5, kinds=("short",)),
)


def bring(parts: Parts) -> None:
    """Of the course that Alice has only begun, so that her result of the other stays hers."""
    learner_id = prove(parts, ALICE)
    with parts.database.reading() as db:
        course_id = db.scalars(select(Course.id).where(Course.code == "static-electricity")).one()
        enrolment_id = db.scalars(
            select(Enrolment.id).where(
                Enrolment.course_id == course_id, Enrolment.learner_id == learner_id
            )
        ).one()
    school = stock(parts, found_school(parts), course_id)
    with parts.database.transaction() as db:
        exam_blueprints.save(
            db, school.org_id, course_id, SECTIONS, 1800, actor_id=school.org_id,
            now=parts.clock.now(),
        )  # fmt: skip
    hand_in_short(
        parts, school, enrolment_id=enrolment_id, learner_id=learner_id, number=1,
        text="先切断电源，再打120。\n等人来的时候做心肺复苏。",
    )  # fmt: skip
