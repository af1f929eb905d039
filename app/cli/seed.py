"""Fills a database from reference/ and demo/; a second time changes nothing."""

import argparse

from app.cli.courses import CourseFile, read_courses
from app.cli.people import Cast, read_people, seed_people
from app.cli.reference import Reference, read_reference
from app.core.settings import Settings
from app.learning.rules.policy import QUICK, thawed
from app.learning.services import publishing, question_bank
from app.learning.services.publishing import NewCourse
from app.lobby.parts import Parts
from app.main import build_parts


def run(arguments: argparse.Namespace) -> None:
    """Seed the database of the settings; films are made by the worker."""
    parts = build_parts(Settings())
    if arguments.people:
        everything(parts)
    else:
        catalogue(parts)


def everything(parts: Parts) -> Cast:
    """Seed catalogue and people; all files are read before anything is written."""
    reference = read_reference(parts.settings.reference_dir)
    cast = read_people(parts.settings.demo_dir / "people.toml", reference)
    catalogue(parts)
    seed_people(parts, cast)
    return cast


def catalogue(parts: Parts) -> dict[str, str]:
    """Seed clusters and courses; returns the courses' ids by code. Raises ContentError."""
    reference = read_reference(parts.settings.reference_dir)
    courses = read_courses(parts.settings.demo_dir / "courses", reference)
    with parts.database.transaction() as db:
        for position, cluster in enumerate(reference.clusters, 1):
            publishing.publish_cluster(
                db, code=cluster.code, name=cluster.name, position=position, target=cluster.target
            )
    return {course.code: _publish(parts, course, reference) for course in courses}


def _publish(parts: Parts, course: CourseFile, reference: Reference) -> str:
    new = new_course(course, reference, is_quick=parts.settings.study_policy == "quick")
    publishing.store_pages(parts.storage, new)
    now = parts.clock.now()
    with parts.database.transaction() as db:
        course_id = publishing.publish_course(db, new, now=now)
        question_bank.load_bank(db, course_id, course.bank.items, now=now)
    return course_id


def new_course(course: CourseFile, reference: Reference, *, is_quick: bool) -> NewCourse:
    """A course as its room takes it; for a demo its own policy gives way to the quick one."""
    quick = {name: thawed(value) for name, value in QUICK.items()} if is_quick else {}
    return NewCourse(
        code=course.code,
        cluster_code=course.cluster,
        title=course.title,
        summary=course.summary,
        settings=course.settings | quick,
        basis=course.basis,
        programme=reference.programme,
        institution=course.institution,
        certificate_type=course.certificate_type.name,
        validity_months=course.validity_months,
        exam_size=course.exam_questions,
        exam_s=course.exam_s,
        lessons=course.lessons,
        questions=course.questions,
    )
