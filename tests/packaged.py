"""A course whose lesson is a package: unpacked as the worker unpacks it, and offered."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.ids import new_id
from app.learning.models.catalogue import Cluster, Course, Lesson, MediaAsset
from app.learning.services import package_making
from app.learning.services.question_bank import load_bank
from app.lobby.parts import Parts
from tests.courses import BANK, ask, draft_of, offer

POLICY = {
    "required_s": 20, "beat_s": 2, "presence_gap_s": None, "identity_gap_s": [600, 600],
    "order_lock": False, "basis": "测试",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PackageCourse:
    course_id: str
    lesson_id: str
    asset_id: str


def make_package_course(
    parts: Parts, content: bytes, *, part_ms: int = 20_000, code: str = "package", **policy: object
) -> PackageCourse:
    """Each part of the package takes `part_ms`."""
    now = parts.clock.now()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "sent.zip").write_bytes(content)
        key = package_making.content_key(code, folder / "sent.zip")
        found = package_making.unpack_and_store(
            parts.storage, key, folder / "sent.zip", folder, lambda _done, _of: None
        )
    with parts.database.transaction() as db:
        if db.get(Cluster, "energy") is None:
            db.add(Cluster(code="energy", name="能源化工", position=1, target=6000))
            db.flush()
        course = Course(
            id=new_id(now), code=code, cluster_code="energy", title="车间用电安全",
            summary="看懂配电箱。", policy={}, created_at=now, programme="行动",
            institution="四川实学职业培训学校", certificate_type="培训合格证书",
            validity_months=36, exam_size=6, exam_s=600,
        )  # fmt: skip
        db.add(course)
        db.flush()
        version = draft_of(db, course)
        ask(db, course.id, POLICY | policy, now=now)
        asset = MediaAsset(
            id=new_id(now), storage_key=f"packages/{code}", size=0, length_ms=0, time_index=[],
            content_type=package_making.PACKAGE_TYPE, state="waiting",
        )  # fmt: skip
        db.add(asset)
        db.flush()
        package_making.write(db, asset, key, found)
        described = [part.to_mapping() for part in found.manifest.parts]
        lesson = Lesson(
            id=new_id(now), course_id=course.id, version_id=version.id, position=1,
            kind="package", title="配电箱课件", length_ms=0, asset_id=asset.id,
            pages=[{"n": n, "ms": part_ms, "title": ""} for n, _ in enumerate(described)],
        )  # fmt: skip
        package_making.divide(lesson, described)
        db.add(lesson)
        db.flush()
        load_bank(db, course.id, BANK, now=now)
        offer(db, version, now=now)
        return PackageCourse(course.id, lesson.id, asset.id)


def parts_of(opened: dict[str, Any], lesson_id: str) -> list[dict[str, Any]]:
    """The parts of a package as an opened session tells them."""
    found = next(each for each in opened["lessons"] if each["id"] == lesson_id)
    told: list[dict[str, Any]] = found["media"]["parts"]
    return told
