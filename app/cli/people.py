"""Brings the people of the demo in, through the doors that everybody comes through."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from app.cli import fields
from app.cli.fields import Fields
from app.cli.reference import Reference
from app.core.errors import ConflictError
from app.core.settings import Environment
from app.identity.rules.actors import Actor, Role
from app.identity.rules.documents import DocumentType
from app.identity.rules.registry import RegistryOutcome
from app.identity.services import people, roles, verification
from app.lobby.parts import Parts
from app.org.rules import uscc as codes
from app.org.rules.organisations import OrganisationKind
from app.org.services import invitations, organisations, staff
from app.org.services.staff import NewStaff


class DemoPeopleError(RuntimeError):
    """The people of the demo cannot be brought in here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    key: str
    name: str
    number: str
    phone: str
    role: Role | None
    region: str | None
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Employer:
    """An organisation; `agent` is the key of the person who acts for it."""

    uscc: str
    kind: OrganisationKind
    name: str
    prefecture: str
    agent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """A line of a roster; with `person` it is one of ours, who joins."""

    uscc: str
    person: str | None
    new: NewStaff


@dataclass(frozen=True, slots=True)
class Cast:
    people: tuple[Person, ...]
    organisations: tuple[Employer, ...]
    staff: tuple[Staff, ...]


def read_people(path: Path, reference: Reference) -> Cast:
    """Read the file of the demo's people. Raises ContentError that names file and field."""
    content = fields.read(path)
    content.only("people", "organisations", "staff")
    rows = content.tables("people")
    for name in ("key", "phone", "number"):
        fields.unique(rows, name)
    found = {row.text("key"): _person(row) for row in rows}
    employers = content.tables("organisations")
    fields.unique(employers, "uscc")
    known = {row.text("uscc"): _employer(row, found, reference) for row in employers}
    staff_rows = content.tables("staff")
    for row in staff_rows:
        if row.text("uscc") not in known:
            raise row.wrong("uscc", "is no organisation of this file")
    return Cast(
        tuple(found.values()),
        tuple(known.values()),
        tuple(_staff(row, found) for row in staff_rows),
    )


def _person(row: Fields) -> Person:
    role = row.optional_text("role")
    if role is not None and role not in set(Role):
        raise row.wrong("role", "should be one of " + ", ".join(Role))
    return Person(
        key=row.text("key", 20), name=row.text("name", 60), number=row.text("number", 18),
        phone=row.text("phone", 11), role=Role(role) if role else None,
        region=row.optional_text("region", 6), says=row.text("says", 60),
    )  # fmt: skip


def _known(row: Fields, name: str, found: dict[str, Person]) -> str | None:
    key = row.optional_text(name)
    if key is not None and key not in found:
        raise row.wrong(name, f"{key} is nobody of this file")
    return key


def _employer(row: Fields, found: dict[str, Person], reference: Reference) -> Employer:
    uscc, kind, prefecture = row.text("uscc", 18), row.text("kind"), row.text("prefecture", 6)
    if not codes.is_valid(uscc):
        raise row.wrong("uscc", "is no unified social credit code: a check character is wrong")
    if kind not in set(OrganisationKind):
        raise row.wrong("kind", "should be one of " + ", ".join(OrganisationKind))
    if prefecture not in reference.prefectures:
        raise row.wrong("prefecture", "is not in reference/prefectures.toml")
    return Employer(
        uscc=uscc, kind=OrganisationKind(kind), name=row.text("name", 120), prefecture=prefecture,
        agent=_known(row, "agent", found),
    )  # fmt: skip


def _staff(row: Fields, found: dict[str, Person]) -> Staff:
    key = _known(row, "person", found)
    person = found[key] if key is not None else None
    new = NewStaff(
        name=person.name if person else row.text("name", 60),
        document_number=person.number if person else row.text("number", 18),
        unit=row.text("unit", 60), position=row.text("position", 60),
    )  # fmt: skip
    return Staff(uscc=row.text("uscc", 18), person=key, new=new)


def seed_people(parts: Parts, cast: Cast) -> None:
    """Bring the cast in; who is there already stays as they are. Raises DemoPeopleError.

    They are proved with the simulated registry, so production has no place for them.
    """
    if parts.settings.environment is Environment.PRODUCTION:
        raise DemoPeopleError("the people of the demo do not exist: production refuses them")
    ids = {person.key: _seed_person(parts, person) for person in cast.people}
    agents: dict[str, str] = {}
    for employer in cast.organisations:
        _seed_organisation(parts, employer, ids)
        if employer.agent is not None:
            agents[employer.uscc] = ids[employer.agent]
    for line in cast.staff:
        if line.uscc not in agents:
            raise DemoPeopleError(f"nobody acts for {line.uscc}, so nobody can invite its staff")
        _seed_staff(parts, line, agents[line.uscc], ids.get(line.person or ""))


def _seed_person(parts: Parts, person: Person) -> str:
    now = parts.clock.now()
    with parts.database.transaction() as db:
        learner_id, _ = people.find_or_create(db, parts.vault, person.phone, now=now)
        is_verified = people.views(db, parts.vault, [learner_id])[learner_id].is_verified
    if not is_verified:
        _verify(parts, person, learner_id)
    if person.role is not None:
        with parts.database.transaction() as db:
            roles.grant(
                db, learner_id=learner_id, role=person.role, org_id=None,
                region_code=person.region, now=now,
            )  # fmt: skip
    return learner_id


def _verify(parts: Parts, person: Person, learner_id: str) -> None:
    now = parts.clock.now()
    claim = verification.read_claim(DocumentType.RESIDENT_ID, person.number, person.name, now=now)
    answer = parts.registry.check(name=claim.name, number=claim.document.number, now=now)
    if answer.outcome is not RegistryOutcome.MATCH:
        raise DemoPeopleError(f"the registry does not know {person.key}: {answer.outcome}")
    with parts.database.transaction() as db:
        verification.record(
            db, parts.vault, learner_id=learner_id, claim=claim, answer=answer, now=now
        )


def _seed_organisation(parts: Parts, employer: Employer, ids: dict[str, str]) -> None:
    now = parts.clock.now()
    with parts.database.transaction() as db:
        org_id = organisations.find_by_uscc(db, employer.uscc)
        if org_id is None:
            org_id = organisations.create_organisation(
                db, kind=employer.kind, name=employer.name, uscc=employer.uscc,
                prefecture_code=employer.prefecture, now=now,
            )  # fmt: skip
        if employer.agent is None or org_id in roles.org_ids_of(db, ids[employer.agent]):
            return
        organisations.add_member(
            db, org_id=org_id, learner_id=ids[employer.agent], now=now,
            role=organisations.ROLE_OF[employer.kind],
        )  # fmt: skip


def _seed_staff(parts: Parts, line: Staff, agent_id: str, learner_id: str | None) -> None:
    """Invite somebody, unless they stand on the roster already; one of ours accepts."""
    now = parts.clock.now()
    with parts.database.reading() as db:
        org_id = organisations.find_by_uscc(db, line.uscc)
    try:
        with parts.database.transaction() as db:
            agent = _actor(db, agent_id)
            staff.add_staff(db, parts.vault, agent, line.new, org_id=org_id, now=now)
    except ConflictError as error:
        if error.code != "already_on_roster":
            raise
    if learner_id is not None and org_id is not None:
        with parts.database.transaction() as db:
            invitations.accept_employer(
                db, parts.vault, _actor(db, learner_id), org_id, shows_all_courses=False, now=now
            )


def _actor(db: Session, learner_id: str) -> Actor:
    """The person as a caller; everybody who comes this way was verified above."""
    return Actor(
        account_id=learner_id, learner_id=learner_id, roles=roles.roles_of(db, learner_id),
        org_ids=roles.org_ids_of(db, learner_id), duties=roles.duties_of(db, learner_id),
        region_code=None, device_id="", sign_in_id="",
        is_verified=True, display_name="",
    )  # fmt: skip
