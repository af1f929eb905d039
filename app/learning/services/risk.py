"""Scoring a learner's day, keeping the score, and putting what is heavy before people.

A score takes nothing away: nothing here writes to sessions, pending time, holds or the ledger
(tests/architecture/test_risk_takes_nothing.py).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core import audit
from app.core.db import Database
from app.core.errors import ForbiddenError, InvalidError, NotFoundError
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import local_day
from app.identity.services import cases
from app.identity.services.cases import CaseKind
from app.learning.models.risk import RiskScore, SharedDevice
from app.learning.repository import risk as rows
from app.learning.rules import risk
from app.learning.rules.risk import RiskPolicy
from app.learning.rules.risk_signals import Finding, Signal
from app.learning.services.risk_evidence import bounds, day_evidence

__all__ = ["DeviceView", "RiskPolicy", "SittingView", "findings_in", "forget", "mark_device",
           "score_day", "sittings"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class DeviceView:
    device_id: str
    people: int
    is_shared: bool


@dataclass(frozen=True, slots=True)
class SittingView:
    """A session of the day as the desk lists it."""

    session_id: str
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    device: DeviceView


def score_day(
    database: Database, learner_id: str, day: dt.date, *, policy: RiskPolicy, now: dt.datetime
) -> int:
    """Score a learner's local day anew; returns the score. To be done again at will."""
    with database.reading() as db:
        found = risk.findings_of(day_evidence(db, learner_id, day))
    score = risk.score_of(found)
    with database.transaction() as db:
        _keep(db, learner_id, day, found, now)
        quiet = _quiet(db, learner_id, policy, now)
        _put_before_people(db, learner_id, day, risk.unquieted(found, quiet), policy, now)
    return score


def _keep(
    db: Session, learner_id: str, day: dt.date, found: Sequence[Finding], now: dt.datetime
) -> None:
    """The newest score of a day stands; a day on which nothing was found has none."""
    row = rows.get_score(db, learner_id, day)
    if row is not None and not found:
        db.delete(row)
        return
    if not found:
        return
    if row is None:
        row = RiskScore(learner_id=learner_id, day=day)
        db.add(row)
    row.score, row.model = risk.score_of(found), risk.MODEL
    row.findings, row.scored_at = _plain(found), now


def _quiet(
    db: Session, learner_id: str, policy: RiskPolicy, now: dt.datetime
) -> Mapping[Signal, int]:
    """What people have judged lately, with the weight it had then."""
    since = now - dt.timedelta(days=policy.quiet_days)
    judged = cases.decided_since(db, learner_id, CaseKind.RISK_SCORE, since)
    quiet: dict[Signal, int] = {}
    for finding in (each for view in judged for each in findings_in(view.facts)):
        quiet[finding.signal] = max(finding.weight, quiet.get(finding.signal, 0))
    return quiet


def _put_before_people(
    db: Session,
    learner_id: str,
    day: dt.date,
    found: Sequence[Finding],
    policy: RiskPolicy,
    now: dt.datetime,
) -> None:
    """One open case a learner; what is found later joins it."""
    if risk.score_of(found) < policy.case_score:
        return
    known = cases.open_case_of(db, learner_id, [CaseKind.RISK_SCORE])
    if known is None:
        case_id = cases.open_case(
            db, kind=CaseKind.RISK_SCORE, learner_id=learner_id, now=now,
            score=risk.score_of(found), findings=_plain(found), days=[day.isoformat()],
        )  # fmt: skip
        audit.record(
            db, "risk.case_opened", now=now, actor_id=None, subject_id=case_id,
            score=risk.score_of(found), model=risk.MODEL,
        )  # fmt: skip
        return
    both = risk.joined(findings_in(known.facts), found)
    days = sorted({*known.facts.get("days", []), day.isoformat()})
    facts = {"score": risk.score_of(both), "findings": _plain(both), "days": days}
    if facts != {name: known.facts.get(name) for name in facts}:
        cases.add_facts(db, known.case_id, **facts)
        audit.record(
            db, "risk.case_joined", now=now, actor_id=None, subject_id=known.case_id,
            score=facts["score"], model=risk.MODEL,
        )  # fmt: skip


def _plain(found: Sequence[Finding]) -> list[dict[str, Any]]:
    return [
        {"signal": each.signal.value, "weight": each.weight, "seen": dict(each.seen)}
        for each in found
    ]


def findings_in(facts: Mapping[str, Any]) -> tuple[Finding, ...]:
    """The findings that a case of risk holds; none where it is about something else."""
    return tuple(
        Finding(Signal(each["signal"]), each["weight"], each["seen"])
        for each in facts.get("findings", [])
        if each["signal"] in set(Signal)
    )


def sittings(db: Session, learner_id: str, days: Sequence[str]) -> list[SittingView]:
    """The sessions of these local days, each with its device and who else was on it that day."""
    found = []
    for day in days:
        start, end = bounds(dt.date.fromisoformat(day))
        sessions = rows.sessions_between(db, learner_id, start, end)
        devices = sorted({each.device_id for each in sessions})
        people, shared = rows.people_on(db, devices, start, end), rows.shared_among(db, devices)
        found += [
            SittingView(
                each.id, each.opened_at, each.closed_at,
                DeviceView(each.device_id, people.get(each.device_id, 1), each.device_id in shared),
            )
            for each in sessions
        ]  # fmt: skip
    return found


def mark_device(
    db: Session, device_id: str, *, is_shared: bool, reason: str, actor: Actor, now: dt.datetime
) -> None:
    """Staff know a machine to be used by many, or no longer: its people are not counted then.

    Raises NotFoundError for a device nobody studied on lately, InvalidError without a reason,
    ForbiddenError for one's own.
    """
    if not reason.strip():
        raise InvalidError("请写明理由。", field="/reason")
    if device_id == actor.device_id or rows.has_studied_on(db, actor.learner_id, device_id):
        raise ForbiddenError(
            "不能标记自己用过的设备。", code="own_device", remedy="请由其他审核人标记"
        )
    row = rows.get_shared(db, device_id)
    if row is None and not rows.is_known_device(db, device_id):
        raise NotFoundError("近期没有人在这台设备上学习。", remedy="请从事项页面进入")
    if row is not None and not is_shared:
        db.delete(row)
    elif row is None and is_shared:
        db.add(
            SharedDevice(
                device_id=device_id, reason=reason.strip(), marked_by=actor.learner_id,
                marked_at=now,
            )
        )  # fmt: skip
    audit.record(
        db, "risk.device_marked", now=now, actor_id=actor.learner_id, subject_id=device_id,
        is_shared=is_shared, reason=reason.strip(),
    )  # fmt: skip


def forget(database: Database, *, place_days: int, score_days: int, now: dt.datetime) -> int:
    """Remove places and scores that are older than they are kept; returns how many rows went."""
    with database.transaction() as db:
        places = rows.forget_places(db, now - dt.timedelta(days=place_days))
        scores = rows.forget_scores(db, local_day(now) - dt.timedelta(days=score_days))
    return places + scores
