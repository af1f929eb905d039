"""The staff desk and the regulator's counts; complaints and appeals that end on the desk."""

import datetime as dt
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, status
from pydantic import BaseModel, ConfigDict, Field

from app.api.problems import may_raise
from app.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotSignedInError,
    TooManyRequestsError,
)
from app.identity.rules.actors import Actor, Role
from app.identity.rules.cases import CaseKind
from app.lobby import limits
from app.lobby.deps import (
    CallerAddress,
    CurrentActor,
    Db,
    DeviceId,
    MaybeActor,
    Now,
    PartsDep,
    ReadDb,
)
from app.lobby.deps import require_roles as only
from app.oversight.services import complaints, desk, targets
from app.oversight.services.complaints import Received
from app.oversight.services.desk import CaseLine

router = APIRouter(tags=["desk"])
RowId = Annotated[str, Path(pattern=r"^[0-9A-Z]{26}$")]
Reviewer = Annotated[Actor, Depends(only(Role.REVIEWER, Role.ADMIN))]
Regulator = Annotated[Actor, Depends(only(Role.REGULATOR, Role.ADMIN))]
_STRICT = ConfigDict(extra="forbid", strict=True)
_READING = may_raise(InvalidError, NotSignedInError, ForbiddenError, NotFoundError)


class CaseOut(BaseModel):
    id: str
    kind: str
    name: str
    state: str
    masked_name: str
    opened_at: dt.datetime
    decision: str | None
    reason: str | None
    text: str
    choices: list[tuple[str, str]]


class CasesOut(BaseModel):
    cases: list[CaseOut]
    total: int
    page: int


class DecisionIn(BaseModel):
    model_config = _STRICT

    decision: Annotated[str, Field(min_length=1, max_length=20)]
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class ComplaintIn(BaseModel):
    model_config = _STRICT

    contact: Annotated[str, Field(min_length=1, max_length=100)]
    text: Annotated[str, Field(min_length=1, max_length=2000)]


class AppealIn(BaseModel):
    model_config = _STRICT

    subject: Annotated[str, Field(pattern="^(session|challenge|exam|certificate)$")]
    ref_id: Annotated[str, Field(pattern=r"^[0-9A-Z]{26}$")] | None = None
    text: Annotated[str, Field(min_length=1, max_length=2000)]


class ReceivedOut(BaseModel):
    number: str
    answer_by: dt.date


class CourseCountOut(BaseModel):
    course_id: str
    title: str
    institution: str
    enrolled: int
    completed: int
    confirmed_ms: int


class ClusterOut(BaseModel):
    code: str
    name: str
    target: int
    enrolled: int
    completed: int
    courses: list[CourseCountOut]


def _case(line: CaseLine) -> CaseOut:
    view = line.view
    return CaseOut(
        id=view.case_id, kind=view.kind.value, name=line.name, state=view.state.value,
        masked_name=line.masked_name, opened_at=view.opened_at,
        decision=view.decision.value if view.decision else None, reason=view.reason,
        text=line.text,
        choices=[(choice.decision.value, choice.label) for choice in line.choices],
    )  # fmt: skip


@router.get("/desk/cases", responses=_READING)
def list_cases(
    _actor: Reviewer,
    db: ReadDb,
    parts: PartsDep,
    state: Annotated[str, Query(pattern="^(open|decided)$")] = "open",
    kind: CaseKind | None = None,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> CasesOut:
    """One queue for everything that a person has to look at."""
    found, total = desk.queue(db, parts.vault, is_open=state == "open", kind=kind, page=page)
    return CasesOut(cases=[_case(line) for line in found], total=total, page=page)


@router.get("/desk/cases/{case_id}", responses=_READING)
def read_case(case_id: RowId, _actor: Reviewer, db: ReadDb, parts: PartsDep) -> CaseOut:
    """Return one case."""
    return _case(desk.one_case(db, parts.vault, case_id))


@router.post(
    "/desk/cases/{case_id}/decision",
    responses=may_raise(
        InvalidError, NotSignedInError, ForbiddenError, NotFoundError, ConflictError
    ),
)
def decide(
    *, case_id: RowId, body: DecisionIn, actor: Reviewer, db: Db, parts: PartsDep, now: Now
) -> CaseOut:
    """Decide a case; what the decision does is done in the same transaction."""
    desk.decide(
        db, parts.vault, case_id, decision=body.decision, reason=body.reason, actor=actor, now=now
    )
    return _case(desk.one_case(db, parts.vault, case_id))


@router.get("/oversight/clusters", responses=may_raise(NotSignedInError, ForbiddenError))
def list_clusters(_actor: Regulator, db: ReadDb) -> list[ClusterOut]:
    """The clusters with their targets and live counts."""
    return [ClusterOut.model_validate(asdict(each)) for each in targets.all_clusters(db)]


@router.get("/oversight/clusters/{code}", responses=_READING)
def read_cluster(
    code: Annotated[str, Path(max_length=20)], _actor: Regulator, db: ReadDb
) -> ClusterOut:
    """One cluster with its courses."""
    return ClusterOut.model_validate(asdict(targets.one_cluster(db, code)))


@router.get("/oversight/courses/{course_id}", responses=_READING)
def read_course(course_id: RowId, _actor: Regulator, db: ReadDb) -> CourseCountOut:
    """One course's counts."""
    return CourseCountOut.model_validate(asdict(targets.one_course(db, course_id)[1]))


def _received(done: Received) -> ReceivedOut:
    return ReceivedOut(number=done.number, answer_by=done.answer_by)


@router.post(
    "/complaints", status_code=status.HTTP_201_CREATED,
    responses=may_raise(InvalidError, ForbiddenError, TooManyRequestsError),
)  # fmt: skip
def complain(
    *,
    body: ComplaintIn,
    actor: MaybeActor,
    parts: PartsDep,
    now: Now,
    device_id: DeviceId,
    address: CallerAddress,
) -> ReceivedOut:
    """Complain, signed in or not; the answer has a day."""
    limits.before_complaint(parts, device_id=device_id, address=address, now=now)
    with parts.database.transaction() as db:
        done = complaints.complain(
            db, parts.vault, contact=body.contact, text=body.text,
            learner_id=actor.learner_id if actor else None,
            reference_dir=parts.settings.reference_dir, now=now,
        )  # fmt: skip
    return _received(done)


@router.post(
    "/appeals", status_code=status.HTTP_201_CREATED,
    responses=may_raise(InvalidError, NotSignedInError, ForbiddenError),
)  # fmt: skip
def appeal(body: AppealIn, actor: CurrentActor, db: Db, parts: PartsDep, now: Now) -> ReceivedOut:
    """Appeal against what was not counted, a check, an exam or a certificate."""
    done = complaints.appeal(
        db, parts.vault, learner_id=actor.learner_id, subject=body.subject, ref_id=body.ref_id,
        text=body.text, reference_dir=parts.settings.reference_dir, now=now,
    )  # fmt: skip
    return _received(done)
