"""A piece of a long list: sorted by a key that was asked for, begun where the one before ended.

Where a piece begins is said by the values of its first line, not by how many lines stand before it:
the thousandth piece takes what the first takes, and nobody is passed over when a line is added.
"""

import datetime as dt
import json
from binascii import Error as NotBase64Error
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.core.crypto import b64url, from_b64url
from app.core.db import UtcDateTime
from app.core.errors import InvalidError

SIZE = 20
"""Lines of one piece, where a list does not say otherwise."""
MOST_COUNTED = 1000
"""How many lines of an answer are counted; after that a list says “more than”."""
MOST_CURSOR = 400
"""Characters of a place in a list, as an address carries it."""
Row = TypeVar("Row")
BACK, ON = "b", "a"
_MOST_NUMBER = 2**53


@dataclass(frozen=True, slots=True)
class Asked:
    """How a list was asked for, as its address says it.

    `sort` is one of the list's keys, with “-” in front from the last to the first; empty is the
    list's own order. `at` is a place that an earlier piece gave out; empty is the beginning.
    """

    sort: str = ""
    at: str = ""


FROM_START = Asked()


@dataclass(frozen=True, slots=True)
class Order:
    """What a list can be sorted by: its keys, the id that tells equals apart, and its own order.

    No column among them may be null.
    """

    keys: Mapping[str, InstrumentedAttribute[Any]]
    last: InstrumentedAttribute[str]
    own: str
    size: int = SIZE


@dataclass(frozen=True, slots=True)
class WholeOrder(Generic[Row]):
    """The same for a list of some dozens, reckoned and held whole: what gives each line's values.

    The values of a key are of one kind: texts, numbers, days or moments.
    """

    keys: Mapping[str, Callable[[Row], Any]]
    last: Callable[[Row], str]
    own: str


def _wanted(order: Order | WholeOrder[Any], asked: Asked) -> str:
    """The sort that was asked for. Raises InvalidError for /sort that is no key."""
    sort = asked.sort or order.own
    if sort.removeprefix("-") not in order.keys:
        raise InvalidError(
            "不能按这一项排序。", field="/sort",
            remedy="请点列表的表头来排序",
        )  # fmt: skip
    return sort


@dataclass(frozen=True, slots=True)
class Piece(Generic[Row]):
    """Some lines of a list. `previous` and `next` are places to ask for, empty at the ends.

    `total` is how many lines there are, and at least that many where `is_more`.
    """

    items: tuple[Row, ...]
    total: int
    sort: str
    previous: str = ""
    next: str = ""
    is_more: bool = False


def as_piece(items: Sequence[Row], like: Piece[Any]) -> Piece[Row]:
    """The same place in the same list, with its lines as somebody is shown them."""
    return Piece(tuple(items), like.total, like.sort, like.previous, like.next, like.is_more)


def piece_of(
    db: Session, query: Select[Row], order: Order, asked: Asked, *, total: int | None = None
) -> Piece[Row]:
    """Ask for a piece of what a query of whole rows finds.

    `total` is given where it is known without counting. Raises InvalidError for /sort and /at.
    """
    sort = _wanted(order, asked)
    column = order.keys[sort.removeprefix("-")]
    way, values = place_of(asked.at, sort, partial(_may_be, column)) if asked.at else (ON, None)
    is_falling = sort.startswith("-") is not (way == BACK)
    found = query
    if values is not None:
        found = query.where(_beyond(column, order.last, values, is_falling=is_falling))
    along = (column.desc(), order.last.desc()) if is_falling else (column.asc(), order.last.asc())
    rows = list(db.scalars(found.order_by(*along).limit(order.size + 1)))
    has_more, rows = len(rows) > order.size, rows[: order.size]
    if way == BACK:
        rows.reverse()
    is_whole = not asked.at and not has_more
    counted = len(rows) if is_whole else total if total is not None else _counted(db, query, order)
    has_before = has_more if way == BACK else bool(asked.at)
    has_after = has_more if way == ON else bool(asked.at)

    def place(row: Row, way: str) -> str:
        return spelled(way, sort, getattr(row, column.key), getattr(row, order.last.key))

    return Piece(
        tuple(rows), counted if total is not None else min(counted, MOST_COUNTED), sort,
        place(rows[0], BACK) if rows and has_before else "",
        place(rows[-1], ON) if rows and has_after else "",
        is_more=total is None and counted > MOST_COUNTED,
    )  # fmt: skip


def piece_of_whole(items: Sequence[Row], order: WholeOrder[Row], asked: Asked) -> Piece[Row]:
    """Cut a piece out of a list that is there as a whole. Raises InvalidError for /sort and /at."""
    sort = _wanted(order, asked)
    key = order.keys[sort.removeprefix("-")]
    falls = sort.startswith("-")

    def where(item: Row) -> tuple[Any, str]:
        return key(item), order.last(item)

    ordered = sorted(items, key=where, reverse=falls)
    first, until = 0, SIZE
    if asked.at and ordered:
        kind = type(key(ordered[0]))
        way, there = place_of(asked.at, sort, lambda value: type(value) is kind)
        passed = [(where(item) > there) if falls else (where(item) < there) for item in ordered]
        if way == BACK:
            until = sum(passed)
            first = max(0, until - SIZE)
        else:
            first = sum(passed) + sum(where(item) == there for item in ordered)
            until = first + SIZE
    shown = ordered[first:until]
    ends = [
        spelled(way, sort, *where(each))
        for way, each in zip((BACK, ON), shown[:1] + shown[-1:], strict=False)
    ]
    return Piece(
        tuple(shown), len(ordered), sort, ends[0] if first and shown else "",
        ends[1] if until < len(ordered) and shown else "",
    )  # fmt: skip


def _counted(db: Session, query: Select[Any], order: Order) -> int:
    """How many lines there are, not going on much further than is told."""
    some = query.with_only_columns(order.last).limit(MOST_COUNTED + 1).subquery()
    return db.scalar(select(func.count()).select_from(some)) or 0


def _beyond(
    column: InstrumentedAttribute[Any], last: InstrumentedAttribute[str], values: tuple[Any, str],
    *, is_falling: bool,
) -> ColumnElement[bool]:  # fmt: skip
    here = tuple_(column, last)
    there = tuple_(literal(values[0], column.type), literal(values[1], last.type))
    return here < there if is_falling else here > there


def spelled(way: str, sort: str, value: object, last: str) -> str:
    """A place in a list as an address carries it: beyond this line, back or on."""
    plain = value.isoformat() if isinstance(value, dt.datetime | dt.date) else value
    kind = "t" if isinstance(value, dt.datetime) else "d" if isinstance(value, dt.date) else ""
    return b64url(json.dumps([way, sort, kind, plain, last], ensure_ascii=False).encode())


def place_of(text: str, sort: str, may_be: Callable[[object], bool]) -> tuple[str, tuple[Any, str]]:
    """Read a place; one of another order is none. Raises InvalidError for /at."""
    try:
        way, its_sort, kind, value, last = json.loads(from_b64url(text))
        if kind == "t":
            value = dt.datetime.fromisoformat(value).astimezone(dt.UTC)
        elif kind == "d":
            value = dt.date.fromisoformat(value)
        is_good = way in {ON, BACK} and its_sort == sort and may_be(value)
        if is_good and isinstance(last, str) and _is_text(last):
            return way, (value, last)
    except (ValueError, TypeError, OverflowError, NotBase64Error):
        pass
    raise InvalidError(
        "没有这一页：名单的顺序已经换了，或者地址不完整。", field="/at", remedy="请从第一页看起"
    )


def _may_be(column: InstrumentedAttribute[Any], value: object) -> bool:
    """Whether a column could hold this: whoever makes a place up is told so by us, not a driver."""
    is_moment = isinstance(column.type, UtcDateTime)
    if type(value) is not (dt.datetime if is_moment else column.type.python_type):
        return False
    is_small = not isinstance(value, int) or abs(value) <= _MOST_NUMBER
    return _is_text(value) if isinstance(value, str) else is_small


def _is_text(value: str) -> bool:
    value.encode()
    return "\x00" not in value
