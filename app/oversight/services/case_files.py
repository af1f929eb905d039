"""Cases as the desk shows them: the queue's lines, and one case with all that is to be judged."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.certs.services import wallet
from app.certs.services.wallet import CertificateView
from app.core.crypto import Vault
from app.core.errors import ConflictError, NotFoundError
from app.core.listing import FROM_START, Asked, Piece, as_piece
from app.identity.rules.actors import Actor
from app.identity.rules.cases import CASE_NAMES, CLAIMS, ELSEWHERE, REPORTS, CaseKind, CaseState
from app.identity.rules.local_days import local_day
from app.identity.services import cases, disputes, people, person_keys, phone_cases
from app.identity.services.cases import CaseView
from app.identity.services.disputes import LookupView
from app.identity.services.people import PersonView
from app.learning.services import appeal_evidence, exam_reviews
from app.learning.services.appeal_evidence import AppealEvidence
from app.learning.services.appeals import Subject
from app.learning.services.exam_reviews import SittingSeen
from app.org.services import applications, class_opening, qualifications
from app.org.services.applications import ApplicationFile
from app.org.services.class_opening import ClassFile
from app.org.services.qualifications import QualificationFile
from app.oversight.rules.decisions import Choice, choices_of, decision_name, is_barred
from app.oversight.rules.fact_lines import fact_lines, is_overdue
from app.oversight.services import complaints, disclosures, risk_reports, withdrawals
from app.oversight.services.risk_reports import RiskFile

_OF_CERTIFICATES = frozenset(
    {CaseKind.CERTIFICATE_REVOCATION, CaseKind.CERTIFICATE_REISSUE, CaseKind.COMPLAINT}
)
_WITH_ACCOUNT = CLAIMS | {
    CaseKind.IDENTITY_WITHDRAWAL, CaseKind.CERTIFICATE_REISSUE, CaseKind.CERTIFICATE_VOID,
}  # fmt: skip
_OWN = "这件事项与您有关，由其他审核人处理。"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A case in the queue: masked learners, colleagues in full, words instead of codes."""

    view: CaseView
    name: str
    masked_name: str
    masked_phone: str
    text: str
    choices: tuple[Choice, ...]
    answer_by: str
    is_overdue: bool
    decision: str
    decided_by: str
    proposed: str
    proposed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One of the accounts that a claim is about, with what the registry answered."""

    title: str
    person: PersonView
    lookups: tuple[LookupView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """One case with its evidence. `number_held` says that the number is another account's."""

    line: CaseLine
    facts: tuple[tuple[str, str], ...]
    accounts: tuple[Account, ...]
    number_held: bool
    certificate: CertificateView | None
    evidence: AppealEvidence | None
    may_be_opened: bool
    may_be_undone: bool
    risk: RiskFile | None
    application: ApplicationFile | None
    """What an organisation's applicant entered."""
    qualification: QualificationFile | None
    """What an organisation states of itself."""
    training_class: ClassFile | None
    """The class that an organisation wants to open."""
    sitting: SittingSeen | None
    """What was seen of who sat at a paper whose result is held."""


def queue(
    db: Session,
    vault: Vault,
    *,
    is_open: bool,
    kind: CaseKind | None,
    asked: Asked = FROM_START,
    actor: Actor,
    now: dt.datetime,
) -> Piece[CaseLine]:
    """Return a piece of the desk's queue: open ones oldest first. Raises InvalidError.

    What a line about the caller says is for the others.
    """
    state = CaseState.OPEN if is_open else CaseState.DECIDED
    kinds = [each for each in CaseKind if each not in ELSEWHERE and kind in (None, each)]
    found = cases.piece_of_cases(db, state=state, kinds=kinds, asked=asked)
    lines = _lines(db, vault, list(found.items), now)
    own = (replace(line, text=_OWN) if cases.is_own(line.view, actor) else line for line in lines)
    return as_piece(tuple(own), found)


def reports(
    db: Session, vault: Vault, *, is_open: bool, asked: Asked = FROM_START, now: dt.datetime
) -> Piece[CaseLine]:
    """The regulator's queue: what the desk handed up, and nothing else. Raises InvalidError."""
    state = CaseState.OPEN if is_open else CaseState.DECIDED
    found = cases.piece_of_cases(db, state=state, kinds=sorted(REPORTS), asked=asked)
    return as_piece(_lines(db, vault, list(found.items), now), found)


def one_report(
    db: Session, vault: Vault, case_id: str, *, actor: Actor, now: dt.datetime
) -> CaseFile:
    """One report for the regulator.

    Raises NotFoundError, for the desk's own cases too, ForbiddenError for one about the caller.
    """
    view = cases.get_case(db, case_id)
    if view.kind not in REPORTS:
        raise NotFoundError("没有这件上报。", remedy="请回到列表刷新")
    cases.check_not_own(view, actor)
    return _file(db, vault, view, now)


def one_case(
    db: Session, vault: Vault, case_id: str, *, actor: Actor, now: dt.datetime
) -> CaseFile:
    """Return one case of the desk with what has to be judged.

    Raises NotFoundError, ForbiddenError for one about the caller.
    """
    view = cases.get_case(db, case_id)
    if view.kind in ELSEWHERE:
        raise NotFoundError("这件事项不由审核人员处理。", remedy="请回到列表刷新")
    cases.check_not_own(view, actor)
    return _file(db, vault, view, now)


def _file(db: Session, vault: Vault, view: CaseView, now: dt.datetime) -> CaseFile:
    holder_id = _holder_id(db, vault, view, now)
    number_held = holder_id is not None
    line = _lines(db, vault, [view], now)[0]
    left = [
        choice
        for choice in line.choices
        if not is_barred(view.kind, choice.decision, number_held=number_held)
    ]
    facts = fact_lines(view.kind, _facts(db, vault, view))
    return CaseFile(
        line=replace(line, choices=tuple(left)), facts=facts,
        accounts=_accounts(db, vault, view, holder_id), number_held=number_held,
        certificate=_certificate(db, view, now), evidence=_evidence(db, vault, view, now),
        may_be_opened=disclosures.may_be_opened(view),
        may_be_undone=withdrawals.may_be_undone(db, view), risk=risk_reports.risk_file(db, view),
        application=_application(db, vault, view), qualification=_qualification(db, view, now),
        training_class=_training_class(db, vault, view, now),
        sitting=_sitting(db, view),
    )  # fmt: skip


def _facts(db: Session, vault: Vault, view: CaseView) -> Mapping[str, object]:
    if view.kind is not CaseKind.PHONE_CHANGE:
        return view.facts
    return view.facts | phone_cases.phones_of(db, vault, view)


def _holder_id(db: Session, vault: Vault, view: CaseView, now: dt.datetime) -> str | None:
    """Whose the claimed number is, where it is another account's."""
    if view.kind not in CLAIMS:
        return None
    try:
        claim = disputes.claim_of(db, vault, view, now=now)
    except ConflictError:  # whoever claimed it is gone
        return None
    holder_id = disputes.holder_of(db, vault, claim)
    return holder_id if holder_id != view.learner_id else None


def _accounts(
    db: Session, vault: Vault, view: CaseView, holder_id: str | None
) -> tuple[Account, ...]:
    if view.learner_id is None or view.kind not in _WITH_ACCOUNT:
        return ()
    titles = [("当事人", view.learner_id)]
    if holder_id is not None:
        titles.append(("现在使用这个号码的账号", holder_id))
    who = people.views(db, vault, [account_id for _, account_id in titles])
    return tuple(
        Account(
            title=title, person=who[account_id],
            lookups=tuple(disputes.list_lookups(db, account_id)),
        )
        for title, account_id in titles
    )  # fmt: skip


def _certificate(db: Session, view: CaseView, now: dt.datetime) -> CertificateView | None:
    """The certificate to be taken back or issued anew, or that somebody takes for a fake."""
    if view.kind not in _OF_CERTIFICATES or view.ref_id is None:
        return None
    return wallet.certificate(db, view.ref_id, now=now)


def _application(db: Session, vault: Vault, view: CaseView) -> ApplicationFile | None:
    if view.kind is not CaseKind.ORGANISATION or view.ref_id is None:
        return None
    return applications.file_of(db, vault, view.ref_id)


def _qualification(db: Session, view: CaseView, now: dt.datetime) -> QualificationFile | None:
    if view.kind is not CaseKind.QUALIFICATION or view.ref_id is None:
        return None
    return qualifications.file_of(db, view.ref_id, now=now)


def _training_class(
    db: Session, vault: Vault, view: CaseView, now: dt.datetime
) -> ClassFile | None:
    if view.kind is not CaseKind.CLASS_OPENING or view.ref_id is None:
        return None
    return class_opening.file_of(db, vault, view.ref_id, now=now)


def _sitting(db: Session, view: CaseView) -> SittingSeen | None:
    if view.kind is not CaseKind.EXAM_REVIEW or view.ref_id is None:
        return None
    return exam_reviews.sitting(db, view.ref_id)


def _evidence(db: Session, vault: Vault, view: CaseView, now: dt.datetime) -> AppealEvidence | None:
    if view.kind is not CaseKind.APPEAL or view.ref_id is None:
        return None
    subject = Subject(view.facts["subject"])
    return appeal_evidence.evidence(db, vault, subject, view.ref_id, now=now)


def _lines(db: Session, vault: Vault, found: list[CaseView], now: dt.datetime) -> list[CaseLine]:
    ids = {view.learner_id for view in found} | {view.decided_by for view in found}
    ids |= {view.proposal.by for view in found if view.proposal}
    who = people.views(db, vault, [account_id for account_id in ids if account_id])
    colleagues = people.staff_names(db, vault, _colleagues(found))
    today = local_day(now)
    own = person_keys.vaults_of(db, vault, [view.learner_id or "" for view in found])
    return [
        _line(own.get(view.learner_id or "", vault), view, who, colleagues, today) for view in found
    ]


def _colleagues(found: list[CaseView]) -> list[str]:
    """Who proposed and who decided, but for a learner who took back what was their own."""
    proposers = {view.proposal.by for view in found if view.proposal}
    deciders = {view.decided_by for view in found if view.decided_by != view.learner_id}
    return [account_id for account_id in proposers | deciders if account_id]


def _line(
    vault: Vault,
    view: CaseView,
    who: dict[str, PersonView],
    colleagues: dict[str, str],
    today: dt.date,
) -> CaseLine:
    person, proposal = who.get(view.learner_id or ""), view.proposal
    answer_by, is_open = str(view.facts.get("answer_by", "")), view.state is CaseState.OPEN
    return CaseLine(
        view=view, name=CASE_NAMES[view.kind], text=complaints.text_of(vault, view),
        masked_name=person.masked_name if person else "",
        masked_phone=person.masked_phone if person else "",
        choices=choices_of(view.kind) if is_open and proposal is None else (),
        answer_by=answer_by, is_overdue=is_open and is_overdue(answer_by, today),
        decision=decision_name(view.kind, view.decision) if view.decision else "",
        decided_by=_named(who, colleagues, view.decided_by) if view.decision else "",
        proposed=decision_name(view.kind, proposal.decision) if proposal else "",
        proposed_by=_named(who, colleagues, proposal.by) if proposal else "",
    )  # fmt: skip


def _named(who: dict[str, PersonView], colleagues: dict[str, str], account_id: str | None) -> str:
    if account_id is None:
        return "系统"
    person = who[account_id]
    return colleagues.get(account_id) or person.masked_name or person.masked_phone
