"""A local day in an address, read strictly: 2026-11-26."""

import datetime as dt
from typing import Annotated

from fastapi import Depends, Path

from app.core.errors import NotFoundError


async def local_day(day: Annotated[str, Path(pattern=r"^20\d\d-[01]\d-[0-3]\d$")]) -> dt.date:
    """Raises NotFoundError for a day that no calendar has."""
    try:
        return dt.date.fromisoformat(day)
    except ValueError as error:
        raise NotFoundError("没有这一天。", field="/day", remedy="请从“我的学时”进入") from error


LocalDay = Annotated[dt.date, Depends(local_day)]
