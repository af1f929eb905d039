"""Whose document a number is: a number held by another account, and taking an identity back."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import KeyGoneError, Vault
from app.core.errors import ConflictError, NotFoundError
from app.identity.repository import people as rows
from app.identity.rules import registry
from app.identity.rules.cases import CaseKind
from app.identity.rules.names import mask_name, mask_number
from app.identity.rules.registry import OUTCOME_NAMES, RegistryAnswer, RegistryOutcome
from app.identity.services import cases, claims, inbox, roles, verification, ways
from app.identity.services.cases import CaseView
from app.identity.services.claims import Claim
from app.identity.services.inbox import NoticeKind
from app.identity.services.people import document_index
from app.identity.services.person_keys import sealing_vault_of, vault_of
from app.identity.services.verification import Verdict

_MOST_LOOKUPS = 30


@dataclass(frozen=True, slots=True)
class LookupView:
    """One answer of the registry, in words: by whom, and the vendor's ids of all its attempts."""

    at: dt.datetime
    outcome: str
    transaction_id: str
    earlier_ids: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of a person waits for people to look at, masked."""

    title: str
    masked_name: str
    masked_number: str
    at: dt.datetime


def waiting(db: Session, vault: Vault, learner_id: str, *, now: dt.datetime) -> Waiting | None:
    """Return what the person entered and people have not decided yet."""
    case = cases.open_case_of(db, learner_id, verification.PENDING)
    if case is None:
        return None
    own = vault_of(db, vault, learner_id)
    claim = claims.unseal(own, case.facts["claim"], now=now)
    is_dispute = case.kind is CaseKind.NUMBER_HELD
    return Waiting(
        "正在人工核对号码归谁" if is_dispute else "正在人工核对", mask_name(claim.name),
        mask_number(claim.document.number), case.opened_at,
    )  # fmt: skip


def list_lookups(db: Session, learner_id: str) -> list[LookupView]:
    """Return what the registry answered about a person, the newest first."""
    return [
        LookupView(
            row.at, OUTCOME_NAMES[RegistryOutcome(row.outcome)], row.transaction_id,
            tuple(row.earlier_ids or ()), registry.source_name(row.source),
        )
        for row in rows.lookups_of(db, learner_id, _MOST_LOOKUPS)
    ]  # fmt: skip


def holder_of(db: Session, vault: Vault, claim: Claim) -> str | None:
    """Return the id of the account that holds the claim's number."""
    holder = rows.by_document(db, document_index(vault, claim.document.number))
    return holder.id if holder is not None else None


def claim_of(db: Session, vault: Vault, view: CaseView, *, now: dt.datetime) -> Claim:
    """Open the claim of a case. Raises InvalidError where it could not be made today.

    Raises ConflictError where the account that made it was deleted meanwhile, or what was claimed
    has reached its period.
    """
    if "claim" not in view.facts:
        raise ConflictError(
            "填报的内容已过保存期限，已经删除。",
            code="period_over",
            remedy="这件事项已经办结，不用再看",
        )
    try:
        own = vault_of(db, vault, view.learner_id)
        return claims.unseal(own, view.facts["claim"], now=now)
    except KeyGoneError:
        raise ConflictError(
            "当事人已注销账号，填报的内容已销毁。", code="person_gone", remedy="请选“不通过”结案"
        ) from None


def check_may_dispute(db: Session, learner_id: str) -> None:
    """Refuse before asking the registry: verified already, or one waits. Raises ConflictError."""
    verification.check_unverified(db, learner_id)
    if cases.has_open_case(db, learner_id, [CaseKind.NUMBER_HELD]):
        raise ConflictError("已转人工核对，请等消息。", code="pending", remedy="也可以先撤回再提")


def dispute(
    db: Session,
    vault: Vault,
    *,
    learner_id: str,
    claim: Claim,
    answer: RegistryAnswer,
    now: dt.datetime,
) -> Verdict:
    """Say that somebody else holds one's number: people look at both accounts.

    The registry's answer about this claim goes with the case. Where it does not confirm the claim
    there is a case whether the number is held or not, so that only whose number it is hears which;
    else `verification.refuse` says so once this is committed. Raises ConflictError.
    """
    check_may_dispute(db, learner_id)
    verification.note_lookup(db, learner_id, answer, now)
    holder_id = holder_of(db, vault, claim)
    if holder_id is None and verification.is_sure(db, learner_id, answer, now):
        match = RegistryOutcome.MATCH
        return Verdict(
            match, registry.SENTENCES[match], "/signup/identity", verification.NUMBER_FREE
        )
    verification.withdraw_review(db, learner_id, reason="当事人另提了号码争议。", now=now)
    cases.open_case(
        db, kind=CaseKind.NUMBER_HELD, learner_id=learner_id, now=now, ref_id=holder_id,
        outcome=answer.outcome.value, holder_id=holder_id,
        claim=claims.seal(sealing_vault_of(db, vault, learner_id, now=now), claim),
    )  # fmt: skip
    manual = RegistryOutcome.PENDING_MANUAL
    return Verdict(manual, registry.SENTENCES[manual], "/signup/identity")


def withdraw_identity(
    db: Session, learner_id: str, *, reason: str, actor_id: str, now: dt.datetime
) -> None:
    """Take an account's proven name away; the number is free from here on.

    Roles sleep until the same document is proven, and the way of being checked goes with the name:
    the face, or the answers, were those of whoever the account was taken for.
    Raises NotFoundError, and ConflictError where no name is proven.
    """
    person = rows.lock(db, learner_id)
    if person is None:
        raise NotFoundError("没有这个账号。", remedy="请刷新列表")
    if person.verified_at is None:
        raise ConflictError("这个账号没有实名，或已经撤回。", remedy="请刷新列表")
    roles.fall_asleep(db, person)
    ways.take_off(db, person, now=now)
    person.name_sealed = person.document_sealed = None
    person.document_type = person.document_index = person.verified_at = None
    for entry in rows.roster_of_person(db, learner_id):
        entry.person_id = None
    db.flush()
    audit.record(
        db, "identity.withdrawn", now=now, actor_id=actor_id, subject_id=learner_id, reason=reason
    )
    inbox.notify(db, learner_id, NoticeKind.IDENTITY_WITHDRAWN, now=now, reason=_sentence(reason))


def _sentence(text: str) -> str:
    return text if text.endswith(("。", "！", "？")) else text + "。"
