"""What a person takes along of employers: where they are listed, what was asked of them."""

import datetime as dt

from msgspec import Struct


class OwnMembership(Struct, frozen=True, kw_only=True):
    """A line of an employer's roster. `roster_id` is that line's in the identity room's share."""

    id: str
    employer: str
    roster_id: str
    state: str
    unit: str
    position: str
    shows_all_courses: bool
    invited_at: dt.datetime
    joined_at: dt.datetime | None
    left_at: dt.datetime | None


class OwnAssignment(Struct, frozen=True, kw_only=True):
    """A course that an employer asked for; `membership_id` says which employer."""

    membership_id: str
    course: str
    round: int
    due_on: dt.date
    assigned_at: dt.datetime


class OwnTag(Struct, frozen=True, kw_only=True):
    """A word of an employer's own for some of its people, the person among them."""

    membership_id: str
    tag: str


class OwnStated(Struct, frozen=True, kw_only=True):
    """A certificate from elsewhere that an employer stated for the person, and their answer."""

    membership_id: str
    kind: str
    title: str
    number: str
    issuer: str
    issued_on: dt.date
    valid_until: dt.date | None
    course: str
    proof_digest: str
    verdict: str
    state: str
    reason: str
    stated_at: dt.datetime
    answered_at: dt.datetime | None


class OwnProof(Struct, frozen=True, kw_only=True):
    """A proof of hours that was given out about the person."""

    membership_id: str
    number: str
    made_at: dt.datetime


class OwnApplication(Struct, frozen=True, kw_only=True):
    """An organisation that the person applied for; the licence is theirs to begin with."""

    name: str
    uscc: str
    kind: str
    prefecture_code: str
    responsible: str
    contact: str
    licence_digest: str
    state: str
    reason: str | None
    applied_at: dt.datetime
    decided_at: dt.datetime | None


class OwnClass(Struct, frozen=True, kw_only=True):
    """A class in which the person has or had a place; `courses` are what they study for it."""

    employer: str
    title: str
    source: str
    state: str
    joined_at: dt.datetime
    left_at: dt.datetime | None
    courses: list[str]


class OwnTaught(Struct, frozen=True, kw_only=True):
    """A class that the person teaches."""

    employer: str
    title: str


class OwnWork(Struct, frozen=True, kw_only=True):
    """The org room's whole share."""

    memberships: list[OwnMembership]
    tags: list[OwnTag]
    assignments: list[OwnAssignment]
    proofs: list[OwnProof]
    applications: list[OwnApplication]
    classes: list[OwnClass]
    taught: list[OwnTaught]
    stated: list[OwnStated]
