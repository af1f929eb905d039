"""Appeals against time that was not counted: whose it is, the evidence, and giving it back."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.identity.services import inbox
from app.identity.services.inbox import NoticeKind
from app.learning.models.study import StudyCut
from app.learning.models.study_checks import StudyHold
from app.learning.repository import appeals as rows
from app.learning.repository import study as study_rows
from app.learning.repository import study_checks as check_rows
from app.learning.repository.study_states import lesson_of
from app.learning.rules.granting import Room, grant
from app.learning.rules.moments import day_of
from app.learning.rules.pending import Entry
from app.learning.rules.states import Cut, Hold
from app.learning.rules.wording import CUTS, HOLDS, amount
from app.learning.services import holds, ledger, progress
from app.learning.services.study_books import StudyBooks

# Nothing is lost by these: nobody can appeal against them.
GRANTED = "study.time_granted"
NO_LOSS = frozenset({Cut.PAUSED, Cut.REPEATED})


class Subject(StrEnum):
    """What an appeal is against."""

    CUT = "cut"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Appealed:
    """What the learner sees of the thing they appeal against."""

    title: str
    sentence: str
    ms: int
    at: dt.datetime


def appealed(db: Session, learner_id: str, subject: Subject, ref_id: str) -> Appealed:
    """Return the learner's own cut or hold. Raises NotFoundError, InvalidError for no loss."""
    if subject is Subject.HOLD:
        hold = _hold(db, ref_id)
        if hold.learner_id != learner_id:
            raise _missing()
        sentence = HOLDS[Hold(hold.reason)]
        return Appealed("学习暂停", sentence, hold.forfeited_ms, hold.began_at)
    cut = _cut(db, ref_id)
    if cut.learner_id != learner_id:
        raise _missing()
    if Cut(cut.code) in NO_LOSS:
        raise InvalidError("这一段没有损失学时，不需要申诉。", field="/ref_id")
    title = study_rows.lesson_titles(db, [cut.lesson_id])[cut.lesson_id]
    return Appealed(title, CUTS[Cut(cut.code)], cut.ms - cut.granted_ms, cut.first_at)


def _missing() -> NotFoundError:
    return NotFoundError("没有这条记录。", field="/ref_id", remedy="请从“我的学时”进入")


def _hold(db: Session, hold_id: str) -> StudyHold:
    row = check_rows.get_hold(db, hold_id)
    if row is None:
        raise _missing()
    return row


def _cut(db: Session, cut_id: str) -> StudyCut:
    row = rows.get_cut(db, cut_id)
    if row is None:
        raise _missing()
    return row


def cuts_of(db: Session, subject: Subject, ref_id: str) -> list[StudyCut]:
    """The cuts an appeal is about: the one, or all that a hold's beginning took away."""
    if subject is Subject.CUT:
        return [_cut(db, ref_id)]
    hold = _hold(db, ref_id)
    return rows.cuts_at(db, hold.learner_id, Cut.FORFEITED.value, hold.began_at)


def give_back(
    db: Session,
    subject: Subject,
    ref_id: str,
    *,
    reason: str,
    author_id: str,
    case_id: str,
    now: dt.datetime,
) -> int:
    """Enter what an upheld appeal gives back as corrections of the ledger; returns how much.

    A hold that still stands ends with it.

    The time joins the lesson's coverage, so it is never counted twice. Bounded by the cut, by what
    the lesson has left, by the day's cap and by the server's time that nothing was credited for.
    Raises ConflictError where there is nothing to give back.
    """
    is_released = subject is Subject.HOLD and _release(db, ref_id, author_id, now)
    cuts = cuts_of(db, subject, ref_id)
    if not cuts and not is_released:
        raise _nothing()
    total = _give_back_all(db, cuts, reason, author_id, case_id, now) if cuts else 0
    if not total and not is_released:
        raise _nothing()
    return total


def _release(db: Session, hold_id: str, author_id: str, now: dt.datetime) -> bool:
    """End a hold that still stands; tells whether it did."""
    if _hold(db, hold_id).ended_at is not None:
        return False
    holds.decide(db, hold_id, is_same_person=True, actor_id=author_id, now=now)
    return True


def _give_back_all(
    db: Session,
    cuts: list[StudyCut],
    reason: str,
    author_id: str,
    case_id: str,
    now: dt.datetime,
) -> int:
    books = StudyBooks(db, cuts[0].learner_id, now)
    total = 0
    for cut in cuts:
        total += _give_back(books, cut, reason, author_id, case_id)
        # Written at once: the next one's bounds read the sums of this one.
        books.store()
    if total:
        audit.record(
            db, GRANTED, now=now, actor_id=author_id, subject_id=books.learner_id,
            case_id=case_id, ms=total,
        )  # fmt: skip
    for enrolment_id in sorted({cut.enrolment_id for cut in cuts}):
        progress.note_progress(db, enrolment_id, now=now)
    return total


def _nothing() -> ConflictError:
    return ConflictError(
        "没有可以补记的时间：这节课已经学满，或当天已到上限。", code="nothing_to_grant",
        remedy="请选“不支持”，并写明原因",
    )  # fmt: skip


def basis_of(case_id: str) -> str:
    """What a correction's hash names as the reason for it."""
    return f"appeal:{case_id}"


def _give_back(books: StudyBooks, cut: StudyCut, reason: str, author_id: str, case_id: str) -> int:
    row = study_rows.get_lesson(books.db, cut.lesson_id)
    if row is None:
        raise _missing()
    lesson = lesson_of(row)
    given = grant(
        lesson.length_ms, books.lesson(cut.enrolment_id, cut.lesson_id), _room(books, cut)
    )
    if not given.ms:
        return 0
    books.put_lesson(cut.enrolment_id, cut.lesson_id, given.lesson)
    books.add_to_day(day_of(cut.day), given.ms)
    cut.granted_ms += given.ms
    entry = Entry(
        enrolment_id=cut.enrolment_id, lesson_id=cut.lesson_id, session_id=cut.session_id,
        day=day_of(cut.day), ms=given.ms,
    )  # fmt: skip
    ledger.grant(books, entry, evidence=basis_of(case_id), reason=reason, author_id=author_id)
    inbox.notify(
        books.db, books.learner_id, NoticeKind.TIME_GRANTED, now=books.now, lesson=row.title,
        amount=amount(given.ms),
    )  # fmt: skip
    return given.ms


def _room(books: StudyBooks, cut: StudyCut) -> Room:
    db, learner_id = books.db, books.learner_id
    used = rows.credited_on_day_ms(db, learner_id, cut.day, day_of(cut.day))
    return Room(
        cut_ms=cut.ms - cut.granted_ms,
        spent_ms=rows.open_time_ms(db, learner_id) - rows.credited_ms(db, learner_id),
        day_ms=books.policy(cut.session_id).day_left_ms(used),
    )
