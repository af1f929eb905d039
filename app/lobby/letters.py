"""What comes in: strict bodies, without the one letter that PostgreSQL cannot store (NUL)."""

import unicodedata
from typing import Any, Final

from fastapi import Request
from pydantic import BaseModel, ConfigDict, field_validator

from app.core.errors import InvalidError

NUL = "\x00"
ONE_LINE: Final = r"^[^\x00-\x1f\x7f]*$"
"""The pattern of a text without line breaks and other control characters."""

TEXT_FLAWS: Final = {
    "text_control": "含有看不见的控制字符，请删去后再试。",
    "text_blank": "请写明内容。",
}
"""What can be wrong with a person's text, and the sentence that says it."""
_LINES = frozenset("\n\r\t")
# What turns the writing round: it could show a reader another sentence than was written. It comes
# unseen with a number copied from a phone's address book, so it is left out and not refused.
_TURNS = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def readable(given: str) -> str:
    """What people wrote in their own words, without what turns the writing round."""
    return given.translate(_TURNS)


def flaw_of(text: str) -> str | None:
    """One of `TEXT_FLAWS`: control characters or half characters, or nothing to see in it."""
    kinds = [unicodedata.category(char) for char in text if char not in _LINES]
    if "Cc" in kinds or "Cs" in kinds:
        return "text_control"
    return "text_blank" if all(kind[0] in "CZ" for kind in kinds) else None


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
