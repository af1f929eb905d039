"""Question banks: loading one into a course, with every fault named."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.errors import InvalidError
from app.core.ids import new_id
from app.learning.models.exams import ExamItem
from app.learning.repository import exams as rows
from app.learning.rules.exams import LETTERS, ItemKind

_LEAST_CHOICES = {ItemKind.SINGLE: 3, ItemKind.MULTIPLE: 3, ItemKind.TRUE_FALSE: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class BankItem:
    """A question as an author writes it."""

    code: str
    kind: ItemKind
    stem: str
    choices: tuple[str, ...]
    answer: tuple[str, ...]
    explanation: str


def load_bank(db: Session, course_id: str, items: Sequence[BankItem], *, now: dt.datetime) -> int:
    """Make the bank of a course be these items, by code; returns how many are in use.

    Items that are gone stay for the papers that asked them. Raises InvalidError.
    """
    seen: set[str] = set()
    for index, item in enumerate(items):
        _check(item, f"/items/{index}", seen)
    known = rows.whole_bank(db, course_id)
    for item in items:
        row = known.get(item.code)
        if row is None:
            row = ExamItem(id=new_id(now), course_id=course_id, code=item.code)
            db.add(row)
        row.kind, row.stem, row.explanation = item.kind.value, item.stem, item.explanation
        row.choices, row.answer = list(item.choices), sorted(item.answer)
        row.is_active = True
    for code in known.keys() - seen:
        known[code].is_active = False
    db.flush()
    return len(items)


def _check(item: BankItem, place: str, seen: set[str]) -> None:
    letters = set(LETTERS[: len(item.choices)])
    if item.code in seen:
        raise InvalidError(f"题号 {item.code} 重复。", field=f"{place}/code")
    if len(item.choices) < _LEAST_CHOICES[item.kind] or len(item.choices) > len(LETTERS):
        raise InvalidError(f"题 {item.code} 的选项数不对。", field=f"{place}/choices")
    if len(set(item.choices)) != len(item.choices):
        raise InvalidError(f"题 {item.code} 有相同的选项。", field=f"{place}/choices")
    if not item.answer or not set(item.answer) <= letters:
        raise InvalidError(f"题 {item.code} 的答案不在选项里。", field=f"{place}/answer")
    if (item.kind is ItemKind.MULTIPLE) != (len(item.answer) > 1):
        raise InvalidError(f"题 {item.code} 的答案个数与题型不符。", field=f"{place}/answer")
    if not item.stem.strip() or not item.explanation.strip():
        raise InvalidError(f"题 {item.code} 缺题干或解析。", field=f"{place}/stem")
    seen.add(item.code)
