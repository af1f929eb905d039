"""Questions on what was just shown: only what was credited lately, and only what can be asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules import teaching
from app.learning.rules.coverage import measure
from app.learning.rules.policy import PolicyError, StudyPolicy
from app.learning.rules.recall import RECENT_MS, Question, fault, is_fresh, recent, wrapped
from app.learning.rules.states import LearnerState, Piece
from app.learning.rules.teaching import DocumentLesson, Page, Slide, VideoLesson

ASKED = Question(
    lesson_id="a", lesson="第 1 课", from_ms=60_000, to_ms=90_000, stem="？", explanation="。",
    choices=("甲", "乙", "丙", "丁"), answer=(0,),
)  # fmt: skip


def _piece(lesson_id: str, *stretches: tuple[int, int], at: int = 0, passed: int = 0) -> Piece:
    return Piece(
        enrolment_id="e", lesson_id=lesson_id, session_id="s", day=0, pass_number=passed,
        is_ripe=True, first_at_ms=at, expires_at_ms=10**9, stretches=stretches,
    )  # fmt: skip


def _seen(*pieces: Piece, passed: int = 0) -> dict:
    return recent(LearnerState(learner_id="l", pending=pieces, pass_number=passed), "e")


def test_what_was_just_credited_may_be_asked() -> None:
    assert is_fresh(ASKED, _seen(_piece("a", (0, 95_000))))
    assert is_fresh(ASKED, _seen(_piece("a", (0, 62_000), (65_000, 90_000))))
    assert not is_fresh(ASKED, _seen(_piece("a", (0, 80_000))))
    assert not is_fresh(ASKED, _seen(_piece("b", (0, 95_000))))


def test_what_was_credited_before_the_last_pass_or_long_ago_may_not() -> None:
    assert not is_fresh(ASKED, _seen(_piece("a", (0, 95_000)), passed=1))
    assert not is_fresh(ASKED, _seen(_piece("a", (0, 90_000 + RECENT_MS))))
    later = _piece("b", (0, RECENT_MS), at=1000)
    assert not is_fresh(ASKED, _seen(_piece("a", (0, 95_000)), later))
    assert is_fresh(ASKED, _seen(_piece("a", (0, 95_000)), _piece("b", (0, 200_000), at=1000)))


@given(
    st.lists(st.tuples(st.integers(0, 900_000), st.integers(1, 400_000)), min_size=1, max_size=5)
)
def test_recent_is_never_more_than_the_last_minutes(spans: list[tuple[int, int]]) -> None:
    pieces = [
        _piece(f"lesson{n}", (start, start + length), at=n)
        for n, (start, length) in enumerate(spans)
    ]
    found = _seen(*pieces)
    total = sum(length for _, length in spans)
    assert sum(map(measure, found.values())) == min(total, RECENT_MS)
    assert measure(found[f"lesson{len(spans) - 1}"]) == min(spans[-1][1], RECENT_MS)


@pytest.mark.parametrize(
    ("stem", "choices", "answer", "field"),
    [
        ("", "甲乙丙丁", (0,), "stem"),
        ("长" * 41, "甲乙丙丁", (0,), "stem"),
        ("？", "甲乙丙", (0,), "choices"),
        ("？", "甲乙丙丁戊己庚", (0,), "choices"),
        ("？", "甲乙丙甲", (0,), "choices"),
        ("？", ("长" * 21, "乙", "丙", "丁"), (0,), "choices"),
        ("？", "甲乙丙丁", (), "answer"),
        ("？", "甲乙丙丁", (0, 1, 2, 3), "answer"),
        ("？", "甲乙丙丁", (4,), "answer"),
        ("？", "甲乙丙丁", (-1,), "answer"),
        ("？", "甲乙丙丁", (1, 1), "answer"),
    ],
)
def test_what_cannot_be_asked_is_named(
    stem: str, choices: tuple[str, ...], answer: tuple[int, ...], field: str
) -> None:
    found = fault(stem, tuple(choices), answer)
    assert found is not None
    assert found[0] == field


def test_what_can_be_asked_has_no_fault() -> None:
    assert fault("长" * 40, ("长" * 20, "乙", "丙", "丁"), (0, 2)) is None


@given(st.text(st.sampled_from("安全 a1，"), max_size=60), st.integers(2, 20))
def test_lines_are_narrow_enough_and_lose_nothing(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert "".join(lines) == text
    assert all(sum(1 if char.isascii() else 2 for char in line) <= 2 * width for line in lines)


def test_parts_follow_one_another_to_the_end_of_the_lesson() -> None:
    film = VideoLesson(
        "课", 90_000, (Slide("一", ("甲",), "三个字"), Slide("二", ("乙",), "一共六个字。"))
    )
    assert teaching.stretches(film) == [(0, 30_000), (30_000, 90_000)]
    pages = (Page("一", ("字" * 25,)), Page("二", ("字" * 50,)))
    assert teaching.stretches(DocumentLesson("课", pages)) == [(0, 5_000), (5_000, 15_000)]


@pytest.mark.parametrize("kinds", [[], ["video"], ["picture", "picture"], "picture"])
def test_a_policy_asks_by_known_kinds(kinds: object) -> None:
    with pytest.raises(PolicyError) as caught:
        StudyPolicy.from_mapping({"presence_kinds": kinds})
    assert caught.value.field == "presence_kinds"
