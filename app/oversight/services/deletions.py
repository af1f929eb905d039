"""An account is deleted: every room does its share, in one transaction; the documents go after."""

import datetime as dt
import logging
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.certs.services import erasure as certificates
from app.certs.services import external, shares
from app.core import outbox
from app.core.crypto import KeyRing, Vault
from app.core.db import Database
from app.core.storage import Storage
from app.identity.providers import SmsSender
from app.identity.rules.deletions import PAUSE, RECEIPT
from app.identity.services import deletions, people, phone_holds
from app.identity.services.deletions import RequestView
from app.identity.services.signin import VendorError
from app.learning.services import erasure as study
from app.learning.services import sessions
from app.org.services import erasure as rosters

DELETE_PERSON = "delete_person"
_log = logging.getLogger("shixue.deletions")


@dataclass(frozen=True, slots=True)
class Means:
    """What deleting needs beside the database."""

    vault: Vault
    keys: KeyRing
    storage: Storage
    sms: SmsSender
    address: str


def ask(db: Session, person_id: str, *, now: dt.datetime) -> RequestView:
    """Write a person's request down, and the job that carries it out when it is due."""
    view = deletions.ask(db, person_id, now=now)
    _come_again(db, view, run_at=view.due_at, now=now)
    return view


def _come_again(db: Session, view: RequestView, *, run_at: dt.datetime, now: dt.datetime) -> None:
    outbox.enqueue(db, DELETE_PERSON, now=now, run_at=run_at, request_id=view.request_id)


def carry_out(database: Database, means: Means, request_id: str, *, now: dt.datetime) -> None:
    """Delete the account of a due request; done twice it is the same.

    The receipt goes out before the phone does; a vendor that fails does not keep the account.
    Raises UnavailableError, before that, while nothing can be signed of certificates: it is tried
    again.
    """
    with database.reading() as db:
        view = deletions.request(db, request_id)
        is_held = phone_holds.held_until(db, view.person_id, now=now) is not None
        is_blocked = view.is_open and (is_held or deletions.is_in_the_way(db, view.person_id))
        phone = people.own_phone(db, means.vault, view.person_id) if view.is_open else ""
    if is_blocked:
        with database.transaction() as db:
            _come_again(db, view, run_at=now + PAUSE, now=now)
        return
    if view.is_open:
        with database.reading() as db:
            certificates.check_may_go(db, means.keys, view.person_id, now=now)
        _send_receipt(means, view, phone, now)
        with database.transaction() as db:
            _erase(db, means, view, now)
    with database.reading() as db:
        if deletions.is_done(db, request_id):
            certificates.destroy_documents(db, means.storage, view.person_id)
    database.clear_journal()


def finish_restored(database: Database, means: Means, *, now: dt.datetime) -> int:
    """Delete again whom an older backup brought back without their keys; tells how many."""
    with database.reading() as db:
        found = deletions.keyless(db)
    for person_id in found:
        with database.transaction() as db:
            _erase(db, means, deletions.ask_again(db, person_id, now=now), now)
        with database.reading() as db:
            certificates.destroy_documents(db, means.storage, person_id)
    return len(found)


def _send_receipt(means: Means, view: RequestView, phone: str, now: dt.datetime) -> None:
    try:
        means.sms.send_answer(phone=phone, number=view.number, answer=RECEIPT, now=now)
    except VendorError:
        _log.warning("a receipt of a deletion was not sent", extra={"number": view.number})


def _erase(db: Session, means: Means, view: RequestView, now: dt.datetime) -> None:
    rosters.lock_rosters(db, view.person_id, deletions.roster_ids(db, view.person_id))
    # Read again: who held the lock may have changed the lines.
    roster_ids = deletions.roster_ids(db, view.person_id)
    if not deletions.erase(db, means.vault, view, now=now):
        return
    sessions.close_open(db, view.person_id, now=now)
    study.forget_learner(db, view.person_id)
    certificates.forget_holder(db, means.keys, view.person_id, address=means.address, now=now)
    external.forget(db, view.person_id)
    shares.forget(db, view.person_id)
    rosters.forget_person(db, view.person_id, roster_ids, now=now)
