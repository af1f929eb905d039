"""One list of who needs a word, a piece at a time: what lies beyond the piece is not read.

Shares are gone through in an order that an index has, some at once, and each is judged as it stands
now; who needs no word is passed over. A place in the list is the values of its last line.
"""

import datetime as dt
import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.errors import InvalidError
from app.core.listing import BACK, MOST_COUNTED, ON, SIZE, Asked, Piece, place_of, spelled
from app.identity.rules.actors import Actor
from app.org.repository import shares as rows
from app.org.repository.shares import Bucket, ShareRow
from app.org.rules.attention import Pressing
from app.org.rules.deadlines import Progress
from app.org.rules.duties import Power
from app.org.rules.standings import Standing
from app.org.services import attention, progress
from app.org.services.attention import Pressed, Sought
from app.org.services.organisations import acting_for
from app.org.services.progress import Desk

MOST_LOOKED = 5000
"""How many shares are looked at to count a list; after that it says “more than”."""
_AT_ONCE, _COUNTED_AT_ONCE = 100, 500
"""Shares that are judged together: for a piece of lines, and to count."""
SORTS = ("due", "step")
"""By the day, or by who was longest without a step."""
_Beyond = tuple[dt.datetime, str]


@dataclass(frozen=True, slots=True)
class Count:
    """How many lines a list has; `is_more` where that is the least."""

    total: int
    is_more: bool = False


@dataclass(frozen=True, slots=True)
class PressingPiece:
    """Lines of one list, and how long each of the three is."""

    piece: Piece[Pressed]
    counts: dict[Pressing, Count]


@dataclass(frozen=True, slots=True)
class _Place:
    """Beyond a line: its day, its bucket, its last step and id; `on` or back."""

    due_on: dt.date
    bucket: Bucket
    beyond: _Beyond
    is_back: bool


def look(
    db: Session, vault: Vault, actor: Actor, wanted: Sought, asked: Asked, *, now: dt.datetime
) -> PressingPiece:
    """A piece of one list of the caller's organisation. Raises InvalidError for /sort and /at."""
    own_id = acting_for(db, actor, Power.SEE_PROGRESS).org_id
    desk = progress.desk_of(db, vault, own_id, now)
    sort = asked.sort or SORTS[0]
    if sort.removeprefix("-") not in SORTS:
        raise InvalidError(
            "不能按这一项排序。", field="/sort", remedy="可以用：due、step；前面加 - 是倒序"
        )
    place = _place(asked.at, sort) if asked.at else None
    is_back = place is not None and place.is_back
    falls = sort.startswith("-") is not is_back
    found = list(islice(_lines(desk, wanted, sort, place, falls=falls), SIZE + 1))
    shown, has_more = found[:SIZE], len(found) > SIZE
    if is_back:
        shown.reverse()
    has_before = has_more if is_back else place is not None
    has_after = has_more if not is_back else True
    counts = {each: _count(desk, Sought(each)) for each in Pressing}
    is_narrowed = bool(wanted.reason or wanted.query.strip())
    own = _count(desk, wanted) if is_narrowed else counts[wanted.pressing]
    piece = Piece(
        tuple(each for each, _ in shown), own.total, sort,
        _spelled(BACK, sort, shown[0][1], desk) if shown and has_before else "",
        _spelled(ON, sort, shown[-1][1], desk) if shown and has_after else "",
        is_more=own.is_more,
    )  # fmt: skip
    return PressingPiece(piece, counts)


def _lines(
    desk: Desk, wanted: Sought, sort: str, place: _Place | None, *, falls: bool
) -> Iterator[tuple[Pressed, ShareRow]]:
    """What is on the list beyond a place, with the share that each line is of."""
    buckets = _buckets(desk, wanted.pressing)
    walk = _by_step if sort.removeprefix("-") == "step" else _by_day
    shares = iter(walk(desk, buckets, place, falls=falls))
    while some := list(islice(shares, _AT_ONCE)):
        by_line = dict(zip(map(_line_of, some), some, strict=True))
        judged = attention.among(desk.db, list(progress.lines_of(desk, some)), now=desk.now)
        for each in attention.sought(judged, wanted):
            yield each, by_line[each.row.staff_id, each.row.course_id]


def _line_of(row: ShareRow) -> tuple[str, str]:
    """One share of a person and a course is counted at a time."""
    return row[0].staff_id, row[0].course_id


def _buckets(desk: Desk, pressing: Pressing) -> list[Bucket]:
    """Where shares are kept that may be on a list; who is through is on none."""
    by_day = {Pressing.OVERDUE: Progress.OVERDUE, Pressing.DUE_SOON: Progress.DUE_SOON}
    if pressing in by_day:
        return desk.buckets(by_day[pressing])
    return [*desk.buckets(Progress.STUDYING), *desk.buckets(Progress.WAITING)]


def _by_day(
    desk: Desk, buckets: Iterable[Bucket], place: _Place | None, *, falls: bool
) -> Iterator[ShareRow]:
    """The nearest day first; of one assignment who was longest without a step."""
    ordered = sorted(((desk.due[each[0]], each) for each in buckets), reverse=falls)
    there = (place.due_on, place.bucket) if place is not None else None
    for here in ordered:
        if there is not None and here != there and (here > there) is falls:
            continue
        beyond = place.beyond if place is not None and here == there else None
        yield from _of_bucket(desk.db, here[1], beyond, falls=falls)


def _by_step(
    desk: Desk, buckets: Iterable[Bucket], place: _Place | None, *, falls: bool
) -> Iterator[ShareRow]:
    """Who was longest without a step first, whatever was asked of them."""
    beyond = place.beyond if place is not None else None
    walks = [_of_bucket(desk.db, each, beyond, falls=falls) for each in buckets]
    return heapq.merge(*walks, key=_step_of, reverse=falls)


def _step_of(row: ShareRow) -> _Beyond:
    if row[0].stepped_at is None:
        raise AssertionError("a share that is counted has a last step")
    return row[0].stepped_at, row[0].id


def _of_bucket(
    db: Session, bucket: Bucket, beyond: _Beyond | None, *, falls: bool
) -> Iterator[ShareRow]:
    while True:
        found = rows.shares_beyond(db, bucket, beyond, falls=falls, most=SIZE)
        yield from found
        if len(found) < SIZE:
            return
        beyond = _step_of(found[-1])


def _count(desk: Desk, wanted: Sought) -> Count:
    """How long a list is: by running totals, or else by looking, which has an end."""
    buckets = _buckets(desk, wanted.pressing)
    is_by_day = wanted.pressing is not Pressing.STUCK
    if is_by_day and wanted.reason is None and not wanted.query.strip():
        return Count(sum(desk.totals[each] for each in buckets))
    shares = _by_day(desk, buckets, None, falls=False)
    total = looked = 0
    while total <= MOST_COUNTED and looked < MOST_LOOKED:
        some = list(islice(shares, _COUNTED_AT_ONCE))
        lines = list(progress.lines_of(desk, some, is_named=bool(wanted.query.strip())))
        total += len(attention.sought(attention.among(desk.db, lines, now=desk.now), wanted))
        looked += len(some)
        if len(some) < _COUNTED_AT_ONCE:
            return Count(min(total, MOST_COUNTED), is_more=total > MOST_COUNTED)
    return Count(min(total, MOST_COUNTED), is_more=True)


def _spelled(way: str, sort: str, share: ShareRow, desk: Desk) -> str:
    stepped_at, share_id = _step_of(share)
    bucket = share[0].assignment_id, share[0].standing
    last = " ".join([*bucket, desk.due[bucket[0]].isoformat(), share_id])
    return spelled(way, sort, stepped_at, last)


def _place(text: str, sort: str) -> _Place:
    """Read a place. Raises InvalidError for /at."""
    way, (stepped_at, last) = place_of(text, sort, lambda value: isinstance(value, dt.datetime))
    try:
        assignment_id, standing, day, share_id = last.split(" ")
        bucket = assignment_id, Standing(standing).value
        return _Place(
            dt.date.fromisoformat(day), bucket, (stepped_at, share_id), is_back=way == BACK
        )
    except ValueError:
        raise InvalidError(
            "没有这一页：名单的顺序已经换了，或者地址不完整。", field="/at", remedy="请从第一页看起"
        ) from None
