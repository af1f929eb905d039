"""Roll calls: a supervisor at a site says who is there, and a code on the screen proves it again.

A person who is there answers identity checks with the code of the moment, on the device with which
they came: no face and no questions. Place, time, supervisor and every change are on record.
"""

import datetime as dt
import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import KeyRing, Vault
from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.core.ids import new_id
from app.identity.models.checks import IdentityCheck
from app.identity.models.roll_calls import RollCall, RollPresence
from app.identity.repository import people as person_rows
from app.identity.repository import roll_calls as rows
from app.identity.rules import roll_calls as rules
from app.identity.rules.roll_calls import PresenceState
from app.identity.services.people import name_of


@dataclass(frozen=True, slots=True)
class PresenceView:
    presence_id: str
    name: str
    state: PresenceState
    state_name: str
    joined_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RollScreen:
    """What stands on the supervisor's screen; `code` is empty where the roll call is over."""

    roll_call_id: str
    place: str
    opened_at: dt.datetime
    closes_at: dt.datetime
    is_open: bool
    code: str
    seconds_left: int
    people: tuple[PresenceView, ...]


@dataclass(frozen=True, slots=True)
class OwnPresence:
    """Where somebody came to, as they see it themselves."""

    place: str
    state: PresenceState
    state_name: str
    closes_at: dt.datetime


def open_roll_call(
    db: Session, *, org_id: str, supervisor_id: str, place: str, now: dt.datetime
) -> str:
    """Begin a roll call and return its id.

    Raises InvalidError for a place without a word, ConflictError where the supervisor has one open.
    """
    place = " ".join(place.split())
    if not place:
        raise InvalidError("请填写地点。", field="/place", remedy="例如：一号车间培训室")
    running = [
        each
        for each in rows.open_of_organisations(db, [org_id], now)
        if each.supervisor_id == supervisor_id
    ]
    if running:
        raise ConflictError(
            "您有一次点名还没有结束。", code="roll_call_open", remedy="请先结束它，再开始新的"
        )
    row = RollCall(
        id=new_id(now), org_id=org_id, supervisor_id=supervisor_id, place=place, opened_at=now,
        closes_at=now + rules.LIFE,
    )  # fmt: skip
    db.add(row)
    audit.record(
        db, "roll_call.opened", now=now, actor_id=supervisor_id, subject_id=row.id, org_id=org_id,
        place=place,
    )  # fmt: skip
    return row.id


def close_roll_call(
    db: Session, roll_call_id: str, *, org_ids: Collection[str], actor_id: str, now: dt.datetime
) -> None:
    """End a roll call: from now on its code answers nothing. Raises NotFoundError."""
    row = _own(db, roll_call_id, org_ids, locks=True)
    if row.closes_at > now:
        row.closes_at = now
        audit.record(db, "roll_call.closed", now=now, actor_id=actor_id, subject_id=row.id)


def under_way(
    db: Session, *, org_ids: Collection[str], supervisor_id: str, now: dt.datetime
) -> str | None:
    """The id of the supervisor's open roll call."""
    found = rows.open_of_organisations(db, org_ids, now)
    return next((row.id for row in found if row.supervisor_id == supervisor_id), None)


def screen(
    db: Session,
    vault: Vault,
    keys: KeyRing,
    roll_call_id: str,
    *,
    org_ids: Collection[str],
    now: dt.datetime,
) -> RollScreen:
    """What the supervisor's screen shows now. Raises NotFoundError."""
    row = _own(db, roll_call_id, org_ids)
    is_open = row.closes_at > now
    people = tuple(
        PresenceView(
            here.id, name_of(vault, person), PresenceState(here.state),
            rules.STATE_NAMES[PresenceState(here.state)], here.joined_at,
        )
        for here, person in rows.presences(db, roll_call_id)
    )  # fmt: skip
    return RollScreen(
        roll_call_id=row.id, place=row.place, opened_at=row.opened_at, closes_at=row.closes_at,
        is_open=is_open, code=rules.code_at(_secret(keys, row.id), now) if is_open else "",
        seconds_left=rules.seconds_left(now), people=people,
    )  # fmt: skip


def join(
    db: Session,
    keys: KeyRing,
    *,
    learner_id: str,
    org_ids: Collection[str],
    code: str,
    device_id: str,
    now: dt.datetime,
) -> OwnPresence:
    """Come to the roll call whose code was typed; the supervisor decides next.

    `org_ids` are those on whose roster the learner is. Raises ForbiddenError for somebody without
    a proven name, InvalidError for a code that no screen of theirs shows.
    """
    person = person_rows.by_id(db, learner_id)
    if person is None or person.verified_at is None:
        raise ForbiddenError("请先完成实名认证。", code="not_verified", remedy="先填写姓名和证件号")
    row = shown_with(db, keys, org_ids, code, now)
    if row is None:
        raise InvalidError(
            "口令不对，或者已经换了。", field="/code", code="roll_code",
            remedy="请看现场屏幕上的六位数字，单位不对时请先在“我的”里加入单位",
        )  # fmt: skip
    here = rows.presence(db, row.id, learner_id)
    if here is None:
        here = RollPresence(
            id=new_id(now), roll_call_id=row.id, person_id=learner_id, device_id=device_id,
            state=PresenceState.WAITING.value, joined_at=now,
        )  # fmt: skip
        db.add(here)
    elif here.device_id != device_id:
        # Another phone than the supervisor saw in this person's hand.
        here.device_id, here.state, here.joined_at = device_id, PresenceState.WAITING.value, now
        here.marked_at = None
    state = PresenceState(here.state)
    return OwnPresence(row.place, state, rules.STATE_NAMES[state], row.closes_at)


def shown_with(
    db: Session, keys: KeyRing, org_ids: Collection[str], code: str, now: dt.datetime
) -> RollCall | None:
    """The open roll call whose screen shows a code."""
    for row in rows.open_of_organisations(db, org_ids, now):
        if code in rules.codes_at(_secret(keys, row.id), now):
            return row
    return None


def check_among(db: Session, roll_call_id: str, org_ids: Collection[str]) -> None:
    """Raises NotFoundError for a roll call of none of these organisations."""
    _own(db, roll_call_id, org_ids)


def mark(
    db: Session,
    roll_call_id: str,
    presence_id: str,
    *,
    is_present: bool,
    org_ids: Collection[str],
    actor_id: str,
    now: dt.datetime,
) -> None:
    """Say that somebody is there, or is not; may be said anew at any time while it is open.

    Raises NotFoundError, ConflictError where it is over, ForbiddenError for oneself.
    """
    row = _own(db, roll_call_id, org_ids, locks=True)
    here = rows.presence_by_id(db, roll_call_id, presence_id)
    if here is None:
        raise NotFoundError("没有这个人报到。", remedy="请刷新页面")
    if here.person_id == actor_id:
        raise ForbiddenError(
            "不能给自己点名。", code="own_presence", remedy="请另一位管理人员开点名"
        )
    if rules.is_over(row.opened_at, row.closes_at, now):
        raise ConflictError("这次点名已经结束。", code="roll_call_over", remedy="请开始新的点名")
    state = PresenceState.PRESENT if is_present else PresenceState.ABSENT
    if here.state == state:
        return
    here.state, here.marked_at = state.value, now
    audit.record(
        db, "roll_call.marked", now=now, actor_id=actor_id, subject_id=here.person_id,
        roll_call_id=row.id, state=state.value,
    )  # fmt: skip


def own_presence(db: Session, learner_id: str, *, now: dt.datetime) -> OwnPresence | None:
    """Where a learner was seen and still is."""
    found = rows.present_at(db, learner_id, now)
    if found is None:
        return None
    _, row = found
    state = PresenceState.PRESENT
    return OwnPresence(row.place, state, rules.STATE_NAMES[state], row.closes_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class RollInput:
    """What judging needs of a check by roll call; `roll_call_id` is empty where it is over."""

    check_id: str
    learner_id: str
    roll_call_id: str
    device_id: str
    at: dt.datetime


def is_present(db: Session, learner_id: str, *, now: dt.datetime) -> bool:
    """Whether a supervisor says of a learner that they are there, at this moment."""
    return rows.present_at(db, learner_id, now) is not None


def open_roll_check(
    db: Session, *, learner_id: str, check_id: str, now: dt.datetime
) -> dict[str, Any]:
    """Ask for the code on the screen. Raises ConflictError where the learner is nowhere."""
    found = rows.present_at(db, learner_id, now)
    if found is None:
        raise ConflictError("点名已经结束。", code="roll_call_over", remedy="请换一种方式核对")
    _, row = found
    db.add(
        IdentityCheck(
            id=check_id, person_id=learner_id, method=rules.ROLL_CALL, purpose="study",
            opened_at=now, prompt={"roll_call_id": row.id, "place": row.place},
        )
    )  # fmt: skip
    db.flush()
    return {"place": row.place, "digits": rules.DIGITS}


def load_roll_check(db: Session, check: IdentityCheck, *, at: dt.datetime) -> RollInput:
    """Read what judging needs, as things stood when the answer arrived."""
    found = rows.present_at(db, check.person_id, at)
    asked = (check.prompt or {}).get("roll_call_id", "")
    is_same = found is not None and found[1].id == asked
    return RollInput(
        check_id=check.id, learner_id=check.person_id, roll_call_id=asked if is_same else "",
        device_id=found[0].device_id if found else "", at=at,
    )  # fmt: skip


def _own(
    db: Session, roll_call_id: str, org_ids: Collection[str], *, locks: bool = False
) -> RollCall:
    row = rows.lock_roll_call(db, roll_call_id) if locks else rows.roll_call(db, roll_call_id)
    if row is None or row.org_id not in org_ids:
        raise NotFoundError("没有这次点名。", remedy="请从“点名”页重新进入")
    return row


def _secret(keys: KeyRing, roll_call_id: str) -> bytes:
    """Derived and not stored: whoever has the database cannot show a code."""
    return hmac.new(keys.secret("codes"), f"roll:{roll_call_id}".encode(), hashlib.sha256).digest()


def codes_of(keys: KeyRing, roll_call_id: str, at: dt.datetime) -> tuple[str, str]:
    """The codes that a check takes at a moment."""
    return rules.codes_at(_secret(keys, roll_call_id), at)
