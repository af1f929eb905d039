"""What a person takes along of their study: courses, hours, what was not counted, checks, exams.

Personal Information Protection Law, article 45. Amounts are whole milliseconds (`*_ms`), days are
Asia/Shanghai's. Neither the bank of questions nor when the next check comes is in here; the
reports of a course's sessions and their proofs are in its bundle (services/bundles.py).
"""

import datetime as dt

from msgspec import Struct


class OwnEnrolment(Struct, frozen=True, kw_only=True):
    """A course; `round` is 1 the first time, more where it is studied again to renew."""

    id: str
    course: str
    round: int
    required_ms: int
    state: str
    source: str
    deadline_on: dt.date | None
    started_at: dt.datetime
    completed_at: dt.datetime | None


class OwnLesson(Struct, frozen=True, kw_only=True):
    """How much of a lesson is credited, and how far it was played."""

    enrolment_id: str
    lesson: str
    covered_ms: int
    frontier_ms: int


class OwnLine(Struct, frozen=True, kw_only=True):
    """A line of the ledger. `hash` binds all before it; the log holds it too."""

    number: int
    day: dt.date
    enrolment_id: str
    lesson: str
    session_id: str
    ms: int
    kind: str
    reason: str
    policy_version: str
    evidence_hash: str
    at: dt.datetime
    prev_hash: str
    hash: str


class OwnCut(Struct, frozen=True, kw_only=True):
    """Time that was not counted, and why; `granted_ms` is what an appeal gave back of it."""

    day: dt.date
    enrolment_id: str
    lesson: str
    code: str
    sentence: str
    ms: int
    granted_ms: int
    first_at: dt.datetime
    last_at: dt.datetime


class OwnPackageRecord(Struct, frozen=True, kw_only=True):
    """What a learning package keeps to go on with, or said of itself; `part` counts from 0."""

    enrolment_id: str
    lesson: str
    part: int
    kind: str
    name: str
    content: str
    content_type: str
    at: dt.datetime


class OwnPending(Struct, frozen=True, kw_only=True):
    """Time that waits for a check, and until when."""

    day: dt.date
    enrolment_id: str
    lesson: str
    session_id: str
    ms: int
    expires_at: dt.datetime


class OwnSession(Struct, frozen=True, kw_only=True):
    """A study session. `network_kept`: a keyed hash of where it was opened is still there."""

    id: str
    enrolment_id: str
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    policy_version: str
    network_kept: bool


class OwnChallenge(Struct, frozen=True, kw_only=True):
    """A check during study and how it ended."""

    id: str
    session_id: str
    kind: str
    method: str
    raised_at: dt.datetime
    ruling: str | None
    settled_at: dt.datetime | None


class OwnAnswer(Struct, frozen=True, kw_only=True):
    """An answer to such a check; `is_signed` by the device's key."""

    challenge_id: str
    number: int
    arrived_at: dt.datetime
    outcome: str
    ruling: str
    is_signed: bool


class OwnHold(Struct, frozen=True, kw_only=True):
    """A time in which nothing was counted."""

    reason: str
    sentence: str
    forfeited_ms: int
    began_at: dt.datetime
    ended_at: dt.datetime | None


class OwnDelivery(Struct, frozen=True, kw_only=True):
    """That a lesson's medium was sent to the person, and when last."""

    enrolment_id: str
    lesson: str
    sent_at: dt.datetime


class OwnExamAnswer(Struct, frozen=True, kw_only=True):
    """Letters or texts; `question` counts from 1 in the paper as it was drawn."""

    question: int
    choices: list[str]
    received_at: dt.datetime


class OwnExamMark(Struct, frozen=True, kw_only=True):
    """Points by line of the rubric that somebody gave for a short answer."""

    question: int
    points: list[int]
    total: int
    marked_at: dt.datetime


class OwnExamCheck(Struct, frozen=True, kw_only=True):
    """That it was asked who sat at a paper, and what came of it."""

    number: int
    method: str
    raised_at: dt.datetime
    settled_at: dt.datetime | None
    verdict: str | None


class OwnExamAbsence(Struct, frozen=True, kw_only=True):
    """A time for which a paper's page was left, or not heard of."""

    kind: str
    began_at: dt.datetime
    ended_at: dt.datetime


class OwnAttempt(Struct, frozen=True, kw_only=True):
    """A paper with what was answered; `score` is None where it is no result: held, void, open.

    Of a contest's paper there is no enrolment, `contest` names it, and its score is told no earlier
    than on its page.
    """

    enrolment_id: str | None
    contest: str
    number: int
    state: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    score: int | None
    passed: bool | None
    answers: list[OwnExamAnswer]
    marks: list[OwnExamMark]
    checks: list[OwnExamCheck]
    absences: list[OwnExamAbsence]


class OwnContest(Struct, frozen=True, kw_only=True):
    """A part in a round of a contest; place, score and time once its ranking is published."""

    contest: str
    round: str
    entered_at: dt.datetime
    hides_name: bool
    place: int | None
    score: int | None
    used_ms: int | None


class OwnExamTry(Struct, frozen=True, kw_only=True):
    """A try at a question of the book of wrong answers."""

    question: str
    is_right: bool
    tried_at: dt.datetime


class OwnStudy(Struct, frozen=True, kw_only=True):
    """The learning room's whole share.

    `scored_days`: days that were looked at for signs of cheating. Signs, weights and scores are
    left out: they would teach how to stay beneath them, and nothing is ever taken away by them.
    """

    enrolments: list[OwnEnrolment]
    lessons: list[OwnLesson]
    ledger: list[OwnLine]
    cuts: list[OwnCut]
    pending: list[OwnPending]
    sessions: list[OwnSession]
    challenges: list[OwnChallenge]
    answers: list[OwnAnswer]
    holds: list[OwnHold]
    deliveries: list[OwnDelivery]
    package_records: list[OwnPackageRecord]
    attempts: list[OwnAttempt]
    contests: list[OwnContest]
    tries: list[OwnExamTry]
    scored_days: list[dt.date]
