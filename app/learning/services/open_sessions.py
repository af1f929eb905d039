"""An open session as a worker remembers it: what the rules read, and nothing to look it up by.

A copy, never the truth: whoever writes from it names the version it was read at, and nothing is
refused because of it.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.learning.repository import study as rows
from app.learning.repository import study_states as states
from app.learning.rules.coverage import Intervals, unpack
from app.learning.rules.cuts import CutLine
from app.learning.rules.lessons import open_lessons
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.states import Cut, LearnerState, Lesson, LessonState, Phase, SessionState
from app.learning.services import frozen_policies, ledger, sealed


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
    ready_at_ms: int = 0
    """When the next batch may come, if they come faster than anybody plays (see live_ingest)."""

    def lesson(self, lesson_id: str) -> Lesson | None:
        """The lesson, if it is of this course and open."""
        if lesson_id not in self.open_ids:
            # Counting only ever opens lessons; what shuts one goes the plain way, and is read anew.
            covered = {each: state.covered for each, state in self.coverage.items()}
            self.open_ids = open_lessons(self.policy, self.lessons, covered)
        found = (lesson for lesson in self.lessons if lesson.lesson_id == lesson_id)
        return next(found, None) if lesson_id in self.open_ids else None


class Shelf:
    """Courses that many sessions share, kept once."""

    def __init__(self) -> None:
        self._courses: dict[str, tuple[Lesson, ...]] = {}

    def load(self, db: Session, vault: Vault, session_id: str) -> OpenSession | None:
        """Read a session from the database; None where it is not open, or there is none."""
        row = rows.get_session(db, session_id)
        learner = rows.get_learner(db, row.learner_id) if row else None
        enrolment = rows.get_enrolment(db, row.enrolment_id) if row else None
        if row is None or learner is None or enrolment is None or row.phase != Phase.OPEN:
            return None
        lessons = tuple(
            states.lesson_of(lesson) for lesson in rows.list_lessons(db, enrolment.course_id)
        )
        if self._courses.get(enrolment.course_id) != lessons:
            self._courses[enrolment.course_id] = lessons
        lines = [
            states.cut_line(row) for row in rows.newest_cuts(db, session_id, states.CUTS_AT_ONCE)
        ]
        return OpenSession(
            learner_id=row.learner_id, version=learner.version,
            key=sealed.open_key(vault, row.id, row.key_sealed),
            policy=frozen_policies.thaw(db, row.policy_version),
            lessons=self._courses[enrolment.course_id],
            learner=states.learner_state(db, learner), session=states.session_state(row),
            head=row.head,
            coverage={
                found.lesson_id: states.lesson_state(found)
                for found in rows.list_coverage(db, row.learner_id, row.enrolment_id)
            },
            sent={
                found.lesson_id: unpack(found.positions)
                for found in rows.list_deliveries(db, row.learner_id, row.enrolment_id)
            },
            confirmed_ms=ledger.confirmed_ms(db, enrolment.id),
            required_ms=enrolment.required_ms,
            cuts={(line.lesson_id, line.code): line for line in reversed(lines)},
        )  # fmt: skip
