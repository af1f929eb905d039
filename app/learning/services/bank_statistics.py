"""What the answers of the last papers tell an institution of its questions; of no person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.learning.models.exams import ExamAttempt, ExamItem
from app.learning.repository import banks as rows
from app.learning.rules.exam_items import CHOICE_KINDS
from app.learning.rules.exams import LETTERS, ItemKind, PaperItem, in_bank_letters, share_of
from app.learning.rules.item_statistics import Response, Statistics, statistics_of
from app.learning.services.exam_papers import item_of, paper_of
from app.learning.services.item_banks import own_bank

MOST_PAPERS = 2000
_PIECE = 400  # SQLite takes so many parameters, and one statement stays readable in a log


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """`statistics` is None below the least count of answers."""

    item_id: str
    code: str
    stem: str
    asked: int
    statistics: Statistics | None


@dataclass(frozen=True, slots=True)
class BankStatistics:
    """Questions in use that a machine judges, what stands out first."""

    papers: int
    items: tuple[ItemStatistics, ...]


def statistics(db: Session, owner_id: str, bank_id: str) -> BankStatistics:
    """Reckon over the newest papers with a result. Raises NotFoundError.

    A question that was asked and not answered is wrong. Each version has its own figures.
    """
    own_bank(db, owner_id, bank_id)
    items = {row.id: row for row in rows.items(db, bank_id) if row.kind != ItemKind.SHORT}
    papers = rows.graded_papers(db, bank_id, MOST_PAPERS)
    responses: dict[str, list[Response]] = {item_id: [] for item_id in items}
    for start in range(0, len(papers), _PIECE):
        piece = papers[start : start + _PIECE]
        answers = rows.answers_of(db, [row.id for row in piece], sorted(_asked(piece, items)))
        for row in piece:
            for asked in paper_of(row):
                if asked.item_id in items:
                    given = answers.get((row.id, asked.item_id), [])
                    told = _response(items[asked.item_id], asked, given, row.score or 0)
                    responses[asked.item_id].append(told)
    found = [_line(items[item_id], told) for item_id, told in responses.items()]
    found.sort(key=lambda line: (not (line.statistics and line.statistics.flags), line.code))
    return BankStatistics(len(papers), tuple(found))


def _asked(papers: list[ExamAttempt], items: Mapping[str, ExamItem]) -> set[str]:
    return {asked.item_id for row in papers for asked in paper_of(row)} & items.keys()


def _response(row: ExamItem, asked: PaperItem, given: list[Any], score: int) -> Response:
    is_choice = ItemKind(row.kind) in CHOICE_KINDS
    letters = in_bank_letters(asked, given) if is_choice else frozenset()
    return Response(score, share_of(item_of(row), asked, given), letters)


def _line(row: ExamItem, responses: list[Response]) -> ItemStatistics:
    item = item_of(row)
    told = statistics_of(responses, LETTERS[: len(row.choices)], item.answer)
    return ItemStatistics(row.id, row.code, row.stem, len(responses), told)
