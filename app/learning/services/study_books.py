"""All that one transaction reads and changes of one learner: opened once, written once."""

import datetime as dt
from collections.abc import Iterable

from msgspec.structs import replace
from sqlalchemy.orm import Session

from app.core.errors import NotFoundError
from app.core.ids import new_id
from app.learning.models.study import StudyCut, StudySession
from app.learning.repository import study as rows
from app.learning.repository import study_states as states
from app.learning.rules.coverage import subtract
from app.learning.rules.moments import date_of, epoch_ms
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.states import Cut, LearnerState, LessonState, SessionState, Taken
from app.learning.services import frozen_policies


class StudyBooks:
    """The learner's lease is taken at the start: of two writers the second waits, then reads.

    The rules get states and give states back; `store` writes whatever has changed.
    """

    def __init__(self, db: Session, learner_id: str, now: dt.datetime) -> None:
        self.db = db
        self.now = now
        self.now_ms = epoch_ms(now)
        self.row = rows.lock_learner(db, learner_id)
        self.learner: LearnerState = states.learner_state(db, self.row)
        self._before = self.learner
        self._lessons: dict[tuple[str, str], LessonState] = {}
        self._sessions: dict[str, tuple[StudySession, SessionState]] = {}

    @property
    def learner_id(self) -> str:
        return self.learner.learner_id

    def session_row(self, session_id: str) -> StudySession:
        """A session of this learner. Raises NotFoundError for anybody else's."""
        if session_id not in self._sessions:
            row = rows.get_session(self.db, session_id)
            if row is None or row.learner_id != self.learner_id:
                raise NotFoundError("没有这次学习。", remedy="请回到课程页重新进入")
            self._sessions[session_id] = row, states.session_state(row)
        return self._sessions[session_id][0]

    def session(self, session_id: str) -> SessionState:
        self.session_row(session_id)
        return self._sessions[session_id][1]

    def add_session(self, row: StudySession, state: SessionState) -> None:
        """A session that begins in this transaction."""
        states.store_session(row, state)
        self.db.add(row)
        self.db.flush()
        self._sessions[row.id] = row, state

    def put_session(self, state: SessionState) -> None:
        self._sessions[state.session_id] = self.session_row(state.session_id), state

    def policy(self, session_id: str) -> StudyPolicy:
        """The policy that was frozen when the session was opened."""
        return frozen_policies.thaw(self.db, self.session_row(session_id).policy_version)

    def lesson(self, enrolment_id: str, lesson_id: str) -> LessonState:
        key = (enrolment_id, lesson_id)
        if key not in self._lessons:
            row = rows.get_coverage(self.db, self.learner_id, *key)
            self._lessons[key] = states.lesson_state(row)
        return self._lessons[key]

    def put_lesson(self, enrolment_id: str, lesson_id: str, state: LessonState) -> None:
        self._lessons[enrolment_id, lesson_id] = state

    def add_to_day(self, day: int, ms: int) -> None:
        """Time given back counts against the cap of its own day."""
        if day == self.learner.day:
            used_ms = self.learner.day_used_ms + ms
            self.learner = replace(self.learner, day_used_ms=used_ms)

    def take_back(self, taken: Iterable[Taken]) -> None:
        """R12: the stretches leave the coverage, and the learner can read why."""
        for part in taken:
            state = self.lesson(part.enrolment_id, part.lesson_id)
            left = LessonState(subtract(state.covered, part.stretches), state.frontier_ms)
            self.put_lesson(part.enrolment_id, part.lesson_id, left)
            self.note_cut(part.session_id, part.lesson_id, part.day, part.reason, part.ms)

    def note_cut(self, session_id: str, lesson_id: str, day: int, code: Cut, ms: int) -> None:
        """Write down time that was not counted; what follows at once is the same stretch."""
        if not ms:
            return
        newest = rows.newest_cuts(self.db, session_id, states.CUTS_AT_ONCE)
        row = next((each for each in newest if self._goes_on(each, lesson_id, day, code)), None)
        if row is not None:
            row.ms += ms
            row.last_at = self.now
        else:
            cut = StudyCut(
                id=new_id(self.now), learner_id=self.learner_id, session_id=session_id,
                enrolment_id=self.session_row(session_id).enrolment_id, lesson_id=lesson_id,
                day=date_of(day), code=code.value, ms=ms, first_at=self.now, last_at=self.now,
            )  # fmt: skip
            self.db.add(cut)
        self.db.flush()

    def _goes_on(self, row: StudyCut, lesson_id: str, day: int, code: Cut) -> bool:
        line = states.cut_line(row)
        return line.goes_on(lesson_id, day, code, self.now_ms)

    def store(self) -> None:
        """Write what has changed. Of two that judged on the same version one fails here."""
        for (enrolment_id, lesson_id), state in self._lessons.items():
            states.store_lesson(self.db, (self.learner_id, enrolment_id, lesson_id), state)
        for row, session in self._sessions.values():
            states.store_session(row, session)
        states.store_learner(self.db, self.row, self._before, self.learner)
        self._before = self.learner
        self.db.flush()
