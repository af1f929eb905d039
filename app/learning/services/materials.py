"""Teaching materials of a version: attached by its makers, taken along by who is enrolled in it."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.core.ids import new_id
from app.core.storage import Storage
from app.learning.models.versions import Material
from app.learning.repository import catalogue as course_rows
from app.learning.repository import versions as rows
from app.learning.rules.materials import MOST_OF_A_VERSION, type_of
from app.learning.services.drafts import Maker, draft_to_change, own_version


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialView:
    material_id: str
    title: str
    content_type: str
    size: int
    storage_key: str


def check(db: Session, maker: Maker, version_id: str, title: str, content: bytes) -> str:
    """Look at a document before it is stored; returns its type.

    Raises NotFoundError, ConflictError, InvalidError.
    """
    draft_to_change(db, maker, version_id)
    if len(rows.materials(db, version_id)) >= MOST_OF_A_VERSION:
        raise ConflictError(
            f"最多 {MOST_OF_A_VERSION} 份教材。", field="/query/title", code="too_many",
            remedy="请删去不要的，或合并成一份",
        )  # fmt: skip
    found = type_of(title, content)
    if found is None:
        raise InvalidError(
            "教材要用 PDF、docx、xlsx 或 pptx 文件。", field="/query/title", code="material_type",
            remedy="请另存为 PDF 再添加；文件名要带后缀",
        )  # fmt: skip
    return found


def store(storage: Storage, maker: Maker, content: bytes) -> str:
    """Store a document under a name that holds its content; before the transaction."""
    key = f"materials/{maker.org_id}/{hashlib.sha256(content).hexdigest()[:32]}"
    storage.put(key, content)
    return key


def attach(
    db: Session, maker: Maker, version_id: str, view: MaterialView, *, now: dt.datetime
) -> str:
    """Attach what is stored already; `material_id` of the view is not read.

    Raises NotFoundError, ConflictError.
    """
    draft_to_change(db, maker, version_id)
    row = Material(
        id=new_id(now), version_id=version_id, title=view.title, content_type=view.content_type,
        size=view.size, storage_key=view.storage_key, created_at=now,
    )  # fmt: skip
    db.add(row)
    db.flush()
    return row.id


def remove(db: Session, maker: Maker, material_id: str) -> None:
    """Raises NotFoundError, ConflictError."""
    row = db.get(Material, material_id)
    if row is None:
        raise _missing()
    draft_to_change(db, maker, row.version_id)
    db.delete(row)
    db.flush()


def list_of(db: Session, version_id: str) -> tuple[MaterialView, ...]:
    """The materials of a version; whose it is, the caller has looked."""
    return tuple(_view(row) for row in rows.materials(db, version_id))


def list_for_learner(
    db: Session, enrolment_id: str, *, learner_id: str
) -> tuple[MaterialView, ...]:
    """The materials of the version that an enrolment of one's own is on. Raises NotFoundError."""
    enrolment = course_rows.enrolment(db, enrolment_id)
    if enrolment is None or enrolment.learner_id != learner_id:
        raise _missing()
    return list_of(db, rows.version_id(enrolment))


def for_learner(
    db: Session, enrolment_id: str, material_id: str, *, learner_id: str
) -> MaterialView:
    """One of them. Raises NotFoundError."""
    known = list_for_learner(db, enrolment_id, learner_id=learner_id)
    return _among(known, material_id)


def for_maker(db: Session, maker: Maker, material_id: str) -> MaterialView:
    """A material of the maker's institution. Raises NotFoundError."""
    row = db.get(Material, material_id)
    if row is None:
        raise _missing()
    own_version(db, maker, row.version_id)
    return _view(row)


def _among(known: tuple[MaterialView, ...], material_id: str) -> MaterialView:
    found = next((each for each in known if each.material_id == material_id), None)
    if found is None:
        raise _missing()
    return found


def _missing() -> NotFoundError:
    return NotFoundError("没有这份教材。", remedy="请从课程页进入")


def _view(row: Material) -> MaterialView:
    return MaterialView(
        material_id=row.id, title=row.title, content_type=row.content_type, size=row.size,
        storage_key=row.storage_key,
    )  # fmt: skip
