"""The staff desk: one queue, and what each decision does in the other rooms."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.certs.services import wallet
from app.core import outbox
from app.core.crypto import Vault, from_b64url
from app.core.errors import InvalidError
from app.identity.rules.actors import Actor
from app.identity.rules.cases import CASE_NAMES, CaseKind, CaseState, Decision
from app.identity.services import cases, inbox, people, verification
from app.identity.services.cases import CaseView
from app.identity.services.inbox import NoticeKind
from app.learning.services import holds
from app.oversight.rules.decisions import Choice, choices_of, told_of
from app.oversight.services.complaints import SEALED

PAGE_SIZE = cases.PAGE_SIZE


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A case as the desk shows it: masked person, words instead of codes."""

    view: CaseView
    name: str
    masked_name: str
    masked_phone: str
    text: str
    choices: tuple[Choice, ...]


def queue(
    db: Session, vault: Vault, *, is_open: bool, kind: CaseKind | None, page: int
) -> tuple[list[CaseLine], int]:
    """Return a page of the queue, the oldest first, and the total."""
    states = [CaseState.OPEN if is_open else CaseState.DECIDED]
    found, total = cases.list_cases(db, states=states, kinds=[kind] if kind else [], page=page)
    return _lines(db, vault, found), total


def one_case(db: Session, vault: Vault, case_id: str) -> CaseLine:
    """Return one case. Raises NotFoundError."""
    return _lines(db, vault, [cases.get_case(db, case_id)])[0]


def _lines(db: Session, vault: Vault, found: list[CaseView]) -> list[CaseLine]:
    who = people.views(db, vault, [view.learner_id for view in found if view.learner_id])
    lines = []
    for view in found:
        person = who.get(view.learner_id or "")
        lines.append(
            CaseLine(
                view=view,
                name=CASE_NAMES[view.kind],
                masked_name=person.masked_name if person else "",
                masked_phone=person.masked_phone if person else "",
                text=_text(vault, view),
                choices=choices_of(view.kind) if view.state is CaseState.OPEN else (),
            )
        )
    return lines


def _text(vault: Vault, view: CaseView) -> str:
    """What the person wrote, where the case is an appeal or a complaint."""
    sealed = view.facts.get("text")
    if view.kind not in (CaseKind.APPEAL, CaseKind.COMPLAINT) or not isinstance(sealed, str):
        return ""
    return vault.open(from_b64url(sealed), context=SEALED)


def decide(
    db: Session,
    vault: Vault,
    case_id: str,
    *,
    decision: str,
    reason: str,
    actor: Actor,
    now: dt.datetime,
) -> CaseView:
    """Decide a case and carry the decision out, in one transaction; the person is told why.

    Raises InvalidError for a decision that the case does not know or a missing reason,
    ForbiddenError for a case about the reviewer, ConflictError where somebody was first.
    """
    if decision not in set(Decision):
        raise InvalidError("没有这种处理方式。", field="/decision", remedy="请选列出的处理方式")
    view = cases.decide(
        db, case_id, decision=Decision(decision), reason=reason, actor=actor, now=now
    )
    _carry_out(db, vault, view, actor, now)
    if view.learner_id is not None:
        inbox.notify(
            db, view.learner_id, NoticeKind.CASE_DECIDED, now=now, subject=CASE_NAMES[view.kind],
            decision=told_of(view.kind, Decision(decision)).rstrip("。"), reason=reason.strip(),
        )  # fmt: skip
    return view


def _carry_out(db: Session, vault: Vault, view: CaseView, actor: Actor, now: dt.datetime) -> None:
    ref_id = view.ref_id or ""
    match view.kind, view.decision:
        case CaseKind.IDENTITY_REVIEW, Decision.APPROVE:
            verification.approve(
                db, vault, learner_id=view.learner_id or "", sealed=view.facts["claim"], now=now
            )
        case ((CaseKind.FACE_REVIEW | CaseKind.HOLD), _):
            is_same = view.decision in (Decision.APPROVE, Decision.RELEASE)
            holds.decide(db, ref_id, is_same_person=is_same, actor_id=actor.learner_id, now=now)
        case CaseKind.CERTIFICATE_REVOCATION, Decision.REVOKE:
            wallet.revoke(db, ref_id, reason=view.reason or "", actor=actor, now=now)
        case CaseKind.CERTIFICATE_GLYPH, _:
            enrolment_id = wallet.enrolment_of(db, ref_id)
            outbox.enqueue(
                db, "issue_certificate", now=now, key=f"issue:{enrolment_id}",
                enrolment_id=enrolment_id,
            )  # fmt: skip
        case _:
            pass
