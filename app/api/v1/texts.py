"""A person's text: what people write in their own words, and what no database should ever meet."""

from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from app.lobby import letters


def _readable(given: str) -> str:
    text = letters.readable(given)
    if (flaw := letters.flaw_of(text)) is not None:
        raise PydanticCustomError(flaw, "a person's text")
    return text


PersonText = Annotated[str, AfterValidator(_readable)]
"""Add the lengths with a Field; what is refused names the field."""
