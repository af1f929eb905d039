"""A small course of the tests: a video of three pieces and a document of three pages."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.learning.models.catalogue import Cluster, Course, Lesson, MediaAsset
from app.learning.models.policies import PolicyRevision
from app.learning.models.versions import CourseVersion
from app.learning.repository import policies
from app.learning.rules.exams import ItemKind
from app.learning.rules.policy import thawed
from app.learning.rules.versions import VersionState
from app.learning.services import versions
from app.learning.services.question_bank import BankItem, load_bank
from app.lobby.parts import Parts
from tests.tampering import alter

POLICY = {
    "required_s": 150,
    "beat_s": 2,
    "presence_gap_s": [20, 20],
    "identity_gap_s": [50, 50],
}
VIDEO_MS, PAGE_MS = 90_000, 30_000
PIECE = 2000

_KINDS = {
    ItemKind.SINGLE: (("甲", "乙", "丙", "丁"), ("B",)),
    ItemKind.MULTIPLE: (("甲", "乙", "丙", "丁"), ("A", "C")),
    ItemKind.TRUE_FALSE: (("正确", "错误"), ("A",)),
}
BANK = [
    BankItem(
        code=f"{kind.value}-{index}", kind=kind, stem=f"第 {index} 题（{kind.value}）？",
        choices=choices, answer=answer, explanation="课文里讲过。",
    )
    for kind, (choices, answer) in _KINDS.items()
    for index in range(8)
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class MadeCourse:
    course_id: str
    video_id: str
    book_id: str


def ask(db: Session, course_id: str, settings: Mapping[str, object], *, now: dt.datetime) -> None:
    """From now on the course asks this."""
    own = {name: thawed(value) for name, value in settings.items() if name != "basis"}
    number = policies.newest_number(db, ("course", course_id)) + 1
    basis = str(settings.get("basis", ""))
    db.add(
        PolicyRevision(
            id=new_id(now), scope="course", scope_id=course_id, number=number, settings=own,
            document=basis, is_confirmed=bool(basis), effective_from=now, created_at=now,
        )
    )  # fmt: skip
    db.flush()


def draft_of(db: Session, course: Course) -> CourseVersion:
    """The first version of a course, open for lessons."""
    said = {name: getattr(course, name) for name in versions.SHOWN}
    return versions.begin(db, course.id, settings={}, author_id=None, now=course.created_at, **said)


def offer(db: Session, version: CourseVersion, *, now: dt.datetime) -> None:
    """As if it had been looked through: whoever enrols now is on it."""
    version.state = VersionState.IN_REVIEW
    db.flush()
    versions.publish(db, version, reviewer_id=None, now=now)


def make_course(
    parts: Parts,
    *,
    code: str = "safety",
    card: Mapping[str, object] | None = None,
    video_ms: int = VIDEO_MS,
    **policy: object,
) -> MadeCourse:
    """Put a course with its media in place, under `POLICY` with changes; `card` changes its own."""
    now = parts.clock.now()
    with parts.database.transaction() as db:
        course_id = new_id(now)
        if db.get(Cluster, "digital") is None:
            db.add(Cluster(code="digital", name="数字经济", position=1, target=6000))
            db.flush()
        course = Course(
            id=course_id, code=code, cluster_code="digital", title="安全生产入门",
            summary="每位上岗工人都要学的安全知识。",
            programme="四川省职业技能提升行动", institution="成都实学培训中心",
            certificate_type="培训合格证书", validity_months=36, exam_size=10, exam_s=600,
            policy={}, created_at=now,
        )  # fmt: skip
        for name, value in (card or {}).items():
            setattr(course, name, value)
        db.add(course)
        db.flush()
        version = draft_of(db, course)
        ask(db, course_id, POLICY | policy, now=now)
        video_id = _video(db, course_id, code, now, video_ms)
        book_id = _book(db, course_id, code, now)
        load_bank(db, course_id, BANK, now=now)
        offer(db, version, now=now)
    parts.storage.put(f"test/{code}/video.mp4", bytes(3 * PIECE))
    for page in (1, 2, 3):
        parts.storage.put(f"test/{code}/book/{page}", f"<p>第 {page} 页</p>".encode())
    return MadeCourse(course_id, video_id, book_id)


def lengthen(parts: Parts, lesson_id: str, length_ms: int) -> None:
    """Another length for a published lesson, past the triggers that keep it as it is."""
    with parts.database.reading() as db:
        lesson = db.get_one(Lesson, lesson_id)
        db.expunge(lesson)
    alter(parts.database, lesson, length_ms=length_ms)


def _video(db: Session, course_id: str, code: str, now: dt.datetime, length_ms: int) -> str:
    asset = MediaAsset(
        id=new_id(now), storage_key=f"test/{code}/video.mp4", content_type="video/mp4",
        size=3 * PIECE, length_ms=VIDEO_MS, state="ready",
        time_index=[[0, 0], [30_000, PIECE], [60_000, 2 * PIECE]],
    )  # fmt: skip
    lesson = Lesson(
        id=new_id(now), course_id=course_id, version_id=course_id, position=1,
        kind="video", title="第一课",
        length_ms=length_ms, pages=[], asset_id=asset.id,
    )  # fmt: skip
    db.add(asset)
    db.flush()
    db.add(lesson)
    return lesson.id


def _book(db: Session, course_id: str, code: str, now: dt.datetime) -> str:
    asset = MediaAsset(
        id=new_id(now), storage_key=f"test/{code}/book", size=0,
        content_type="text/html; charset=utf-8", length_ms=3 * PAGE_MS, time_index=[],
        state="ready",
    )  # fmt: skip
    lesson = Lesson(
        id=new_id(now), course_id=course_id, version_id=course_id, position=2,
        kind="document", title="第二课",
        length_ms=3 * PAGE_MS, pages=[{"n": n, "ms": PAGE_MS} for n in (1, 2, 3)],
        asset_id=asset.id,
    )  # fmt: skip
    db.add(asset)
    db.flush()
    db.add(lesson)
    return lesson.id
