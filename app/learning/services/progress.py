"""How far an enrolment has come, and what follows at its end."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.core import audit, outbox
from app.core.errors import NotFoundError
from app.learning.models.catalogue import Cluster, Enrolment
from app.learning.models.study_checks import StudyHold
from app.learning.repository import catalogue as rows
from app.learning.repository import completion as completion_rows
from app.learning.repository import exams as exam_rows
from app.learning.repository import study_checks as check_rows
from app.learning.repository import versions
from app.learning.rules.hours import stated_hours
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.states import Hold
from app.learning.services import completion, ledger, steps
from app.learning.services.completion import CompletionFacts

__all__ = [
    "ISSUE",
    "CompletionFacts",
    "completion_facts",
    "is_complete",
    "note_learner",
    "note_progress",
    "order_certificate",
]
ISSUE = "issue_certificate"
_AT_ONCE = 1000


def completion_facts(db: Session, enrolment_id: str) -> CompletionFacts:
    """Put together what a certificate may state. Raises NotFoundError."""
    enrolment = rows.enrolment(db, enrolment_id)
    if enrolment is None:
        raise NotFoundError("没有这条报名记录。", remedy="请从“我的学习”进入")
    course = versions.of_enrolment(db, enrolment)
    cluster = db.get_one(Cluster, course.cluster_code)
    policy = StudyPolicy.from_mapping(enrolment.policy)
    confirmed_ms = ledger.confirmed_ms(db, enrolment_id)
    best = exam_rows.best(db, enrolment_id)
    return CompletionFacts(
        enrolment_id=enrolment_id, learner_id=enrolment.learner_id, course_id=enrolment.course_id,
        course_title=course.title, cluster_code=cluster.code, cluster_name=cluster.name,
        programme=course.programme, institution=course.institution,
        certificate_type=course.certificate_type, validity_months=course.validity_months,
        required_ms=enrolment.required_ms, confirmed_ms=confirmed_ms, hour_s=policy.hour_s,
        stated_hours=stated_hours(policy, confirmed_ms), score=best.score if best else None,
        pass_mark=policy.exam_pass, exam_attempt_id=best.id if best else None,
        exam_passed=best is not None and bool(best.passed), started_at=enrolment.started_at,
        completed_at=enrolment.completed_at, has_open_hold=_is_in_doubt(db, enrolment.learner_id),
        policy_version=policy.version(), basis=policy.basis,
        evidence_hash=ledger.evidence_hash(db, enrolment_id),
    )  # fmt: skip


def is_complete(db: Session, enrolment_id: str) -> bool:
    """What `completion_facts` says of it, by one statement: asked while others wait to write."""
    found = completion_rows.completion(db, enrolment_id)
    if found is None:
        return False
    required_ms, confirmed_ms, has_passed, held_for = found
    return completion.is_complete(
        confirmed_ms, required_ms, exam_passed=bool(has_passed), has_open_hold=_is_doubt(held_for)
    )


def among_doubted(db: Session, learner_ids: Sequence[str]) -> frozenset[str]:
    """Of these people those of whom something is held, so that nothing is confirmed at present."""
    newest: dict[str, StudyHold] = {}
    for start in range(0, len(learner_ids), _AT_ONCE):
        for hold in check_rows.open_holds(db, learner_ids[start : start + _AT_ONCE]):
            newest[hold.learner_id] = hold
    return frozenset(each for each, hold in newest.items() if _is_doubt(hold.reason))


def _is_in_doubt(db: Session, learner_id: str) -> bool:
    hold = check_rows.open_hold(db, learner_id)
    return _is_doubt(hold.reason if hold is not None else None)


def _is_doubt(held_for: str | None) -> bool:
    return held_for is not None and held_for != Hold.OPENING.value


def note_progress(db: Session, enrolment_id: str, *, now: dt.datetime) -> None:
    """After every release and every exam: when both are there, the certificate is on its way."""
    steps.note(db, enrolment_id, now=now)
    facts = completion_facts(db, enrolment_id)
    if not facts.is_complete:
        return
    enrolment = db.get_one(Enrolment, enrolment_id)
    if enrolment.completed_at is None:
        enrolment.completed_at, enrolment.state = now, "completed"
        db.flush()
        audit.record(
            db, "enrolment.completed", now=now, actor_id=enrolment.learner_id,
            subject_id=enrolment_id, confirmed_ms=facts.confirmed_ms, score=facts.score,
        )  # fmt: skip
    order_certificate(db, enrolment_id, now=now)


def order_certificate(
    db: Session, enrolment_id: str, *, now: dt.datetime, at: dt.datetime | None = None
) -> None:
    """Have the issuing job look at an enrolment, at once or at a moment; one waits at a time."""
    outbox.enqueue(
        db, ISSUE, now=now, key=f"issue:{enrolment_id}", run_at=at, enrolment_id=enrolment_id
    )


def note_learner(db: Session, learner_id: str, *, now: dt.datetime) -> None:
    """A hold has ended: what only waited for that goes on."""
    for enrolment in rows.enrolments_of(db, learner_id):
        if enrolment.state == "active":
            note_progress(db, enrolment.id, now=now)
