"""Checks by the face at a certified vendor: sent there, come back, and what the vendor says of it.

What the person's browser brings back is never looked at: the vendor is asked, with a token that
only this server holds, bound to one check of one person.
"""

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core import audit, outbox
from app.core.crypto import Vault
from app.core.db import Database
from app.core.errors import ConflictError, NotFoundError, UnavailableError
from app.core.ids import new_id
from app.identity.models.checks import IdentityCheck
from app.identity.models.face_sessions import FaceSession
from app.identity.models.people import NAME, NUMBER, Person
from app.identity.providers.face_vendors import FaceAsk, FaceTrip, VendorFaces
from app.identity.providers.wire import VendorError
from app.identity.repository import checks as check_rows
from app.identity.repository import face_sessions as rows
from app.identity.repository import people as person_rows
from app.identity.rules import face_vendors as rules
from app.identity.rules.documents import DocumentType
from app.identity.rules.face_decisions import FaceDecision, FaceOutcome, Liveness
from app.identity.rules.face_vendors import VENDOR_FACE, Said
from app.identity.rules.faces import Purpose
from app.identity.services import ways
from app.identity.services.person_keys import own_vault

SETTLE_LEFT = "settle_left_face_session"
LEFT = "left"
"""The outcome of a check whose session was left; whatever the vendor said, it is no pass."""
_LIFE = dt.timedelta(milliseconds=rules.LIFE_MS)
_DAY = dt.timedelta(days=1)
_AFTERWARDS = dt.timedelta(minutes=1)
_REMEDY = "也可以在“我的”里改用不用人脸的方式"


@dataclass(frozen=True, slots=True, kw_only=True)
class TripAsk:
    """Whose trip to the vendor begins, for which check, with what their browser says of itself."""

    learner_id: str
    check_id: str
    return_url: str
    meta_info: str


@dataclass(frozen=True, slots=True)
class VendorFaceInput:
    """What judging needs of a check at a vendor; `token` is empty where nobody went there."""

    check_id: str
    learner_id: str
    purpose: Purpose
    token: str
    ask: FaceAsk


def may_use(db: Session, vault: Vault, vendor: VendorFaces | None, learner_id: str) -> bool:
    """Tell whether this person's document is one that the vendor documents to take."""
    person = person_rows.by_id(db, learner_id)
    if vendor is None or person is None or person.verified_at is None:
        return False
    name, _number = _named(vault, person)
    return rules.takes(vendor.kind, DocumentType(person.document_type or ""), name)


def open_vendor_check(
    db: Session, *, learner_id: str, check_id: str, purpose: Purpose, now: dt.datetime
) -> dict[str, Any]:
    """Write a check down that is answered by going to the vendor. Raises ConflictError."""
    if not rows.consents_to_vendors(db, learner_id):
        raise _no_consent()
    check = IdentityCheck(
        id=check_id, person_id=learner_id, method=VENDOR_FACE, purpose=purpose.value, opened_at=now
    )
    db.add(check)
    db.flush()
    return {"trip": check_id}


def begin_enrolment(db: Session, *, learner_id: str, now: dt.datetime) -> str:
    """Open the check with which this way is chosen; returns its id. Raises ConflictError."""
    ways.require_none(person_rows.by_id(db, learner_id))
    check_id = new_id(now)
    open_vendor_check(db, learner_id=learner_id, check_id=check_id, purpose=Purpose.ENROL, now=now)
    return check_id


def goes_on(db: Session, check_id: str | None, *, now: dt.datetime) -> bool:
    """Tell whether somebody was sent to the vendor for this check and nothing is decided yet.

    Such a check is not replaced by a fresh one: what went wrong at the vendor must be answered for.
    """
    if check_id is None or rows.session_of(db, check_id) is None:
        return False
    check = check_rows.check(db, check_id)
    if check is None or check.outcome is not None or now > check.opened_at + _LIFE:
        return False
    return bool(rows.consents_to_vendors(db, check.person_id))


def start(
    database: Database, vault: Vault, vendor: VendorFaces, ask: TripAsk, *, now: dt.datetime
) -> str:
    """Begin the session at the vendor, or go on with the one there is; returns its page.

    Raises NotFoundError for a check that is not the person's, ConflictError where it is over, was
    not agreed to, or the vendor refuses, UnavailableError where the vendor does not answer.
    """
    with database.reading() as db:
        found = _to_begin(db, vault, vendor, ask, now)
    if isinstance(found, str):
        return found
    try:
        trip = vendor.start(found, now=now)
    except VendorError:
        raise _away() from None
    if isinstance(trip, Said):
        raise _away() if trip.outcome is FaceOutcome.PROVIDER_ERROR else _refused(trip)
    with database.transaction() as db:
        return _keep(db, vendor, ask, found.order_no, trip, now)


def _to_begin(
    db: Session, vault: Vault, vendor: VendorFaces, ask: TripAsk, now: dt.datetime
) -> FaceAsk | str:
    """What the vendor is asked, or the page of the session that was begun already."""
    check = check_rows.check(db, ask.check_id)
    _require_open(check, ask, now)
    if rules.consent_kind(vendor.kind) not in rows.consents_to_vendors(db, ask.learner_id):
        raise _no_consent()
    begun = rows.session_of(db, ask.check_id)
    if begun is not None:
        return begun.page_url
    if rows.count_left(db, ask.learner_id, LEFT, now - _DAY) >= rules.MOST_LEFT:
        raise _refused(rules.TOO_MANY_LEFT)
    person = person_rows.by_id(db, ask.learner_id)
    if person is None or not may_use(db, vault, vendor, ask.learner_id):
        raise ConflictError("核身方不核对这种证件。", code="face_vendor_refused", remedy=_REMEDY)
    name, number = _named(vault, person)
    return FaceAsk(
        order_no=secrets.token_hex(16), name=name, number=number, return_url=ask.return_url,
        meta_info=ask.meta_info,
    )  # fmt: skip


def _require_open(check: IdentityCheck | None, ask: TripAsk, now: dt.datetime) -> None:
    if check is None or check.person_id != ask.learner_id or check.method != VENDOR_FACE:
        raise NotFoundError("没有这次核对。", remedy="请刷新页面")
    if check.outcome is not None or now > check.opened_at + _LIFE:
        raise ConflictError("这次核对已经结束。", code="challenge_over", remedy="请重新开始核对")


def _keep(
    db: Session, vendor: VendorFaces, ask: TripAsk, order_no: str, trip: FaceTrip, now: dt.datetime
) -> str:
    """Write the session down; of two that were begun at once the first stays.

    A token that is known already is somebody's answer played again, and no session.
    """
    _require_open(rows.check_to_change(db, ask.check_id), ask, now)
    begun = rows.session_of(db, ask.check_id)
    if begun is not None:
        return begun.page_url
    if rows.is_token_known(db, trip.token):
        raise _away()
    db.add(
        FaceSession(
            check_id=ask.check_id, person_id=ask.learner_id, source=vendor.account.source[:80],
            order_no=order_no, token=trip.token, page_url=trip.page_url, began_at=now,
        )
    )  # fmt: skip
    db.flush()
    outbox.enqueue(
        db, SETTLE_LEFT, now=now, key=f"{SETTLE_LEFT}:{ask.check_id}",
        run_at=now + _LIFE + _AFTERWARDS, check_id=ask.check_id,
    )  # fmt: skip
    audit.record(
        db, "identity.face_sent", now=now, actor_id=ask.learner_id, subject_id=ask.learner_id,
        check_id=ask.check_id, vendor=vendor.kind.value,
    )  # fmt: skip
    return trip.page_url


def load_vendor_check(db: Session, vault: Vault, check: IdentityCheck) -> VendorFaceInput:
    """Read what judging needs; a session whose consent was withdrawn is none any more."""
    begun, person = rows.session_of(db, check.id), person_rows.by_id(db, check.person_id)
    if not rows.consents_to_vendors(db, check.person_id):
        begun = None
    name, number = _named(vault, person) if person is not None else ("", "")
    ask = FaceAsk(order_no=begun.order_no if begun else "", name=name, number=number, return_url="")
    token = begun.token if begun else ""
    return VendorFaceInput(check.id, check.person_id, Purpose(check.purpose), token, ask)


def load_own(db: Session, vault: Vault, check_id: str, *, learner_id: str) -> VendorFaceInput:
    """Read one's own check, to ask how far it is. Raises NotFoundError."""
    check = check_rows.check(db, check_id)
    if check is None or check.person_id != learner_id or check.method != VENDOR_FACE:
        raise NotFoundError("没有这次核对。", remedy="请刷新页面")
    return load_vendor_check(db, vault, check)


def judge(vendor: VendorFaces | None, given: VendorFaceInput, *, now: dt.datetime) -> FaceDecision:
    """Ask the vendor what came of the session; slow, and without the database."""
    if vendor is None or not given.token:
        said = rules.UNFINISHED if vendor is not None else rules.UNKNOWN
        return FaceDecision(
            outcome=said.outcome, liveness=Liveness.NONE, source="", problem=said.sentence,
            is_finished=False,
        )  # fmt: skip
    return vendor.poll(given.token, given.ask, now=now)


def finish_enrolment(
    db: Session, vendor: VendorFaces, given: VendorFaceInput, decision: FaceDecision, *,
    now: dt.datetime,
) -> bool:  # fmt: skip
    """Choose this way for a person who passed; tells whether they did.

    What is not finished, or was not answered, stays open. Raises ConflictError where the check is
    over or of another purpose, or the consent was withdrawn meanwhile.
    """
    person = person_rows.by_id(db, given.learner_id)
    check = rows.check_to_change(db, given.check_id)
    consents = rows.consents_to_vendors(db, given.learner_id)
    is_late = check is None or now > check.opened_at + _LIFE
    is_agreed = rules.consent_kind(vendor.kind) in consents
    if person is None or is_late or not is_agreed or given.purpose is not Purpose.ENROL:
        raise ConflictError("这次录入已经结束。", code="challenge_over", remedy="请重新开始")
    if not decision.is_finished or decision.outcome is FaceOutcome.PROVIDER_ERROR:
        return False
    if not check_rows.close(
        db, given.check_id, outcome=decision.outcome.value, evidence_hash=decision.evidence_hash,
        now=now,
    ):  # fmt: skip
        raise ConflictError("这次录入已经结束。", code="challenge_over", remedy="请重新开始")
    rows.decide(db, given.check_id, decision, now)
    if decision.outcome is not FaceOutcome.PASSED:
        return False
    ways.choose(db, person, VENDOR_FACE, now=now)
    return True


def _named(vault: Vault, person: Person) -> tuple[str, str]:
    own = own_vault(vault, person)
    name = own.open(person.name_sealed, context=NAME) if person.name_sealed else ""
    number = own.open(person.document_sealed, context=NUMBER) if person.document_sealed else ""
    return name, number


def _no_consent() -> ConflictError:
    return ConflictError(
        "请先同意把姓名、证件号码和人脸交给核身方。", code="no_consent",
        remedy="请在“我的”里撤回后重新选择核对方式",
    )  # fmt: skip


def _refused(said: Said) -> ConflictError:
    return ConflictError(f"{said.sentence}。", code="face_vendor_refused", remedy=_REMEDY)


def _away() -> UnavailableError:
    return UnavailableError(
        "核身服务暂时连不上，没有记次数。", code="face_vendor_away",
        remedy=f"请过一会儿再试；{_REMEDY}", retry_after_s=10,
    )  # fmt: skip
