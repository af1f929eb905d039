"""Policies: what is in force, whose history, the next revision (R23)."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.core.ids import new_id
from app.learning.models.catalogue import Course, Enrolment
from app.learning.models.policies import PolicyRevision
from app.learning.repository import policies as rows
from app.learning.rules.policy import PolicyError, StudyPolicy
from app.learning.rules.policy_scopes import (
    EVERYWHERE,
    Basis,
    InForce,
    Revision,
    Scope,
    for_study,
    is_over,
    newest,
    resolve,
)
from app.learning.services.policy_forms import refused

PLATFORM: rows.Place = (Scope.PLATFORM.value, EVERYWHERE)
REVISED = "policy.revised"
_FARTHEST = dt.timedelta(days=3652)
_PLATFORM = ("全平台", (PLATFORM,))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRevision:
    """What a person wants a scope to set; without a moment it counts as soon as it stands."""

    scope: Scope
    scope_id: str
    settings: Mapping[str, Any]
    basis: Basis
    effective_from: dt.datetime | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionView:
    revision_id: str
    number: int
    settings: Mapping[str, Any]
    basis: Basis
    effective_from: dt.datetime
    author_id: str | None
    confirmed_by: str | None
    note: str
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeView:
    """One scope: its name, what it inherits, its history with the newest first."""

    scope: Scope
    scope_id: str
    name: str
    inherited: InForce
    in_force: InForce
    current: RevisionView | None
    history: tuple[RevisionView, ...]


def in_force(db: Session, course_id: str, *, now: dt.datetime) -> StudyPolicy:
    """The policy of a course at a moment. Raises NotFoundError for an unknown course."""
    return in_force_of_all(db, [_course(db, course_id)], now=now)[course_id]


def of_platform(db: Session, *, now: dt.datetime) -> StudyPolicy:
    """The policy of the whole platform at a moment: what belongs to no course is held by it."""
    return resolve(_along(_by_place(db, (PLATFORM,)), (PLATFORM,)), now).policy


def in_force_of_all(
    db: Session, courses: Iterable[Course], *, now: dt.datetime
) -> dict[str, StudyPolicy]:
    """The policies of many courses at a moment, by their ids, with one look at the rows."""
    ways = {course.id: _way(course) for course in courses}
    known = _by_place(db, {place for way in ways.values() for place in way})
    return {course_id: resolve(_along(known, way), now).policy for course_id, way in ways.items()}


def for_session(db: Session, enrolment: Enrolment, *, now: dt.datetime) -> StudyPolicy:
    """What a new session is judged by: in force now, towards the goals of the enrolment."""
    current = in_force(db, enrolment.course_id, now=now)
    return for_study(current, StudyPolicy.from_mapping(enrolment.policy))


def opening(db: Session, enrolment: Enrolment, *, now: dt.datetime) -> StudyPolicy:
    """The same for a session that opens now. Raises ConflictError past the enrolment's term."""
    policy = for_session(db, enrolment, now=now)
    if is_over(policy, enrolment.started_at, now):
        raise ConflictError(
            f"报名已超过 {policy.enrol_valid_days} 天的有效期，不能再计学时。", code="ended",
            field="/enrolment_id", remedy="已认定的学时仍在，如有疑问请联系培训机构",
        )  # fmt: skip
    return policy


def _course(db: Session, course_id: str) -> Course:
    course = rows.course(db, course_id)
    if course is None:
        raise NotFoundError("没有这门课程。", field="/course_id", remedy="请从课程列表中选择")
    return course


def _way(course: Course) -> tuple[rows.Place, ...]:
    """The scopes that a course inherits from, the widest first."""
    return (
        PLATFORM,
        (Scope.PROGRAMME.value, course.cluster_code),
        (Scope.COURSE.value, course.id),
    )


def _rows_by_place(
    db: Session, places: Iterable[rows.Place]
) -> dict[rows.Place, list[PolicyRevision]]:
    found: dict[rows.Place, list[PolicyRevision]] = {}
    for row in rows.revisions(db, places):
        found.setdefault((row.scope, row.scope_id), []).append(row)
    return found


def _by_place(db: Session, places: Iterable[rows.Place]) -> dict[rows.Place, list[Revision]]:
    known = _rows_by_place(db, places)
    return {place: [_revision(row) for row in found] for place, found in known.items()}


def _along(known: Mapping[rows.Place, list[Revision]], way: Iterable[rows.Place]) -> list[Revision]:
    return [revision for place in way for revision in known.get(place, ())]


def _revision(row: PolicyRevision) -> Revision:
    return Revision(
        scope=Scope(row.scope), scope_id=row.scope_id, number=row.number, settings=row.settings,
        basis=_basis(row), effective_from=row.effective_from,
    )  # fmt: skip


def _basis(row: PolicyRevision) -> Basis:
    return Basis(row.document, row.article, row.issued_on, row.is_confirmed)


def list_scopes(db: Session, *, now: dt.datetime) -> list[ScopeView]:
    """Every scope with what is in force: the platform, its programmes, their courses."""
    ways: dict[rows.Place, tuple[str, tuple[rows.Place, ...]]] = {PLATFORM: _PLATFORM}
    clusters = {cluster.code: cluster.name for cluster in rows.clusters(db)}
    courses = rows.courses_in(db, None)
    for code, name in clusters.items():
        place = (Scope.PROGRAMME.value, code)
        ways[place] = (name, (PLATFORM, place))
        for course in courses:
            if course.cluster_code == code:
                ways[Scope.COURSE.value, course.id] = (course.title, _way(course))
    known = _rows_by_place(db, ways)
    return [_scope_view(known, name, way, now) for name, way in ways.values()]


def scope_view(db: Session, scope: Scope, scope_id: str, *, now: dt.datetime) -> ScopeView:
    """One scope with its history. Raises NotFoundError."""
    name, way = _place(db, scope, scope_id)
    return _scope_view(_rows_by_place(db, way), name, way, now)


def _scope_view(
    known: Mapping[rows.Place, list[PolicyRevision]], name: str, way: tuple[rows.Place, ...],
    now: dt.datetime,
) -> ScopeView:  # fmt: skip
    wider = [_revision(row) for place in way[:-1] for row in known.get(place, ())]
    own = known.get(way[-1], [])
    revisions = [_revision(row) for row in own]
    current = newest(revisions, now)
    history = tuple(_view(row) for row in reversed(own))
    return ScopeView(
        scope=Scope(way[-1][0]), scope_id=way[-1][1], name=name,
        inherited=resolve(wider, now), in_force=resolve(wider + revisions, now),
        current=next((each for each in history if current and each.number == current.number), None),
        history=history,
    )  # fmt: skip


def _place(db: Session, scope: Scope, scope_id: str) -> tuple[str, tuple[rows.Place, ...]]:
    """A scope's name and the places from the platform down to it."""
    if scope is Scope.COURSE and (course := rows.course(db, scope_id)) is not None:
        return course.title, _way(course)
    if scope is Scope.PROGRAMME and (cluster := rows.cluster(db, scope_id)) is not None:
        return cluster.name, (PLATFORM, (scope.value, scope_id))
    if (scope.value, scope_id) == PLATFORM:
        return _PLATFORM
    raise NotFoundError("没有这个范围。", remedy="请从政策列表进入")


def _view(row: PolicyRevision) -> RevisionView:
    return RevisionView(
        revision_id=row.id, number=row.number, settings=row.settings, basis=_basis(row),
        effective_from=row.effective_from, author_id=row.author_id,
        confirmed_by=row.confirmed_by, note=row.note, created_at=row.created_at,
    )  # fmt: skip


def tried(db: Session, new: NewRevision, *, now: dt.datetime) -> dict[str, StudyPolicy]:
    """What every course of the scope would have under a revision; nothing is written.

    Raises NotFoundError for an unknown scope, InvalidError naming the field that cannot stand.
    """
    _, way = _place(db, new.scope, new.scope_id)
    moment = max(now, new.effective_from or now)
    wanted = Revision(
        scope=new.scope, scope_id=new.scope_id, number=rows.newest_number(db, way[-1]) + 1,
        settings=new.settings, basis=new.basis, effective_from=moment,
    )  # fmt: skip
    ways = {course.id: _way(course) for course in _courses(db, new.scope, new.scope_id)}
    known = _by_place(db, {place for each in (way, *ways.values()) for place in each})
    known.setdefault(way[-1], []).append(wanted)
    try:
        resolve(_along(known, way), moment)
        return {key: resolve(_along(known, each), moment).policy for key, each in ways.items()}
    except PolicyError as error:
        raise refused(error) from None


def check(db: Session, new: NewRevision, *, now: dt.datetime) -> None:
    """Raises what `publish` would."""
    if new.effective_from is not None and new.effective_from < now:
        raise InvalidError(
            "生效时间已经过去。", field="/effective_from", remedy="请填写以后的时间，或留空立即生效"
        )
    if new.effective_from is not None and new.effective_from > now + _FARTHEST:
        raise InvalidError("生效时间太远。", field="/effective_from", remedy="请填写十年以内的时间")
    tried(db, new, now=now)


def _courses(db: Session, scope: Scope, scope_id: str) -> list[Course]:
    if scope is Scope.COURSE:
        return [_course(db, scope_id)]
    return list(rows.courses_in(db, scope_id if scope is Scope.PROGRAMME else None))


def publish(
    db: Session,
    new: NewRevision,
    *,
    author_id: str | None,
    confirmed_by: str | None = None,
    now: dt.datetime,
) -> RevisionView:
    """Add the next revision of a scope; what is there is never changed.

    Raises NotFoundError, InvalidError for fields that cannot stand or a moment that has passed.
    """
    check(db, new, now=now)
    place = (new.scope.value, new.scope_id)
    row = PolicyRevision(
        id=new_id(now), scope=place[0], scope_id=place[1], number=rows.newest_number(db, place) + 1,
        settings=dict(new.settings), document=new.basis.document, article=new.basis.article,
        issued_on=new.basis.issued_on, is_confirmed=new.basis.is_confirmed,
        effective_from=new.effective_from or now, author_id=author_id, confirmed_by=confirmed_by,
        note=new.note, created_at=now,
    )  # fmt: skip
    if not rows.add(db, row):
        raise ConflictError("刚有人修改了这个范围的政策。", remedy="请刷新页面，核对后再保存")
    audit.record(db, REVISED, now=now, actor_id=author_id, subject_id=row.id, **facts_of(row))
    return _view(row)


def facts_of(row: PolicyRevision) -> dict[str, Any]:
    """What the log holds of a revision."""
    return {
        "scope": row.scope, "scope_id": row.scope_id, "number": row.number,
        "settings": row.settings, "confirmed_by": row.confirmed_by,
        "effective_from": row.effective_from.astimezone(dt.UTC).isoformat(),
    }  # fmt: skip


def publish_changed(db: Session, new: NewRevision, *, now: dt.datetime) -> None:
    """What a course's files say: a revision where they say something new, else nothing."""
    view = scope_view(db, new.scope, new.scope_id, now=now)
    files = next((each for each in view.history if each.author_id is None), None)
    if files is None or (files.settings, files.basis) != (new.settings, new.basis):
        publish(db, new, author_id=None, now=now)
