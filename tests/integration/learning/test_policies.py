"""Revisions in the database: what a new enrolment and a new session get, what stays as it was."""

import datetime as dt

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.core.audit import AuditEvent
from app.core.clock import SettableClock
from app.core.errors import InvalidError, NotFoundError
from app.learning.models.catalogue import Enrolment
from app.learning.models.study import StudySession
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.policy_scopes import Basis, Scope
from app.learning.services import evidence, frozen_policies, policies
from app.learning.services.policies import NewRevision, RevisionView
from app.lobby.parts import Parts
from tests.courses import POLICY, make_course
from tests.people import ALICE, csrf, sign_in
from tests.player import enrolled

AUTHOR = "0" * 25 + "A"


def revise(
    parts: Parts, scope: Scope, scope_id: str, at: dt.datetime | None = None, **settings: object
) -> RevisionView:
    new = NewRevision(
        scope=scope, scope_id=scope_id, settings=settings, basis=Basis("测试文件", "第一条"),
        effective_from=at, note="试",
    )  # fmt: skip
    with parts.database.transaction() as db:
        return policies.publish(db, new, author_id=AUTHOR, now=parts.clock.now())


def in_force(parts: Parts, course_id: str) -> StudyPolicy:
    with parts.database.reading() as db:
        return policies.in_force(db, course_id, now=parts.clock.now())


def test_the_platform_begins_with_the_defaults(parts: Parts) -> None:
    with parts.database.reading() as db:
        view = policies.scope_view(db, Scope.PLATFORM, "all", now=parts.clock.now())
    assert [each.number for each in view.history] == [1]
    defaults = StudyPolicy().to_mapping()
    assert view.current is not None
    assert view.current.settings == {name: defaults[name] for name in view.current.settings}
    assert view.in_force.policy == StudyPolicy()


def test_a_course_inherits_what_it_does_not_set(parts: Parts) -> None:
    course = make_course(parts)
    revise(parts, Scope.PLATFORM, "all", daily_cap_s=14_400, beat_s=30)
    revise(parts, Scope.PROGRAMME, "digital", daily_cap_s=7200)
    found = in_force(parts, course.course_id)
    assert (found.daily_cap_s, found.beat_s, found.required_s) == (7200, POLICY["beat_s"], 150)
    assert found.basis == "测试文件 第一条（待核实）"


def test_what_is_still_to_come_waits_for_its_moment(parts: Parts, clock: SettableClock) -> None:
    course = make_course(parts)
    revise(parts, Scope.COURSE, course.course_id, clock.now() + dt.timedelta(hours=1), hour_s=3600)
    assert in_force(parts, course.course_id).hour_s == 2700
    clock.advance(ms=3_600_000)
    assert in_force(parts, course.course_id).hour_s == 3600


def test_a_session_is_judged_by_what_is_in_force_towards_the_goals_of_its_enrolment(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    course = make_course(parts)
    player = enrolled(client, parts, clock, course.course_id)
    enrolment_id = player.enrolment_id
    player.open(course.video_id)
    before = _newest(parts)
    settings = POLICY | {"required_s": 9000, "daily_cap_s": 60, "exam_pass": 90}
    revise(parts, Scope.COURSE, course.course_id, **settings)
    clock.advance(ms=1000)
    player.open(course.video_id)
    after = _newest(parts)
    assert (before["daily_cap_s"], after["daily_cap_s"]) == (21_600, 60)
    assert (after["required_s"], after["exam_pass"]) == (150, 60)
    with parts.database.reading() as db:
        assert db.get_one(Enrolment, enrolment_id).policy["required_s"] == 150


def _newest(parts: Parts) -> dict[str, object]:
    with parts.database.reading() as db:
        found = db.scalars(select(StudySession).order_by(StudySession.opened_at.desc()))
        return dict(frozen_policies.fields_of(db, found.first().policy_version))


def test_a_revision_is_in_the_audit(parts: Parts) -> None:
    made = revise(parts, Scope.PLATFORM, "all", daily_cap_s=14_400)
    with parts.database.reading() as db:
        [event] = db.scalars(select(AuditEvent).where(AuditEvent.event == "policy.revised"))
        assert (event.actor_id, event.subject_id) == (AUTHOR, made.revision_id)
        assert event.facts["settings"] == {"daily_cap_s": 14_400}


@pytest.mark.parametrize(
    ("scope", "scope_id", "hours", "values", "field"),
    [
        (Scope.PLATFORM, "all", -1, {}, "/effective_from"),
        (Scope.PLATFORM, "all", 1, {"hour_s": 1}, "/settings/hour_s"),
        (Scope.PLATFORM, "all", 1, {"hours": 1}, "/settings/hours"),
    ],
)
def test_what_cannot_stand_names_its_field(
    parts: Parts, scope: Scope, scope_id: str, hours: int, values: dict, field: str
) -> None:
    at = parts.clock.now() + dt.timedelta(hours=hours)
    with pytest.raises(InvalidError) as caught:
        revise(parts, scope, scope_id, at, **values)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("scope", "scope_id"),
    [(Scope.PLATFORM, "some"), (Scope.PROGRAMME, "nowhere"), (Scope.COURSE, "0" * 26)],
)
def test_a_scope_that_is_not_there_is_not_found(parts: Parts, scope: Scope, scope_id: str) -> None:
    with pytest.raises(NotFoundError):
        revise(parts, scope, scope_id)


@pytest.mark.parametrize(
    "change", ["UPDATE policy_revision SET note = 'x'", "DELETE FROM policy_revision"]
)
def test_the_database_refuses_to_change_a_revision(parts: Parts, change: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), parts.database.transaction() as db:
        _run(db, change)


def _run(db: Session, statement: str) -> None:
    db.execute(text(statement))


def test_breaks_are_asked_for_and_the_evidence_says_the_same(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    calm = {"presence_gap_s": None, "identity_gap_s": [900, 900]}
    course = make_course(parts, continuous_max_s=60, break_s=60, **calm)
    player = enrolled(client, parts, clock, course.course_id)
    player.begin(course.video_id)
    for start in range(0, 80_000, 10_000):
        player.play(start, start + 10_000)
    assert _judged(parts, player.session_id) == (60_000, 60_000)
    clock.advance(ms=40_000)
    player.play(80_000, 90_000)
    assert _judged(parts, player.session_id) == (70_000, 70_000)


def _judged(parts: Parts, session_id: str) -> tuple[int, int]:
    with parts.database.reading() as db:
        again = evidence.judge_again(db, session_id)
        assert again.is_sound
        return evidence.credited_ms(db, session_id), again.credited_ms


def test_after_its_term_an_enrolment_opens_no_session(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    course = make_course(parts, enrol_valid_days=3)
    player = enrolled(client, parts, clock, course.course_id)
    clock.advance(ms=3 * 86_400_000 - 1000)
    sign_in(client, parts, ALICE)
    player.open(course.video_id)
    clock.advance(ms=1000)
    body = {"enrolment_id": player.enrolment_id, "lesson_id": course.video_id}
    answer = client.post("/api/v1/study-sessions", json=body, headers=csrf(client))
    assert (answer.status_code, answer.json()["code"]) == (409, "ended")
    assert "3 天" in answer.json()["detail"]
