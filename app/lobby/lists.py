"""How a list is asked for, in the address of a page or a call: `?sort=…&at=…`."""

from typing import Annotated

from fastapi import Depends, Query

from app.core.listing import MOST_CURSOR, Asked


async def asked_list(
    sort: Annotated[str, Query(max_length=40, pattern=r"^-?[a-z_]*$")] = "",
    at: Annotated[str, Query(max_length=MOST_CURSOR, pattern=r"^[A-Za-z0-9_-]*$")] = "",
) -> Asked:
    """`sort` is one of the list's keys, `at` the place that an answer gave out."""
    return Asked(sort, at)


AskedList = Annotated[Asked, Depends(asked_list)]
