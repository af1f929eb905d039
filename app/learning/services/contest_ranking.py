"""The ranking of a round: what it waits for, publishing it, and who goes on."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, NotFoundError
from app.core.first_rows import add_first
from app.core.ids import new_id
from app.identity.services import inbox
from app.identity.services.inbox import NoticeKind
from app.learning.models.contests import Contest, ContestEntry, ContestRound
from app.learning.models.exam_checks import ExamCheck
from app.learning.models.exams import ExamAttempt
from app.learning.repository import contests as rows
from app.learning.repository import exam_checks as check_rows
from app.learning.rules import contest_ranking as rules
from app.learning.rules import exam_checks as check_rules
from app.learning.rules.contest_ranking import Paper, Placed
from app.learning.rules.contests import Advance, ContestState
from app.learning.rules.exam_checks import Verdict, Why
from app.learning.rules.policy import StudyPolicy
from app.learning.services import contest_papers, exam_asking, exam_windows
from app.learning.services.contests import own_contest, own_round

_NO_TIME = dt.timedelta(0)


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One who takes part: their tries by state, and what counts of them where it is known.

    Before the round is over for everybody there is neither score nor time, whoever asks.
    """

    learner_id: str
    hides_name: bool
    states: tuple[str, ...]
    place: int | None
    score: int | None
    used_ms: int | None


@dataclass(frozen=True, slots=True)
class Results:
    """A round's people, by place; `waits_for` says what a ranking waits for."""

    is_over: bool
    ranked_at: dt.datetime | None
    waits_for: tuple[str, ...]
    lines: tuple[ResultLine, ...]


def results(
    db: Session, org_id: str, contest_id: str, round_id: str, *, now: dt.datetime
) -> Results:
    """Return how a round of an own contest stands. Raises NotFoundError."""
    contest = own_contest(db, org_id, contest_id)
    held = own_round(db, contest, round_id)
    attempts = rows.attempts_of_round(db, held.id)
    is_over = exam_windows.is_round_over(db, contest, held, now)
    places = {each.entry_id: each for each in _ranked(db, contest, attempts)} if is_over else {}
    states: dict[str, list[str]] = {}
    for row in attempts:
        states.setdefault(row.contest_entry_id or "", []).append(row.state)
    lines = [
        _line(entry, tuple(states.get(entry.id, ())), places.get(entry.id))
        for entry in rows.entries(db, held.id)
    ]
    lines.sort(key=lambda each: (each.place is None, each.place or 0, -len(each.states)))
    waits = rules.not_ready([row.state for row in attempts], is_over=is_over)
    return Results(is_over, held.ranked_at, waits if held.ranked_at is None else (), tuple(lines))


def _line(entry: ContestEntry, states: tuple[str, ...], placed: Placed | None) -> ResultLine:
    return ResultLine(
        entry.learner_id, entry.hides_name, states, placed.place if placed else None,
        placed.score if placed else None, placed.used_ms if placed else None,
    )  # fmt: skip


def _ranked(db: Session, contest: Contest, attempts: Sequence[ExamAttempt]) -> tuple[Placed, ...]:
    policy = StudyPolicy.from_mapping(contest.policy or {})
    graded = [row for row in attempts if row.state == rules.GRADED]
    checks = check_rows.passed_by_attempt(db, [row.id for row in graded])
    sat = contest_papers.sat(db, graded, policy)
    papers = [
        Paper(row.contest_entry_id or "", row.number, row.state, row.score,
              _used_ms(row, checks.get(row.id, []), policy, sat[row.id].answered_at),
              sat[row.id].earned)
        for row in graded
    ]  # fmt: skip
    return rules.ranked(papers)


def _used_ms(
    row: ExamAttempt, checks: Sequence[ExamCheck], policy: StudyPolicy,
    answered_at: Sequence[dt.datetime],
) -> int:  # fmt: skip
    """By the server's clock, less what the checks took that the server asked for by itself."""
    back = sum((_back(check, policy, answered_at) for check in checks), _NO_TIME)
    return rules.used_ms(row.started_at, row.ended_at or row.started_at, row.deadline_at, back)


def _back(
    check: ExamCheck, policy: StudyPolicy, answered_at: Sequence[dt.datetime]
) -> dt.timedelta:
    settled_at = check.settled_at or check.raised_at
    back = check_rules.given_back(
        exam_asking.open_of(check), Verdict.PASSED, settled_at,
        exam_asking.ttl_of(policy, check.method),
    )  # fmt: skip
    if check.why == Why.BEGIN:
        return back  # the paper was shut meanwhile
    return rules.not_answered_in(back, check.raised_at, settled_at, answered_at)


def publish(
    db: Session, org_id: str, contest_id: str, round_id: str, *, actor_id: str, now: dt.datetime
) -> int:
    """Publish the ranking of a round for good, and let who goes on into the next; tells how many.

    Raises NotFoundError, ConflictError before everything of it is decided, or after it was done.
    """
    contest = own_contest(db, org_id, contest_id, locks=True)
    held = rows.round_to_change(db, own_round(db, contest, round_id).id)
    if held is None:
        raise NotFoundError("没有这一场。", remedy="请刷新页面")
    if contest.state != ContestState.PUBLISHED or held.ranked_at is not None:
        raise ConflictError(
            "排名已经公布过，或者竞赛不在进行中。", code="contest_state", remedy="请刷新页面"
        )
    _require_turn(db, held)
    attempts = rows.attempts_of_round(db, held.id)
    is_over = exam_windows.is_round_over(db, contest, held, now)
    waits = rules.not_ready([row.state for row in attempts], is_over=is_over)
    if waits:
        raise ConflictError(
            f"还不能公布排名：{'；'.join(waits)}。", code="not_ready", remedy="请等办完以后再公布"
        )
    placed = _ranked(db, contest, attempts)
    held.ranked_at, held.ranked_by = now, actor_id
    _write(db, contest, held, placed, now)
    audit.record(
        db, "contest.ranked", now=now, actor_id=actor_id, subject_id=held.id, org_id=org_id,
        number=len(placed),
    )  # fmt: skip
    return len(placed)


def _require_turn(db: Session, held: ContestRound) -> None:
    """Rankings come in the order of the rounds: one decides who is in the next."""
    before = [each for each in rows.rounds(db, [held.contest_id]) if each.number < held.number]
    if any(each.ranked_at is None for each in before):
        raise ConflictError(
            "前面的场次还没有公布排名。", code="round_order", remedy="请先公布前一场的排名"
        )


def _write(
    db: Session, contest: Contest, held: ContestRound, placed: Sequence[Placed], now: dt.datetime
) -> None:
    by_entry = {each.entry_id: each for each in placed}
    advance = Advance(held.advance) if held.advance else None
    goes_on = rules.going_on(placed, advance, held.advance_value or 0)
    following = [each for each in rows.rounds(db, [contest.id]) if each.number == held.number + 1]
    for entry in rows.entries(db, held.id):
        own = by_entry.get(entry.id)
        if own is not None:
            entry.place, entry.score, entry.used_ms = own.place, own.score, own.used_ms
        if entry.id in goes_on and following:
            add_first(db, _onward(entry, following[0], now))
        inbox.notify(
            db, entry.learner_id, NoticeKind.CONTEST_RANKED, now=now,
            contest=f"{contest.title} · {held.title}",
            result=_result_words(own),
            next=_next_words(following, entry.id in goes_on) if following else "",
        )  # fmt: skip
    db.flush()


def _onward(entry: ContestEntry, following: ContestRound, now: dt.datetime) -> ContestEntry:
    return ContestEntry(
        id=new_id(now), round_id=following.id, learner_id=entry.learner_id,
        hides_name=entry.hides_name, entered_at=now,
    )  # fmt: skip


def _result_words(own: Placed | None) -> str:
    if own is None:
        return "排名已公布，您没有名次。"
    return f"排名已公布，您第 {own.place} 名，{own.score} 分。"


def _next_words(following: Sequence[ContestRound], is_on: bool) -> str:  # noqa: FBT001 -- a fact, not a switch
    return f"您进入下一轮：{following[0].title}。" if is_on else "您没有进入下一轮。"
