"""One learner's local day as the rules of risk read it; nothing is written here."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.identity.rules.local_days import SHANGHAI, local_day
from app.learning.models.study import StudySession
from app.learning.repository import risk as rows
from app.learning.repository import study as study_rows
from app.learning.repository import study_checks as check_rows
from app.learning.repository.evidence import StoredBatch, list_batches
from app.learning.rules.moments import epoch_ms, moment_of
from app.learning.rules.risk import DayEvidence
from app.learning.rules.risk_signals import AnsweredCheck, Arrival, ReportedBeat, Sitting
from app.learning.rules.states import Cut
from app.learning.services.evidence_pack import unpack_reading
from app.learning.services.wire import Marks, read_marks

_FORTNIGHT = dt.timedelta(days=14)
_NIGHT_ENDS = 5


def bounds(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """A local day's first moment, and the next one's."""
    start = dt.datetime.combine(day, dt.time(), SHANGHAI)
    return start.astimezone(dt.UTC), (start + dt.timedelta(days=1)).astimezone(dt.UTC)


def day_evidence(db: Session, learner_id: str, day: dt.date) -> DayEvidence:
    """Sessions opened on this day, with their reports and checks, and who else was near."""
    start, end = bounds(day)
    sessions = rows.sessions_between(db, learner_id, start, end)
    devices = sorted({session.device_id for session in sessions})
    batches = [list_batches(db, learner_id, session.id) for session in sessions]
    marks = [[read_marks(row.body) for row in each] for each in batches]
    arrivals = [tuple(_arrivals(*each)) for each in zip(batches, marks, strict=True)]
    days_in_step, partners = _in_step(db, learner_id, end)
    cuts = study_rows.list_cuts(db, learner_id, first_day=day, last_day=day)
    return DayEvidence(
        sessions=tuple(arrivals), checks=_checks(db, sessions),
        sittings=tuple(Sitting(epoch_ms(each.opened_at), each.device_id) for each in sessions),
        events=Counter(code for each in marks for batch in each for code in batch.events),
        people_by_device=rows.people_on(db, devices, start, end),
        shared_devices=rows.shared_among(db, devices),
        learners_at_place=rows.most_at_a_place(db, learner_id, start, end),
        days_in_step=days_in_step, partners_in_step=partners,
        unseen_ms=sum(cut.ms for cut in cuts if cut.code == Cut.NOT_DELIVERED),
        reported_ms=_moved_ms(arrivals), night_ms=_moved_ms(arrivals, at_night=True),
    )  # fmt: skip


def _arrivals(batches: Sequence[StoredBatch], marks: Sequence[Marks]) -> list[Arrival]:
    found, before_ms = [], 0
    for row, batch in zip(batches, marks, strict=True):
        beats = []
        for t_ms, from_ms, to_ms in batch.stretches:
            if to_ms > from_ms:
                beats.append(ReportedBeat(t_ms - before_ms, to_ms - from_ms))
            before_ms = t_ms
        found.append(Arrival(unpack_reading(row.reading).now_ms, before_ms, tuple(beats)))
    return found


def _moved_ms(sessions: Sequence[Sequence[Arrival]], *, at_night: bool = False) -> int:
    return sum(
        beat.moved_ms
        for arrivals in sessions
        for each in arrivals
        if not at_night or moment_of(each.at_ms).astimezone(SHANGHAI).hour < _NIGHT_ENDS
        for beat in each.beats
    )


def _checks(db: Session, sessions: Sequence[StudySession]) -> tuple[AnsweredCheck, ...]:
    """The first answer to each check of these sessions, but for those still on their way."""
    asked = {row.id: row for row in check_rows.challenges_of(db, [each.id for each in sessions])}
    return tuple(
        AnsweredCheck(
            asked[row.challenge_id].method,
            epoch_ms(row.arrived_at) - asked[row.challenge_id].raised_at_ms,
            asked[row.challenge_id].expires_at_ms - asked[row.challenge_id].raised_at_ms,
        )
        for row in check_rows.answers_to(db, list(asked))
        if row.number == 1
    )


def _in_step(db: Session, learner_id: str, end: dt.datetime) -> tuple[int, int]:
    """Most days on which one other account began together with this one, and how many such."""
    days: dict[str, set[dt.date]] = defaultdict(set)
    for other, moment in rows.started_with(db, learner_id, end - _FORTNIGHT, end):
        days[other].add(local_day(moment))
    most = max((len(each) for each in days.values()), default=0)
    return most, sum(len(each) == most for each in days.values())
