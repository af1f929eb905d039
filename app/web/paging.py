"""Links between the pages of a list."""

from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Pager:
    page: int
    last: int
    previous_href: str
    next_href: str


def pager(address: str, page: int, last: int, **query: str) -> Pager:
    """Links that keep what was asked for; empty where there is no such page."""

    def href(number: int) -> str:
        wanted = {name: value for name, value in query.items() if value}
        return f"{address}?{urlencode(wanted | {'page': str(number)})}"

    return Pager(
        page, last, href(page - 1) if page > 1 else "", href(page + 1) if page < last else ""
    )
