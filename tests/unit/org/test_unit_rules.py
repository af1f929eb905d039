"""Units as a tree: spelling, ranges of paths, and moves, by generated trees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.org.rules import units
from app.org.rules.units import Place, WrongWordsError

_LEVEL = st.text("公司车间班组一二三AB 1-·", min_size=1, max_size=9).filter(str.strip)
_ID = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=25, max_size=25).map("0".__add__)


@given(
    levels=st.lists(_LEVEL, min_size=1, max_size=units.MOST_LEVELS), stroke=st.sampled_from("/／")
)
def test_however_it_is_typed_a_unit_has_one_spelling(levels: list[str], stroke: str) -> None:
    wanted = "/".join(" ".join(level.split()) for level in levels)
    typed = f" {stroke} ".join(levels)
    assert units.spelled(typed) == wanted
    assert units.spelled(units.spelled(typed)) == wanted
    assert units.spelled(f"{stroke}{typed}{stroke}{stroke}") == wanted
    assert units.level(wanted) == len(levels)
    assert units.with_all_above([wanted])[-1] == wanted
    assert len(units.with_all_above([wanted])) == len(levels)


def test_nothing_is_no_unit() -> None:
    assert units.spelled("  ") == ""
    assert units.spelled(" / ／ ") == ""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("/".join("一二三四五六七"), "6 级"),
        ("长" * 61, "60 个字"),
        ("/".join(["长" * 50] * 5), "200 个字"),
        ("车间\x07一", "看不见"),
    ],
)
def test_what_cannot_be_a_unit_says_why_and_what_to_do(text: str, says: str) -> None:
    with pytest.raises(WrongWordsError) as refused:
        units.spelled(text)
    assert says in refused.value.sentence
    assert refused.value.remedy


@given(ids=st.lists(_ID, min_size=2, max_size=6, unique=True), other=_ID)
def test_a_range_of_paths_is_a_unit_and_what_is_below_it(ids: list[str], other: str) -> None:
    upper, lower = "".join(ids[:-1]), "".join(ids)
    first, before = units.span(upper)
    assert first <= upper < before
    assert first <= lower < before
    elsewhere = "".join([*ids[:-2], other])
    if not elsewhere.startswith(upper):
        assert not first <= elsewhere < before
    assert units.ids_in(lower) == tuple(ids)


@given(
    sizes=st.dictionaries(
        st.lists(st.sampled_from(["0" * 26, "1" * 26, "2" * 26]), min_size=1, max_size=4).map(
            "".join
        ),
        st.integers(0, 9), min_size=1,
    )
)  # fmt: skip
def test_head_counts_add_up(sizes: dict[str, int]) -> None:
    paths = {path[:end] for path in sizes for end in range(26, len(path) + 1, 26)}
    found = units.totals(sizes, paths)
    assert set(found) == paths
    for path in paths:
        assert found[path] == sum(n for each, n in sizes.items() if each.startswith(path))


def test_a_move_into_itself_too_deep_or_too_long_is_refused() -> None:
    a, b, c = "0" * 26, "1" * 26, "2" * 26
    moved = [Place(a, "甲"), Place(a + b, "甲/乙"), Place(a + b + c, "甲/乙/丙")]
    assert "下级" in (units.flaw_of_move(moved, "甲/乙/甲", a + b) or "")
    assert "6 级" in (units.flaw_of_move(moved, "一/二/三/四/甲", "9" * 104) or "")
    assert "200 个字" in (units.flaw_of_move(moved, "长" * 198 + "/甲", "9" * 26) or "")
    assert units.flaw_of_move(moved, "一/二/三/甲", "9" * 78) is None
    assert units.flaw_of_move(moved, "新甲", "") is None


@pytest.mark.parametrize("words", ["一车间\u202e", "二\u200b车间", "三车间😀", "四\ufffd间", "☀️班"])
def test_what_no_paper_can_print_is_no_name(words: str) -> None:
    with pytest.raises(units.WrongWordsError):
        units.name_of(words, "部门")
    with pytest.raises(units.WrongWordsError):
        units.spelled(f"公司/{words}")
