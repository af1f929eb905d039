"""What a person takes along of the desk: what they were told, wrote, and were answered."""

from sqlalchemy.orm import Session

from app.core.crypto import Vault, from_b64url
from app.core.own_rows import copied, copies_of, rows_of
from app.identity.models.desk import Notice, ReviewCase
from app.identity.models.outgoing import MAIL, MailAddress, MessageChoice, OutgoingMessage
from app.identity.rules.cases import CASE_NAMES, DECISION_NAMES, CaseKind, CaseState, Decision
from app.identity.rules.notices import NoticeKind, sentence_of
from app.identity.rules.own_data import (
    SILENT_WHILE_OPEN,
    OwnCase,
    OwnChoice,
    OwnMail,
    OwnMessage,
    OwnNotice,
)
from app.identity.services.claims import CLAIM
from app.identity.services.sealed_fields import WORDS


def notices(db: Session, person_id: str) -> list[OwnNotice]:
    """Every notice that is kept, in the sentences of today."""
    found = []
    for row in rows_of(db, Notice, Notice.person_id == person_id):
        title, text = sentence_of(NoticeKind(row.kind), row.facts)
        found.append(copied(OwnNotice, row, title=title, text=text))
    return found


def messages(db: Session, person_id: str) -> list[OwnMessage]:
    """Every reminder that is kept."""
    return copies_of(db, OwnMessage, OutgoingMessage, OutgoingMessage.person_id == person_id)


def mails(db: Session, own: Vault, person_id: str) -> list[OwnMail]:
    """The mail address, where there is one."""
    return [
        copied(
            OwnMail, row,
            address=own.open(row.address_sealed, context=MAIL) if row.address_sealed else "",
            waiting=own.open(row.waiting_sealed, context=MAIL) if row.waiting_sealed else "",
        )
        for row in rows_of(db, MailAddress, MailAddress.person_id == person_id)
    ]  # fmt: skip


def choices(db: Session, person_id: str) -> list[OwnChoice]:
    """What the person takes, where they chose."""
    return copies_of(db, OwnChoice, MessageChoice, MessageChoice.person_id == person_id)


def cases(db: Session, own: Vault, person_id: str) -> list[OwnCase]:
    """The person's matters; an inquiry only once it has ended, and without what staff wrote."""
    return [
        _case(own, row)
        for row in rows_of(db, ReviewCase, ReviewCase.learner_id == person_id)
        if CaseKind(row.kind) not in SILENT_WHILE_OPEN or row.state == CaseState.DECIDED
    ]


def _case(own: Vault, row: ReviewCase) -> OwnCase:
    kind, claim = CaseKind(row.kind), row.facts.get("claim") or {}
    is_told = kind not in SILENT_WHILE_OPEN
    # Whoever asks for another phone may not be whoever reads this: the new number is theirs.
    is_own_contact = kind is not CaseKind.PHONE_CHANGE
    return copied(
        OwnCase, row, number=row.id[-10:], kind_name=CASE_NAMES[kind],
        text=_opened(own, row.facts.get("text") if is_told else None, WORDS),
        contact=_opened(own, row.facts.get("contact") if is_own_contact else None, WORDS),
        claimed_name=_opened(own, claim.get("name"), CLAIM),
        claimed_number=_opened(own, claim.get("number"), CLAIM),
        decision_name=DECISION_NAMES[Decision(row.decision)] if row.decision else "",
        reason=(row.reason or "") if is_told else "",
    )  # fmt: skip


def _opened(own: Vault, sealed: object, context: str) -> str:
    return own.open(from_b64url(sealed), context=context) if isinstance(sealed, str) else ""
