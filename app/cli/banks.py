"""Reads a question bank; whatever a learner could not answer fairly is refused by its place."""

from dataclasses import dataclass, replace
from pathlib import Path

from app.cli import fields
from app.cli.fields import Fields
from app.learning.rules.exam_items import CHOICE_KINDS, flaws_of
from app.learning.rules.exams import ItemKind
from app.learning.rules.item_answers import read_answer
from app.learning.services.question_bank import BankItem

LETTERS = "ABCDEF"
_TRUE_FALSE = ("对", "错")


@dataclass(frozen=True, slots=True)
class Bank:
    items: tuple[BankItem, ...]


def read_bank(path: Path) -> Bank:
    """Read a bank. Raises ContentError that names file and field."""
    content = fields.read(path)
    content.only("items")
    rows = content.tables("items")
    fields.unique(rows, "id")
    fields.unique(rows, "stem")
    return Bank(tuple(_item(row) for row in rows))


def _item(row: Fields) -> BankItem:
    row.only(
        "id", "kind", "stem", "choices", "answer", "explanation", "chapter", "point", "difficulty"
    )
    kind = row.text("kind", 12)
    if kind not in set(ItemKind):
        raise row.wrong("kind", "should be one of " + ", ".join(sorted(ItemKind)))
    item = _chosen(row, kind) if kind in CHOICE_KINDS else _written(row, ItemKind(kind))
    return replace(
        item, chapter=row.optional_text("chapter", 80) or "",
        point=row.optional_text("point", 80) or "",
        difficulty=row.optional_whole("difficulty", 1, 5) or item.difficulty,
    )  # fmt: skip


def _written(row: Fields, kind: ItemKind) -> BankItem:
    """A fill-in or a short answer; `answer` is a text in the notation of tables and forms."""
    blanks, rubric = read_answer(kind, row.text("answer"))
    item = BankItem(
        code=row.text("id", 40), kind=kind, stem=row.text("stem"), choices=(), answer=(),
        explanation=row.text("explanation"), blanks=blanks, rubric=rubric,
    )  # fmt: skip
    for flaw in flaws_of(item.content()):
        raise row.wrong(flaw.field, f"{flaw.cause} {flaw.fix}")
    return item


def _chosen(row: Fields, kind: str) -> BankItem:
    choices = row.texts("choices", 2, len(LETTERS))
    if len(set(choices)) != len(choices):
        raise row.wrong("choices", "says the same twice")
    if kind == "true_false" and choices != _TRUE_FALSE:
        raise row.wrong("choices", "should be 对 and 错")
    if kind != "true_false" and len(choices) < 3:
        raise row.wrong("choices", "should be three at least")
    answer = row.texts("answer", 1, len(choices))
    _check_answer(row, kind, choices, answer)
    return BankItem(
        code=row.text("id", 40), kind=ItemKind(kind), stem=row.text("stem", 300), choices=choices,
        answer=answer, explanation=row.text("explanation", 500),
    )  # fmt: skip


def _check_answer(
    row: Fields, kind: str, choices: tuple[str, ...], answer: tuple[str, ...]
) -> None:
    shown = LETTERS[: len(choices)]
    if list(answer) != sorted(set(answer)) or not set(answer) <= set(shown):
        raise row.wrong("answer", f"should be letters from {shown[0]} to {shown[-1]}, in order")
    if kind == "multiple" and not 1 < len(answer) < len(choices):
        raise row.wrong("answer", "should be several of the choices, but not all of them")
    if kind != "multiple" and len(answer) != 1:
        raise row.wrong("answer", "should be one letter")
