"""An institution's blueprints for the papers of its courses, and how equal their papers are."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, InvalidError
from app.core.ids import new_id
from app.learning.models.exams import ExamBlueprint
from app.learning.repository import banks as rows
from app.learning.rules import blueprints
from app.learning.rules.blueprints import Parallel, Section, section_of
from app.learning.rules.chance import chance_of
from app.learning.rules.exams import Item
from app.learning.services.exam_papers import item_of
from app.learning.services.item_banks import own_course

LEAST_S, MOST_S = 60, 4 * 3600
TRIAL_PAPERS = 20


@dataclass(frozen=True, slots=True)
class PoolLine:
    """How many questions of a chapter and kind the course's banks have."""

    chapter: str
    kind: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlueprintView:
    """`parallel` compares twenty papers drawn beside one another; None where none can be."""

    course_id: str
    course_title: str
    sections: tuple[Section, ...]
    seconds: int
    number: int
    pool: tuple[PoolLine, ...]
    parallel: Parallel | None


def view(db: Session, owner_id: str, course_id: str) -> BlueprintView:
    """Return what papers of an own course draw. Raises NotFoundError."""
    course = own_course(rows.course(db, course_id), owner_id)
    plan = rows.blueprint(db, course_id)
    pool = _pool(db, course_id)
    sections = tuple(section_of(each) for each in plan.sections) if plan else ()
    counts = Counter((item.chapter, item.kind.value) for item in pool)
    return BlueprintView(
        course_id=course_id, course_title=course.title, sections=sections,
        seconds=plan.seconds if plan else course.exam_s, number=plan.number if plan else 0,
        pool=tuple(PoolLine(*key, count) for key, count in sorted(counts.items())),
        parallel=_parallel(sections, pool),
    )  # fmt: skip


def _pool(db: Session, course_id: str) -> list[Item]:
    return [item_of(row) for row in rows.pool(db, rows.bank_ids(db, course_id))]


def _parallel(sections: Sequence[Section], pool: Sequence[Item]) -> Parallel | None:
    if not sections or blueprints.shortfalls(sections, pool):
        return None
    papers = [
        blueprints.draw(sections, pool, (), chance_of(f"trial-{number}"))
        for number in range(TRIAL_PAPERS)
    ]
    return blueprints.compare(papers, {item.item_id: item for item in pool})


def save(
    db: Session, owner_id: str, course_id: str, sections: Sequence[Section], seconds: int,
    *, actor_id: str, now: dt.datetime,
) -> BlueprintView:  # fmt: skip
    """Make it what papers are drawn by from now on; those that are open keep theirs.

    Raises NotFoundError, InvalidError that names section and field, ConflictError where the banks
    do not have the questions.
    """
    course = own_course(rows.course_to_change(db, course_id), owner_id)
    if not LEAST_S <= seconds <= MOST_S:
        raise InvalidError(
            "考试时间不对。", field="/seconds", code="seconds",
            remedy=f"请填 {LEAST_S // 60} 到 {MOST_S // 60} 分钟",
        )  # fmt: skip
    for flaw in blueprints.flaws_of(sections):
        field = f"/sections/{flaw.place}/{flaw.field}"
        raise InvalidError(flaw.cause, field=field, code="section", remedy=flaw.fix)
    for flaw in blueprints.shortfalls(sections, _pool(db, course_id)):
        field = f"/sections/{flaw.place}/{flaw.field}"
        raise ConflictError(flaw.cause, field=field, code="bank_short", remedy=flaw.fix)
    known = rows.blueprint(db, course_id)
    told = [each.stored() for each in sections]
    if known is None or (known.sections, known.seconds) != (told, seconds):
        row = ExamBlueprint(
            id=new_id(now), course_id=course.id, number=known.number + 1 if known else 1,
            sections=told, seconds=seconds, made_at=now, made_by=actor_id,
        )  # fmt: skip
        db.add(row)
        db.flush()
        audit.record(
            db, "bank.blueprint_saved", now=now, actor_id=actor_id, subject_id=row.id,
            course_id=course_id, number=row.number,
        )  # fmt: skip
    return view(db, owner_id, course_id)
