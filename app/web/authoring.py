"""Pages on which institutions make courses, and on which a second person looks at them."""

import datetime as dt
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from app.core.errors import NotFoundError
from app.core.listing import Piece, WholeOrder, piece_of_whole
from app.identity.rules.actors import Actor
from app.learning.providers.taxonomy import Taxonomy, read_taxonomy
from app.learning.rules.version_changes import CHANGE_NAMES, Changed
from app.learning.services import catalogue, draft_views, package_drafts, previews, version_changes
from app.learning.services.catalogue import ClusterView
from app.learning.services.draft_views import CourseLine, DraftLessonView, DraftView, VersionLine
from app.learning.services.drafts import Maker
from app.learning.services.film_uploads import UploadView, open_upload
from app.learning.services.package_drafts import PackageView
from app.learning.services.previews import Preview
from app.lobby.deps import PartsDep, ReadDb, Reviewer, School
from app.lobby.lists import AskedList
from app.lobby.parts import Parts
from app.lobby.paths import RowId
from app.lobby.sought import SearchText
from app.org.services import workshop
from app.web.lists import ListLinks, list_links
from app.web.package_frames import Frames, frames_of
from app.web.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class CoursesPage:
    maker: Maker
    found: Piece[CourseLine]
    query: str
    links: ListLinks


_COURSES: WholeOrder[CourseLine] = WholeOrder(
    keys={
        "title": lambda course: course.title, "made": lambda course: course.course_id,
        "state": lambda course: course.versions[0].state_name if course.versions else "",
    },
    last=lambda course: course.course_id,
    own="-made",
)  # fmt: skip
_COURSES_BY = {"title": "名称", "state": "最新一版的状态", "-made": "新建先后"}


@dataclass(frozen=True, slots=True)
class CardPage:
    """A new course, or the card of a draft."""

    draft: DraftView | None
    taxonomy: Taxonomy
    clusters: tuple[ClusterView, ...]
    certificates: tuple[tuple[str, str], ...]
    certificate: str


@dataclass(frozen=True, slots=True)
class VersionPage:
    draft: DraftView
    modules: dict[str, str]
    is_own_work: bool


@dataclass(frozen=True, slots=True)
class LessonPage:
    draft: DraftView
    lesson: DraftLessonView
    modules: dict[str, str]
    upload: UploadView | None
    film_mb: int
    package: PackageView | None


@dataclass(frozen=True, slots=True)
class PreviewPage:
    lesson: Preview
    texts: tuple[Markup, ...]
    frame: str
    back: str
    address: str
    frames: Frames


@dataclass(frozen=True, slots=True)
class ReviewPage:
    draft: DraftView
    changes: tuple[Changed, ...] | None
    change_names: dict[str, str]
    modules: dict[str, str]
    frame: str
    address: str
    back: str
    is_own_work: bool


@dataclass(frozen=True, slots=True)
class WaitingPage:
    found: Piece[VersionLine]
    links: ListLinks
    query: str


_WAITING: WholeOrder[VersionLine] = WholeOrder(
    keys={
        "submitted": lambda version: version.submitted_at or dt.datetime.min.replace(tzinfo=dt.UTC),
        "title": lambda version: version.title,
    },
    last=lambda version: version.version_id,
    own="submitted",
)
_WAITING_BY = {"submitted": "提交先后", "title": "课程"}


@router.get("/authoring")
def courses(
    *, request: Request, actor: School, db: ReadDb, asked: AskedList,
    q: SearchText = "",
) -> HTMLResponse:  # fmt: skip
    """The courses of the institution with their versions."""
    maker, sought = workshop.maker(db, actor, looks=True), q.strip()
    held = [each for each in draft_views.list_courses(db, maker) if sought in each.title]
    found = piece_of_whole(held, _COURSES, asked)
    links = list_links("/authoring", found, _COURSES_BY, q=sought)
    page = CoursesPage(maker, found, q, links)
    return render(request, "authoring/courses.html", page)


@router.get("/authoring/new")
def new_course(request: Request, actor: School, db: ReadDb, parts: PartsDep) -> HTMLResponse:
    """What a new course is about."""
    workshop.maker(db, actor, looks=True)
    return render(request, "authoring/card.html", _card_page(db, parts, None))


@router.get("/authoring/{version_id}")
def version(
    request: Request, version_id: RowId, actor: School, db: ReadDb, parts: PartsDep
) -> HTMLResponse:
    """A version: its chapters and lessons, and what it still wants."""
    draft, taxonomy = _draft(db, parts, actor, version_id)
    page = VersionPage(draft, _modules(taxonomy), actor.account_id in draft.writers)
    return render(request, "authoring/version.html", page)


@router.get("/authoring/{version_id}/card")
def card(
    request: Request, version_id: RowId, actor: School, db: ReadDb, parts: PartsDep
) -> HTMLResponse:
    """The card of a draft."""
    draft, _ = _draft(db, parts, actor, version_id)
    return render(request, "authoring/card.html", _card_page(db, parts, draft))


@router.get("/authoring/{version_id}/lessons/{lesson_id}")
def lesson(
    *,
    request: Request,
    version_id: RowId,
    lesson_id: RowId,
    actor: School,
    db: ReadDb,
    parts: PartsDep,
) -> HTMLResponse:
    """One lesson: its text or its film, captions, and what checks ask about it."""
    draft, taxonomy = _draft(db, parts, actor, version_id)
    every = [each for chapter in draft.chapters for each in chapter.lessons]
    found = next((each for each in every if each.lesson_id == lesson_id), None)
    if found is None:
        raise NotFoundError("没有这节课。", remedy="请从课程页进入")
    page = LessonPage(
        draft, found, _modules(taxonomy), open_upload(db, lesson_id),
        _most_mb(parts, found), package_drafts.view(db, lesson_id),
    )  # fmt: skip
    return render(request, "authoring/lesson.html", page)


@router.get("/authoring/{version_id}/review")
def review(
    request: Request, version_id: RowId, actor: School, db: ReadDb, parts: PartsDep
) -> HTMLResponse:
    """A colleague's version, to be looked through."""
    draft, taxonomy = _draft(db, parts, actor, version_id)
    page = _review(
        db, draft, taxonomy, "authoring/_frame.html",
        f"/api/v1/authoring/versions/{version_id}/review", f"/authoring/{version_id}",
        is_own_work=actor.account_id in draft.writers,
    )  # fmt: skip
    return render(request, "authoring/review.html", page)


@router.get("/authoring/lessons/{lesson_id}/preview")
def preview(
    request: Request, lesson_id: RowId, actor: School, db: ReadDb, parts: PartsDep
) -> HTMLResponse:
    """A lesson as a learner will see it, without hours."""
    found = previews.preview(db, lesson_id, maker=workshop.maker(db, actor, looks=True))
    back = f"/authoring/{found.version_id}"
    return _preview(request, parts, found, "authoring/_frame.html", back)


@router.get("/desk/course-reviews")
def waiting(
    *, request: Request, _actor: Reviewer, db: ReadDb, asked: AskedList,
    q: SearchText = "",
) -> HTMLResponse:  # fmt: skip
    """What institutions have submitted, the oldest first."""
    sought = q.strip()
    held = [each for each in draft_views.to_review(db) if sought in each.title]
    found = piece_of_whole(held, _WAITING, asked)
    links = list_links("/desk/course-reviews", found, _WAITING_BY, q=sought)
    return render(request, "desk/course_reviews.html", WaitingPage(found, links, sought))


@router.get("/desk/course-reviews/{version_id}")
def review_at_desk(
    request: Request, version_id: RowId, actor: Reviewer, db: ReadDb, parts: PartsDep
) -> HTMLResponse:
    """One of them, to be looked through."""
    taxonomy = read_taxonomy(parts.settings.reference_dir)
    checks = workshop.checks(taxonomy, parts.settings.reference_dir)
    draft = draft_views.submitted_view(db, version_id, checks)
    page = _review(
        db, draft, taxonomy, "desk/_frame.html", f"/api/v1/desk/course-reviews/{version_id}",
        "/desk/course-reviews", is_own_work=actor.account_id in draft.writers,
    )  # fmt: skip
    return render(request, "authoring/review.html", page)


@router.get("/desk/course-reviews/lessons/{lesson_id}")
def preview_at_desk(
    request: Request, lesson_id: RowId, _actor: Reviewer, db: ReadDb, parts: PartsDep
) -> HTMLResponse:
    """A lesson of what is in review, as a learner will see it."""
    found = previews.preview(db, lesson_id, maker=None)
    back = f"/desk/course-reviews/{found.version_id}"
    return _preview(request, parts, found, "desk/_frame.html", back)


def _most_mb(parts: Parts, lesson: DraftLessonView) -> int:
    limits = parts.settings.authoring
    most = limits.package_bytes if lesson.kind == "package" else limits.film_bytes
    return most // 2**20


def _draft(db: ReadDb, parts: Parts, actor: Actor, version_id: str) -> tuple[DraftView, Taxonomy]:
    taxonomy = read_taxonomy(parts.settings.reference_dir)
    checks = workshop.checks(taxonomy, parts.settings.reference_dir)
    return draft_views.own_view(
        db, workshop.maker(db, actor, looks=True), version_id, checks
    ), taxonomy


def _modules(taxonomy: Taxonomy) -> dict[str, str]:
    return {module.code: module.name for module in taxonomy.modules}


def _card_page(db: ReadDb, parts: Parts, draft: DraftView | None) -> CardPage:
    choices = workshop.certificate_choices(parts.settings.reference_dir)
    chosen = next((code for code, name in choices if draft and name == draft.certificate_type), "")
    return CardPage(
        draft, read_taxonomy(parts.settings.reference_dir), tuple(catalogue.clusters(db)), choices,
        chosen,
    )  # fmt: skip


def _review(
    db: ReadDb, draft: DraftView, taxonomy: Taxonomy, frame: str, address: str, back: str,
    *, is_own_work: bool,
) -> ReviewPage:  # fmt: skip
    changes = version_changes.since_the_one_before(db, draft.line.version_id)
    names = {kind.value: name for kind, name in CHANGE_NAMES.items()}
    return ReviewPage(draft, changes, names, _modules(taxonomy), frame, address, back, is_own_work)


def _preview(request: Request, parts: Parts, found: Preview, frame: str, back: str) -> HTMLResponse:
    texts = tuple(map(Markup, previews.page_texts(parts.storage, found)))  # escaped when stored
    address = f"/api/v1/media/draft/{found.lesson_id}"
    frames = frames_of(
        parts, lesson_id=found.lesson_id, asset_id=found.asset_id, titles=found.part_titles
    )
    page = PreviewPage(found, texts, frame, back, address, frames)
    return render(request, "authoring/preview.html", page)
