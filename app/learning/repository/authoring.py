"""Finding what institutions make: their courses, what is in drafts, films on their way."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.learning.models.authoring import FilmPiece, FilmUpload, FilmWork, VersionReview
from app.learning.models.catalogue import Course, Lesson, MediaAsset
from app.learning.models.exams import ExamBankCourse, ExamItem
from app.learning.models.versions import Chapter, CourseVersion
from app.learning.rules.versions import VersionState


def courses_of(db: Session, org_id: str) -> list[Course]:
    """An institution's courses, the newest first."""
    query = select(Course).where(Course.org_id == org_id)
    return list(db.scalars(query.order_by(Course.created_at.desc(), Course.id.desc())))


def versions_of_all(db: Session, course_ids: Collection[str]) -> list[CourseVersion]:
    query = select(CourseVersion).where(CourseVersion.course_id.in_(course_ids))
    return list(db.scalars(query.order_by(CourseVersion.course_id, CourseVersion.number.desc())))


def version_to_change(db: Session, version_id: str) -> CourseVersion | None:
    """A version whose row is held until the transaction ends: one change after another."""
    query = select(CourseVersion).where(CourseVersion.id == version_id)
    return db.scalars(query.with_for_update()).first()


def org_of(db: Session, course_id: str) -> str | None:
    return db.scalar(select(Course.org_id).where(Course.id == course_id))


def in_review(db: Session) -> list[CourseVersion]:
    """What waits for somebody to look at it, whoever made it; the oldest first."""
    query = select(CourseVersion).where(CourseVersion.state == VersionState.IN_REVIEW)
    return list(db.scalars(query.order_by(CourseVersion.submitted_at, CourseVersion.id)))


def chapter(db: Session, chapter_id: str) -> Chapter | None:
    return db.get(Chapter, chapter_id)


def lesson(db: Session, lesson_id: str) -> Lesson | None:
    return db.get(Lesson, lesson_id)


def reviews_of(db: Session, version_id: str) -> list[VersionReview]:
    """Who looked at a version, the newest first."""
    query = select(VersionReview).where(VersionReview.version_id == version_id)
    return list(db.scalars(query.order_by(VersionReview.at.desc(), VersionReview.id.desc())))


def bank_size(db: Session, course_id: str) -> int:
    """How many questions in use stand in the banks that a course draws from."""
    query = (
        select(func.count(ExamItem.id))
        .join(ExamBankCourse, ExamBankCourse.bank_id == ExamItem.bank_id)
        .where(ExamBankCourse.course_id == course_id, ExamItem.is_active.is_(True))
    )
    return db.scalar(query) or 0


def assets(db: Session, asset_ids: Collection[str]) -> dict[str, MediaAsset]:
    query = select(MediaAsset).where(MediaAsset.id.in_(asset_ids))
    return {row.id: row for row in db.scalars(query)}


def works(db: Session, asset_ids: Collection[str]) -> dict[str, FilmWork]:
    """How far the films of these assets are."""
    query = select(FilmWork).where(FilmWork.asset_id.in_(asset_ids))
    return {row.asset_id: row for row in db.scalars(query)}


def work_to_change(db: Session, asset_id: str) -> FilmWork | None:
    query = select(FilmWork).where(FilmWork.asset_id == asset_id)
    return db.scalars(query.with_for_update()).first()


def upload(db: Session, upload_id: str) -> FilmUpload | None:
    return db.get(FilmUpload, upload_id)


def upload_to_change(db: Session, upload_id: str) -> FilmUpload | None:
    query = select(FilmUpload).where(FilmUpload.id == upload_id)
    return db.scalars(query.with_for_update()).first()


def open_upload_of(db: Session, lesson_id: str) -> FilmUpload | None:
    """The film that is being sent for a lesson, the newest of them."""
    query = select(FilmUpload).where(FilmUpload.lesson_id == lesson_id, FilmUpload.state == "open")
    return db.scalars(query.order_by(FilmUpload.id.desc()).limit(1)).first()


def pieces(db: Session, upload_id: str) -> list[FilmPiece]:
    query = select(FilmPiece).where(FilmPiece.upload_id == upload_id)
    return list(db.scalars(query.order_by(FilmPiece.number)))


def uploads_left(db: Session, before: dt.datetime, most: int) -> list[FilmUpload]:
    """Uploads that were begun before a moment and never ended, or whose coding nobody wants."""
    ended = FilmWork.state.in_(("failed", "cancelled")) & (FilmWork.updated_at < before)
    unwanted = FilmUpload.id.in_(select(FilmWork.upload_id).where(ended))
    query = select(FilmUpload).where(
        ((FilmUpload.state == "open") & (FilmUpload.created_at < before))
        | ((FilmUpload.state == "complete") & unwanted)
    )
    return list(db.scalars(query.order_by(FilmUpload.id).limit(most).with_for_update()))


def dropped_with_pieces(db: Session, most: int) -> list[str]:
    """Uploads that were given up, or are coded, and still have pieces."""
    query = select(FilmUpload.id).where(
        FilmUpload.state.in_(("dropped", "coded")), FilmUpload.id.in_(select(FilmPiece.upload_id))
    )
    return list(db.scalars(query.order_by(FilmUpload.id).limit(most)))


def size_on_the_way(db: Session, org_id: str) -> int:
    """Bytes that an institution has announced and that are not coded yet."""
    query = select(func.coalesce(func.sum(FilmUpload.size), 0)).where(
        FilmUpload.org_id == org_id,
        FilmUpload.state.in_(("open", "complete")),
    )
    return int(db.scalar(query) or 0)


def lessons_with(db: Session, asset_id: str) -> list[Lesson]:
    """The lessons that a film is in; one that waits to be coded is in drafts alone."""
    return list(db.scalars(select(Lesson).where(Lesson.asset_id == asset_id)))
