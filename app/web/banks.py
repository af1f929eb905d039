"""An institution's question banks: the list, one bank, one question, bringing files in."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from app.core.listing import Piece, WholeOrder, piece_of_whole
from app.learning.rules.exam_items import CHOICE_KINDS, KIND_NAMES, TRUE_FALSE, ItemContent
from app.learning.rules.exams import LETTERS, ItemKind
from app.learning.rules.item_answers import write_answer
from app.learning.rules.item_statistics import LEAST_ANSWERS
from app.learning.services import bank_items, bank_statistics, item_banks
from app.learning.services.bank_items import ItemsFilter, ItemsPage, ItemView
from app.learning.services.bank_statistics import BankStatistics
from app.learning.services.item_banks import BankView
from app.lobby.deps import ReadDb, School
from app.lobby.lists import AskedList
from app.lobby.paths import RowId
from app.lobby.sought import SearchText
from app.org.rules.duties import Power
from app.org.services import organisations
from app.web.lists import ListLinks, list_links
from app.web.rendering import render

router = APIRouter(prefix="/banks", include_in_schema=False)
KindQuery = Annotated[str, Query(max_length=12)]
_KINDS = tuple((kind.value, name) for kind, name in KIND_NAMES.items())


_BANKS: WholeOrder[BankView] = WholeOrder(
    keys={
        "title": lambda bank: bank.title, "items": lambda bank: bank.item_count,
        "courses": lambda bank: sum(course.is_used for course in bank.courses),
        "made": lambda bank: bank.bank_id,
    },
    last=lambda bank: bank.bank_id,
    own="made",
)  # fmt: skip
_BANKS_BY = {"title": "名称", "-items": "题数", "-courses": "用于课程", "made": "新建先后"}
_ITEMS_BY = {"code": "题号", "kind": "题型", "chapter": "章节", "difficulty": "难度"}


@dataclass(frozen=True, slots=True)
class BanksPage:
    found: Piece[BankView]
    query: str
    links: ListLinks


@dataclass(frozen=True, slots=True)
class BankPage:
    bank: BankView
    found: ItemsPage
    wanted: ItemsFilter
    kinds: tuple[tuple[str, str], ...]
    names: dict[str, str]
    links: ListLinks


@dataclass(frozen=True, slots=True)
class Choice:
    letter: str
    text: str
    is_right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    """The form of a question; `item` is None for a new one, `history` its older versions."""

    bank: BankView
    kind: str
    kind_name: str
    has_choices: bool
    content: ItemContent
    choices: tuple[Choice, ...]
    answer: str
    item: ItemView | None
    history: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True)
class StatisticsPage:
    bank: BankView
    found: BankStatistics
    least: int


@dataclass(frozen=True, slots=True)
class ImportPage:
    bank: BankView
    facts: dict[str, str]


@router.get("")
def banks(
    *, request: Request, actor: School, db: ReadDb, asked: AskedList,
    q: SearchText = "",
) -> HTMLResponse:  # fmt: skip
    """All banks, and making one."""
    owner_id = organisations.acting_for(db, actor, Power.KEEP_BANKS, looks=True).org_id
    sought = q.strip()
    held = [bank for bank in item_banks.list_banks(db, owner_id) if sought in bank.title]
    found = piece_of_whole(held, _BANKS, asked)
    links = list_links("/banks", found, _BANKS_BY, q=sought)
    return render(request, "bank/banks.html", BanksPage(found, q, links))


@router.get("/{bank_id}")
def bank(
    *,
    request: Request,
    bank_id: RowId,
    actor: School,
    db: ReadDb,
    q: SearchText = "",
    asked: AskedList,
    kind: KindQuery = "",
    chapter: Annotated[str, Query(max_length=80)] = "",
) -> HTMLResponse:
    """One bank: its questions, its courses, files out and in."""
    owner_id = organisations.acting_for(db, actor, Power.KEEP_BANKS, looks=True).org_id
    wanted = ItemsFilter(text=q, kind=kind, chapter=chapter)
    listed = bank_items.list_items(db, owner_id, bank_id, wanted, asked)
    links = list_links(
        f"/banks/{bank_id}", listed.found, _ITEMS_BY, q=q.strip(), kind=kind, chapter=chapter
    )
    view = item_banks.bank_view(db, owner_id, bank_id)
    return render(
        request, "bank/bank.html", BankPage(view, listed, wanted, _KINDS, dict(_KINDS), links)
    )


@router.get("/{bank_id}/statistics")
def statistics(request: Request, bank_id: RowId, actor: School, db: ReadDb) -> HTMLResponse:
    """What the answers tell of the questions."""
    owner_id = organisations.acting_for(db, actor, Power.KEEP_BANKS, looks=True).org_id
    view = item_banks.bank_view(db, owner_id, bank_id)
    found = bank_statistics.statistics(db, owner_id, bank_id)
    return render(request, "bank/statistics.html", StatisticsPage(view, found, LEAST_ANSWERS))


@router.get("/{bank_id}/import")
def bring_in(request: Request, bank_id: RowId, actor: School, db: ReadDb) -> HTMLResponse:
    """Bring a table or a QTI package in: a trial first, then the import."""
    owner_id = organisations.acting_for(db, actor, Power.KEEP_BANKS, looks=True).org_id
    view = item_banks.bank_view(db, owner_id, bank_id)
    return render(request, "bank/import.html", ImportPage(view, {"bank_id": bank_id}))


@router.get("/{bank_id}/items/new")
def new_item(
    *, request: Request, bank_id: RowId, actor: School, db: ReadDb, kind: KindQuery = "single"
) -> HTMLResponse:
    """The form of a new question of a kind."""
    owner_id = organisations.acting_for(db, actor, Power.KEEP_BANKS, looks=True).org_id
    chosen = next((each for each in ItemKind if each == kind), ItemKind.SINGLE)
    choices = TRUE_FALSE if chosen is ItemKind.TRUE_FALSE else ()
    empty = ItemContent(code="", kind=chosen, stem="", explanation="", choices=choices)
    view = item_banks.bank_view(db, owner_id, bank_id)
    return render(request, "bank/item.html", _page(view, empty, None, ()))


@router.get("/{bank_id}/items/{item_id}")
def item(
    request: Request, bank_id: RowId, item_id: RowId, actor: School, db: ReadDb
) -> HTMLResponse:
    """One question: edit it, take it out of use, its older versions."""
    owner_id = organisations.acting_for(db, actor, Power.KEEP_BANKS, looks=True).org_id
    history = bank_items.item_history(db, owner_id, bank_id, item_id)
    shown = next(each for each in history if each.item_id == item_id)
    older = tuple(each for each in history if each.item_id != item_id)
    view = item_banks.bank_view(db, owner_id, bank_id)
    return render(request, "bank/item.html", _page(view, shown.content, shown, older))


def _page(
    bank: BankView, content: ItemContent, shown: ItemView | None, history: tuple[ItemView, ...]
) -> ItemPage:
    has_choices = content.kind in CHOICE_KINDS
    count = 0
    if has_choices:
        count = 2 if content.kind is ItemKind.TRUE_FALSE else len(LETTERS)
    texts = [*content.choices, *[""] * len(LETTERS)][:count]
    choices = tuple(
        Choice(letter, text, letter in content.letters)
        for letter, text in zip(LETTERS, texts, strict=False)
    )
    return ItemPage(
        bank=bank, kind=content.kind.value, kind_name=KIND_NAMES[content.kind],
        has_choices=has_choices, content=content, choices=choices,
        answer="" if has_choices else write_answer(content).replace("；", "\n"),
        item=shown, history=history,
    )  # fmt: skip
