"""The kinds of certificate as the reference folder has them now."""

import logging
import tomllib
from pathlib import Path

from app.certs.rules.types import TypeFlawError, TypeTable, table_of

FILE = "certificate_types.toml"
_log = logging.getLogger("shixue.certs")


def known_types(reference_dir: Path) -> TypeTable:
    """The table for those who only read names in it: empty where it cannot stand, as doctor says.

    Issuing waits for it (`read_types`); nobody's page does.
    """
    try:
        return read_types(reference_dir)
    except TypeFlawError as flaw:
        _log.error("the kinds of certificate cannot be read", extra={"flaw": str(flaw)})
        return TypeTable(())


def read_types(reference_dir: Path) -> TypeTable:
    """Read the table. Raises TypeFlawError where it cannot be read or stand."""
    try:
        text = (reference_dir / FILE).read_text(encoding="utf-8")
        return table_of(tomllib.loads(text))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TypeFlawError(FILE, f"cannot be read: {type(error).__name__}") from None
