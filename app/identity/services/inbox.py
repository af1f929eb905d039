"""The inbox: telling people, listing what they were told, marking it read."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.errors import NotFoundError
from app.core.ids import new_id
from app.identity.models.desk import Notice
from app.identity.repository import desk as rows
from app.identity.rules.notices import NoticeKind, sentence_of

__all__ = [
    "NoticeKind",
    "NoticeView",
    "list_notices",
    "mark_read",
    "notify",
    "unread_count",
    "was_told",
]
_MOST = 200


@dataclass(frozen=True, slots=True)
class NoticeView:
    """`hold_id` and `employer` are what the notice is about, empty where it is about neither."""

    notice_id: str
    kind: NoticeKind
    title: str
    text: str
    created_at: dt.datetime
    is_read: bool
    hold_id: str
    employer: str


def notify(
    db: Session,
    learner_id: str,
    kind: NoticeKind,
    *,
    now: dt.datetime,
    **facts: str,
) -> str:
    """Put a notice into a person's inbox; facts fill its sentence and hold no personal data."""
    notice = Notice(
        id=new_id(now), person_id=learner_id, kind=kind.value, facts=facts, created_at=now
    )
    db.add(notice)
    return notice.id


def was_told(
    db: Session, learner_id: str, kind: NoticeKind, *, since: dt.datetime, **facts: str
) -> bool:
    """Tell whether the person got such a notice, with these facts, since then."""
    return any(
        row.kind == kind.value and row.created_at > since and facts.items() <= row.facts.items()
        for row in rows.notices_of(db, learner_id, _MOST)
    )


def list_notices(db: Session, learner_id: str) -> list[NoticeView]:
    """Return a person's newest notices."""
    found = []
    for row in rows.notices_of(db, learner_id, _MOST):
        title, text = sentence_of(NoticeKind(row.kind), row.facts)
        found.append(
            NoticeView(
                row.id, NoticeKind(row.kind), title, text, row.created_at,
                row.read_at is not None, str(row.facts.get("hold_id", "")),
                str(row.facts.get("employer", "")),
            )
        )  # fmt: skip
    return found


def unread_count(db: Session, learner_id: str) -> int:
    return rows.unread_count(db, learner_id)


def mark_read(db: Session, learner_id: str, notice_id: str, *, now: dt.datetime) -> None:
    """Mark a person's own notice as read. Raises NotFoundError for anybody else's."""
    if not rows.mark_read(db, learner_id, notice_id, now):
        raise NotFoundError("没有这条消息。", remedy="请刷新消息列表")
