"""Codes with which people join an organisation themselves: making them, and joining with one."""

import datetime as dt
import secrets
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.core.ids import new_id
from app.core.listing import FROM_START, Asked, Piece, as_piece
from app.core.resealing import SealedColumn
from app.identity.rules.actors import Actor
from app.identity.services import inbox, roster
from app.identity.services.inbox import NoticeKind
from app.org.models.join_codes import JOIN_CODE, JoinCode
from app.org.models.staff import StaffMember
from app.org.repository import join_codes as code_rows
from app.org.repository import organisations as organisation_rows
from app.org.repository import staff as staff_rows
from app.org.repository import tags as tag_rows
from app.org.rules import join_codes as rules
from app.org.rules.duties import Power
from app.org.rules.organisations import StaffState
from app.org.services import places
from app.org.services.assignments import begin_waiting
from app.org.services.invitations import take_proven_name
from app.org.services.organisations import acting_for

COLUMNS = (SealedColumn(JoinCode.id, JoinCode.code_sealed, lambda _id: JOIN_CODE),)
"""Where this room holds sealed values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeView:
    """A code as its organisation sees it."""

    code_id: str
    code: str
    unit: str
    uses: int
    most_uses: int
    is_good: bool
    state_name: str
    made_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a code leads to, for who has it."""

    org_id: str
    employer: str
    unit: str
    is_joined: bool


def make(
    db: Session, vault: Vault, actor: Actor, *, unit: str, days: int, most_uses: int,
    now: dt.datetime,
) -> CodeView:  # fmt: skip
    """Draw a code. Raises InvalidError that names the field, ConflictError for one too many."""
    organisation = acting_for(db, actor, Power.KEEP_STAFF)
    organisation_rows.lock_organisation(db, organisation.org_id)
    for field, given, most in (
        ("/days", days, rules.MOST_DAYS), ("/most_uses", most_uses, rules.MOST_USES),
    ):  # fmt: skip
        if not 1 <= given <= most:
            raise InvalidError(f"请填 1 到 {most}。", field=field, remedy="请改小一些")
    if code_rows.count_open(db, organisation.org_id, now) >= rules.MOST_OPEN:
        raise ConflictError(
            f"同时最多有 {rules.MOST_OPEN} 个能用的邀请码。", code="too_many",
            remedy="请先停用不用的",
        )  # fmt: skip
    words = _unit(db, organisation.org_id, unit, now)
    code = "".join(secrets.choice(rules.ALPHABET) for _ in range(rules.LENGTH))
    row = JoinCode(
        id=new_id(now), org_id=organisation.org_id, code_sealed=vault.seal(code, context=JOIN_CODE),
        code_index=_index(vault, code), unit=words, most_uses=most_uses, uses=0,
        made_by=actor.learner_id, made_at=now, ends_at=now + dt.timedelta(days=days),
    )  # fmt: skip
    db.add(row)
    db.flush()
    audit.record(
        db, "staff.code_made", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=row.org_id, until=row.ends_at.isoformat(timespec="seconds"),
    )  # fmt: skip
    return _view(vault, row, now)


def _unit(db: Session, org_id: str, text: str, now: dt.datetime) -> str:
    """The unit that a code leads into, made where it is new; empty for the whole organisation."""
    words = places.unit_words(text)
    places.NewPlaces(set(), set()).notice(db, org_id, [words], [])
    places.taken(db, org_id, [words], [], now=now)
    return words


def _index(vault: Vault, code: str) -> str:
    return vault.blind_index(code, context=JOIN_CODE)


def list_codes(
    db: Session, vault: Vault, actor: Actor, asked: Asked = FROM_START, *, query: str = "",
    now: dt.datetime,
) -> Piece[CodeView]:  # fmt: skip
    """The organisation's codes, the newest first; `query` is a part of a unit's name.

    Raises InvalidError for /sort and /at.
    """
    own_id = acting_for(db, actor, Power.KEEP_STAFF).org_id
    found = code_rows.list_codes(db, own_id, query.strip(), asked)
    return as_piece([_view(vault, row, now) for row in found.items], found)


def revoke(db: Session, actor: Actor, code_id: str, *, now: dt.datetime) -> None:
    """Let nobody join with a code any more; who has joined stays. Raises NotFoundError."""
    organisation = acting_for(db, actor, Power.KEEP_STAFF)
    row = code_rows.own_code(db, organisation.org_id, code_id)
    if row is None:
        raise NotFoundError("没有这个邀请码。", remedy="请刷新页面")
    if row.revoked_at is None:
        row.revoked_at = now
        audit.record(
            db, "staff.code_revoked", now=now, actor_id=actor.learner_id, subject_id=row.id,
            org_id=row.org_id,
        )  # fmt: skip


def look_up(db: Session, vault: Vault, actor: Actor, text: str, *, now: dt.datetime) -> Invitation:
    """What a code leads to. Raises InvalidError for /code; why it is not good is not told."""
    row = _good(db, vault, text, now)
    organisation = organisation_rows.get_organisation(db, row.org_id)
    mine = staff_rows.get_staff_by_learner(db, row.org_id, actor.learner_id)
    return Invitation(
        row.org_id, organisation.name if organisation else "", row.unit,
        is_joined=mine is not None and mine.state == StaffState.JOINED,
    )  # fmt: skip


def _good(db: Session, vault: Vault, text: str, now: dt.datetime) -> JoinCode:
    code = rules.normalise(text)
    row = code_rows.code_under(db, _index(vault, code)) if rules.is_code(code) else None
    if row is None or not rules.is_good(_remembered(row), now) or _is_suspended(db, row):
        raise InvalidError(
            "这个邀请码不能用：可能输错了，或者已经过期、用完、停用。", field="/code",
            code="join_code", remedy="请对照邀请码逐位检查，或者向单位要一个新的",
        )  # fmt: skip
    return row


def _is_suspended(db: Session, row: JoinCode) -> bool:
    organisation = organisation_rows.get_organisation(db, row.org_id)
    return organisation is None or organisation.suspended_at is not None


def join(
    db: Session, vault: Vault, actor: Actor, text: str, *, shows_all: bool, now: dt.datetime
) -> Invitation:
    """Join with a code: the person themselves says yes, and the organisation gets who they are.

    Joining where one has joined changes nothing. Raises ForbiddenError before the name is proven,
    InvalidError for /code.
    """
    if not actor.is_verified:
        raise ForbiddenError(
            "请先完成实名认证，再加入单位。", code="not_verified", remedy="先填写姓名和证件号"
        )
    found = look_up(db, vault, actor, text, now=now)
    if found.is_joined:
        return found
    organisation_rows.lock_organisation(db, found.org_id)
    code = _good(db, vault, text, now)
    if not code_rows.use(db, code.id, now):
        raise ConflictError("这个邀请码刚刚用完。", code="join_code", remedy="请向单位要一个新的")
    row = _line(db, vault, actor, code, now)
    row.state, row.learner_id, row.joined_at = StaffState.JOINED, actor.learner_id, now
    row.left_at, row.shows_all_courses = None, shows_all
    db.flush()
    audit.record(
        db, "staff.joined", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=row.org_id, code=code.id,
    )  # fmt: skip
    inbox.notify(db, actor.learner_id, NoticeKind.JOINED_EMPLOYER, now=now, employer=found.employer)
    take_proven_name(db, vault, row, employer=found.employer, now=now)
    begin_waiting(db, row, employer=found.employer, now=now)
    return found


def _line(db: Session, vault: Vault, actor: Actor, code: JoinCode, now: dt.datetime) -> StaffMember:
    """The person's line: the one by which they were named, or a new one with their proven name."""
    roster_id = roster.enter_verified(
        db, vault, org_id=code.org_id, person_id=actor.learner_id, now=now
    )
    row = staff_rows.get_staff_by_roster(db, code.org_id, roster_id)
    if row is None:
        row = StaffMember(
            id=new_id(now), org_id=code.org_id, roster_id=roster_id, state=StaffState.INVITED,
            unit="", position="", invited_by=code.made_by, invited_at=now,
        )  # fmt: skip
        db.add(row)
    if row.state == StaffState.LEFT:
        # Who comes again comes without tags, and without the position they had.
        tag_rows.drop_tags_of(db, [row.id])
        row.position = ""
    if row.state == StaffState.LEFT or not row.unit:
        found = places.taken(db, code.org_id, [code.unit], [row.position], now=now)
        found.stand(row, code.unit, row.position)
    return row


def _remembered(row: JoinCode) -> rules.Code:
    return rules.Code(row.ends_at, row.revoked_at is not None, row.uses, row.most_uses)


def _view(vault: Vault, row: JoinCode, now: dt.datetime) -> CodeView:
    code = _remembered(row)
    return CodeView(
        code_id=row.id, code=rules.shown(vault.open(row.code_sealed, context=JOIN_CODE)),
        unit=row.unit, uses=row.uses, most_uses=row.most_uses, is_good=rules.is_good(code, now),
        state_name=rules.state_of(code, now), made_at=row.made_at, ends_at=row.ends_at,
    )  # fmt: skip
