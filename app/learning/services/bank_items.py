"""Questions of an institution's bank, one by one: looking, adding, editing, taking out of use."""

import datetime as dt
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.core.listing import Asked, Piece, as_piece
from app.learning.models.exams import ExamItem
from app.learning.repository import banks as rows
from app.learning.rules.exam_items import CHOICE_KINDS, ItemContent, flaws_of, tidied
from app.learning.services.item_banks import own_bank, own_bank_to_change
from app.learning.services.question_bank import content_of, retire, write_version

MOST_ITEMS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    item_id: str
    version: int
    is_active: bool
    made_at: dt.datetime
    content: ItemContent


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsFilter:
    text: str = ""
    kind: str = ""
    chapter: str = ""


@dataclass(frozen=True, slots=True)
class ItemsPage:
    found: Piece[ItemView]
    chapters: tuple[str, ...]


def list_items(
    db: Session, owner_id: str, bank_id: str, wanted: ItemsFilter, asked: Asked
) -> ItemsPage:
    """Return a piece of a bank's questions in use, by their codes where nothing else is asked.

    Raises NotFoundError, InvalidError for /sort and /at.
    """
    own_bank(db, owner_id, bank_id)
    found = rows.find_items(
        db, bank_id, asked, text=wanted.text.strip(), kind=wanted.kind, chapter=wanted.chapter
    )
    chapters = tuple(rows.chapters(db, bank_id))
    return ItemsPage(as_piece([item_view(row) for row in found.items], found), chapters)


def item_view(row: ExamItem) -> ItemView:
    return ItemView(
        item_id=row.id, version=row.version, is_active=row.is_active, made_at=row.made_at,
        content=content_of(row),
    )  # fmt: skip


def item_history(db: Session, owner_id: str, bank_id: str, item_id: str) -> tuple[ItemView, ...]:
    """Return a question's versions, the newest first. Raises NotFoundError."""
    row = _own_item(db, owner_id, bank_id, item_id)
    return tuple(map(item_view, rows.versions(db, bank_id, row.code)))


def _own_item(db: Session, owner_id: str, bank_id: str, item_id: str) -> ExamItem:
    own_bank(db, owner_id, bank_id)
    row = db.get(ExamItem, item_id)
    if row is None or row.bank_id != bank_id:
        raise NotFoundError("题库里没有这道题。", remedy="请从题库列表进入")
    return row


def add_item(
    db: Session, owner_id: str, bank_id: str, given: ItemContent, *, actor_id: str,
    now: dt.datetime,
) -> ItemView:  # fmt: skip
    """Put a new question in; without a code it gets the next one.

    Raises NotFoundError, InvalidError that names the field, ConflictError for a code in use.
    """
    bank = own_bank_to_change(db, owner_id, bank_id)
    known = rows.newest(db, bank_id)
    content = tidied(given)
    if not content.code:
        content = replace(content, code=next_code(set(known)))
    _check(content)
    if content.code in known and known[content.code].is_active:
        raise ConflictError(
            f"题号“{content.code}”已有。", code="code_taken", field="/code",
            remedy="请换一个题号，或者留空由系统编号",
        )  # fmt: skip
    if sum(row.is_active for row in known.values()) >= MOST_ITEMS:
        raise ConflictError(
            f"一个题库最多 {MOST_ITEMS} 题。", code="bank_full", remedy="请另建一个题库"
        )
    row = write_version(db, bank_id, content, known, made_by=actor_id, now=now)
    db.flush()
    audit.record(
        db, "bank.item_added", now=now, actor_id=actor_id, subject_id=row.id, bank_id=bank.id,
        number=row.version,
    )  # fmt: skip
    return item_view(row)


def next_code(taken: set[str]) -> str:
    """The first free code of the form Q0001."""
    number = len(taken) + 1
    while f"Q{number:04}" in taken:
        number += 1
    return f"Q{number:04}"


def edit_item(
    db: Session, owner_id: str, bank_id: str, item_id: str, given: ItemContent,
    *, actor_id: str, now: dt.datetime,
) -> ItemView:  # fmt: skip
    """Make a new version of a question; papers that asked the old one keep it.

    The code stays. Raises NotFoundError, InvalidError, ConflictError where somebody else was
    quicker.
    """
    bank = own_bank_to_change(db, owner_id, bank_id)
    old = _own_item(db, owner_id, bank_id, item_id)
    content = tidied(replace(given, code=old.code))
    _check(content)
    if not old.is_active:
        raise ConflictError(
            "这道题刚被别人改过，或者已经停用。", code="old_version",
            remedy="请刷新页面，在新的版本上再改",
        )  # fmt: skip
    row = write_version(db, bank_id, content, {old.code: old}, made_by=actor_id, now=now)
    db.flush()
    if row.id != old.id:
        audit.record(
            db, "bank.item_edited", now=now, actor_id=actor_id, subject_id=row.id, bank_id=bank.id,
            number=row.version,
        )  # fmt: skip
    return item_view(row)


def retire_item(
    db: Session, owner_id: str, bank_id: str, item_id: str, *, actor_id: str, now: dt.datetime
) -> None:
    """Ask a question no more; papers that asked it keep it. Raises NotFoundError."""
    bank = own_bank_to_change(db, owner_id, bank_id)
    row = _own_item(db, owner_id, bank_id, item_id)
    if row.is_active:
        retire(row, now=now)
        db.flush()
        audit.record(
            db, "bank.item_retired", now=now, actor_id=actor_id, subject_id=row.id, bank_id=bank.id,
            number=row.version,
        )  # fmt: skip


def _check(content: ItemContent) -> None:
    for flaw in flaws_of(content):
        is_letters = flaw.field == "answer" and content.kind in CHOICE_KINDS
        field = "letters" if is_letters else flaw.field
        raise InvalidError(flaw.cause, field=f"/{field}", code="item", remedy=flaw.fix)
