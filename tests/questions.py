"""Generated questions of all kinds, sound ones, as a bank holds them."""

from hypothesis import strategies as st

from app.learning.rules.exam_items import ItemContent, RubricLine, flaws_of, tidied
from app.learning.rules.exams import LETTERS, ItemKind
from app.learning.rules.fill_in import Blank

_LETTERS = st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"])
TEXTS = st.text(_LETTERS, min_size=1, max_size=30).map(str.strip).filter(bool)
LINES = st.lists(TEXTS, min_size=1, max_size=3).map("\n".join)
SHORT = st.text(_LETTERS, max_size=20).map(str.strip)
AWKWARD = st.sampled_from(
    ["a；b", "x|y", "±1", "\\", "；", "一\n二", "3（2分）", "=1+1", "http://x"]
)


@st.composite
def contents(draw: st.DrawFn, texts: st.SearchStrategy[str] = TEXTS | AWKWARD) -> ItemContent:
    """A question that can stand, as it is stored."""
    kind = draw(st.sampled_from(list(ItemKind)))
    choices, letters = _choices(draw, kind, texts)
    blanks = _blanks(draw, texts) if kind is ItemKind.FILL_IN else ()
    rubric: tuple[RubricLine, ...] = ()
    if kind is ItemKind.SHORT:
        line = st.builds(RubricLine, texts, st.integers(1, 100))
        rubric = tuple(draw(st.lists(line, min_size=1, max_size=4)))
    stem = draw(LINES).replace("__", "_").replace("()", "").replace("（）", "")
    item = tidied(
        ItemContent(
            code=draw(st.text("ABC123-甲", min_size=1, max_size=12)), kind=kind,
            stem=" ".join([stem, *["____"] * len(blanks)]) or "题", explanation=draw(LINES),
            chapter=draw(SHORT), point=draw(SHORT), difficulty=draw(st.integers(1, 5)),
            choices=choices, letters=letters, blanks=blanks, rubric=rubric,
        )
    )  # fmt: skip
    return item if not flaws_of(item) else draw(st.nothing())


def _choices(
    draw: st.DrawFn, kind: ItemKind, texts: st.SearchStrategy[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if kind in {ItemKind.FILL_IN, ItemKind.SHORT}:
        return (), ()
    if kind is ItemKind.TRUE_FALSE:
        return draw(st.sampled_from([("对", "错"), ("正确", "错误")])), draw(
            st.sampled_from([("A",), ("B",)])
        )
    count = draw(st.integers(3, 8))
    choices = draw(st.lists(texts, min_size=count, max_size=count, unique=True))
    least = 2 if kind is ItemKind.MULTIPLE else 1
    most = count if kind is ItemKind.MULTIPLE else 1
    picked = draw(st.sets(st.sampled_from(LETTERS[:count]), min_size=least, max_size=most))
    return tuple(choices), tuple(sorted(picked))


def _blanks(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> tuple[Blank, ...]:
    blank = st.builds(
        Blank, st.lists(texts, min_size=1, max_size=3).map(tuple),
        st.sampled_from(["", "0.5", "0", "12"]),
    )  # fmt: skip
    return tuple(draw(st.lists(blank, min_size=1, max_size=4)))
