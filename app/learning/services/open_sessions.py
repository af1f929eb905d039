"""An open session as a worker remembers it: what the rules read, and nothing to look it up by.

A copy, never the truth: whoever writes from it names the version it was read at, and nothing is
refused because of it.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.learning.repository import open_rows, versions
from app.learning.repository import study_states as states
from app.learning.repository.open_rows import OpenRows
from app.learning.rules.coverage import Intervals, unpack
from app.learning.rules.cuts import ONE_STRETCH_MS, CutLine
from app.learning.rules.lessons import open_lessons
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.states import Cut, LearnerState, Lesson, LessonState, SessionState
from app.learning.services import frozen_policies, sealed


@dataclass(slots=True, eq=False)
class OpenSession:
    """`version` is the learner's row's: it stands for all that is remembered here."""

    learner_id: str
    version: int
    key: bytes
    policy: StudyPolicy
    lessons: tuple[Lesson, ...]
    learner: LearnerState
    session: SessionState
    head: str
    coverage: dict[str, LessonState]
    sent: dict[str, Intervals]
    confirmed_ms: int
    required_ms: int
    cuts: dict[tuple[str, Cut], CutLine]
    """The newest line of each lesson and reason: what follows at once joins it."""
    is_waiting: bool = False
    """Whether a batch of this session is on its way into the database."""
    open_ids: frozenset[str] = frozenset()

    def lesson(self, lesson_id: str) -> Lesson | None:
        """The lesson, if it is of this course and open."""
        if lesson_id not in self.open_ids:
            # Counting only ever opens lessons; what shuts one goes the plain way, and is read anew.
            covered = {each: state.covered for each, state in self.coverage.items()}
            self.open_ids = open_lessons(self.policy, self.lessons, covered)
        found = (lesson for lesson in self.lessons if lesson.lesson_id == lesson_id)
        return next(found, None) if lesson_id in self.open_ids else None


class Shelf:
    """Reads sessions; the versions of courses that many of them share are kept once."""

    def __init__(self) -> None:
        self._versions: dict[str, tuple[Lesson, ...]] = {}

    def load(
        self, db: Session, vault: Vault, session_ids: Collection[str], *, now: dt.datetime
    ) -> dict[str, OpenSession]:
        """Read sessions from the database; those that are not open, or not there, are left out."""
        since = now - dt.timedelta(milliseconds=ONE_STRETCH_MS)
        found = open_rows.read_open(db, session_ids, since)
        lessons = versions.lessons_of_all(db, {rows.version_id for rows in found})
        for version_id, rows in lessons.items():
            read = tuple(map(states.lesson_of, rows))
            if self._versions.get(version_id) != read:
                self._versions[version_id] = read
        return {rows.session.id: self._remembered(db, vault, rows) for rows in found}

    def _remembered(self, db: Session, vault: Vault, rows: OpenRows) -> OpenSession:
        session, learner = rows.session, rows.learner
        lines = map(states.cut_line, sorted(rows.cuts, key=lambda cut: cut.last_at))
        return OpenSession(
            learner_id=learner.learner_id, version=learner.version,
            key=sealed.open_key(vault, session.id, session.key_sealed),
            policy=frozen_policies.thaw(db, session.policy_version),
            lessons=self._versions[rows.version_id],
            learner=states.learner_state_of(learner, rows.pending, rows.challenge),
            session=states.session_state(session), head=session.head,
            coverage={each.lesson_id: states.lesson_state(each) for each in rows.coverage},
            sent={lesson_id: unpack(positions) for lesson_id, positions in rows.sent},
            confirmed_ms=rows.confirmed_ms, required_ms=rows.required_ms,
            cuts={(line.lesson_id, line.code): line for line in lines},
        )  # fmt: skip
