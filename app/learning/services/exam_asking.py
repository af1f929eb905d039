"""Asking, while a paper is open, who sits at it: checks, prompts, letting time decide."""

import datetime as dt
import secrets
from typing import Any

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.errors import ConflictError, ForbiddenError
from app.core.ids import new_id
from app.identity.services import check_codes, checks
from app.learning.models.exam_checks import ExamCheck
from app.learning.models.exams import ExamAttempt
from app.learning.repository import exam_checks as rows
from app.learning.rules import exam_checks as rules
from app.learning.rules.exam_checks import OpenCheck, Verdict, Why
from app.learning.rules.policy import StudyPolicy
from app.learning.services import exam_places
from app.learning.services.exam_footing import policy_of

_chance = secrets.SystemRandom()
_MS = dt.timedelta(milliseconds=1)


def method_for(
    db: Session, learner_id: str, policy: StudyPolicy, *, now: dt.datetime
) -> str | None:
    """The learner's way of proving identity now, where the policy takes it."""
    for method in checks.methods_for(db, learner_id, now=now):
        if policy.takes_method(method):
            return method
    return None


def require_way(db: Session, learner_id: str, policy: StudyPolicy, *, now: dt.datetime) -> None:
    """Raises ForbiddenError where an exam asks who sits there and the learner cannot answer."""
    if policy.exam_identity_gap_s and method_for(db, learner_id, policy, now=now) is None:
        raise ForbiddenError(
            "这门考试要核对身份，您还没有可用的核对方式。", code="no_identity_method",
            remedy="请先在“我的”里录入人脸，或设置验证码和保密问题",
        )  # fmt: skip


def ttl_of(policy: StudyPolicy, method: str) -> dt.timedelta:
    return policy.ttl_ms(method) * _MS


def raise_check(
    db: Session, vault: Vault, row: ExamAttempt, policy: StudyPolicy, why: Why, *, now: dt.datetime
) -> None:
    """Ask now, unless something is asked already; the end is put off while it is open.

    So is the end of the open question, where each has a limit: not for a check that can be brought
    about at will, or each question could be given its time over again.
    Whoever has given up every way of being checked meanwhile has missed it.
    """
    gap = policy.exam_identity_gap_s
    if gap is None or rows.open_check(db, row.id) is not None:
        return
    row.check_due_at = now + dt.timedelta(seconds=_chance.randint(*gap))
    method = method_for(db, row.learner_id, policy, now=now)
    lent = ttl_of(policy, method) if method else dt.timedelta(0)
    check = ExamCheck(
        id=new_id(now), attempt_id=row.id, number=rows.count(db, row.id) + 1, why=why.value,
        method=method or "", raised_at=now, expires_at=now + lent, tries_left=rules.TRIES,
        lent_ms=lent // _MS, check_ids=[],
        place=exam_places.open_place(db, row, now) if why in rules.OURS else None,
    )  # fmt: skip
    db.add(check)
    if method is None:
        settle(db, row, check, Verdict.MISSED, now=now)
        return
    _put_off(db, row, check, lent, now)
    renew(db, vault, row, check, now=now)


def _put_off(
    db: Session, row: ExamAttempt, check: ExamCheck, by: dt.timedelta, now: dt.datetime
) -> None:
    if check.place is not None:
        exam_places.put_off(db, row, check.place, by, now=now)
    row.deadline_at += by
    row.closes_at += by


def renew(
    db: Session, vault: Vault, row: ExamAttempt, check: ExamCheck, *, now: dt.datetime
) -> None:
    """Give a check its next prompt: no two tries are asked the same.

    Whoever is at a vendor's page, or asked for a code a moment ago, has this one still.
    """
    last = check.check_ids[-1] if check.check_ids else None
    if checks.goes_on(db, last, now=now) or check_codes.has_running_code(db, last, now=now):
        return
    check_id = new_id(now)
    check.prompt = checks.open_check(
        db, vault, learner_id=row.learner_id, check_id=check_id, method=check.method, now=now
    )
    check.prompt_number += 1
    check.check_ids = [*check.check_ids, check_id]
    db.flush()


def open_of(check: ExamCheck) -> OpenCheck:
    return OpenCheck(
        why=Why(check.why), raised_at=check.raised_at, expires_at=check.expires_at,
        tries_left=check.tries_left, uncertain=check.uncertain, is_heard=check.is_heard,
        judging_until=check.judging_until, lent=check.lent_ms * _MS,
        ours=check.ours_ms * _MS,
    )  # fmt: skip


def put(
    db: Session, row: ExamAttempt, check: ExamCheck, state: OpenCheck, *, now: dt.datetime
) -> None:
    """Write a check's state down; more time to answer puts the end off further."""
    _put_off(db, row, check, state.lent - check.lent_ms * _MS, now)
    check.expires_at, check.tries_left = state.expires_at, state.tries_left
    check.uncertain, check.is_heard = state.uncertain, state.is_heard
    check.judging_until, check.lent_ms = state.judging_until, state.lent // _MS
    check.ours_ms = state.ours // _MS


def settle(
    db: Session, row: ExamAttempt, check: ExamCheck, verdict: Verdict, *, now: dt.datetime
) -> None:
    """End a check; of the time that it lent, what its pass took stays.

    The next one after that at the beginning is as far behind it as was drawn.
    """
    state = open_of(check)
    ttl = ttl_of(policy_of(db, row), check.method) if check.method else dt.timedelta(0)
    back = rules.given_back(state, verdict, now, ttl)
    _put_off(db, row, check, back - state.lent, now)
    if state.why is Why.BEGIN and row.check_due_at is not None:
        row.check_due_at += back
    check.verdict, check.settled_at, check.prompt = verdict.value, now, None
    check.judging_until = None
    db.flush()
    audit.record(
        db, "exam.checked", now=now, actor_id=row.learner_id, subject_id=row.id,
        outcome=verdict.value, number=check.number,
    )  # fmt: skip


def find_again(db: Session, row: ExamAttempt, *, now: dt.datetime) -> ExamCheck | None:
    """The open check; one whose judging was lost on our side gets its try once more."""
    check = rows.open_check(db, row.id)
    if check is not None and check.judging_until is not None:
        ttl = ttl_of(policy_of(db, row), check.method)
        put(db, row, check, rules.found_again(open_of(check), now, ttl), now=now)
    return check


def resume(db: Session, vault: Vault, row: ExamAttempt, *, now: dt.datetime) -> None:
    """Let time decide; a check whose judging was lost is asked anew, unless it is over."""
    before = rows.open_check(db, row.id)
    was_lost = before is not None and before.judging_until is not None
    check = let_time_decide(db, row, now=now)
    if was_lost and check is not None and check.judging_until is None:
        renew(db, vault, row, check, now=now)


def is_being_judged(check: ExamCheck | None, now: dt.datetime) -> bool:
    return check is not None and rules.is_being_judged(open_of(check), now)


def keeps_shut(db: Session, row: ExamAttempt, now: dt.datetime) -> bool:
    """Whether nothing of a paper may be read yet, since it is still asked who sits there."""
    if row.state != "open" or row.check_due_at is None:
        return False  # one that never asks costs no look
    check = rows.open_check(db, row.id)
    if check is None:
        return False
    ttl = ttl_of(policy_of(db, row), check.method)
    return rules.keeps_shut(open_of(check), now, ttl)


def require_opened(db: Session, row: ExamAttempt, *, now: dt.datetime) -> None:
    """Raises ConflictError before the check at the beginning of a paper is over."""
    if keeps_shut(db, row, now):
        raise ConflictError(
            "开始时的身份核对还没有完成，现在看不到试题，也不能作答。", code="check_open",
            remedy="请先完成身份核对；核对用的时间不算在答题时间里",
        )  # fmt: skip


def require_judged(db: Session, row: ExamAttempt, *, now: dt.datetime) -> None:
    """Raises ConflictError while an answer is judged that somebody gave in time.

    Handed in now, it would count as missed, whatever comes of it.
    """
    check = rows.open_check(db, row.id)
    if check is None:
        return
    ttl = ttl_of(policy_of(db, row), check.method)
    if rules.waits_for_judging(open_of(check), now, ttl):
        raise ConflictError(
            "身份核对还在判断，判完才能交卷。", code="judging",
            remedy="请稍等片刻再交，答过的题都已保存，不会丢",
        )  # fmt: skip


def let_time_decide(db: Session, row: ExamAttempt, *, now: dt.datetime) -> ExamCheck | None:
    """End what is over by time; returns the check that is open still."""
    check = find_again(db, row, now=now)
    if check is None:
        return None
    verdict = rules.lapsed(open_of(check), now)
    if verdict is None:
        return check
    settle(db, row, check, verdict, now=now)
    return None


def end(db: Session, row: ExamAttempt, *, now: dt.datetime) -> None:
    """At the end of a paper: a check that is open, or that was due and never asked, was missed."""
    check = let_time_decide(db, row, now=now)
    if check is not None:
        verdict = Verdict.MISSED if check.is_heard else Verdict.SILENT
        settle(db, row, check, verdict, now=now)
    elif rules.is_unasked(row.check_due_at, now):
        db.add(
            ExamCheck(
                id=new_id(now), attempt_id=row.id, number=rows.count(db, row.id) + 1,
                why=Why.DRAWN.value, method="", raised_at=now, expires_at=now,
                tries_left=rules.TRIES, check_ids=[], verdict=Verdict.UNASKED.value,
                settled_at=now,
            )
        )  # fmt: skip
    row.check_due_at = None
    db.flush()


def view(check: ExamCheck | None, now: dt.datetime) -> dict[str, Any] | None:
    """What the page gets of an open check, in the shape of a study session's challenge."""
    if check is None or check.verdict is not None or now > check.expires_at:
        return None
    return {
        "id": check.id, "kind": "identity", "methods": [check.method],
        "tries_left": check.tries_left, "prompt_number": check.prompt_number,
        "expires_in_ms": (check.expires_at - now) // _MS, "prompt": dict(check.prompt or {}),
    }  # fmt: skip
