"""A package in a draft: what is in it, and how long its author says that each part takes."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.errors import ConflictError, InvalidError
from app.learning.repository import authoring as rows
from app.learning.repository import packages as package_rows
from app.learning.rules.package_manifests import NAMES
from app.learning.services.draft_lessons import lesson_to_change
from app.learning.services.drafts import Maker

MOST_MINUTES = 240
"""Of one part; longer ones have pauses in them, and are made in parts."""
_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class PartView:
    number: int
    title: str
    minutes: int


@dataclass(frozen=True, slots=True)
class PackageView:
    """`standard` is a name for people."""

    standard: str
    title: str
    parts: tuple[PartView, ...]


def view(db: Session, lesson_id: str) -> PackageView | None:
    """What a lesson's package holds; whose lesson it is, the caller has looked."""
    lesson = rows.lesson(db, lesson_id)
    found = package_rows.package(db, lesson.asset_id) if lesson and lesson.asset_id else None
    if lesson is None or found is None:
        return None
    parts = tuple(
        PartView(page["n"], page["title"], page["ms"] // _MINUTE_MS) for page in lesson.pages
    )
    return PackageView(NAMES[found.standard], found.title, parts)


def state_lengths(db: Session, maker: Maker, lesson_id: str, minutes: tuple[int, ...]) -> None:
    """Say how many minutes each part takes, in their order.

    Raises NotFoundError, ConflictError, InvalidError.
    """
    row = lesson_to_change(db, maker, lesson_id)[1]
    if row.kind != "package" or not row.pages:
        raise ConflictError(
            "这节课还没有课件包。", code="no_package", remedy="请先上传课件包，等它解开"
        )
    if len(minutes) != len(row.pages):
        raise InvalidError(
            f"课件包有 {len(row.pages)} 个部分，每个部分都要写分钟数。", field="/minutes",
            code="parts", remedy="请刷新页面后再填写",
        )  # fmt: skip
    for place, given in enumerate(minutes):
        if not 1 <= given <= MOST_MINUTES:
            raise InvalidError(
                f"第 {place + 1} 部分的时长要在 1～{MOST_MINUTES} 分钟之间。",
                field=f"/minutes/{place}", code="minutes", remedy="请写学完这一部分需要的分钟数",
            )  # fmt: skip
    row.pages = [
        page | {"ms": given * _MINUTE_MS} for page, given in zip(row.pages, minutes, strict=True)
    ]
    row.length_ms = sum(minutes) * _MINUTE_MS
    row.questions = []  # they stood at moments that are others now
    db.flush()
