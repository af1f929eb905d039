"""From draft to published: checks, a second person's look, and what they say of each lesson."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.core.ids import new_id
from app.identity.services import inbox
from app.identity.services.inbox import NoticeKind
from app.learning.models.authoring import VersionReview
from app.learning.models.versions import CourseVersion
from app.learning.repository import authoring as rows
from app.learning.repository import versions as version_rows
from app.learning.rules.drafts import Shortfall, shortfalls
from app.learning.rules.policy_scopes import Basis, Scope
from app.learning.rules.versions import VersionState
from app.learning.services import policies, versions
from app.learning.services.draft_views import Checks, draft_of
from app.learning.services.drafts import Maker, own_version
from app.learning.services.policies import NewRevision

PUBLISHED, RETURNED = "published", "returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a reviewer decides; `comments` by lesson. Sending back wants a word at least."""

    publishes: bool
    note: str
    comments: dict[str, str]


def submit(db: Session, maker: Maker, version_id: str, checks: Checks, *, now: dt.datetime) -> None:
    """Ask for a second person's look. Raises NotFoundError, ConflictError, InvalidError."""
    version = _held(db, own_version(db, maker, version_id).id)
    _check(db, version, checks)
    versions.move(version, VersionState.IN_REVIEW)
    version.submitted_at = now
    version.writers = sorted({*(version.writers or ()), maker.account_id})
    db.flush()
    audit.record(
        db, "course.submitted", now=now, actor_id=maker.account_id, subject_id=version.course_id,
        org_id=maker.org_id, number=version.number,
    )  # fmt: skip


def withdraw(db: Session, maker: Maker, version_id: str, *, now: dt.datetime) -> None:
    """Take it back to go on writing. Raises NotFoundError, ConflictError."""
    version = _held(db, own_version(db, maker, version_id).id)
    if version.state != VersionState.IN_REVIEW:
        raise ConflictError(
            "这个版本不在审核中。", code="version_state", remedy="请刷新页面，看它现在的状态"
        )
    versions.move(version, VersionState.DRAFT)
    db.flush()
    audit.record(
        db, "course.withdrawn", now=now, actor_id=maker.account_id, subject_id=version.course_id,
        org_id=maker.org_id, number=version.number,
    )  # fmt: skip


def decide(
    db: Session, version_id: str, decision: Decision, *, reviewer: Maker | str, checks: Checks,
    now: dt.datetime,
) -> None:  # fmt: skip
    """Publish what was submitted, or send it back.

    `reviewer`: somebody of the same institution, or the account of the platform's desk; whoever
    began it, wrote in it or submitted it is refused.
    Raises NotFoundError, ForbiddenError, ConflictError, InvalidError.
    """
    if isinstance(reviewer, Maker):
        own_version(db, reviewer, version_id)
    account_id = reviewer.account_id if isinstance(reviewer, Maker) else reviewer
    version = _held(db, version_id)
    _refuse_author(version, account_id)
    if version.state != VersionState.IN_REVIEW:
        raise ConflictError(
            "这个版本不在审核中。", code="version_state", remedy="请刷新页面，看它现在的状态"
        )
    lessons = {row.id for row in version_rows.lessons(db, version_id)}
    comments = {key: said for key, said in decision.comments.items() if said.strip()}
    if not set(comments) <= lessons:
        raise InvalidError("意见写给了别的课。", field="/comments", remedy="请刷新页面后再写")
    if not decision.publishes and not comments and not decision.note.strip():
        raise InvalidError("退回要写明原因。", field="/note", remedy="请写总的意见，或写在某节课下")
    if decision.publishes:
        _check(db, version, checks)
        versions.publish(db, version, reviewer_id=account_id, now=now)
        _ask(db, version, account_id, now)
    else:
        versions.move(version, VersionState.DRAFT)
    _remember(db, version, decision, comments, account_id, now)


def _remember(
    db: Session, version: CourseVersion, decision: Decision, comments: dict[str, str],
    account_id: str, now: dt.datetime,
) -> None:  # fmt: skip
    db.add(
        VersionReview(
            id=new_id(now), version_id=version.id, reviewer_id=account_id, note=decision.note,
            decision=PUBLISHED if decision.publishes else RETURNED, comments=comments, at=now,
        )
    )  # fmt: skip
    db.flush()
    _tell_authors(db, version, decision, account_id, now)
    if not decision.publishes:
        audit.record(
            db, "course.returned", now=now, actor_id=account_id, subject_id=version.course_id,
            number=version.number,
        )  # fmt: skip


def _tell_authors(
    db: Session, version: CourseVersion, decision: Decision, account_id: str, now: dt.datetime
) -> None:
    """What became of it, to all who wrote in it; the words to single lessons stand on the page."""
    kind = NoticeKind.COURSE_PUBLISHED if decision.publishes else NoticeKind.COURSE_RETURNED
    note = decision.note.strip() or ("" if decision.publishes else "意见写在各节课下。")
    told = note if not note or note[-1] in "。！？" else f"{note}。"
    for author_id in {version.author_id, *(version.writers or ())} - {None, account_id}:
        inbox.notify(
            db, str(author_id), kind, now=now, course=version.title, number=str(version.number),
            note=told,
        )  # fmt: skip


def retire(db: Session, maker: Maker, version_id: str, *, now: dt.datetime) -> None:
    """Take nobody new; who is enrolled goes on. Raises NotFoundError, ConflictError."""
    version = _held(db, own_version(db, maker, version_id).id)
    versions.retire(db, version, actor_id=maker.account_id, now=now)


def _held(db: Session, version_id: str) -> CourseVersion:
    version = rows.version_to_change(db, version_id)
    if version is None or rows.org_of(db, version.course_id) is None:
        raise NotFoundError("没有这个版本。", remedy="请从列表进入")
    return version


def _refuse_author(version: CourseVersion, account_id: str) -> None:
    """Two people: nobody publishes what they wrote, whoever pressed the button."""
    if account_id in {version.author_id, *(version.writers or ())}:
        raise ForbiddenError(
            "这个版本您参与编写过，不能由您自己审核。", code="own_work",
            remedy="请本单位另一位经办人或平台审核",
        )  # fmt: skip


def _check(db: Session, version: CourseVersion, checks: Checks) -> None:
    found: tuple[Shortfall, ...] = shortfalls(draft_of(db, version, checks), checks.modules)
    if found:
        raise InvalidError(
            found[0].sentence, field=f"/{found[0].place}", code="not_ready",
            remedy="请按检查结果逐项补齐", shortfalls=[each.sentence for each in found],
        )  # fmt: skip


def _ask(db: Session, version: CourseVersion, account_id: str, now: dt.datetime) -> None:
    """What the version asks of study becomes the course's revision, beside what the desk set."""
    view = policies.scope_view(db, Scope.COURSE, version.course_id, now=now)
    current = dict(view.current.settings) if view.current else {}
    wanted = current | version.settings
    if wanted == current:
        return
    basis = view.current.basis if view.current else Basis()
    policies.publish(
        db,
        NewRevision(
            scope=Scope.COURSE, scope_id=version.course_id, settings=wanted, basis=basis,
            effective_from=None, note=f"第 {version.number} 版发布",
        ),
        author_id=account_id, now=now,
    )  # fmt: skip
