"""Blueprints: what a paper draws from its pool, section by section, and whether the pool has it.

A section wants so many questions of a chapter, kinds and difficulties. Sections may want the same
questions; a paper is a matching of the two (augmenting paths, Kuhn), so one is drawn wherever one
exists, and as many questions that the learner has not seen as can be.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.learning.rules.exam_items import KIND_NAMES
from app.learning.rules.exams import Chance, Item, ItemKind, PaperItem, shuffled

MOST_SECTIONS = 20
MOST_QUESTIONS = 200
MOST_POINTS = 100
MOST_TITLE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the paper; empty `chapter` or `kinds` take any, difficulty from `low` to `high`."""

    title: str
    count: int
    points: int
    chapter: str = ""
    kinds: tuple[str, ...] = ()
    low: int = 1
    high: int = 5

    def takes(self, item: Item) -> bool:
        is_kind = not self.kinds or item.kind.value in self.kinds
        is_chapter = not self.chapter or item.chapter == self.chapter
        return is_kind and is_chapter and self.low <= item.difficulty <= self.high

    def stored(self) -> dict[str, Any]:
        return {
            "title": self.title, "count": self.count, "points": self.points,
            "chapter": self.chapter, "kinds": list(self.kinds), "low": self.low, "high": self.high,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class SectionFlaw:
    """What is wrong with a section: its place from 0, the field, cause and remedy."""

    place: int
    field: str
    cause: str
    fix: str


def section_of(stored: Mapping[str, Any]) -> Section:
    return Section(**(dict(stored) | {"kinds": tuple(stored["kinds"])}))


def flaws_of(sections: Sequence[Section]) -> tuple[SectionFlaw, ...]:
    """What cannot stand whatever the pool holds."""
    if not 1 <= len(sections) <= MOST_SECTIONS:
        cause = f"试卷有 {len(sections)} 个部分。"
        return (SectionFlaw(0, "title", cause, f"请设 1 到 {MOST_SECTIONS} 个部分"),)
    found = [flaw for place, each in enumerate(sections) for flaw in _section_flaws(place, each)]
    total = sum(each.count for each in sections)
    if total > MOST_QUESTIONS:
        cause = f"一张试卷有 {total} 题。"
        found.append(SectionFlaw(0, "count", cause, f"请减到 {MOST_QUESTIONS} 题以内"))
    return tuple(found)


def _section_flaws(place: int, each: Section) -> list[SectionFlaw]:
    found = []
    if not 0 < len(each.title.strip()) <= MOST_TITLE:
        fix = f"请填 1 到 {MOST_TITLE} 个字"
        found.append(SectionFlaw(place, "title", "这一部分没有名称，或者太长。", fix))
    if not 1 <= each.count <= MOST_QUESTIONS:
        fix = f"请填 1 到 {MOST_QUESTIONS}"
        found.append(SectionFlaw(place, "count", f"“{each.title}”的题数是 {each.count}。", fix))
    if not 1 <= each.points <= MOST_POINTS:
        fix = f"请填 1 到 {MOST_POINTS}"
        found.append(SectionFlaw(place, "points", f"“{each.title}”每题 {each.points} 分。", fix))
    if not 1 <= each.low <= each.high <= 5:
        cause = f"“{each.title}”的难度从 {each.low} 到 {each.high}。"
        found.append(SectionFlaw(place, "low", cause, "请填 1 到 5，先低后高"))
    if not set(each.kinds) <= {kind.value for kind in ItemKind}:
        found.append(SectionFlaw(place, "kinds", "不认识的题型。", "请从五种题型中选"))
    return found


def shortfalls(sections: Sequence[Section], pool: Sequence[Item]) -> tuple[SectionFlaw, ...]:
    """Which sections the pool cannot fill beside the others; empty where a paper can be drawn."""
    drawn = _matched(sections, [_Wave(list(pool), is_strict=False)])
    found = []
    for place, each in enumerate(sections):
        got = len(drawn[place])
        if got < each.count:
            alone = sum(each.takes(item) for item in pool)
            cause = f"“{each.title}”要 {each.count} 题，题库里只够 {got} 题。"
            if alone >= each.count:
                cause += f"合条件的有 {alone} 题，但和别的部分重复。"
            fix = f"请减少题数、放宽{_wants(each)}，或者增加题目"
            found.append(SectionFlaw(place, "count", cause, fix))
    return tuple(found)


def _wants(each: Section) -> str:
    names = [KIND_NAMES[ItemKind(kind)] for kind in each.kinds]
    told = [each.chapter, "、".join(names), f"难度 {each.low}-{each.high}"]
    return "条件（" + "，".join(part for part in told if part) + "）"


def quotas(section: Section, pool: Sequence[Item]) -> dict[int, int]:
    """How many questions of each difficulty a section draws: in its pool's own proportion.

    Largest remainders, the easier first of equals: the same for every paper, so that papers drawn
    beside one another are equally hard.
    """
    held = dict.fromkeys(range(section.low, section.high + 1), 0)
    for item in pool:
        if section.takes(item):
            held[item.difficulty] += 1
    total = max(1, sum(held.values()))
    size = min(section.count, sum(held.values()))
    found = {level: count * size // total for level, count in held.items()}
    by_rest = sorted(held, key=lambda level: held[level] * size % total, reverse=True)
    for level in by_rest[: size - sum(found.values())]:
        found[level] += 1
    return found


@dataclass(frozen=True, slots=True)
class _Wave:
    """Questions that may be taken from now on; `is_strict`: in the quota of difficulty only."""

    items: list[Item]
    is_strict: bool


@dataclass(slots=True)
class _Slot:
    section: int
    difficulty: int | None
    item: Item | None = None


def draw(
    sections: Sequence[Section], pool: Sequence[Item], seen: Collection[str], chance: Chance
) -> tuple[PaperItem, ...]:
    """Draw a paper; `seen` are codes that the learner was asked before, taken only where they must.

    Questions within a section and choices within a question stand in an order of their own. The
    pool has to be in an order that does not change, for the same chance to draw the same paper.
    """
    order = shuffled(list(pool), chance)
    fresh = [item for item in order if item.code not in seen]
    waves = [_Wave(fresh, is_strict=True), _Wave(fresh, is_strict=False),
             _Wave(order, is_strict=True), _Wave(order, is_strict=False)]  # fmt: skip
    drawn = _matched(sections, waves, pool)
    paper: list[PaperItem] = []
    for section, items in zip(sections, drawn, strict=True):
        for item in shuffled(sorted(items, key=lambda each: each.item_id), chance):
            choices = list(range(item.choice_count))
            if item.kind is not ItemKind.TRUE_FALSE:
                choices = shuffled(choices, chance)
            paper.append(PaperItem(item.item_id, tuple(choices), section.points))
    return tuple(paper)


def _matched(
    sections: Sequence[Section], waves: Sequence[_Wave], pool: Sequence[Item] = ()
) -> list[list[Item]]:
    """The questions of each section, as many as can be: each wave adds what those before left."""
    slots = [
        _Slot(place, level)
        for place, section in enumerate(sections)
        for level in _levels(section, pool)
    ]
    holder: dict[str, _Slot] = {}
    for wave in waves:
        for slot in slots:
            if slot.item is None:
                _augment(sections, slot, wave, holder)
    found: list[list[Item]] = [[] for _ in sections]
    for slot in slots:
        if slot.item is not None:
            found[slot.section].append(slot.item)
    return found


def _levels(section: Section, pool: Sequence[Item]) -> list[int | None]:
    told = [level for level, count in quotas(section, pool).items() for _ in range(count)]
    return [*told, *[None] * (section.count - len(told))]


def _augment(
    sections: Sequence[Section],
    start: _Slot,
    wave: _Wave,
    holder: dict[str, _Slot],
) -> bool:
    """Find a question for a slot, moving others to other questions where that helps."""
    came_from: dict[str, _Slot] = {}
    waiting = [start]
    while waiting:
        slot = waiting.pop()
        for item in wave.items:
            if item.item_id in came_from or not _fits(sections, slot, item, wave):
                continue
            came_from[item.item_id] = slot
            if item.item_id not in holder:
                _reseat(item, came_from, holder)
                return True
            waiting.append(holder[item.item_id])
    return False


def _fits(sections: Sequence[Section], slot: _Slot, item: Item, wave: _Wave) -> bool:
    if not sections[slot.section].takes(item):
        return False
    return not wave.is_strict or slot.difficulty in {None, item.difficulty}


def _reseat(item: Item, came_from: Mapping[str, _Slot], holder: dict[str, _Slot]) -> None:
    current: Item | None = item
    while current is not None:
        slot = came_from[current.item_id]
        current_before = slot.item
        slot.item = current
        holder[current.item_id] = slot
        current = current_before


@dataclass(frozen=True, slots=True)
class Parallel:
    """How equal papers of a blueprint are: mean difficulty (hundredths) and shared questions."""

    papers: int
    easiest: int
    mean: int
    hardest: int
    shared_percent: int
    """Of two papers' questions, those that both ask, over all pairs."""
    used: int
    """Different questions in all papers together."""


def compare(papers: Sequence[Sequence[PaperItem]], items: Mapping[str, Item]) -> Parallel:
    """Compare drawn papers, weighed by points."""
    means = [_difficulty(paper, items) for paper in papers]
    asked = [frozenset(each.item_id for each in paper) for paper in papers]
    shared = [
        Fraction(len(one & other) * 100, max(1, len(one)))
        for place, one in enumerate(asked)
        for other in asked[place + 1 :]
    ]
    return Parallel(
        papers=len(papers), easiest=min(means), hardest=max(means),
        mean=sum(means) // len(means), used=len(frozenset().union(*asked)),
        shared_percent=int(sum(shared, Fraction(0)) / max(1, len(shared))),
    )  # fmt: skip


def _difficulty(paper: Sequence[PaperItem], items: Mapping[str, Item]) -> int:
    total = sum(asked.points for asked in paper)
    weighed = sum(asked.points * items[asked.item_id].difficulty for asked in paper)
    return weighed * 100 // max(1, total)
