"""Reads the reference content: clusters, prefectures, levels, kinds of certificate."""

from dataclasses import dataclass
from pathlib import Path

from app.certs.rules.types import TypeFlawError, TypeTable, table_of
from app.cli import fields
from app.cli.fields import ContentError, Fields

TRAININGS = ("skill", "safety")


@dataclass(frozen=True, slots=True)
class ClusterEntry:
    code: str
    name: str
    sub_fields: tuple[str, ...]
    target: int
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """A level of skill; 5 is the lowest, 1 the highest."""

    code: int
    name: str
    also: str


@dataclass(frozen=True, slots=True)
class Reference:
    programme: str
    clusters: tuple[ClusterEntry, ...]
    prefectures: dict[str, str]
    levels: tuple[Level, ...]
    certificate_types: TypeTable


def read_reference(folder: Path) -> Reference:
    """Read the four files of a folder. Raises ContentError that names file and field."""
    programme, clusters = _clusters(folder / "clusters.toml")
    return Reference(
        programme=programme,
        clusters=clusters,
        prefectures=_prefectures(folder / "prefectures.toml"),
        levels=_levels(folder / "levels.toml"),
        certificate_types=_certificate_types(folder / "certificate_types.toml"),
    )


def _rows(path: Path, name: str) -> list[Fields]:
    found = fields.read(path).tables(name)
    fields.unique(found, "code")
    fields.unique(found, "name")
    return found


def _clusters(path: Path) -> tuple[str, tuple[ClusterEntry, ...]]:
    source = fields.read(path).table("source")
    found = tuple(
        ClusterEntry(
            code=row.text("code", 20), name=row.text("name", 80), sub_fields=row.texts("fields"),
            target=row.whole("target", 1, 10_000_000), needs=_needs(row),
        )
        for row in _rows(path, "clusters")
    )  # fmt: skip
    if sum(cluster.target for cluster in found) != source.whole("sum", 1, 100_000_000):
        raise source.wrong("sum", "is not the sum of the clusters' targets")
    return source.text("programme", 200), found


def _needs(row: Fields) -> tuple[str, ...]:
    needs = row.texts("needs")
    if not set(needs) <= set(TRAININGS):
        raise row.wrong("needs", "should name " + " or ".join(TRAININGS))
    return needs


def _prefectures(path: Path) -> dict[str, str]:
    province = fields.read(path).table("province").text("code", 6)
    found = {}
    for row in _rows(path, "prefectures"):
        code = row.text("code", 6)
        if not (code.isdigit() and code[:2] == province[:2] and code[4:] == "00"):
            raise row.wrong("code", f"is not a prefecture's code within {province}")
        found[code] = row.text("name", 40)
    return found


def _levels(path: Path) -> tuple[Level, ...]:
    found = tuple(
        Level(row.whole("code", 1, 5), row.text("name", 20), row.text("also", 20))
        for row in _rows(path, "levels")
    )
    if [level.code for level in found] != [5, 4, 3, 2, 1]:
        raise fields.read(path).wrong("levels", "should go from level 5 to level 1")
    return found


def _certificate_types(path: Path) -> TypeTable:
    try:
        return table_of(fields.read(path).values)
    except TypeFlawError as flaw:
        raise ContentError(path, flaw.field, str(flaw)) from None
