"""Rows of risk: places, scores, shared machines; counting people on a device or in a network."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import CursorResult, delete, distinct, func, select
from sqlalchemy.orm import Session, aliased

from app.learning.models.risk import RiskScore, SharedDevice, StudyPlace
from app.learning.models.study import StudySession

_STEP = dt.timedelta(seconds=3)
_MOST_STARTS = 200


def sessions_between(
    db: Session, learner_id: str, start: dt.datetime, end: dt.datetime
) -> list[StudySession]:
    """A learner's sessions that were opened in this time, in order."""
    query = select(StudySession).where(
        StudySession.learner_id == learner_id,
        StudySession.opened_at >= start,
        StudySession.opened_at < end,
    )
    return list(db.scalars(query.order_by(StudySession.opened_at, StudySession.id)))


def people_on(
    db: Session, devices: Sequence[str], start: dt.datetime, end: dt.datetime
) -> dict[str, int]:
    """How many learners opened a session on each device in this time."""
    query = (
        select(StudyPlace.device_id, func.count(distinct(StudyPlace.learner_id)))
        .where(
            StudyPlace.device_id.in_(devices),
            StudyPlace.opened_at >= start,
            StudyPlace.opened_at < end,
        )
        .group_by(StudyPlace.device_id)
    )
    return {row[0]: int(row[1]) for row in db.execute(query)}


def most_at_a_place(db: Session, learner_id: str, start: dt.datetime, end: dt.datetime) -> int:
    """Of the networks where a learner studied in this time, the people in the fullest."""
    theirs, all_of = aliased(StudyPlace), aliased(StudyPlace)
    query = (
        select(func.count(distinct(all_of.learner_id)).label("people"))
        .join(theirs, theirs.place == all_of.place)
        .where(
            theirs.learner_id == learner_id, theirs.opened_at >= start, theirs.opened_at < end,
            all_of.opened_at >= start, all_of.opened_at < end,
        )
        .group_by(all_of.place)
        .order_by(func.count(distinct(all_of.learner_id)).desc())
    )  # fmt: skip
    return db.scalar(query.limit(1)) or 0


def started_with(
    db: Session, learner_id: str, start: dt.datetime, end: dt.datetime
) -> list[tuple[str, dt.datetime]]:
    """Whoever else opened a session within three seconds of one of the learner's, and when."""
    mine = (
        select(StudyPlace.opened_at)
        .where(
            StudyPlace.learner_id == learner_id,
            StudyPlace.opened_at >= start,
            StudyPlace.opened_at < end,
        )
        .order_by(StudyPlace.opened_at.desc())
        .limit(_MOST_STARTS)
    )
    found = []
    for moment in db.scalars(mine).all():
        query = select(StudyPlace.learner_id).where(
            StudyPlace.opened_at.between(moment - _STEP, moment + _STEP),
            StudyPlace.learner_id != learner_id,
        )
        found += [(other, moment) for other in db.scalars(query)]
    return found


def shared_among(db: Session, devices: Sequence[str]) -> frozenset[str]:
    query = select(SharedDevice.device_id).where(SharedDevice.device_id.in_(devices))
    return frozenset(db.scalars(query))


def get_shared(db: Session, device_id: str) -> SharedDevice | None:
    return db.get(SharedDevice, device_id)


def is_known_device(db: Session, device_id: str) -> bool:
    query = select(StudyPlace.session_id).where(StudyPlace.device_id == device_id)
    return db.scalars(query.limit(1)).first() is not None


def has_studied_on(db: Session, learner_id: str, device_id: str) -> bool:
    """Tell whether a learner studied on a device, as long as places are kept."""
    query = select(StudyPlace.session_id).where(
        StudyPlace.device_id == device_id, StudyPlace.learner_id == learner_id
    )
    return db.scalars(query.limit(1)).first() is not None


def get_score(db: Session, learner_id: str, day: dt.date) -> RiskScore | None:
    return db.get(RiskScore, (learner_id, day))


def scored_days(db: Session, learner_id: str) -> list[dt.date]:
    query = select(RiskScore.day).where(RiskScore.learner_id == learner_id)
    return list(db.scalars(query.order_by(RiskScore.day)))


def forget_places(db: Session, before: dt.datetime) -> int:
    gone = db.execute(delete(StudyPlace).where(StudyPlace.opened_at < before))
    return gone.rowcount if isinstance(gone, CursorResult) else 0


def forget_scores(db: Session, before: dt.date) -> int:
    gone = db.execute(delete(RiskScore).where(RiskScore.day < before))
    return gone.rowcount if isinstance(gone, CursorResult) else 0


def forget_learner(db: Session, learner_id: str) -> None:
    db.execute(delete(StudyPlace).where(StudyPlace.learner_id == learner_id))
    db.execute(delete(RiskScore).where(RiskScore.learner_id == learner_id))
