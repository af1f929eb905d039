"""Results that are held because of who sat there: the case, and what was seen of the sitting."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, NotFoundError
from app.identity.services import cases, inbox, roles
from app.identity.services.cases import CaseKind
from app.identity.services.inbox import NoticeKind
from app.learning.models.exams import ExamAttempt
from app.learning.repository import exam_checks as rows
from app.learning.repository import exams as exam_rows
from app.learning.rules import exam_checks as rules
from app.learning.rules.exam_checks import AwayKind, Verdict, Why
from app.learning.rules.wording import METHOD_NAMES
from app.learning.services.exam_footing import title_of
from app.learning.services.exam_papers import paper_of

HELD, VOIDED = "held", "voided"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSeen:
    """A check of who sat there, in words; `took_ms` from being asked to its end."""

    why: str
    method: str
    raised_at: dt.datetime
    took_ms: int
    tries: int
    verdict: str
    is_passed: bool


@dataclass(frozen=True, slots=True)
class AbsenceSeen:
    kind: str
    began_at: dt.datetime
    ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingSeen:
    """What is known of who sat at a paper, for its learner and for who reviews it."""

    attempt_id: str
    course_title: str
    number: int
    started_at: dt.datetime
    ended_at: dt.datetime | None
    checks: tuple[CheckSeen, ...]
    absences: tuple[AbsenceSeen, ...]

    @property
    def away_ms(self) -> int:
        return sum(each.ms for each in self.absences)


def sitting(db: Session, attempt_id: str) -> SittingSeen:
    """Return what was seen of a paper's sitting. Raises NotFoundError."""
    row = exam_rows.attempt(db, attempt_id)
    if row is None:
        raise NotFoundError("没有这次考试。", remedy="请回到列表刷新")
    return SittingSeen(
        attempt_id=row.id, course_title=title_of(db, row), number=row.number,
        started_at=row.started_at, ended_at=row.ended_at,
        checks=tuple(
            CheckSeen(
                why=rules.WHY_NAMES[Why(each.why)], method=METHOD_NAMES.get(each.method, "—"),
                raised_at=each.raised_at, tries=len(each.check_ids),
                took_ms=_ms((each.settled_at or each.raised_at) - each.raised_at),
                verdict=rules.VERDICT_NAMES[Verdict(each.verdict)] if each.verdict else "进行中",
                is_passed=each.verdict == Verdict.PASSED,
            )
            for each in rows.checks(db, row.id)
        ),
        absences=tuple(
            AbsenceSeen(
                rules.AWAY_NAMES[AwayKind(each.kind)], each.began_at,
                _ms(each.ended_at - each.began_at),
            )
            for each in rows.absences(db, row.id)
        ),
    )  # fmt: skip


def _ms(span: dt.timedelta) -> int:
    return span // dt.timedelta(milliseconds=1)


def held_by(db: Session, row: ExamAttempt) -> tuple[Verdict, ...]:
    """What of a paper's sitting holds its result, the gravest first.

    Its checks; and that its learner works for an institution whose questions it asks.
    """
    found = {Verdict(each.verdict) for each in rows.checks(db, row.id) if each.verdict}
    owners = exam_rows.owners_of(db, [asked.item_id for asked in paper_of(row)])
    if owners & roles.working_for(db, row.learner_id):
        found.add(Verdict.OWN_BANK)
    return rules.holding(found)


def hold(db: Session, row: ExamAttempt, reasons: tuple[Verdict, ...], *, now: dt.datetime) -> None:
    """Put a result that would pass before a person; until then it is none."""
    row.state = HELD
    db.flush()
    words = "；".join(rules.VERDICT_NAMES[each] for each in reasons)
    cases.open_case(
        db, kind=CaseKind.EXAM_REVIEW, learner_id=row.learner_id, ref_id=row.id, now=now,
        outcome=reasons[0].value, held_by=words,
    )  # fmt: skip
    audit.record(
        db, "exam.held", now=now, actor_id=row.learner_id, subject_id=row.id,
        reason=reasons[0].value,
    )  # fmt: skip
    kind = NoticeKind.CONTEST_HELD if row.contest_entry_id else NoticeKind.EXAM_HELD
    inbox.notify(db, row.learner_id, kind, now=now, course=title_of(db, row), reason=words)


def held(db: Session, attempt_id: str) -> ExamAttempt:
    """Return a held attempt, locked. Raises NotFoundError, ConflictError where it is decided."""
    row = exam_rows.attempt_to_change(db, attempt_id)
    if row is None:
        raise NotFoundError("没有这次考试。", remedy="请回到列表刷新")
    if row.state != HELD:
        raise ConflictError("这次考试的成绩已经处理过。", remedy="请刷新列表")
    return row
