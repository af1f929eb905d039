"""The staff desk and the regulator's first page."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse

from app.certs.rules import suspensions
from app.certs.services import wallet
from app.certs.services.wallet import CertificateView
from app.core.errors import NotFoundError
from app.identity.rules.actors import Actor, Role
from app.identity.rules.cases import CASE_NAMES, ELSEWHERE, CaseKind, needs_second
from app.identity.services import face_filing
from app.identity.services.face_filing import StoredFaces
from app.lobby.deps import Now, PartsDep, ReadDb, Reviewer, require_roles
from app.lobby.lists import AskedList
from app.lobby.paths import RowId
from app.lobby.sought import SearchText
from app.org.providers.reference import Places, read_places
from app.oversight.services import case_files, disclosures, targets
from app.oversight.services.case_files import CaseFile, CaseLine
from app.oversight.services.targets import ClusterCount, CourseCount
from app.web.lists import ListLinks, list_links
from app.web.rendering import render

router = APIRouter(include_in_schema=False)
Regulator = Annotated[Actor, Depends(require_roles(Role.REGULATOR))]


_CASES_BY = {
    "open": {"kind": "类别", "opened": "时间"},
    "decided": {"kind": "类别", "-opened": "提出", "-decided": "处理时间"},
}


@dataclass(frozen=True, slots=True)
class QueuePage:
    lines: tuple[CaseLine, ...]
    state: str
    kind: str
    kinds: tuple[tuple[str, str], ...]
    links: ListLinks


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """`needs_second` are the decisions that another person has to confirm.

    `purpose_least` is how long the purpose of opening a file must be, in characters.
    """

    file: CaseFile
    is_own_proposal: bool
    needs_second: tuple[str, ...]
    purpose_least: int
    places: Places
    """What kinds of institution and prefectures are called."""


@dataclass(frozen=True, slots=True)
class CertificatesPage:
    number: str
    found: CertificateView | None
    waiting_case_id: str | None
    is_missing: bool
    suspension_days: int


@dataclass(frozen=True, slots=True)
class ClustersPage:
    clusters: tuple[ClusterCount, ...]
    target: int
    enrolled: int
    studying: int
    completed: int
    revoked: int
    faces: StoredFaces


@dataclass(frozen=True, slots=True)
class CoursePage:
    cluster: ClusterCount
    course: CourseCount


@router.get("/desk")
def queue(
    *,
    request: Request,
    actor: Reviewer,
    db: ReadDb,
    parts: PartsDep,
    now: Now,
    asked: AskedList,
    state: Annotated[str, Query(pattern="^(open|decided)$")] = "open",
    kind: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """One queue, the oldest first."""
    wanted = CaseKind(kind) if kind in set(CaseKind) - ELSEWHERE else None
    found = case_files.queue(
        db, parts.vault, is_open=state == "open", kind=wanted, asked=asked, actor=actor, now=now
    )
    kinds = (
        ("", "全部"),
        *((each.value, CASE_NAMES[each]) for each in CaseKind if each not in ELSEWHERE),
    )
    links = list_links("/desk", found, _CASES_BY[state], state=state, kind=kind)
    view = QueuePage(found.items, state, kind, kinds, links)
    return render(request, "desk/queue.html", view)


@router.get("/desk/cases/{case_id}")
def case(
    *, request: Request, case_id: RowId, actor: Reviewer, db: ReadDb, parts: PartsDep, now: Now
) -> HTMLResponse:
    """One case with its facts and what can be decided."""
    file = case_files.one_case(db, parts.vault, case_id, actor=actor, now=now)
    view = file.line.view
    outcome = str(view.facts.get("outcome", ""))
    grave = [
        choice.decision.value
        for choice in file.line.choices
        if needs_second(view.kind, choice.decision, outcome)
    ]
    page = CasePage(
        file=file,
        is_own_proposal=view.proposal is not None and view.proposal.by == actor.learner_id,
        needs_second=tuple(grave),
        purpose_least=disclosures.PURPOSE_LEAST,
        places=read_places(parts.settings.reference_dir),
    )
    return render(request, "desk/case.html", page)


@router.get("/desk/certificates")
def certificates(
    request: Request,
    _actor: Reviewer,
    db: ReadDb,
    now: Now,
    number: SearchText = "",
) -> HTMLResponse:
    """Find a certificate by number; take it back with a reason."""
    found = None
    if number:
        try:
            found = wallet.find(db, number, now=now)
        except NotFoundError:
            found = None
    waiting = wallet.open_revocation(db, found.certificate_id) if found else None
    page = CertificatesPage(
        number, found, waiting.case_id if waiting and waiting.proposal else None,
        is_missing=bool(number) and found is None,
        suspension_days=suspensions.DAYS,
    )  # fmt: skip
    return render(request, "desk/certificates.html", page)


@router.get("/regulator/reports")
def reports(
    *,
    request: Request,
    _actor: Regulator,
    db: ReadDb,
    parts: PartsDep,
    now: Now,
    asked: AskedList,
    state: Annotated[str, Query(pattern="^(open|decided)$")] = "open",
) -> HTMLResponse:
    """What the desk handed up, the oldest open one first."""
    found = case_files.reports(db, parts.vault, is_open=state == "open", asked=asked, now=now)
    links = list_links("/regulator/reports", found, _CASES_BY[state], state=state)
    return render(request, "regulator/reports.html", QueuePage(found.items, state, "", (), links))


@router.get("/regulator/reports/{report_id}")
def report(
    *,
    request: Request,
    report_id: RowId,
    actor: Regulator,
    db: ReadDb,
    parts: PartsDep,
    now: Now,
) -> HTMLResponse:
    """One report: what was seen, who handed it up and why, and what came of it."""
    file = case_files.one_report(db, parts.vault, report_id, actor=actor, now=now)
    page = CasePage(
        file=file, is_own_proposal=False, needs_second=(), purpose_least=0, places=Places((), {})
    )
    return render(request, "regulator/report.html", page)


@router.get("/regulator")
def clusters(request: Request, _actor: Regulator, db: ReadDb) -> HTMLResponse:
    """Seven clusters with target and live counts, read only."""
    found = targets.all_clusters(db)
    page = ClustersPage(
        found, sum(each.target for each in found),
        sum(each.enrolled for each in found),
        sum(each.studying for each in found),
        sum(each.completed for each in found),
        sum(each.revoked for each in found), face_filing.stored_faces(db),
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
