"""One certificate in another one's place: when it may be made, and the moment it takes over."""

import datetime as dt

from sqlalchemy.orm import Session

from app.certs import repository as rows
from app.certs.models import Certificate
from app.certs.rules.facts import CertificateFacts
from app.certs.rules.succession import restated
from app.certs.services import suspensions
from app.core import audit
from app.identity.services import cases, inbox
from app.identity.services.cases import CaseKind
from app.identity.services.inbox import NoticeKind

SUPERSEDED, LAPSED = "certificate.superseded", "certificate.reissue_lapsed"


def to_replace(known: Certificate | None) -> Certificate | None:
    """Return the certificate where another is due in its place: granted, and still its holder's."""
    if known is None or known.reissue_granted_at is None or known.ready_at is None:
        return None
    is_over = known.revoked_at is not None or known.holder_gone_at is not None
    return None if is_over else known


def lapse(db: Session, certificate_id: str, *, now: dt.datetime) -> None:
    """End a grant whose holder's proven name is another than it was granted for.

    Two people agreed to one name; the holder asks again for the next.
    """
    row = rows.lock(db, certificate_id)
    if row is None or row.reissue_granted_at is None or row.superseded_at is not None:
        return
    row.reissue_granted_at, row.reissue_bound = None, None
    audit.record(db, LAPSED, now=now, actor_id=None, subject_id=row.id, number=row.number)
    inbox.notify(db, row.learner_id, NoticeKind.REISSUE_LAPSED, now=now, number=row.number)


def predecessor(db: Session, row: Certificate) -> Certificate | None:
    return rows.get(db, row.replaces_id) if row.replaces_id is not None else None


def is_over(db: Session, row: Certificate) -> bool:
    """Tell whether the one in whose place a certificate would come was revoked meanwhile."""
    old = predecessor(db, row)
    return old is not None and old.revoked_at is not None


def is_in_doubt(db: Session, row: Certificate | None, *, now: dt.datetime) -> bool:
    """Tell whether the certificate that is to be replaced is suspended or about to be revoked.

    Nobody gets out of a doubt by asking for another paper.
    """
    if row is None:
        return False
    old = row if row.reissue_granted_at is not None else predecessor(db, row)
    return old is not None and (
        bool(suspensions.in_force(db, [old.id], now=now)) or is_before_the_desk(db, old.id)
    )


def is_before_the_desk(db: Session, certificate_id: str) -> bool:
    """Tell whether a revocation is being looked at."""
    found = cases.cases_about(db, [certificate_id], CaseKind.CERTIFICATE_REVOCATION)
    return any(case.decision is None for case in found)


def stated_again(old: Certificate, fresh: CertificateFacts) -> CertificateFacts:
    """What the successor states. Raises ValueError where the old record holds no facts."""
    facts = CertificateFacts.from_mapping(old.facts)
    if facts is None:
        message = "the record does not hold the facts of a certificate"
        raise ValueError(message)
    return restated(facts, fresh)


def take_over(db: Session, row: Certificate, *, now: dt.datetime) -> bool:
    """In the transaction that makes a successor ready, the old one goes out of use.

    Tells False where the old one may not be replaced any more or for now.
    """
    if row.replaces_id is None:
        return True
    old = rows.lock(db, row.replaces_id)
    if old is None or old.revoked_at is not None or is_in_doubt(db, row, now=now):
        return False
    old.superseded_at = now
    audit.record(
        db, SUPERSEDED, now=now, actor_id=None, subject_id=old.id, number=old.number,
        by=row.number,
    )  # fmt: skip
    return True


def tell(db: Session, row: Certificate, *, now: dt.datetime) -> None:
    """Tell the holder that a certificate is ready, and which one it stands for."""
    old = predecessor(db, row)
    if old is None:
        inbox.notify(
            db, row.learner_id, NoticeKind.CERTIFICATE_READY, now=now,
            course=row.facts["course"], number=row.number,
        )  # fmt: skip
        return
    inbox.notify(
        db, row.learner_id, NoticeKind.CERTIFICATE_REPLACED, now=now,
        course=row.facts["course"], number=row.number, old=old.number,
    )  # fmt: skip
