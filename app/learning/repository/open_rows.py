"""Rows of open sessions for a memory: all of many sessions with a handful of queries."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.learning.models.catalogue import Enrolment
from app.learning.models.ledger import LedgerEntry
from app.learning.models.study import (
    LessonCoverage,
    MediaDelivery,
    PendingPiece,
    StudyCut,
    StudyLearner,
    StudySession,
)
from app.learning.models.study_checks import StudyChallenge
from app.learning.repository.study import in_order
from app.learning.repository.versions import VERSION_ID
from app.learning.rules.states import Phase


@dataclass(slots=True)
class OpenRows:
    """All that is known of one open session, as it stands in the tables."""

    session: StudySession
    learner: StudyLearner
    version_id: str
    required_ms: int
    confirmed_ms: int = 0
    challenge: StudyChallenge | None = None
    pending: list[PendingPiece] = field(default_factory=list)
    coverage: list[LessonCoverage] = field(default_factory=list)
    sent: list[tuple[str, bytes]] = field(default_factory=list)
    cuts: list[StudyCut] = field(default_factory=list)


def read_open(db: Session, session_ids: Collection[str], since: dt.datetime) -> list[OpenRows]:
    """Read those of the sessions that are open; lines of what was cut only since a moment."""
    # Not asked of the database: SQLite would go through all that are open to find these.
    known: Sequence[StudySession] = _each(db, StudySession.id, session_ids)
    sessions = [row for row in known if row.phase == Phase.OPEN]
    learner_ids = {row.learner_id for row in sessions}
    enrolment_ids = {row.enrolment_id for row in sessions}
    learners = {row.learner_id: row for row in _each(db, StudyLearner.learner_id, learner_ids)}
    columns = (Enrolment.id, VERSION_ID.label("version_id"), Enrolment.required_ms)
    enrolments = {
        row.id: row for row in db.execute(select(*columns).where(Enrolment.id.in_(enrolment_ids)))
    }
    found = {
        (row.learner_id, row.enrolment_id): OpenRows(
            row, learners[row.learner_id], enrolments[row.enrolment_id].version_id,
            enrolments[row.enrolment_id].required_ms,
        )
        for row in sessions
    }  # fmt: skip
    _add_learners(db, found, learner_ids)
    _add_enrolments(db, found, enrolment_ids)
    by_session = {rows.session.id: rows for rows in found.values()}
    for cut in _each(db, StudyCut.session_id, by_session, StudyCut.last_at >= since):
        by_session[cut.session_id].cuts.append(cut)
    return list(found.values())


def _each(
    db: Session, key: InstrumentedAttribute[str], ids: Collection[str], *more: ColumnElement[bool]
) -> Sequence[Any]:
    """Whole rows of a table whose key is among these."""
    return db.scalars(select(key.class_).where(key.in_(ids), *more)).all()


def _add_learners(
    db: Session, found: dict[tuple[str, str], OpenRows], learner_ids: Collection[str]
) -> None:
    of_learner = {rows.learner.learner_id: rows for rows in found.values()}
    pieces = in_order(select(PendingPiece).where(PendingPiece.learner_id.in_(learner_ids)))
    for piece in db.scalars(pieces):
        of_learner[piece.learner_id].pending.append(piece)
    asked = {
        challenge_id: rows
        for rows in found.values()
        if (challenge_id := rows.learner.challenge_id) is not None
    }
    for challenge in _each(db, StudyChallenge.id, asked):
        asked[challenge.id].challenge = challenge


def _add_enrolments(
    db: Session, found: dict[tuple[str, str], OpenRows], enrolment_ids: Collection[str]
) -> None:
    """Looked for by pairs: one key among these and another among those is looked for n times n."""
    covered = tuple_(LessonCoverage.learner_id, LessonCoverage.enrolment_id).in_(found)
    for state in db.scalars(select(LessonCoverage).where(covered)):
        found[state.learner_id, state.enrolment_id].coverage.append(state)
    columns = (
        MediaDelivery.learner_id, MediaDelivery.enrolment_id, MediaDelivery.lesson_id,
        MediaDelivery.positions,
    )  # fmt: skip
    sent = select(*columns).where(
        tuple_(MediaDelivery.learner_id, MediaDelivery.enrolment_id).in_(found)
    )
    for row in db.execute(sent):
        found[row.learner_id, row.enrolment_id].sent.append((row.lesson_id, row.positions))
    confirmed = select(LedgerEntry.learner_id, LedgerEntry.enrolment_id, func.sum(LedgerEntry.ms))
    confirmed = confirmed.where(LedgerEntry.enrolment_id.in_(enrolment_ids))
    for learner_id, enrolment_id, ms in db.execute(
        confirmed.group_by(LedgerEntry.learner_id, LedgerEntry.enrolment_id)
    ):
        found[learner_id, enrolment_id].confirmed_ms = int(ms)
