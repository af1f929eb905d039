"""An organisation's positions: making, renaming, merging, ending them."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.identity.rules.actors import Actor
from app.org.models.units import OrgPosition
from app.org.repository import assignment_rules as rule_rows
from app.org.repository import organisations as organisation_rows
from app.org.repository import positions as position_rows
from app.org.rules import units as rules
from app.org.rules.duties import Power
from app.org.services import places
from app.org.services.organisations import acting_for
from app.org.services.paging import Page, cut
from app.org.services.places import position_name

_FIELD = "/name"


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionView:
    position_id: str
    name: str
    people: int
    is_ended: bool


def list_positions(
    db: Session, actor: Actor, *, query: str = "", by_people: bool = False, is_ended: bool = False,
    page: int = 1,
) -> Page[PositionView]:  # fmt: skip
    """By name, or the largest first; a part of the name finds."""
    own_id = acting_for(db, actor, Power.SEE_STAFF).org_id
    people = position_rows.people_by_position(db, own_id)
    found = [
        _view(row, people.get(row.id, 0))
        for row in position_rows.list_positions(db, own_id, is_ended=is_ended)
        if query.strip() in row.name
    ]
    if by_people:
        found.sort(key=lambda each: -each.people)
    return cut(found, page)


def _view(row: OrgPosition, people: int) -> PositionView:
    return PositionView(
        position_id=row.id, name=row.name, people=people, is_ended=row.ended_at is not None
    )


def names_of_all(db: Session, actor: Actor) -> list[str]:
    """Every position that stands, to choose from."""
    own_id = acting_for(db, actor, Power.SEE_STAFF).org_id
    return [row.name for row in position_rows.list_positions(db, own_id)]


def one_position(db: Session, actor: Actor, position_id: str) -> PositionView:
    """Raises NotFoundError for another organisation's."""
    own_id = acting_for(db, actor, Power.SEE_STAFF).org_id
    row = _own(db, own_id, position_id)
    return _view(row, position_rows.people_by_position(db, own_id).get(row.id, 0))


def _own(db: Session, org_id: str, position_id: str) -> OrgPosition:
    row = position_rows.get_position(db, org_id, position_id)
    if row is None:
        raise NotFoundError("没有这个岗位。", remedy="请从岗位列表重新进入")
    return row


def called(db: Session, org_id: str, text: str, field: str) -> OrgPosition:
    """The position that somebody typed. Raises InvalidError for the field."""
    name = position_name(text, field)
    found = position_rows.positions_called(db, org_id, [name]) if name else []
    if not found or found[0].ended_at is not None:
        raise InvalidError(
            f"没有“{name}”这个岗位。" if name else "没有填岗位。", field=field, code="position",
            remedy="请从列表里选",
        )  # fmt: skip
    return found[0]


def _named(db: Session, org_id: str, text: str) -> tuple[str, OrgPosition | None]:
    name = position_name(text, _FIELD)
    if not name:
        raise InvalidError("没有填岗位。", field=_FIELD, remedy="请填写名称")
    return name, next(iter(position_rows.positions_called(db, org_id, [name])), None)


def _there(name: str) -> ConflictError:
    return ConflictError(
        f"已经有“{name}”这个岗位。", code="position_there", field=_FIELD,
        remedy="请换个名称；要把两个岗位并成一个，请用“合并”",
    )  # fmt: skip


def make(db: Session, actor: Actor, text: str, *, now: dt.datetime) -> PositionView:
    """Make a position; one that has ended stands again. Raises InvalidError, ConflictError."""
    organisation = acting_for(db, actor, Power.KEEP_STAFF)
    organisation_rows.lock_organisation(db, organisation.org_id)
    name, row = _named(db, organisation.org_id, text)
    if row is not None and row.ended_at is None:
        raise _there(name)
    if position_rows.count_positions(db, organisation.org_id) >= rules.MOST_POSITIONS:
        raise InvalidError(
            f"岗位最多 {rules.MOST_POSITIONS:,} 个。", field=_FIELD, code="too_many",
            remedy="请先把用不着的岗位合并",
        )  # fmt: skip
    made = places.taken(db, organisation.org_id, [], [name], now=now).positions[name]
    audit.record(
        db, "position.made", now=now, actor_id=actor.learner_id, subject_id=made,
        org_id=organisation.org_id,
    )  # fmt: skip
    return one_position(db, actor, made)


def rename(
    db: Session, actor: Actor, position_id: str, text: str, *, now: dt.datetime
) -> PositionView:
    """Call a position otherwise, on everybody's line.

    Raises NotFoundError, InvalidError for /name, ConflictError where another one is called so.
    """
    organisation = acting_for(db, actor, Power.KEEP_STAFF)
    organisation_rows.lock_organisation(db, organisation.org_id)
    row = _own(db, organisation.org_id, position_id)
    name, other = _named(db, organisation.org_id, text)
    if other is not None and other.id != row.id:
        raise _there(name)
    if name != row.name:
        row.name = name
        position_rows.put_position(db, organisation.org_id, row.id, row)
        audit.record(
            db, "position.renamed", now=now, actor_id=actor.learner_id, subject_id=row.id,
            org_id=organisation.org_id,
        )  # fmt: skip
    return one_position(db, actor, row.id)


def merge(
    db: Session, actor: Actor, position_id: str, into: str, *, now: dt.datetime
) -> PositionView:
    """Make one of two positions; the first one ends. Raises NotFoundError, InvalidError."""
    organisation = acting_for(db, actor, Power.KEEP_STAFF)
    organisation_rows.lock_organisation(db, organisation.org_id)
    row = _own(db, organisation.org_id, position_id)
    target = called(db, organisation.org_id, into, "/into")
    if target.id == row.id:
        raise InvalidError("不能并到自己。", field="/into", code="itself", remedy="请选别的岗位")
    position_rows.put_position(db, organisation.org_id, row.id, target)
    rule_rows.point_at_position(db, organisation.org_id, row.id, target.id)
    row.ended_at = row.ended_at or now
    audit.record(
        db, "position.merged", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=organisation.org_id, into=target.id,
    )  # fmt: skip
    return one_position(db, actor, target.id)


def end(db: Session, actor: Actor, position_id: str, *, now: dt.datetime) -> None:
    """Offer a position no more. Raises NotFoundError, ConflictError while somebody holds it."""
    organisation = acting_for(db, actor, Power.KEEP_STAFF)
    organisation_rows.lock_organisation(db, organisation.org_id)
    row = _own(db, organisation.org_id, position_id)
    people = position_rows.people_by_position(db, organisation.org_id).get(row.id, 0)
    if people:
        raise ConflictError(
            f"还有 {people:,} 人在这个岗位上，不能停用。", code="position_people",
            remedy="请先给他们改岗位，或者把这个岗位合并到别的岗位",
        )  # fmt: skip
    row.ended_at = row.ended_at or now
    audit.record(
        db, "position.ended", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=organisation.org_id,
    )  # fmt: skip
