"""A class 班级: its card, the states that it goes through, and what has to be there to apply."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import NoReturn

MOST_CAPACITY = 500
"""More are several classes: one teacher answers for a class, and one archive holds it."""
MOST_DAYS = 731
MOST_PRICE_YUAN = 100_000_000


class ClassState(StrEnum):
    """Where a class stands; `STATE_NAMES` says it in words."""

    DRAFT = "draft"
    APPLIED = "applied"
    RUNNING = "running"
    CLOSING = "closing"
    ARCHIVED = "archived"
    CANCELLED = "cancelled"


class Step(StrEnum):
    """What can be done to a class."""

    CHANGE = "change"
    APPLY = "apply"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    REFUSE = "refuse"
    ADMIT = "admit"
    CALL_ROLL = "call_roll"
    CLOSE = "close"
    ARCHIVE = "archive"
    CANCEL = "cancel"


class ClassOrder(StrEnum):
    """How a list of classes is sorted."""

    NEWEST = "newest"
    STARTS = "starts"
    TITLE = "title"


STATE_NAMES: Mapping[ClassState, str] = {
    ClassState.DRAFT: "草稿",
    ClassState.APPLIED: "等待审核",
    ClassState.RUNNING: "已批准",
    ClassState.CLOSING: "正在归档",
    ClassState.ARCHIVED: "已归档",
    ClassState.CANCELLED: "已取消",
}
_NOT_NOW: Mapping[ClassState, str] = {
    ClassState.DRAFT: "班级还是草稿，没有批准。",
    ClassState.APPLIED: "开班申请正在审核。",
    ClassState.RUNNING: "班级已经批准。",
    ClassState.CLOSING: "班级已经结班，正在归档。",
    ClassState.ARCHIVED: "班级已经归档。",
    ClassState.CANCELLED: "班级已经取消。",
}
_REMEDIES: Mapping[ClassState, str] = {
    ClassState.DRAFT: "请先提交开班申请",
    ClassState.APPLIED: "要改内容，请先撤回申请",
    ClassState.RUNNING: "请刷新页面，看现在能办什么",
    ClassState.CLOSING: "档案做好后可以在班级页下载",
    ClassState.ARCHIVED: "档案可以在班级页下载",
    ClassState.CANCELLED: "需要的话请新建一个班级",
}
_DRAFT, _APPLIED, _RUNNING = ClassState.DRAFT, ClassState.APPLIED, ClassState.RUNNING
_FROM: Mapping[Step, frozenset[ClassState]] = {
    Step.CHANGE: frozenset({_DRAFT, _RUNNING}),
    Step.APPLY: frozenset({_DRAFT}),
    Step.WITHDRAW: frozenset({_APPLIED}),
    Step.APPROVE: frozenset({_APPLIED}),
    Step.REFUSE: frozenset({_APPLIED}),
    Step.ADMIT: frozenset({_DRAFT, _RUNNING}),
    Step.CALL_ROLL: frozenset({_RUNNING}),
    Step.CLOSE: frozenset({_RUNNING}),
    Step.ARCHIVE: frozenset({ClassState.CLOSING}),
    Step.CANCEL: frozenset({_DRAFT, _APPLIED, _RUNNING}),
}
_TO: Mapping[Step, ClassState] = {
    Step.APPLY: _APPLIED,
    Step.WITHDRAW: _DRAFT,
    Step.APPROVE: _RUNNING,
    Step.REFUSE: _DRAFT,
    Step.CLOSE: ClassState.CLOSING,
    Step.ARCHIVE: ClassState.ARCHIVED,
    Step.CANCEL: ClassState.CANCELLED,
}
OVER = frozenset({ClassState.CLOSING, ClassState.ARCHIVED, ClassState.CANCELLED})
"""States from which nothing leads back into teaching."""


def may(state: ClassState, step: Step) -> bool:
    """Tell whether a step can be taken in a state."""
    return state in _FROM[step]


def after(state: ClassState, step: Step) -> ClassState:
    """The state after a step. Raises ValueError where it cannot be taken."""
    if not may(state, step):
        msg = f"{step.value} in {state.value}"
        raise ValueError(msg)
    return _TO.get(step, state)


def not_now(state: ClassState) -> tuple[str, str]:
    """Why a step is refused in a state, and what can be done."""
    return _NOT_NOW[state], _REMEDIES[state]


def state_name(state: ClassState, starts_on: dt.date, today: dt.date) -> str:
    """What a state is called; an approved class is told by its first day."""
    if state is not ClassState.RUNNING:
        return STATE_NAMES[state]
    return "待开班" if today < starts_on else "进行中"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is entered of a class; days are Shanghai's, both belong to it, the price is in yuan.

    A class on contract 项目制 has a number and the price of the whole; another one has neither.
    """

    title: str
    summary: str
    starts_on: dt.date
    ends_on: dt.date
    capacity: int
    is_public: bool
    enrol_until: dt.date | None
    contract: str
    price_yuan: int | None


class ClassFlawError(ValueError):
    """What is wrong with a card: the field, what to say, and what to do."""

    def __init__(self, field: str, sentence: str, remedy: str) -> None:
        super().__init__(sentence)
        self.field, self.sentence, self.remedy = field, sentence, remedy


def _flaw(field: str, sentence: str, remedy: str) -> NoReturn:
    raise ClassFlawError(field, sentence, remedy)


def check(card: Card, *, today: dt.date, enrolled: int) -> Card:
    """Look a card through and return it tidied; `enrolled` have a place already.

    Raises ClassFlawError.
    """
    title = " ".join(card.title.split())
    if len(title) < 2:
        _flaw("title", "班级名称太短。", "请写出让学员认得出的名称，例如：2026 年第一期电工班")
    if card.ends_on < card.starts_on:
        _flaw("ends_on", "结班日期早于开班日期。", "请改正日期")
    if (card.ends_on - card.starts_on).days >= MOST_DAYS:
        _flaw("ends_on", "一个班最长两年。", "请改正日期，更长的请分成几期")
    if card.ends_on < today:
        _flaw("ends_on", "结班日期已经过去。", "请选今天或以后的日期")
    if not 1 <= card.capacity <= MOST_CAPACITY:
        _flaw("capacity", f"人数上限应在 1 到 {MOST_CAPACITY} 之间。", "人更多请分成几个班")
    if card.capacity < enrolled:
        _flaw("capacity", f"已经有 {enrolled} 人在班里。", "请填不少于这个数的人数上限")
    _check_enrolment(card)
    contract = " ".join(card.contract.split())
    _check_contract(contract, card.price_yuan)
    return Card(
        title=title, summary=card.summary.strip(), starts_on=card.starts_on, ends_on=card.ends_on,
        capacity=card.capacity, is_public=card.is_public,
        enrol_until=card.enrol_until if card.is_public else None, contract=contract,
        price_yuan=card.price_yuan,
    )  # fmt: skip


def _check_enrolment(card: Card) -> None:
    if not card.is_public:
        return
    if card.enrol_until is None:
        _flaw("enrol_until", "公开招生要有报名截止日期。", "请选日期，或者取消公开招生")
    elif card.enrol_until > card.ends_on:
        _flaw("enrol_until", "报名截止日期晚于结班日期。", "请选结班以前的日期")
    if not card.summary.strip():
        _flaw("summary", "公开招生要有介绍。", "请写明学什么、谁可以报名、在哪里上课")


def _check_contract(contract: str, price_yuan: int | None) -> None:
    if contract and price_yuan is None:
        _flaw("price_yuan", "项目制班级要写合同金额。", "请按合同填写，或者清空合同编号")
    if price_yuan is not None and not contract:
        _flaw("contract", "写了金额，没有写合同编号。", "请按合同填写，或者清空金额")
    if price_yuan is not None and not 0 <= price_yuan <= MOST_PRICE_YUAN:
        _flaw("price_yuan", "合同金额不对。", "请填整数，单位是元")


def lacking(*, courses: int, units: int, teachers: int) -> list[tuple[str, str]]:
    """What is missing before a class can be applied for: the field, and what to say."""
    found = []
    if not courses:
        found.append(("courses", "还没有选课程。"))
    if not teachers:
        found.append(("teachers", "还没有选教师。"))
    if not units:
        found.append(("units", "教学计划还是空的。"))
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was changed: its name, and what it was and is, in words."""

    field: str
    name: str
    before: str
    after: str


_FIELDS: Mapping[str, str] = {
    "title": "班级名称",
    "summary": "介绍",
    "starts_on": "开班日期",
    "ends_on": "结班日期",
    "capacity": "人数上限",
    "is_public": "公开招生",
    "enrol_until": "报名截止",
    "contract": "合同编号",
    "price_yuan": "合同金额",
}
NOTHING = "（无）"


PLAN = "units"
"""The field of a change of the plan, beside those of a card."""
_OF_THE_PEOPLE = ("starts_on", "ends_on", PLAN)


def news(found: Sequence[Change]) -> str:
    """What of changes the people of a class are told: its days and its plan; empty without any."""
    return "；".join(_news_of(each) for each in found if each.field in _OF_THE_PEOPLE)


def _news_of(change: Change) -> str:
    if change.before == NOTHING:
        return f"{change.name}增加：{change.after}"
    if change.after == NOTHING:
        return f"{change.name}取消：{change.before}"
    return f"{change.name}由 {change.before} 改为 {change.after}"


def changes(before: Card, after: Card) -> tuple[Change, ...]:
    """What differs between two cards, in the order of the card."""
    return tuple(
        Change(each.name, _FIELDS[each.name], said(getattr(before, each.name)), said(now))
        for each in fields(Card)
        if (now := getattr(after, each.name)) != getattr(before, each.name)
    )


def said(value: object) -> str:
    """A value of a card in words."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.date):
        return value.isoformat()
    return NOTHING if value in (None, "") else str(value)


def listed(
    before: Sequence[str], after: Sequence[str], field: str, name: str
) -> tuple[Change, ...]:
    """The change of a list, as its names in their order; none where it is the same."""
    if list(before) == list(after):
        return ()
    return (Change(field, name, "、".join(before) or NOTHING, "、".join(after) or NOTHING),)
