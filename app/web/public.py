"""Pages that anybody may read: the front page, sign-in, the outbox of simulated messages."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse

from app.core.errors import NotFoundError
from app.core.flags import Switch, is_on
from app.identity.rules.actors import Role
from app.identity.rules.administrators import ADMINISTRATORS, ROLE_NAMES
from app.identity.services import entrances, people, roles, signin
from app.learning.rules.entry import WORDS, Entry, EntryWords
from app.learning.services import catalogue, enrolments
from app.learning.services.catalogue import ClusterView, CourseView
from app.lobby.deps import MaybeActor, Now, PartsDep, ReadDb
from app.lobby.paths import RowId
from app.lobby.sought import SearchText
from app.web.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class CourseCard:
    course_id: str
    title: str
    summary: str
    required_ms: int
    hour_s: int
    lesson_count: int
    cluster_code: str
    cluster: str
    mark: str
    """Why nobody new may begin it; empty where they may."""


@dataclass(frozen=True, slots=True)
class FrontPage:
    courses: tuple[CourseCard, ...]
    total: int


@dataclass(frozen=True, slots=True)
class CoursesPage:
    courses: tuple[CourseCard, ...]
    total: int
    query: str
    cluster: str
    clusters: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CoursePage:
    course: CourseView
    cluster: str
    enrolment_id: str
    shut: EntryWords | None
    """What is said where nobody new may begin it."""


@dataclass(frozen=True, slots=True)
class SignInPage:
    wanted: str
    shows_outbox: bool
    is_closed: bool
    """Nobody new is let in for now."""


@dataclass(frozen=True, slots=True)
class EntrancePage:
    token: str
    name: str
    says: str


@dataclass(frozen=True, slots=True)
class MessageLine:
    phone: str
    text: str
    sent_at: dt.datetime


@dataclass(frozen=True, slots=True)
class OutboxPage:
    messages: tuple[MessageLine, ...]


_HELD = (
    (Role.REVIEWER, "审核员"), (Role.REGULATOR, "主管部门"), (Role.EMPLOYER, "用人单位经办人"),
    (Role.INSTITUTION, "培训机构经办人"),
    *((role, ROLE_NAMES[role]) for role in sorted(ADMINISTRATORS)),
)  # fmt: skip


def _cards(found: Sequence[CourseView], names: Mapping[str, str]) -> tuple[CourseCard, ...]:
    return tuple(
        CourseCard(
            view.course_id, view.title, view.summary, view.required_ms, view.hour_s,
            len(view.lessons), view.cluster_code, names.get(view.cluster_code, ""),
            _mark(view.entry),
        )
        for view in found
    )  # fmt: skip


def _mark(entry: Entry) -> str:
    return WORDS[entry].mark if entry in WORDS else ""


def _names(clusters: Iterable[ClusterView]) -> dict[str, str]:
    return {each.code: each.name for each in clusters}


@router.get("/")
def front(request: Request, db: ReadDb, now: Now) -> HTMLResponse:
    """Say what this is, and what can be learnt."""
    found, total = catalogue.list_courses(db, query="", cluster_code=None, page=1, now=now)
    return render(
        request,
        "public/front.html",
        FrontPage(_cards(found, _names(catalogue.clusters(db))), total),
    )


@router.get("/courses")
def courses(
    *,
    request: Request,
    db: ReadDb,
    now: Now,
    q: SearchText = "",
    cluster: Annotated[str, Query(max_length=20)] = "",
) -> HTMLResponse:
    """Find a course by word or cluster."""
    found, total = catalogue.list_courses(
        db, query=q, cluster_code=cluster or None, page=1, now=now
    )
    names = _names(catalogue.clusters(db))
    page = CoursesPage(
        _cards(found, names), total, q, cluster, (("", "全部产业集群"), *names.items())
    )
    return render(request, "public/courses.html", page)


@router.get("/courses/{course_id}")
def course(
    request: Request,
    course_id: RowId,
    actor: MaybeActor,
    db: ReadDb,
    now: Now,
) -> HTMLResponse:
    """Say what a course teaches and asks; enrol, or go on."""
    view = catalogue.course_view(db, course_id, now=now)
    cluster = _names(catalogue.clusters(db)).get(view.cluster_code, "")
    own = enrolments.list_for_learner(db, actor.learner_id) if actor else []
    enrolment_id = next((each.enrolment_id for each in own if each.course_id == course_id), "")
    return render(
        request,
        "public/course.html",
        CoursePage(view, cluster, enrolment_id, WORDS.get(view.entry)),
    )


@router.get("/sign-in")
def sign_in(
    request: Request,
    parts: PartsDep,
    db: ReadDb,
    wanted: Annotated[str, Query(alias="next", max_length=200)] = "",
) -> HTMLResponse:
    """Sign in with a phone and a code."""
    shows_outbox = parts.settings.sms.kind == "simulated"
    is_closed = is_on(db, Switch.NO_NEW_SIGNUPS)
    return render(request, "public/sign_in.html", SignInPage(wanted, shows_outbox, is_closed))


@router.get("/demo/{token}")
def entrance(
    request: Request,
    token: Annotated[str, Path(max_length=120)],
    parts: PartsDep,
    db: ReadDb,
    now: Now,
) -> HTMLResponse:
    """One button that lets a visitor of the demo in as one of its people."""
    if not parts.settings.demo:
        raise NotFoundError("没有这个页面。", remedy="请回到首页")
    learner_id = entrances.read(parts.keys, token, now=now)
    view = people.views(db, parts.vault, [learner_id]).get(learner_id)
    if view is None:
        raise NotFoundError("演示里没有这个人。", remedy="重新启动演示，会显示新的链接")
    held = roles.roles_of(db, learner_id)
    says = next((text for role, text in _HELD if role in held), "工人")
    page = EntrancePage(token, view.masked_name, says)
    return render(request, "embedded/entrance.html", page)


@router.get("/outbox")
def outbox(request: Request, parts: PartsDep, db: ReadDb) -> HTMLResponse:
    """Show the simulated text messages; where SMS is real there is no such page."""
    if parts.settings.sms.kind != "simulated":
        raise NotFoundError("这个地址不存在。", remedy="请从首页重新进入")
    lines = tuple(
        MessageLine(view.phone, view.text, view.sent_at)
        for view in signin.messages(db, parts.vault)
    )
    return render(request, "embedded/outbox.html", OutboxPage(lines))
