"""The gate before a certificate: who may have one now, and when to look again where not yet."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.certs import repository as rows
from app.certs.models import Certificate
from app.certs.rules import numbers
from app.certs.rules.facts import CertificateFacts
from app.certs.services import records, succession
from app.certs.services.artefacts import Workshop
from app.core import outbox
from app.core.flags import Switch, is_on
from app.identity.services import cases, people, phone_holds, standing
from app.identity.services.cases import CaseKind
from app.identity.services.people import FullPerson
from app.learning.services import progress
from app.learning.services.progress import CompletionFacts

AGAIN = dt.timedelta(hours=1)
_IN_DOUBT = (CaseKind.RISK, CaseKind.FACE_REVIEW, CaseKind.IDENTITY_REVIEW)


@dataclass(frozen=True, slots=True)
class Due:
    """What a certificate would say that has no number yet; `trial` has one for trial."""

    facts: CompletionFacts
    holder: FullPerson
    trial: CertificateFacts
    replaced_id: str | None

    @property
    def months(self) -> int | None:
        """Of the course's validity; one in another's place says what that one said."""
        return self.facts.validity_months if self.replaced_id is None else None


def look(db: Session, shop: Workshop, enrolment_id: str, *, now: dt.datetime) -> Due | str | None:
    """Return what is due, the id of the certificate that there is, or None where it has to wait."""
    known, replaced = _known(db, enrolment_id)
    if known is not None and replaced is None and is_settled(db, known):
        return known.id
    facts = progress.completion_facts(db, enrolment_id)
    if _has_to_wait(db, facts, known, now):
        return None
    if known is not None and replaced is None:
        return known.id
    holder = people.full(
        db, shop.vault, facts.learner_id, purpose="certificate", actor_id=None, now=now
    )
    trial = records.state(db, shop, facts, numbers.TRIAL, "0" * 64, now=now)
    if replaced is not None:
        if records.commitment(shop.keys, replaced.number, holder) != replaced.reissue_bound:
            succession.lapse(db, replaced.id, now=now)
            return None
        trial = succession.stated_again(replaced, trial)
    return Due(facts, holder, trial, replaced.id if replaced is not None else None)


def look_again(
    db: Session, shop: Workshop, due: Due, *, now: dt.datetime
) -> tuple[Certificate | None] | str | None:
    """Return the certificate that is replaced, or none, where all is still as it was looked at.

    Else the id of the one that somebody else has made, or None: then it comes again.
    """
    known, replaced = _known(db, due.facts.enrolment_id)
    if known is not None and replaced is None:
        return known.id
    facts = progress.completion_facts(db, due.facts.enrolment_id)
    if _has_to_wait(db, facts, known, now):
        return None
    is_same = facts == due.facts and people.still_says(db, shop.vault, due.holder)
    if not is_same or due.replaced_id != (replaced.id if replaced is not None else None):
        come_again(db, facts.enrolment_id, at=now, now=now)
        return None
    return (replaced,)


def _known(db: Session, enrolment_id: str) -> tuple[Certificate | None, Certificate | None]:
    known = rows.by_enrolment(db, enrolment_id)
    return known, succession.to_replace(known)


def _has_to_wait(
    db: Session, facts: CompletionFacts, known: Certificate | None, now: dt.datetime
) -> bool:
    """Tell whether the gate is shut, and come again where it may open by itself."""
    if not _is_fit(db, facts) or succession.is_in_doubt(db, known, now=now):
        if known is not None:
            # It has its number; what came between may pass, and nobody else would look again.
            come_again(db, facts.enrolment_id, at=now + AGAIN, now=now)
        return True
    if (until := phone_holds.held_until(db, facts.learner_id, now=now)) is not None:
        # Whoever took the account over would take a paper with it; what was issued stays.
        come_again(db, facts.enrolment_id, at=until, now=now)
        return True
    return False


def is_settled(db: Session, known: Certificate) -> bool:
    """Tell whether nothing is to be done any more: delivered, or never to be."""
    marks = (known.ready_at, known.holder_gone_at, known.voided_at)
    return any(mark is not None for mark in marks) or succession.is_over(db, known)


def _is_fit(db: Session, facts: CompletionFacts) -> bool:
    return (
        facts.is_complete
        and standing.standing(db, facts.learner_id).is_verified
        and not cases.has_open_case(db, facts.learner_id, _IN_DOUBT)
        and not is_on(db, Switch.NO_ISSUANCE)
    )


def come_again(db: Session, enrolment_id: str, *, at: dt.datetime, now: dt.datetime) -> None:
    outbox.enqueue(
        db, progress.ISSUE, now=now, key=f"issue:{enrolment_id}", run_at=at,
        enrolment_id=enrolment_id,
    )  # fmt: skip
