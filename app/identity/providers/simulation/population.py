"""The people whom the simulated registry knows, read from a table (CSV or xlsx)."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from app.identity.rules.id_number import check_letter
from app.identity.rules.id_number import normalise as normalise_number
from app.identity.rules.names import WrongNameError, normalise
from app.identity.rules.registry import RegistryOutcome

# A heading may be in either language; what a province's own table is called.
_HEADINGS = {
    "name": ("name", "姓名"),
    "number": ("number", "证件号码", "身份证号码", "身份证号", "公民身份号码"),
    "result": ("result", "结果"),
}
# What a vendor can be made to answer whatever the name is; the rest follows from the table.
_FORCED = frozenset(RegistryOutcome) - {RegistryOutcome.MATCH, RegistryOutcome.PENDING_MANUAL}
_NUMBER = re.compile(r"[1-9]\d{16}[\dX]")


class RosterError(ValueError):
    """A table that cannot be read; says which file, which row and what to mend."""


@dataclass(frozen=True, slots=True)
class Resident:
    """One person; `forced` is answered whatever the name is, to try what outages look like."""

    name: str
    forced: RegistryOutcome | None


@dataclass(frozen=True, slots=True)
class Population:
    residents: Mapping[str, Resident]

    def look(self, name: str, number: str) -> RegistryOutcome:
        """Answer as a registry does: form first, then whether there is a record, then the name."""
        if not _NUMBER.fullmatch(number) or check_letter(number[:17]) != number[17]:
            return RegistryOutcome.BAD_ID
        try:
            name = normalise(name)
        except WrongNameError:
            return RegistryOutcome.BAD_NAME
        known = self.residents.get(number)
        if known is None:
            return RegistryOutcome.NO_RECORD
        matches = RegistryOutcome.MATCH if known.name == name else RegistryOutcome.MISMATCH
        return known.forced or matches


def read_population(path: Path) -> Population:
    """Read a table with the columns name, number and (if wanted) result.

    Raises RosterError that names the row; row 1 is the heading.
    """
    rows = _xlsx_rows(path) if path.suffix.lower() == ".xlsx" else _csv_rows(path)
    heading = next(rows, [])
    places = {
        name: next((heading.index(word) for word in words if word in heading), None)
        for name, words in _HEADINGS.items()
    }
    if places["name"] is None or places["number"] is None:
        raise RosterError(
            f"{path}: the first row must name the columns name and number (姓名, 证件号码)"
        )
    return Population(dict(_residents(path, rows, places)))


def _residents(
    path: Path, rows: Iterable[list[str]], places: Mapping[str, int | None]
) -> Iterator[tuple[str, Resident]]:
    seen: dict[str, int] = {}
    for line, row in enumerate(rows, start=2):
        if not any(row):
            continue
        cells = {
            name: row[place] if place is not None and place < len(row) else ""
            for name, place in places.items()
        }
        number = normalise_number(cells["number"])
        if (before := seen.setdefault(number, line)) != line:
            raise RosterError(f"{path}: row {line} has the number of row {before} again")
        yield number, _resident(path, line, cells)


def _resident(path: Path, line: int, cells: Mapping[str, str]) -> Resident:
    if not cells["number"]:
        raise RosterError(f"{path}: row {line} has no number")
    try:
        name = normalise(cells["name"])
    except WrongNameError as error:
        raise RosterError(f"{path}: row {line}, name: {error}") from None
    forced = cells["result"].lower()
    if forced and forced not in _FORCED:
        known = ", ".join(sorted(_FORCED))
        raise RosterError(f"{path}: row {line}, result: leave it empty, or write one of {known}")
    return Resident(name, RegistryOutcome(forced) if forced else None)


def _csv_rows(path: Path) -> Iterator[list[str]]:
    try:
        # The mark that spreadsheet programs put first is no part of the heading.
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from ([cell.strip() for cell in row] for row in csv.reader(file))
    except UnicodeDecodeError:
        raise RosterError(f"{path}: is no UTF-8; save it as CSV UTF-8, or as xlsx") from None


def _xlsx_rows(path: Path) -> Iterator[list[str]]:
    """Read the first sheet; a number of 18 digits kept as a number has lost its last ones."""
    try:
        rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    except (CalamineError, OSError) as error:
        raise RosterError(f"{path}: is no xlsx that can be read ({error})") from None
    for line, row in enumerate(rows, start=1):
        if any(isinstance(cell, float) and abs(cell) >= 1e15 for cell in row):
            raise RosterError(
                f"{path}: row {line} keeps a document number as a number, which loses its last "
                "digits; format the column as text and enter it again"
            )
        yield [str(cell).strip() for cell in row]
