"""Questions about organisations."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.core.listing import Asked, Order, Piece, piece_of
from app.org.models.organisations import Organisation


def get_organisation(db: Session, org_id: str) -> Organisation | None:
    return db.get(Organisation, org_id)


def lock_organisation(db: Session, org_id: str) -> Organisation | None:
    """Read an organisation so that only one writer at a time works on its staff."""
    return db.get(Organisation, org_id, with_for_update=True)


def is_suspended(db: Session, org_id: str) -> bool:
    query = select(Organisation.id).where(
        Organisation.id == org_id, Organisation.suspended_at.is_not(None)
    )
    return db.scalars(query).first() is not None


def get_organisation_by_uscc(db: Session, uscc: str) -> Organisation | None:
    return db.scalars(select(Organisation).where(Organisation.uscc == uscc)).first()


def organisations_called(db: Session, name: str) -> list[Organisation]:
    """Return at most two of a name, which is enough to know whether it says who is meant."""
    return list(db.scalars(select(Organisation).where(Organisation.name == name).limit(2)))


def list_organisations(db: Session, org_ids: Sequence[str]) -> list[Organisation]:
    query = select(Organisation).where(Organisation.id.in_(org_ids)).order_by(Organisation.name)
    return list(db.scalars(query))


ORDER = Order(
    keys={
        "name": Organisation.name, "kind": Organisation.kind, "uscc": Organisation.uscc,
        "made": Organisation.created_at,
    },
    last=Organisation.id,
    own="name",
)  # fmt: skip


def find_organisations(db: Session, text: str, asked: Asked) -> Piece[Organisation]:
    """A piece of the organisations whose name or code holds a text."""
    wanted = or_(
        Organisation.name.contains(text, autoescape=True),
        Organisation.uscc.contains(text.upper(), autoescape=True),
    )
    return piece_of(db, select(Organisation).where(wanted), ORDER, asked)
