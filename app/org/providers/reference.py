"""What the reference folder says of institutions and prefectures, as it stands now."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class InstitutionType:
    """A kind of training institution; `may_evaluate`: it may enter results of assessments."""

    code: str
    name: str
    may_evaluate: bool


@dataclass(frozen=True, slots=True)
class Places:
    """The kinds of institution in their order, and the prefectures' names by code."""

    types: tuple[InstitutionType, ...]
    prefectures: dict[str, str]

    def type_name(self, code: str | None) -> str:
        """What a kind is called; its code where the file has it no longer."""
        return next((each.name for each in self.types if each.code == code), code or "")

    def prefecture_name(self, code: str) -> str:
        """What a prefecture is called; its code where the file has it no longer."""
        return self.prefectures.get(code, code)


def read_places(folder: Path) -> Places:
    """Read both files."""
    types = _read(folder / "institution_types.toml")["institution_types"]
    prefectures = _read(folder / "prefectures.toml")["prefectures"]
    return Places(
        tuple(InstitutionType(each["code"], each["name"], each["may_evaluate"]) for each in types),
        {each["code"]: each["name"] for each in prefectures},
    )


@dataclass(frozen=True, slots=True)
class Purpose:
    """What an employer trains its people for, and the document that says so."""

    code: str
    name: str
    source: str


def read_purposes(folder: Path) -> tuple[Purpose, ...]:
    """The purposes in their order."""
    found = _read(folder / "training_purposes.toml")["training_purposes"]
    return tuple(Purpose(each["code"], each["name"], each["source"]) for each in found)


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
