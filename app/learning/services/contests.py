"""Contests of an organisation: making one, its rounds, sending it out, cancelling it.

`org_id` is the organisation that the caller acts for; another's contest is not found. Whom an
audience means, and who may hold contests, the floor of organisations knows.
"""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import asdict, replace

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.core.ids import new_id
from app.learning.models.contests import Contest, ContestRound
from app.learning.repository import banks as bank_rows
from app.learning.repository import contests as rows
from app.learning.rules import blueprints
from app.learning.rules import contests as rules
from app.learning.rules.blueprints import section_of
from app.learning.rules.contests import (
    STATE_NAMES,
    Advance,
    Card,
    ContestFlaw,
    ContestKind,
    ContestState,
    RoundCard,
    Step,
)
from app.learning.services import policies
from app.learning.services.exam_papers import item_of


def own_contest(db: Session, org_id: str, contest_id: str, *, locks: bool = False) -> Contest:
    """Return an organisation's own contest. Raises NotFoundError."""
    find = rows.contest_to_change if locks else rows.contest
    row = find(db, contest_id)
    if row is None or row.org_id != org_id:
        raise NotFoundError("没有这个练兵或竞赛。", remedy="请从“练兵和竞赛”列表进入")
    return row


def own_round(db: Session, contest: Contest, round_id: str) -> ContestRound:
    """Return a round of a contest. Raises NotFoundError."""
    row = rows.get_round(db, round_id)
    if row is None or row.contest_id != contest.id:
        raise NotFoundError("没有这一场。", remedy="请刷新页面")
    return row


def _held(db: Session, org_id: str, contest_id: str, step: Step) -> Contest:
    row = own_contest(db, org_id, contest_id, locks=True)
    if not rules.may(ContestState(row.state), step):
        raise ConflictError(
            f"现在的状态是“{STATE_NAMES[ContestState(row.state)]}”，不能这样做。",
            code="contest_state", remedy="请刷新页面，看它现在的状态",
        )  # fmt: skip
    return row


def _refuse(flaws: Sequence[ContestFlaw]) -> None:
    for flaw in flaws:
        raise InvalidError(
            flaw.cause, field=flaw.field, code=flaw.field.split("/")[-1], remedy=flaw.fix
        )


def create(db: Session, org_id: str, card: Card, *, actor_id: str, now: dt.datetime) -> str:
    """Begin a draft; returns its id. Raises InvalidError that names the field."""
    _refuse(rules.card_flaws(card))
    row = Contest(
        id=new_id(now), org_id=org_id, state=ContestState.DRAFT.value, writers=[actor_id],
        link_code=secrets.token_hex(10), made_at=now, **_stored(card),
    )  # fmt: skip
    db.add(row)
    db.flush()
    audit.record(
        db, "contest.made", now=now, actor_id=actor_id, subject_id=row.id, org_id=org_id,
        kind=row.kind,
    )  # fmt: skip
    return row.id


def _stored(card: Card) -> dict[str, object]:
    said = asdict(card) | {
        "kind": card.kind.value, "audience": card.audience.value,
        "audience_ids": list(card.audience_ids), "title": card.title.strip(),
    }  # fmt: skip
    return dict(said)


def card_of(row: Contest) -> Card:
    """What a contest says of itself, as the rules know it."""
    return Card(
        kind=ContestKind(row.kind), title=row.title, rules_text=row.rules_text,
        prizes_text=row.prizes_text, audience=rules.Audience(row.audience),
        audience_ids=tuple(row.audience_ids), asks_identity=row.asks_identity,
    )  # fmt: skip


def change(
    db: Session, org_id: str, contest_id: str, card: Card, *, actor_id: str, now: dt.datetime
) -> None:
    """Write a draft anew. Raises NotFoundError, InvalidError, ConflictError once it is out."""
    row = _held(db, org_id, contest_id, Step.EDIT)
    _refuse(rules.card_flaws(card))
    if card.kind != row.kind and rows.rounds(db, [row.id]):
        raise ConflictError(
            "已经设了场次，不能再换类型。", code="has_rounds", field="/kind",
            remedy="请先删去场次，或者另建一个",
        )  # fmt: skip
    for name, value in _stored(card).items():
        setattr(row, name, value)
    _written(db, row, actor_id, now)


def _written(db: Session, row: Contest, actor_id: str, now: dt.datetime) -> None:
    row.writers = sorted({*row.writers, actor_id})
    db.flush()
    audit.record(
        db, "contest.changed", now=now, actor_id=actor_id, subject_id=row.id, org_id=row.org_id
    )


def put_round(
    db: Session, org_id: str, contest_id: str, round_id: str | None, card: RoundCard,
    *, actor_id: str, now: dt.datetime,
) -> str:  # fmt: skip
    """Add a round to a draft, or write one anew; returns its id.

    Raises NotFoundError, InvalidError that names the field, ConflictError once the contest is out,
    or where the banks do not have the questions.
    """
    contest = _held(db, org_id, contest_id, Step.EDIT)
    kind = ContestKind(contest.kind)
    known = rows.rounds(db, [contest.id])
    if round_id is None and len(known) >= (
        1 if kind is ContestKind.PRACTICE else rules.MOST_ROUNDS
    ):
        raise ConflictError(
            "不能再加场次。", code="rounds_full", remedy="岗位练兵只有一场，竞赛最多五轮"
        )
    _refuse(rules.round_flaws(kind, card))
    _check_papers(db, contest, card)
    if round_id is None:
        row = ContestRound(id=new_id(now), contest_id=contest.id, number=len(known) + 1)
        db.add(row)
    else:
        row = own_round(db, contest, round_id)
    for name, value in _stored_round(card).items():
        setattr(row, name, value)
    db.flush()
    _written(db, contest, actor_id, now)
    return row.id


def _stored_round(card: RoundCard) -> dict[str, object]:
    return {
        "title": card.title.strip(), "opens_at": card.opens_at, "closes_at": card.closes_at,
        "seconds": card.seconds, "tries": card.tries, "bank_ids": sorted(set(card.bank_ids)),
        "sections": [each.stored() for each in card.sections],
        "advance": card.advance.value if card.advance else None,
        "advance_value": card.advance_value if card.advance else None,
    }  # fmt: skip


def round_card_of(row: ContestRound) -> RoundCard:
    """What a round says, as the rules know it."""
    return RoundCard(
        title=row.title, opens_at=row.opens_at, closes_at=row.closes_at, seconds=row.seconds,
        tries=row.tries, bank_ids=tuple(row.bank_ids),
        sections=tuple(section_of(each) for each in row.sections),
        advance=Advance(row.advance) if row.advance else None, advance_value=row.advance_value,
    )  # fmt: skip


def _check_papers(db: Session, contest: Contest, card: RoundCard) -> None:
    """The banks are the organisation's to use, and have what the sections want."""
    usable = {bank.id for bank in rows.usable_banks(db, contest.org_id)}
    if not set(card.bank_ids) <= usable:
        raise NotFoundError(
            "有的题库不在本单位能用的范围里。", field="/bank_ids", remedy="请从列表中选择"
        )
    for flaw in blueprints.flaws_of(card.sections):
        field = f"/sections/{flaw.place}/{flaw.field}"
        raise InvalidError(flaw.cause, field=field, code="section", remedy=flaw.fix)
    pool = [item_of(each) for each in bank_rows.pool(db, sorted(set(card.bank_ids)))]
    for flaw in blueprints.shortfalls(card.sections, pool):
        field = f"/sections/{flaw.place}/{flaw.field}"
        raise ConflictError(flaw.cause, field=field, code="bank_short", remedy=flaw.fix)


def remove_round(
    db: Session, org_id: str, contest_id: str, round_id: str, *, actor_id: str, now: dt.datetime
) -> None:
    """Take a round off a draft; those behind it move up."""
    contest = _held(db, org_id, contest_id, Step.EDIT)
    db.delete(own_round(db, contest, round_id))
    db.flush()
    for number, row in enumerate(rows.rounds(db, [contest.id]), start=1):
        row.number = number
        db.flush()
    _written(db, contest, actor_id, now)


def submit(
    db: Session, org_id: str, contest_id: str, *, actor_id: str, now: dt.datetime
) -> ContestState:
    """Put a race before a second person; a practice set goes out at once.

    Raises NotFoundError, InvalidError for what is missing, ConflictError in the wrong state.
    """
    row = _held(db, org_id, contest_id, Step.SUBMIT)
    _check_whole(db, row, now)
    # Submitting writes nothing. Else, where one of two wrote it and the other submitted it, nobody
    # could publish it.
    row.submitted_at = now
    if not rules.needs_second(ContestKind(row.kind)):
        _publish(db, row, actor_id, now)
        return ContestState.PUBLISHED
    row.state, row.reason = ContestState.REVIEW.value, None
    db.flush()
    audit.record(
        db, "contest.submitted", now=now, actor_id=actor_id, subject_id=row.id, org_id=org_id
    )
    return ContestState.REVIEW


def _check_whole(db: Session, row: Contest, now: dt.datetime) -> None:
    cards = [round_card_of(each) for each in rows.rounds(db, [row.id])]
    _refuse(rules.whole_flaws(ContestKind(row.kind), cards, now))
    for card in cards:
        _check_papers(db, row, card)


def decide(
    db: Session, org_id: str, contest_id: str, *, publishes: bool, reason: str, actor_id: str,
    now: dt.datetime,
) -> None:  # fmt: skip
    """Publish a race that somebody else wrote, or send it back with a reason.

    Raises ForbiddenError for whoever wrote on it, InvalidError without a reason, ConflictError in
    the wrong state.
    """
    row = _held(db, org_id, contest_id, Step.DECIDE)
    if publishes and actor_id in row.writers:
        raise ForbiddenError(
            "自己写过的竞赛，要由另一个人发布。", code="own_work",
            remedy="请让本单位另一位负责人或经办人发布，或者退回修改",
        )  # fmt: skip
    if publishes:
        _check_whole(db, row, now)
        _publish(db, row, actor_id, now)
        return
    if not reason.strip():
        raise InvalidError("退回要写明理由。", field="/reason", code="reason")
    row.state, row.reason = ContestState.DRAFT.value, reason.strip()
    db.flush()
    audit.record(
        db, "contest.returned", now=now, actor_id=actor_id, subject_id=row.id, org_id=org_id
    )


def _publish(db: Session, row: Contest, actor_id: str, now: dt.datetime) -> None:
    """Freeze by which policy its papers are sat and judged: the platform's, of today."""
    policy = policies.of_platform(db, now=now)
    if row.asks_identity and policy.exam_identity_gap_s is None:
        policy = replace(policy, exam_identity_gap_s=rules.IDENTITY_GAP_S)
    row.policy, row.state, row.reason = policy.to_mapping(), ContestState.PUBLISHED.value, None
    row.published_by, row.published_at = actor_id, now
    db.flush()
    audit.record(
        db, "contest.published", now=now, actor_id=actor_id, subject_id=row.id, org_id=row.org_id
    )


def cancel(
    db: Session, org_id: str, contest_id: str, *, reason: str, actor_id: str, now: dt.datetime
) -> Contest:
    """Cancel a contest; what was answered is kept, and nobody is ranked any more."""
    row = _held(db, org_id, contest_id, Step.CANCEL)
    if not reason.strip():
        raise InvalidError("取消要写明理由。", field="/reason", code="reason")
    if any(each.ranked_at for each in rows.rounds(db, [row.id])):
        raise ConflictError(
            "已经公布过排名，不能取消。", code="ranked", remedy="名次保持公布的样子"
        )
    row.state, row.reason = ContestState.CANCELLED.value, reason.strip()
    db.flush()
    audit.record(
        db, "contest.cancelled", now=now, actor_id=actor_id, subject_id=row.id, org_id=org_id
    )
    return row
