"""What of the identity room has a period, and which rows have reached it.

Keys are made of the moment (`core/ids.py`), so what is older than a moment is found by them.
"""

import datetime as dt

from sqlalchemy import ColumnElement, Select, and_, func, null, or_, select
from sqlalchemy.orm import Session

from app.core.ids import first_id
from app.core.keeping import Kept
from app.core.letting_go import Shelf
from app.identity.models.checks import IdentityCheck
from app.identity.models.desk import Notice, ReviewCase
from app.identity.models.faces import FaceFrame
from app.identity.models.outgoing import OutgoingMessage
from app.identity.models.people import AccessEntry, RegistryLookup, RosterEntry
from app.identity.models.phone_changes import PhoneChange
from app.identity.models.signing import PhoneCode, SignIn, TextMessage

Where = tuple[ColumnElement[bool], ...]


def _sign_ins(before: dt.datetime) -> Where:
    is_over = or_(SignIn.expires_at < before, SignIn.revoked_at < before)
    return SignIn.id < first_id(before), is_over


def _checks(before: dt.datetime) -> Where:
    details = (IdentityCheck.prompt, IdentityCheck.question, IdentityCheck.code_hash)
    return IdentityCheck.id < first_id(before), or_(*(each.is_not(None) for each in details))


def _lookups(before: dt.datetime) -> Where:
    return RegistryLookup.id < first_id(before), RegistryLookup.transaction_id != ""


def _phone_changes(before: dt.datetime) -> Where:
    """From where it ended on; what people still decide about stays, however long it takes."""
    since = func.coalesce(PhoneChange.done_at, PhoneChange.asked_at)
    decided_about = select(ReviewCase.ref_id).where(
        ReviewCase.kind == "phone_change", ReviewCase.state == "open",
        ReviewCase.ref_id.is_not(None),
    )  # fmt: skip
    return (
        PhoneChange.id < first_id(before), since < before,
        PhoneChange.state.not_in(("waiting", "at_desk", "left")),
        PhoneChange.id.not_in(decided_about),
    )  # fmt: skip


SHELVES = {
    Kept.PHONE_CODES: Shelf(
        PhoneCode, PhoneCode.sent_at, lambda before: (PhoneCode.id < first_id(before),)
    ),
    Kept.TEXT_MESSAGES: Shelf(
        TextMessage, TextMessage.sent_at, lambda before: (TextMessage.sent_at < before,)
    ),
    Kept.SIGN_INS: Shelf(SignIn, SignIn.started_at, _sign_ins),
    Kept.PHONE_CHANGES: Shelf(PhoneChange, PhoneChange.asked_at, _phone_changes),
    Kept.FACE_FRAMES: Shelf(
        FaceFrame, FaceFrame.seen_at, lambda before: (FaceFrame.seen_at < before,)
    ),
    Kept.CHECK_DETAILS: Shelf(
        IdentityCheck, IdentityCheck.opened_at, _checks,
        {"prompt": null(), "question": None, "code_hash": None},
    ),
    Kept.LOOKUP_NUMBERS: Shelf(
        RegistryLookup, RegistryLookup.at, _lookups, {"transaction_id": "", "earlier_ids": null()}
    ),
    Kept.NOTICES: Shelf(
        Notice, Notice.created_at, lambda before: (Notice.id < first_id(before),)
    ),
    Kept.OUTGOING_MESSAGES: Shelf(
        OutgoingMessage, OutgoingMessage.created_at,
        lambda before: (OutgoingMessage.id < first_id(before),),
    ),
    Kept.ACCESS_ENTRIES: Shelf(
        AccessEntry, AccessEntry.at, lambda before: (AccessEntry.id < first_id(before),)
    ),
}  # fmt: skip
SEALED_WORDS = ("text", "contact", "claim")
"""Members of a case's facts that hold what somebody wrote or claimed, sealed."""


def _worded(before: dt.datetime) -> ColumnElement[bool]:
    holds = [ReviewCase.facts[name].as_string().is_not(None) for name in SEALED_WORDS]
    return and_(ReviewCase.decided_at < before, or_(*holds))


def worded_cases(db: Session, before: dt.datetime, most: int) -> list[ReviewCase]:
    """Cases decided before a moment that still hold words, locked until the transaction ends."""
    query: Select[ReviewCase] = select(ReviewCase).where(_worded(before)).order_by(ReviewCase.id)
    return list(db.scalars(query.limit(most).with_for_update()))


def count_worded(db: Session, before: dt.datetime) -> int:
    return db.scalar(select(func.count()).select_from(ReviewCase).where(_worded(before))) or 0


def oldest_worded(db: Session, now: dt.datetime) -> dt.datetime | None:
    return db.scalar(select(func.min(ReviewCase.decided_at)).where(_worded(now)))


def roster_lines(db: Session, roster_ids: list[str]) -> list[RosterEntry]:
    return list(db.scalars(select(RosterEntry).where(RosterEntry.id.in_(roster_ids))))
