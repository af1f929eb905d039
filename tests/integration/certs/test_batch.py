"""Many certificates at once: each line as one alone, and nothing that unfolds without end."""

import base64
import io
import time
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from starlette.testclient import TestClient

from app.certs.providers.batch_files import MOST_BYTES
from app.core.clock import SettableClock
from app.lobby.guesses import BY_PERSON
from app.lobby.parts import Parts
from app.main import create_app
from tests import examinee
from tests.graduates import certificate_of, study_through
from tests.people import ALICE, by_name, csrf


@pytest.fixture
def issued(client: TestClient, parts: Parts, clock: SettableClock) -> dict[str, Any]:
    alice = study_through(client, parts, clock)
    examinee.sit(client, parts, alice.enrolment_id)
    return certificate_of(alice)


@pytest.fixture
def stranger(parts: Parts) -> Iterator[TestClient]:
    with TestClient(create_app(parts)) as opened:
        opened.get("/verify")
        yield opened


def asked(client: TestClient, content: bytes) -> Any:
    headers = csrf(client) | {"content-type": "application/octet-stream"}
    return client.post("/api/v1/verification/batch", content=content, headers=headers)


def rows_of(client: TestClient, content: bytes) -> list[dict[str, Any]]:
    answer = asked(client, content)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["rows"]
    return rows


def xlsx(rows: list[tuple[str, ...]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    return target.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_lines_are_answered_as_one_alone(stranger: TestClient, issued: dict[str, Any]) -> None:
    number = issued["number"]
    pasted = f"证书编号,姓名\n{number},{ALICE.name}\n{number},王五\n{number[:-1]}@,李\n,李\nXS1,李"
    table = xlsx([
        ("姓名", "证书编号"), (ALICE.name, number), ("王五", number), ("李", f"{number[:-1]}@"),
        ("李", ""), ("李", "XS1"),
    ])  # fmt: skip
    for content in (pasted.encode(), pasted.encode("gb18030"), table):
        rows = rows_of(stranger, content)
        assert [row["row"] for row in rows] == [2, 3, 4, 5, 6]
        assert [row["verdict"] for row in rows] == [
            "valid", "unknown", "unknown", "not_checked", "unknown",
        ]  # fmt: skip
        for row in (rows[0], rows[1], rows[2], rows[4]):
            asked = {"number": row["label"], "name": row["name"]}
            alone = by_name(stranger, asked)
            assert (row["verdict"], row["sentence"]) == (alone["verdict"], alone["sentence"])
        assert rows[0]["holder"] == issued["holder_name"]
        assert rows[1]["holder"] == rows[1]["course"] == ""
        assert "第 5 行没有填证书编号" in rows[3]["sentence"]


def test_documents_are_answered_as_one_alone(
    client: TestClient, stranger: TestClient, issued: dict[str, Any]
) -> None:
    pdf = client.get(f"/api/v1/certificates/{issued['certificate_id']}/file.pdf").content
    altered = pdf.replace(b"Shixue1", b"Shixue2")
    rows = rows_of(stranger, zipped({
        "班里/李.pdf": pdf, "__MACOSX/._李.pdf": b"x", "班里/.DS_Store": b"x", "b.pdf": altered,
        "c.txt": b"hello", "d.pdf": b"\0" * (5 * 2**20),
    }))  # fmt: skip
    assert [row["label"] for row in rows] == ["李.pdf", "b.pdf", "c.txt", "d.pdf"]
    assert [row["verdict"] for row in rows] == ["valid", "altered", "unknown", "not_checked"]
    assert [row["title"] for row in rows] == ["有效", "内容被改过", "还不能判断", "没有查"]
    assert rows[0]["number"] == issued["number"]
    assert (rows[0]["issued_on"], rows[2]["issued_on"]) == ("2026-11-24", "")
    assert "第 4 个文件" in rows[3]["sentence"]
    (alone,) = rows_of(stranger, pdf)
    assert alone["verdict"] == "valid"


def test_a_credential_alone_is_no_table(
    client: TestClient, stranger: TestClient, issued: dict[str, Any]
) -> None:
    path = f"/api/v1/certificates/{issued['certificate_id']}/credential.json"
    [alone] = rows_of(stranger, client.get(path).content)
    assert (alone["verdict"], alone["number"]) == ("valid", issued["number"])


def test_signs_that_no_text_has_are_named_and_stand_in_no_cell(stranger: TestClient) -> None:
    answer = asked(stranger, "编号,姓名\nZZ51,王五\nZZ51,李\0梅".encode())
    assert answer.status_code == 422
    told = answer.json()
    assert "第 3 行里有读不出来的字符" in told["detail"]
    assert (told["errors"][0]["field"], "另存为" in told["remedy"]) == ("/file", True)
    assert "请把这一行的编号和姓名重新打一遍" in told["remedy"]
    for apart in ("\r", "\r\n", "\u2028"):
        answer = asked(stranger, apart.join(["ZZ51 王五", "ZZ51 李梅", "\0ZZ51 李"]).encode())
        assert "第 3 行里有" in answer.json()["detail"], repr(apart)
    table = _with_cell(xlsx([("编号", "姓名"), ("ZZ51", "QQQQ")]), b"A_x0000_C")
    [row] = rows_of(stranger, table)
    assert (row["verdict"], row["name"]) == ("not_checked", "AC")
    assert "第 2 行的编号或姓名里有读不出来的字符" in row["sentence"]


def _with_cell(table: bytes, text: bytes) -> bytes:
    """A table in which other software wrote a text that no keyboard gives."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(table)) as given, zipfile.ZipFile(target, "w") as written:
        for name in given.namelist():
            written.writestr(name, given.read(name).replace(b"QQQQ", text))
    return target.getvalue()


def test_names_that_a_chinese_windows_packs_are_read(stranger: TestClient) -> None:
    packed = zipped({"AAAA.pdf": b"hello"}).replace(b"AAAA", "张三".encode("gb18030"))
    assert rows_of(stranger, packed)[0]["label"] == "张三.pdf"


def test_what_somebody_wrote_never_becomes_a_formula(stranger: TestClient) -> None:
    evil = ['=cmd|"/c calc"!A1', "+1", "-1", "@SUM(A1)", "=HYPERLINK(1)"]
    answer = asked(stranger, "\n".join(f"{each}\t{each}" for each in evil).encode())
    raw = base64.b64decode(answer.json()["sheet"])
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet
    written = CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in written[1:]] == evil
    assert written[0][3] == "结果"


_UNREADABLE = {
    "blank": (b" \n ", "没有读到"),
    "too many lines": (b"ZZ51 x\n" * 201, "这里有 201 行"),
    "nothing but ends of lines": (b"\n" * (256 * 1024 + 1), "内容太长"),
    "broken archive": (b"PK\x03\x04broken", "已损坏"),
    "no text": (b"\xff\xff\xff\xff\x00", "读不出来"),
    "empty archive": (zipped({}), "没有文件"),
    "too many files": (zipped({f"{n}.pdf": b"" for n in range(201)}), "有 201 个"),
    "nothing but folders": (zipped({"a/": b"", ".x": b""}), "没有文件"),
    "no table": (zipped({"xl/workbook.xml": b"<x/>"}), "读不出来"),
}


@pytest.mark.parametrize("what", _UNREADABLE)
def test_what_cannot_be_read_says_why(stranger: TestClient, what: str) -> None:
    content, word = _UNREADABLE[what]
    answer = asked(stranger, content)
    assert answer.status_code == 422
    told = answer.json()
    assert word in told["detail"] + told["errors"][0]["message"]
    assert told["remedy"]


def swapped(table: bytes, part: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(table)) as old, zipfile.ZipFile(
        target, "w", zipfile.ZIP_DEFLATED
    ) as new:  # fmt: skip
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    return target.getvalue()


_SHEET = "xl/worksheets/sheet1.xml"


def test_a_table_that_unfolds_without_end_is_refused(stranger: TestClient) -> None:
    table = xlsx([("ZZ51", "x")])
    bomb = swapped(table, _SHEET, b" " * (64 * 2**20))
    lying = bytearray(bomb)
    with zipfile.ZipFile(io.BytesIO(bomb)) as archive:
        at = archive.getinfo(_SHEET).header_offset
    lying[at + 22 : at + 26] = (10).to_bytes(4, "little")
    with zipfile.ZipFile(io.BytesIO(table)) as archive:
        sheet = archive.read(_SHEET)
    far = swapped(table, _SHEET, sheet.replace(b'r="A1"', b'r="XFD1048576"'))
    for content in (bomb, bytes(lying), far):
        assert len(content) < 2**20
        began = time.monotonic()
        answer = asked(stranger, content)
        assert answer.status_code == 422
        assert "太大" in answer.json()["detail"]
        assert time.monotonic() - began < 60


def test_too_many_bytes_are_not_read(stranger: TestClient) -> None:
    assert asked(stranger, b"x" * (MOST_BYTES + 1)).status_code == 422
    assert asked(stranger, b"x" * (MOST_BYTES + 2**17)).status_code == 413


def test_rows_count_as_look_ups(parts: Parts, issued: dict[str, Any], client: TestClient) -> None:
    """A stranger's device has sixty in ten minutes; whoever has a proven name has a day's share."""
    parts.limiter._enabled = True  # noqa: SLF001 -- the tests' house has it switched off
    lines = "".join(f"ZZ51{n:03d},李\n" for n in range(70)).encode()
    with TestClient(create_app(parts)) as stranger:
        stranger.get("/verify")
        rows = rows_of(stranger, lines)
        assert [row["verdict"] for row in rows] == ["unknown"] * 60 + ["not_checked"] * 10
        assert "第 61 行还没有查" in rows[60]["sentence"]
    rows = rows_of(client, lines)
    assert {row["verdict"] for row in rows} == {"unknown"}
    guesses = "".join(f"{issued['number']},王{n}\n" for n in range(25)).encode()
    rows = rows_of(client, guesses)
    assert [row["verdict"] for row in rows] == ["unknown"] * BY_PERSON.most + ["not_checked"] * 15


def test_pasted_lines_are_answered_without_scripts(
    stranger: TestClient, issued: dict[str, Any]
) -> None:
    token = csrf(stranger)["x-csrf-token"]

    def posted(lines: str, token: str = token) -> str:
        given = {"csrf": (None, token), "lines": (None, lines)}
        return str(stranger.post("/verify/batch", files=given).text)

    pasted = f"{issued['number']},{ALICE.name}"
    page = posted(pasted)
    assert 'data-verdict="valid"' in page
    assert 'download="查验结果.xlsx"' in page
    assert pasted in page
    assert "这里有 201 行" in posted("ZZ51 x\n" * 201)
    assert "没有填证书编号和姓名" in posted("  ")
    refused = posted(pasted, "else")
    assert "页面已过期" in refused
    assert pasted in refused
    named = stranger.get("/verify/batch", params={"lines": pasted}).text
    assert ALICE.name not in named
    assert 'data-verdict="' not in stranger.get("/verify/batch").text
