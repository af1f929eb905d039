"""Unpacking a package that was sent: the worker's part of coding, for lessons of that kind."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.core.storage import Storage
from app.learning.models.catalogue import Lesson, MediaAsset
from app.learning.models.packages import CoursePackage, PackageFile
from app.learning.providers.package_zip import Unpacked, unpack

PACKAGE_TYPE = "application/zip"
"""Of the medium of a lesson that is a package."""


def file_key(storage_key: str, number: int) -> str:
    """Where a file of a package is stored."""
    return f"{storage_key}/{number}"


def content_key(upload_id: str, archive: Path) -> str:
    """The package's key in the store: it names what was sent, so a version's hash covers it."""
    digest = hashlib.sha256()
    with archive.open("rb") as file:
        while piece := file.read(2**20):
            digest.update(piece)
    return f"packages/{upload_id}/{digest.hexdigest()[:32]}"


def unpack_and_store(
    storage: Storage, key: str, archive: Path, folder: Path, told: Callable[[int, int], None]
) -> Unpacked:
    """Unpack, and store every file before any is named; `told` hears so many of how many.

    Raises PackageFlawError, UnavailableError.
    """
    target = folder / "files"
    target.mkdir()
    found = unpack(archive, target, told)
    for number, file in enumerate(found.files):
        storage.put_file(file_key(key, number), file.path)
        told(number + 1, len(found.files))
    return found


def write(db: Session, asset: MediaAsset, key: str, found: Unpacked) -> None:
    """Name what is stored; done twice, it is one."""
    db.execute(delete(PackageFile).where(PackageFile.asset_id == asset.id))
    db.execute(delete(CoursePackage).where(CoursePackage.asset_id == asset.id))
    db.add(
        CoursePackage(
            asset_id=asset.id, standard=found.manifest.standard, title=found.manifest.title,
            parts=[part.to_mapping() for part in found.manifest.parts],
        )
    )  # fmt: skip
    db.flush()
    for number, file in enumerate(found.files):
        db.add(
            PackageFile(
                asset_id=asset.id, name=file.name, number=number,
                content_type=file.content_type, size=file.size,
            )
        )  # fmt: skip
    asset.storage_key, asset.size, asset.state = key, found.size, "ready"
    db.flush()


def divide(lesson: Lesson, parts: list[dict[str, Any]]) -> None:
    """Lay the parts one after the other, each as long as was stated for as many before (R29)."""
    stated = [int(page["ms"]) for page in lesson.pages]
    lengths = stated if len(stated) == len(parts) else [0] * len(parts)
    lesson.pages = [
        {"n": n, "ms": ms, "title": part["title"]}
        for n, (part, ms) in enumerate(zip(parts, lengths, strict=True), 1)
    ]
    lesson.length_ms = sum(lengths)
