"""What addresses and bodies name: a row by its id, a page of a list by its number."""

from typing import Annotated, Final

from fastapi import Path, Query
from pydantic import Field

ID: Final = r"^[0-9A-Z]{26}$"
ID_OR_NONE: Final = r"^([0-9A-Z]{26})?$"
"""The same, or an empty text."""

Id = Annotated[str, Field(pattern=ID)]
"""A row's id in a body, or in a list of them."""
RowId = Annotated[str, Path(pattern=ID)]
RowQuery = Annotated[str, Query(pattern=ID)]
PageNumber = Annotated[int, Query(ge=1, le=10_000)]
