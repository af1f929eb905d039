"""The kinds of certificate as the reference folder has them now."""

import tomllib
from pathlib import Path

from app.certs.rules.types import TypeFlawError, TypeTable, table_of

FILE = "certificate_types.toml"


def read_types(reference_dir: Path) -> TypeTable:
    """Read the table. Raises TypeFlawError where it cannot be read or stand."""
    try:
        text = (reference_dir / FILE).read_text(encoding="utf-8")
        return table_of(tomllib.loads(text))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TypeFlawError(FILE, f"cannot be read: {type(error).__name__}") from None
