"""Versions of a course: what was published stays, in the database itself too."""

import datetime as dt

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from app.cli import log as cli_log
from app.core import log_sequencer
from app.core.audit import AuditEvent
from app.core.errors import ConflictError, NotFoundError
from app.core.ids import new_id
from app.core.log_audit import DifferenceError
from app.identity.services import people
from app.learning.models.catalogue import Course, Enrolment, Lesson
from app.learning.models.versions import Chapter, CourseVersion
from app.learning.rules.versions import VersionState
from app.learning.services import catalogue, enrolments, policies, versions
from app.lobby.parts import Parts
from app.oversight.services import targets
from tests.courses import draft_of, make_course, offer
from tests.tampering import alter

_WRITES = {
    "title": update(CourseVersion).values(title="改了"),
    "settings": update(CourseVersion).values(settings={"required_s": 1}),
    "back": update(CourseVersion).values(state="draft"),
    "version": delete(CourseVersion),
    "length": update(Lesson).values(length_ms=1),
    "moved": update(Lesson).values(position=Lesson.position + 10),
    "lesson": delete(Lesson),
}


@pytest.mark.parametrize("what", _WRITES)
def test_the_database_lets_nobody_change_what_was_published(shared_parts: Parts, what: str) -> None:
    parts = shared_parts
    with parts.database.reading() as db:
        is_made = db.scalar(select(Course.id)) is not None
    if not is_made:
        make_course(parts)
    with (
        pytest.raises(DatabaseError, match="never changes"),
        parts.database.transaction() as db,
    ):
        db.execute(_WRITES[what])


def test_nothing_is_added_to_what_was_published(parts: Parts, now: dt.datetime) -> None:
    course = make_course(parts)
    own = {"version_id": course.course_id, "position": 3, "title": "多一课"}
    more = {"course_id": course.course_id, "kind": "document", "length_ms": 1, "pages": []}
    for statement in (
        insert(Lesson).values(id=new_id(now), **own, **more),
        insert(Chapter).values(id=new_id(now), **own),
    ):
        with (
            pytest.raises(DatabaseError, match="never changes"),
            parts.database.transaction() as db,
        ):
            db.execute(statement)


def test_one_version_is_in_the_making_and_one_is_offered(parts: Parts, now: dt.datetime) -> None:
    course_id = make_course(parts).course_id
    with parts.database.transaction() as db:
        second = draft_of(db, db.get_one(Course, course_id))
        second_id = second.id
        assert (second.number, second_id != course_id) == (2, True)
        with pytest.raises(IntegrityError), db.begin_nested():
            draft_of(db, db.get_one(Course, course_id))
    with parts.database.transaction() as db:
        second = db.get_one(CourseVersion, second_id)
        with pytest.raises(ConflictError, match="草稿"):
            versions.publish(db, second, reviewer_id=None, now=now)
        db.rollback()
    with parts.database.transaction() as db:
        offer(db, db.get_one(CourseVersion, second_id), now=now)
    with parts.database.reading() as db:
        states = db.scalars(select(CourseVersion.state).order_by(CourseVersion.number))
        assert list(states) == [VersionState.RETIRED, VersionState.PUBLISHED]
        published = select(AuditEvent).where(AuditEvent.event == "course.published")
        told = sorted(db.scalars(published), key=lambda event: event.facts["number"])
        second = db.get_one(CourseVersion, second_id)
        assert [event.facts["number"] for event in told] == [1, 2]
        assert told[1].facts["content"] == versions.content_hash_of(db, second)
        assert told[0].facts["content"] != told[1].facts["content"]


def test_the_auditor_finds_a_course_that_was_changed_past_the_triggers(
    parts: Parts, now: dt.datetime
) -> None:
    course = make_course(parts)
    log_sequencer.sequence_all(parts.database, parts.log, now=now)
    assert "courses: 1 versions" in cli_log.check_everything(parts)
    with parts.database.reading() as db:
        version = db.get_one(CourseVersion, course.course_id)
        lesson = db.get_one(Lesson, course.video_id)
        db.expunge_all()
    for row, values in (
        (lesson, {"length_ms": 1}),
        (lesson, {"length_ms": lesson.length_ms, "title": "换了"}),
        (version, {"institution": "别的机构"}),
        (version, {"institution": version.institution, "reviewer_id": "0" * 26}),
    ):
        alter(parts.database, row, **values)
        with pytest.raises(DifferenceError) as found:
            cli_log.check_everything(parts)
        assert (found.value.table, found.value.record) == ("course_version", course.course_id)
    alter(parts.database, version, reviewer_id=None)
    alter(parts.database, lesson, title=lesson.title)
    assert "courses: 1 versions" in cli_log.check_everything(parts)


def test_who_was_enrolled_by_the_release_before_is_on_the_first(
    parts: Parts, now: dt.datetime
) -> None:
    """Its process knows no versions, and may run beside for a while."""
    course_id = make_course(parts).course_id
    with parts.database.transaction() as db:
        learner_id, _ = people.find_or_create(db, parts.vault, "13900000001", now=now)
        made = enrolments.enrol(db, learner_id=learner_id, course_id=course_id, now=now)
        db.execute(update(Enrolment).values(version_id=None))
    with parts.database.transaction() as db:
        second = draft_of(db, db.get_one(Course, course_id))
        second.title = "第二版"
        offer(db, second, now=now)
        [seen] = enrolments.list_for_learner(db, learner_id)
    assert seen == made
    assert seen.course_title != "第二版"


def test_a_course_that_was_never_published_is_nowhere(parts: Parts, now: dt.datetime) -> None:
    make_course(parts)
    with parts.database.transaction() as db:
        course = Course(
            id=new_id(now), code="hidden", cluster_code="digital", title="还没写完", summary="",
            policy={}, created_at=now,
        )  # fmt: skip
        db.add(course)
        db.flush()
        draft_of(db, course)
        learner_id, _ = people.find_or_create(db, parts.vault, "13900000001", now=now)
        with pytest.raises(NotFoundError):
            enrolments.enrol(db, learner_id=learner_id, course_id=course.id, now=now)
        with pytest.raises(NotFoundError):
            catalogue.course_view(db, course.id, now=now)
        with pytest.raises(NotFoundError):
            catalogue.course_title(db, course.id)
        with pytest.raises(NotFoundError):
            targets.one_course(db, course.id)
        listed, total = catalogue.list_courses(db, query="", cluster_code=None, page=1, now=now)
        assert (len(listed), total) == (1, 1)
        assert "还没写完" not in {each.name for each in policies.list_scopes(db, now=now)}
        assert "还没写完" not in {each.title for each in targets.one_cluster(db, "digital").courses}


def test_a_course_that_is_retired_takes_nobody_new(parts: Parts, now: dt.datetime) -> None:
    course_id = make_course(parts).course_id
    with parts.database.transaction() as db:
        first, _ = people.find_or_create(db, parts.vault, "13900000001", now=now)
        second, _ = people.find_or_create(db, parts.vault, "13900000002", now=now)
        made = enrolments.enrol(db, learner_id=first, course_id=course_id, now=now)
        version = db.get_one(CourseVersion, course_id)
        versions.retire(db, version, actor_id=second, now=now)
        assert enrolments.enrol(db, learner_id=first, course_id=course_id, now=now) == made
        with pytest.raises(ConflictError, match="停止报名"):
            enrolments.enrol(db, learner_id=second, course_id=course_id, now=now)
        with pytest.raises(ConflictError, match="已停用"):
            versions.retire(db, version, actor_id=second, now=now)
