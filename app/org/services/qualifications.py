"""An organisation states what it is, with the paper; the desk confirms; the directory shows it."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import KeyGoneError, Vault
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.core.ids import new_id
from app.core.listing import FROM_START, Asked, Piece, as_piece
from app.core.resealing import SealedColumn
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import local_day
from app.identity.services import cases, person_keys
from app.identity.services.cases import CaseKind
from app.org.models.organisations import Organisation
from app.org.models.qualifications import OrgQualification
from app.org.repository import organisations as organisation_rows
from app.org.repository import qualifications as rows
from app.org.rules import qualifications as rules
from app.org.rules.applications import ApplicationFlawError, read_licence
from app.org.rules.duties import Power
from app.org.rules.organisations import OrganisationKind
from app.org.rules.qualifications import (
    LISTING_NAMES,
    NAMES,
    STANDING_NAMES,
    Listing,
    Qualification,
    QualificationFlawError,
    QualificationState,
    Standing,
    Stated,
)
from app.org.services.applications import Licence
from app.org.services.organisations import acting_for

_MOST_WAITING = 10


def _context(qualification_id: str) -> str:
    return f"org_qualification.proof_sealed:{qualification_id}"


COLUMNS = (
    SealedColumn(
        OrgQualification.id, OrgQualification.proof_sealed, _context, OrgQualification.entered_by
    ),
)
"""Where this room holds sealed values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QualificationView:
    """One as its organisation sees it, and, once confirmed, everybody."""

    qualification_id: str
    kind: Qualification
    name: str
    number: str
    valid_from: dt.date
    valid_until: dt.date
    standing: Standing
    standing_name: str
    reason: str | None
    proof_kind: str


@dataclass(frozen=True, slots=True)
class QualificationFile:
    """One at the desk, with whose it is said to be."""

    view: QualificationView
    organisation: str
    uscc: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionView:
    """An institution as the public directory has it, with what was confirmed of it."""

    org_id: str
    name: str
    uscc: str
    type_code: str
    prefecture_code: str
    listing: Listing
    listing_name: str
    valid_until: dt.date
    qualifications: tuple[QualificationView, ...]


def enter(
    db: Session, vault: Vault, actor: Actor, stated: Stated, proof: str, *, now: dt.datetime
) -> QualificationView:
    """Put a qualification before the desk. `proof` is base64.

    Raises InvalidError that names the field, ConflictError for what waits already.
    """
    organisation = acting_for(db, actor, Power.KEEP_PROFILE)
    try:
        kind = rules.check(stated, organisation.kind, today=local_day(now))
        content, proof_kind = read_licence(proof)
    except QualificationFlawError as flaw:
        raise InvalidError(flaw.sentence, field=f"/{flaw.field}", remedy=flaw.remedy) from None
    except ApplicationFlawError as flaw:
        sentence = flaw.sentence.replace("营业执照", "证明文件")
        raise InvalidError(sentence, field="/proof", remedy=flaw.remedy) from None
    organisation_rows.lock_organisation(db, organisation.org_id)
    _check_room(rows.qualifications_of(db, organisation.org_id), kind)
    row_id = new_id(now)
    case_id = cases.open_case(
        db, kind=CaseKind.QUALIFICATION, learner_id=actor.learner_id, ref_id=row_id, now=now
    )
    own = person_keys.sealing_vault_of(db, vault, actor.learner_id, now=now)
    row = OrgQualification(
        id=row_id, org_id=organisation.org_id, kind=kind.value,
        number=" ".join(stated.number.split()), valid_from=stated.valid_from,
        valid_until=stated.valid_until, proof_kind=proof_kind.value,
        proof_sealed=own.seal_bytes(content, context=_context(row_id)),
        proof_digest=hashlib.sha256(content).hexdigest(), state=QualificationState.WAITING,
        case_id=case_id, entered_by=actor.learner_id, entered_at=now,
    )  # fmt: skip
    db.add(row)
    db.flush()
    audit.record(
        db, "org.qualification_stated", now=now, actor_id=actor.account_id, subject_id=row.id,
        org_id=row.org_id, kind=row.kind, until=row.valid_until.isoformat(),
    )  # fmt: skip
    return _view(row, local_day(now))


def _check_room(found: list[OrgQualification], kind: Qualification) -> None:
    waiting = [row for row in found if row.state == QualificationState.WAITING]
    if any(row.kind == kind for row in waiting):
        raise ConflictError(
            f"“{NAMES[kind]}”已经有一份在审核。", code="waiting", field="/kind",
            remedy="要改内容，请先撤回那一份",
        )  # fmt: skip
    if len(waiting) >= _MOST_WAITING:
        raise ConflictError("正在审核的已经很多。", code="too_many", remedy="请等前面的办结再填报")


def list_own(db: Session, actor: Actor, *, now: dt.datetime) -> list[QualificationView]:
    """What the caller's organisation stated, the newest first."""
    own_id = acting_for(db, actor, Power.SEE_STAFF).org_id
    return [
        _view(row, local_day(now)) for row in rows.qualifications_of(db, own_id)
        if row.state != QualificationState.WITHDRAWN
    ]  # fmt: skip


def withdraw(db: Session, actor: Actor, qualification_id: str, *, now: dt.datetime) -> None:
    """Take one back that waits. Raises NotFoundError, ConflictError once it is decided."""
    organisation = acting_for(db, actor, Power.KEEP_PROFILE)
    row = rows.get_qualification(db, qualification_id)
    if row is None or row.org_id != organisation.org_id:
        raise NotFoundError("没有这份资质。", remedy="请刷新页面")
    if not rows.close(db, row.id, QualificationState.WITHDRAWN, reason=None, now=now):
        raise ConflictError("这份资质已经办结，不能撤回。", remedy="请刷新页面")
    cases.lapse(db, row.case_id, reason="单位撤回", actor_id=actor.learner_id, now=now)


def file_of(db: Session, qualification_id: str, *, now: dt.datetime) -> QualificationFile | None:
    """What the desk compares with the paper."""
    row = rows.get_qualification(db, qualification_id)
    organisation = organisation_rows.get_organisation(db, row.org_id) if row else None
    if row is None or organisation is None:
        return None
    return QualificationFile(_view(row, local_day(now)), organisation.name, organisation.uscc)


def proof(db: Session, vault: Vault, qualification_id: str) -> Licence:
    """The paper itself. Raises NotFoundError where it is gone."""
    row = rows.with_proof(db, qualification_id)
    try:
        if row is not None:
            own = person_keys.vault_of(db, vault, row.entered_by)
            content = own.open_bytes(row.proof_sealed, context=_context(row.id))
            return Licence(content, row.proof_kind)
    except KeyGoneError:
        pass
    raise NotFoundError("证明文件已经删除。", remedy="请回到列表")


def decide(
    db: Session, qualification_id: str, *, is_approved: bool, reason: str, actor: Actor,
    now: dt.datetime,
) -> None:  # fmt: skip
    """Do what the desk decided. Raises ConflictError where it is decided already."""
    state = QualificationState.CONFIRMED if is_approved else QualificationState.REFUSED
    if not rows.close(db, qualification_id, state, reason=reason, now=now):
        raise ConflictError("这份资质已经办结。", remedy="请刷新列表")
    audit.record(
        db, "org.qualification_decided", now=now, actor_id=actor.account_id,
        subject_id=qualification_id, decision=state.value,
    )  # fmt: skip


def find_institutions(
    db: Session, text: str, prefecture_code: str, asked: Asked = FROM_START, *, now: dt.datetime
) -> Piece[InstitutionView]:
    """The public directory: institutions of which something was confirmed, by name.

    Raises InvalidError for /sort and /at.
    """
    found = rows.find_institutions(db, text.strip(), prefecture_code, asked)
    confirmed: dict[str, list[OrgQualification]] = {}
    for row in rows.confirmed_of(db, [each.id for each in found.items]):
        confirmed.setdefault(row.org_id, []).append(row)
    today = local_day(now)
    return as_piece([_listed(each, confirmed[each.id], today) for each in found.items], found)


def _listed(
    row: Organisation, confirmed: list[OrgQualification], today: dt.date
) -> InstitutionView:
    until = max(each.valid_until for each in confirmed)
    listing = rules.listing_of(until, is_suspended=row.suspended_at is not None, today=today)
    return InstitutionView(
        org_id=row.id, name=row.name, uscc=row.uscc, type_code=row.type_code or "",
        prefecture_code=row.prefecture_code, listing=listing, listing_name=LISTING_NAMES[listing],
        valid_until=until, qualifications=tuple(_view(each, today) for each in confirmed),
    )  # fmt: skip


def kinds_for(kind: OrganisationKind) -> list[tuple[str, str]]:
    """Which qualifications an organisation of a kind can state, with their names."""
    return [(each.value, NAMES[each]) for each in rules.kinds_of(kind)]


def _view(row: OrgQualification, today: dt.date) -> QualificationView:
    kind, state = Qualification(row.kind), QualificationState(row.state)
    standing = rules.standing_of(state, row.valid_from, row.valid_until, today)
    return QualificationView(
        qualification_id=row.id, kind=kind, name=NAMES[kind], number=row.number,
        valid_from=row.valid_from, valid_until=row.valid_until, standing=standing,
        standing_name=STANDING_NAMES[standing], reason=row.reason, proof_kind=row.proof_kind,
    )  # fmt: skip
