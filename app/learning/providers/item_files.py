"""Unpacks question files that institutions hand over: a table (xlsx), or a QTI package (zip).

Sizes are counted while unpacking and never believed: a small archive can unfold without end.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from python_calamine import CalamineError, CalamineWorkbook

from app.core.errors import InvalidError
from app.learning.rules.exam_items import ItemContent
from app.learning.rules.item_sheet import COLUMNS, MOST_ROWS
from app.learning.rules.qti_writing import item_name, write_item, write_manifest
from app.learning.rules.sheet_room import Room, fits

MOST_BYTES = 8 * 2**20
"""Of what is handed over as a whole."""
MOST_UNPACKED = 48 * 2**20
MOST_MANIFEST = 8 * 2**20
_MOST_PARTS = MOST_ROWS + 500
_ROOM = Room(rows=MOST_ROWS + 1000, columns=len(COLUMNS) + 12, strings=400_000)
_CHUNK = 64 * 1024
# Deflate gives out no more than it is asked for; bzip2 and LZMA unfold a block without any bound.
_PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_NEEDED = re.compile(
    r"(\[content_types\]|xl/[^/]+|xl/worksheets/.+)\.xml|(_rels|xl/_rels)/[^/]*\.rels",
    re.IGNORECASE,
)
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError,
    ValueError, struct.error, OverflowError,
)  # fmt: skip
_STAMP = (1980, 1, 1, 0, 0, 0)
_MANIFEST = "imsmanifest.xml"


@dataclass(frozen=True, slots=True)
class Package:
    """A QTI package: the manifest, and every XML file by its name."""

    manifest: bytes
    files: dict[str, bytes]


def _refused(message: str, code: str, remedy: str) -> InvalidError:
    return InvalidError(message, field="/file", code=code, remedy=remedy)


def unpack(content: bytes) -> list[list[str]] | Package:
    """The cells of a table's first sheet as text, or a package. Raises InvalidError."""
    if len(content) > MOST_BYTES:
        raise _refused("文件太大。", "too_large", f"最多 {MOST_BYTES // 2**20} MB，请分成几份")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except _BROKEN:
        raise _refused(
            "这个文件读不出来。", "unreadable", "请选 Excel（.xlsx）或 QTI 试题包（.zip）"
        ) from None
    parts = {part.filename: part for part in archive.infolist()}
    if len(parts) > _MOST_PARTS:
        raise _refused("文件里的东西太多。", "too_many", f"一次最多 {MOST_ROWS} 题，请分成几份")
    if "xl/workbook.xml" in parts:
        return _table(archive, list(parts.values()))
    if _MANIFEST in parts:
        return _package(archive, list(parts.values()))
    raise _refused(
        "压缩包里没有题库。", "unreadable",
        f"请选 Excel（.xlsx），或者最外层有 {_MANIFEST} 的 QTI 试题包",
    )  # fmt: skip


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> bytes:
    """The content, read no further than `most` bytes."""
    kept = bytearray()
    try:
        if part.compress_type not in _PACKINGS:
            raise zipfile.BadZipFile
        with archive.open(part) as source:
            while piece := source.read(_CHUNK):
                kept += piece
                if len(kept) > most:
                    raise _refused("解开以后太大。", "too_large", "请分成几份")
    except _BROKEN:
        raise _refused("文件已损坏，或者加了密码。", "unreadable", "请重新保存后再选") from None
    return bytes(kept)


def _table(archive: zipfile.ZipFile, parts: Sequence[zipfile.ZipInfo]) -> list[list[str]]:
    """The reader unpacks by itself and believes sizes, so it gets a copy that is not packed."""
    too_large = _refused("这份表格太大。", "too_large", f"请用模板，一次最多 {MOST_ROWS} 题")
    target, left = io.BytesIO(), MOST_UNPACKED
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy:
        for part in parts:
            if _NEEDED.fullmatch(part.filename):
                content = _unpacked(archive, part, left)
                if not _fits(content):
                    raise too_large
                left -= len(content)
                copy.writestr(part.filename, content)
    target.seek(0)
    try:
        sheet = CalamineWorkbook.from_filelike(target).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, ValueError, IndexError):
        raise _refused("这份表格读不出来。", "unreadable", "请另存为 .xlsx 后再选") from None
    return [[_cell(value) for value in row] for row in rows]


def _fits(part: bytes) -> bool:
    """Each part, for the list of relations may name any of them as the sheet."""
    try:
        return fits(part, _ROOM)
    except ValueError:
        raise _refused("这份表格读不出来。", "unreadable", "请另存为 .xlsx 后再选") from None


def _cell(value: object) -> str:
    """A number that stands in a cell has no point zero behind it."""
    if isinstance(value, bool):
        return "对" if value else "错"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _package(archive: zipfile.ZipFile, parts: Sequence[zipfile.ZipInfo]) -> Package:
    left, files = MOST_UNPACKED, {}
    for part in parts:
        if part.filename.endswith(".xml"):
            files[part.filename] = _unpacked(archive, part, min(left, MOST_MANIFEST))
            left -= len(files[part.filename])
    return Package(files.pop(_MANIFEST), files)


def pack(items: Sequence[ItemContent], version: str) -> bytes:
    """A QTI package of these questions; the same questions give the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        files = {item_name(n): write_item(each, n, version) for n, each in enumerate(items, 1)}
        for name, text in ({_MANIFEST: write_manifest(items, version)} | files).items():
            archive.writestr(zipfile.ZipInfo(name, _STAMP), text, zipfile.ZIP_DEFLATED)
    return target.getvalue()
