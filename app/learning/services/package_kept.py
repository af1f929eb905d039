"""What packages keep of a learner, under the learner's own key: sealed and opened here alone.

Names and types are a package's to choose and may say as much as what they stand over, so they are
sealed with it; a name is found by its keyed hash.
"""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.errors import NotFoundError
from app.core.first_rows import add_first
from app.core.ids import new_id
from app.core.own_rows import copied, rows_of
from app.core.resealing import SealedColumn
from app.identity.services import person_keys
from app.learning.models.packages import PackageRecord
from app.learning.repository import packages as rows
from app.learning.repository.packages import Whose
from app.learning.rules.own_data import OwnPackageRecord


def _context(record_id: str) -> str:
    return f"package_record.words_sealed:{record_id}"


COLUMNS = (
    SealedColumn(
        PackageRecord.id, PackageRecord.words_sealed, _context, PackageRecord.learner_id
    ),
)  # fmt: skip
"""Where packages' records hold sealed values."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a record says, in clear."""

    name: str
    content: str
    content_type: str


def find(db: Session, vault: Vault, whose: Whose, kind: str, name: str) -> Kept | None:
    """The record of this name; None where there is none."""
    row = rows.record(db, whose, kind, _index(vault, whose, kind, name))
    return _opened(person_keys.vault_of(db, vault, whose[0]), row) if row else None


def all_of(db: Session, vault: Vault, whose: Whose, kind: str) -> list[Kept]:
    """All of one kind, the oldest first."""
    own = person_keys.vault_of(db, vault, whose[0])
    return [_opened(own, row) for row in rows.records(db, whose, kind)]


def of_lesson(
    db: Session, vault: Vault, learner_id: str, enrolment_id: str, lesson_id: str, kind: str
) -> list[tuple[int, str]]:  # fmt: skip
    """Part and content of all of one kind that a lesson's parts kept, by parts, oldest first."""
    own = person_keys.vault_of(db, vault, learner_id)
    found = rows.of_lesson(db, learner_id, enrolment_id, lesson_id, kind)
    return [(row.part, _opened(own, row).content) for row in found]


def held(
    db: Session, vault: Vault, whose: Whose, kind: str, name: str, *, now: dt.datetime
) -> tuple[PackageRecord, Kept]:
    """The record of this name, made empty where there is none, held until the transaction ends.

    Raises NotFoundError for somebody deleted.
    """
    own = person_keys.sealing_vault_of(db, vault, whose[0], now=now)
    index = _index(vault, whose, kind, name)
    row = rows.record_to_change(db, whose, kind, index)
    if row is None:
        add_first(db, _new(own, whose, kind, index, name, now))
        row = rows.record_to_change(db, whose, kind, index)
    if row is None:
        raise NotFoundError("没有这个课件包。", remedy="请从课程页进入")
    return row, _opened(own, row)


def _new(
    own: Vault, whose: Whose, kind: str, index: str, name: str, now: dt.datetime
) -> PackageRecord:
    learner_id, enrolment_id, lesson_id, part = whose
    row_id = new_id(now)
    return PackageRecord(
        id=row_id, learner_id=learner_id, enrolment_id=enrolment_id, lesson_id=lesson_id, part=part,
        kind=kind, name_index=index, words_sealed=_sealed(own, row_id, Kept(name, "", "")), at=now,
    )  # fmt: skip


def put(db: Session, vault: Vault, row: PackageRecord, kept: Kept, *, now: dt.datetime) -> None:
    """Write what a held record says from now on. Raises NotFoundError for somebody deleted."""
    own = person_keys.sealing_vault_of(db, vault, row.learner_id, now=now)
    row.words_sealed, row.at = _sealed(own, row.id, kept), now
    db.flush()


def drop(db: Session, vault: Vault, whose: Whose, kind: str, name: str) -> None:
    """Forget a record; where there is none nothing happens."""
    row = rows.record(db, whose, kind, _index(vault, whose, kind, name))
    if row is not None:
        db.delete(row)
        db.flush()


def take_along(
    db: Session, vault: Vault, learner_id: str, title: Callable[[str], str]
) -> list[OwnPackageRecord]:
    """All of them in clear, for their learner; `title` names a lesson. Raises ConflictError."""
    own = person_keys.vault_of(db, vault, learner_id)
    return [
        copied(
            OwnPackageRecord, row, lesson=title(row.lesson_id), **asdict(_opened(own, row))
        )
        for row in rows_of(db, PackageRecord, PackageRecord.learner_id == learner_id)
    ]  # fmt: skip


def _index(vault: Vault, whose: Whose, kind: str, name: str) -> str:
    """The hash has the place in it: the same name of two learners does not look the same."""
    place = json.dumps([*whose, kind, name], ensure_ascii=False)
    return vault.blind_index(place, context="package_record.name")


def _sealed(own: Vault, record_id: str, kept: Kept) -> bytes:
    text = json.dumps(asdict(kept), ensure_ascii=False)
    return own.seal(text, context=_context(record_id))


def _opened(own: Vault, row: PackageRecord) -> Kept:
    return Kept(**json.loads(own.open(row.words_sealed, context=_context(row.id))))
