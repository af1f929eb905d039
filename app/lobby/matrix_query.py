"""What an address of the matrix asks for; pages, lists and files of one address show the same."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query

from app.lobby.letters import ONE_LINE
from app.lobby.paths import ID_OR_NONE
from app.lobby.sought import SearchText
from app.org.rules.matrix import ALL, Place, Sort, State, Wanted

_Line = Query(max_length=60, pattern=ONE_LINE)
_Unit = Query(max_length=200, pattern=ONE_LINE)
_Course = Annotated[str, Query(pattern=r"^([0-9A-Z]{26}|all)$")]
_Staff = Query(pattern=ID_OR_NONE)


def wanted(
    *,
    unit: Annotated[str, _Unit] = "",
    position: Annotated[str, _Line] = "",
    tag: Annotated[str, _Line] = "",
    q: SearchText = "",
    state: Annotated[State | None, Query()] = None,
    c: Annotated[list[_Course], Query(max_length=200)] = [],  # noqa: B006 -- FastAPI copies it
    sort: Annotated[Sort, Query()] = Sort.UNIT,
) -> Wanted:
    """Filters, the courses shown as columns (`c`, again and again; `all` for every one), order."""
    return Wanted(
        unit=unit.strip(), position=position.strip(), tag=" ".join(tag.split()), text=q.strip(),
        state=state, courses=tuple(c), sort=sort,
    )  # fmt: skip


def place(
    *, after: Annotated[str, _Staff] = "", before: Annotated[str, _Staff] = ""
) -> Place | None:
    """Where the page begins: behind somebody, or in front of them."""
    if before:
        return Place(before, is_before=True)
    return Place(after) if after else None


Asked = Annotated[Wanted, Depends(wanted)]
AtPlace = Annotated[Place | None, Depends(place)]


def query_of(asked: Wanted, **more: str) -> str:
    """The same as an address's query, with `more` in it; what is empty is left out."""
    pairs = {
        "unit": asked.unit, "position": asked.position, "tag": asked.tag, "q": asked.text,
        "state": asked.state.value if asked.state else "",
        "sort": asked.sort.value if asked.sort is not Sort.UNIT else "",
    } | more  # fmt: skip
    courses = [("c", each) for each in asked.courses]
    return urlencode([pair for pair in pairs.items() if pair[1]] + courses)


__all__ = ["ALL", "Asked", "AtPlace", "query_of"]
