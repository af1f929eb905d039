"""Seeding: everything is there after the first time, and nothing more after the second."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.cli import rehearsal, seed
from app.cli.people import DemoPeopleError, seed_people
from app.core.db import Base
from app.core.outbox import OutboxJob
from app.core.settings import Environment
from app.identity.rules.actors import Role
from app.identity.services import people, roles
from app.learning.models.catalogue import Cluster, Course, Lesson, MediaAsset
from app.learning.models.versions import CourseVersion
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.teaching import VideoLesson
from app.learning.services import catalogue, enrolments, exams, progress, publishing
from app.learning.services.session_views import course_lessons
from app.lobby.parts import Parts
from app.org.models.organisations import Organisation
from app.org.models.staff import StaffMember
from tests.people import ALICE, CAROL, sign_in


def everything_stored(parts: Parts) -> dict[str, list[str]]:
    """All rows of all tables."""
    with parts.database.reading() as db:
        return {
            table.name: sorted(map(repr, db.execute(select(table))))
            for table in Base.metadata.sorted_tables
        }


def test_a_second_time_changes_nothing(parts: Parts) -> None:
    seed.everything(parts)
    first = everything_stored(parts)
    seed.everything(parts)
    second = everything_stored(parts)
    assert {name for name in first if first[name] != second[name]} == set()
    assert [len(first[name]) for name in ("cluster", "course", "lesson")] == [7, 3, 9]
    assert len(first["exam_item"]) == 49 + 42 + 42


def test_documents_are_stored_page_by_page(parts: Parts) -> None:
    seed.catalogue(parts)
    with parts.database.reading() as db:
        course = db.scalars(select(Course).where(Course.code == "policy-645")).one()
        lessons = db.scalars(select(Lesson).where(Lesson.course_id == course.id)).all()
        for lesson in lessons:
            asset = db.get_one(MediaAsset, lesson.asset_id)
            assert (asset.state, asset.content_type) == ("ready", "text/html; charset=utf-8")
            assert lesson.length_ms == sum(page["ms"] for page in lesson.pages)
            stored = [parts.storage.read(f"{asset.storage_key}/{p['n']}") for p in lesson.pages]
            assert all(content.startswith(b"<h2>") for content in stored)
            assert asset.size == sum(map(len, stored))
        assert course.institution == "四川实学职业培训学校（演示）"
        assert course.certificate_type == "在线培训证书"
        assert (course.exam_size, course.exam_s, course.validity_months) == (20, 1800, None)


def test_the_catalogue_shows_what_was_seeded(parts: Parts) -> None:
    seed.catalogue(parts)
    with parts.database.reading() as db:
        assert catalogue.clusters(db)[0].code == "electronics"
        assert db.scalar(select(func.sum(Cluster.target))) == 60_000
        found, total = catalogue.list_courses(
            db, query="安全", cluster_code="energy", page=1, now=parts.clock.now()
        )
    assert total == 1
    assert [lesson.kind for lesson in found[0].lessons] == ["video"] * 3
    assert found[0].pass_mark == 80


def test_a_changed_lesson_gets_new_media_beside_the_old(parts: Parts) -> None:
    seed.catalogue(parts)
    reference = seed.read_reference(parts.settings.reference_dir)
    read = seed.read_courses(parts.settings.demo_dir / "courses", reference)
    course = seed.new_course(read[0], reference, is_quick=False)
    changed = replace(course, lessons=(course.lessons[1], *course.lessons[1:]))
    with parts.database.transaction() as db:
        before = _assets(db, course.code)
        publishing.publish_course(db, changed, now=parts.clock.now())
        assert _assets(db, course.code) == [before[1], before[1], before[2]]
    fewer = replace(course, lessons=course.lessons[:2])
    with parts.database.transaction() as db:
        publishing.publish_course(db, fewer, now=parts.clock.now())
        assert _assets(db, course.code) == before[:2]
        assert _states(db, course.code) == ["retired", "retired", "published"]


def test_whoever_began_stays_on_the_version_they_began(parts: Parts) -> None:
    """A lesson less, another title, a shorter exam: for whoever enrols from then on."""
    seed.catalogue(parts)
    reference = seed.read_reference(parts.settings.reference_dir)
    read = seed.read_courses(parts.settings.demo_dir / "courses", reference)
    course = seed.new_course(read[0], reference, is_quick=False)
    changed = replace(course, lessons=course.lessons[:2], title="新的名称", exam_size=5)
    now = parts.clock.now()
    with parts.database.transaction() as db:
        ids = [people.find_or_create(db, parts.vault, phone, now=now)[0] for phone in _PHONES]
        course_id = publishing.publish_course(db, course, now=now)
        early = enrolments.enrol(db, learner_id=ids[0], course_id=course_id, now=now)
        assert publishing.publish_course(db, changed, now=now) == course_id
        late = enrolments.enrol(db, learner_id=ids[1], course_id=course_id, now=now)
        again = enrolments.enrol(db, learner_id=ids[0], course_id=course_id, now=now)
    assert again == early
    with parts.database.reading() as db:
        for one, own, lessons in ((early, course, 3), (late, changed, 2)):
            assert one.course_title == own.title
            assert len(course_lessons(db, one.enrolment_id)) == lessons
            facts = progress.completion_facts(db, one.enrolment_id)
            assert (facts.course_title, facts.institution) == (own.title, own.institution)
            exam = exams.exam_view(db, one.enrolment_id, learner_id=one.learner_id, now=now)
            assert (exam.course_title, exam.question_count) == (own.title, own.exam_size)
        shown = catalogue.course_view(db, course_id, now=now)
        assert (shown.title, len(shown.lessons)) == ("新的名称", 2)


_PHONES = ("13900000001", "13900000002")


def _assets(db: Session, code: str) -> list[str | None]:
    """The media of what is offered of a course."""
    query = (
        select(Lesson.asset_id)
        .join(CourseVersion, CourseVersion.id == Lesson.version_id)
        .join(Course, Course.id == Lesson.course_id)
        .where(Course.code == code, CourseVersion.state == "published")
    )
    return list(db.scalars(query.order_by(Lesson.position)))


def _states(db: Session, code: str) -> list[str]:
    query = select(CourseVersion.state).join(Course, Course.id == CourseVersion.course_id)
    return list(db.scalars(query.where(Course.code == code).order_by(CourseVersion.number)))


def test_films_wait_for_the_worker(parts: Parts) -> None:
    seed.catalogue(parts)
    with parts.database.reading() as db:
        waiting = set(db.scalars(select(MediaAsset.id).where(MediaAsset.state == "waiting")))
        jobs = db.scalars(select(OutboxJob.args).where(OutboxJob.job == publishing.MAKE_VIDEO))
        assert {args["asset_id"] for args in jobs} == waiting
    assert len(waiting) == 3


def test_pieces_are_asked_for_once_and_also_of_a_film_that_is_there(parts: Parts) -> None:
    """The course with the films, published again with one lesson in pieces."""
    seed.catalogue(parts)
    reference = seed.read_reference(parts.settings.reference_dir)
    read = seed.read_courses(parts.settings.demo_dir / "courses", reference)
    [course] = [
        seed.new_course(each, reference, is_quick=False)
        for each in read
        if each.code == "safe-production"
    ]
    first, *rest = course.lessons
    assert isinstance(first, VideoLesson)
    changed = replace(course, lessons=(replace(first, hls=True), *rest))
    for _ in range(2):
        with parts.database.transaction() as db:
            before = _assets(db, course.code)
            publishing.publish_course(db, changed, now=parts.clock.now())
            assert _assets(db, course.code) == before
    with parts.database.reading() as db:
        jobs = db.scalars(select(OutboxJob.args).where(OutboxJob.job == publishing.MAKE_VIDEO))
        told = sorted((args["asset_id"], args["lesson"]["hls"]) for args in jobs)
    wanted = [(str(asset_id), False) for asset_id in before] + [(str(before[0]), True)]
    assert told == sorted(wanted)


def test_people_come_in_with_their_employers(parts: Parts) -> None:
    cast = seed.everything(parts)
    with parts.database.reading() as db:
        alice = people.find_by_document(db, parts.vault, ALICE.number)
        carol = people.find_by_document(db, parts.vault, CAROL.number)
        orgs = {row.id: row.name for row in db.scalars(select(Organisation))}
        joined = {
            row.learner_id: orgs[row.org_id]
            for row in db.scalars(select(StaffMember).where(StaffMember.state == "joined"))
        }
        ids = {
            person.key: people.find_by_document(db, parts.vault, person.number)
            for person in cast.people
        }
        held = {key: roles.roles_of(db, found or "") - {Role.LEARNER} for key, found in ids.items()}
        works = {key: [orgs[o] for o in roles.org_ids_of(db, ids[key] or "")] for key in ids}
    assert joined == {
        alice: "成都岷江电子有限公司（演示）", carol: "绵阳涪江机械有限公司（演示）",
    }  # fmt: skip
    assert held == {
        "alice": frozenset(), "carol": frozenset(), "mallory": frozenset(),
        "bob": {Role.EMPLOYER}, "zhiqiang": {Role.EMPLOYER}, "jun": {Role.INSTITUTION},
        "rui": {Role.REGULATOR}, "jing": {Role.REVIEWER}, "zhenhua": {Role.REVIEWER},
        "admin": {Role.ADMIN}, "auditor": {Role.AUDIT_ADMIN},
        "security": {Role.SECURITY_ADMIN}, "security2": {Role.SECURITY_ADMIN},
    }  # fmt: skip
    assert works["bob"] == ["成都岷江电子有限公司（演示）"]
    assert works["zhiqiang"] == ["绵阳涪江机械有限公司（演示）"]


def test_alice_signs_in_with_a_name_that_is_proved(client: TestClient, parts: Parts) -> None:
    seed.everything(parts)
    assert sign_in(client, parts, ALICE)["is_new"] is False
    me = client.get("/api/v1/me").json()
    assert (me["masked_name"], me["is_verified"]) == ("李*梅", True)


def test_production_has_no_place_for_people_who_do_not_exist(parts: Parts) -> None:
    reference = seed.read_reference(parts.settings.reference_dir)
    cast = seed.read_people(parts.settings.demo_dir / "people.toml", reference)
    parts.settings.environment = Environment.PRODUCTION
    with pytest.raises(DemoPeopleError):
        seed_people(parts, cast)
    with parts.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Organisation)) == 0


def test_one_course_of_the_demo_asks_who_sits_its_exam(parts: Parts) -> None:
    """And not the one that the rehearsal sits: its pupil answers no check of an exam."""
    reference = seed.read_reference(parts.settings.reference_dir)
    read = seed.read_courses(parts.settings.demo_dir / "courses", reference)
    made = [seed.new_course(each, reference, is_quick=True) for each in read]
    gaps = {each.code: StudyPolicy.from_mapping(each.settings).exam_identity_gap_s for each in made}
    assert gaps["safe-production"] == (60, 120)
    assert gaps[rehearsal.COURSE] is None
