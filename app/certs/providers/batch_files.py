"""Unpacks what is handed over for many certificates at once: a table, or an archive of documents.

Sizes are counted while unpacking and never believed: a small archive can unfold without end.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from python_calamine import CalamineError, CalamineWorkbook

from app.certs.rules import strict_json
from app.certs.rules.batch import MOST, Line, NoColumnsError, lines_of_table, lines_of_text
from app.certs.rules.sheets import MOST_COLUMNS, SMALL, is_small
from app.core.errors import InvalidError
from app.learning.rules.sheet_room import Room

MOST_BYTES = 24 * 2**20
"""Of what is handed over as a whole."""
MOST_TABLE_BYTES = 8 * 2**20
"""Of a table when it is unpacked."""
MOST_TEXT_BYTES = 256 * 1024
"""Of lines: three times what 200 of the longest take."""
MOST_DIRECTORY_BYTES = 256 * 1024
"""Of an archive's list of files, which is read as a whole before anything is counted."""
_MOST_PARTS = 200
_CHUNK = 64 * 1024
_PDF = b"%PDF-"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # with files, and without any
# Deflate gives out no more than it is asked for; bzip2 and LZMA unfold a block without any bound.
_PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# What the cells of a table need: no pictures, charts, pivots, or what other software keeps there.
_NEEDED = re.compile(
    r"(\[content_types\]|xl/[^/]+|xl/worksheets/.+)\.xml|(_rels|xl/_rels)/[^/]*\.rels",
    re.IGNORECASE,
)
_FIELD = "/file"
_TAKEN = "请另存为 Excel（.xlsx）或 CSV 再选；证书请选 PDF 或电子凭证，或装着它们的压缩包"
_AGAIN = "请把这一行的编号和姓名重新打一遍；是文件的，请另存为 Excel（.xlsx）或 CSV 再选"
_T = TypeVar("_T")
# ValueError: a name that is not in UTF-8 as it says; struct.error, OverflowError: sizes that lie.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError,
    ValueError, struct.error, OverflowError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """One file of an archive.

    `unpack` gives its content, or None where it is too large, or cannot be unpacked.
    """

    row: int
    name: str
    unpack: Callable[[], bytes | None]


@dataclass(frozen=True, slots=True)
class Documents:
    """The files of an archive, each unpacked when it is asked for."""

    archive: zipfile.ZipFile
    parts: tuple[zipfile.ZipInfo, ...]
    most_bytes: int

    def __iter__(self) -> Iterator[Document]:
        for row, part in enumerate(self.parts, start=1):
            unpack = partial(_unpacked, self.archive, part, self.most_bytes)
            yield Document(row, _name(part), unpack)


class _Given(io.BytesIO):
    """Gives no more at once than a list of files may have: `zipfile` reads that in one piece."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MOST_DIRECTORY_BYTES:
            raise _DirectoryTooLargeError
        return super().read(size)


class _DirectoryTooLargeError(Exception):
    pass


def read(content: bytes, *, most_bytes: int) -> list[Line] | Documents:
    """Tell what was handed over. `most_bytes` is the largest document.

    Raises InvalidError that says what is wrong with it, and what to do.
    """
    if not content:
        raise _refused("这个文件是空的。", "missing", "请重新保存或下载一次再选")
    if len(content) > MOST_BYTES:
        raise _refused("文件太大。", "too_large", f"一次最多 {MOST_BYTES // 2**20} MB，请分成几份")
    if not content.startswith(_ZIP):
        if is_document(content):
            return _documents(_archive_of(content), most_bytes)
        return _counted(_lines(lines_of_text, _text(content)))
    archive = opened(content)
    names = {part.filename for part in archive.infolist()}
    if "xl/workbook.xml" in names:
        return _counted(_lines(lines_of_table, _table(archive)))
    return _documents(archive, most_bytes)


def is_document(content: bytes) -> bool:
    """Tell whether it is one document by itself: a PDF, or signed JSON, and no lines."""
    head = content[:1024]
    return _PDF in head or head.removeprefix(strict_json.MARK).lstrip().startswith(b"{")


def together(files: Sequence[tuple[str, bytes]]) -> bytes:
    """Make of several files the archive that a page with scripts would send.

    A single table stays itself, a single document is named by its file's name.
    """
    if len(files) == 1 and not is_document(files[0][1]):
        return files[0][1]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for place, (name, content) in enumerate(files):
            # Each in a folder of its own: two may have one name.
            archive.writestr(zipfile.ZipInfo(f"{place}/{name}"), content)
    return target.getvalue()


def _refused(message: str, code: str, remedy: str) -> InvalidError:
    return InvalidError(message, field=_FIELD, code=code, remedy=remedy)


def _lines(reader: Callable[[_T], list[Line]], given: _T) -> list[Line]:
    try:
        return reader(given)
    except NoColumnsError as found:
        message = f"没有找到“证书编号”和“姓名”两列，读到的列是：{'、'.join(found.read)}。"
        raise _refused(message, "no_columns", "请把这两列的列名改成“证书编号”和“姓名”") from None


def _counted(lines: list[Line]) -> list[Line]:
    if not lines:
        raise _refused("没有读到证书编号。", "missing", "请每行填一个证书编号和持证人姓名")
    if len(lines) > MOST:
        message = f"一次最多查 {MOST} 行，这里有 {len(lines)} 行。"
        raise _refused(message, "too_many", "请分成几份，一份一份地查")
    return lines


def _text(content: bytes) -> str:
    """UTF-8, or what Excel on a Chinese Windows saves as CSV."""
    if len(content) > MOST_TEXT_BYTES:
        message = f"一次最多查 {MOST} 行，这份内容太长。"
        raise _refused(message, "too_large", "请只留证书编号和姓名，分成几份一份一份地查")
    for encoding in ("utf-8-sig", "gb18030"):
        with suppress(UnicodeDecodeError):
            return _without_nul(content.decode(encoding))
    raise _refused("这个文件读不出来。", "unreadable", _TAKEN)


def _without_nul(text: str) -> str:
    """What has this sign in it is no text that anybody typed, and would stand in an odd cell."""
    before, found, _ = text.partition("\0")
    if found:
        row = len(f"{before}.".splitlines())
        raise _refused(f"第 {row} 行里有读不出来的字符。", "unreadable", _AGAIN)
    return text


def opened(content: bytes) -> zipfile.ZipFile:
    """Open an archive whose list of files is of a bearable length. Raises InvalidError."""
    try:
        return zipfile.ZipFile(_Given(content))
    except _DirectoryTooLargeError:
        message = f"一次最多查 {MOST} 个文件，这个压缩包里的文件太多。"
        raise _refused(message, "too_many", "请分成几个压缩包") from None
    except _BROKEN:
        raise _refused("压缩包或表格已损坏。", "unreadable", "请重新保存后再选") from None


def _archive_of(document: bytes) -> zipfile.ZipFile:
    """A single document is an archive of one; what its file was called is not known."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("PDF" if _PDF in document[:1024] else "电子凭证", document)
    return zipfile.ZipFile(target)


def _documents(archive: zipfile.ZipFile, most_bytes: int) -> Documents:
    """Its files, without folders and what a Mac adds."""
    parts = tuple(
        part
        for part in archive.infolist()
        if not part.is_dir()
        and not part.filename.startswith("__MACOSX/")
        and not part.filename.rpartition("/")[2].startswith(".")
    )
    if not parts:
        raise _refused("压缩包里没有文件。", "missing", "请把证书的 PDF 放进压缩包")
    if len(parts) > MOST:
        message = f"一次最多查 {MOST} 个文件，压缩包里有 {len(parts)} 个。"
        raise _refused(message, "too_many", "请分成几个压缩包")
    return Documents(archive, parts, most_bytes)


def _name(part: zipfile.ZipInfo) -> str:
    """A name as it was written: a Chinese Windows does not say that it writes GBK."""
    name = part.filename
    if not part.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("gb18030")
        except UnicodeError:
            name = part.filename
    return name.rpartition("/")[2][:120]


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> bytes | None:
    """The content, read no further than `most` bytes."""
    if part.compress_type not in _PACKINGS:
        return None
    kept = bytearray()
    try:
        with archive.open(part) as source:
            while piece := source.read(_CHUNK):
                kept += piece
                if len(kept) > most:
                    return None
    except _BROKEN:
        return None
    return bytes(kept)


def _table(archive: zipfile.ZipFile) -> list[list[str]]:
    """The cells of the first sheet, as text."""
    try:
        book = CalamineWorkbook.from_filelike(
            plain_copy(archive, most_bytes=MOST_TABLE_BYTES, most=SMALL, too_large=_too_large())
        )
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, IndexError):
        raise _refused("这份表格读不出来。", "unreadable", "请另存为 .xlsx 后再选") from None
    return [[_cell(value) for value in row[:MOST_COLUMNS]] for row in rows]


def _cell(value: object) -> str:
    """A number that stands in a cell has no point zero behind it."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _too_large() -> InvalidError:
    return _refused("这份表格太大。", "too_large", "请只留证书编号和姓名两列，再保存一次")


def plain_copy(
    archive: zipfile.ZipFile, *, most_bytes: int, most: Room, too_large: InvalidError
) -> io.BytesIO:
    """The same parts, unpacked under our own count and written anew without any packing.

    The reader of tables unpacks by itself, and would believe what the archive says of its sizes.
    Raises what is given as `too_large`, and ValueError where a part is no XML.
    """
    parts = archive.infolist()
    if len(parts) > _MOST_PARTS:
        raise too_large
    target, left = io.BytesIO(), most_bytes
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy:
        for part in {part.filename: part for part in parts}.values():
            if not _NEEDED.fullmatch(part.filename):
                continue
            content = _unpacked(archive, part, left)
            # Each, for the list of relations may name any of them as the sheet.
            if content is None or not is_small(content, most):
                raise too_large
            left -= len(content)
            copy.writestr(part.filename, content)
    target.seek(0)
    return target
