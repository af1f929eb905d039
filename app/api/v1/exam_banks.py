"""Question banks over the wire: an institution's banks, and their questions one by one."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, status
from pydantic import Field

from app.api.answers import Answer
from app.api.lists import ListOut, way_on
from app.api.problems import READING, WRITING
from app.learning.rules.exam_items import ItemContent
from app.learning.rules.exams import ItemKind
from app.learning.rules.item_answers import read_answer
from app.learning.services import bank_items, bank_statistics, item_banks
from app.learning.services.bank_items import ItemsFilter, ItemView
from app.learning.services.item_banks import BankView
from app.lobby.deps import Db, Now, ReadDb, School
from app.lobby.letters import Body
from app.lobby.lists import AskedList
from app.lobby.paths import RowId
from app.lobby.sought import SearchText
from app.org.rules.duties import Power
from app.org.services import organisations

router = APIRouter(prefix="/exam-banks", tags=["exam banks"])
_Word = Annotated[str, Field(max_length=200)]
_Text = Annotated[str, Field(max_length=4000)]
_Kind = Annotated[str, Field(pattern=r"^(single|multiple|true_false|fill_in|short)$")]


class BankIn(Body):
    title: Annotated[str, Field(min_length=1, max_length=200)]


class CourseUseOut(Answer):
    """`version_id`: the course's newest version, to go back to under `/authoring`."""

    course_id: str
    title: str
    is_used: bool
    version_id: str
    is_published: bool


class BankOut(Answer):
    bank_id: str
    title: str
    item_count: int
    courses: list[CourseUseOut]


class ItemIn(Body):
    """`letters` for choices; `answer` for fill-ins and short answers as docs/exams.md writes it."""

    kind: _Kind
    stem: _Text
    explanation: _Text
    code: _Word = ""
    chapter: _Word = ""
    point: _Word = ""
    difficulty: Annotated[int, Field(ge=1, le=5)] = 3
    choices: Annotated[list[_Text], Field(max_length=8, default_factory=list)]
    letters: Annotated[
        list[Annotated[str, Field(pattern=r"^[A-H]$")]], Field(max_length=8, default_factory=list)
    ]
    answer: Annotated[str, Field(max_length=12_000)] = ""

    def content(self) -> ItemContent:
        """The question as the room takes it; choices that are empty at the end are none."""
        choices = list(self.choices)
        while choices and not choices[-1].strip():
            choices.pop()
        kind = ItemKind(self.kind)
        blanks, rubric = read_answer(kind, self.answer)
        return ItemContent(
            code=self.code, kind=kind, stem=self.stem, explanation=self.explanation,
            chapter=self.chapter, point=self.point, difficulty=self.difficulty,
            choices=tuple(choices), letters=tuple(self.letters), blanks=blanks, rubric=rubric,
        )  # fmt: skip


class BlankOut(Answer):
    accepted: list[str]
    tolerance: str


class RubricOut(Answer):
    says: str
    points: int


class ItemOut(Answer):
    item_id: str
    version: int
    is_active: bool
    made_at: dt.datetime
    code: str
    kind: str
    stem: str
    explanation: str
    chapter: str
    point: str
    difficulty: int
    choices: list[str]
    letters: list[str]
    blanks: list[BlankOut]
    rubric: list[RubricOut]


class ItemsOut(ListOut):
    items: list[ItemOut]
    chapters: list[str]


class ChoiceUseOut(Answer):
    letter: str
    is_right: bool
    percent: int


class FiguresOut(Answer):
    answers: int
    right_percent: int
    discrimination: int
    choices: list[ChoiceUseOut]
    flags: list[str]


class ItemStatisticsOut(Answer):
    """`statistics` is null below 30 answers."""

    item_id: str
    code: str
    stem: str
    asked: int
    statistics: FiguresOut | None


class StatisticsOut(Answer):
    papers: int
    items: list[ItemStatisticsOut]


def _out(view: ItemView) -> ItemOut:
    return ItemOut.of(view, view.content)


def _bank(view: BankView) -> BankOut:
    return BankOut.model_validate(view)


@router.get("", responses=READING)
def list_banks(actor: School, db: ReadDb) -> list[BankOut]:
    """List the banks of the caller's institution."""
    owner_id = organisations.acting_for(db, actor, Power.KEEP_BANKS, looks=True).org_id
    return [_bank(view) for view in item_banks.list_banks(db, owner_id)]


@router.post("", status_code=status.HTTP_201_CREATED, responses=WRITING)
def create_bank(body: BankIn, actor: School, db: Db, now: Now) -> BankOut:
    """Make an empty bank."""
    owner_id = organisations.acting_for(db, actor, Power.KEEP_BANKS).org_id
    made = item_banks.create_bank(db, owner_id, body.title, actor_id=actor.learner_id, now=now)
    return _bank(made)


@router.put("/{bank_id}", responses=WRITING)
def rename_bank(bank_id: RowId, body: BankIn, actor: School, db: Db, now: Now) -> BankOut:
    """Call a bank something else."""
    owner_id = organisations.acting_for(db, actor, Power.KEEP_BANKS).org_id
    view = item_banks.rename_bank(
        db, owner_id, bank_id, body.title, actor_id=actor.learner_id, now=now
    )
    return _bank(view)


@router.put("/{bank_id}/courses/{course_id}", responses=WRITING)
def use_in_course(bank_id: RowId, course_id: RowId, actor: School, db: Db, now: Now) -> BankOut:
    """Let an own course draw its papers from the bank."""
    owner_id = organisations.acting_for(db, actor, Power.KEEP_BANKS).org_id
    view = item_banks.use_in_course(
        db, owner_id, bank_id, course_id, actor_id=actor.learner_id, now=now
    )
    return _bank(view)


@router.delete("/{bank_id}/courses/{course_id}", responses=WRITING)
def leave_course(bank_id: RowId, course_id: RowId, actor: School, db: Db, now: Now) -> BankOut:
    """Draw no more papers of a course from the bank."""
    owner_id = organisations.acting_for(db, actor, Power.KEEP_BANKS).org_id
    view = item_banks.leave_course(
        db, owner_id, bank_id, course_id, actor_id=actor.learner_id, now=now
    )
    return _bank(view)


@router.get("/{bank_id}/items", responses=READING)
def list_items(
    *,
    bank_id: RowId,
    actor: School,
    db: ReadDb,
    q: SearchText = "",
    kind: Annotated[str, Query(max_length=12)] = "",
    chapter: Annotated[str, Query(max_length=80)] = "",
    asked: AskedList,
) -> ItemsOut:
    """List a bank's questions in use, 50 a piece; `sort` is code, kind, chapter or difficulty."""
    owner_id = organisations.acting_for(db, actor, Power.KEEP_BANKS, looks=True).org_id
    wanted = ItemsFilter(text=q, kind=kind, chapter=chapter)
    listed = bank_items.list_items(db, owner_id, bank_id, wanted, asked)
    items = [_out(view) for view in listed.found.items]
    return ItemsOut(items=items, chapters=list(listed.chapters), **way_on(listed.found))


@router.get("/{bank_id}/statistics", responses=READING)
def read_statistics(bank_id: RowId, actor: School, db: ReadDb) -> StatisticsOut:
    """How hard each question is, whether it separates, which choices mislead; from 30 answers."""
    owner_id = organisations.acting_for(db, actor, Power.KEEP_BANKS, looks=True).org_id
    return StatisticsOut.model_validate(bank_statistics.statistics(db, owner_id, bank_id))


@router.post("/{bank_id}/items", status_code=status.HTTP_201_CREATED, responses=WRITING)
def add_item(bank_id: RowId, body: ItemIn, actor: School, db: Db, now: Now) -> ItemOut:
    """Put a question in; without a code it gets the next one."""
    owner_id = organisations.acting_for(db, actor, Power.KEEP_BANKS).org_id
    view = bank_items.add_item(
        db, owner_id, bank_id, body.content(), actor_id=actor.learner_id, now=now
    )
    return _out(view)


@router.get("/{bank_id}/items/{item_id}", responses=READING)
def item_history(bank_id: RowId, item_id: RowId, actor: School, db: ReadDb) -> list[ItemOut]:
    """Return a question's versions, the newest first."""
    owner_id = organisations.acting_for(db, actor, Power.KEEP_BANKS, looks=True).org_id
    return [_out(view) for view in bank_items.item_history(db, owner_id, bank_id, item_id)]


@router.put("/{bank_id}/items/{item_id}", responses=WRITING)
def edit_item(
    *, bank_id: RowId, item_id: RowId, body: ItemIn, actor: School, db: Db, now: Now
) -> ItemOut:
    """Make a new version of a question; papers that asked the old one keep it. The code stays."""
    owner_id = organisations.acting_for(db, actor, Power.KEEP_BANKS).org_id
    view = bank_items.edit_item(
        db, owner_id, bank_id, item_id, body.content(), actor_id=actor.learner_id, now=now
    )
    return _out(view)


@router.delete(
    "/{bank_id}/items/{item_id}", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING
)
def retire_item(bank_id: RowId, item_id: RowId, actor: School, db: Db, now: Now) -> None:
    """Ask a question no more."""
    owner_id = organisations.acting_for(db, actor, Power.KEEP_BANKS).org_id
    bank_items.retire_item(db, owner_id, bank_id, item_id, actor_id=actor.learner_id, now=now)
