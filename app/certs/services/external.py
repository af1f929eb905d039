"""Certificates of others that a holder records as evidence: kept for them, shown to them alone.

They are listed apart, never drawn as ours, have no page and no code, and no look-up finds them.
"""

import datetime as dt
import json
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.certs import repository as rows
from app.certs.models import EXTERNAL, ExternalCertificate
from app.certs.rules import external
from app.certs.rules.external import Evidence, ExternalFlawError
from app.certs.rules.own_data import OwnExternalCertificate
from app.certs.rules.types import TypeTable
from app.core import audit
from app.core.crypto import Vault
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.core.first_rows import add_first
from app.core.ids import new_id
from app.core.own_rows import copied, rows_of
from app.core.resealing import SealedColumn
from app.identity.rules.local_days import local_day
from app.identity.services import people, person_keys


def _context(external_id: str) -> str:
    return f"external_certificate.words_sealed:{external_id}"


COLUMNS = (
    SealedColumn(
        ExternalCertificate.id, ExternalCertificate.words_sealed, _context,
        ExternalCertificate.learner_id,
    ),
)  # fmt: skip
"""Where this room holds sealed values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalView:
    """One as its holder sees it: the number masked, the level as the number states it."""

    external_id: str
    kind: str
    kind_name: str
    title: str
    level: str
    number: str
    issuer: str
    issued_on: dt.date
    valid_until: dt.date | None
    is_over: bool


@dataclass(frozen=True, slots=True)
class KindView:
    """A kind that can be recorded, and how its numbers are spelled."""

    code: str
    name: str
    hint: str


def kinds(table: TypeTable) -> list[KindView]:
    """The kinds that are somebody else's and whose numbers are known here."""
    return [
        KindView(kind.code, kind.name, external.NUMBERINGS[kind.code].hint)
        for kind in table.kinds
        if not kind.issued_here and kind.code in external.NUMBERINGS
    ]


def record(
    db: Session, vault: Vault, table: TypeTable, learner_id: str, given: Evidence,
    *, now: dt.datetime,
) -> ExternalView:  # fmt: skip
    """Write one down. Raises InvalidError that names the field, ConflictError for one too many."""
    known = rows.externals_of(db, learner_id)
    evidence = _checked(db, vault, table, learner_id, given, now)
    index = vault.blind_index(f"{evidence.kind}:{evidence.number}", context=EXTERNAL)
    if any(row.number_index == index for row in known):
        raise _recorded()
    if len(known) >= external.MOST:
        raise ConflictError(
            f"最多登记 {external.MOST} 张证书。", code="too_many", remedy="请先删去不用的"
        )
    own = person_keys.sealing_vault_of(db, vault, learner_id, now=now)
    row_id = new_id(now)
    row = ExternalCertificate(
        id=row_id, learner_id=learner_id, kind=evidence.kind, number_index=index,
        words_sealed=own.seal(_words(evidence), context=_context(row_id)),
        issued_on=evidence.issued_on, valid_until=evidence.valid_until, recorded_at=now,
    )  # fmt: skip
    if not add_first(db, row):
        raise _recorded()
    audit.record(
        db, "certificate.external_recorded", now=now, actor_id=learner_id, subject_id=row.id,
        kind=row.kind,
    )  # fmt: skip
    return _view(own, table, row, now)


def _recorded() -> ConflictError:
    return ConflictError(
        "这张证书已经登记过了。", code="recorded", field="/number", remedy="请回“我的证书”查看"
    )


def _checked(
    db: Session, vault: Vault, table: TypeTable, learner_id: str, given: Evidence,
    now: dt.datetime,
) -> Evidence:  # fmt: skip
    is_proven = people.views(db, vault, [learner_id])[learner_id].is_verified

    def is_own(number: str) -> bool | None:
        return people.find_by_document(db, vault, number) == learner_id if is_proven else None

    is_theirs = any(kind.code == given.kind for kind in kinds(table))
    try:
        # A kind that the table has not is unknown, whatever is known of its numbers.
        asked = given if is_theirs else replace(given, kind="")
        return external.read(asked, today=local_day(now), is_own=is_own)
    except ExternalFlawError as flaw:
        raise InvalidError(flaw.sentence, field=f"/{flaw.field}", remedy=flaw.remedy) from None


def list_own(
    db: Session, vault: Vault, table: TypeTable, learner_id: str, *, now: dt.datetime
) -> list[ExternalView]:
    """What a holder recorded, the newest issue first."""
    found = rows.externals_of(db, learner_id)
    own = person_keys.vault_of(db, vault, learner_id) if found else vault
    return [_view(own, table, row, now) for row in found]


def remove(db: Session, external_id: str, *, learner_id: str, now: dt.datetime) -> None:
    """Delete one's own. Raises NotFoundError for anybody else's."""
    row = rows.external(db, external_id)
    if row is None or row.learner_id != learner_id:
        raise NotFoundError("没有登记过这张证书。", remedy="请从“我的证书”进入")
    db.delete(row)
    audit.record(
        db, "certificate.external_removed", now=now, actor_id=learner_id, subject_id=external_id
    )


def forget(db: Session, learner_id: str) -> None:
    """Delete all that a person recorded; done twice it is the same."""
    rows.delete_externals(db, learner_id)


def take_along(db: Session, vault: Vault, learner_id: str) -> list[OwnExternalCertificate]:
    """Return all of them in clear, for their holder. Raises ConflictError for too many."""
    own = person_keys.vault_of(db, vault, learner_id)
    found = rows_of(db, ExternalCertificate, ExternalCertificate.learner_id == learner_id)
    return [copied(OwnExternalCertificate, row, **_opened(own, row)) for row in found]


def _words(evidence: Evidence) -> str:
    words = {"title": evidence.title, "number": evidence.number, "issuer": evidence.issuer}
    return json.dumps(words, ensure_ascii=False)


def _opened(own: Vault, row: ExternalCertificate) -> dict[str, str]:
    words: dict[str, str] = json.loads(own.open(row.words_sealed, context=_context(row.id)))
    return words


def _view(own: Vault, table: TypeTable, row: ExternalCertificate, now: dt.datetime) -> ExternalView:
    words, kind = _opened(own, row), table.coded(row.kind)
    return ExternalView(
        external_id=row.id, kind=row.kind, kind_name=kind.name if kind else "其他证书",
        title=words["title"], level=external.level_of(row.kind, words["number"]),
        number=external.masked(words["number"]), issuer=words["issuer"],
        issued_on=row.issued_on, valid_until=row.valid_until,
        is_over=row.valid_until is not None and row.valid_until < local_day(now),
    )  # fmt: skip
