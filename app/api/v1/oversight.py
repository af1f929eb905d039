"""The regulator's counts, read only."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel

from app.api.problems import may_raise
from app.core.errors import ForbiddenError, InvalidError, NotFoundError, NotSignedInError
from app.identity.rules.actors import Actor, Role
from app.lobby.deps import ReadDb
from app.lobby.deps import require_roles as only
from app.oversight.services import targets

router = APIRouter(tags=["oversight"])
RowId = Annotated[str, Path(pattern=r"^[0-9A-Z]{26}$")]
Regulator = Annotated[Actor, Depends(only(Role.REGULATOR, Role.ADMIN))]
_READING = may_raise(InvalidError, NotSignedInError, ForbiddenError, NotFoundError)


class CourseCountOut(BaseModel):
    """`revoked` of the `completed` have had their certificate taken back."""

    course_id: str
    title: str
    institution: str
    enrolled: int
    studying: int
    completed: int
    revoked: int
    confirmed_ms: int


class ClusterOut(BaseModel):
    """`revoked` of the `completed` have had their certificate taken back."""

    code: str
    name: str
    target: int
    enrolled: int
    studying: int
    completed: int
    revoked: int
    courses: list[CourseCountOut]


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
