"""What a contest says, to its organisation and to whom it means; no question is among it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.errors import NotFoundError
from app.learning.models.contests import Contest, ContestRound
from app.learning.repository import banks as bank_rows
from app.learning.repository import contests as rows
from app.learning.rules.blueprints import Section
from app.learning.rules.contests import (
    AUDIENCE_NAMES,
    KIND_NAMES,
    STATE_NAMES,
    Audience,
    ContestKind,
    ContestState,
)
from app.learning.rules.policy import StudyPolicy
from app.learning.services.contest_sitting import advance_in_words
from app.learning.services.contests import own_contest, round_card_of

_MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundView:
    round_id: str
    number: int
    title: str
    opens_at: dt.datetime
    closes_at: dt.datetime
    seconds: int
    tries: int
    bank_ids: tuple[str, ...]
    bank_titles: tuple[str, ...]
    sections: tuple[Section, ...]
    question_count: int
    advance: str | None
    advance_value: int | None
    goes_on: str
    entries: int
    ranked_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestView:
    """`link_code` lets in whoever has it where the audience is a link; its organisation gives it.

    What is out asks for identity, and limits each question to `item_s`, by the policy that was
    frozen with it; a draft says what its organiser wants.

    `writers` are those who wrote on it: another one publishes a race.
    """

    contest_id: str
    org_id: str
    kind: ContestKind
    kind_name: str
    title: str
    rules_text: str
    prizes_text: str
    audience: Audience
    audience_name: str
    audience_ids: tuple[str, ...]
    asks_identity: bool
    item_s: int | None
    link_code: str
    state: ContestState
    state_name: str
    reason: str | None
    writers: tuple[str, ...]
    submitted_at: dt.datetime | None
    published_at: dt.datetime | None
    rounds: tuple[RoundView, ...]


@dataclass(frozen=True, slots=True)
class BankChoice:
    """A bank from which rounds may draw: the organisation's own, or one of the platform's."""

    bank_id: str
    title: str
    is_own: bool
    item_count: int
    chapters: tuple[str, ...]


def one(db: Session, org_id: str, contest_id: str) -> ContestView:
    """Return an organisation's own contest. Raises NotFoundError."""
    return _views(db, [own_contest(db, org_id, contest_id)])[0]


def of_organisation(db: Session, org_id: str) -> tuple[ContestView, ...]:
    """Return an organisation's contests, the newest first."""
    return _views(db, rows.contests_of(db, org_id, _MOST))


def published(db: Session, contest_id: str) -> ContestView:
    """Return a contest that went out, whosever it is. Raises NotFoundError for a draft."""
    row = rows.contest(db, contest_id)
    if row is None or row.published_at is None:
        raise NotFoundError("没有这个练兵或竞赛。", remedy="请从“练兵和竞赛”进入，或核对链接")
    return _views(db, [row])[0]


def of_round(db: Session, round_id: str) -> ContestView:
    """Return the contest of a round, once it went out. Raises NotFoundError."""
    held = rows.get_round(db, round_id)
    return published(db, held.contest_id if held is not None else "")


def published_of(db: Session, org_ids: Sequence[str]) -> tuple[ContestView, ...]:
    """Return what went out of some organisations for their rosters, the newest first."""
    return _views(db, rows.published_of(db, org_ids, _MOST))


def entered(db: Session, learner_id: str) -> tuple[ContestView, ...]:
    """Return the contests in which somebody has a part, the newest first."""
    found = rows.entered_by(db, learner_id)
    found.sort(key=lambda row: (row.published_at or row.made_at, row.id), reverse=True)
    return _views(db, found)


def _views(db: Session, found: Sequence[Contest]) -> tuple[ContestView, ...]:
    held = rows.rounds(db, [row.id for row in found])
    counts = rows.count_entries(db, [row.id for row in held])
    titles = {
        bank.id: bank.title
        for bank in rows.banks(db, {one for row in held for one in row.bank_ids})
    }
    return tuple(
        _view(row, [_round(each, counts, titles) for each in held if each.contest_id == row.id])
        for row in found
    )


def _view(row: Contest, rounds: Sequence[RoundView]) -> ContestView:
    policy = StudyPolicy.from_mapping(row.policy) if row.policy is not None else None
    return ContestView(
        contest_id=row.id, org_id=row.org_id, kind=ContestKind(row.kind),
        kind_name=KIND_NAMES[ContestKind(row.kind)], title=row.title, rules_text=row.rules_text,
        prizes_text=row.prizes_text, audience=Audience(row.audience),
        audience_name=AUDIENCE_NAMES[Audience(row.audience)],
        audience_ids=tuple(row.audience_ids), item_s=policy.exam_item_s if policy else None,
        asks_identity=policy.exam_identity_gap_s is not None if policy else row.asks_identity,
        link_code=row.link_code, state=ContestState(row.state),
        state_name=STATE_NAMES[ContestState(row.state)], reason=row.reason,
        writers=tuple(row.writers), submitted_at=row.submitted_at,
        published_at=row.published_at, rounds=tuple(rounds),
    )  # fmt: skip


def _round(row: ContestRound, counts: dict[str, int], titles: dict[str, str]) -> RoundView:
    card = round_card_of(row)
    return RoundView(
        round_id=row.id, number=row.number, title=row.title, opens_at=row.opens_at,
        closes_at=row.closes_at, seconds=row.seconds, tries=row.tries,
        bank_ids=card.bank_ids, bank_titles=tuple(titles[each] for each in card.bank_ids),
        sections=card.sections, question_count=sum(each.count for each in card.sections),
        advance=row.advance, advance_value=row.advance_value, goes_on=advance_in_words(row),
        entries=counts.get(row.id, 0), ranked_at=row.ranked_at,
    )  # fmt: skip


def bank_choices(db: Session, org_id: str) -> tuple[BankChoice, ...]:
    """The banks that an organisation may use, its own first; nothing of their questions."""
    found = rows.usable_banks(db, org_id)
    counts = bank_rows.counts(db, [bank.id for bank in found])
    choices = [
        BankChoice(
            bank.id, bank.title, bank.owner_id == org_id, counts.get(bank.id, 0),
            tuple(bank_rows.chapters(db, bank.id)),
        )
        for bank in found
    ]  # fmt: skip
    return tuple(sorted(choices, key=lambda each: (not each.is_own, each.title, each.bank_id)))
