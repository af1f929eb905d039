"""Unpacks learning packages (zip) into a folder of ours: every size counted, no name believed.

Files get numbers for names, so nothing of the archive decides where anything is written.
"""

import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.learning.rules.package_files import (
    MOST_FILES,
    PAGE_TYPES,
    PackageFlawError,
    clean_name,
    type_of,
)
from app.learning.rules.package_manifests import MANIFESTS, MOST_MANIFEST, Manifest, read_manifest

MOST_UNPACKED = 2**30
MOST_PAGE = 8 * 2**20
"""Of one web page: it is served from memory, with the run-time's script put in."""
_CHUNK = 256 * 1024
# The end of an archive: where its table of contents is and how large; and the sign of a far larger.
_END, _END_MARK, _FAR_MARK = struct.Struct("<4s4H2LH"), b"PK\5\6", b"PK\6\7"
_MOST_TAIL = 2**16 + 64
_MOST_DIRECTORY = 4 * 2**20
# Deflate gives out no more than it is asked for; bzip2 and LZMA unfold a block without any bound.
_PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError,
    ValueError, struct.error, OverflowError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class UnpackedFile:
    """A file of the package: its name there, its type, and where it lies now."""

    name: str
    content_type: str
    size: int
    path: Path


@dataclass(frozen=True, slots=True)
class Unpacked:
    manifest: Manifest
    files: tuple[UnpackedFile, ...]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


def unpack(archive: Path, folder: Path, told: Callable[[int, int], None]) -> Unpacked:
    """Unpack into an empty folder; `told` hears how many files of how many are done.

    Raises PackageFlawError.
    """
    try:
        _look_at_directory(archive)
        with _open(archive) as opened:
            wanted = _named(opened)
            files = []
            left = MOST_UNPACKED
            for number, (name, part) in enumerate(wanted.items()):
                files.append(_write(opened, part, name, folder / str(number), left))
                left -= files[-1].size
                told(number + 1, len(wanted))
    except PackageFlawError:
        raise
    except _BROKEN:
        raise _flaw("课件包读不出来，可能没有传完整或加了密码。请重新导出为 zip 再上传。") from None
    return Unpacked(_manifest(files), tuple(files))


def _flaw(sentence: str) -> PackageFlawError:
    return PackageFlawError(sentence)


def _look_at_directory(archive: Path) -> None:
    """Refuse a table of contents that is too large to be read at all, before it is read."""
    with archive.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - _MOST_TAIL))
        tail = file.read()
    place = len(tail) - _END.size
    if not tail.endswith(b"\0\0") or tail[place : place + 4] != _END_MARK:
        place = tail.rfind(_END_MARK)
    if place < 0:
        raise zipfile.BadZipFile
    directory_size = _END.unpack_from(tail, place)[5]
    if _FAR_MARK in tail[max(0, place - 20) : place] or directory_size > _MOST_DIRECTORY:
        raise _flaw(f"课件包里的文件超过 {MOST_FILES} 个。请分成几个课件包。")


def _open(archive: Path) -> zipfile.ZipFile:
    """Names that do not say how they are written: UTF-8 where all fit, else as Chinese Windows.

    macOS and many exporters write UTF-8 and do not say so.
    """
    for encoding in ("utf-8", "gb18030"):
        try:
            return zipfile.ZipFile(archive, metadata_encoding=encoding)
        except UnicodeDecodeError:
            continue
    return zipfile.ZipFile(archive)


def _named(opened: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Every file by its clean name; refuses links, doubles and what is packed in other ways."""
    found: dict[str, zipfile.ZipInfo] = {}
    for part in opened.infolist():
        name = _checked_name(part)
        if name is None:
            continue
        if name in found:
            raise _flaw(f"课件包里有两个“{name[:80]}”。请从制作软件里重新导出。")
        found[name] = part
    if len(found) > MOST_FILES:
        raise _flaw(f"课件包里的文件超过 {MOST_FILES} 个。请分成几个课件包。")
    return found


def _checked_name(part: zipfile.ZipInfo) -> str | None:
    """The clean name of a file; None for folders and what is left out."""
    if not part.filename:
        raise _flaw("课件包里有没有名称的文件。请从制作软件里重新导出为 zip。")
    if stat.S_ISLNK(part.external_attr >> 16):
        raise _flaw("课件包里有指向别处的链接。请从制作软件里重新导出为 zip。")
    name = None if part.is_dir() else clean_name(part.filename)
    if name is None:
        return None
    type_of(name)
    if part.compress_type not in _PACKINGS or part.flag_bits & 1:
        raise _flaw("课件包的压缩方式读不了，或者加了密码。请用普通的 zip 重新压缩。")
    return name


def _write(
    opened: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, path: Path, left: int
) -> UnpackedFile:  # fmt: skip
    kind = type_of(name)
    most = min(left, MOST_PAGE) if kind in PAGE_TYPES else left
    size = 0
    with opened.open(part) as source, path.open("wb") as target:
        while piece := source.read(_CHUNK):
            size += len(piece)
            if size > most:
                raise _flaw(
                    f"课件包解开以后太大（“{name[:80]}”）。全部最多 {MOST_UNPACKED // 2**20} MB，"
                    f"一个网页最多 {MOST_PAGE // 2**20} MB。请压缩图片和视频后重新导出。"
                )
            target.write(piece)
    return UnpackedFile(name, kind, size, path)


def _manifest(files: list[UnpackedFile]) -> Manifest:
    by_name = {file.name: file for file in files}
    for name in MANIFESTS:
        file = by_name.get(name)
        if file is not None and file.size > MOST_MANIFEST:
            raise _flaw(
                f"{name} 有 {file.size / 2**20:.1f} MB，最多 {MOST_MANIFEST // 2**20} MB。"
                "请分成几个课件包，或者导出时不带每个文件的说明（metadata）。"
            )
        if file is not None:
            return read_manifest(name, file.path.read_bytes(), by_name)
    raise _flaw(
        "压缩包最外层没有 imsmanifest.xml（SCORM）或 cmi5.xml（cmi5）。"
        "请在制作软件里导出 SCORM 1.2、SCORM 2004 或 cmi5，原样上传，不要再套一层文件夹。"
    )
