"""Films and packages that were sent and that no lesson names any more."""

import datetime as dt

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from app.learning.models.authoring import FilmWork
from app.learning.models.catalogue import Lesson, MediaAsset
from app.learning.models.packages import CoursePackage, PackageFile

UNUSED = "unused"
_ENDED = ("ready", "failed", "cancelled")


def _is_named() -> ColumnElement[bool]:
    return exists().where(Lesson.asset_id == FilmWork.asset_id)


def newly_unused(db: Session, most: int) -> list[FilmWork]:
    """Works that have ended, held, whose medium stands in no lesson of any version."""
    query = select(FilmWork).where(FilmWork.state.in_(_ENDED), ~_is_named())
    return list(db.scalars(query.order_by(FilmWork.asset_id).limit(most).with_for_update()))


def unused_since(db: Session, before: dt.datetime, most: int) -> list[MediaAsset]:
    """Media that were found unused before a moment, and still are."""
    query = (
        select(MediaAsset)
        .join(FilmWork, FilmWork.asset_id == MediaAsset.id)
        .where(FilmWork.state == UNUSED, FilmWork.updated_at < before, ~_is_named())
    )
    return list(db.scalars(query.order_by(MediaAsset.id).limit(most)))


def forget(db: Session, asset_id: str) -> None:
    """Take the rows of a medium away, the inner ones first."""
    db.execute(delete(PackageFile).where(PackageFile.asset_id == asset_id))
    db.execute(delete(CoursePackage).where(CoursePackage.asset_id == asset_id))
    db.execute(delete(FilmWork).where(FilmWork.asset_id == asset_id))
    db.execute(delete(MediaAsset).where(MediaAsset.id == asset_id))
