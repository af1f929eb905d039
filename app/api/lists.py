"""What every answer with a piece of a list says besides its lines."""

from typing import Any, TypedDict

from app.api.answers import Answer
from app.core.listing import Piece


class ListOut(Answer):
    """`previous` and `next` are what to send as `at`, empty at the ends of the list.

    `total` is how many lines there are; at least that many where `is_more`.
    """

    total: int
    is_more: bool
    sort: str
    previous: str
    next: str


class WayOn(TypedDict):
    total: int
    is_more: bool
    sort: str
    previous: str
    next: str


def way_on(found: Piece[Any]) -> WayOn:
    """A piece without its lines, for a ListOut."""
    return WayOn(
        total=found.total, is_more=found.is_more, sort=found.sort, previous=found.previous,
        next=found.next,
    )  # fmt: skip
