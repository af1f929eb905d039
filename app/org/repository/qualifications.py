"""Questions about qualifications, and the public directory that rests on them."""

import datetime as dt

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session, undefer

from app.core.listing import Asked, Order, Piece, piece_of
from app.org.models.organisations import Organisation
from app.org.models.qualifications import OrgQualification
from app.org.rules.organisations import OrganisationKind
from app.org.rules.qualifications import QualificationState


def get_qualification(db: Session, qualification_id: str) -> OrgQualification | None:
    return db.get(OrgQualification, qualification_id)


def with_proof(db: Session, qualification_id: str) -> OrgQualification | None:
    """A qualification with its sealed paper, which is read nowhere else."""
    query = select(OrgQualification).where(OrgQualification.id == qualification_id)
    return db.scalars(query.options(undefer(OrgQualification.proof_sealed))).first()


def qualifications_of(db: Session, org_id: str) -> list[OrgQualification]:
    """An organisation's own, the newest first."""
    query = select(OrgQualification).where(OrgQualification.org_id == org_id)
    return list(db.scalars(query.order_by(OrgQualification.id.desc())))


def confirmed_of(db: Session, org_ids: list[str]) -> list[OrgQualification]:
    """What is confirmed of several organisations, the longest lasting first."""
    query = select(OrgQualification).where(
        OrgQualification.org_id.in_(org_ids),
        OrgQualification.state == QualificationState.CONFIRMED,
    )
    return list(
        db.scalars(query.order_by(OrgQualification.valid_until.desc(), OrgQualification.id))
    )


def close(
    db: Session,
    qualification_id: str,
    state: QualificationState,
    *,
    reason: str | None,
    now: dt.datetime,
) -> bool:
    """Decide a waiting one; tells False where it is decided already."""
    closed = db.execute(
        update(OrgQualification)
        .where(
            OrgQualification.id == qualification_id,
            OrgQualification.state == QualificationState.WAITING,
        )
        .values(state=state, reason=reason, decided_at=now)
        .returning(OrgQualification.id)
    )
    return closed.first() is not None


DIRECTORY = Order(
    keys={"name": Organisation.name, "prefecture": Organisation.prefecture_code},
    last=Organisation.id,
    own="name",
)


def find_institutions(
    db: Session, text: str, prefecture_code: str, asked: Asked
) -> Piece[Organisation]:
    """A piece of the institutions of which anything is confirmed."""
    confirmed = exists().where(
        OrgQualification.org_id == Organisation.id,
        OrgQualification.state == QualificationState.CONFIRMED,
    )
    query = select(Organisation).where(
        Organisation.kind == OrganisationKind.INSTITUTION, confirmed
    )  # fmt: skip
    if text:
        found = Organisation.name.contains(text, autoescape=True)
        query = query.where(or_(found, Organisation.uscc == text.upper()))
    if prefecture_code:
        query = query.where(Organisation.prefecture_code == prefecture_code)
    return piece_of(db, query, DIRECTORY, asked)
