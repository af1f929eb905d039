"""The words of study: what the rules read and give back; nothing here changes in place."""

from enum import StrEnum

from msgspec import Struct

from app.learning.rules.coverage import EMPTY, Intervals, measure


class LessonKind(StrEnum):
    VIDEO = "video"
    DOCUMENT = "document"
    PACKAGE = "package"


class Cut(StrEnum):
    """Why a stretch was not counted, or did not stay counted."""

    HELD = "held"
    CLOCK = "clock"
    PAUSED = "paused"
    TOO_FAST = "too_fast"
    HIDDEN = "hidden"
    CLOSED_HOURS = "closed_hours"
    AHEAD = "ahead"
    LATE = "late"
    NOT_DELIVERED = "not_delivered"
    REPEATED = "repeated"
    DAILY_CAP = "daily_cap"
    BREAK_DUE = "break_due"
    FORFEITED = "forfeited"
    TOO_SHORT = "too_short"
    EXPIRED = "expired"


class ChallengeKind(StrEnum):
    PRESENCE = "presence"
    IDENTITY = "identity"


class Hold(StrEnum):
    """Why nothing is credited until an identity check passes."""

    OPENING = "opening"
    FAILED = "failed"
    MISSED = "missed"
    SILENT = "silent"
    WRONG_FACE = "wrong_face"
    UNCERTAIN = "uncertain"
    UNPROVEN = "unproven"


class Phase(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    SUPERSEDED = "superseded"


class Lesson(Struct, frozen=True, gc=False):
    """What the rules need of a lesson.

    `page_starts` of a document (its pages) and of a package (its parts) begin with 0.
    """

    lesson_id: str
    kind: LessonKind
    length_ms: int
    page_starts: tuple[int, ...] = ()


class LessonState(Struct, frozen=True, gc=False):
    """One lesson of one enrolment."""

    covered: Intervals = EMPTY
    frontier_ms: int = 0


class Run(Struct, frozen=True, gc=False):
    """The unbroken stretch being played, for policies that count none below a least length."""

    lesson_id: str = ""
    end_ms: int = 0
    played_ms: int = 0


class SessionState(Struct, frozen=True, kw_only=True, gc=False):
    session_id: str
    enrolment_id: str
    opened_at_ms: int
    heard_at_ms: int
    allowance_ms: int = 0
    ack_seq: int = 0
    last_t_ms: int = 0
    is_restarted: bool = False
    """Whether the server let time go since the last beat: a hold ended, or the grace was full."""
    run: Run = Run()
    phase: Phase = Phase.OPEN


class Piece(Struct, frozen=True, kw_only=True, gc=False):
    """Pending time, waiting for an identity check; `pass_number` says since which pass."""

    enrolment_id: str
    lesson_id: str
    session_id: str
    day: int
    pass_number: int
    is_ripe: bool
    first_at_ms: int
    expires_at_ms: int
    stretches: Intervals

    @property
    def ms(self) -> int:
        return measure(self.stretches)


class Taken(Struct, frozen=True, kw_only=True, gc=False):
    """Stretches that leave the coverage, so that they can be studied again."""

    enrolment_id: str
    lesson_id: str
    session_id: str
    day: int
    stretches: Intervals
    reason: Cut

    @property
    def ms(self) -> int:
        return measure(self.stretches)


class Challenge(Struct, frozen=True, kw_only=True, gc=False):
    challenge_id: str
    kind: ChallengeKind
    method: str
    session_id: str
    enrolment_id: str
    raised_at_ms: int
    expires_at_ms: int
    tries_left: int
    is_heard: bool = False
    """Whether anything of the learner arrived after the answer that brought the challenge."""
    is_on_hold: bool = False
    """Raised while nothing was credited: to open a session or to end a hold."""
    is_scheduled: bool = False
    """Raised because it was due, not because the learner asked for it."""
    judging_until_ms: int | None = None
    """An answer arrived in time and is being judged; engine time is nobody's fault."""


class LearnerState(Struct, frozen=True, kw_only=True, gc=False):
    """What belongs to the learner over all sessions, devices and courses."""

    learner_id: str
    clock_ms: int = 0
    """The latest `now` anything of this learner was judged at; time never runs back (R2)."""
    open_session_id: str | None = None
    pending: tuple[Piece, ...] = ()
    pass_number: int = 0
    day: int = 0
    day_used_ms: int = 0
    since_presence_ms: int = 0
    since_identity_ms: int = 0
    presence_due_ms: int | None = None
    identity_due_ms: int | None = None
    challenge: Challenge | None = None
    hold: Hold | None = None
    is_under_review: bool = False
    silent_run: int = 0
    uncertain_run: int = 0
    silent_day: int = 0
    silent_count: int = 0
    check_day: int = 0
    check_count: int = 0
    misses: tuple[tuple[str, int], ...] = ()
    """Checks missed without harm, by enrolment: some rules allow a number of them."""
    identity_at_ms: int | None = None
    identity_device: str = ""
    stint_ms: int = 0
    """Credited since the last break, where a policy asks for breaks (R24)."""
    stint_at_ms: int = 0
    """When that was last credited."""


class Draw(Struct, frozen=True, gc=False):
    """Gaps drawn by a cryptographic source outside; the rules know no chance."""

    presence_ms: int | None
    identity_ms: int


class Beat(Struct, frozen=True, gc=False):
    seq: int
    t_ms: int
    from_ms: int
    to_ms: int
    rate: int
    is_visible: bool


class Batch(Struct, frozen=True, gc=False):
    lesson_id: str
    beats: tuple[Beat, ...]
    is_close: bool = False


class Verdict(Struct, frozen=True, gc=False):
    """What became of one beat: credited plus all cuts is the stretch it reported."""

    seq: int
    credited_ms: int
    cuts: tuple[tuple[Cut, int], ...] = ()
