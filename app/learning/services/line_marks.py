"""What lies on a day's line as a moment: checks, holds, releases, corrections after an appeal."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy.orm import Session

from app.identity.rules.local_days import local_day
from app.learning.models.ledger import LedgerEntry
from app.learning.models.study import StudySession
from app.learning.models.study_checks import StudyChallenge, StudyHold
from app.learning.repository import study_checks as rows
from app.learning.rules.challenges import Ruling
from app.learning.rules.states import Hold
from app.learning.rules.wording import HOLDS, KIND_NAMES, METHOD_NAMES, RULING_NAMES, amount
from app.learning.services import ledger

# Nothing was asked of anybody by these in the end.
_UNSEEN = frozenset({Ruling.REPLACED, Ruling.LAPSED})
_HARMLESS = frozenset(
    {Ruling.ALLOWED_MISS, Ruling.RETRY, Ruling.SILENT, Ruling.UNCERTAIN, Ruling.UNPROVEN}
)


class Tone(StrEnum):
    GOOD = "good"
    BAD = "bad"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A moment. `hold_id` is what can be appealed; `is_within` whether it lies in the session."""

    at: dt.datetime
    kind: str
    tone: Tone
    sentence: str
    ms: int = 0
    hold_id: str = ""
    is_within: bool = True


def marks(
    db: Session, sessions: Sequence[StudySession], entries: Sequence[LedgerEntry], day: dt.date
) -> dict[str, list[Mark]]:
    """Return the marks of each session on a local day, by the session's id.

    Releases and corrections are the day's own, whenever they were entered.
    """
    found: dict[str, list[Mark]] = {session.id: [] for session in sessions}
    released = _released(entries)
    for session_id, mark in _checks(db, list(found), released):
        # What was released of this day is said here, even where that was on another day.
        if _is_on(mark.at, day) or mark.ms:
            found[session_id].append(replace(mark, is_within=_is_on(mark.at, day)))
    for hold in rows.holds_of(db, list(found)):
        within = [mark for mark in _hold(hold) if _is_on(mark.at, day)]
        found[hold.session_id or ""] += within
    for at, ms in released.items():
        if ms and (place := _latest(sessions, at)):
            found[place].append(_release(at, ms, is_within=_is_on(at, day)))
    for entry in entries:
        if entry.kind == ledger.CORRECTION and entry.session_id in found:
            found[entry.session_id].append(_correction(entry))
    return found


def _checks(
    db: Session, session_ids: Sequence[str], released: dict[dt.datetime, int]
) -> Iterator[tuple[str, Mark]]:
    for row in rows.challenges_of(db, session_ids):
        mark = _check(row, released)
        if mark is not None:
            yield row.session_id, mark


def _is_on(at: dt.datetime, day: dt.date) -> bool:
    return local_day(at) == day


def _released(entries: Sequence[LedgerEntry]) -> dict[dt.datetime, int]:
    found: dict[dt.datetime, int] = {}
    for entry in entries:
        if entry.kind == ledger.RELEASE:
            found[entry.at] = found.get(entry.at, 0) + entry.ms
    return found


def _latest(sessions: Sequence[StudySession], at: dt.datetime) -> str:
    """The session that was open, or the last one before."""
    before = [session.id for session in sessions if session.opened_at <= at]
    return before[-1] if before else ""


def _check(row: StudyChallenge, released: dict[dt.datetime, int]) -> Mark | None:
    """A check with its outcome; what it released is said with it, and is then taken out."""
    name = f"{KIND_NAMES[row.kind]}（{METHOD_NAMES.get(row.method, row.method)}）"
    ruling = Ruling(row.ruling) if row.ruling else None
    if ruling in _UNSEEN:
        return None
    if ruling is None or row.settled_at is None:
        return Mark(at=row.raised_at, kind="check", tone=Tone.PLAIN, sentence=f"{name}：等您完成")
    if ruling is not Ruling.PASSED:
        tone = Tone.PLAIN if ruling in _HARMLESS else Tone.BAD
        sentence = f"{name}：{RULING_NAMES[ruling]}"
        return Mark(at=row.settled_at, kind="check", tone=tone, sentence=sentence)
    ms = released.get(row.settled_at, 0)
    released[row.settled_at] = 0
    gained = f"，{amount(ms)} 计入" if ms else ""
    return Mark(
        at=row.settled_at, kind="check", tone=Tone.GOOD, sentence=f"{name}通过{gained}", ms=ms
    )


def _hold(row: StudyHold) -> list[Mark]:
    if row.reason == Hold.OPENING.value:
        return []
    lost = f" {amount(row.forfeited_ms)} 没有计入。" if row.forfeited_ms else ""
    began = Mark(
        at=row.began_at, kind="hold", tone=Tone.BAD, hold_id=row.id,
        sentence=f"暂停计时：{HOLDS[Hold(row.reason)]}{lost}",
    )  # fmt: skip
    if row.ended_at is None:
        return [began]
    return [began, Mark(at=row.ended_at, kind="hold", tone=Tone.GOOD, sentence="恢复计时")]


def _release(at: dt.datetime, ms: int, *, is_within: bool) -> Mark:
    return Mark(
        at=at, kind="release", tone=Tone.GOOD, ms=ms, is_within=is_within,
        sentence=f"核对通过，{amount(ms)} 计入",
    )  # fmt: skip


def _correction(entry: LedgerEntry) -> Mark:
    done = f"补记 {amount(entry.ms)}" if entry.ms > 0 else f"扣减 {amount(-entry.ms)}"
    return Mark(
        at=entry.at, kind="correction", tone=Tone.GOOD if entry.ms > 0 else Tone.BAD, ms=entry.ms,
        is_within=False, sentence=f"人工复核后{done}，理由：{entry.reason}",
    )  # fmt: skip
