"""An organisation's desk of contests: duties first, the rest is the learning floor's."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit, spreadsheet
from app.core.crypto import Vault
from app.core.errors import ConflictError
from app.core.spreadsheet import Cell
from app.identity.rules.actors import Actor
from app.identity.services import access, inbox, people
from app.identity.services.inbox import NoticeKind
from app.learning.rules.contests import Card, ContestState, RoundCard
from app.learning.services import contest_parts, contest_ranking, contest_views, contests
from app.learning.services.contest_ranking import Results
from app.learning.services.contest_views import BankChoice, ContestView
from app.org.rules.duties import Power
from app.org.services import contest_audience, contest_telling
from app.org.services.organisations import acting_for

GONE = "（已注销）"
_WIDTHS = (8, 16, 24, 10, 14, 30)
_HEAD = ("名次", "姓名", "证件号码", "得分", "用时（秒）", "答卷")
_STATE_WORDS = {
    "open": "正在答题", "marking": "等人工评阅", "held": "在人工复核", "voided": "作废",
    "graded": "有效",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonResult:
    """A line of the results with its name in full, for the organiser alone."""

    name: str
    masked_number: str
    hides_name: bool
    says: str
    place: int | None
    score: int | None
    used_ms: int | None


@dataclass(frozen=True, slots=True)
class RoundResults:
    found: Results
    people: tuple[PersonResult, ...]


def list_own(db: Session, actor: Actor) -> tuple[ContestView, ...]:
    """The contests of the organisation that the caller acts for."""
    return contest_views.of_organisation(db, acting_for(db, actor, Power.SEE_PROGRESS).org_id)


def one(db: Session, actor: Actor, contest_id: str) -> ContestView:
    """One of them. Raises NotFoundError."""
    return contest_views.one(db, acting_for(db, actor, Power.SEE_PROGRESS).org_id, contest_id)


def bank_choices(db: Session, actor: Actor) -> tuple[BankChoice, ...]:
    """The banks that rounds may draw from; of their questions only how many there are."""
    return contest_views.bank_choices(db, _held_by(db, actor))


def _held_by(db: Session, actor: Actor) -> str:
    return acting_for(db, actor, Power.HOLD_CONTESTS).org_id


def _ended_by(db: Session, actor: Actor) -> str:
    """Who took part waits for a ranking, or to read that there is none: suspended or not."""
    return acting_for(db, actor, Power.HOLD_CONTESTS, looks=True).org_id


def create(db: Session, actor: Actor, card: Card, *, now: dt.datetime) -> str:
    """Begin a draft; returns its id."""
    org_id = _held_by(db, actor)
    contest_audience.check(db, org_id, card)
    return contests.create(db, org_id, card, actor_id=actor.learner_id, now=now)


def change(db: Session, actor: Actor, contest_id: str, card: Card, *, now: dt.datetime) -> None:
    """Write a draft anew."""
    org_id = _held_by(db, actor)
    contest_audience.check(db, org_id, card)
    contests.change(db, org_id, contest_id, card, actor_id=actor.learner_id, now=now)


def put_round(
    db: Session, actor: Actor, contest_id: str, round_id: str | None, card: RoundCard,
    *, now: dt.datetime,
) -> str:  # fmt: skip
    """Add a round to a draft, or write one anew; returns its id."""
    org_id = _held_by(db, actor)
    return contests.put_round(
        db, org_id, contest_id, round_id, card, actor_id=actor.learner_id, now=now
    )


def remove_round(
    db: Session, actor: Actor, contest_id: str, round_id: str, *, now: dt.datetime
) -> None:
    """Take a round off a draft."""
    org_id = _held_by(db, actor)
    contests.remove_round(db, org_id, contest_id, round_id, actor_id=actor.learner_id, now=now)


def submit(db: Session, actor: Actor, contest_id: str, *, now: dt.datetime) -> ContestState:
    """Put a race before a colleague; a practice set goes out at once, and people are told."""
    org_id = _held_by(db, actor)
    state = contests.submit(db, org_id, contest_id, actor_id=actor.learner_id, now=now)
    if state is ContestState.PUBLISHED:
        contest_telling.begin(db, contest_id, now=now)
    return state


def decide(
    db: Session, actor: Actor, contest_id: str, *, publishes: bool, reason: str, now: dt.datetime
) -> None:
    """Publish what a colleague wrote, and tell people; or send it back."""
    org_id = _held_by(db, actor)
    contests.decide(
        db, org_id, contest_id, publishes=publishes, reason=reason, actor_id=actor.learner_id,
        now=now,
    )  # fmt: skip
    if publishes:
        contest_telling.begin(db, contest_id, now=now)


def cancel(db: Session, actor: Actor, contest_id: str, *, reason: str, now: dt.datetime) -> None:
    """Cancel a contest, and tell who has entered."""
    row = contests.cancel(
        db, _ended_by(db, actor), contest_id, reason=reason, actor_id=actor.learner_id, now=now
    )
    for learner_id in contest_parts.learners_of(db, contest_id):
        inbox.notify(
            db, learner_id, NoticeKind.CONTEST_CANCELLED, now=now, contest=row.title,
            reason=row.reason or "",
        )  # fmt: skip


def results(
    db: Session, vault: Vault, actor: Actor, contest_id: str, round_id: str, *, now: dt.datetime
) -> RoundResults:
    """How a round stands, with names in full for the organiser."""
    org_id = acting_for(db, actor, Power.SEE_PROGRESS).org_id
    found = contest_ranking.results(db, org_id, contest_id, round_id, now=now)
    ids = [each.learner_id for each in found.lines]
    names, views = people.staff_names(db, vault, ids), people.views(db, vault, ids)
    lines = tuple(
        PersonResult(
            name=names.get(each.learner_id) or GONE,
            masked_number=views[each.learner_id].masked_number if each.learner_id in views else "",
            hides_name=each.hides_name, place=each.place, score=each.score,
            used_ms=each.used_ms, says=_says(each.states),
        )
        for each in found.lines
    )  # fmt: skip
    return RoundResults(found, lines)


def _says(states: tuple[str, ...]) -> str:
    return "、".join(_STATE_WORDS[state] for state in states) or "没有答题"


def publish_ranking(
    db: Session, actor: Actor, contest_id: str, round_id: str, *, now: dt.datetime
) -> int:
    """Publish the ranking of a round for good; tells how many have a place."""
    org_id = _ended_by(db, actor)
    return contest_ranking.publish(
        db, org_id, contest_id, round_id, actor_id=actor.learner_id, now=now
    )


def take_results(
    db: Session, vault: Vault, actor: Actor, contest_id: str, round_id: str, *, now: dt.datetime
) -> bytes:
    """The results as xlsx; whoever is in it reads that it was taken out.

    Raises ConflictError before the ranking is published: a table outlives what it says.
    """
    _held_by(db, actor)
    told = results(db, vault, actor, contest_id, round_id, now=now)
    if told.found.ranked_at is None:
        raise ConflictError("排名还没有公布，不能导出。", code="not_ranked", remedy="请先公布排名")
    ids = [each.learner_id for each in told.found.lines]
    access.note_many(db, ids, purpose="contest_results", actor_id=actor.learner_id, now=now)
    audit.record(
        db, "contest.exported", now=now, actor_id=actor.learner_id, subject_id=round_id,
        rows=len(ids),
    )  # fmt: skip
    lines: list[tuple[Cell, ...]] = [_HEAD, *(_row(each) for each in told.people)]
    return spreadsheet.write_sheets([("成绩", _WIDTHS, lines)])


def _row(each: PersonResult) -> tuple[Cell, ...]:
    return (
        each.place if each.place is not None else "", each.name, each.masked_number,
        each.score if each.score is not None else "",
        each.used_ms // 1000 if each.used_ms is not None else "", each.says,
    )  # fmt: skip
