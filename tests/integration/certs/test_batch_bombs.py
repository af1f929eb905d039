"""Small files that would take much room or many looks, and files that lie about themselves."""

import io
import resource
import struct
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.lobby.parts import Parts
from app.main import create_app
from tests import examinee
from tests.graduates import certificate_of, study_through
from tests.integration.certs.test_batch import asked, rows_of, swapped, xlsx, zipped
from tests.integration.certs.test_reissue import _asked_and_granted
from tests.people import ALICE, csrf

_SHEET = "xl/worksheets/sheet1.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_BEGIN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
_END = b"</sheetData></worksheet>"
_FAR = b'<row r="1"><c r="A1"/></row><row r="9999"><c r="ZZ9999" t="str"><v>x</v></c></row>'


@pytest.fixture
def stranger(parts: Parts) -> Iterator[TestClient]:
    with TestClient(create_app(parts)) as opened:
        opened.get("/verify")
        yield opened


def _sheet(rows: bytes) -> bytes:
    return _BEGIN + rows + _END


def _table() -> bytes:
    return xlsx([("ZZ51", "李")])


def _with(table: bytes, name: str, content: bytes) -> bytes:
    target = io.BytesIO(table)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return target.getvalue()


def _elsewhere(name: str) -> bytes:
    """A table whose list of relations names another part as the sheet."""
    with zipfile.ZipFile(io.BytesIO(_table())) as archive:
        told = archive.read(_RELATIONS)
    moved = told.replace(b"worksheets/sheet1.xml", name.removeprefix("xl/").encode())
    assert moved != told
    return _with(swapped(_table(), _RELATIONS, moved), name, _sheet(_FAR))


def _strings(table: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(table)) as archive:
        told = archive.read("xl/sharedStrings.xml")
    lying = told.replace(b'uniqueCount="2"', b'uniqueCount="4294967295"')
    assert lying != told
    return swapped(table, "xl/sharedStrings.xml", lying)


_TABLES = {
    "cells and rows without places": lambda: swapped(
        _table(), _SHEET, _sheet(b"<row/>" * 2**20 + b"<row>" + b"<c/>" * 2**19 + b"</row>")
    ),
    "a corner far out": lambda: swapped(_table(), _SHEET, _sheet(_FAR)),
    "a sheet in a folder": lambda: _elsewhere("xl/worksheets/sub/a.xml"),
    "a sheet in capitals": lambda: _elsewhere("xl/Worksheets/A.XML"),
    "a sheet beside the book": lambda: _elsewhere("xl/a.xml"),
    "more strings than there is room": lambda: _strings(_table()),
}


@pytest.mark.parametrize("what", _TABLES)
def test_a_table_that_would_take_much_room_is_refused(stranger: TestClient, what: str) -> None:
    content = _TABLES[what]()
    assert len(content) < 64 * 1024
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = asked(stranger, content)
    assert answer.status_code == 422
    assert "太大" in answer.json()["detail"]
    taken = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert taken < 128 * 1024, "KiB"


def test_cells_that_do_not_say_where_they_stand_are_read(stranger: TestClient) -> None:
    """Some business software writes them so."""
    cells = b'<c t="str"><v>ZZ51</v></c><c t="str"><v>x</v></c>'
    content = swapped(_table(), _SHEET, _sheet(b"<row>%s</row><row>%s</row>" % (cells, cells)))
    assert [(row["row"], row["label"]) for row in rows_of(stranger, content)] == [
        (1, "ZZ51"), (2, "ZZ51"),
    ]  # fmt: skip


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_that_unfold_without_a_bound_are_not_opened(
    stranger: TestClient, packing: int
) -> None:
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w", packing) as archive:
        archive.writestr("a.pdf", b"\0" * (3 * 2**20))
    (row,) = rows_of(stranger, plain.getvalue())
    assert row["verdict"] == "not_checked"
    table = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_table())) as old, zipfile.ZipFile(table, "w", packing) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert asked(stranger, table.getvalue()).status_code == 422


def test_a_list_of_files_without_end_is_not_read(stranger: TestClient) -> None:
    content = zipped({f"{number:05}.pdf": b"" for number in range(6000)})
    answer = asked(stranger, content)
    assert answer.status_code == 422
    assert "文件太多" in answer.json()["detail"]


def _misspelt() -> bytes:
    """A name that is said to be in UTF-8, and is not."""
    return zipped({"张三张三.pdf": b"x"}).replace("张".encode(), b"\xff\xfe\xfd")


def _lying() -> bytes:
    """The list of files stands where no file can have it (ZIP64)."""
    record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, 2**63 + 5, 2**63 + 1)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, 4, 1)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, 2**32 - 1, 2**32 - 1, 0)
    return b"PK\x03\x04" + record + locator + end


@pytest.mark.parametrize("content", [_misspelt(), _lying()], ids=["name", "place"])
def test_an_archive_that_lies_about_itself_is_damaged(
    stranger: TestClient, content: bytes
) -> None:  # fmt: skip
    answer = asked(stranger, content)
    assert answer.status_code == 422
    assert "损坏" in answer.json()["detail"] or "太多" in answer.json()["detail"]


def test_a_file_beyond_the_limit_is_not_unpacked(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts.limiter._enabled = True  # noqa: SLF001 -- the tests' house has it switched off
    opened: list[str] = []
    plainly = zipfile.ZipFile.open

    def counted(self: zipfile.ZipFile, name: Any, *rest: Any, **more: Any) -> Any:
        opened.append(name.filename)
        return plainly(self, name, *rest, **more)

    content = zipped({f"{number:03}.txt": b"x" for number in range(130)})
    monkeypatch.setattr(zipfile.ZipFile, "open", counted)
    with TestClient(create_app(parts)) as client:
        client.get("/verify")
        rows = rows_of(client, content)
    assert [row["verdict"] for row in rows] == ["unknown"] * 120 + ["not_checked"] * 10
    assert [name for name in opened if name.endswith(".txt")] == [f"{n:03}.txt" for n in range(120)]
    assert "第 121 个文件还没有查" in rows[120]["sentence"]
    assert "剩下的文件" in rows[120]["sentence"]


def test_what_cannot_be_read_is_counted_too(parts: Parts) -> None:
    parts.limiter._enabled = True  # noqa: SLF001 -- the tests' house has it switched off
    with TestClient(create_app(parts)) as client:
        client.get("/verify")
        found = [asked(client, b"PK\x03\x04broken").status_code for _ in range(31)]
        assert found == [422] * 30 + [429]
        token = csrf(client)["x-csrf-token"]
        given = {"csrf": (None, token), "lines": (None, "ZZ51 x")}
        page = client.post("/verify/batch", files=given)
        assert page.status_code == 429
        assert "操作太频繁" in page.text


def test_the_old_paper_names_the_new_one(
    client: TestClient, stranger: TestClient, parts: Parts, clock: SettableClock
) -> None:
    """As it does for one document alone; a number and a name do not tell it."""
    alice = study_through(client, parts, clock)
    examinee.sit(client, parts, alice.enrolment_id)
    old = certificate_of(alice)
    pdf = client.get(f"/api/v1/certificates/{old['certificate_id']}/file.pdf").content
    _asked_and_granted(client, parts, old)
    worker.drain(parts)
    new = client.get("/api/v1/certificates").json()[0]
    (row,) = rows_of(stranger, pdf)
    assert row["verdict"] == "superseded"
    assert f"新证书的编号：{new['number']}。" in row["sentence"]
    (row,) = rows_of(stranger, f"{old['number']},{ALICE.name}".encode())
    assert row["verdict"] == "superseded"
    assert new["number"] not in row["sentence"]
