"""Rules of assignments as their organisation sees them: the list, one, and whom it met."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import local_day
from app.learning.services import catalogue
from app.org.models.assignment_rules import AssignmentRule
from app.org.repository import assignment_rules as rule_rows
from app.org.repository import positions as position_rows
from app.org.repository import tags as tag_rows
from app.org.repository import units as unit_rows
from app.org.rules import assigning as rules
from app.org.rules.assigning import AIM_NAMES, FATE_NAMES, STATE_NAMES, Aim, Fate, RuleState
from app.org.rules.duties import Power
from app.org.rules.organisations import StaffState
from app.org.services.assignment_rules import own_rule
from app.org.services.organisations import acting_for
from app.org.services.paging import SIZE, Page, cut
from app.org.services.staff_views import LEFT_NAME, names_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """A rule; the counts are of people, for EXPIRING of people and certificates."""

    rule_id: str
    course_title: str
    purpose: str
    aim: Aim
    target: str
    due: str
    state: RuleState
    state_name: str
    stands: bool
    asked: int
    had: int
    withdrawn: int
    kept: int
    trouble: str | None
    made_at: dt.datetime
    may_end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MetView:
    """Somebody whom a rule met, and what came of it."""

    staff_id: str
    name: str
    unit: str
    has_left: bool
    fate: Fate
    fate_name: str
    met_at: dt.datetime


def list_rules(
    db: Session, actor: Actor, *, query: str = "", state: RuleState | None = None,
    by_course: bool = False, page: int = 1, now: dt.datetime,
) -> Page[RuleView]:  # fmt: skip
    """The newest first, or by course; a part of course or target finds."""
    own_id = acting_for(db, actor, Power.SEE_PROGRESS).org_id
    rows = rule_rows.list_rules(db, own_id)
    titles = {each: catalogue.course_title(db, each) for each in {row.course_id for row in rows}}
    sought = query.strip()
    found = [
        row for row in rows
        if state in (None, _state(row, now))
        and (sought in titles[row.course_id] or sought in row.target_name)
    ]  # fmt: skip
    if by_course:
        found.sort(key=lambda row: titles[row.course_id])
    page_of = cut(found, page)
    return Page(tuple(_views(db, page_of.items, now)), page, page_of.total)


def one_rule(db: Session, actor: Actor, rule_id: str, *, now: dt.datetime) -> RuleView:
    """Raises NotFoundError for another organisation's."""
    own_id = acting_for(db, actor, Power.SEE_PROGRESS).org_id
    return _views(db, [own_rule(db, own_id, rule_id)], now)[0]


def met_by(db: Session, vault: Vault, actor: Actor, rule_id: str, *, page: int) -> Page[MetView]:
    """Whom a rule met, the newest first; who left has neither name nor line. NotFoundError."""
    own_id = acting_for(db, actor, Power.SEE_PROGRESS).org_id
    row = own_rule(db, own_id, rule_id)
    members, total = rule_rows.members_of(db, row.id, offset=(page - 1) * SIZE, limit=SIZE)
    lines = {
        each.id: each
        for each in rule_rows.lines_of(db, own_id, [each.staff_id for each in members]).values()
        if each.state != StaffState.LEFT
    }
    names = names_of(db, vault, list(lines.values()))
    found = tuple(
        MetView(
            staff_id=each.staff_id, name=names.get(each.staff_id, LEFT_NAME),
            unit=lines[each.staff_id].unit if each.staff_id in lines else "",
            has_left=each.staff_id not in lines,
            fate=Fate(each.fate), fate_name=FATE_NAMES[Fate(each.fate)], met_at=each.met_at,
        )
        for each in members
    )  # fmt: skip
    return Page(found, page, total)


def _state(row: AssignmentRule, now: dt.datetime) -> RuleState:
    return rules.state_of(
        stands=row.stands, is_done=row.done_at is not None, is_ended=row.ended_at is not None,
        is_withdrawn=row.withdrawn_at is not None,
        is_past=rules.is_over(due_on=row.due_on, today=local_day(now)),
    )  # fmt: skip


def _views(db: Session, rows: Sequence[AssignmentRule], now: dt.datetime) -> list[RuleView]:
    counts = rule_rows.count_fates(db, [row.id for row in rows])
    found = []
    for row in rows:
        state = _state(row, now)
        of = {fate: counts.get((row.id, fate.value), 0) for fate in Fate}
        found.append(
            RuleView(
                rule_id=row.id, course_title=catalogue.course_title(db, row.course_id),
                purpose=row.purpose, aim=Aim(row.aim), target=_target(db, row), due=_due(row),
                state=state, state_name=STATE_NAMES[state], stands=row.stands,
                asked=of[Fate.ASKED], had=of[Fate.HAD], withdrawn=of[Fate.WITHDRAWN],
                kept=of[Fate.KEPT], trouble=row.trouble, made_at=row.made_at,
                may_end=state in (RuleState.WORKING, RuleState.STANDING),
            )
        )  # fmt: skip
    return found


def _target(db: Session, row: AssignmentRule) -> str:
    """Whom a rule asks, in words as its unit, position or tag is called now."""
    aim = Aim(row.aim)
    unit = unit_rows.get_unit(db, row.org_id, row.unit_id) if row.unit_id else None
    words = unit.words if unit else row.target_name
    if row.position_id and (
        position := position_rows.get_position(db, row.org_id, row.position_id)
    ):
        words = position.name
    if row.tag_id and (tag := tag_rows.get_tag(db, row.org_id, row.tag_id)):
        words = tag.name
    if aim is Aim.NEW_STAFF:
        return f"{row.days} 天内列入名单的人" + (f"，{words}" if words else "")
    if aim is Aim.EXPIRING:
        return f"证书 {row.days} 天内到期的人" + (f"，{words}" if words else "")
    return f"{AIM_NAMES[aim]}：{words}" if words else AIM_NAMES[aim]


def _due(row: AssignmentRule) -> str:
    return row.due_on.isoformat() if row.due_on else f"指派后 {row.due_days} 天内"
