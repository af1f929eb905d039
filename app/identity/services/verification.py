"""Proving a name: document rules, the registry's answer, one person per document."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.errors import ConflictError, NotFoundError
from app.core.ids import new_id
from app.identity.models.people import NAME, NUMBER, Person, RegistryLookup
from app.identity.repository import people as rows
from app.identity.rules import registry
from app.identity.rules.cases import CaseKind
from app.identity.rules.local_days import SHANGHAI
from app.identity.rules.registry import RegistryAnswer, RegistryOutcome
from app.identity.services import cases, claims, roles
from app.identity.services.claims import Claim, read_claim
from app.identity.services.people import document_index
from app.identity.services.person_keys import sealing_vault, sealing_vault_of

__all__ = [
    "Claim", "Verdict", "approve", "check_unverified", "is_sure", "note_lookup", "read_claim",
    "record", "refuse", "take_back", "withdraw_review",
]  # fmt: skip
PENDING = (CaseKind.IDENTITY_REVIEW, CaseKind.NUMBER_HELD)
NUMBER_TAKEN, NUMBER_FREE = "number_taken", "number_free"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the registry made of a claim, and the page that follows.

    `refused` is why nothing came of a claim that the registry confirmed, empty for none.
    """

    outcome: RegistryOutcome
    message: str
    next: str
    refused: str = ""


def check_unverified(db: Session, learner_id: str) -> None:
    """Refuse before asking the registry whoever has a name. Raises ConflictError."""
    if _person(db, learner_id).verified_at is not None:
        raise ConflictError("您已通过实名核验，不需要重复提交。", remedy="请继续下一步")


def _is_taken(db: Session, vault: Vault, learner_id: str, claim: Claim) -> bool:
    holder = rows.by_document(db, document_index(vault, claim.document.number))
    return holder is not None and holder.id != learner_id


def refuse(refused: str) -> None:
    """Say what became of a number that is the caller's by the registry; the lookup is on record.

    Nobody else hears whether a number has an account. Raises ConflictError, unless `refused` is
    empty; the other account is not named.
    """
    if refused == NUMBER_TAKEN:
        raise ConflictError(
            "这个证件号码已在另一个账号下实名。", field="/number", code=NUMBER_TAKEN,
            remedy="是您的账号请用原手机号登录；不是您实名的，请点下面的“请人工核对”",
        )  # fmt: skip
    if refused == NUMBER_FREE:
        raise ConflictError(
            "这个证件号码没有被别的账号使用。", field="/number", code=NUMBER_FREE,
            remedy="请直接点“核对”",
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

    Only a match verifies, unless the number is another account's: `refuse` says so once this is
    committed, and a case that waits about it stays. The third mismatch of a day, or no record,
    goes to a person's desk. Who waits for a person and enters something else has corrected the
    entry: the case lapses.
    """
    check_unverified(db, learner_id)
    note_lookup(db, learner_id, answer, now)
    said = registry.SENTENCES[answer.outcome]
    if answer.outcome in registry.UNANSWERED:
        return Verdict(answer.outcome, said, "/signup/identity")
    if is_sure(db, learner_id, answer, now) and _is_taken(db, vault, learner_id, claim):
        return Verdict(answer.outcome, said, "/signup/identity", NUMBER_TAKEN)
    withdraw_review(db, learner_id, reason="当事人改正了填写的内容。", now=now)
    if registry.needs_review(answer.outcome, _strikes(db, learner_id, now)):
        cases.open_case(
            db, kind=CaseKind.IDENTITY_REVIEW, learner_id=learner_id, now=now,
            outcome=answer.outcome.value,
            claim=claims.seal(sealing_vault_of(db, vault, learner_id, now=now), claim),
        )  # fmt: skip
        manual = RegistryOutcome.PENDING_MANUAL
        return Verdict(manual, registry.SENTENCES[manual], "/signup/identity")
    if answer.outcome is RegistryOutcome.MATCH:
        _verify(db, vault, learner_id, claim, now)
        return Verdict(answer.outcome, said, "/signup/consent")
    return Verdict(answer.outcome, said, "/signup/identity")


def is_sure(db: Session, learner_id: str, answer: RegistryAnswer, now: dt.datetime) -> bool:
    """Tell whether an answer that is written down confirms a claim that was not guessed."""
    is_match = answer.outcome is RegistryOutcome.MATCH
    return is_match and not registry.needs_review(answer.outcome, _strikes(db, learner_id, now))


def note_lookup(db: Session, learner_id: str, answer: RegistryAnswer, now: dt.datetime) -> None:
    """Write one answer of the registry down: who gave it, and the ids of all its attempts."""
    db.add(
        RegistryLookup(
            id=new_id(now), person_id=learner_id, at=now, outcome=answer.outcome.value,
            transaction_id=answer.transaction_id[:80],
            earlier_ids=[each[:80] for each in answer.earlier_ids] or None,
            source=answer.source[:80],
        )
    )  # fmt: skip
    db.flush()
    audit.record(
        db, "identity.checked", now=now, actor_id=learner_id, subject_id=learner_id,
        outcome=answer.outcome.value,
    )  # fmt: skip


def withdraw_review(db: Session, learner_id: str, *, reason: str, now: dt.datetime) -> bool:
    """Close the person's own open cases about their name; tells whether there was one."""
    found = False
    while (case := cases.open_case_of(db, learner_id, PENDING)) is not None:
        cases.lapse(db, case.case_id, reason=reason, actor_id=learner_id, now=now)
        found = True
    return found


def take_back(db: Session, learner_id: str, *, now: dt.datetime) -> None:
    """The person takes back what waits for people to look at. Raises NotFoundError."""
    if not withdraw_review(db, learner_id, reason="当事人已撤回。", now=now):
        raise NotFoundError("没有等待核对的内容。", remedy="请刷新页面")


def approve(db: Session, vault: Vault, learner_id: str, claim: Claim, *, now: dt.datetime) -> None:
    """People decided that a claim stands. Raises ConflictError where it is taken meanwhile."""
    check_unverified(db, learner_id)
    if _is_taken(db, vault, learner_id, claim):
        refuse(NUMBER_TAKEN)
    _verify(db, vault, learner_id, claim, now)


def _strikes(db: Session, learner_id: str, now: dt.datetime) -> int:
    local = now.astimezone(SHANGHAI)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    counted = [kind.value for kind in RegistryOutcome if registry.counts_as_strike(kind)]
    return rows.lookups_since(db, learner_id, counted, midnight)


def _verify(db: Session, vault: Vault, learner_id: str, claim: Claim, now: dt.datetime) -> None:
    person = _person(db, learner_id)
    own = sealing_vault(db, vault, person, now=now)
    person.name_sealed = own.seal(claim.name, context=NAME)
    person.document_type = claim.document.document_type.value
    person.document_sealed = own.seal(claim.document.number, context=NUMBER)
    person.document_index = document_index(vault, claim.document.number)
    person.verified_at = now
    db.flush()
    roles.wake(db, person, now=now)
