"""The staff desk and the regulator's first page."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse

from app.certs.services import wallet
from app.certs.services.wallet import CertificateView
from app.core.errors import NotFoundError
from app.identity.rules.actors import Actor, Role
from app.identity.rules.cases import CASE_NAMES, CaseKind
from app.lobby.deps import PartsDep, ReadDb, require_roles
from app.oversight.services import desk, targets
from app.oversight.services.desk import CaseLine
from app.oversight.services.targets import ClusterCount, CourseCount
from app.web.paging import Pager, pager
from app.web.rendering import render

router = APIRouter(include_in_schema=False)
RowId = Annotated[str, Path(pattern=r"^[0-9A-Z]{26}$")]
Reviewer = Annotated[Actor, Depends(require_roles(Role.REVIEWER, Role.ADMIN))]
Regulator = Annotated[Actor, Depends(require_roles(Role.REGULATOR, Role.ADMIN))]


@dataclass(frozen=True, slots=True)
class QueuePage:
    lines: tuple[CaseLine, ...]
    total: int
    state: str
    kind: str
    kinds: tuple[tuple[str, str], ...]
    pager: Pager


@dataclass(frozen=True, slots=True)
class CertificatesPage:
    number: str
    found: CertificateView | None
    is_missing: bool


@dataclass(frozen=True, slots=True)
class ClustersPage:
    clusters: tuple[ClusterCount, ...]
    target: int
    studying: int
    completed: int


@dataclass(frozen=True, slots=True)
class CoursePage:
    cluster: ClusterCount
    course: CourseCount


@router.get("/desk")
def queue(
    *,
    request: Request,
    _actor: Reviewer,
    db: ReadDb,
    parts: PartsDep,
    state: Annotated[str, Query(pattern="^(open|decided)$")] = "open",
    kind: Annotated[str, Query(max_length=40)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> HTMLResponse:
    """One queue, the oldest first."""
    wanted = CaseKind(kind) if kind in set(CaseKind) else None
    lines, total = desk.queue(db, parts.vault, is_open=state == "open", kind=wanted, page=page)
    last = max(1, -(-total // desk.PAGE_SIZE))
    kinds = (("", "全部"), *((each.value, CASE_NAMES[each]) for each in CaseKind))
    view = QueuePage(
        tuple(lines), total, state, kind, kinds,
        pager("/desk", page, last, state=state, kind=kind),
    )  # fmt: skip
    return render(request, "desk/queue.html", view)


@router.get("/desk/cases/{case_id}")
def case(
    request: Request, case_id: RowId, _actor: Reviewer, db: ReadDb, parts: PartsDep
) -> HTMLResponse:
    """One case with its facts and what can be decided."""
    return render(request, "desk/case.html", desk.one_case(db, parts.vault, case_id))


@router.get("/desk/certificates")
def certificates(
    request: Request,
    _actor: Reviewer,
    db: ReadDb,
    number: Annotated[str, Query(max_length=60)] = "",
) -> HTMLResponse:
    """Find a certificate by number; take it back with a reason."""
    found = None
    if number:
        try:
            found = wallet.find(db, number)
        except NotFoundError:
            found = None
    page = CertificatesPage(number, found, is_missing=bool(number) and found is None)
    return render(request, "desk/certificates.html", page)


@router.get("/regulator")
def clusters(request: Request, _actor: Regulator, db: ReadDb) -> HTMLResponse:
    """Seven clusters with target and live counts, read only."""
    found = targets.all_clusters(db)
    page = ClustersPage(
        found, sum(each.target for each in found),
        sum(each.enrolled - each.completed for each in found),
        sum(each.completed for each in found),
    )  # fmt: skip
    return render(request, "regulator/clusters.html", page)


@router.get("/regulator/clusters/{code}")
def cluster(
    request: Request, code: Annotated[str, Path(max_length=20)], _actor: Regulator, db: ReadDb
) -> HTMLResponse:
    """One cluster with its courses."""
    return render(request, "regulator/cluster.html", targets.one_cluster(db, code))


@router.get("/regulator/courses/{course_id}")
def course(request: Request, course_id: RowId, _actor: Regulator, db: ReadDb) -> HTMLResponse:
    """One course's counts."""
    return render(request, "regulator/course.html", CoursePage(*targets.one_course(db, course_id)))
