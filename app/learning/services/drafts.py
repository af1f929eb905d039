"""Drafts of institutions: a new course, the next version of one, its card, and throwing it away.

Every function takes the maker; what is another institution's is not found, whatever it is.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.core.ids import new_id
from app.learning.models.authoring import VersionReview
from app.learning.models.catalogue import Course, Lesson
from app.learning.models.versions import Chapter, CourseVersion, Material
from app.learning.providers.taxonomy import Taxonomy, Term
from app.learning.repository import authoring as rows
from app.learning.repository import banks as bank_rows
from app.learning.repository import publishing as known
from app.learning.repository import versions as version_rows
from app.learning.rules.versions import STATE_NAMES, VersionState
from app.learning.services import versions


@dataclass(frozen=True, slots=True)
class Maker:
    """Who makes a course: somebody who acts for an institution. `institution` is its name."""

    org_id: str
    account_id: str
    institution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a version says of itself; codes are those of `reference/`.

    `certificate_type` is the name of a kind that may be issued here, which the caller has looked
    at, and its months of validity.
    """

    title: str
    summary: str
    cluster_code: str
    training_kind: str
    objective: str
    occupation_code: str
    level: int | None
    tags: tuple[str, ...]
    certificate_type: str
    validity_months: int | None
    required_s: int
    exam_size: int
    exam_s: int
    notes: str


def create_course(
    db: Session, maker: Maker, card: Card, taxonomy: Taxonomy, *, now: dt.datetime
) -> str:
    """Begin a course; returns the id of its first version. Raises InvalidError."""
    said = _said(db, maker, card, taxonomy)
    course_id = new_id(now)
    shown = {name: said[name] for name in versions.SHOWN}
    db.add(
        Course(
            id=course_id, code=f"org-{course_id.lower()}", org_id=maker.org_id, policy={},
            is_open=False, created_at=now, **shown,
        )
    )  # fmt: skip
    db.flush()
    version = versions.begin(db, course_id, author_id=maker.account_id, now=now, **said)
    db.add(Chapter(id=new_id(now), version_id=version.id, position=1, title="第一章"))
    db.flush()
    audit.record(
        db, "course.begun", now=now, actor_id=maker.account_id, subject_id=course_id,
        org_id=maker.org_id, number=1,
    )  # fmt: skip
    return version.id


def next_version(db: Session, maker: Maker, course_id: str, *, now: dt.datetime) -> str:
    """Begin the next version as a copy of the newest one; the one in the making where there is one.

    Raises NotFoundError.
    """
    if rows.org_of(db, course_id) != maker.org_id:
        raise _missing()
    newest = version_rows.versions_of(db, course_id)[0]
    if newest.state in (VersionState.DRAFT, VersionState.IN_REVIEW):
        return newest.id
    said = {name: getattr(newest, name) for name in (*versions.SHOWN, *versions.MORE)}
    said["institution"] = maker.institution
    version = versions.begin(db, course_id, author_id=maker.account_id, now=now, **said)
    _copy(db, newest, version, now)
    audit.record(
        db, "course.begun", now=now, actor_id=maker.account_id, subject_id=course_id,
        org_id=maker.org_id, number=version.number,
    )  # fmt: skip
    return version.id


_COPIED = (
    "course_id", "position", "kind", "title", "length_ms", "pages", "asset_id", "questions",
    "module", "source", "captions",
)  # fmt: skip

_OF_MATERIAL = ("title", "content_type", "size", "storage_key", "created_at")


def _copy(db: Session, old: CourseVersion, new: CourseVersion, now: dt.datetime) -> None:
    """Chapters and lessons get ids of their own; the media are the same."""
    copies: dict[str | None, str | None] = {None: None}
    for chapter in version_rows.chapters(db, old.id):
        copies[chapter.id] = new_id(now)
        db.add(
            Chapter(
                id=copies[chapter.id], version_id=new.id, position=chapter.position,
                title=chapter.title,
            )
        )  # fmt: skip
    if len(copies) == 1:
        copies[None] = new_id(now)
        db.add(Chapter(id=copies[None], version_id=new.id, position=1, title="第一章"))
    db.flush()
    for material in version_rows.materials(db, old.id):
        own = {name: getattr(material, name) for name in _OF_MATERIAL}
        db.add(Material(id=new_id(now), version_id=new.id, **own))
    for lesson in version_rows.lessons(db, old.id):
        db.add(
            Lesson(
                id=new_id(now), version_id=new.id, chapter_id=copies[lesson.chapter_id],
                **{name: getattr(lesson, name) for name in _COPIED},
            )
        )  # fmt: skip
    db.flush()


def rewrite_card(
    db: Session, maker: Maker, version_id: str, card: Card, taxonomy: Taxonomy
) -> None:
    """Replace what a draft says of itself. Raises NotFoundError, ConflictError, InvalidError."""
    version = draft_to_change(db, maker, version_id)
    for name, value in _said(db, maker, card, taxonomy).items():
        setattr(version, name, value)
    if version.number == 1:
        db.get_one(Course, version.course_id).title = card.title
    db.flush()


def discard(db: Session, maker: Maker, version_id: str, *, now: dt.datetime) -> None:
    """Throw a draft away; of a course that was never published nothing is left.

    Raises NotFoundError, ConflictError.
    """
    version = draft_to_change(db, maker, version_id)
    course_id, number = version.course_id, version.number
    for table in (VersionReview, Material, Lesson, Chapter):
        db.execute(delete(table).where(table.version_id == version_id))
    db.delete(version)
    db.flush()
    if number == 1:
        bank_rows.leave_all(db, course_id)
        db.execute(delete(Course).where(Course.id == course_id))
    audit.record(
        db, "course.discarded", now=now, actor_id=maker.account_id, subject_id=course_id,
        org_id=maker.org_id, number=number,
    )  # fmt: skip


def own_version(db: Session, maker: Maker, version_id: str) -> CourseVersion:
    """A version of the maker's institution, in any state. Raises NotFoundError."""
    version = version_rows.version(db, version_id)
    if version is None or rows.org_of(db, version.course_id) != maker.org_id:
        raise _missing()
    return version


def draft_to_change(db: Session, maker: Maker, version_id: str) -> CourseVersion:
    """A draft, held until the transaction ends. Raises NotFoundError, ConflictError."""
    own_version(db, maker, version_id)
    version = rows.version_to_change(db, version_id)
    if version is None:
        raise _missing()
    if version.state != VersionState.DRAFT:
        name = STATE_NAMES[VersionState(version.state)]
        raise ConflictError(
            f"这个版本是“{name}”，不能修改。", code="version_state",
            remedy="待审核的请先撤回；已发布的请建立下一个版本",
        )  # fmt: skip
    if maker.account_id not in (version.writers or ()):
        version.writers = [*(version.writers or ()), maker.account_id]
    return version


def _missing() -> NotFoundError:
    return NotFoundError("没有这门课程或这个版本。", remedy="请从“我们的课程”进入")


def _said(db: Session, maker: Maker, card: Card, taxonomy: Taxonomy) -> dict[str, object]:
    """The columns of a version that a card fills. Raises InvalidError."""
    if known.cluster(db, card.cluster_code) is None:
        raise InvalidError("没有这个产业集群。", field="/cluster_code", remedy="请从列表中选择")
    for field, code, terms in (
        ("training_kind", card.training_kind, taxonomy.training_kinds),
        ("objective", card.objective, taxonomy.objectives),
        ("occupation_code", card.occupation_code, taxonomy.occupations),
        ("level", str(card.level or ""), taxonomy.levels),
        *(("tags", tag, taxonomy.technologies) for tag in card.tags),
    ):
        _check(field, code, terms)
    return {
        "cluster_code": card.cluster_code, "title": card.title, "summary": card.summary,
        "programme": taxonomy.programme, "institution": maker.institution,
        "certificate_type": card.certificate_type, "validity_months": card.validity_months,
        "exam_size": card.exam_size, "exam_s": card.exam_s,
        "settings": {"required_s": card.required_s}, "training_kind": card.training_kind,
        "objective": card.objective, "occupation_code": card.occupation_code, "level": card.level,
        "tags": list(card.tags), "notes": card.notes,
    }  # fmt: skip


_MAY_BE_EMPTY = frozenset({"occupation_code", "level"})


def _check(field: str, code: str, terms: tuple[Term, ...]) -> None:
    if code in {term.code for term in terms} or (not code and field in _MAY_BE_EMPTY):
        return
    raise InvalidError("列表里没有这一项。", field=f"/{field}", remedy="请从列表中选择")
