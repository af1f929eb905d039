"""Pages of studying and of the exam: the islands on them do the rest through the JSON doorway."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from app.certs.services import linting, wallet
from app.core.errors import NotFoundError
from app.core.flags import Switch, is_on
from app.identity.rules.face_vendors import SHORT_NAMES
from app.learning.services import course_progress, exams, revisits
from app.learning.services.course_progress import CourseProgress, LessonStep
from app.learning.services.exams import AttemptView
from app.learning.services.revisits import Revisit
from app.lobby.deps import CurrentActor, DeviceId, Now, PartsDep, ReadDb
from app.lobby.parts import Parts
from app.lobby.paths import RowId
from app.lobby.sandbox import frame_rights
from app.web.package_frames import Frames, frames_of
from app.web.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class LessonPage:
    course: CourseProgress
    lesson: LessonStep
    facts: dict[str, str]
    vendor_name: str
    needs_meta: bool
    package_rights: str
    package_origin: str


@dataclass(frozen=True, slots=True)
class RevisitPage:
    lesson: Revisit
    texts: tuple[Markup, ...]
    frames: Frames


@dataclass(frozen=True, slots=True)
class CoursePage:
    """`certificate_waits`: it could not be made, and somebody mends what keeps it.

    `issuance_stopped`: the platform makes none for now, and this course's is not there yet.
    """

    progress: CourseProgress
    certificate_waits: bool
    issuance_stopped: bool


@dataclass(frozen=True, slots=True)
class AttemptPage:
    attempt: AttemptView
    vendor_name: str
    needs_meta: bool


@router.get("/learn/{enrolment_id}")
def course(
    request: Request, enrolment_id: RowId, actor: CurrentActor, db: ReadDb, now: Now
) -> HTMLResponse:
    """Show the learner's way through a course."""
    page = course_progress.course_progress(db, enrolment_id, learner_id=actor.learner_id, now=now)
    waits = linting.waits(db, enrolment_id)
    stopped = is_on(db, Switch.NO_ISSUANCE) and not wallet.has_been_issued(db, enrolment_id)
    return render(request, "worker/course.html", CoursePage(page, waits, stopped))


@router.get("/learn/{enrolment_id}/{lesson_id}")
def lesson(
    *,
    request: Request,
    enrolment_id: RowId,
    lesson_id: RowId,
    actor: CurrentActor,
    db: ReadDb,
    parts: PartsDep,
    now: Now,
) -> Response:
    """Study one lesson, or look at it again; one that is not open leads back to the course."""
    found = course_progress.course_progress(db, enrolment_id, learner_id=actor.learner_id, now=now)
    step = next((each for each in found.lessons if each.lesson_id == lesson_id), None)
    if step is None:
        raise NotFoundError("没有这节课。", remedy="请从课程页进入")
    if found.state == revisits.COMPLETED:
        again = revisits.revisit(db, enrolment_id, lesson_id, learner_id=actor.learner_id)
        texts = revisits.page_texts(parts.storage, again)
        frames = frames_of(
            parts, lesson_id=again.lesson_id, asset_id=again.asset_id, titles=again.part_titles
        )
        # The texts were escaped when they were stored.
        revisited = RevisitPage(again, tuple(map(Markup, texts)), frames)
        return render(request, "worker/revisit.html", revisited)
    if not step.is_open or found.state != "active":
        return RedirectResponse(f"/learn/{enrolment_id}", status_code=303)
    facts = {"enrolment_id": enrolment_id, "lesson_id": lesson_id}
    rights, origin = frame_rights(parts.settings), parts.settings.package_origin
    page = LessonPage(found, step, facts, *_vendor(parts), rights, origin)
    return render(request, "worker/lesson.html", page)


def _vendor(parts: Parts) -> tuple[str, bool]:
    """What the dialog of a check says of the vendor of faces, and whether its script is wanted."""
    vendor = parts.face_vendor
    return (SHORT_NAMES[vendor.kind], bool(vendor.meta_script)) if vendor else ("", False)


@router.get("/exam/{enrolment_id}")
def exam(
    request: Request, enrolment_id: RowId, actor: CurrentActor, db: ReadDb, now: Now
) -> HTMLResponse:
    """Say how the exam goes, and begin it."""
    page = exams.exam_view(db, enrolment_id, learner_id=actor.learner_id, now=now)
    return render(request, "exam/start.html", page)


@router.get("/exam/attempts/{attempt_id}")
def attempt(
    *,
    request: Request,
    attempt_id: RowId,
    actor: CurrentActor,
    db: ReadDb,
    parts: PartsDep,
    device_id: DeviceId,
    now: Now,
) -> Response:
    """Answer the paper; one that is over leads to its result, another device's to the exam."""
    found = exams.get_attempt(db, attempt_id, learner_id=actor.learner_id, now=now)
    if found.state != "open":
        return RedirectResponse(f"/exam/attempts/{attempt_id}/result", status_code=303)
    if found.device_id not in {None, device_id}:
        back = f"/me/contests/{found.contest_id}" if found.contest_id else None
        return RedirectResponse(back or f"/exam/{found.enrolment_id}", status_code=303)
    return render(request, "exam/paper.html", AttemptPage(found, *_vendor(parts)))


@router.get("/exam/attempts/{attempt_id}/result")
def result(
    request: Request, attempt_id: RowId, actor: CurrentActor, db: ReadDb, now: Now
) -> HTMLResponse:
    """Show the result of a paper that was handed in."""
    page = exams.result(db, attempt_id, learner_id=actor.learner_id, now=now)
    return render(request, "exam/result.html", page)
