"""A list on a page: headings that sort, and the way on and back, all kept in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from app.core.listing import Piece


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that sorts. `aria` is how the list is sorted by it now: a value of aria-sort."""

    name: str
    href: str
    aria: str


@dataclass(frozen=True, slots=True)
class ListLinks:
    """What a template needs besides the lines; `first_href` is where the list begins."""

    headings: Mapping[str, Heading]
    first_href: str
    previous_href: str
    next_href: str
    counted: str


def list_links(
    address: str, piece: Piece[Any], names: Mapping[str, str], **query: str
) -> ListLinks:
    """Links that keep what was asked for. `names` are the headings that sort, by their keys.

    A key with “-” in front is a heading that sorts from the last to the first when it is pressed.
    """
    kept = {name: value for name, value in query.items() if value}

    def href(**more: str) -> str:
        wanted = urlencode(kept | {name: value for name, value in more.items() if value})
        return f"{address}?{wanted}" if wanted else address

    headings = {}
    for pressed, name in names.items():
        key = pressed.removeprefix("-")
        is_by_it = piece.sort.removeprefix("-") == key
        falls = piece.sort.startswith("-")
        turned = key if falls else f"-{key}"
        aria = ("descending" if falls else "ascending") if is_by_it else ""
        headings[key] = Heading(name, href(sort=turned if is_by_it else pressed), aria)
    return ListLinks(
        headings, href(sort=piece.sort),
        href(sort=piece.sort, at=piece.previous) if piece.previous else "",
        href(sort=piece.sort, at=piece.next) if piece.next else "",
        f"{piece.total} 以上" if piece.is_more else f"{piece.total}",
    )  # fmt: skip
