"""Finding certificates, and giving out serial numbers."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Executable, Result, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from app.certs.models import (
    Certificate,
    CertificateCode,
    CertificateSerial,
    CertificateShare,
    CertificateSuspension,
    ExternalCertificate,
)
from app.core.log_audit import AT_ONCE
from app.core.log_records import beside_log
from app.core.translog import Kind


def next_serial(db: Session, scope: str) -> int:
    """Give out the next serial; the counter's row is the lock."""
    is_postgresql = db.get_bind().dialect.name == "postgresql"
    counted = _COUNTED_PG if is_postgresql else _COUNTED
    serial: int = db.connection().execute(counted, {"scope": scope, "last": 1}).scalar_one()
    return serial


def _counting(insert: type[postgresql.Insert] | type[sqlite.Insert]) -> Executable:
    return (
        insert(CertificateSerial)
        .on_conflict_do_update(index_elements=["scope"], set_={"last": CertificateSerial.last + 1})
        .returning(CertificateSerial.last)
    )


_COUNTED, _COUNTED_PG = _counting(sqlite.Insert), _counting(postgresql.Insert)


def get(db: Session, certificate_id: str) -> Certificate | None:
    return db.get(Certificate, certificate_id)


def lock(db: Session, certificate_id: str) -> Certificate | None:
    """Return a certificate as it stands now, locked until the transaction ends."""
    return db.get(Certificate, certificate_id, with_for_update=True, populate_existing=True)


def by_enrolment(db: Session, enrolment_id: str) -> Certificate | None:
    """The certificate of an enrolment that none was issued in the place of; no voided one."""
    return db.scalars(_NEWEST, {"enrolment_id": enrolment_id}).first()


# Made once: an alias costs as much as the query, and the gate asks while others wait to write.
_LATER = aliased(Certificate)
_NEWEST = select(Certificate).where(
    Certificate.enrolment_id == bindparam("enrolment_id"), Certificate.voided_at.is_(None),
    ~select(_LATER.id)
    .where(_LATER.replaces_id == Certificate.id, _LATER.voided_at.is_(None))
    .exists(),
)  # fmt: skip


def ready_for(db: Session, enrolment_id: str) -> list[Certificate]:
    """The certificates of an enrolment that were shown, the oldest first."""
    query = select(Certificate).where(
        Certificate.enrolment_id == enrolment_id, Certificate.ready_at.is_not(None)
    )
    return list(db.scalars(query.order_by(Certificate.id)))


def in_force(db: Session, enrolment_ids: Collection[str]) -> Sequence[Certificate]:
    """Certificates of enrolments that were handed out, and not taken back or replaced since."""
    query = select(Certificate).where(
        Certificate.enrolment_id.in_(enrolment_ids), Certificate.ready_at.is_not(None),
        Certificate.revoked_at.is_(None), Certificate.superseded_at.is_(None),
    )  # fmt: skip
    return db.scalars(query).all()


def successors_of(db: Session, certificate_ids: Collection[str]) -> Sequence[Certificate]:
    """Those that took the place of these, once they are ready."""
    query = select(Certificate).where(
        Certificate.replaces_id.in_(certificate_ids), Certificate.ready_at.is_not(None),
        Certificate.voided_at.is_(None),  # a successor is found by the index of those in use
    )  # fmt: skip
    return db.scalars(query).all()


def by_public_id(db: Session, public_id: str) -> Certificate | None:
    return db.scalars(select(Certificate).where(Certificate.public_id == public_id)).first()


def by_number(db: Session, number: str) -> Certificate | None:
    return db.scalars(select(Certificate).where(Certificate.number == number)).first()


def list_of(db: Session, learner_id: str) -> list[Certificate]:
    query = select(Certificate).where(
        Certificate.learner_id == learner_id, Certificate.ready_at.is_not(None)
    )
    return list(db.scalars(query.order_by(Certificate.issued_at.desc(), Certificate.id)))


def every_ready(db: Session) -> list[tuple[str, int | None, str]]:
    """The id of every certificate that has documents, which draft of them, and its holder's id."""
    query = select(Certificate.id, Certificate.draft, Certificate.learner_id).where(
        Certificate.ready_at.is_not(None), Certificate.holder_gone_at.is_(None)
    )
    return [(row[0], row[1], row[2]) for row in db.execute(query.order_by(Certificate.id))]


def is_holder_gone(db: Session, certificate_id: str) -> bool:
    query = select(Certificate.holder_gone_at).where(Certificate.id == certificate_id)
    return db.scalar(query) is not None


def all_of(db: Session, learner_id: str) -> list[Certificate]:
    """A holder's certificates, those that are not ready too."""
    query = select(Certificate).where(Certificate.learner_id == learner_id)
    return list(db.scalars(query.order_by(Certificate.id)))


def all_beside_log(db: Session) -> Result[Any]:
    """Every certificate, the oldest first, with what the log holds of it; to be closed."""
    query = beside_log(
        Kind.CERTIFICATE, Certificate.id, Certificate.id, Certificate.number,
        Certificate.public_id, Certificate.facts, Certificate.key_id, Certificate.signature,
        Certificate.sm2_signature, Certificate.revoked_at, Certificate.revoked_by,
        Certificate.status_list, Certificate.status_index, Certificate.holder_gone_at,
        Certificate.reissue_granted_at, Certificate.reissue_bound, Certificate.superseded_at,
        Certificate.replaces_id, Certificate.ready_at, Certificate.voided_at,
        Certificate.voided_by, Certificate.issued_at, Certificate.expires_on, Certificate.qr_text,
        Certificate.enrolment_id, Certificate.learner_id, Certificate.holder_index,
        Certificate.draft, Certificate.pdf_digest,
    ).order_by(Certificate.id)  # fmt: skip
    return db.connection().execute(query.execution_options(yield_per=AT_ONCE))


def first_code(db: Session) -> str | None:
    """The text of the oldest certificate's code, of those whose holder has not gone."""
    query = select(Certificate.qr_text).where(Certificate.holder_gone_at.is_(None))
    return db.scalars(query.order_by(Certificate.id).limit(1)).first()


def replacements(db: Session) -> list[tuple[str, str, str, bool]]:
    """Of each in another's place: that one's id and number, its own number, whether it is used."""
    old = aliased(Certificate)
    query = select(old.id, old.number, Certificate.number, Certificate.voided_at.is_(None))
    found = db.execute(query.join(old, old.id == Certificate.replaces_id))
    return [(row[0], row[1], row[2], row[3]) for row in found]


def newest_list(db: Session) -> int | None:
    """The number of the status list that places are given in."""
    return db.scalar(select(func.max(Certificate.status_list)))


def is_taken(db: Session, number: int, index: int) -> bool:
    query = select(Certificate.id).where(
        Certificate.status_list == number, Certificate.status_index == index
    )
    return db.scalars(query).first() is not None


def revoked_places(db: Session, number: int) -> list[int]:
    """The places of a status list whose certificates are revoked, superseded or void, in order."""
    query = select(Certificate.status_index).where(
        Certificate.status_list == number,
        or_(
            Certificate.revoked_at.is_not(None),
            Certificate.superseded_at.is_not(None),
            Certificate.voided_at.is_not(None),
        ),
    )
    return [at for at in db.scalars(query.order_by(Certificate.status_index)) if at is not None]


def suspensions_of(
    db: Session, certificate_ids: Collection[str]
) -> Sequence[CertificateSuspension]:
    """Every suspension of these certificates there ever was, the oldest first."""
    query = select(CertificateSuspension).where(
        CertificateSuspension.certificate_id.in_(certificate_ids)
    )
    return db.scalars(query.order_by(CertificateSuspension.id)).all()


def all_suspensions(db: Session) -> Sequence[CertificateSuspension]:
    query = select(CertificateSuspension).execution_options(yield_per=AT_ONCE)
    return db.scalars(query.order_by(CertificateSuspension.id)).all()


def unreminded(db: Session, *, first: dt.date, last: dt.date, stage: int, most: int) -> list[str]:
    """Certificates in use whose last day lies between two days, not reminded of at this stage."""
    query = select(Certificate.id).where(
        Certificate.expires_on.between(first, last),
        or_(Certificate.reminded_days.is_(None), Certificate.reminded_days > stage),
        Certificate.ready_at.is_not(None), Certificate.revoked_at.is_(None),
        Certificate.superseded_at.is_(None), Certificate.holder_gone_at.is_(None),
    )  # fmt: skip
    return list(db.scalars(query.order_by(Certificate.expires_on, Certificate.id).limit(most)))


def nearing(
    db: Session, learner_ids: Collection[str], *, first: dt.date, last: dt.date
) -> Sequence[Certificate]:
    """Certificates in use of some people whose last day lies between two days."""
    query = select(Certificate).where(
        Certificate.learner_id.in_(learner_ids), Certificate.expires_on.between(first, last),
        Certificate.ready_at.is_not(None), Certificate.revoked_at.is_(None),
        Certificate.superseded_at.is_(None), Certificate.holder_gone_at.is_(None),
    )  # fmt: skip
    return db.scalars(query.order_by(Certificate.expires_on, Certificate.id)).all()


def forget_codes(db: Session, certificate_id: str, *, now: dt.datetime) -> None:
    """Take away a certificate's code, and everybody's that are over."""
    db.execute(
        delete(CertificateCode).where(
            or_(CertificateCode.certificate_id == certificate_id, CertificateCode.ends_at <= now)
        )
    )


def code_of(db: Session, certificate_id: str) -> CertificateCode | None:
    """Return a certificate's code, locked until the transaction ends."""
    return db.get(CertificateCode, certificate_id, with_for_update=True, populate_existing=True)


def shares_of(db: Session, certificate_id: str) -> Sequence[CertificateShare]:
    """A certificate's links, the newest first."""
    query = select(CertificateShare).where(CertificateShare.certificate_id == certificate_id)
    return db.scalars(query.order_by(CertificateShare.id.desc())).all()


def share(db: Session, share_id: str) -> CertificateShare | None:
    return db.get(CertificateShare, share_id)


def share_by_token(
    db: Session, token_mac: str, *, to_change: bool = False
) -> CertificateShare | None:
    """Return the link of a token, locked until the transaction ends where it will change."""
    query = select(CertificateShare).where(CertificateShare.token_mac == token_mac)
    return db.scalars(query.with_for_update() if to_change else query).first()


def delete_shares(db: Session, learner_id: str) -> None:
    db.execute(delete(CertificateShare).where(CertificateShare.learner_id == learner_id))


def forget_shares(db: Session, *, before: dt.datetime) -> None:
    """Take away everybody's links that ended before a moment."""
    is_over = or_(CertificateShare.ends_on < before.date(), CertificateShare.withdrawn_at < before)
    db.execute(delete(CertificateShare).where(is_over))


def revoked_enrolments(db: Session, learner_id: str) -> list[str]:
    query = select(Certificate.enrolment_id).where(
        Certificate.learner_id == learner_id,
        Certificate.revoked_at.is_not(None),
        Certificate.superseded_at.is_(None),
    )
    return list(db.scalars(query))


def revoke(
    db: Session, certificate_id: str, *, reason: str, actor_id: str, now: dt.datetime
) -> bool:
    """Revoke once; tells False where that was done already."""
    done = db.execute(
        update(Certificate)
        .where(Certificate.id == certificate_id, Certificate.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by=actor_id, revoke_reason=reason)
        .returning(Certificate.id)
        .execution_options(synchronize_session=False)
    )
    is_first = done.first() is not None
    db.expire_all()
    return is_first


def externals_of(db: Session, learner_id: str) -> list[ExternalCertificate]:
    """What a holder has recorded of others' certificates, the newest issue first."""
    query = select(ExternalCertificate).where(ExternalCertificate.learner_id == learner_id)
    return list(
        db.scalars(query.order_by(ExternalCertificate.issued_on.desc(), ExternalCertificate.id))
    )


def external(db: Session, external_id: str) -> ExternalCertificate | None:
    return db.get(ExternalCertificate, external_id)


def delete_externals(db: Session, learner_id: str) -> None:
    db.execute(delete(ExternalCertificate).where(ExternalCertificate.learner_id == learner_id))
