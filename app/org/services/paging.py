"""A page of a list, as every list of this room is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
SIZE = 20


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """The items of one page; pages count from 1."""

    items: tuple[Item, ...]
    page: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // SIZE))


def cut(found: Sequence[Item], page: int) -> Page[Item]:
    """Cut one page out of a whole list."""
    start = (page - 1) * SIZE
    return Page(tuple(found[start : start + SIZE]), page, len(found))
