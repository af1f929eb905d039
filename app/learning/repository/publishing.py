"""Finding what is published by its own name, to publish it again without a second row."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.learning.models.catalogue import Cluster, Course, MediaAsset


def cluster(db: Session, code: str) -> Cluster | None:
    return db.get(Cluster, code)


def course_by_code(db: Session, code: str) -> Course | None:
    return db.scalars(select(Course).where(Course.code == code)).first()


def asset(db: Session, asset_id: str) -> MediaAsset | None:
    return db.get(MediaAsset, asset_id)


def asset_by_key(db: Session, storage_key: str) -> MediaAsset | None:
    return db.scalars(select(MediaAsset).where(MediaAsset.storage_key == storage_key)).first()
