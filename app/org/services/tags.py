"""An organisation's tags: words of its own for some of its people, which the people can read."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.core.ids import new_id
from app.identity.rules.actors import Actor
from app.org.models.staff import StaffMember
from app.org.models.units import OrgTag
from app.org.repository import organisations as organisation_rows
from app.org.repository import tags as tag_rows
from app.org.repository import units as unit_rows
from app.org.rules import units as rules
from app.org.rules.duties import Power
from app.org.services import positions, units
from app.org.services.organisations import acting_for
from app.org.services.paging import SIZE, Page, cut
from app.org.services.staff_views import StaffView, own_staff, views


@dataclass(frozen=True, slots=True, kw_only=True)
class TagView:
    tag_id: str
    name: str
    people: int


def list_tags(
    db: Session, actor: Actor, *, query: str = "", by_people: bool = False, page: int = 1
) -> Page[TagView]:
    """By name, or the largest first; a part of the name finds."""
    found = [each for each in every_tag(db, actor) if query.strip() in each.name]
    if by_people:
        found.sort(key=lambda each: -each.people)
    return cut(found, page)


def every_tag(db: Session, actor: Actor) -> list[TagView]:
    """All of the organisation's tags, by name."""
    own_id = acting_for(db, actor, Power.SEE_STAFF).org_id
    people = tag_rows.people_by_tag(db, own_id)
    return [
        TagView(tag_id=row.id, name=row.name, people=people.get(row.id, 0))
        for row in tag_rows.list_tags(db, own_id)
    ]


def one_tag(
    db: Session, vault: Vault, actor: Actor, tag_id: str, *, page: int
) -> tuple[TagView, Page[StaffView]]:
    """A tag, and a page of who has it. Raises NotFoundError for another organisation's."""
    own_id = acting_for(db, actor, Power.SEE_STAFF).org_id
    row = _own(db, own_id, tag_id)
    found, total = tag_rows.staff_with(db, own_id, tag_id, offset=(page - 1) * SIZE, limit=SIZE)
    view = TagView(tag_id=row.id, name=row.name, people=total)
    return view, Page(tuple(views(db, vault, found)), page, total)


def _own(db: Session, org_id: str, tag_id: str) -> OrgTag:
    row = tag_rows.get_tag(db, org_id, tag_id)
    if row is None:
        raise NotFoundError("没有这个标签。", remedy="请从标签列表重新进入")
    return row


def called(db: Session, org_id: str, text: str, field: str) -> OrgTag:
    """The tag that somebody chose by its name. Raises InvalidError for the field."""
    row = tag_rows.tag_called(db, org_id, " ".join(text.split()))
    if row is None:
        raise InvalidError(
            "没有这个标签。" if text.strip() else "没有选标签。", field=field, code="tag",
            remedy="请从列表里选",
        )  # fmt: skip
    return row


def _free_name(db: Session, org_id: str, text: str, own_id: str = "") -> str:
    try:
        name = rules.name_of(text, "标签")
    except rules.WrongWordsError as error:
        raise InvalidError(error.sentence, field="/name", remedy=error.remedy) from None
    other = tag_rows.tag_called(db, org_id, name)
    if other is not None and other.id != own_id:
        raise ConflictError(
            f"已经有“{name}”这个标签。", code="tag_there", field="/name", remedy="请换个名称"
        )
    return name


def make(db: Session, actor: Actor, text: str, *, now: dt.datetime) -> TagView:
    """Make a tag. Raises InvalidError for /name, ConflictError for one that is there."""
    organisation = acting_for(db, actor, Power.KEEP_STAFF)
    organisation_rows.lock_organisation(db, organisation.org_id)
    name = _free_name(db, organisation.org_id, text)
    if tag_rows.count_tags(db, organisation.org_id) >= rules.MOST_TAGS:
        raise InvalidError(
            f"标签最多 {rules.MOST_TAGS} 个。", field="/name", code="too_many",
            remedy="请先删掉用不着的标签",
        )  # fmt: skip
    row = OrgTag(id=new_id(now), org_id=organisation.org_id, name=name, made_at=now)
    db.add(row)
    db.flush()
    audit.record(
        db, "tag.made", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=row.org_id,
    )  # fmt: skip
    return TagView(tag_id=row.id, name=row.name, people=0)


def rename(db: Session, actor: Actor, tag_id: str, text: str, *, now: dt.datetime) -> None:
    """Raises NotFoundError, InvalidError for /name, ConflictError where another is called so."""
    organisation = acting_for(db, actor, Power.KEEP_STAFF)
    organisation_rows.lock_organisation(db, organisation.org_id)
    row = _own(db, organisation.org_id, tag_id)
    row.name = _free_name(db, organisation.org_id, text, row.id)
    audit.record(
        db, "tag.renamed", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=row.org_id,
    )  # fmt: skip


def drop(db: Session, actor: Actor, tag_id: str, *, now: dt.datetime) -> None:
    """Take a tag off everybody, and let it go. Raises NotFoundError."""
    organisation = acting_for(db, actor, Power.KEEP_STAFF)
    organisation_rows.lock_organisation(db, organisation.org_id)
    row = _own(db, organisation.org_id, tag_id)
    audit.record(
        db, "tag.dropped", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=row.org_id,
    )  # fmt: skip
    tag_rows.drop_tag(db, row)


def tag_many(
    db: Session, actor: Actor, tag_id: str, *, unit: str, position: str, now: dt.datetime
) -> int:
    """Give a tag to everybody of a unit (with what is below it), of a position, or of both.

    Returns to how many it was new. Raises NotFoundError, InvalidError for /unit or /position.
    """
    organisation = acting_for(db, actor, Power.KEEP_STAFF)
    organisation_rows.lock_organisation(db, organisation.org_id)
    row = _own(db, organisation.org_id, tag_id)
    wanted: list[ColumnElement[bool]] = []
    if unit.strip() or not position.strip():
        found = units.called(db, organisation.org_id, unit, "/unit")
        within = unit_rows.ids_within(organisation.org_id, found.path)
        wanted.append(StaffMember.unit_id.in_(within))
    if position.strip():
        held = positions.called(db, organisation.org_id, position, "/position")
        wanted.append(StaffMember.position_id == held.id)
    number = tag_rows.tag_all(db, organisation.org_id, row.id, *wanted)
    audit.record(
        db, "tag.given", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=row.org_id, staff=number,
    )  # fmt: skip
    return number


def tags_of_person(db: Session, actor: Actor, staff_id: str) -> frozenset[str]:
    """The ids of one person's tags. Raises NotFoundError."""
    own_id = acting_for(db, actor, Power.SEE_STAFF).org_id
    row = own_staff(db, own_id, staff_id)
    return frozenset(each.tag_id for each in tag_rows.tags_of(db, [row.id]))


def put_tags(
    db: Session, actor: Actor, staff_id: str, tag_ids: Collection[str], *, now: dt.datetime
) -> None:
    """Say which tags somebody has, and no others. Raises NotFoundError."""
    organisation = acting_for(db, actor, Power.KEEP_STAFF)
    organisation_rows.lock_organisation(db, organisation.org_id)
    row = own_staff(db, organisation.org_id, staff_id)
    wanted = [_own(db, organisation.org_id, tag_id).id for tag_id in sorted(set(tag_ids))]
    tag_rows.drop_tags_of(db, [row.id])
    tag_rows.add_tags(db, row.id, wanted)
    audit.record(
        db, "staff.tagged", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=organisation.org_id, tags=len(wanted),
    )  # fmt: skip
