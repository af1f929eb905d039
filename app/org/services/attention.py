"""Who needs a word today, as the employer and as the person themselves see it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import local_day
from app.learning.services import exam_outcomes
from app.org.repository import staff as staff_rows
from app.org.rules.attention import (
    REASON_NAMES,
    REMEDIES,
    Pressing,
    Reason,
    Standing,
    pressing_of,
    reasons_of,
)
from app.org.rules.duties import Power
from app.org.services import progress
from app.org.services.organisations import acting_for
from app.org.services.progress import ProgressRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """One person and course that need a word; `says` is when it is due, in words."""

    row: ProgressRow
    pressing: Pressing
    reasons: tuple[Reason, ...]
    says: str

    @property
    def why(self) -> tuple[str, ...]:
        """What stands in the way, in words to the employer."""
        return tuple(_in_words(reason, self.row.idle_days) for reason in self.reasons)

    @property
    def remedy(self) -> str:
        """What the person can do about the first of it; empty where nothing stands in the way."""
        return REMEDIES[self.reasons[0]] if self.reasons else ""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for on a list; `query` is a part of a name, unit or course."""

    pressing: Pressing
    reason: Reason | None = None
    query: str = ""


def sought(everybody: Sequence[Pressed], wanted: Sought) -> list[Pressed]:
    """Of everybody those who are looked for, in their order."""
    text = wanted.query.strip()
    return [
        each for each in everybody
        if each.pressing is wanted.pressing
        and (wanted.reason is None or wanted.reason in each.reasons)
        and (not text or any(text in place for place in _places(each.row)))
    ]  # fmt: skip


def _places(row: ProgressRow) -> tuple[str, str, str]:
    return row.name, row.unit, row.course_title


def _in_words(reason: Reason, idle_days: int) -> str:
    if reason in (Reason.IDLE, Reason.NOT_BEGUN):
        return f"{idle_days} 天" + ("没有学习" if reason is Reason.IDLE else "没有开始学")
    return REASON_NAMES[reason]


def to_remind(
    db: Session, vault: Vault, actor: Actor, *, org_id: str | None = None, now: dt.datetime
) -> list[Pressed]:
    """Everybody of the caller's organisation who needs a word, the nearest deadline first."""
    own_id = acting_for(db, actor, Power.SEE_PROGRESS, org_id).org_id
    return of_organisation(db, vault, own_id, now=now)


def of_organisation(db: Session, vault: Vault, org_id: str, *, now: dt.datetime) -> list[Pressed]:
    """The same for work that nobody asked for by hand: digests."""
    return among(db, progress.open_rows(db, vault, org_id, now=now), now=now)


def own(db: Session, vault: Vault, learner_id: str, *, now: dt.datetime) -> list[Pressed]:
    """What presses a person themselves, over all their employers."""
    found: list[ProgressRow] = []
    for staff in staff_rows.list_staff_of_learner(db, learner_id):
        found += progress.rows_of(db, vault, [staff], now=now)
    # What two employers ask for is one round of one course.
    dated = [(row.due_on, row) for row in found if row.due_on and row.enrolment_id]
    # The later ones are the nearer ones: of two days for one round the nearer presses.
    dated.sort(key=lambda each: each[0], reverse=True)
    seen = {row.enrolment_id: row for _, row in dated}
    return among(db, list(seen.values()), now=now)


def among(db: Session, rows: Sequence[ProgressRow], *, now: dt.datetime) -> list[Pressed]:
    """Of these rows those that need a word, in their order."""
    day = local_day(now)
    failed = _failed(db, rows)
    found = []
    for row in rows:
        standing = _standing(row, has_failed=row.enrolment_id in failed)
        pressing = pressing_of(standing)
        if pressing is not None:
            found.append(
                Pressed(
                    row=row, pressing=pressing, reasons=reasons_of(standing),
                    says=days_left(row.due_on, day),
                )
            )  # fmt: skip
    return found


def described(
    db: Session, rows: Sequence[ProgressRow], pressing: Pressing, *, now: dt.datetime
) -> tuple[Pressed, ...]:
    """The rows of one list, each with what stands in the way."""
    day = local_day(now)
    failed = _failed(db, rows)
    return tuple(
        Pressed(
            row=row, pressing=pressing, says=days_left(row.due_on, day),
            reasons=reasons_of(_standing(row, has_failed=row.enrolment_id in failed)),
        )
        for row in rows
    )  # fmt: skip


def _failed(db: Session, rows: Sequence[ProgressRow]) -> frozenset[str]:
    return exam_outcomes.failed_in(
        db, [row.enrolment_id for row in rows if row.enrolment_id is not None]
    )


def _standing(row: ProgressRow, *, has_failed: bool) -> Standing:
    return Standing(
        progress=row.state, idle_days=row.idle_days, confirmed_ms=row.confirmed_ms,
        pending_ms=row.pending_ms, required_ms=row.required_ms, exam_passed=row.exam_passed,
        exam_failed=has_failed, is_held=row.is_held,
    )  # fmt: skip


def days_left(due_on: dt.date | None, day: dt.date) -> str:
    """How far a deadline is, in words."""
    if due_on is None:
        return "没有截止日期"
    left = (due_on - day).days
    if left < 0:
        return f"逾期 {-left} 天"
    return f"还有 {left} 天" if left else "今天截止"
