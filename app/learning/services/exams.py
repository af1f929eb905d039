"""Exams: an attempt's beginning, its answers one by one, its end."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.db import Database
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.core.ids import new_id
from app.core.moments import spoken
from app.learning.models.catalogue import Enrolment
from app.learning.models.exams import ExamAnswer, ExamAttempt
from app.learning.repository import catalogue as course_rows
from app.learning.repository import exams as rows
from app.learning.repository import versions
from app.learning.rules import exams as rules
from app.learning.rules.exam_items import CHOICE_KINDS, blanks_of
from app.learning.rules.exams import Ended, ItemKind, Refusal
from app.learning.rules.policy import StudyPolicy
from app.learning.services import (
    exam_asking,
    exam_beginning,
    exam_devices,
    exam_drawing,
    exam_grading,
    exam_places,
    exam_reviews,
    exam_time,
    progress,
)
from app.learning.services.exam_papers import given_letters, paper_of
from app.learning.services.exam_views import (
    Acknowledged,
    AttemptView,
    ExamView,
    ResultView,
    attempt_view,
    result_view,
)

__all__ = [
    "Acknowledged", "AttemptView", "ExamView", "ResultView", "close_overdue", "exam_view",
    "get_attempt", "go_on", "put_answer", "result", "start_attempt", "submit",
]  # fmt: skip


def _own_enrolment(db: Session, enrolment_id: str, learner_id: str) -> Enrolment:
    row = course_rows.enrolment(db, enrolment_id)
    if row is None or row.learner_id != learner_id:
        raise NotFoundError("您没有报名这门课。", remedy="请从“我的学习”进入")
    return row


def _own_attempt(db: Session, attempt_id: str, learner_id: str) -> ExamAttempt:
    row = rows.attempt_to_change(db, attempt_id)
    if row is None or row.learner_id != learner_id:
        raise NotFoundError("没有这次考试。", remedy="请从课程页重新进入")
    return row


def exam_view(db: Session, enrolment_id: str, *, learner_id: str, now: dt.datetime) -> ExamView:
    """Tell whether the exam can begin, and if not, why. Raises NotFoundError."""
    enrolment = _own_enrolment(db, enrolment_id, learner_id)
    course = versions.of_enrolment(db, enrolment)
    policy = StudyPolicy.from_mapping(enrolment.policy)
    attempts = rows.attempts(db, enrolment_id)
    size = exam_drawing.size_of(db, course)
    seconds = min(size.seconds, (policy.exam_item_s or size.seconds) * size.questions)
    is_open = next((row for row in attempts if row.state == "open"), None)
    return ExamView(
        enrolment_id=enrolment_id, course_title=course.title, question_count=size.questions,
        seconds=seconds, pass_mark=policy.exam_pass,
        attempt_count=sum(row.state != "open" for row in attempts),
        attempts_in_a_row=policy.exam_attempts, open_attempt_id=is_open.id if is_open else None,
        last_attempt_id=next((row.id for row in reversed(attempts) if row.state != "open"), None),
        refusal=_refusal(db, enrolment, policy, now),
        asks_identity=policy.exam_identity_gap_s is not None, item_s=policy.exam_item_s,
        rule=rules.retakes_in_words(policy),
    )  # fmt: skip


def _refusal(
    db: Session, enrolment: Enrolment, policy: StudyPolicy, now: dt.datetime
) -> tuple[str, str] | None:
    """A code and a sentence where no new attempt may begin."""
    attempts = rows.attempts(db, enrolment.id)
    if any(row.state == exam_grading.MARKING for row in attempts):
        return "marking", "上次的试卷还在人工评阅，评完会发消息告诉您。"
    if any(row.state == exam_reviews.HELD for row in attempts):
        return "held", "上次考试的成绩在人工复核，有结果会发消息告诉您，不用再考。"
    ended = [Ended(row.ended_at, bool(row.passed)) for row in attempts if row.ended_at is not None]
    told = _told(rules.refusal_to_start(policy, ended, now), now)
    if told is not None:
        return told
    facts = progress.completion_facts(db, enrolment.id)
    if facts.confirmed_ms < facts.required_ms:
        return "hours_missing", "学时还没有学满并确认，学满后才能考试。"
    if facts.has_open_hold:
        return "on_hold", "身份核对还没有结束，核对通过后才能考试。"
    return None


def _told(
    found: tuple[Refusal, dt.datetime | None] | None, now: dt.datetime
) -> tuple[str, str] | None:
    if found is None:
        return None
    if found[0] is Refusal.PASSED:
        return "exam_passed", "您已经通过考试。"
    if found[0] is Refusal.USED_UP or found[1] is None:
        return "exam_used_up", "允许的考试次数已经用完，不能再考。"
    return "cooling", f"这一轮的次数已用完，{spoken(found[1], now)} 后可再考。"


def start_attempt(
    db: Session,
    vault: Vault,
    *,
    learner_id: str,
    enrolment_id: str,
    device_id: str,
    now: dt.datetime,
) -> AttemptView:
    """Begin an attempt, or go on with the one that is open: on this device, and on no other.

    Where the policy says so, it is asked who sits there, at the beginning and on another device.
    Raises NotFoundError, ForbiddenError without a way to be checked, and ConflictError where none
    may begin yet.
    """
    enrolment = _own_enrolment(db, enrolment_id, learner_id)
    policy = StudyPolicy.from_mapping(enrolment.policy)
    for row in rows.attempts(db, enrolment_id):
        if row.state == "open" and not exam_grading.end_overdue(db, row.id, now=now):
            exam_beginning.go_on(db, vault, row, policy, device_id, now=now)
            return attempt_view(db, row, now)
    refusal = _refusal(db, enrolment, policy, now)
    if refusal is not None:
        raise ConflictError(refusal[1], code=refusal[0], remedy="详情见考试页")
    exam_asking.require_way(db, learner_id, policy, now=now)
    begun = _begin(db, vault, enrolment, policy, device_id, now)
    if begun is None:
        return start_attempt(
            db, vault, learner_id=learner_id, enrolment_id=enrolment_id, device_id=device_id,
            now=now,
        )  # fmt: skip
    return attempt_view(db, begun, now)


def _begin(
    db: Session, vault: Vault, enrolment: Enrolment, policy: StudyPolicy, device_id: str,
    now: dt.datetime,
) -> ExamAttempt | None:  # fmt: skip
    """Draw a paper; None where another request began an attempt at this very moment."""
    drawn = exam_drawing.draw(db, enrolment, versions.of_enrolment(db, enrolment), now=now)
    row = exam_beginning.fresh(
        drawn, policy, learner_id=enrolment.learner_id, device_id=device_id, now=now,
        number=len(rows.attempts(db, enrolment.id)) + 1,
    )  # fmt: skip
    row.enrolment_id = enrolment.id
    return row if exam_beginning.begin(db, vault, row, policy, now=now) else None


def get_attempt(db: Session, attempt_id: str, *, learner_id: str, now: dt.datetime) -> AttemptView:
    """Return an attempt with its questions and what was answered. Raises NotFoundError."""
    row = rows.attempt(db, attempt_id)
    if row is None or row.learner_id != learner_id:
        raise NotFoundError("没有这次考试。", remedy="请从课程页重新进入")
    return attempt_view(db, row, now)


def put_answer(
    db: Session,
    *,
    learner_id: str,
    attempt_id: str,
    device_id: str,
    item_id: str,
    choices: list[str],
    claimed_at_ms: int | None,
    arrived_at: dt.datetime,
) -> Acknowledged:
    """Take an answer; what counts is when it arrived, whatever the client's clock says.

    Raises NotFoundError for a question that is not on this paper, InvalidError for letters that
    do not fit, ConflictError when the attempt is over or goes on on another device.
    """
    row = _own_attempt(db, attempt_id, learner_id)
    exam_time.require(db, row, arrived_at)
    exam_devices.check(row, device_id)
    exam_asking.require_opened(db, row, now=arrived_at)
    if item_id not in {asked.item_id for asked in paper_of(row)}:
        raise NotFoundError("这道题不在您的试卷上。", remedy="请刷新页面")
    exam_places.check(db, row, item_id, arrived_at)
    item = rows.items(db, [item_id])[item_id]
    kind = ItemKind(item.kind)
    blank_count = len(blanks_of(item.kind, item.answer))
    problem = rules.problem_with(kind, len(item.choices), choices, blank_count=blank_count)
    if problem is not None:
        raise InvalidError(problem, field="/choices", code="choices")
    given = given_letters(db, row)
    number = rows.newest_answer_number(db, row.id)
    told = sorted(choices) if kind in CHOICE_KINDS else choices
    if given.get(item_id) != told:
        number += 1
        answer = ExamAnswer(
            id=new_id(arrived_at), attempt_id=row.id, item_id=item_id, number=number,
            choices=told, received_at=arrived_at, claimed_at_ms=claimed_at_ms,
        )  # fmt: skip
        db.add(answer)
        db.flush()
    left = max(0, int((row.deadline_at - arrived_at).total_seconds() * 1000))
    open_ms = exam_places.left_ms(db, row, arrived_at)
    return Acknowledged(number, len({*given, item_id}), left, open_ms)


def go_on(
    db: Session, *, learner_id: str, attempt_id: str, device_id: str, place: int, now: dt.datetime
) -> AttemptView:
    """Leave the question at a place for the next one, where each has a limit.

    Raises NotFoundError, ConflictError when the attempt is over or goes on on another device.
    """
    row = _own_attempt(db, attempt_id, learner_id)
    exam_time.require(db, row, now)
    exam_devices.check(row, device_id)
    exam_asking.require_opened(db, row, now=now)
    exam_places.go_on(db, row, place, now=now)
    return attempt_view(db, row, now)


def submit(
    db: Session, *, learner_id: str, attempt_id: str, device_id: str, now: dt.datetime
) -> ResultView:
    """Hand the paper in; handing it in again shows the same result.

    Raises NotFoundError, ConflictError where it goes on on another device and has time left, or
    while an answer to a check is being judged: what comes of that counts.
    """
    row = _own_attempt(db, attempt_id, learner_id)
    if row.state == "open":
        if now <= row.deadline_at:
            exam_devices.check(row, device_id)
        exam_asking.require_judged(db, row, now=now)
        exam_grading.end(db, row, now=min(now, row.closes_at))
    return result_view(db, row, now)


def result(db: Session, attempt_id: str, *, learner_id: str, now: dt.datetime) -> ResultView:
    """Return the result of an ended attempt. Raises NotFoundError, ConflictError while open."""
    row = rows.attempt(db, attempt_id)
    if row is None or row.learner_id != learner_id:
        raise NotFoundError("没有这次考试。", remedy="请从课程页重新进入")
    if row.state == "open":
        raise ConflictError("这次考试还没有交卷。", code="exam_open", remedy="请先交卷")
    return result_view(db, row, now)


def close_overdue(database: Database, *, now: dt.datetime) -> int:
    """End attempts whose time is over with what was answered; tells how many."""
    with database.reading() as db:
        found = rows.overdue(db, now, 500)
    ended = 0
    for attempt_id in found:
        with database.transaction() as db:
            ended += exam_grading.end_overdue(db, attempt_id, now=now)
    return ended
