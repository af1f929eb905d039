"""Taking along what tables hold of one person: whole rows in order, copied into records."""

from typing import Any, Final, TypeVar

from msgspec import Struct
from sqlalchemy import ColumnElement, inspect, select
from sqlalchemy.orm import Session

from app.core.db import Base
from app.core.errors import ConflictError

MOST_ROWS: Final = 20_000
"""Of one table: a file beyond that is made by hand, so that no download takes all memory."""

Row = TypeVar("Row", bound=Base)
Record = TypeVar("Record", bound=Struct)


def rows_of(db: Session, table: type[Row], *conditions: ColumnElement[bool]) -> list[Row]:
    """Return the rows that fulfil all conditions by their keys, which is the order of time.

    Raises ConflictError where there are more than MOST_ROWS.
    """
    keys = inspect(table).primary_key
    query = select(table).where(*conditions).order_by(*keys).limit(MOST_ROWS + 1)
    found = list(db.scalars(query))
    if len(found) > MOST_ROWS:
        raise ConflictError(
            "您的记录太多，网页上一次下载不完。", code="too_many_rows",
            remedy="请在“找人帮忙”里选“个人信息权利请求”，由工作人员导出给您",
        )  # fmt: skip
    return found


def copied(shape: type[Record], row: object, **more: Any) -> Record:  # noqa: ANN401
    """Fill a record's fields from the columns of the same names; `more` stands before them."""
    columns = {
        name: getattr(row, name) for name in shape.__struct_fields__ if name not in more
    }  # fmt: skip
    return shape(**columns, **more)


def copies_of(
    db: Session, shape: type[Record], table: type[Row], *conditions: ColumnElement[bool]
) -> list[Record]:
    """Copy the rows that fulfil all conditions, as they are. Raises as `rows_of` does."""
    return [copied(shape, row) for row in rows_of(db, table, *conditions)]
