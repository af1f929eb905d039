"""A worker's own pages: signing up, the courses under way, certificates, messages."""

import datetime as dt
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.certs.services import wallet
from app.identity.rules.face_vendors import COMPANIES, SHORT_NAMES
from app.identity.rules.passwords import LEAST, LEAST_FOR_STAFF
from app.identity.rules.second_factors import needing
from app.identity.services import (
    access,
    consents,
    deletions,
    device_keys,
    disputes,
    inbox,
    passwords,
    people,
    questions,
    sign_ins,
    standing,
    vendor_faces,
)
from app.identity.services.access import AccessLine
from app.identity.services.device_keys import DeviceKeyView
from app.identity.services.disputes import Waiting
from app.identity.services.inbox import NoticeView
from app.identity.services.people import PersonView
from app.identity.services.questions import QuestionView
from app.identity.services.sign_ins import SignInView
from app.identity.services.standing import Standing
from app.learning.services import course_progress, enrolments
from app.learning.services.course_progress import CourseProgress
from app.lobby.deps import CurrentActor, DeviceId, Now, PartsDep, ReadDb
from app.lobby.parts import Parts
from app.org.rules.organisations import StaffState
from app.org.services import attention, invitations, members, roll_calls
from app.org.services.attention import Pressed
from app.org.services.invitations import EmployerOfMine
from app.org.services.members import OwnOffice
from app.web.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class IdentityPage:
    display_name: str
    pending: Waiting | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentPage:
    """`company` receives name, number and face; empty where the face stays here.

    `is_offered` is False where the company does not take this person's document.
    """

    kind: str
    text: str
    version: str
    company: str = ""
    is_offered: bool = True


@dataclass(frozen=True, slots=True)
class FaceVendorPage:
    """`needs_meta`: the vendor wants to know what its own script says of the browser."""

    vendor_name: str
    needs_meta: bool


@dataclass(frozen=True, slots=True)
class QuestionsPage:
    choices: tuple[QuestionView, ...]


@dataclass(frozen=True, slots=True)
class HomePage:
    """`revoked` are the enrolments whose certificate was taken back.

    `leaving_at` is when the account will be deleted, where that was asked for.
    """

    display_name: str
    standing: Standing
    courses: tuple[CourseProgress, ...]
    unread: int
    revoked: frozenset[str]
    leaving_at: dt.datetime | None
    pressed: tuple[Pressed, ...]
    """What employers asked for that is late, nearly late, or stuck, and why."""


@dataclass(frozen=True, slots=True)
class InboxPage:
    """`inviting` are the employers that still wait for the person's answer, by name."""

    notices: tuple[NoticeView, ...]
    is_verified: bool
    is_waiting: bool
    display_name: str
    inviting: frozenset[str]


@dataclass(frozen=True, slots=True)
class AccessPage:
    lines: tuple[AccessLine, ...]


@dataclass(frozen=True, slots=True)
class MePage:
    person: PersonView
    standing: Standing
    employers: tuple[EmployerOfMine, ...]
    devices: tuple[DeviceKeyView, ...]
    device_id: str
    sign_ins: tuple[SignInView, ...]
    has_password: bool
    acts_for_others: bool
    offices: tuple[OwnOffice, ...]
    """What organisations ask the person to be, and what they are there."""


@dataclass(frozen=True, slots=True)
class PasswordPage:
    has_password: bool
    least: int


@router.get("/signup/identity")
def identity(
    request: Request, actor: CurrentActor, db: ReadDb, parts: PartsDep, now: Now
) -> Response:
    """Ask for the document and the name; what waits for a person can be mended or taken back."""
    if actor.is_verified:
        return RedirectResponse("/home", status_code=303)
    pending = disputes.waiting(db, parts.vault, actor.learner_id, now=now)
    return render(request, "signup/identity.html", IdentityPage(actor.display_name, pending))


@router.get("/signup/consent")
def consent(request: Request, actor: CurrentActor, db: ReadDb, parts: PartsDep) -> Response:
    """Choose: the face, with a separate consent, or the way without it."""
    if standing.standing(db, actor.learner_id).method is not None:
        return RedirectResponse("/home", status_code=303)
    return render(request, "signup/consent.html", _consent_page(db, parts, actor.learner_id))


def _consent_page(db: ReadDb, parts: Parts, learner_id: str) -> ConsentPage:
    vendor = parts.face_vendor
    if vendor is None:
        return ConsentPage(kind="face", text=consents.TEXT, version=consents.VERSION)
    return ConsentPage(
        kind="face_vendor", text=consents.vendor_text(vendor.kind),
        version=consents.vendor_version(vendor.kind), company=COMPANIES[vendor.kind],
        is_offered=vendor_faces.may_use(db, parts.vault, vendor, learner_id),
    )  # fmt: skip


@router.get("/signup/face")
def enrol_face(request: Request, actor: CurrentActor, db: ReadDb, parts: PartsDep) -> Response:
    """Enrol the face in front of the camera, or go to the vendor's page."""
    if standing.standing(db, actor.learner_id).method is not None:
        return RedirectResponse("/home", status_code=303)
    vendor = parts.face_vendor
    if vendor is not None:
        page = FaceVendorPage(SHORT_NAMES[vendor.kind], bool(vendor.meta_script))
        return render(request, "signup/face_vendor.html", page)
    return render(request, "signup/face.html", None)


@router.get("/signup/questions")
def choose_questions(request: Request, actor: CurrentActor, db: ReadDb) -> Response:
    """Choose the way of being checked without a face."""
    if standing.standing(db, actor.learner_id).method is not None:
        return RedirectResponse("/home", status_code=303)
    return render(request, "signup/questions.html", QuestionsPage(questions.choices()))


@router.get("/home")
def home(
    request: Request, actor: CurrentActor, db: ReadDb, parts: PartsDep, now: Now
) -> HTMLResponse:
    """Where a worker lands: the course whose deadline is nearest, and what is missing before."""
    courses = sorted(
        (
            course_progress.course_progress(
                db, view.enrolment_id, learner_id=actor.learner_id, now=now
            )
            for view in enrolments.list_for_learner(db, actor.learner_id)
        ),
        key=lambda course: (course.deadline_on is None, course.deadline_on or now.date()),
    )
    leaving = deletions.standing_request(db, actor.learner_id)
    page = HomePage(
        actor.display_name, standing.standing(db, actor.learner_id), tuple(courses),
        inbox.unread_count(db, actor.learner_id), wallet.revoked_enrolments(db, actor.learner_id),
        leaving.due_at if leaving is not None else None,
        tuple(attention.own(db, parts.vault, actor.learner_id, now=now)),
    )  # fmt: skip
    return render(request, "worker/home.html", page)


@router.get("/inbox")
def read_inbox(
    request: Request, actor: CurrentActor, db: ReadDb, parts: PartsDep, now: Now
) -> HTMLResponse:
    """List what the person was told."""
    notices = tuple(inbox.list_notices(db, actor.learner_id))
    pending = disputes.waiting(db, parts.vault, actor.learner_id, now=now)
    employers = invitations.list_employers(db, parts.vault, actor)
    page = InboxPage(
        notices, actor.is_verified, pending is not None, actor.display_name,
        frozenset(each.name for each in employers if each.state is StaffState.INVITED),
    )  # fmt: skip
    return render(request, "worker/inbox.html", page)


@router.get("/me")
def me(
    *,
    request: Request,
    actor: CurrentActor,
    db: ReadDb,
    parts: PartsDep,
    device_id: DeviceId,
    now: Now,
) -> HTMLResponse:
    """Show what the platform knows of the person, masked."""
    person = people.views(db, parts.vault, [actor.learner_id])[actor.learner_id]
    page = MePage(
        person, standing.standing(db, actor.learner_id),
        tuple(invitations.list_employers(db, parts.vault, actor)),
        tuple(device_keys.active_keys(db, actor.learner_id)), device_id,
        sign_ins.list_open(db, actor.learner_id, this_id=actor.sign_in_id, now=now),
        passwords.has_password(db, actor.account_id), bool(actor.held_org_ids),
        tuple(members.own_offices(db, actor)),
    )  # fmt: skip
    return render(request, "worker/me.html", page)


@router.get("/roll-call")
def come_to_roll_call(request: Request, actor: CurrentActor, db: ReadDb, now: Now) -> HTMLResponse:
    """Come to a roll call: type the code on the supervisor's screen."""
    return render(request, "worker/roll_call.html", roll_calls.own(db, actor, now=now))


@router.get("/me/password")
def password(request: Request, actor: CurrentActor, db: ReadDb) -> HTMLResponse:
    """Set a password, or go back to the phone's code alone."""
    least = LEAST_FOR_STAFF if needing(actor.every_role) else LEAST
    page = PasswordPage(passwords.has_password(db, actor.account_id), least)
    return render(request, "worker/password.html", page)


@router.get("/me/access")
def read_access(request: Request, actor: CurrentActor, db: ReadDb, parts: PartsDep) -> HTMLResponse:
    """Who opened the person's file, when and what for."""
    lines = tuple(access.list_access(db, parts.vault, actor.learner_id))
    return render(request, "worker/access.html", AccessPage(lines))
