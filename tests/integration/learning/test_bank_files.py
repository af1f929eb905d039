"""Files of questions: out and in changes nothing, flaws by row and column, thousands at once."""

import io
import zipfile
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from app.core import spreadsheet
from app.learning.models.exams import ExamItem
from app.learning.providers import item_files
from app.learning.rules.item_sheet import COLUMNS, EXAMPLES, WIDTHS, row_of
from app.lobby.parts import Parts
from tests.contract.calls import changed, dump
from tests.contract.test_half_written import failing_commit
from tests.people import csrf, sign_in
from tests.schools import SCHOOL, School, found_school, stock


@pytest.fixture
def school(client: TestClient, parts: Parts) -> School:
    stocked = stock(parts, found_school(parts))
    sign_in(client, parts, SCHOOL)
    return stocked


def _sheet(rows: list[list[str | int]]) -> bytes:
    return spreadsheet.write_sheets([("题库", WIDTHS, [COLUMNS, *rows])])


def _send(client: TestClient, school: School, what: str, content: bytes) -> dict:
    answer = client.post(
        f"/api/v1/exam-banks/{school.bank_id}/{what}", content=content,
        headers=csrf(client) | {"content-type": "application/octet-stream"},
    )  # fmt: skip
    told: dict = answer.json() | {"status_code": answer.status_code}
    return told


def _counts(told: dict) -> tuple[int, int, int]:
    return told["added"], told["changed"], told["unchanged"]


@pytest.mark.parametrize("what", ["items.xlsx", "items.zip?version=2.1", "items.zip?version=3.0"])
def test_what_goes_out_changes_nothing_when_it_comes_in(
    client: TestClient, parts: Parts, school: School, what: str
) -> None:
    answer = client.get(f"/api/v1/exam-banks/{school.bank_id}/{what}")
    assert answer.status_code == 200, answer.text
    before = dump(parts.database)
    trial = _send(client, school, "file-trials", answer.content)
    assert (_counts(trial), trial["flaws"], trial["is_done"]) == ((0, 0, 5), [], False)
    assert changed(before, dump(parts.database)) == []
    done = _send(client, school, "file-imports", answer.content)
    assert (_counts(done), done["is_done"]) == ((0, 0, 5), True)
    assert set(changed(before, dump(parts.database))) <= {"audit_event", "log_waiting", "log_leaf"}


def test_the_template_is_what_can_be_imported(client: TestClient, school: School) -> None:
    answer = client.get("/api/v1/exam-banks/templates/questions.xlsx")
    trial = _send(client, school, "file-trials", answer.content)
    assert (_counts(trial), trial["flaws"]) == ((0, 0, 5), [])


def test_with_flaws_nothing_is_in_unless_asked_so(
    client: TestClient, parts: Parts, school: School
) -> None:
    good = row_of(replace(EXAMPLES[0], code="N-1", stem="新的一题？"))
    edited = row_of(replace(EXAMPLES[1], explanation="换了解析。"))
    bad = row_of(replace(EXAMPLES[0], code="N-2"))
    bad[COLUMNS.index("答案")] = "Z"
    content = _sheet([good, edited, bad])
    trial = _send(client, school, "file-trials", content)
    assert _counts(trial) == (1, 1, 0)
    assert [(flaw["row"], flaw["column"]) for flaw in trial["flaws"]] == [(4, "答案")]
    before = dump(parts.database)
    refused = _send(client, school, "file-imports", content)
    assert (refused["status_code"], refused["code"]) == (409, "faulty_rows")
    assert changed(before, dump(parts.database)) == []
    done = _send(client, school, "file-imports?skips_faulty=true", content)
    assert (done["status_code"], _counts(done)) == (200, (1, 1, 0))
    with parts.database.reading() as db:
        query = select(ExamItem).where(ExamItem.bank_id == school.bank_id, ExamItem.is_active)
        items = {row.code: (row.version, row.explanation) for row in db.scalars(query)}
    assert set(items) == {"Q0001", "Q0002", "Q0003", "Q0004", "Q0005", "N-1"}
    assert items["Q0002"] == (2, "换了解析。")


def test_rows_without_a_code_are_numbered_or_known_by_their_stem(
    client: TestClient, school: School
) -> None:
    known, new = replace(EXAMPLES[0], code=""), replace(EXAMPLES[0], code="", stem="没有题号？")
    content = _sheet([row_of(known), row_of(new)])
    assert _counts(_send(client, school, "file-imports", content)) == (1, 0, 1)
    assert _counts(_send(client, school, "file-imports", content)) == (0, 0, 2)
    found = client.get(f"/api/v1/exam-banks/{school.bank_id}/items", params={"q": "没有题号"})
    assert [item["code"] for item in found.json()["items"]] == ["Q0006"]


def test_five_thousand_questions(client: TestClient, parts: Parts, school: School) -> None:
    rows = [row_of(replace(EXAMPLES[n % 5], code=f"M{n:05}")) for n in range(5000)]
    content = _sheet(rows)
    assert _counts(_send(client, school, "file-trials", content)) == (5000, 0, 0)
    assert _counts(_send(client, school, "file-imports", content)) == (5000, 0, 0)
    out = client.get(f"/api/v1/exam-banks/{school.bank_id}/items.zip?version=3.0").content
    with parts.database.reading() as db:
        count = db.scalar(select(func.count()).where(ExamItem.bank_id == school.bank_id))
    assert count == 5005
    trial = _send(client, school, "file-trials", out)
    assert [flaw["cause"] for flaw in trial["flaws"]] == ["一次最多 5000 题，这里有 5005 题。"]


def test_an_import_that_fails_at_its_end_leaves_nothing(
    client: TestClient, parts: Parts, school: School
) -> None:
    content = _sheet([row_of(replace(EXAMPLES[0], code="N-1"))])
    before = dump(parts.database)
    with failing_commit(parts.database, 1), pytest.raises(RuntimeError):
        _send(client, school, "file-imports", content)
    assert changed(before, dump(parts.database)) == []


def _package(files: dict[str, str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return target.getvalue()


def test_each_part_of_a_package_that_is_not_understood_is_told(
    client: TestClient, school: School
) -> None:
    whole = zipfile.ZipFile(io.BytesIO(item_files.pack(EXAMPLES, "2.1")))
    files = {name: whole.read(name).decode() for name in whole.namelist()}
    files["items/item-0001.xml"] = files["items/item-0001.xml"].replace("禁止", "<b>禁</b>止")
    files["items/item-0002.xml"] = files["items/item-0002.xml"].replace(
        "<prompt>", '<prompt><img src="x.png"/>'
    )
    files["items/item-0003.xml"] = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    del files["items/item-0004.xml"]
    files["tests/test.xml"] = "<assessmentTest/>"
    trial = _send(client, school, "file-trials", _package(files))
    told = {flaw["column"]: (flaw["row"], flaw["cause"]) for flaw in trial["flaws"]}
    assert {name: row for name, (row, _) in told.items()} == {
        "items/item-0002.xml": 2, "items/item-0003.xml": 3, "items/item-0004.xml": 4,
        "tests/test.xml": 0,
    }  # fmt: skip
    assert "图片" in told["items/item-0002.xml"][1]
    assert "DOCTYPE" in told["items/item-0003.xml"][1]
    assert _counts(trial) == (0, 0, 2)


BOMB = b"x" * (9 * 2**20)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "读不出来"), (b"plain", "读不出来"), (_package({"a.txt": "x"}), "没有题库"),
        (_package({"imsmanifest.xml": "<a>"}), "清单"),
        (_package({"xl/workbook.xml": "<a/>"}), "读不出来"),
        (_package({"xl/workbook.xml": "<a/>", "xl/worksheets/sheet1.xml":
                   '<sheetData><row><c r="XFD1048576"><v>1</v></c></row></sheetData>'}), "太大"),
    ],
    ids=range(6),
)  # fmt: skip
def test_what_is_no_file_of_questions_is_refused(
    client: TestClient, school: School, content: bytes, says: str
) -> None:
    refused = _send(client, school, "file-trials", content)
    assert refused["status_code"] == 422
    assert says in refused["detail"]
    assert refused["errors"][0]["field"] == "/file"


def test_a_small_archive_may_not_unfold_without_end(client: TestClient, school: School) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("imsmanifest.xml", BOMB)
    refused = _send(client, school, "file-trials", target.getvalue())
    assert (refused["status_code"], refused["errors"][0]["code"]) == (422, "too_large")
