"""Contests: practice sets 岗位练兵 and timed rounds 技能竞赛; what one must say to go out."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.learning.rules.blueprints import Section

MOST_TITLE = 80
MOST_TEXT = 4000
MOST_ROUNDS = 5
MOST_TRIES = 100
MOST_PLACES = 100_000
LEAST_S, MOST_S = 60, 4 * 3600
LONGEST = dt.timedelta(days=366)
IDENTITY_GAP_S = (300, 900)
"""Where the platform sets none, checks of who sits there come so many seconds apart."""


class ContestKind(StrEnum):
    """A practice set is open for days and its best try counts; a race has timed rounds."""

    PRACTICE = "practice"
    RACE = "race"


class ContestState(StrEnum):
    """A draft and what is in review are seen by its organisation alone."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Audience(StrEnum):
    """Who may take part: by the roster, or anybody with a proven name who has the link."""

    ROSTER = "roster"
    UNITS = "units"
    POSITIONS = "positions"
    TAGS = "tags"
    LINK = "link"


class Advance(StrEnum):
    """Who goes on to the next round: so many places, or everybody from a score on."""

    TOP = "top"
    SCORE = "score"


class Step(StrEnum):
    """What may be done to a contest."""

    EDIT = "edit"
    SUBMIT = "submit"
    DECIDE = "decide"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a contest says of itself; `audience_ids` name units, positions or tags."""

    kind: ContestKind
    title: str
    rules_text: str
    prizes_text: str
    audience: Audience
    audience_ids: tuple[str, ...]
    asks_identity: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundCard:
    """One round: its window on the server's clock, its papers, and who goes on from it."""

    title: str
    opens_at: dt.datetime
    closes_at: dt.datetime
    seconds: int
    tries: int
    bank_ids: tuple[str, ...]
    sections: tuple[Section, ...]
    advance: Advance | None = None
    advance_value: int | None = None


@dataclass(frozen=True, slots=True)
class ContestFlaw:
    """What is wrong: the field, the cause and the remedy."""

    field: str
    cause: str
    fix: str


KIND_NAMES: dict[ContestKind, str] = {
    ContestKind.PRACTICE: "岗位练兵",
    ContestKind.RACE: "技能竞赛",
}
STATE_NAMES: dict[ContestState, str] = {
    ContestState.DRAFT: "草稿",
    ContestState.REVIEW: "等另一人审核",
    ContestState.PUBLISHED: "已发布",
    ContestState.CANCELLED: "已取消",
}
AUDIENCE_NAMES: dict[Audience, str] = {
    Audience.ROSTER: "名单上的全部人员",
    Audience.UNITS: "指定部门的人员",
    Audience.POSITIONS: "指定岗位的人员",
    Audience.TAGS: "有指定标签的人员",
    Audience.LINK: "拿到链接的实名人员",
}
_MAY: dict[Step, frozenset[ContestState]] = {
    Step.EDIT: frozenset({ContestState.DRAFT}),
    Step.SUBMIT: frozenset({ContestState.DRAFT}),
    Step.DECIDE: frozenset({ContestState.REVIEW}),
    Step.CANCEL: frozenset({ContestState.DRAFT, ContestState.REVIEW, ContestState.PUBLISHED}),
}


def may(state: ContestState, step: Step) -> bool:
    """Tell whether a contest in this state takes this step."""
    return state in _MAY[step]


def needs_second(kind: ContestKind) -> bool:
    """Places and prizes hang on a race, so another person publishes it; practice goes out alone."""
    return kind is ContestKind.RACE


def card_flaws(card: Card) -> tuple[ContestFlaw, ...]:
    """What cannot stand in what a contest says of itself."""
    found = []
    if not 0 < len(card.title.strip()) <= MOST_TITLE:
        found.append(ContestFlaw("/title", "没有名称，或者太长。", f"请填 1 到 {MOST_TITLE} 个字"))
    for field, text in (("/rules_text", card.rules_text), ("/prizes_text", card.prizes_text)):
        if len(text) > MOST_TEXT:
            found.append(ContestFlaw(field, "写得太长。", f"请写在 {MOST_TEXT} 个字以内"))
    if not card.rules_text.strip():
        fix = "请写明谁能参加、怎么算名次、不许做什么"
        found.append(ContestFlaw("/rules_text", "没有写规则。", fix))
    is_chosen = card.audience in {Audience.UNITS, Audience.POSITIONS, Audience.TAGS}
    if is_chosen and not card.audience_ids:
        fix = "请至少勾一项，或者改成名单上的全部人员"
        found.append(ContestFlaw("/audience", "没有选是哪些人。", fix))
    return tuple(found)


def round_flaws(kind: ContestKind, card: RoundCard) -> tuple[ContestFlaw, ...]:
    """What cannot stand in one round by itself; its sections are looked at by `blueprints`."""
    found = [*_window_flaws(card)]
    if not 0 < len(card.title.strip()) <= MOST_TITLE:
        found.append(ContestFlaw("/title", "没有名称，或者太长。", f"请填 1 到 {MOST_TITLE} 个字"))
    if not LEAST_S <= card.seconds <= MOST_S:
        fix = f"请填 {LEAST_S // 60} 到 {MOST_S // 60} 分钟"
        found.append(ContestFlaw("/minutes", "答题时间不对。", fix))
    if kind is ContestKind.RACE and card.tries != 1:
        found.append(ContestFlaw("/tries", "竞赛每轮只能答一次。", "请填 1"))
    if not 1 <= card.tries <= MOST_TRIES:
        found.append(ContestFlaw("/tries", "次数不对。", f"请填 1 到 {MOST_TRIES}"))
    if not card.bank_ids:
        found.append(ContestFlaw("/bank_ids", "没有选题库。", "请至少选一个题库"))
    return (*found, *_advance_flaws(card))


def _window_flaws(card: RoundCard) -> tuple[ContestFlaw, ...]:
    if card.closes_at <= card.opens_at:
        return (ContestFlaw("/closes_at", "结束时间不在开始时间以后。", "请改结束时间"),)
    if card.closes_at - card.opens_at > LONGEST:
        return (ContestFlaw("/closes_at", "开放得太久。", "请改到一年以内"),)
    if dt.timedelta(seconds=card.seconds) > card.closes_at - card.opens_at:
        fix = "请缩短答题时间，或者推后结束时间"
        return (ContestFlaw("/minutes", "答题时间比开放的时间还长。", fix),)
    return ()


def _advance_flaws(card: RoundCard) -> tuple[ContestFlaw, ...]:
    if card.advance is None:
        return ()
    most = 100 if card.advance is Advance.SCORE else MOST_PLACES
    if card.advance_value is None or not 1 <= card.advance_value <= most:
        fix = f"请填 1 到 {most}"
        return (ContestFlaw("/advance_value", "没有写多少名（分）可以晋级，或者不对。", fix),)
    return ()


def whole_flaws(
    kind: ContestKind, rounds: Sequence[RoundCard], now: dt.datetime
) -> tuple[ContestFlaw, ...]:
    """What keeps a contest from going out: its rounds, beside one another and beside the clock."""
    if not rounds:
        return (ContestFlaw("/rounds", "还没有设场次。", "请先添加一场"),)
    if kind is ContestKind.PRACTICE and len(rounds) > 1:
        return (ContestFlaw("/rounds", "岗位练兵只有一场。", "请删去多余的场次"),)
    found = []
    for place, each in enumerate(rounds):
        is_last = place == len(rounds) - 1
        said = f"第 {place + 1} 场“{each.title}”"
        if each.closes_at <= now:
            found.append(ContestFlaw("/rounds", f"{said}的结束时间已经过去。", "请改时间"))
        if is_last == (each.advance is not None):
            cause = f"{said}后面没有下一场，不能设晋级。" if is_last else f"{said}没有设晋级。"
            found.append(ContestFlaw("/rounds", cause, "请改这一场的晋级办法"))
        if not is_last and rounds[place + 1].opens_at <= each.closes_at:
            cause = f"{said}结束以前，下一场就开始了。"
            found.append(ContestFlaw("/rounds", cause, "请改时间，排名公布后下一场才能开始"))
    return tuple(found)


def is_over(closes_at: dt.datetime, grace_s: int, open_papers: int, now: dt.datetime) -> bool:
    """Tell whether a round is over for everybody, with what is still on its way."""
    return open_papers == 0 and now > closes_at + dt.timedelta(seconds=grace_s)
