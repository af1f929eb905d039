"""Blueprints by generated input: drawn again the same, whole where they can be, equally hard."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.learning.rules.blueprints import (
    Section,
    compare,
    draw,
    flaws_of,
    quotas,
    section_of,
    shortfalls,
)
from app.learning.rules.chance import chance_of
from app.learning.rules.exams import Item, ItemKind

KINDS = [ItemKind.SINGLE, ItemKind.TRUE_FALSE, ItemKind.SHORT]


@st.composite
def pools(draw_from: st.DrawFn, most: int = 24) -> list[Item]:
    found = []
    for number in range(draw_from(st.integers(1, most))):
        kind = draw_from(st.sampled_from(KINDS))
        count = {ItemKind.SINGLE: 4, ItemKind.TRUE_FALSE: 2}.get(kind, 0)
        found.append(
            Item(
                f"i{number:03}", kind, count, frozenset("A"), code=f"c{number}",
                chapter=draw_from(st.sampled_from("甲乙")), difficulty=draw_from(st.integers(1, 5)),
            )
        )  # fmt: skip
    return found


SECTIONS = st.builds(
    lambda chapter, kinds, levels, count, points: Section(
        title="部分", count=count, points=points, chapter=chapter, kinds=tuple(kinds),
        low=levels[0], high=levels[-1],
    ),
    st.sampled_from(["", "甲", "乙"]),
    st.lists(st.sampled_from([k.value for k in KINDS]), unique=True, max_size=2),
    st.lists(st.integers(1, 5), min_size=1, max_size=2).map(sorted), st.integers(1, 4),
    st.integers(1, 5),
)  # fmt: skip


def _exists(sections: list[Section], pool: list[Item]) -> bool:
    """Hall's condition over all sets of sections: what several want together is there."""
    for size in range(1, len(sections) + 1):
        for some in combinations(sections, size):
            held = sum(any(each.takes(item) for each in some) for item in pool)
            if held < sum(each.count for each in some):
                return False
    return True


@given(st.lists(SECTIONS, min_size=1, max_size=4), pools(), st.text("abc", max_size=3), st.data())
@settings(deadline=None)
def test_a_paper_is_whole_wherever_one_exists_and_can_be_drawn_again(
    sections, pool, seed, data
) -> None:
    seen = set(data.draw(st.lists(st.sampled_from([item.code for item in pool]))))
    is_possible = _exists(sections, pool)
    assert (shortfalls(sections, pool) == ()) == is_possible
    paper = draw(sections, pool, seen, chance_of(seed))
    assert paper == draw(sections, pool, seen, chance_of(seed))
    assert len({asked.item_id for asked in paper}) == len(paper)
    items = {item.item_id: item for item in pool}
    for asked in paper:
        assert sorted(asked.order) == list(range(items[asked.item_id].choice_count))
    if is_possible:
        place = 0
        for section in sections:
            for asked in paper[place : place + section.count]:
                assert section.takes(items[asked.item_id])
                assert asked.points == section.points
            place += section.count
        assert place == len(paper)


@given(pools(), st.integers(1, 10), st.data())
@settings(deadline=None)
def test_nothing_is_asked_again_while_the_pool_has_what_was_not(pool, count, data) -> None:
    section = Section(title="全部", count=min(count, len(pool)), points=1)
    codes = [item.code for item in pool]
    seen = set(data.draw(st.lists(st.sampled_from(codes), unique=True)))
    paper = draw([section], pool, seen, chance_of("x"))
    by_id = {item.item_id: item.code for item in pool}
    repeated = sum(by_id[asked.item_id] in seen for asked in paper)
    assert repeated == max(0, section.count - (len(pool) - len(seen)))


@given(pools(40), st.integers(1, 8), st.lists(st.text("ab", max_size=4), min_size=2, max_size=4))
@settings(deadline=None)
def test_papers_of_one_section_are_equally_hard(pool, count, seeds) -> None:
    section = Section(title="全部", count=min(count, len(pool)), points=2)
    items = {item.item_id: item for item in pool}
    papers = [draw([section], pool, (), chance_of(seed)) for seed in seeds]
    told = compare(papers, items)
    assert told.easiest == told.mean == told.hardest
    assert told.papers == len(seeds)
    assert section.count <= told.used <= len(pool)
    levels = quotas(section, pool)
    for paper in papers:
        drawn = [items[asked.item_id].difficulty for asked in paper]
        assert {level: drawn.count(level) for level in levels} == levels


@given(st.integers(1, 50), st.text(max_size=5))
def test_chance_stays_below_and_is_the_same_for_the_same_seed(limit, seed) -> None:
    first, second = chance_of(seed), chance_of(seed)
    drawn = [first(limit) for _ in range(30)]
    assert all(0 <= each < limit for each in drawn)
    assert drawn == [second(limit) for _ in range(30)]


def test_chance_favours_nothing() -> None:
    chance = chance_of("fair")
    counts = [0] * 7
    for _ in range(7000):
        counts[chance(7)] += 1
    assert all(850 < count < 1150 for count in counts), counts
    assert chance_of("a")(1 << 60) != chance_of("b")(1 << 60)


GOOD = Section(title="单选", count=5, points=2, kinds=("single",))


@pytest.mark.parametrize(
    ("section", "field"),
    [
        (Section(title=" ", count=1, points=1), "title"),
        (Section(title="x", count=0, points=1), "count"),
        (Section(title="x", count=1, points=0), "points"),
        (Section(title="x", count=1, points=101), "points"),
        (Section(title="x", count=1, points=1, low=4, high=3), "low"),
        (Section(title="x", count=1, points=1, high=6), "low"),
        (Section(title="x", count=1, points=1, kinds=("essay",)), "kinds"),
        (Section(title="x", count=201, points=1), "count"),
    ],
)  # fmt: skip
def test_a_section_that_cannot_stand_names_its_field(section: Section, field: str) -> None:
    found = flaws_of([GOOD, section])
    assert (found[0].place, found[0].field) == (1, field)
    assert found[0].fix


def test_what_stands_and_what_is_stored_is_the_same() -> None:
    assert flaws_of([GOOD]) == ()
    assert section_of(GOOD.stored()) == GOOD
    assert flaws_of([]) != ()
    assert flaws_of([GOOD] * 21) != ()


def test_a_shortfall_tells_whether_others_take_the_questions() -> None:
    pool = [Item(f"i{n}", ItemKind.SINGLE, 4, frozenset("A"), difficulty=3) for n in range(6)]
    [told] = shortfalls([GOOD, Section(title="再来", count=3, points=1)], pool)
    assert told.field == "count"
    assert "重复" in told.cause
    [alone] = shortfalls([Section(title="多选", count=1, points=1, kinds=("multiple",))], pool)
    assert "只够 0 题" in alone.cause
    assert "重复" not in alone.cause
