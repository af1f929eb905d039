"""Opening what a case holds sealed: with a purpose, written down, readable by the person."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.identity.rules.actors import Actor
from app.identity.rules.cases import CLAIMS, WITH_PAPER
from app.identity.rules.documents import DOCUMENT_NAMES, DocumentType
from app.identity.services import access, cases, disputes, people, phone_objections
from app.identity.services.cases import CaseKind, CaseView
from app.org.services import applications, qualifications
from app.org.services.applications import Licence
from app.oversight.services.complaints import WITH_CONTACT, contact_of

PURPOSE_LEAST = 4
_TO_CALL = WITH_CONTACT | {CaseKind.PHONE_CHANGE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """In clear, for the eyes of one reviewer; what a case does not hold is empty."""

    claimed_name: str = ""
    claimed_document: str = ""
    claimed_number: str = ""
    contact: str = ""
    old_phone: str = ""
    holder_name: str = ""
    holder_number: str = ""
    holder_phone: str = ""


def may_be_opened(view: CaseView) -> bool:
    """Tell whether a case holds anything sealed."""
    return view.kind in CLAIMS or view.kind in _TO_CALL


def unmask(
    db: Session, vault: Vault, case_id: str, *, purpose: str, actor: Actor, now: dt.datetime
) -> Disclosure:
    """Open what a case holds sealed, and write down who did it and what for.

    Raises NotFoundError, InvalidError for a purpose that is too short, ForbiddenError for a
    case about the reviewer, ConflictError where the case holds nothing.
    """
    view = cases.get_case(db, case_id)
    if len(purpose.strip()) < PURPOSE_LEAST:
        raise InvalidError(
            f"请写明查看的用途，至少 {PURPOSE_LEAST} 个字，当事人会看到。", field="/purpose"
        )
    cases.check_not_own(view, actor)
    if not may_be_opened(view):
        raise ConflictError("这件事项没有需要查看的信息。", remedy="请回到列表")
    if view.learner_id is not None:
        what = "claim" if view.kind in CLAIMS else "contact"
        access.note(
            db, view.learner_id, purpose=purpose.strip(), actor_id=actor.learner_id, now=now,
            what=what, case_id=case_id,
        )  # fmt: skip
    audit.record(
        db, "case.unmasked", now=now, actor_id=actor.learner_id, subject_id=case_id,
        kind=view.kind.value, purpose=purpose.strip(),
    )  # fmt: skip
    if view.kind is CaseKind.PHONE_CHANGE:
        old = phone_objections.old_phone(db, vault, view.ref_id or "")
        return Disclosure(contact=contact_of(db, vault, view), old_phone=old)
    if view.kind in _TO_CALL:
        return Disclosure(contact=contact_of(db, vault, view))
    return _claim(db, vault, view, purpose.strip(), actor, now)


def open_licence(
    db: Session, vault: Vault, case_id: str, *, actor: Actor, now: dt.datetime
) -> Licence:
    """Open an organisation's licence or another paper of it, and write down who did it.

    Raises NotFoundError, ForbiddenError for a case about the reviewer.
    """
    view = cases.get_case(db, case_id)
    cases.check_not_own(view, actor)
    if view.kind not in WITH_PAPER or view.ref_id is None or view.learner_id is None:
        raise NotFoundError("这件事项没有证明文件。", remedy="请回到列表刷新")
    is_application = view.kind is CaseKind.ORGANISATION
    opening = applications.licence if is_application else qualifications.proof
    found = opening(db, vault, view.ref_id)
    access.note(
        db, view.learner_id, purpose=view.kind.value, actor_id=actor.learner_id, now=now,
        what="licence", case_id=case_id,
    )  # fmt: skip
    audit.record(
        db, "case.unmasked", now=now, actor_id=actor.learner_id, subject_id=case_id,
        kind=view.kind.value, purpose=view.kind.value,
    )  # fmt: skip
    return found


def _claim(
    db: Session, vault: Vault, view: CaseView, purpose: str, actor: Actor, now: dt.datetime
) -> Disclosure:
    claim = disputes.claim_of(db, vault, view, now=now)
    document = claim.document
    told = {
        "claimed_name": claim.name,
        "claimed_document": DOCUMENT_NAMES[DocumentType(document.document_type)],
        "claimed_number": document.number,
    }
    holder_id = disputes.holder_of(db, vault, claim)
    if view.kind is not CaseKind.NUMBER_HELD or holder_id in (None, view.learner_id):
        return Disclosure(**told)
    held = people.full(
        db, vault, holder_id or "", purpose=purpose, actor_id=actor.learner_id, now=now
    )
    return Disclosure(
        holder_name=held.name, holder_number=held.document_number, holder_phone=held.phone, **told
    )
