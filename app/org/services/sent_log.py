"""The log of reminders: to whom, by what way, why, when, and what came of it."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit, spreadsheet
from app.core.crypto import Vault
from app.core.spreadsheet import Cell
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import SHANGHAI
from app.identity.rules.outgoing import (
    MESSAGE_STATE_NAMES,
    WAY_NAMES,
    MessageState,
    Way,
)
from app.identity.services import outgoing_log, people, roster
from app.identity.services.outgoing_log import LogLine, Sought
from app.org.repository import staff as staff_rows
from app.org.rules.attention import PRESSING_NAMES, Pressing
from app.org.rules.duties import Power
from app.org.rules.organisations import StaffState
from app.org.services.organisations import acting_for, organisation_views
from app.org.services.paging import SIZE, Page
from app.org.services.staff_views import LEFT_NAME, names_of

_GROUP = "企业微信群"
_DIGEST = "每周汇总"
_COLUMNS = ("姓名", "部门", "方式", "事由", "课程", "谁发的", "写下", "发出", "结果", "说明")
_WIDTHS = (14, 16, 12, 12, 40, 14, 18, 18, 12, 36)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the log is wanted; empty means any. `q` is a part of a name or a number's end."""

    q: str = ""
    way: str = ""
    state: str = ""
    order: str = "newest"
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SentLine:
    """One message. `by` is who asked by hand; empty where the calendar did."""

    name: str
    unit: str
    way: Way
    way_name: str
    reason: str
    state: MessageState
    state_name: str
    detail: str
    courses: tuple[str, ...]
    by: str
    created_at: dt.datetime
    send_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLine:
    """One message as the person who got it sees it."""

    employer: str
    way_name: str
    reason: str
    state: MessageState
    state_name: str
    detail: str
    created_at: dt.datetime


def reason_name(reason: str) -> str:
    """Why a message was sent, in words."""
    return PRESSING_NAMES[Pressing(reason)] if reason in set(Pressing) else _DIGEST


def of_organisation(db: Session, vault: Vault, actor: Actor, wanted: Wanted) -> Page[SentLine]:
    """One page of what was sent on behalf of the caller's organisation."""
    org_id = acting_for(db, actor, Power.SEE_PROGRESS).org_id
    sought = Sought(
        wanted.way, wanted.state, wanted.order == "oldest", _found(db, vault, org_id, wanted.q)
    )
    lines, total = outgoing_log.of_organisation(
        db, org_id, sought, offset=(wanted.page - 1) * SIZE, limit=SIZE
    )
    return Page(tuple(_named(db, vault, org_id, lines)), wanted.page, total)


def _found(db: Session, vault: Vault, org_id: str, query: str) -> list[str] | None:
    """The people of a search; None where nobody is looked for."""
    if not query.strip():
        return None
    roster_ids = sorted(roster.search(db, vault, org_id, query.strip()))
    return staff_rows.learners_of_roster(db, org_id, roster_ids)


def _named(db: Session, vault: Vault, org_id: str, lines: Sequence[LogLine]) -> Iterator[SentLine]:
    learners = sorted({line.person_id for line in lines if line.person_id})
    staff = [
        each for each in staff_rows.list_by_learners(db, org_id, learners)
        if each.state != StaffState.LEFT
    ]  # fmt: skip
    called = names_of(db, vault, staff)
    known = {each.learner_id: each for each in staff}
    # Who asked, and who is told of a week, act for the organisation: by their proven names.
    acting = {line.asked_by for line in lines if line.asked_by}
    acting |= {line.person_id for line in lines if line.person_id and line.reason == "digest"}
    by = people.staff_names(db, vault, sorted(acting))
    for line in lines:
        each = known.get(line.person_id) if line.person_id else None
        yield SentLine(
            name=_name(line, called[each.id] if each else "", by),
            unit=each.unit if each else "", way=line.way, way_name=WAY_NAMES[line.way],
            reason=reason_name(line.reason), state=line.state,
            state_name=MESSAGE_STATE_NAMES[line.state], detail=line.detail, courses=line.courses,
            by=by.get(line.asked_by or "", ""), created_at=line.created_at, send_at=line.send_at,
        )  # fmt: skip


def _name(line: LogLine, on_roster: str, acting: Mapping[str, str]) -> str:
    """Whom a message went to, as the organisation may see it."""
    if line.person_id is None:
        return _GROUP
    told_of_week = acting.get(line.person_id, "") if line.reason == "digest" else ""
    return on_roster or told_of_week or LEFT_NAME


def note_export(db: Session, actor: Actor, *, now: dt.datetime) -> None:
    """Write down who takes the log, with its names, out of the house."""
    org_id = acting_for(db, actor, Power.SEE_PROGRESS).org_id
    audit.record(
        db, "assignment.messages_exported", now=now, actor_id=actor.learner_id, subject_id=org_id
    )


def export(db: Session, vault: Vault, actor: Actor) -> bytes:
    """The whole log of the caller's organisation as xlsx, the oldest first."""
    org_id = acting_for(db, actor, Power.SEE_PROGRESS).org_id
    return spreadsheet.write_sheets([("提醒记录", _WIDTHS, _rows(db, vault, org_id))], is_text=True)


def _rows(db: Session, vault: Vault, org_id: str) -> Iterator[tuple[Cell, ...]]:
    yield _COLUMNS
    for piece in outgoing_log.pieces(db, org_id):
        for line in _named(db, vault, org_id, piece):
            yield (
                line.name, line.unit, line.way_name, line.reason, "；".join(line.courses),
                line.by or "系统", _moment(line.created_at), _moment(line.send_at),
                line.state_name, line.detail,
            )  # fmt: skip


def _moment(at: dt.datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def own(db: Session, person_id: str) -> list[OwnLine]:
    """What organisations had sent to a person, the newest first."""
    lines = outgoing_log.of_person(db, person_id)
    found = organisation_views(db, sorted({line.org_id for line in lines}))
    called = {each.org_id: each.name for each in found}
    return [
        OwnLine(
            employer=called.get(line.org_id, ""), way_name=WAY_NAMES[line.way],
            reason=reason_name(line.reason), state=line.state,
            state_name=MESSAGE_STATE_NAMES[line.state], detail=line.detail,
            created_at=line.created_at,
        )
        for line in lines
    ]  # fmt: skip
