"""An organisation's units: making, moving, merging, ending them, and the tree with head-counts.

Whatever changes a unit changes the words on the lines of its people in the same transaction.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.identity.rules.actors import Actor
from app.org.models.units import OrgUnit
from app.org.repository import assignment_rules as rule_rows
from app.org.repository import organisations as organisation_rows
from app.org.repository import plans as plan_rows
from app.org.repository import standings as standing_rows
from app.org.repository import units as unit_rows
from app.org.rules import units as rules
from app.org.rules.duties import Power
from app.org.services import places
from app.org.services.organisations import acting_for
from app.org.services.paging import Page, cut
from app.org.services.places import unit_words

_FIELD = "/words"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitView:
    """A unit. `people` are right in it, `people_below` in it and all below it."""

    unit_id: str
    words: str
    name: str
    level: int
    people: int
    people_below: int
    is_ended: bool


def list_units(
    db: Session, actor: Actor, *, query: str = "", by_people: bool = False, is_ended: bool = False,
    page: int = 1,
) -> Page[UnitView]:  # fmt: skip
    """The tree as a list, each unit after what it is in, or the largest first.

    A part of any of its words finds a unit.
    """
    own_id = acting_for(db, actor, Power.SEE_STAFF).org_id
    found = [each for each in _views(db, own_id, is_ended=is_ended) if query.strip() in each.words]
    found.sort(key=lambda each: rules.order(each.words))
    if by_people:
        found.sort(key=lambda each: -each.people_below)
    return cut(found, page)


def _views(db: Session, org_id: str, *, is_ended: bool | None) -> list[UnitView]:
    rows = unit_rows.list_units(db, org_id, is_ended=is_ended)
    own = unit_rows.people_by_unit(db, org_id)
    below = rules.totals(own, [row.path for row in rows])
    return [
        UnitView(
            unit_id=row.id, words=row.words, name=rules.last_level(row.words),
            level=rules.level(row.words), people=own.get(row.path, 0),
            people_below=below[row.path], is_ended=row.ended_at is not None,
        )
        for row in rows
    ]  # fmt: skip


def words_of_all(db: Session, actor: Actor) -> list[str]:
    """Every unit that stands, to choose from, as a tree."""
    own_id = acting_for(db, actor, Power.SEE_STAFF).org_id
    return sorted((row.words for row in unit_rows.list_units(db, own_id)), key=rules.order)


def one_unit(db: Session, actor: Actor, unit_id: str) -> UnitView:
    """Raises NotFoundError for another organisation's."""
    own_id = acting_for(db, actor, Power.SEE_STAFF).org_id
    row = _own(db, own_id, unit_id)
    return next(each for each in _views(db, own_id, is_ended=None) if each.unit_id == row.id)


def _own(db: Session, org_id: str, unit_id: str) -> OrgUnit:
    row = unit_rows.get_unit(db, org_id, unit_id)
    if row is None:
        raise NotFoundError("没有这个部门。", remedy="请从部门列表重新进入")
    return row


def called(db: Session, org_id: str, text: str, field: str) -> OrgUnit:
    """The unit that somebody typed. Raises InvalidError for the field."""
    words = unit_words(text, field)
    row = unit_rows.unit_called(db, org_id, words) if words else None
    if row is None or row.ended_at is not None:
        raise InvalidError(
            f"没有“{words}”这个部门。" if words else "没有填部门。", field=field, code="unit",
            remedy="请从列表里选，上下级之间用“/”隔开",
        )  # fmt: skip
    return row


def make(db: Session, actor: Actor, text: str, *, now: dt.datetime) -> UnitView:
    """Make a unit, and what it is in where that is new; one that has ended stands again.

    Raises InvalidError for /words, ConflictError for one that is there.
    """
    organisation = acting_for(db, actor, Power.KEEP_STAFF)
    organisation_rows.lock_organisation(db, organisation.org_id)
    words = unit_words(text, _FIELD)
    if not words:
        raise InvalidError("没有填部门。", field=_FIELD, remedy="请填写，上下级之间用“/”隔开")
    row = unit_rows.unit_called(db, organisation.org_id, words)
    if row is not None and row.ended_at is None:
        raise _there(words)
    if unit_rows.count_units(db, organisation.org_id) + rules.level(words) > rules.MOST_UNITS:
        raise InvalidError(
            f"部门最多 {rules.MOST_UNITS:,} 个。", field=_FIELD, code="too_many",
            remedy="请先把用不着的部门合并",
        )  # fmt: skip
    unit_id = places.taken(db, organisation.org_id, [words], [], now=now).units[words]
    audit.record(
        db, "unit.made", now=now, actor_id=actor.learner_id, subject_id=unit_id,
        org_id=organisation.org_id,
    )  # fmt: skip
    return one_unit(db, actor, unit_id)


def _there(words: str) -> ConflictError:
    return ConflictError(
        f"已经有“{words}”这个部门。", code="unit_there", field=_FIELD,
        remedy="请换个名称；要把两个部门并成一个，请用“合并”",
    )  # fmt: skip


def move(db: Session, actor: Actor, unit_id: str, text: str, *, now: dt.datetime) -> UnitView:
    """Call a unit otherwise, put it elsewhere, or both; all below comes along.

    Raises NotFoundError, InvalidError for /words where it cannot be there, ConflictError where
    another one is.
    """
    organisation = acting_for(db, actor, Power.KEEP_STAFF)
    organisation_rows.lock_organisation(db, organisation.org_id)
    row = _own(db, organisation.org_id, unit_id)
    words = unit_words(text, _FIELD)
    if not words:
        raise InvalidError("没有填部门。", field=_FIELD, remedy="请填写，上下级之间用“/”隔开")
    if words == row.words:
        return one_unit(db, actor, unit_id)
    if unit_rows.unit_called(db, organisation.org_id, words) is not None:
        raise _there(words)
    upper_words = rules.above(words)
    upper = called(db, organisation.org_id, upper_words, _FIELD) if upper_words else None
    _carry(db, row, words, upper, _FIELD)
    audit.record(
        db, "unit.moved", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=organisation.org_id,
    )  # fmt: skip
    return one_unit(db, actor, unit_id)


def _carry(db: Session, row: OrgUnit, words: str, upper: OrgUnit | None, field: str) -> None:
    """Write new words and paths on a unit, on all below it, and on whoever is there."""
    moved = unit_rows.units_within(db, row.org_id, row.path)
    above_path = upper.path if upper else ""
    flaw = rules.flaw_of_move(
        [rules.Place(each.path, each.words) for each in moved], words, above_path
    )
    if flaw:
        raise InvalidError(flaw, field=field, code="move", remedy="请换一个上级部门")
    before, start = row.words, row.path
    for each in moved:
        each.words = words + each.words[len(before) :]
        each.path = above_path + row.id + each.path[len(start) :]
        unit_rows.put_words(db, row.org_id, each.id, each.words)
    unit_rows.put_words_on_codes(db, row.org_id, before, words)
    db.flush()


def merge(db: Session, actor: Actor, unit_id: str, into: str, *, now: dt.datetime) -> UnitView:
    """Make one of two units: people and everything below come over, the first one ends.

    What is below and called alike in both is merged, too. Raises NotFoundError, InvalidError for
    /into.
    """
    organisation = acting_for(db, actor, Power.KEEP_STAFF)
    organisation_rows.lock_organisation(db, organisation.org_id)
    row = _own(db, organisation.org_id, unit_id)
    target = called(db, organisation.org_id, into, "/into")
    if rules.is_within(target.path, row.path):
        raise InvalidError(
            "部门不能并到自己或者自己的下级里。", field="/into", code="move", remedy="请选别的部门"
        )
    people = _merge(db, row, target, now, ending=row)
    audit.record(
        db, "unit.merged", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=organisation.org_id, into=target.id, staff=people,
    )  # fmt: skip
    return one_unit(db, actor, target.id)


def _merge(db: Session, row: OrgUnit, target: OrgUnit, now: dt.datetime, *, ending: OrgUnit) -> int:
    """Bring people and what is below over; `ending` is the unit that somebody asked to merge."""
    people = unit_rows.bring_over(db, row.org_id, row.id, target)
    standing_rows.merge_unit(db, row.org_id, row.id, target.id)
    rule_rows.point_at_unit(db, row.org_id, row.id, target.id)
    plan_rows.point_at_unit(db, row.org_id, row.id, target.id)
    for child in _children(db, row):
        words = f"{target.words}{rules.BETWEEN}{rules.last_level(child.words)}"
        like = unit_rows.unit_called(db, row.org_id, words)
        if like is None:
            _carry(db, child, words, target, "/into")
            continue
        # A unit merged into one above it may have a child of its own name: nobody comes into a
        # unit that is about to end.
        if like is ending:
            like = target
        like.ended_at = None if child.ended_at is None else like.ended_at
        people += _merge(db, child, like, now, ending=ending)
    unit_rows.put_words_on_codes(db, row.org_id, row.words, target.words)
    row.ended_at = row.ended_at or now
    db.flush()
    return people


def _children(db: Session, row: OrgUnit) -> list[OrgUnit]:
    within = unit_rows.units_within(db, row.org_id, row.path)
    return [each for each in within if rules.above(each.words) == row.words]


def end(db: Session, actor: Actor, unit_id: str, *, now: dt.datetime) -> None:
    """Let nobody come into a unit any more; what was asked of it keeps its name.

    Raises NotFoundError, ConflictError while somebody is in it or in one below.
    """
    organisation = acting_for(db, actor, Power.KEEP_STAFF)
    organisation_rows.lock_organisation(db, organisation.org_id)
    row = _own(db, organisation.org_id, unit_id)
    people = unit_rows.people_within(db, organisation.org_id, row.path)
    if people:
        raise ConflictError(
            f"这个部门和下级里还有 {people:,} 人，不能停用。", code="unit_people",
            remedy="请先把人调到别的部门，或者把这个部门合并到别的部门",
        )  # fmt: skip
    for each in unit_rows.units_within(db, organisation.org_id, row.path):
        each.ended_at = each.ended_at or now
    audit.record(
        db, "unit.ended", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=organisation.org_id,
    )  # fmt: skip
