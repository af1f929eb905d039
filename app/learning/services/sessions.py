"""Opening, taking over, resuming and closing study sessions (R19)."""

import datetime as dt
import secrets
from dataclasses import dataclass

from msgspec.structs import replace
from sqlalchemy.orm import Session

from app.core.crypto import KeyRing, Vault
from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.core.ids import new_id
from app.identity.services import standing
from app.learning.models.catalogue import Enrolment
from app.learning.models.study import StudySession
from app.learning.repository import study as rows
from app.learning.rules.chain import KEY_BYTES, encode, first_head
from app.learning.rules.challenges import Settled, move
from app.learning.rules.hours import Totals
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.sittings import close_session, is_idle, open_session
from app.learning.rules.states import ChallengeKind, Phase
from app.learning.services import (
    frozen_policies,
    holds,
    policies,
    prompts,
    risk_places,
    sealed,
    steps,
)
from app.learning.services.holds import has_open_hold
from app.learning.services.session_views import (
    SessionView,
    course_lessons,
    last_studied,
    lesson_states,
    open_lesson_ids,
    session_view,
    totals,
)
from app.learning.services.study_books import StudyBooks

__all__ = [
    "Opened", "SessionView", "Start", "Totals", "close_open", "get_session", "has_open_hold",
    "last_studied", "open_study", "totals",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Who begins to study what, on which device, and from which address."""

    learner_id: str
    enrolment_id: str
    lesson_id: str
    device_id: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    key: str
    view: SessionView


def open_study(
    db: Session, keys: KeyRing, vault: Vault, start: Start, *, now: dt.datetime
) -> Opened:
    """Open a session; the learner's other one, on whatever device, ends with this.

    Raises ForbiddenError for a learner who is not verified or has no way to be checked,
    NotFoundError for somebody else's enrolment, ConflictError for one that has ended,
    InvalidError for a lesson that is not open.
    """
    if not standing.standing(db, start.learner_id).is_verified:
        raise ForbiddenError(
            "请先完成实名认证。", code="not_verified", remedy="在“我的”里完成实名认证后再学习"
        )
    enrolment = _enrolment(db, start)
    policy = policies.opening(db, enrolment, now=now)
    _check_lesson(db, enrolment, policy, start.lesson_id)
    books = StudyBooks(db, start.learner_id, now)
    if (other := books.learner.open_session_id) is not None:
        _close(books, other, Phase.SUPERSEDED)
    session_id, key = new_id(now), secrets.token_bytes(KEY_BYTES)
    before = books.learner
    opened = open_session(
        policy, before, session_id=session_id, enrolment_id=enrolment.id,
        device=start.device_id, now_ms=books.now_ms, draw=prompts.draw(policy),
    )  # fmt: skip
    head = first_head(key, session_id)
    row = StudySession(
        id=session_id, learner_id=start.learner_id, device_id=start.device_id,
        policy_version=frozen_policies.freeze(db, policy),
        key_sealed=sealed.seal_key(vault, session_id, key), first_head=head, head=head,
        opened_at=now, lesson_id=start.lesson_id,
    )  # fmt: skip
    books.add_session(row, opened.session)
    risk_places.note(db, vault, row, start.address)
    settled = Settled(opened.learner, opened.ruling, opened.taken)
    holds.apply(books, settled, session_id=session_id)
    _ask_at_opening(books, session_id, vault)
    books.store()
    steps.note(db, enrolment.id, now=now)
    return Opened(encode(key), session_view(db, keys, row, now=now))


def _enrolment(db: Session, start: Start) -> Enrolment:
    enrolment = rows.get_enrolment(db, start.enrolment_id)
    if enrolment is None or enrolment.learner_id != start.learner_id:
        raise NotFoundError("您没有报名这门课。", field="/enrolment_id", remedy="请先在课程页报名")
    if enrolment.state != "active":
        raise ConflictError(
            "这门课已经学完或结束。", code="ended", field="/enrolment_id",
            remedy="课文和视频可以从课程页再看，不增加学时",
        )  # fmt: skip
    return enrolment


def _check_lesson(db: Session, enrolment: Enrolment, policy: StudyPolicy, lesson_id: str) -> None:
    lessons = course_lessons(db, enrolment.id)
    known = lesson_states(db, enrolment.learner_id, enrolment.id)
    if lesson_id not in open_lesson_ids(policy, lessons, known):
        raise InvalidError(
            "这节课还没有开放，或不属于这门课。",
            field="/lesson_id",
            code="lesson_not_open",
            remedy="请按顺序学完前面的课",
        )


def _ask_at_opening(books: StudyBooks, session_id: str, vault: Vault) -> None:
    """A challenge that is open goes with the learner; a hold asks for an identity check."""
    learner = books.learner
    enrolment_id = books.session_row(session_id).enrolment_id
    books.learner = move(learner, session_id, enrolment_id)
    prompts.renew_if_given_up(books, session_id, vault)
    if learner.hold is None:
        prompts.raise_due(books, session_id, vault)
        return
    is_asked = learner.challenge and learner.challenge.kind is ChallengeKind.IDENTITY
    if not is_asked and not learner.is_under_review:
        prompts.ask(books, session_id, ChallengeKind.IDENTITY, vault)


def get_session(
    db: Session, keys: KeyRing, session_id: str, *, learner_id: str, now: dt.datetime
) -> SessionView:
    """Return a learner's own session, to go on after a reload. Raises NotFoundError."""
    row = rows.get_session(db, session_id)
    if row is None or row.learner_id != learner_id:
        raise NotFoundError("没有这次学习。", remedy="请回到课程页重新进入")
    return session_view(db, keys, row, now=now)


def _close(books: StudyBooks, session_id: str, phase: Phase) -> None:
    state, books.learner, taken = close_session(books.session(session_id), books.learner, phase)
    books.put_session(state)
    books.take_back(taken)
    books.session_row(session_id).closed_at = books.now
    risk_places.ask_for_score(books.db, books.session_row(session_id), now=books.now)


def close(books: StudyBooks, session_id: str) -> None:
    """End a session inside a transaction that is under way; pending time stays pending."""
    _close(books, session_id, Phase.CLOSED)


def close_open(
    db: Session, learner_id: str, *, now: dt.datetime, device_id: str | None = None
) -> str | None:
    """End the learner's open session (sign-out, lock, withdrawn consent); returns its id.

    With `device_id` only where it is open on that device: who signs out of one may go on studying
    on another.
    """
    found = rows.get_learner(db, learner_id)
    if found is None or found.open_session_id is None:
        return None
    books = StudyBooks(db, learner_id, now)
    session_id = books.learner.open_session_id
    if session_id is None:
        return None
    if device_id is not None and books.session_row(session_id).device_id != device_id:
        return None
    close(books, session_id)
    books.store()
    return session_id


def end_with_way(db: Session, learner_id: str, *, now: dt.datetime) -> None:
    """The learner's way of being checked is given up: what it passed opens no session any more."""
    close_open(db, learner_id, now=now)
    if rows.get_learner(db, learner_id) is None:
        return
    books = StudyBooks(db, learner_id, now)
    books.learner = replace(books.learner, identity_at_ms=None)
    books.store()


def close_if_idle(books: StudyBooks, session_id: str) -> bool:
    """End a session that was silent for too long; tells whether it was."""
    if not is_idle(books.policy(session_id), books.session(session_id), books.now_ms):
        return False
    close(books, session_id)
    return True
