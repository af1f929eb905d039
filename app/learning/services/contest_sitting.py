"""Taking part in a contest: entering, beginning a paper of a round, what one sees of one's own.

Whom a contest means is the caller's to judge; who is let in here is a person with a proven name.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.errors import ConflictError, NotFoundError
from app.core.first_rows import add_first
from app.core.ids import new_id
from app.learning.models.contests import Contest, ContestEntry, ContestRound
from app.learning.models.exams import ExamAttempt
from app.learning.repository import contests as rows
from app.learning.rules.contests import ContestState
from app.learning.rules.policy import StudyPolicy
from app.learning.services import (
    exam_asking,
    exam_beginning,
    exam_drawing,
    exam_grading,
    exam_windows,
)
from app.learning.services.exam_footing import ContestPart
from app.learning.services.exam_views import AttemptView, attempt_view

_STATES = {
    "open": "正在答题",
    "marking": "等人工评阅",
    "held": "等人工复核",
    "voided": "已作废",
    "graded": "已交卷",
}


@dataclass(frozen=True, slots=True)
class OwnTry:
    """A paper of one's own; `score` is None where it is no result, or not told yet."""

    attempt_id: str
    number: int
    state: str
    state_name: str
    score: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRound:
    """A round as one of its people sees it; `refusal` says why no paper can be begun now."""

    round_id: str
    number: int
    title: str
    opens_at: dt.datetime
    closes_at: dt.datetime
    seconds: int
    question_count: int
    tries: int
    goes_on: str
    is_entered: bool
    own: tuple[OwnTry, ...]
    open_attempt_id: str | None
    refusal: str | None
    is_ranked: bool
    place: int | None
    score: int | None
    used_ms: int | None


def enter(
    db: Session, contest_id: str, learner_id: str, *, hides_name: bool, now: dt.datetime
) -> None:
    """Take part, or change what is shown of one's name; done twice it is once.

    Raises ConflictError where the first round is over, or the contest was cancelled.
    """
    contest = db.get_one(Contest, contest_id)
    held = rows.rounds(db, [contest.id])
    own = rows.entries_of_learner(db, [contest.id], learner_id)
    if own:
        for entry in own.values():
            entry.hides_name = hides_name
        db.flush()
        return
    _require_running(contest)
    if now >= held[0].closes_at:
        raise ConflictError("报名已经结束。", code="contest_over", remedy="请看以后的练兵和竞赛")
    row = ContestEntry(
        id=new_id(now), round_id=held[0].id, learner_id=learner_id, hides_name=hides_name,
        entered_at=now,
    )  # fmt: skip
    if add_first(db, row):
        audit.record(
            db, "contest.entered", now=now, actor_id=learner_id, subject_id=contest.id,
            org_id=contest.org_id,
        )  # fmt: skip


def _require_running(contest: Contest) -> None:
    if contest.state != ContestState.PUBLISHED:
        raise ConflictError(
            "这次练兵或竞赛已经取消。", code="contest_cancelled", remedy="请看主办单位写的理由"
        )


def start(
    db: Session, vault: Vault, round_id: str, *, learner_id: str, device_id: str, now: dt.datetime
) -> AttemptView:
    """Begin a paper of a round in which one takes part, or go on with the one that is open.

    Raises NotFoundError for whoever has no part in it, ForbiddenError without a way to be checked,
    ConflictError where none may begin now.
    """
    part = _own_part(db, round_id, learner_id)
    policy = StudyPolicy.from_mapping(part.contest.policy or {})
    for row in rows.attempts(db, part.entry.id):
        if row.state == "open" and not exam_grading.end_overdue(db, row.id, now=now):
            exam_beginning.go_on(db, vault, row, policy, device_id, now=now)
            return attempt_view(db, row, now)
    _require_running(part.contest)
    own = rows.attempts(db, part.entry.id)
    refusal = _refusal(part.round, own, now)
    if refusal is not None:
        raise ConflictError(refusal, code="contest_closed", remedy="详情见练兵和竞赛的页面")
    exam_asking.require_way(db, learner_id, policy, now=now)
    drawn = exam_drawing.draw_for_round(db, part.round, learner_id, now=now)
    row = exam_beginning.fresh(
        drawn, policy, learner_id=learner_id, number=len(own) + 1, device_id=device_id, now=now,
        last=part.round.closes_at,
    )  # fmt: skip
    row.contest_entry_id = part.entry.id
    if not exam_beginning.begin(db, vault, row, policy, now=now):
        return start(db, vault, round_id, learner_id=learner_id, device_id=device_id, now=now)
    return attempt_view(db, row, now)


def _own_part(db: Session, round_id: str, learner_id: str) -> ContestPart:
    """Held against whoever publishes the ranking at this moment."""
    entry = rows.entry_of(db, round_id, learner_id)
    held = rows.round_to_sit(db, round_id) if entry is not None else None
    if entry is None or held is None:
        raise NotFoundError("您没有参加这一场。", remedy="请从“练兵和竞赛”进入")
    return ContestPart(entry, held, db.get_one(Contest, held.contest_id))


def _refusal(held: ContestRound, own: list[ExamAttempt], now: dt.datetime) -> str | None:
    """Why no new paper may begin; None where one may."""
    if now < held.opens_at:
        return "这一场还没有开始。"
    if now >= held.closes_at or held.ranked_at is not None:
        return "这一场已经结束。"
    if len(own) >= held.tries:
        return "答题次数已经用完。" if held.tries > 1 else "这一场已经答过，只能答一次。"
    return None


def own_rounds(
    db: Session, contest_id: str, learner_id: str, *, now: dt.datetime
) -> tuple[OwnRound, ...]:
    """The rounds of a contest with what somebody did in them."""
    contest = db.get_one(Contest, contest_id)
    entries = rows.entries_of_learner(db, [contest.id], learner_id)
    return tuple(
        _own_round(db, contest, held, entries.get(held.id), now)
        for held in rows.rounds(db, [contest.id])
    )


def _own_round(
    db: Session, contest: Contest, held: ContestRound, entry: ContestEntry | None, now: dt.datetime
) -> OwnRound:
    own = rows.attempts(db, entry.id) if entry is not None else []
    part = ContestPart(entry, held, contest) if entry is not None else None
    is_told = part is not None and exam_windows.is_score_told(part)
    refusal = "这次练兵或竞赛已经取消。"
    if contest.state == ContestState.PUBLISHED:
        refusal = _refusal(held, own, now) or ""
    return OwnRound(
        round_id=held.id, number=held.number, title=held.title, opens_at=held.opens_at,
        closes_at=held.closes_at, seconds=held.seconds, tries=held.tries,
        question_count=sum(each["count"] for each in held.sections),
        goes_on=advance_in_words(held), is_entered=entry is not None,
        own=tuple(_try(each, is_told=is_told) for each in own),
        open_attempt_id=next((each.id for each in own if each.state == "open"), None),
        refusal=refusal or None, is_ranked=held.ranked_at is not None,
        place=entry.place if entry else None, score=entry.score if entry else None,
        used_ms=entry.used_ms if entry else None,
    )  # fmt: skip


def _try(row: ExamAttempt, *, is_told: bool) -> OwnTry:
    has_score = is_told and row.state == exam_grading.GRADED
    return OwnTry(
        row.id, row.number, row.state, _STATES[row.state], row.score if has_score else None
    )


def advance_in_words(held: ContestRound) -> str:
    """Who goes on from a round: 前 10 名; empty where nobody does."""
    if held.advance == "top":
        return f"前 {held.advance_value} 名进入下一轮（并列的都进）"
    return f"{held.advance_value} 分以上进入下一轮" if held.advance else ""
