"""The gate before a certificate: who may have one now, and when to look again where not yet."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.certs import repository as rows
from app.certs.models import Certificate
from app.certs.rules.facts import CertificateFacts
from app.certs.services import linting, printing, records, statuses, succession
from app.certs.services.artefacts import Workshop
from app.certs.services.linting import Refusal
from app.core.flags import Switch, is_on
from app.identity.services import people, phone_holds, portraits, standing
from app.identity.services.cases import CaseKind
from app.identity.services.people import FullPerson
from app.learning.services import progress
from app.learning.services.progress import CompletionFacts

AGAIN = dt.timedelta(hours=1)
_IN_DOUBT = (CaseKind.RISK, CaseKind.FACE_REVIEW, CaseKind.IDENTITY_REVIEW)


@dataclass(frozen=True, slots=True)
class Due:
    """What a certificate would say that has no number yet; `trial` has one for trial.

    `place` in a status list was free, and `has_picture` tells of the holder's for certificates.
    """

    facts: CompletionFacts
    holder: FullPerson
    trial: CertificateFacts
    replaced_id: str | None
    place: tuple[int, int]
    has_picture: bool
    named_by: int | None = None
    """The later version whose names it states, where those that were learnt cannot be printed."""

    @property
    def months(self) -> int | None:
        """Of the course's validity; one in another's place says what that one said."""
        return self.facts.validity_months if self.replaced_id is None else None


@dataclass(frozen=True, slots=True)
class Shut:
    """Why there is none yet: it opens by itself at a moment, or never for what was granted."""

    opens_at: dt.datetime | None = None
    lapsed_id: str | None = None


def look(db: Session, shop: Workshop, enrolment_id: str, *, now: dt.datetime) -> Due | Shut | str:
    """Return what is due, the id of the certificate that there is, or that the gate is shut.

    It only looks, so that nobody waits for it. The holder's file is opened and not yet written
    down: whoever goes on with it does so by `enter`.
    """
    known, replaced = _known(db, enrolment_id)
    if known is not None and replaced is None and is_settled(db, known):
        return known.id
    facts = progress.completion_facts(db, enrolment_id)
    if not facts.is_complete:
        return _until_mended(known, now)
    if (shut := _shut(db, facts.learner_id, known, now)) is not None:
        return shut
    if known is not None and replaced is None:
        return known.id
    holder = people.opened(db, shop.vault, facts.learner_id)
    facts, named_by = printing.named_to_print(db, facts)
    trial = records.on_trial(db, shop, facts, now=now)
    if replaced is not None:
        if records.commitment(shop.keys, replaced.number, holder) != replaced.reissue_bound:
            return Shut(lapsed_id=replaced.id)
        trial = succession.stated_again(replaced, trial)
    return Due(
        facts, holder, trial, replaced.id if replaced is not None else None,
        statuses.draw_place(db), portraits.is_there(db, facts.learner_id),
        named_by if replaced is None else None,
    )  # fmt: skip


def enter(
    db: Session, shop: Workshop, due: Due, refusal: Refusal | None, *, now: dt.datetime
) -> str | None:
    """Give what was due its number; returns the certificate's id, None where it has to wait now.

    What may not be said is put before the desk instead.

    What may have become another since it was looked at is looked at again: whether there is one
    by now, the name, the gate, the picture. The hours are those of the look, a moment ago. A place
    that somebody else was given meanwhile fails with the transaction, and the job comes again.
    """
    known, replaced = _known(db, due.facts.enrolment_id)
    if known is not None and replaced is None:
        return known.id
    if (shut := _shut(db, due.facts.learner_id, known, now)) is not None:
        leave(db, due.facts.enrolment_id, shut, now=now)
        return None
    holder = people.full(
        db, shop.vault, due.facts.learner_id, purpose="certificate", actor_id=None, now=now
    )
    if holder != due.holder or due.replaced_id != (replaced.id if replaced is not None else None):
        progress.order_certificate(db, due.facts.enrolment_id, now=now, at=now)
        return None
    if refusal is not None:
        linting.put_before_desk(db, shop.vault, due.facts, refusal, now=now)
        return None
    # One that was put there since then is on the next certificate; most have none to look for.
    picture = (
        portraits.picture_of(db, shop.vault, holder.learner_id) if due.has_picture else None
    )  # fmt: skip
    entry = records.Entry(
        due.facts.enrolment_id, holder, due.trial, due.place, picture, due.named_by
    )
    return records.freeze(db, shop, entry, replaced=replaced, now=now)


def look_again(db: Session, row: Certificate, *, now: dt.datetime) -> Shut | None:
    """Tell whether the gate has shut over one that has its number, before it is handed out.

    Typesetting and the time stamp take their time, and a name may be withdrawn meanwhile.
    """
    is_complete = progress.is_complete(db, row.enrolment_id)
    return _shut(db, row.learner_id, row, now) if is_complete else _until_mended(row, now)


def leave(db: Session, enrolment_id: str, shut: Shut, *, now: dt.datetime) -> None:
    """Write down what follows from a gate that is shut."""
    if shut.opens_at is not None:
        progress.order_certificate(db, enrolment_id, now=now, at=shut.opens_at)
    if shut.lapsed_id is not None:
        succession.lapse(db, shut.lapsed_id, now=now)


def _known(db: Session, enrolment_id: str) -> tuple[Certificate | None, Certificate | None]:
    known = rows.by_enrolment(db, enrolment_id)
    return known, succession.to_replace(known)


def _shut(db: Session, learner_id: str, known: Certificate | None, now: dt.datetime) -> Shut | None:
    """Tell whether the gate is shut for somebody who is through with the course."""
    if is_on(db, Switch.NO_ISSUANCE):
        return Shut(now + AGAIN)  # nothing else would tell that it was let go on
    fit = standing.fitness(db, learner_id, _IN_DOUBT)
    is_fit = fit.is_verified and not fit.has_open_case
    if not is_fit or succession.is_in_doubt(db, known, now=now):
        return _until_mended(known, now)
    if not fit.has_changed_phone:
        return None
    # Whoever took the account over would take a paper with it; what was issued stays.
    until = phone_holds.held_until(db, learner_id, now=now)
    return None if until is None else Shut(until)


def _until_mended(known: Certificate | None, now: dt.datetime) -> Shut:
    """One that has its number: what came between may pass, and nobody else would look again."""
    return Shut(now + AGAIN if known is not None else None)


def is_settled(db: Session, known: Certificate) -> bool:
    """Tell whether nothing is to be done any more: delivered, or never to be."""
    marks = (known.ready_at, known.holder_gone_at, known.voided_at)
    return any(mark is not None for mark in marks) or succession.is_over(db, known)
