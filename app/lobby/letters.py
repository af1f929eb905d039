"""What comes in: strict bodies, without the one letter that PostgreSQL cannot store (NUL)."""

from typing import Any, Final

from fastapi import Request
from pydantic import BaseModel, ConfigDict, field_validator

from app.core.errors import InvalidError

NUL = "\x00"
ONE_LINE: Final = r"^[^\x00-\x1f\x7f]*$"
"""The pattern of a text without line breaks and other control characters."""


class Body(BaseModel):
    """The parent of every request's body: no field but those named, no value of another type.

    A field with NUL in it is named.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    @field_validator("*", mode="before")
    @classmethod
    def refuse_nul(cls, value: Any) -> Any:  # noqa: ANN401 -- whatever JSON holds
        if isinstance(value, str) and NUL in value:
            raise ValueError("含有无法识别的字符。")
        return value


async def refuse_nul(request: Request) -> None:
    """Stand in front of every route: the same for addresses and queries. Raises InvalidError."""
    given = {"path": request.path_params.items(), "query": request.query_params.multi_items()}
    for place, items in given.items():
        for name, value in items:
            if NUL in str(value):
                raise InvalidError(
                    "含有无法识别的字符。", field=f"/{place}/{name}", remedy="请重新输入"
                )
