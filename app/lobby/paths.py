"""What addresses name: a row by its id, a page of a list by its number."""

from typing import Annotated

from fastapi import Path, Query

RowId = Annotated[str, Path(pattern=r"^[0-9A-Z]{26}$")]
PageNumber = Annotated[int, Query(ge=1, le=10_000)]
