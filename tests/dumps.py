"""What somebody holds who carried off database, object store and logs, and what they look for."""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import MetaData, select

from app.core.db import Database

_LEAST = 24
"""Bytes of a picture or template that stand together nowhere by chance."""


def spellings(secret: str) -> dict[str, bytes]:
    """Every way in which a text may lie about: as it is, encoded, or hashed without a key."""
    raw = secret.encode()
    found = {
        "plain": raw,
        "utf-16": secret.encode("utf-16-le"),
        "gb18030": secret.encode("gb18030"),
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "percent": quote(secret).encode(),
        "json": secret.encode("unicode_escape"),
        **{f"base64 at {shift}": each for shift, each in _in_base64(raw)},
    }
    for name in ("md5", "sha1", "sha256"):
        for what, hashed in (
            ("", secret),
            ("+86", f"+86{secret}"),
            ("code", f"code.phone\0{secret}"),
        ):
            digest = hashlib.new(name, hashed.encode()).digest()
            found |= {f"{name} {what}": digest, f"{name} {what} hex": digest.hex().encode()}
    return found


def _in_base64(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """The letters that the bytes alone decide, for each place they may have in a longer text."""
    for shift in range(3):
        text = base64.b64encode(bytes(shift) + raw)
        first = (0, 2, 3)[shift]
        whole = (shift + len(raw)) * 8 // 6
        yield shift, text[first:whole]


def pieces(content: bytes, *, step: int = 997) -> list[bytes]:
    """Pieces out of the whole length of a picture or a template, as bytes, in hex and base64."""
    found = []
    for start in range(0, max(1, len(content) - _LEAST), step):
        piece = content[start : start + _LEAST]
        if len(set(piece)) < 4:
            continue  # what is only filled up stands anywhere
        found += [piece, piece.hex().encode(), *(each for _, each in _in_base64(piece))]
    return found


def database_bytes(database: Database) -> bytes:
    """Everything in a database: SQLite's files with the log, each value of each PostgreSQL row."""
    if database.dialect == "sqlite":
        path = Path(database.url.removeprefix("sqlite:///"))
        beside = [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))]
        return b"\0".join(each.read_bytes() for each in beside if each.exists())
    schema = MetaData()
    schema.reflect(database.engine)
    parts: list[bytes] = []
    with database.engine.connect() as connection:
        for table in schema.tables.values():
            for row in connection.execute(select(table)):
                parts += [_bytes_of(value) for value in row]
    return b"\0".join(parts)


def _bytes_of(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def folder_bytes(folder: Path) -> bytes:
    """Every file under a folder, with its name."""
    files = sorted(each for each in folder.rglob("*") if each.is_file())
    return b"\0".join(str(each).encode() + b"\0" + each.read_bytes() for each in files)
