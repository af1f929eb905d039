"""The regulator's counts, read only, and what the desk handed up."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from app.api.answers import Answer
from app.api.lists import way_on
from app.api.problems import READING, WRITING, may_raise
from app.api.v1.desk import CaseFileOut, CaseOut, CasesOut, DecisionIn, fields_of, file_of
from app.core.errors import (
    ForbiddenError,
    NotSignedInError,
)
from app.identity.rules.actors import Actor, Role
from app.lobby.deps import Db, Now, PartsDep, ReadDb
from app.lobby.deps import require_roles as only
from app.lobby.lists import AskedList
from app.lobby.paths import RowId
from app.oversight.services import case_files, risk_reports, targets

router = APIRouter(tags=["oversight"])
Regulator = Annotated[Actor, Depends(only(Role.REGULATOR))]


class CourseCountOut(Answer):
    """`revoked` of the `completed` have had their certificate taken back."""

    course_id: str
    title: str
    institution: str
    enrolled: int
    studying: int
    completed: int
    revoked: int
    confirmed_ms: int


class ClusterOut(Answer):
    """`revoked` of the `completed` have had their certificate taken back."""

    code: str
    name: str
    target: int
    enrolled: int
    studying: int
    completed: int
    revoked: int
    courses: list[CourseCountOut]


@router.get("/oversight/reports", responses=READING)
def list_reports(
    *,
    _actor: Regulator,
    db: ReadDb,
    parts: PartsDep,
    now: Now,
    asked: AskedList,
    state: Annotated[str, Query(pattern="^(open|decided)$")] = "open",
) -> CasesOut:
    """What the desk handed up, masked; the oldest open one first."""
    found = case_files.reports(db, parts.vault, is_open=state == "open", asked=asked, now=now)
    lines = [CaseOut.model_validate(fields_of(line)) for line in found.items]
    return CasesOut(cases=lines, **way_on(found))


@router.get("/oversight/reports/{report_id}", responses=READING)
def read_report(
    report_id: RowId, actor: Regulator, db: ReadDb, parts: PartsDep, now: Now
) -> CaseFileOut:
    """One report with the signals that were seen, masked."""
    return file_of(case_files.one_report(db, parts.vault, report_id, actor=actor, now=now))


@router.post("/oversight/reports/{report_id}/decision", responses=WRITING)
def conclude_report(
    *, report_id: RowId, body: DecisionIn, actor: Regulator, db: Db, parts: PartsDep, now: Now
) -> CaseFileOut:
    """Write down what came of a report; it changes nobody's hours."""
    risk_reports.conclude(
        db, report_id, decision=body.decision, reason=body.reason, actor=actor, now=now
    )
    return file_of(case_files.one_report(db, parts.vault, report_id, actor=actor, now=now))


@router.get("/oversight/clusters", responses=may_raise(NotSignedInError, ForbiddenError))
def list_clusters(_actor: Regulator, db: ReadDb) -> list[ClusterOut]:
    """The clusters with their targets and live counts."""
    return [ClusterOut.model_validate(each) for each in targets.all_clusters(db)]


@router.get("/oversight/clusters/{code}", responses=READING)
def read_cluster(
    code: Annotated[str, Path(max_length=20)], _actor: Regulator, db: ReadDb
) -> ClusterOut:
    """One cluster with its courses."""
    return ClusterOut.model_validate(targets.one_cluster(db, code))


@router.get("/oversight/courses/{course_id}", responses=READING)
def read_course(course_id: RowId, _actor: Regulator, db: ReadDb) -> CourseCountOut:
    """One course's counts."""
    return CourseCountOut.model_validate(targets.one_course(db, course_id)[1])
