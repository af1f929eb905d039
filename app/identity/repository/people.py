"""Finding people, their roles and those whom employers named."""

import datetime as dt
from collections.abc import Iterator, Sequence

from sqlalchemy import Row, delete, func, insert, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.identity.models.people import (
    AccessEntry,
    Person,
    PersonKey,
    RegistryLookup,
    RoleGrant,
    RosterEntry,
)

_LAST_READ = "last_person_read"
_AT_ONCE = 1000


def by_id(db: Session, person_id: str) -> Person | None:
    """Return a person. The last one read is held: a session forgets what nobody holds.

    Most transactions are about one person and ask for them several times, some while others wait.
    """
    person = db.info[_LAST_READ] = db.get(Person, person_id)
    return person


def by_ids(db: Session, person_ids: Sequence[str]) -> list[Person]:
    return list(db.scalars(select(Person).where(Person.id.in_(person_ids))))


def add_key(db: Session, person: Person, key_sealed: bytes, now: dt.datetime) -> None:
    """Give a person a key; of two who do so at once the first wins, and both get that one."""
    upsert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    db.flush()
    db.execute(
        upsert(PersonKey)
        .values(person_id=person.id, key_sealed=key_sealed, made_at=now)
        .on_conflict_do_nothing()
    )
    db.refresh(person, ["key"])


def by_phone(db: Session, phone_index: str) -> Person | None:
    return db.scalars(select(Person).where(Person.phone_index == phone_index)).first()


def by_document(db: Session, document_index: str) -> Person | None:
    return db.scalars(select(Person).where(Person.document_index == document_index)).first()


def grants_of(db: Session, person_id: str) -> list[RoleGrant]:
    query = select(RoleGrant).where(RoleGrant.person_id == person_id).order_by(RoleGrant.id)
    return list(db.scalars(query))


def lock(db: Session, person_id: str) -> Person | None:
    """Return a person, locked until the transaction ends."""
    # The key's row comes along and may be missing: PostgreSQL cannot lock what may be missing.
    return db.get(Person, person_id, with_for_update={"of": Person})


def choose_method(db: Session, person_id: str, method: str) -> bool:
    """Write down how a person is checked; tells False where that is chosen already."""
    chosen = db.execute(
        update(Person)
        .where(Person.id == person_id, Person.method.is_(None))
        .values(method=method)
        .returning(Person.id)
    )
    return chosen.first() is not None


def who_was_granted(db: Session, person_ids: Sequence[str]) -> list[str]:
    """Return those of these people who hold any role by grant."""
    query = select(RoleGrant.person_id).where(RoleGrant.person_id.in_(person_ids))
    return list(db.scalars(query.distinct().order_by(RoleGrant.person_id)))


def holders_in(db: Session, org_id: str) -> list[str]:
    query = select(RoleGrant.person_id).where(RoleGrant.org_id == org_id)
    return list(db.scalars(query.order_by(RoleGrant.id)))


def grants_in(db: Session, org_id: str) -> list[RoleGrant]:
    query = select(RoleGrant).where(RoleGrant.org_id == org_id)
    return list(db.scalars(query.order_by(RoleGrant.id)))


def count_holders(db: Session, role: str) -> int:
    """Count those with a proven name who hold a role."""
    query = select(func.count(RoleGrant.person_id.distinct())).join(
        Person, Person.id == RoleGrant.person_id
    )
    return db.scalar(query.where(RoleGrant.role == role, Person.verified_at.is_not(None))) or 0


def delete_grants(db: Session, person_id: str, role: str, org_id: str | None) -> int:
    """Take a role away, of an organisation or of none; returns how many grants were there."""
    scope = RoleGrant.org_id == org_id if org_id else RoleGrant.org_id.is_(None)
    gone = db.execute(
        delete(RoleGrant)
        .where(RoleGrant.person_id == person_id, RoleGrant.role == role, scope)
        .returning(RoleGrant.id)
    )
    return len(gone.all())


def put_to_sleep(db: Session, person_id: str, document_index: str) -> None:
    """Note on a person's roles whose document they are for; what sleeps already stays as it is."""
    db.execute(
        update(RoleGrant)
        .where(RoleGrant.person_id == person_id, RoleGrant.document_index.is_(None))
        .values(document_index=document_index)
    )


def lookups_since(db: Session, person_id: str, outcomes: Sequence[str], since: dt.datetime) -> int:
    """Count the registry's answers of these kinds about a person since a moment."""
    query = select(func.count()).where(
        RegistryLookup.person_id == person_id,
        RegistryLookup.outcome.in_(outcomes),
        RegistryLookup.at >= since,
    )
    return db.scalar(query) or 0


def lookups_of(db: Session, person_id: str, most: int) -> list[RegistryLookup]:
    query = select(RegistryLookup).where(RegistryLookup.person_id == person_id)
    order = (RegistryLookup.at.desc(), RegistryLookup.id.desc())
    return list(db.scalars(query.order_by(*order).limit(most)))


def access_of(db: Session, person_id: str, most: int) -> list[AccessEntry]:
    query = select(AccessEntry).where(AccessEntry.person_id == person_id)
    return list(
        db.scalars(query.order_by(AccessEntry.at.desc(), AccessEntry.id.desc()).limit(most))
    )


def add_access(db: Session, entries: Sequence[dict[str, object]]) -> None:
    """Write many openings down in one statement."""
    if entries:
        db.execute(insert(AccessEntry), entries)


def has_opened(db: Session, actor_id: str, case_id: str) -> bool:
    query = select(AccessEntry.id).where(
        AccessEntry.case_id == case_id, AccessEntry.actor_id == actor_id
    )
    return db.scalars(query.limit(1)).first() is not None


def roster_of_person(db: Session, person_id: str) -> list[RosterEntry]:
    return list(db.scalars(select(RosterEntry).where(RosterEntry.person_id == person_id)))


def roster_entry(db: Session, org_id: str, document_index: str) -> RosterEntry | None:
    query = select(RosterEntry).where(
        RosterEntry.org_id == org_id, RosterEntry.document_index == document_index
    )
    return db.scalars(query).first()


def roster_of_document(db: Session, document_index: str) -> list[RosterEntry]:
    query = select(RosterEntry).where(RosterEntry.document_index == document_index)
    return list(db.scalars(query.order_by(RosterEntry.id)))


def roster_of_org(db: Session, org_id: str) -> Iterator[Row[str, bytes, bytes]]:
    """Go through an organisation's entries: id, sealed name, sealed number."""
    query = select(RosterEntry.id, RosterEntry.name_sealed, RosterEntry.document_sealed)
    return iter(db.execute(query.where(RosterEntry.org_id == org_id)).yield_per(1000))


def has_more_entries(db: Session, org_id: str, most: int) -> bool:
    query = select(RosterEntry.id).where(RosterEntry.org_id == org_id).offset(most).limit(1)
    return db.scalars(query).first() is not None


def roster_indexed(
    db: Session, org_id: str, names: Sequence[str], endings: Sequence[str]
) -> Iterator[Row[str, bytes, bytes]]:
    """An organisation's entries under these indexes, and those that have none yet.

    Whoever is found in two ways is told twice.
    """
    query = select(RosterEntry.id, RosterEntry.name_sealed, RosterEntry.document_sealed)
    own = query.where(RosterEntry.org_id == org_id)
    # Each by an index of its own: for an "or" SQLite goes through all that the organisation has.
    ways = (
        own.where(RosterEntry.name_index.in_(names)),
        own.where(RosterEntry.ending_index.in_(endings)),
        own.where(RosterEntry.name_index.is_(None)),
    )
    return iter(db.execute(union_all(*ways)).yield_per(1000))


def roster_under(
    db: Session, org_id: str, document_indexes: Sequence[str]
) -> Iterator[Row[str, str, bytes]]:
    """An organisation's entries of these documents: id, index, sealed name."""
    query = select(RosterEntry.id, RosterEntry.document_index, RosterEntry.name_sealed)
    wanted = RosterEntry.org_id == org_id, RosterEntry.document_index.in_(document_indexes)
    return iter(db.execute(query.where(*wanted)))


def verified_under(db: Session, document_indexes: Sequence[str]) -> dict[str, str]:
    """The verified people of these documents: id by index."""
    query = select(Person.document_index, Person.id).where(
        Person.document_index.in_(document_indexes), Person.verified_at.is_not(None)
    )
    return {index: person_id for index, person_id in db.execute(query) if index is not None}


def add_entries(db: Session, entries: Sequence[dict[str, object]]) -> None:
    """Write many entries down in one statement."""
    if entries:
        db.execute(insert(RosterEntry), entries)


def roster_in_order(db: Session, roster_ids: Sequence[str]) -> Iterator[Row[str, bytes, bytes]]:
    """Entries by id: id, sealed name, sealed number."""
    query = select(RosterEntry.id, RosterEntry.name_sealed, RosterEntry.document_sealed)
    return iter(db.execute(query.where(RosterEntry.id.in_(roster_ids))))


def roster_entries(db: Session, roster_ids: Sequence[str]) -> list[RosterEntry]:
    """Some entries; asked piece by piece, for a statement takes 65,535 values at the most."""
    found: list[RosterEntry] = []
    for start in range(0, len(roster_ids), _AT_ONCE):
        some = roster_ids[start : start + _AT_ONCE]
        found += db.scalars(select(RosterEntry).where(RosterEntry.id.in_(some)))
    return found
