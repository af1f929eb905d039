"""What makers and reviewers see of a version: its card, its contents, what is missing."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core.errors import NotFoundError
from app.learning.models.authoring import FilmWork, VersionReview
from app.learning.models.catalogue import Lesson, MediaAsset
from app.learning.models.versions import CourseVersion
from app.learning.repository import authoring as rows
from app.learning.repository import versions as version_rows
from app.learning.rules.drafts import Draft, DraftLesson, GeneralModule, Shortfall, shortfalls
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.versions import STATE_NAMES, VersionState
from app.learning.services import draft_lessons, materials
from app.learning.services.drafts import Maker, own_version
from app.learning.services.materials import MaterialView


@dataclass(frozen=True, slots=True)
class Checks:
    """What a draft is looked through by: the programme's modules, and the kinds of certificate.

    `refuse` tells why no certificate of a name, with so many months of validity, may come of a
    course with this title and this institution; empty where one may.
    """

    modules: tuple[GeneralModule, ...]
    refuse: Callable[[str, int | None, str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmState:
    """How far a film is; `percent` of coding, `problem` a sentence for its author."""

    asset_id: str
    state: str
    percent: int
    problem: str
    has_light: bool
    heard_at: dt.datetime | None
    """When the work of coding last said so; None where it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLessonView:
    lesson_id: str
    position: int
    kind: str
    title: str
    length_ms: int
    module: str
    source: str
    text_number: int
    pages: int
    questions: tuple[dict[str, Any], ...]
    has_captions: bool
    film: FilmState | None


@dataclass(frozen=True, slots=True)
class ChapterView:
    chapter_id: str
    title: str
    lessons: tuple[DraftLessonView, ...]

    @property
    def length_ms(self) -> int:
        return sum(lesson.length_ms for lesson in self.lessons)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewView:
    decision: str
    note: str
    comments: dict[str, str]
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One version in a list."""

    version_id: str
    number: int
    state: str
    state_name: str
    title: str
    submitted_at: dt.datetime | None
    published_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class CourseLine:
    course_id: str
    title: str
    versions: tuple[VersionLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    line: VersionLine
    course_id: str
    cluster_code: str
    summary: str
    institution: str
    certificate_type: str
    validity_months: int | None
    exam_size: int
    exam_s: int
    bank_size: int
    required_s: int
    training_kind: str
    objective: str
    occupation_code: str
    level: int | None
    tags: tuple[str, ...]
    notes: str
    chapters: tuple[ChapterView, ...]
    shortfalls: tuple[Shortfall, ...]
    reviews: tuple[ReviewView, ...]
    writers: tuple[str, ...]
    materials: tuple[MaterialView, ...]

    @property
    def length_ms(self) -> int:
        return sum(chapter.length_ms for chapter in self.chapters)

    @property
    def is_draft(self) -> bool:
        return self.line.state == VersionState.DRAFT


def list_courses(db: Session, maker: Maker) -> tuple[CourseLine, ...]:
    """The courses of the maker's institution with their versions, the newest first."""
    courses = rows.courses_of(db, maker.org_id)
    versions = rows.versions_of_all(db, [course.id for course in courses])
    found = []
    for course in courses:
        own = tuple(line_of(row) for row in versions if row.course_id == course.id)
        found.append(CourseLine(course.id, own[0].title if own else course.title, own))
    return tuple(found)


def to_review(db: Session) -> tuple[VersionLine, ...]:
    """What waits for a look, of all institutions: the platform's desk."""
    return tuple(line_of(row) for row in rows.in_review(db))


def line_of(version: CourseVersion) -> VersionLine:
    state = VersionState(version.state)
    return VersionLine(
        version_id=version.id, number=version.number, state=state.value,
        state_name=STATE_NAMES[state], title=version.title, submitted_at=version.submitted_at,
        published_at=version.published_at,
    )  # fmt: skip


def own_view(db: Session, maker: Maker, version_id: str, checks: Checks) -> DraftView:
    """A version of the maker's institution. Raises NotFoundError."""
    return view_of(db, own_version(db, maker, version_id), checks)


def submitted_view(db: Session, version_id: str, checks: Checks) -> DraftView:
    """A version that waits for a look, whoever made it. Raises NotFoundError."""
    row = version_rows.version(db, version_id)
    if row is None or row.state != VersionState.IN_REVIEW:
        raise NotFoundError("没有待审核的这个版本。", remedy="请从课程审核列表进入")
    return view_of(db, row, checks)


def own_lesson(db: Session, maker: Maker, lesson_id: str) -> DraftLessonView:
    """A lesson of the maker's institution. Raises NotFoundError."""
    row = draft_lessons.own_lesson(db, maker, lesson_id)
    return _lesson(row, *_media(db, [row]))


def view_of(db: Session, version: CourseVersion, checks: Checks) -> DraftView:
    """All that a version holds."""
    is_made = version.state in (VersionState.DRAFT, VersionState.IN_REVIEW)
    missing = shortfalls(draft_of(db, version, checks), checks.modules) if is_made else ()
    return DraftView(
        line=line_of(version), course_id=version.course_id, cluster_code=version.cluster_code,
        summary=version.summary, institution=version.institution,
        certificate_type=version.certificate_type, validity_months=version.validity_months,
        exam_size=version.exam_size, exam_s=version.exam_s,
        bank_size=rows.bank_size(db, version.course_id),
        required_s=int(version.settings.get("required_s", 0)),
        training_kind=version.training_kind, objective=version.objective,
        occupation_code=version.occupation_code, level=version.level,
        tags=tuple(version.tags or ()), notes=version.notes, chapters=_chapters(db, version),
        shortfalls=missing, writers=tuple(version.writers or ()),
        materials=materials.list_of(db, version.id),
        reviews=tuple(_review(row) for row in rows.reviews_of(db, version.id)),
    )  # fmt: skip


def _review(row: VersionReview) -> ReviewView:
    return ReviewView(decision=row.decision, note=row.note, comments=row.comments, at=row.at)


def _chapters(db: Session, version: CourseVersion) -> tuple[ChapterView, ...]:
    lessons = version_rows.lessons(db, version.id)
    assets, works = _media(db, lessons)
    shown = [(row.chapter_id, _lesson(row, assets, works)) for row in lessons]
    chapters = [
        ChapterView(row.id, row.title, tuple(each for own, each in shown if own == row.id))
        for row in version_rows.chapters(db, version.id)
    ]
    loose = tuple(each for own, each in shown if own is None)
    return tuple([ChapterView("", "", loose), *chapters] if loose else chapters)


def _media(db: Session, lessons: list[Lesson]) -> tuple[dict[str, MediaAsset], dict[str, FilmWork]]:
    ids = [row.asset_id for row in lessons if row.asset_id]
    return rows.assets(db, ids), rows.works(db, ids)


def _lesson(
    row: Lesson, assets: dict[str, MediaAsset], works: dict[str, FilmWork]
) -> DraftLessonView:
    asset = assets.get(row.asset_id or "")
    film = None
    if row.kind != "document" and asset is not None:
        film = film_state(asset, works.get(asset.id))
    return DraftLessonView(
        lesson_id=row.id, position=row.position, kind=row.kind, title=row.title,
        length_ms=row.length_ms, module=row.module or "", source=row.source or "",
        text_number=row.text_number,
        pages=len(row.pages), questions=tuple(row.questions or ()),
        has_captions=bool(row.captions), film=film,
    )  # fmt: skip


def film_state(asset: MediaAsset, work: FilmWork | None) -> FilmState:
    """How far a film is; one that was made from a text has no work of coding."""
    state = asset.state if work is None or asset.state == "ready" else work.state
    return FilmState(
        asset_id=asset.id, state=state, percent=work.percent if work and state != "ready" else 100,
        problem=work.problem if work else "", has_light=asset.light is not None,
        heard_at=work.updated_at if work else None,
    )  # fmt: skip


_EMPTY = {
    "document": "还没有正文。请写好正文。", "video": "还没有视频。请上传视频。",
    "package": "还没有课件包。请上传课件包。",
}  # fmt: skip
_PACKAGE_NOT_READY = {
    "ready": "还没有写明每部分的时长。请填写分钟数。",
    "waiting": "课件包在排队解开。请等它完成。", "running": "课件包正在解开。请等它完成。",
    "cancelled": "课件包没有解开。请重新上传。",
}  # fmt: skip
_NOT_READY = {
    "waiting": "视频在排队转码。请等它完成。",
    "running": "视频正在转码。请等它完成。",
    "cancelled": "视频的转码已取消。请重新转码，或上传另一个视频。",
}


def draft_of(db: Session, version: CourseVersion, checks: Checks) -> Draft:
    """What the checks look at."""
    lessons = version_rows.lessons(db, version.id)
    assets, works = _media(db, lessons)
    kept = {row.chapter_id for row in lessons}
    refusal = checks.refuse(
        version.certificate_type, version.validity_months, version.title, version.institution
    )
    settings = {"required_s": int(version.settings.get("required_s", 0))}
    return Draft(
        title=version.title, required_s=settings["required_s"],
        coverage_percent=StudyPolicy.from_mapping(version.settings).coverage_required,
        exam_size=version.exam_size, bank_size=rows.bank_size(db, version.course_id),
        certificate_refusal=refusal,
        lessons=tuple(_checked(row, assets, works) for row in lessons),
        empty_chapters=tuple(
            row.title for row in version_rows.chapters(db, version.id) if row.id not in kept
        ),
    )  # fmt: skip


def _checked(row: Lesson, assets: dict[str, MediaAsset], works: dict[str, FilmWork]) -> DraftLesson:
    asset = assets.get(row.asset_id or "")
    is_ready = asset is not None and asset.state == "ready" and row.length_ms > 0
    problem = _EMPTY[row.kind]
    if asset is not None and not is_ready:
        film = film_state(asset, works.get(asset.id))
        problem = _NOT_READY.get(film.state) or film.problem or problem
        if row.kind == "package":
            problem = film.problem or _PACKAGE_NOT_READY.get(film.state, problem)
    return DraftLesson(
        lesson_id=row.id, title=row.title, length_ms=row.length_ms, module=row.module or "",
        is_ready=is_ready, problem=problem,
    )  # fmt: skip
