"""Reads tables of TOML files; what is missing or wrong is named with its file and field."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class ContentError(ValueError):
    """A file of reference or teaching content that cannot stand."""

    def __init__(self, path: Path, field: str, message: str) -> None:
        super().__init__(f"{path}: {field}: {message}")
        self.path, self.field = path, field


@dataclass(frozen=True, slots=True)
class Fields:
    """One table of a file; `place` says where it stands in it."""

    path: Path
    values: Mapping[str, Any]
    place: str = ""

    def wrong(self, name: str, message: str) -> ContentError:
        return ContentError(self.path, f"{self.place}{name}", message)

    def only(self, *names: str) -> None:
        """Raises ContentError for a field that nobody reads: it is a slip of the pen."""
        for name in self.values:
            if name not in names:
                raise self.wrong(name, "is not a field here; these are: " + ", ".join(names))

    def text(self, name: str, most: int = 2000) -> str:
        value = self.values.get(name)
        if not isinstance(value, str) or not value.strip() or len(value) > most:
            raise self.wrong(name, f"should be a text of 1 to {most} characters")
        return value.strip()

    def optional_text(self, name: str, most: int = 2000) -> str | None:
        return self.text(name, most) if name in self.values else None

    def whole(self, name: str, low: int, high: int) -> int:
        value = self.values.get(name)
        if type(value) is not int or not low <= value <= high:
            raise self.wrong(name, f"should be a whole number from {low} to {high}")
        return value

    def optional_whole(self, name: str, low: int, high: int) -> int | None:
        return self.whole(name, low, high) if name in self.values else None

    def yes_or_no(self, name: str) -> bool:
        value = self.values.get(name)
        if not isinstance(value, bool):
            raise self.wrong(name, "should be true or false")
        return value

    def texts(self, name: str, least: int = 1, most: int = 100) -> tuple[str, ...]:
        value = self.values.get(name)
        is_texts = isinstance(value, list) and all(isinstance(v, str) and v.strip() for v in value)
        if not is_texts or not least <= len(value or ()) <= most:
            raise self.wrong(name, f"should be a list of {least} to {most} texts")
        return tuple(text.strip() for text in value or ())

    def table(self, name: str) -> "Fields":
        value = self.values.get(name)
        if not isinstance(value, dict):
            raise self.wrong(name, "should be a table")
        return Fields(self.path, value, f"{self.place}{name}.")

    def optional_table(self, name: str) -> "Fields":
        if name not in self.values:
            return Fields(self.path, {}, f"{self.place}{name}.")
        return self.table(name)

    def tables(self, name: str) -> list["Fields"]:
        value = self.values.get(name)
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            raise self.wrong(name, "should be a list of tables")
        return [Fields(self.path, v, f"{self.place}{name}[{n}].") for n, v in enumerate(value)]


def parse(path: Path, text: str) -> Fields:
    """Read TOML text of a file. Raises ContentError."""
    try:
        return Fields(path, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ContentError(path, "(syntax)", str(error)) from None


def read_text(path: Path) -> str:
    """Read a file. Raises ContentError."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(path, "(file)", f"cannot be read: {type(error).__name__}") from None


def read(path: Path) -> Fields:
    """Read a TOML file. Raises ContentError."""
    return parse(path, read_text(path))


def unique(found: list[Fields], name: str) -> None:
    """Raises ContentError where two tables have the same value in a field."""
    seen: set[object] = set()
    for fields in found:
        value = fields.values.get(name)
        if value in seen:
            raise fields.wrong(name, f"{value} stands here a second time")
        seen.add(value)
