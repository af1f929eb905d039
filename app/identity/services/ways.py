"""The way in which a person is checked: chosen once, given up with a yes, replaced under a doubt.

Who holds somebody's session can give up their way and choose one of their own. So a way that
replaces another one counts only once a person has looked, or where it is tied to the document
itself (a vendor who compares with the registry's portrait); until then passes release nothing.
"""

import datetime as dt

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError
from app.identity.models.checks import IdentityCheck
from app.identity.models.people import Person
from app.identity.repository import checks as check_rows
from app.identity.repository import faces as face_rows
from app.identity.repository import people as rows
from app.identity.rules.face_vendors import VENDOR_FACE
from app.identity.rules.roll_calls import ROLL_CALL
from app.identity.services import inbox
from app.identity.services.inbox import NoticeKind


def require_none(person: Person | None) -> None:
    """Raises ConflictError where a way is chosen: it is changed by giving it up, or by a person."""
    if person is not None and person.method is not None:
        raise _chosen()


def choose(db: Session, person: Person, method: str, *, now: dt.datetime) -> None:
    """Write the way down, once: of two that are chosen at the same time the first stays.

    Raises ConflictError where one is chosen already.
    """
    if not rows.choose_method(db, person.id, method):
        raise _chosen()
    db.refresh(person)
    audit.record(
        db, "identity.method_chosen", now=now, actor_id=person.id, subject_id=person.id,
        method=method,
    )  # fmt: skip
    if person.way_doubted_at is None:
        return
    audit.record(
        db, "identity.way_replaced", now=now, actor_id=person.id, subject_id=person.id,
        method=method,
    )  # fmt: skip
    inbox.notify(db, person.id, NoticeKind.WAY_REPLACED, now=now)
    if method == VENDOR_FACE:
        person.way_doubted_at = None


def give_up(person: Person, *, now: dt.datetime) -> None:
    """The way is gone at once; whatever is chosen next replaces it."""
    person.method, person.way_doubted_at = None, now


def take_off(db: Session, person: Person, *, now: dt.datetime) -> None:
    """Take the way off an account that was perhaps not its owner's, with all that it compares."""
    if person.method is not None:
        give_up(person, now=now)
    face_rows.delete_template(db, person.id)
    face_rows.withdraw_portrait(db, person.id, now)
    check_rows.delete_answers(db, person.id)


def is_doubted(db: Session, check_id: str) -> bool:
    """Tell whether a pass of this check shows only who chose the way, not whose account it is.

    At a roll call a supervisor sees who is there, whatever was chosen.
    """
    check = db.get(IdentityCheck, check_id)
    if check is None or check.method == ROLL_CALL:
        return False
    person = rows.lock(db, check.person_id)
    return person is not None and person.way_doubted_at is not None


def decide(
    db: Session, learner_id: str, *, asked_at: dt.datetime, is_same_person: bool, actor_id: str,
    now: dt.datetime,
) -> None:  # fmt: skip
    """A person looked at who chose the way: it stands, or it is taken off the account.

    A way that was replaced once more since the person was asked stays as doubtful as it is, and
    the one that was asked about is gone, with what it was compared with: nobody can say any more
    that its passes were the learner's. Raises ConflictError for saying so.
    """
    person = rows.lock(db, learner_id)
    if person is None or person.way_doubted_at is None:
        return
    if person.way_doubted_at > asked_at:
        if is_same_person:
            raise _replaced_again()
        return
    audit.record(
        db, "identity.way_judged", now=now, actor_id=actor_id, subject_id=learner_id,
        is_same_person=is_same_person,
    )  # fmt: skip
    if is_same_person:
        person.way_doubted_at = None
        return
    take_off(db, person, now=now)


def _replaced_again() -> ConflictError:
    return ConflictError(
        "当事人后来又换了核对方式，这件事项里的那一种已经不在了，不能确认是本人。",
        code="replaced_again",
        remedy="请选“不通过”并写明原因；当事人可以对未计入的时间提出申诉",
    )


def _chosen() -> ConflictError:
    return ConflictError(
        "您已经选好核对方式。", code="method_chosen", remedy="需要更改时请在帮助页联系人工"
    )
