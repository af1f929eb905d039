"""Whom a contest means, by the roster of its organisation; and who is kept from it."""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import Session

from app.core.errors import NotFoundError
from app.identity.services import roles
from app.learning.rules.contests import Audience, Card
from app.learning.services.contest_views import ContestView
from app.org.repository import contests as rows
from app.org.repository import positions as position_rows
from app.org.repository import tags as tag_rows
from app.org.repository import units as unit_rows


def check(db: Session, org_id: str, card: Card) -> None:
    """Raises NotFoundError where an audience names what the organisation does not have."""
    known: dict[Audience, Callable[[Session, str, str], object]] = {
        Audience.UNITS: unit_rows.get_unit, Audience.POSITIONS: position_rows.get_position,
        Audience.TAGS: tag_rows.get_tag,
    }  # fmt: skip
    find = known.get(card.audience)
    if find is not None and not all(find(db, org_id, each) for each in card.audience_ids):
        raise NotFoundError(
            "选的部门、岗位或标签不在本单位。", field="/audience", remedy="请从列表中重新勾选"
        )


def condition(db: Session, view: ContestView) -> ColumnElement[bool]:
    """Which lines of the roster a contest means."""
    if view.audience is Audience.UNITS:
        return rows.in_units(db, view.org_id, view.audience_ids)
    if view.audience is Audience.POSITIONS:
        return rows.in_positions(view.audience_ids)
    if view.audience is Audience.TAGS:
        return rows.with_tags(view.audience_ids)
    return true()


def lets_in(db: Session, view: ContestView, learner_id: str, code: str) -> bool:
    """Tell whether somebody may see and enter a published contest."""
    if view.audience is Audience.LINK:
        return hmac.compare_digest(view.link_code.encode(), code.encode())
    return rows.means(db, view.org_id, condition(db, view), learner_id)


def holds(db: Session, view: ContestView, learner_id: str) -> bool:
    """Tell whether somebody acts for the organiser and does more than look: no contestant.

    Who marks its answers or makes its courses is near the questions too, and duties change.
    """
    return view.org_id in roles.working_for(db, learner_id)


@dataclass(frozen=True, slots=True)
class Choices:
    """What an audience may be made of: ids with their words."""

    units: tuple[tuple[str, str], ...]
    positions: tuple[tuple[str, str], ...]
    tags: tuple[tuple[str, str], ...]

    def names(self, ids: Sequence[str]) -> list[str]:
        """The words of some of them, in their order here."""
        known = (*self.units, *self.positions, *self.tags)
        return [words for one, words in known if one in ids]


def choices(db: Session, org_id: str) -> Choices:
    """The units, positions and tags of an organisation."""
    return Choices(
        tuple((each.id, each.words) for each in unit_rows.list_units(db, org_id)),
        tuple((each.id, each.name) for each in position_rows.list_positions(db, org_id)),
        tuple((each.id, each.name) for each in tag_rows.list_tags(db, org_id)),
    )
