"""The ranking of a contest's round, by generated papers."""

import datetime as dt
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules.contest_ranking import (
    Paper,
    Placed,
    best,
    going_on,
    not_answered_in,
    not_ready,
    ranked,
    used_ms,
)
from app.learning.rules.contests import Advance

T0 = dt.datetime(2026, 12, 1, 1, tzinfo=dt.UTC)
STATES = ("open", "marking", "held", "voided", "graded")


@st.composite
def a_round(draw: st.DrawFn) -> list[Paper]:
    """Few points and few times, so that there are many ties; several tries of one person."""
    paper = st.builds(
        _paper,
        entry_id=st.sampled_from("ABCDEFGH"),
        number=st.integers(1, 5),
        state=st.sampled_from(STATES),
        earned=st.one_of(st.none(), st.builds(Fraction, st.integers(0, 8), st.just(250))),
        used_ms=st.integers(0, 3),
    )
    return draw(st.lists(paper, max_size=30))


def _paper(entry_id: str, number: int, state: str, earned: Fraction | None, used_ms: int) -> Paper:
    score = int(earned * 100) if earned is not None else None
    return Paper(entry_id, number, state, score, used_ms, earned or Fraction(0))


def _stands(paper: Paper) -> bool:
    return paper.state == "graded" and paper.score is not None


@given(a_round())
def test_everybody_with_a_result_stands_once_and_nobody_else(papers: list[Paper]) -> None:
    placed = ranked(papers)
    assert sorted(each.entry_id for each in placed) == sorted(
        {paper.entry_id for paper in papers if _stands(paper)}
    )


@given(a_round())
def test_a_place_counts_those_who_are_better(papers: list[Paper]) -> None:
    counts = best(papers)
    for each in ranked(papers):
        own = counts[each.entry_id]
        better = [
            other for other in counts.values()
            if (-other.earned, other.used_ms) < (-own.earned, own.used_ms)
        ]  # fmt: skip
        assert each.place == len(better) + 1
        assert (each.score, each.used_ms) == (own.score, own.used_ms)


@given(a_round())
def test_the_best_try_counts_and_no_other_paper_beats_it(papers: list[Paper]) -> None:
    counts = best(papers)
    for paper in filter(_stands, papers):
        own = counts[paper.entry_id]
        assert (-own.earned, own.used_ms) <= (-paper.earned, paper.used_ms)
    assert all(each in papers for each in counts.values())


@given(a_round(), st.randoms(use_true_random=False))
def test_the_order_in_which_papers_come_decides_nothing(papers: list[Paper], chance) -> None:
    turned = list(papers)
    chance.shuffle(turned)
    assert {(each.entry_id, each.place) for each in ranked(turned)} == {
        (each.entry_id, each.place) for each in ranked(papers)
    }


@given(a_round(), st.sampled_from(["A", "Z"]))
def test_a_paper_that_is_not_decided_moves_nobody(papers: list[Paper], entry: str) -> None:
    for state in ("open", "marking", "held", "voided"):
        assert ranked([*papers, _paper(entry, 9, state, Fraction(1), 0)]) == ranked(papers)


@given(a_round(), st.integers(1, 10))
def test_who_goes_on_by_places_takes_all_of_a_tie_and_nobody_behind_it(
    papers: list[Paper], most: int
) -> None:
    placed = ranked(papers)
    on = going_on(placed, Advance.TOP, most)
    assert len(on) >= min(most, len(placed))
    last = max((each.place for each in placed if each.entry_id in on), default=0)
    assert last <= most
    assert on == {each.entry_id for each in placed if each.place <= last}


@given(a_round(), st.integers(1, 4))
def test_who_goes_on_by_score(papers: list[Paper], score: int) -> None:
    placed = ranked(papers)
    assert going_on(placed, Advance.SCORE, score) == {
        each.entry_id for each in placed if each.score >= score
    }
    assert going_on(placed, None, score) == frozenset()


def test_two_share_a_place_and_the_next_one_is_left_out() -> None:
    low, high = Fraction(9, 10), Fraction(95, 100)
    papers = [
        _paper("A", 1, "graded", low, 100), _paper("B", 1, "graded", high, 300),
        _paper("C", 1, "graded", low, 100), _paper("D", 1, "graded", low, 101),
    ]  # fmt: skip
    assert ranked(papers) == (
        Placed("B", 1, 95, 300), Placed("A", 2, 90, 100), Placed("C", 2, 90, 100),
        Placed("D", 4, 90, 101),
    )  # fmt: skip


def test_a_point_is_not_lost_in_the_percentage() -> None:
    slow = _paper("A", 1, "graded", Fraction(134, 200), 900)
    fast = _paper("B", 1, "graded", Fraction(135, 200), 1000)
    assert ranked([slow, fast]) == (Placed("B", 1, 67, 1000), Placed("A", 2, 67, 900))


@given(st.integers(0, 90), st.lists(st.integers(-30, 120)), st.integers(0, 90))
def test_time_in_which_somebody_answered_is_never_given_back(
    took_s: int, answers: list[int], back_s: int
) -> None:
    second = dt.timedelta(seconds=1)
    back = min(back_s, took_s)
    found = not_answered_in(
        back * second, T0, T0 + took_s * second, [T0 + each * second for each in answers]
    )
    meanwhile = [each for each in answers if 0 < each <= took_s]
    assert found == min(back, took_s - max(meanwhile, default=0)) * second


@given(st.integers(0, 7200), st.integers(0, 7200), st.integers(0, 600))
def test_the_time_used_never_passes_the_deadline_and_is_never_less_than_none(
    spent_s: int, limit_s: int, back_s: int
) -> None:
    found = used_ms(
        T0, T0 + dt.timedelta(seconds=spent_s), T0 + dt.timedelta(seconds=limit_s),
        dt.timedelta(seconds=back_s),
    )  # fmt: skip
    assert found == max(0, min(spent_s, limit_s) - back_s) * 1000


@given(st.lists(st.sampled_from(STATES)), st.booleans())
def test_a_ranking_waits_for_everything_that_is_not_decided(
    states: list[str],
    is_over: bool,  # noqa: FBT001 -- generated
) -> None:
    waits = not_ready(states, is_over=is_over)
    pending = {"open", "marking", "held"} & set(states)
    assert len(waits) == len(pending) + int(not is_over)
