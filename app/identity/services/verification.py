"""Proving a name: document rules, the registry's answer, one person per document."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault, b64url, from_b64url
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.core.ids import new_id
from app.identity.models.people import NAME, NUMBER, Person, RegistryLookup
from app.identity.repository import people as rows
from app.identity.rules import id_number, names, registry
from app.identity.rules.cases import CaseKind
from app.identity.rules.documents import Document, DocumentError, DocumentType
from app.identity.rules.registry import RegistryAnswer, RegistryOutcome
from app.identity.services import cases
from app.identity.services.people import document_index

_LOCAL = ZoneInfo("Asia/Shanghai")
_CLAIM = "review_case.claim"


@dataclass(frozen=True, slots=True)
class Claim:
    """Who somebody says they are, in canonical spelling."""

    name: str
    document: Document


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the registry made of a claim, and the page that follows."""

    outcome: RegistryOutcome
    message: str
    next: str


def read_claim(document_type: DocumentType, number: str, name: str, *, now: dt.datetime) -> Claim:
    """Read what was typed. Raises InvalidError that names the field and the remedy."""
    try:
        spelled = names.normalise(name)
    except names.WrongNameError as error:
        raise InvalidError(str(error), field="/name", code="name") from None
    today = now.astimezone(_LOCAL).date()
    try:
        document = id_number.parse(document_type, number, today=today)
    except DocumentError as error:
        raise InvalidError(error.sentence, field="/number", code=error.flaw.value) from None
    return Claim(spelled, document)


def check_free(db: Session, vault: Vault, learner_id: str, claim: Claim) -> None:
    """Refuse before asking the registry: verified already, under review, or taken by another.

    Raises ConflictError; the other account is not named.
    """
    person = _person(db, learner_id)
    if person.verified_at is not None:
        raise ConflictError("您已通过实名核验，不需要重复提交。", remedy="请继续下一步")
    if cases.has_open_case(db, learner_id, [CaseKind.IDENTITY_REVIEW]):
        raise ConflictError("正在人工核对，请等消息。", remedy="一般 1 个工作日内答复")
    holder = rows.by_document(db, document_index(vault, claim.document.number))
    if holder is not None and holder.id != learner_id:
        raise ConflictError(
            "这个证件号码已在另一个账号下实名。", field="/number",
            remedy="请用原手机号登录；手机号已换的请联系客服核对",
        )  # fmt: skip


def _person(db: Session, learner_id: str) -> Person:
    person = rows.by_id(db, learner_id)
    if person is None:
        raise NotFoundError("没有这个账号。", remedy="请重新登录")
    return person


def record(
    db: Session,
    vault: Vault,
    *,
    learner_id: str,
    claim: Claim,
    answer: RegistryAnswer,
    now: dt.datetime,
) -> Verdict:
    """Write the registry's answer down and what follows from it. Raises ConflictError.

    Only a match verifies. The third mismatch of a day, or no record, goes to a person's desk.
    """
    check_free(db, vault, learner_id, claim)
    db.add(
        RegistryLookup(
            id=new_id(now), person_id=learner_id, at=now, outcome=answer.outcome.value,
            transaction_id=answer.transaction_id[:80],
        )
    )  # fmt: skip
    db.flush()
    audit.record(
        db, "identity.checked", now=now, actor_id=learner_id, subject_id=learner_id,
        outcome=answer.outcome.value,
    )  # fmt: skip
    if answer.outcome is RegistryOutcome.MATCH:
        _verify(db, vault, learner_id, claim, now)
        return Verdict(answer.outcome, registry.SENTENCES[answer.outcome], "/signup/consent")
    if registry.needs_review(answer.outcome, _strikes(db, learner_id, now)):
        cases.open_case(
            db, kind=CaseKind.IDENTITY_REVIEW, learner_id=learner_id, now=now,
            outcome=answer.outcome.value, claim=_sealed(vault, claim),
        )  # fmt: skip
        manual = RegistryOutcome.PENDING_MANUAL
        return Verdict(manual, registry.SENTENCES[manual], "/inbox")
    return Verdict(answer.outcome, registry.SENTENCES[answer.outcome], "/signup/identity")


def _sealed(vault: Vault, claim: Claim) -> dict[str, str]:
    """What the person claimed, for the desk to approve; nobody reads it without the key."""
    return {
        "document_type": claim.document.document_type.value,
        "number": b64url(vault.seal(claim.document.number, context=_CLAIM)),
        "name": b64url(vault.seal(claim.name, context=_CLAIM)),
    }


def approve(
    db: Session, vault: Vault, *, learner_id: str, sealed: dict[str, str], now: dt.datetime
) -> None:
    """A person compared the papers: the claim of the case stands. Raises ConflictError."""
    number = vault.open(from_b64url(sealed["number"]), context=_CLAIM)
    name = vault.open(from_b64url(sealed["name"]), context=_CLAIM)
    claim = read_claim(DocumentType(sealed["document_type"]), number, name, now=now)
    check_free(db, vault, learner_id, claim)
    _verify(db, vault, learner_id, claim, now)


def _strikes(db: Session, learner_id: str, now: dt.datetime) -> int:
    local = now.astimezone(_LOCAL)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    counted = [kind.value for kind in RegistryOutcome if registry.counts_as_strike(kind)]
    return rows.lookups_since(db, learner_id, counted, midnight)


def _verify(db: Session, vault: Vault, learner_id: str, claim: Claim, now: dt.datetime) -> None:
    person = _person(db, learner_id)
    person.name_sealed = vault.seal(claim.name, context=NAME)
    person.document_type = claim.document.document_type.value
    person.document_sealed = vault.seal(claim.document.number, context=NUMBER)
    person.document_index = document_index(vault, claim.document.number)
    person.verified_at = now
    db.flush()
