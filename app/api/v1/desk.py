"""The staff desk: the queue, one case, deciding, confirming, opening what is sealed, undoing."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Depends, Query, status
from pydantic import BaseModel, Field

from app.api.answers import Answer
from app.api.lists import ListOut, way_on
from app.api.problems import READING, WRITING, may_raise
from app.api.v1.certificates import CertificateOut
from app.api.v1.risk_shapes import RiskOut
from app.api.v1.sitting_shapes import SittingOut
from app.api.v1.texts import PersonText
from app.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotSignedInError,
    TooManyRequestsError,
)
from app.identity.rules.actors import Actor, Role
from app.identity.rules.cases import CaseKind
from app.learning.services import risk
from app.lobby.deps import Db, Now, PartsDep, ReadDb
from app.lobby.deps import require_roles as only
from app.lobby.letters import Body
from app.lobby.lists import AskedList
from app.lobby.paths import RowId
from app.oversight.services import case_files, desk, disclosures, withdrawals
from app.oversight.services.case_files import CaseFile, CaseLine
from app.oversight.services.disclosures import PURPOSE_LEAST

router = APIRouter(prefix="/desk", tags=["desk"])
Reviewer = Annotated[Actor, Depends(only(Role.REVIEWER))]
Pair = Annotated[list[str], Field(min_length=2, max_length=2)]
Reason = Annotated[PersonText, Field(min_length=1, max_length=500)]
_UNMASKINGS_A_DAY = 100


class ProposalOut(BaseModel):
    decision: str
    name: str
    reason: str
    by: str
    at: dt.datetime


class CaseOut(BaseModel):
    id: str
    kind: str
    name: str
    state: str
    masked_name: str
    opened_at: dt.datetime
    answer_by: str
    decision: str | None
    decision_name: str
    decided_by: str
    decided_at: dt.datetime | None
    reason: str | None
    text: str
    choices: list[Pair]
    proposal: ProposalOut | None


class LookupOut(Answer):
    at: dt.datetime
    outcome: str
    transaction_id: str
    earlier_ids: list[str]
    source: str


class AccountOut(BaseModel):
    title: str
    masked_name: str
    masked_phone: str
    is_verified: bool
    lookups: list[LookupOut]


class CaseFileOut(CaseOut):
    facts: list[Pair]
    accounts: list[AccountOut]
    certificate: CertificateOut | None
    number_held: bool
    may_be_opened: bool
    may_be_undone: bool
    risk: RiskOut | None
    sitting: SittingOut | None


class CasesOut(ListOut):
    cases: list[CaseOut]


class DecisionIn(Body):
    decision: Annotated[str, Field(min_length=1, max_length=20)]
    reason: Reason


class ConfirmationIn(Body):
    """`confirms` false sends the proposal back, and then wants a reason."""

    confirms: bool
    reason: Reason | None = None


class UnmaskingIn(Body):
    purpose: Annotated[PersonText, Field(min_length=PURPOSE_LEAST, max_length=200)]


class DeviceIn(Body):
    """`is_shared` true: many people use this machine, and that is known."""

    is_shared: bool
    reason: Reason


class UndoIn(Body):
    reason: Reason


class DisclosureOut(Answer):
    claimed_name: str
    claimed_document: str
    claimed_number: str
    contact: str
    old_phone: str
    holder_name: str
    holder_number: str
    holder_phone: str


def fields_of(line: CaseLine) -> dict[str, object]:
    view, proposal = line.view, line.view.proposal
    return {
        "id": view.case_id, "kind": view.kind.value, "name": line.name, "state": view.state.value,
        "masked_name": line.masked_name, "opened_at": view.opened_at, "answer_by": line.answer_by,
        "decision": view.decision.value if view.decision else None,
        "decision_name": line.decision, "decided_by": line.decided_by,
        "decided_at": view.decided_at, "reason": view.reason, "text": line.text,
        "choices": [[choice.decision.value, choice.label] for choice in line.choices],
        "proposal": ProposalOut(
            decision=proposal.decision.value, name=line.proposed, reason=proposal.reason,
            by=line.proposed_by, at=proposal.at,
        ) if proposal else None,
    }  # fmt: skip


def file_of(file: CaseFile) -> CaseFileOut:
    """A case with its evidence as it goes out, to the desk and to the regulator."""
    accounts = [
        AccountOut(
            title=each.title, masked_name=each.person.masked_name,
            masked_phone=each.person.masked_phone, is_verified=each.person.is_verified,
            lookups=[LookupOut.model_validate(lookup) for lookup in each.lookups],
        )
        for each in file.accounts
    ]  # fmt: skip
    own = {
        "facts": [list(pair) for pair in file.facts], "accounts": accounts,
        "certificate": file.certificate,
        "number_held": file.number_held,
        "may_be_opened": file.may_be_opened, "may_be_undone": file.may_be_undone,
        "risk": file.risk,
        "sitting": file.sitting,
    }  # fmt: skip
    return CaseFileOut.model_validate(fields_of(file.line) | own)


@router.get("/cases", responses=READING)
def list_cases(
    *,
    actor: Reviewer,
    db: ReadDb,
    parts: PartsDep,
    now: Now,
    asked: AskedList,
    state: Annotated[str, Query(pattern="^(open|decided)$")] = "open",
    kind: CaseKind | None = None,
) -> CasesOut:
    """One queue for everything that a person has to look at."""
    found = case_files.queue(
        db, parts.vault, is_open=state == "open", kind=kind, asked=asked, actor=actor, now=now
    )
    lines = [CaseOut.model_validate(fields_of(line)) for line in found.items]
    return CasesOut(cases=lines, **way_on(found))


@router.get("/cases/{case_id}", responses=READING)
def read_case(
    case_id: RowId, actor: Reviewer, db: ReadDb, parts: PartsDep, now: Now
) -> CaseFileOut:
    """Return one case with what has to be judged, masked."""
    return file_of(case_files.one_case(db, parts.vault, case_id, actor=actor, now=now))


@router.post("/cases/{case_id}/decision", responses=WRITING)
def decide(
    *, case_id: RowId, body: DecisionIn, actor: Reviewer, db: Db, parts: PartsDep, now: Now
) -> CaseFileOut:
    """Decide a case and do what the decision does; what is grave waits for another person."""
    desk.decide(
        db, parts.vault, case_id, decision=body.decision, reason=body.reason, actor=actor, now=now
    )
    return file_of(case_files.one_case(db, parts.vault, case_id, actor=actor, now=now))


@router.post("/cases/{case_id}/confirmation", responses=WRITING)
def confirm(
    *, case_id: RowId, body: ConfirmationIn, actor: Reviewer, db: Db, parts: PartsDep, now: Now
) -> CaseFileOut:
    """Confirm what another person proposed, or send it back."""
    desk.answer_proposal(
        db, parts.vault, case_id, is_confirmed=body.confirms, reason=body.reason or "",
        actor=actor, now=now,
    )  # fmt: skip
    return file_of(case_files.one_case(db, parts.vault, case_id, actor=actor, now=now))


@router.post(
    "/cases/{case_id}/unmasking",
    responses=may_raise(
        InvalidError, NotSignedInError, ForbiddenError, NotFoundError, ConflictError,
        TooManyRequestsError,
    ),
)  # fmt: skip
def unmask(
    *, case_id: RowId, body: UnmaskingIn, actor: Reviewer, parts: PartsDep, now: Now
) -> DisclosureOut:
    """Open what a case holds sealed; the person can read who did it and what for."""
    parts.limiter.take(
        "unmask", actor.learner_id, limit=_UNMASKINGS_A_DAY, window_s=24 * 3600, now=now
    )
    with parts.database.transaction() as db:
        opened = disclosures.unmask(
            db, parts.vault, case_id, purpose=body.purpose, actor=actor, now=now
        )
    return DisclosureOut.model_validate(opened)


@router.post("/cases/{case_id}/withdrawal", responses=WRITING)
def undo(
    *, case_id: RowId, body: UndoIn, actor: Reviewer, db: Db, parts: PartsDep, now: Now
) -> CaseFileOut:
    """Ask for a name that this case gave to be taken back: a case for another person."""
    opened = withdrawals.propose(db, case_id, reason=body.reason, actor=actor, now=now)
    return file_of(case_files.one_case(db, parts.vault, opened.case_id, actor=actor, now=now))


@router.put(
    "/devices/{device_id}", responses=READING, status_code=status.HTTP_204_NO_CONTENT
)  # fmt: skip
def mark_device(*, device_id: RowId, body: DeviceIn, actor: Reviewer, db: Db, now: Now) -> None:
    """Say that a machine is used by many, or no longer: risk does not count its people then."""
    risk.mark_device(
        db, device_id, is_shared=body.is_shared, reason=body.reason, actor=actor, now=now
    )
