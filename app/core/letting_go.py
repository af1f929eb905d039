"""Letting go of what has reached its period: bounded pieces, on both databases alike.

A room says what is due of each class (`Shelf`); nothing here knows what the rows mean.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Select,
    delete,
    func,
    inspect,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.core.db import Base


@dataclass(frozen=True, slots=True)
class Shelf:
    """Rows of one table: `is_due(before)` tells which, `moment` is when their period began.

    With `blanked` columns get these values and the row stays; otherwise the row goes.
    """

    table: type[Base]
    moment: InstrumentedAttribute[Any]
    is_due: Callable[[dt.datetime], tuple[ColumnElement[bool], ...]]
    blanked: Mapping[str, Any] | None = None


LetGo = Callable[[Session, dt.datetime, int, dt.datetime], int]
"""Lets go of at most so many rows that were due before a moment; now comes last. Tells how many."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """How a class is looked at and let go: how many are due, the oldest, and a piece of them.

    `let_go` is None where a room takes more than one transaction for it (learning's evidence).
    """

    due: Callable[[Session, dt.datetime], int]
    oldest: Callable[[Session, dt.datetime], dt.datetime | None]
    let_go: LetGo | None


def keeper_of(shelf: Shelf) -> Keeper:
    """The keeper of rows that go, or are blanked, one by one."""
    return Keeper(
        due=lambda db, before: db.scalar(
            select(func.count()).select_from(shelf.table).where(*shelf.is_due(before))
        ) or 0,
        oldest=lambda db, now: db.scalar(
            select(func.min(shelf.moment)).where(*shelf.is_due(now))
        ),
        let_go=lambda db, before, most, _now: _let_go(db, shelf, before, most),
    )  # fmt: skip


def joint(first: Keeper, second: Keeper) -> Keeper:
    """The keeper of a class that two rooms hold: a piece takes of the first before the second."""

    def let_go(db: Session, before: dt.datetime, most: int, now: dt.datetime) -> int:
        gone = 0
        for keeper in (first, second):
            if keeper.let_go is not None and gone < most:
                gone += keeper.let_go(db, before, most - gone, now)
        return gone

    def oldest(db: Session, now: dt.datetime) -> dt.datetime | None:
        found = [keeper.oldest(db, now) for keeper in (first, second)]
        return min((each for each in found if each is not None), default=None)

    return Keeper(
        due=lambda db, before: first.due(db, before) + second.due(db, before),
        oldest=oldest, let_go=let_go,
    )  # fmt: skip


def _let_go(db: Session, shelf: Shelf, before: dt.datetime, most: int) -> int:
    keys = inspect(shelf.table).primary_key
    piece: Select[Any] = (
        select(*keys).where(*shelf.is_due(before)).order_by(*keys).limit(most)
    )  # fmt: skip
    is_in = keys[0].in_(piece) if len(keys) == 1 else tuple_(*keys).in_(piece)
    statement = (
        delete(shelf.table).where(is_in)
        if shelf.blanked is None
        else update(shelf.table).where(is_in).values(**shelf.blanked)
    )
    done = db.execute(statement.execution_options(synchronize_session=False))
    return done.rowcount if isinstance(done, CursorResult) else 0
