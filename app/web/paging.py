"""Links between the pages of a list."""

from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Pager:
    page: int
    last: int
    previous_href: str
    next_href: str


class BehindTheLastError(Exception):
    """A page was asked for that the list does not reach to; `href` leads to its last one."""

    def __init__(self, href: str) -> None:
        super().__init__(href)
        self.href = href


def pager(address: str, page: int, last: int, **query: str) -> Pager:
    """Links that keep what was asked for; empty where there is no such page.

    Raises BehindTheLastError: an empty list there would say that there is nothing at all.
    """

    def href(number: int) -> str:
        wanted = {name: value for name, value in query.items() if value}
        return f"{address}?{urlencode(wanted | {'page': str(number)})}"

    if page > max(1, last):
        raise BehindTheLastError(href(max(1, last)))
    return Pager(
        page, last, href(page - 1) if page > 1 else "", href(page + 1) if page < last else ""
    )
