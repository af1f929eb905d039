"""What a ruling on a challenge does: time taken back or released, holds, notices, cases."""

import datetime as dt
from dataclasses import dataclass

from msgspec.structs import replace
from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, NotFoundError
from app.core.ids import new_id
from app.identity.services import cases, inbox
from app.identity.services.cases import CaseKind
from app.identity.services.inbox import NoticeKind
from app.learning.models.study_checks import StudyHold
from app.learning.repository import study_checks as rows
from app.learning.rules.answers import decide_review
from app.learning.rules.challenges import Ruling, Settled
from app.learning.rules.sittings import restart_clock
from app.learning.rules.states import Cut, Hold, Taken
from app.learning.rules.wording import CUTS, HOLDS, amount
from app.learning.services import ledger, progress
from app.learning.services.prompts import draw
from app.learning.services.study_books import StudyBooks

_CASES = {
    Hold.UNCERTAIN: CaseKind.FACE_REVIEW,
    Hold.UNPROVEN: CaseKind.FACE_REVIEW,
    Hold.WRONG_FACE: CaseKind.RISK,
}
_NOTICES = {Cut.FORFEITED: NoticeKind.FORFEITED, Cut.EXPIRED: NoticeKind.PENDING_EXPIRED}


@dataclass(frozen=True, slots=True)
class HoldView:
    hold_id: str
    reason: Hold
    sentence: str
    forfeited_ms: int
    began_at: dt.datetime
    ended_at: dt.datetime | None


def apply(
    books: StudyBooks, settled: Settled, *, session_id: str | None, evidence: str = ""
) -> None:
    """Carry out what the rules decided; `evidence` names the check behind it."""
    before, challenge = books.learner.hold, books.learner.challenge
    books.learner = settled.learner
    books.take_back(settled.taken)
    is_over = challenge is not None and (
        settled.learner.challenge is None
        or settled.learner.challenge.challenge_id != challenge.challenge_id
    )
    if challenge is not None and is_over and settled.ruling is not None:
        row = rows.get_challenge(books.db, challenge.challenge_id)
        if row is not None:
            row.ruling, row.settled_at = settled.ruling.value, books.now
    challenge_id = challenge.challenge_id if challenge else None
    turn(books, before, session_id=session_id, challenge_id=challenge_id, taken=settled.taken)
    _tell_taken(books, settled.taken)
    if before is Hold.FAILED and settled.ruling is Ruling.FAILED:
        _ask_a_person(books, session_id, challenge_id)
    if settled.entries:
        # Nothing is released but by a check that has a name.
        ledger.release(books, settled.entries, evidence=evidence or challenge_id or "")
        for enrolment_id in sorted({entry.enrolment_id for entry in settled.entries}):
            progress.note_progress(books.db, enrolment_id, now=books.now)


def _tell_taken(books: StudyBooks, taken: tuple[Taken, ...]) -> None:
    hold = rows.open_hold(books.db, books.learner_id)
    for reason, kind in _NOTICES.items():
        ms = sum(part.ms for part in taken if part.reason is reason)
        if ms:
            is_of_hold = hold is not None and reason is Cut.FORFEITED
            inbox.notify(
                books.db, books.learner_id, kind, now=books.now, amount=amount(ms),
                reason=CUTS[reason], hold_id=hold.id if hold and is_of_hold else "",
            )  # fmt: skip


def _ask_a_person(books: StudyBooks, session_id: str | None, challenge_id: str | None) -> None:
    """Who fails again while on hold cannot help themselves: a person looks, once a hold."""
    hold = rows.open_hold(books.db, books.learner_id)
    if hold is None or hold.case_id is not None:
        return
    hold.case_id = cases.open_case(
        books.db, kind=CaseKind.HOLD, learner_id=books.learner_id, now=books.now, ref_id=hold.id,
        reason=hold.reason, session_id=session_id, challenge_id=challenge_id,
        forfeited_ms=hold.forfeited_ms,
    )  # fmt: skip
    inbox.notify(
        books.db, books.learner_id, NoticeKind.HOLD, now=books.now, hold_id=hold.id,
        reason="几次核对都没有通过，已转人工处理。也可以继续自己核对。",
    )  # fmt: skip


def turn(
    books: StudyBooks,
    before: Hold | None,
    *,
    session_id: str | None,
    challenge_id: str | None,
    taken: tuple[Taken, ...] = (),
) -> None:
    """Write down that a hold began, changed its reason or ended."""
    after = books.learner.hold
    if after is before:
        return
    row = rows.open_hold(books.db, books.learner_id)
    if row is not None:
        row.ended_at, row.ended_by = books.now, challenge_id or "decision"
        books.db.flush()
        _settle_case(books, row, after)
    if after is None:
        _let_go_on(books)
        return
    hold = StudyHold(
        id=new_id(books.now), learner_id=books.learner_id, session_id=session_id,
        challenge_id=challenge_id, reason=after.value, began_at=books.now,
        forfeited_ms=sum(part.ms for part in taken if part.reason is Cut.FORFEITED),
    )  # fmt: skip
    books.db.add(hold)
    books.db.flush()
    if after in _CASES:
        hold.case_id = cases.open_case(
            books.db, kind=_CASES[after], learner_id=books.learner_id, now=books.now,
            ref_id=hold.id, reason=after.value, session_id=session_id, challenge_id=challenge_id,
            forfeited_ms=hold.forfeited_ms,
        )  # fmt: skip
        inbox.notify(
            books.db, books.learner_id, NoticeKind.HOLD, now=books.now, reason=HOLDS[after],
            hold_id=hold.id,
        )  # fmt: skip


def _settle_case(books: StudyBooks, row: StudyHold, after: Hold | None) -> None:
    """Who helped themselves in the end needs nobody any more."""
    if row.case_id is None or after is not None:
        return
    if cases.get_case(books.db, row.case_id).kind is CaseKind.HOLD:
        cases.lapse(
            books.db, row.case_id, reason="当事人已自行通过核对。", actor_id=None, now=books.now
        )


def _let_go_on(books: StudyBooks) -> None:
    """R1: when a hold ends, the allowance of the open session starts again at nothing."""
    session_id = books.learner.open_session_id
    if session_id is not None:
        books.put_session(restart_clock(books.session(session_id), books.now_ms))
    progress.note_learner(books.db, books.learner_id, now=books.now)


def has_open_hold(db: Session, learner_id: str) -> bool:
    """Whether a person still has to look, or the learner still has to show who studies.

    The check that opens a session is no hold in this sense: nothing is in doubt.
    """
    row = rows.open_hold(db, learner_id)
    return row is not None and row.reason != Hold.OPENING.value


def list_holds(db: Session, learner_id: str) -> list[HoldView]:
    """Return a learner's newest holds."""
    return [_view(row) for row in rows.list_holds(db, learner_id, 50)]


def get_hold(db: Session, hold_id: str) -> HoldView:
    """Return one hold, for the desk. Raises NotFoundError."""
    row = rows.get_hold(db, hold_id)
    if row is None:
        raise NotFoundError("没有这条暂停记录。", remedy="请回到列表刷新")
    return _view(row)


def _view(row: StudyHold) -> HoldView:
    reason = Hold(row.reason)
    return HoldView(row.id, reason, HOLDS[reason], row.forfeited_ms, row.began_at, row.ended_at)


def decide(
    db: Session, hold_id: str, *, is_same_person: bool, actor_id: str, now: dt.datetime
) -> None:
    """A person looked at a hold: it ends like with a passed check, or it stays.

    What waited for a doubtful face is forfeited where it is not the same person.
    Raises NotFoundError, and ConflictError where the hold is over.
    """
    row = rows.get_hold(db, hold_id)
    if row is None:
        raise NotFoundError("没有这条暂停记录。", remedy="请回到列表刷新")
    books = StudyBooks(db, row.learner_id, now)
    if books.learner.hold is None or row.ended_at is not None:
        raise ConflictError("这条暂停已经结束，无需再处理。", remedy="请刷新列表")
    policy = books.policy(row.session_id) if row.session_id else None
    if policy is None:
        raise ConflictError("这条暂停没有对应的学习记录。", remedy="请联系管理员")
    if not is_same_person and not books.learner.is_under_review:
        _note_decision(books, hold_id, actor_id, is_same_person=False)
        return
    # A challenge that is open belongs to the hold: the decision answers it.
    held = replace(books.learner, challenge=None)
    settled = decide_review(held, draw(policy), is_same_person=is_same_person)
    apply(books, settled, session_id=row.session_id, evidence=f"review:{hold_id}:{actor_id}")
    books.store()
    _note_decision(books, hold_id, actor_id, is_same_person=is_same_person)
    if is_same_person:
        inbox.notify(
            db, row.learner_id, NoticeKind.RELEASED, now=now, reason="人工核对确认是本人。"
        )


def _note_decision(books: StudyBooks, hold_id: str, actor_id: str, *, is_same_person: bool) -> None:
    audit.record(
        books.db, "study.review_decided", now=books.now, actor_id=actor_id,
        subject_id=books.learner_id, hold_id=hold_id, is_same_person=is_same_person,
    )  # fmt: skip
