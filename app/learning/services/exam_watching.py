"""What an open paper's page reports, and what is answered to a check (docs/exams.md).

The page reports every few seconds: that brings checks to it, and tells when it was left. Answers
to questions go their own way and wait for nothing of this.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.errors import AppError, ConflictError, NotFoundError
from app.core.ids import new_id
from app.identity.rules.checks import CheckOutcome
from app.identity.services import checks, ways
from app.identity.services.checks import CheckAnswer, CheckJudgement, Judges
from app.learning.models.exam_checks import ExamAbsence, ExamCheck
from app.learning.models.exams import ExamAttempt
from app.learning.repository import exam_checks as rows
from app.learning.repository import exams as exam_rows
from app.learning.rules import exam_checks as rules
from app.learning.rules.answers import Answer
from app.learning.rules.exam_checks import AwayKind, Why
from app.learning.rules.policy import StudyPolicy
from app.learning.services import exam_asking, exam_devices, exam_places
from app.learning.services.exam_footing import policy_of
from app.learning.services.given_answers import SAID

_MS = dt.timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Away:
    """One time for which a page says it was left; `number` is its own count."""

    number: int
    kind: AwayKind
    ms: int


@dataclass(frozen=True, slots=True)
class Reported:
    """What the page is told: the check that is open, the time that is left, what was noted."""

    challenge: dict[str, Any] | None
    remaining_ms: int
    away_count: int
    away_ms: int
    item_remaining_ms: int | None
    next_in_ms: int = rules.REPORT_S * 1000


@dataclass(frozen=True, slots=True)
class Begun:
    """What is to be judged, or a refusal whose consequences are written down."""

    check: checks.Given | None = None
    refusal: AppError | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    outcome: str
    message: str
    challenge: dict[str, Any] | None
    remaining_ms: int
    item_remaining_ms: int | None


def _open_paper(
    db: Session, vault: Vault, attempt_id: str, learner_id: str, device_id: str, now: dt.datetime
) -> ExamAttempt:
    row = exam_rows.attempt_to_change(db, attempt_id)
    if row is None or row.learner_id != learner_id:
        raise NotFoundError("没有这次考试。", remedy="请从课程页重新进入")
    exam_asking.resume(db, vault, row, now=now)
    if row.state != "open" or now > row.closes_at:
        raise ConflictError("这次考试已经结束。", code="exam_over", remedy="请看成绩页")
    exam_devices.check(row, device_id)
    return row


def report(
    db: Session,
    vault: Vault,
    attempt_id: str,
    away: Sequence[Away],
    *,
    learner_id: str,
    device_id: str,
    now: dt.datetime,
) -> Reported:
    """Take a page's report; ask who sits there where it is due, or where somebody is back.

    Raises NotFoundError, ConflictError where the paper is over or goes on elsewhere.
    """
    row = _open_paper(db, vault, attempt_id, learner_id, device_id, now)
    policy, heard_at = policy_of(db, row), row.heard_at or row.started_at
    hidden = _note(db, row, away, device_id, heard_at=heard_at, now=now)
    row.heard_at = now
    check = rows.open_check(db, row.id)
    if check is not None:
        check.is_heard = True
    elif row.check_due_at is not None and now >= row.check_due_at:
        exam_asking.raise_check(db, vault, row, policy, Why.DRAWN, now=now)
    elif rules.was_away(heard_at, now, hidden) is not None:
        exam_asking.raise_check(db, vault, row, policy, Why.RETURN, now=now)
    db.flush()
    left = rows.absences(db, row.id)
    return Reported(
        exam_asking.view(rows.open_check(db, row.id), now), _left_ms(row, now), len(left),
        sum((each.ended_at - each.began_at) // _MS for each in left),
        exam_places.left_ms(db, row, now),
    )  # fmt: skip


def _left_ms(row: ExamAttempt, now: dt.datetime) -> int:
    return max(0, (row.deadline_at - now) // _MS)


def _note(
    db: Session, row: ExamAttempt, away: Sequence[Away], device_id: str,
    *, heard_at: dt.datetime, now: dt.datetime,
) -> list[dt.timedelta]:  # fmt: skip
    """Keep what is new, and a silence of the page's own; returns for how long it was hidden."""
    known = rows.known_numbers(db, row.id, device_id, [each.number for each in away])
    room = rules.MOST_ABSENCES - len(rows.absences(db, row.id))
    hidden = []
    for each in {each.number: each for each in away if each.number not in known}.values():
        length = rules.told_away(each.ms, now, row.started_at)
        if each.kind is AwayKind.HIDDEN:
            hidden.append(length)
        if room > 0:
            db.add(_absence(row, device_id, each.number, each.kind, length=length, now=now))
            room -= 1
    silence = now - heard_at
    if silence > rules.SILENCE and not hidden and room > 0:
        db.add(_absence(row, device_id, None, AwayKind.SILENT, length=silence, now=now))
    db.flush()
    return hidden


def _absence(
    row: ExamAttempt, device_id: str, number: int | None, kind: AwayKind,
    *, length: dt.timedelta, now: dt.datetime,
) -> ExamAbsence:  # fmt: skip
    return ExamAbsence(
        id=new_id(now), attempt_id=row.id, device_id=device_id, number=number, kind=kind.value,
        began_at=now - length, ended_at=now,
    )  # fmt: skip


def ask_again(
    db: Session, vault: Vault, attempt_id: str, *, learner_id: str, device_id: str, now: dt.datetime
) -> Reported:
    """Give the open check a fresh prompt, such as a code that did not come.

    Raises NotFoundError, ConflictError where nothing is asked.
    """
    row = _open_paper(db, vault, attempt_id, learner_id, device_id, now)
    check = rows.open_check(db, row.id)
    if check is None:
        raise _over(None)
    exam_asking.renew(db, vault, row, check, now=now)
    return report(db, vault, attempt_id, (), learner_id=learner_id, device_id=device_id, now=now)


def _over(challenge: dict[str, Any] | None) -> ConflictError:
    return ConflictError(
        "这次核对已经结束。", code="challenge_over", remedy="请继续答题", challenge=challenge,
        hold=False,
    )  # fmt: skip


def begin(
    db: Session,
    vault: Vault,
    attempt_id: str,
    check_id: str,
    *,
    learner_id: str,
    device_id: str,
    arrived_at: dt.datetime,
) -> Begun:
    """Take an answer to a check in: from here on its judging costs the learner no time.

    A refusal is a result where time has decided something meanwhile. Raises NotFoundError,
    ConflictError.
    """
    row = _open_paper(db, vault, attempt_id, learner_id, device_id, arrived_at)
    check = rows.open_check(db, row.id)
    if check is None or check.id != check_id:
        return Begun(refusal=_over(exam_asking.view(check, arrived_at)))
    if exam_asking.is_being_judged(check, arrived_at):
        return Begun(
            refusal=ConflictError("上一次的回答正在核对。", code="judging", remedy="请稍等片刻")
        )
    if not rules.is_in_time(exam_asking.open_of(check), arrived_at):
        return Begun(refusal=_over(None))
    judging = rules.begin_judging(exam_asking.open_of(check), arrived_at)
    exam_asking.put(db, row, check, judging, now=arrived_at)
    return Begun(checks.load_check(db, vault, check.check_ids[-1], arrived_at=arrived_at))


def judge(judges: Judges, begun: Begun, answer: CheckAnswer, *, now: dt.datetime) -> CheckJudgement:
    """Look at the answer; reads and writes nothing."""
    if begun.check is None:
        raise AssertionError("there is nothing to judge")
    return checks.judge(judges, begun.check, answer, now=now)


def finish(
    db: Session,
    vault: Vault,
    attempt_id: str,
    check_id: str,
    judged: CheckJudgement,
    *,
    learner_id: str,
    now: dt.datetime,
) -> Answered:
    """Carry out what an answer means: the next try, or the end of the check.

    Raises ConflictError where it ended meanwhile.
    """
    row = exam_rows.attempt_to_change(db, attempt_id)
    check = rows.open_check(db, attempt_id)
    if row is None or check is None or check.id != check_id:
        raise _over(None)
    policy = policy_of(db, row)
    checks.record_check(db, judged, learner_id=learner_id, now=now)
    said, problem = _seen_enough(db, policy, judged)
    step = rules.answered(
        exam_asking.open_of(check), said, now, exam_asking.ttl_of(policy, check.method)
    )
    exam_asking.put(db, row, check, step.check, now=now)
    if step.verdict is not None:
        exam_asking.settle(db, row, check, step.verdict, now=now)
    else:
        exam_asking.renew(db, vault, row, check, now=now)
    message = rules.sentence_of(step.verdict, check.tries_left)
    if problem and step.verdict is None:
        message = f"{problem}。{message}"
    return Answered(
        step.verdict.value if step.verdict else said.value, message,
        _next(row, check, now), _left_ms(row, now), exam_places.left_ms(db, row, now),
    )  # fmt: skip


def _next(row: ExamAttempt, check: ExamCheck, now: dt.datetime) -> dict[str, Any] | None:
    return exam_asking.view(check, now) if row.state == "open" else None


def _seen_enough(db: Session, policy: StudyPolicy, judged: CheckJudgement) -> tuple[Answer, str]:
    """A pass that shows too little of a living person is none; of a replaced way, for a person."""
    if judged.outcome is not CheckOutcome.PASSED:
        return SAID[judged.outcome], judged.problem
    if not policy.takes_liveness(judged.liveness):
        return Answer.UNUSABLE, "规定只认经认证的核身方，请到“我的”里换一种核对方式"
    if ways.is_doubted(db, judged.check_id):
        return Answer.UNPROVEN, ""
    return Answer.PASSED, ""
