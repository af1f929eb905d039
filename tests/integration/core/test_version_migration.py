"""Versions come to a database that has courses already, and go again while there is one of each."""

import datetime as dt

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import func, inspect, select, text

from app.cli import seed
from app.identity.services import people
from app.learning.models.catalogue import Course, Enrolment, Lesson
from app.learning.models.versions import CourseVersion
from app.learning.services import enrolments
from app.lobby.parts import Parts
from tests.courses import draft_of

BEFORE = "5b0d7f2e4c86"


def _migrate(parts: Parts, where: str) -> None:
    configuration = Config("alembic.ini")
    with parts.database.engine.connect() as connection:
        configuration.attributes["connection"] = connection
        step = command.downgrade if where == BEFORE else command.upgrade
        step(configuration, where)
        connection.commit()


def test_what_there_is_becomes_the_first_version(parts: Parts, now: dt.datetime) -> None:
    seed.catalogue(parts)
    with parts.database.transaction() as db:
        learner_id, _ = people.find_or_create(db, parts.vault, "13900000001", now=now)
        for course_id in db.scalars(select(Course.id)).all():
            enrolments.enrol(db, learner_id=learner_id, course_id=course_id, now=now)
    _migrate(parts, BEFORE)
    columns = inspect(parts.database.engine).get_columns("lesson")
    assert "version_id" not in {column["name"] for column in columns}
    with parts.database.reading() as db:
        assert db.scalar(text("SELECT count(*) FROM lesson")) == 9
    _migrate(parts, "head")
    with parts.database.reading() as db:
        made = db.scalars(select(CourseVersion)).all()
        assert [(row.number, row.state, row.id == row.course_id) for row in made] == [
            (1, "published", True)
        ] * 3
        for row in made:
            course = db.get_one(Course, row.course_id)
            assert (row.title, row.exam_size, row.published_at) == (
                course.title, course.exam_size, course.created_at,
            )  # fmt: skip
        for table in (Lesson, Enrolment):
            stray = select(func.count()).where(table.version_id.is_distinct_from(table.course_id))
            assert db.scalar(stray) == 0
    seed.catalogue(parts)
    with parts.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(CourseVersion)) == 3, "the same files"


def test_there_is_no_way_back_once_a_course_has_two(parts: Parts) -> None:
    seed.catalogue(parts)
    with parts.database.transaction() as db:
        draft_of(db, db.scalars(select(Course)).first())
    with pytest.raises(RuntimeError, match="versions by now"):
        _migrate(parts, BEFORE)
