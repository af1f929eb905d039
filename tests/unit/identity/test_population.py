"""Tables of people for the simulated registry: CSV and xlsx, and what is wrong with them by row."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import xlsxwriter

from app.identity.providers.simulation import Population, RosterError, read_population
from app.identity.rules.registry import RegistryOutcome

NUMBER, OTHER = "510101198803070028", "11010519491231002X"
Rows = Sequence[Sequence[str | float]]


def _csv(path: Path, rows: Rows) -> Path:
    path = path.with_suffix(".csv")
    path.write_text("".join(",".join(map(str, row)) + "\r\n" for row in rows), "utf-8-sig")
    return path


def _xlsx(path: Path, rows: Rows) -> Path:
    path = path.with_suffix(".xlsx")
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                write = sheet.write_string if isinstance(cell, str) else sheet.write_number
                write(number, column, cell)
    return path


@pytest.fixture(params=[_csv, _xlsx], ids=["csv", "xlsx"])
def read(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Rows], Population]:
    return lambda rows: read_population(request.param(tmp_path / "people", rows))


def test_people_are_found_by_number_and_compared_by_name(
    read: Callable[[Rows], Population],
) -> None:
    people = read(
        [
            ["单位", "姓名", "身份证号码", "结果"],
            ["甲厂", "李晓梅", f" {NUMBER} ", ""],
            ["", "", "", ""],
            ["乙厂", "阿依古丽•买买提", OTHER.lower(), ""],
            ["丙厂", "罗慢", "510101197101010114", "upstream_error"],
        ]
    )
    assert len(people.residents) == 3
    assert people.look("李晓梅", NUMBER) is RegistryOutcome.MATCH
    assert people.look("李晓海", NUMBER) is RegistryOutcome.MISMATCH
    assert people.look("阿依古丽·买买提", OTHER) is RegistryOutcome.MATCH
    assert people.look("谁都行", "510101197101010114") is RegistryOutcome.UPSTREAM_ERROR
    assert people.look("李晓梅", "510101197201010111") is RegistryOutcome.NO_RECORD
    assert people.look("李晓梅", NUMBER[:-1] + "9") is RegistryOutcome.BAD_ID
    assert people.look("李8梅", NUMBER) is RegistryOutcome.BAD_NAME


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([], "the first row must name"),
        ([["name", "phone"]], "the first row must name"),
        ([["name", "number"], ["李晓梅", ""]], "row 2 has no number"),
        ([["name", "number"], ["", NUMBER]], "row 2, name"),
        ([["name", "number"], ["李晓梅", NUMBER], ["李晓海", NUMBER]], "row 3 has the number of"),
        ([["name", "number", "result"], ["李晓梅", NUMBER, "-5"]], "row 2, result"),
        ([["name", "number", "result"], ["李晓梅", NUMBER, "match"]], "row 2, result"),
    ],
)
def test_a_wrong_table_names_the_row(
    read: Callable[[Rows], Population], rows: Rows, says: str
) -> None:
    with pytest.raises(RosterError, match=says):
        read(rows)


def test_a_number_kept_as_a_number_has_lost_its_last_digits(tmp_path: Path) -> None:
    path = _xlsx(tmp_path / "people", [["name", "number"], ["李晓梅", float(NUMBER)]])
    with pytest.raises(RosterError, match="row 2 keeps a document number as a number"):
        read_population(path)


@pytest.mark.parametrize("name", ["people.csv", "people.xlsx"])
def test_what_is_no_table_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes("姓名,证件号码".encode("gb18030"))
    with pytest.raises(RosterError, match=name):
        read_population(tmp_path / name)


def test_the_demo_s_table_can_be_read() -> None:
    people = read_population(Path(__file__).parents[3] / "demo" / "registry.csv")
    forced = {each.forced for each in people.residents.values()} - {None}
    assert forced == {
        RegistryOutcome.NO_RECORD, RegistryOutcome.UPSTREAM_ERROR, RegistryOutcome.RATE_LIMITED,
    }  # fmt: skip
