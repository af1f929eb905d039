"""Writing questions into banks: each change of a question is a new version beside the old ones."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.errors import InvalidError
from app.core.ids import new_id
from app.learning.models.catalogue import Course
from app.learning.models.exams import ExamBank, ExamBankCourse, ExamItem
from app.learning.repository import banks as rows
from app.learning.rules.exam_items import (
    ItemContent,
    RubricLine,
    blanks_of,
    flaws_of,
    letters_of,
    rubric_of,
    tidied,
)
from app.learning.rules.exams import ItemKind
from app.learning.rules.fill_in import Blank


@dataclass(frozen=True, slots=True, kw_only=True)
class BankItem:
    """A question as the author of a file writes it; `answer` are letters where it has choices."""

    code: str
    kind: ItemKind
    stem: str
    choices: tuple[str, ...]
    answer: tuple[str, ...]
    explanation: str
    chapter: str = ""
    point: str = ""
    difficulty: int = 3
    blanks: tuple[Blank, ...] = ()
    rubric: tuple[RubricLine, ...] = ()

    def content(self) -> ItemContent:
        return tidied(
            ItemContent(
                code=self.code, kind=self.kind, stem=self.stem, choices=self.choices,
                letters=self.answer, explanation=self.explanation, chapter=self.chapter,
                point=self.point, difficulty=self.difficulty, blanks=self.blanks,
                rubric=self.rubric,
            )
        )  # fmt: skip


def content_of(row: ExamItem) -> ItemContent:
    """A stored question as its author wrote it."""
    return ItemContent(
        code=row.code, kind=ItemKind(row.kind), stem=row.stem, explanation=row.explanation,
        chapter=row.chapter, point=row.point, difficulty=row.difficulty,
        choices=tuple(row.choices), letters=letters_of(row.kind, row.answer),
        blanks=blanks_of(row.kind, row.answer), rubric=rubric_of(row.kind, row.answer),
    )  # fmt: skip


def load_bank(db: Session, course_id: str, items: Sequence[BankItem], *, now: dt.datetime) -> int:
    """Make the platform's bank of a course be these items, by code; returns how many are in use.

    Items that are gone stay for the papers that asked them. Raises InvalidError.
    """
    contents = [item.content() for item in items]
    _check(contents)
    bank = rows.own_bank_of_course(db, course_id) or _own_bank(db, course_id, now)
    known = rows.newest(db, bank.id)
    for content in contents:
        write_version(db, bank.id, content, known, made_by=None, now=now)
    for code in known.keys() - {content.code for content in contents}:
        retire(known[code], now=now)
    db.flush()
    return len(items)


def _own_bank(db: Session, course_id: str, now: dt.datetime) -> ExamBank:
    bank = ExamBank(
        id=new_id(now), owner_id=None, title=db.get_one(Course, course_id).title, created_at=now
    )
    db.add(bank)
    db.flush()
    db.add(ExamBankCourse(bank_id=bank.id, course_id=course_id))
    return bank


def _check(contents: Sequence[ItemContent]) -> None:
    seen: set[str] = set()
    for index, content in enumerate(contents):
        place = f"/items/{index}"
        if content.code in seen:
            raise InvalidError(f"题号 {content.code} 重复。", field=f"{place}/code")
        for flaw in flaws_of(content):
            raise InvalidError(
                f"题 {content.code}：{flaw.cause}", field=f"{place}/{flaw.field}", remedy=flaw.fix
            )
        seen.add(content.code)


def write_version(
    db: Session,
    bank_id: str,
    content: ItemContent,
    known: Mapping[str, ExamItem],
    *,
    made_by: str | None,
    now: dt.datetime,
) -> ExamItem:
    """Write a question, and take its older version out of use; the same again changes nothing."""
    old = known.get(content.code)
    if old is not None and old.is_active and content_of(old) == content:
        return old
    if old is not None:
        retire(old, now=now)
    row = ExamItem(
        id=new_id(now), bank_id=bank_id, code=content.code,
        version=old.version + 1 if old is not None else 1, kind=content.kind.value,
        chapter=content.chapter, point=content.point, difficulty=content.difficulty,
        stem=content.stem, choices=list(content.choices), answer=content.stored_answer(),
        explanation=content.explanation, is_active=True, made_at=now, made_by=made_by,
    )  # fmt: skip
    db.add(row)
    return row


def retire(row: ExamItem, *, now: dt.datetime) -> None:
    """Take a version out of use; papers that asked it keep it."""
    if row.is_active:
        row.is_active, row.retired_at = False, now
