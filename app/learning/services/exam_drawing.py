"""Drawing a paper out of a course's pool, and drawing it again for whoever audits it."""

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core.errors import ConflictError, NotFoundError
from app.learning.models.catalogue import Enrolment
from app.learning.models.contests import ContestRound
from app.learning.models.exams import ExamAttempt, ExamBlueprint
from app.learning.models.versions import CourseVersion
from app.learning.repository import banks as rows
from app.learning.repository import contests as contest_rows
from app.learning.repository import exams as exam_rows
from app.learning.rules import blueprints
from app.learning.rules.blueprints import section_of
from app.learning.rules.chance import SEED_BYTES, chance_of
from app.learning.rules.exams import Item, PaperItem, draw_paper
from app.learning.services.exam_footing import ContestPart, enrolment_of, part_of
from app.learning.services.exam_papers import item_of, paper_of


@dataclass(frozen=True, slots=True)
class Size:
    questions: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A paper, its time, and what it was drawn from (as `ExamAttempt.drawn` keeps it)."""

    paper: tuple[PaperItem, ...]
    seconds: int
    source: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Redrawn:
    """What an audit finds: the paper as it was and as its seed draws it now."""

    seed: str
    as_it_was: tuple[PaperItem, ...]
    again: tuple[PaperItem, ...]

    @property
    def is_same(self) -> bool:
        return self.as_it_was == self.again


def size_of(db: Session, course: CourseVersion) -> Size:
    """How many questions a paper of the course has, and how long it lasts."""
    plan = rows.blueprint(db, course.course_id)
    if plan is None:
        return Size(course.exam_size, course.exam_s)
    return Size(sum(each["count"] for each in plan.sections), plan.seconds)


def draw(db: Session, enrolment: Enrolment, course: CourseVersion, *, now: dt.datetime) -> Drawn:
    """Draw a paper with a fresh seed. Raises ConflictError where the pool cannot fill it."""
    seed = secrets.token_hex(SEED_BYTES)
    plan = rows.blueprint(db, course.course_id)
    bank_ids = rows.bank_ids(db, course.course_id)
    pool = [item_of(row) for row in rows.pool(db, bank_ids)]
    if not pool:
        raise ConflictError("这门课还没有题库。", code="no_bank", remedy="请联系培训机构")
    if plan is not None and blueprints.shortfalls(_sections(plan), pool):
        raise ConflictError(
            "题库里的题现在不够组成一张试卷。", code="bank_short", remedy="请联系培训机构"
        )
    seen = _seen(db, enrolment.learner_id, course.course_id, before=now)
    source: dict[str, Any] = {
        "seed": seed,
        "blueprint": plan.id if plan else None,
        "banks": bank_ids,
    }
    if plan is None:
        source["size"] = course.exam_size
    paper = _paper(source, plan, pool, seen)
    return Drawn(paper, plan.seconds if plan else course.exam_s, source)


def draw_for_round(db: Session, row: ContestRound, learner_id: str, *, now: dt.datetime) -> Drawn:
    """Draw a paper of a contest's round. Raises ConflictError where its banks cannot fill it."""
    source = {"seed": secrets.token_hex(SEED_BYTES), "round": row.id, "banks": row.bank_ids}
    pool = [item_of(each) for each in rows.pool(db, row.bank_ids)]
    if blueprints.shortfalls(_sections(row), pool):
        raise ConflictError(
            "题库里的题现在不够组成一张试卷。", code="bank_short", remedy="请联系主办单位"
        )
    seen = _seen_in_contest(db, learner_id, row.contest_id, before=now)
    return Drawn(_paper(source, row, pool, seen), row.seconds, source)


def _sections(plan: ExamBlueprint | ContestRound) -> list[blueprints.Section]:
    return [section_of(each) for each in plan.sections]


def _paper(
    source: dict[str, Any],
    plan: ExamBlueprint | ContestRound | None,
    pool: Sequence[Item],
    seen: set[str],
) -> tuple[PaperItem, ...]:
    chance = chance_of(source["seed"])
    if plan is None:
        return draw_paper(pool, source["size"], chance, seen)
    return blueprints.draw(_sections(plan), pool, seen, chance)


def _seen(db: Session, learner_id: str, course_id: str, *, before: dt.datetime) -> set[str]:
    """The codes that a learner was asked in this course before."""
    papers: Iterable[list[Any]] = rows.seen_items(db, learner_id, course_id, before)
    return _codes(db, papers)


def _seen_in_contest(
    db: Session, learner_id: str, contest_id: str, *, before: dt.datetime
) -> set[str]:
    """The codes that a learner was asked in this contest before."""
    return _codes(db, contest_rows.seen_papers(db, learner_id, contest_id, before))


def _codes(db: Session, papers: Iterable[list[Any]]) -> set[str]:
    ids = {asked[0] for paper in papers for asked in paper}
    return {item_of(row).code for row in exam_rows.items(db, sorted(ids)).values()}


def redraw(db: Session, attempt_id: str) -> Redrawn:
    """Draw an attempt's paper again from its seed and the pool of its day.

    Raises NotFoundError, ConflictError for a paper that came before seeds were kept.
    """
    row = exam_rows.attempt(db, attempt_id)
    if row is None:
        raise NotFoundError("没有这次考试。", remedy="请核对编号")
    if row.drawn is None:
        raise ConflictError("这张试卷没有留下随机种子。", code="no_seed", remedy="只能看原卷")
    return Redrawn(row.drawn["seed"], paper_of(row), _again(db, row, row.drawn))


def _again(db: Session, row: ExamAttempt, source: dict[str, Any]) -> tuple[PaperItem, ...]:
    pool = [item_of(each) for each in rows.pool(db, source["banks"], row.started_at)]
    enrolment, part = enrolment_of(db, row), part_of(db, row)
    if enrolment is None:
        return _again_in_contest(db, row, part, pool)
    plan = db.get_one(ExamBlueprint, source["blueprint"]) if source["blueprint"] else None
    seen = _seen(db, row.learner_id, enrolment.course_id, before=row.started_at)
    return _paper(source, plan, pool, seen)


def _again_in_contest(
    db: Session, row: ExamAttempt, part: ContestPart | None, pool: Sequence[Item]
) -> tuple[PaperItem, ...]:
    assert part is not None  # noqa: S101 -- the database holds that it is one of the two
    seen = _seen_in_contest(db, row.learner_id, part.contest.id, before=row.started_at)
    return _paper(row.drawn or {}, part.round, pool, seen)
