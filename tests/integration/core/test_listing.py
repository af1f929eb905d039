"""Pieces of a list: every line once, in order, there and back, and what is no place in it."""

import datetime as dt
import json
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import listing
from app.core.crypto import b64url
from app.core.db import Database
from app.core.errors import InvalidError
from app.core.ids import new_id
from app.core.listing import (
    SIZE,
    Asked,
    Order,
    Piece,
    WholeOrder,
    piece_of,
    piece_of_whole,
)
from app.org.models.organisations import Organisation

ORDER = Order(
    keys={"name": Organisation.name, "made": Organisation.created_at},
    last=Organisation.id,
    own="name",
)
MANY = 3 * SIZE + 7
SORTS = ["name", "-name", "made", "-made"]


def _enter(database: Database, now: dt.datetime, places: range) -> None:
    """Few names and moments, so that many lines are alike."""
    with database.transaction() as db:
        for place in places:
            db.add(
                Organisation(
                    id=new_id(now), kind="employer", name=f"甲{place % 5}厂", uscc=f"{place:018}",
                    prefecture_code="510100", created_at=now + dt.timedelta(seconds=place % 3),
                )
            )  # fmt: skip


def _ask(db: Session, sort: str, at: str = "") -> Piece[Organisation]:
    return piece_of(db, select(Organisation), ORDER, Asked(sort, at))


def _walk(db: Session, sort: str) -> list[Piece[Organisation]]:
    found = [_ask(db, sort)]
    while found[-1].next:
        found.append(_ask(db, sort, found[-1].next))
    return found


@pytest.mark.parametrize("sort", SORTS)
def test_there_and_back_every_line_once(database: Database, now: dt.datetime, sort: str) -> None:
    _enter(database, now, range(MANY))
    column = ORDER.keys[sort.removeprefix("-")].key
    with database.reading() as db:
        pieces = _walk(db, sort)
        seen = [(getattr(each, column), each.id) for piece in pieces for each in piece.items]
        assert seen == sorted(seen, reverse=sort.startswith("-"))
        assert len(set(seen)) == MANY
        assert {piece.total for piece in pieces} == {MANY}
        back = [pieces[-1]]
        while back[-1].previous:
            back.append(_ask(db, sort, back[-1].previous))
        assert [each.items for each in reversed(back)] == [each.items for each in pieces]
        assert not pieces[0].previous


def test_a_line_that_is_added_moves_nothing(database: Database, now: dt.datetime) -> None:
    _enter(database, now, range(MANY))
    with database.reading() as db:
        first = _ask(db, "-made")
        was = [each.id for each in _ask(db, "-made", first.next).items]
    _enter(database, now + dt.timedelta(days=1), range(MANY, MANY + 3))
    with database.reading() as db:
        assert [each.id for each in _ask(db, "-made", first.next).items] == was


def test_counting_ends_somewhere(
    database: Database, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST_COUNTED", 30)
    _enter(database, now, range(30))
    with database.reading() as db:
        assert (_ask(db, "name").total, _ask(db, "name").is_more) == (30, False)
    _enter(database, now, range(30, 31))
    with database.reading() as db:
        assert (_ask(db, "name").total, _ask(db, "name").is_more) == (30, True)


def _made_up(*members: object) -> str:
    return b64url(json.dumps(members).encode())


@pytest.mark.parametrize(
    "at",
    [
        "a", "____", b64url(b"[]"), b64url(b"7"), b64url(b"[" * 300), b64url(b"\xff"),
        _made_up("a", "name", "", 7, "X"), _made_up("a", "name", "", ["X"], "X"),
        _made_up("a", "name", "", "\x00", "X"), _made_up("a", "name", "", "\ud800", "X"),
        _made_up("a", "name", "", "X", 7), _made_up("c", "name", "", "X", "X"),
        _made_up("a", "-name", "", "X", "X"), _made_up("a", "made", "t", "2026-11-24", "X"),
        _made_up("a", "name", "t", "0001-01-01T00:00:00+14:00", "X"),
        _made_up("a", "name", "t", "2026-11-24T00:00:00+00:00", "X"),
    ],
)  # fmt: skip
def test_what_is_no_place_is_said(database: Database, now: dt.datetime, at: str) -> None:
    _enter(database, now, range(3))
    with database.reading() as db, pytest.raises(InvalidError) as caught:
        _ask(db, "name", at)
    assert caught.value.field == "/at"
    assert caught.value.remedy


def test_what_is_no_key_is_said(database: Database) -> None:
    with database.reading() as db, pytest.raises(InvalidError) as caught:
        _ask(db, "uscc")
    assert caught.value.field == "/sort"
    assert "表头" in (caught.value.remedy or "")


@dataclass(frozen=True, slots=True)
class Line:
    line_id: str
    weight: int


WHOLE: WholeOrder[Line] = WholeOrder(
    keys={"weight": lambda line: line.weight}, last=lambda line: line.line_id, own="weight"
)
LINES = st.lists(
    st.builds(Line, line_id=st.text("ABC", min_size=1, max_size=6), weight=st.integers(0, 3)),
    unique_by=lambda line: line.line_id, max_size=70,
)  # fmt: skip


@given(lines=LINES, falls=st.booleans())
def test_a_list_held_whole_is_walked_the_same_way(lines: list[Line], *, falls: bool) -> None:
    sort = "-weight" if falls else "weight"
    pieces = [piece_of_whole(lines, WHOLE, Asked(sort))]
    while pieces[-1].next:
        pieces.append(piece_of_whole(lines, WHOLE, Asked(sort, pieces[-1].next)))
    seen = [line for piece in pieces for line in piece.items]
    assert seen == sorted(lines, key=lambda line: (line.weight, line.line_id), reverse=falls)
    assert {piece.total for piece in pieces} == {len(lines)}
    back = [pieces[-1]]
    while back[-1].previous:
        back.append(piece_of_whole(lines, WHOLE, Asked(sort, back[-1].previous)))
    assert [each.items for each in reversed(back)] == [each.items for each in pieces]


@pytest.mark.parametrize("at", ["____", _made_up("a", "weight", "", "x", "X")])
def test_a_list_held_whole_says_what_is_no_place(at: str) -> None:
    with pytest.raises(InvalidError) as caught:
        piece_of_whole([Line("A", 1)], WHOLE, Asked("weight", at))
    assert caught.value.field == "/at"
