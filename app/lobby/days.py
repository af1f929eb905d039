"""A local day in an address, read strictly: 2026-11-26."""

import datetime as dt
from typing import Annotated

from fastapi import Depends, Path

from app.core.errors import InvalidError, NotFoundError
from app.identity.rules.local_days import SHANGHAI


async def local_day(day: Annotated[str, Path(pattern=r"^20\d\d-[01]\d-[0-3]\d$")]) -> dt.date:
    """Raises NotFoundError for a day that no calendar has."""
    try:
        return dt.date.fromisoformat(day)
    except ValueError as error:
        raise NotFoundError("没有这一天。", field="/day", remedy="请从“我的学时”进入") from error


DAY_OR_NONE = r"^(20\d\d-[01]\d-[0-3]\d)?$"


def beginning_of(day: str, field: str, *, after: int = 0) -> dt.datetime | None:
    """Read a day that may be left out: its first moment in Shanghai, or that `after` days later.

    Raises InvalidError for a day that no calendar has.
    """
    if not day:
        return None
    try:
        found = dt.date.fromisoformat(day) + dt.timedelta(days=after)
    except ValueError as error:
        raise InvalidError("没有这一天。", field=field, remedy="请重新选择日期") from error
    return dt.datetime.combine(found, dt.time(), tzinfo=SHANGHAI)


LocalDay = Annotated[dt.date, Depends(local_day)]
