"""What is kept of a share, and its light on a day: by generated input."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.org.rules.deadlines import SOON, Progress, progress_of
from app.org.rules.standings import (
    LIGHTS,
    NO_DAY,
    Burden,
    Standing,
    cell_words,
    progress_of_person,
    progress_on,
    standing_of,
)

DAY = dt.date(2026, 11, 27)
days = st.dates(DAY - dt.timedelta(days=400), DAY + dt.timedelta(days=1200))
facts = st.fixed_dictionaries({
    "has_joined": st.booleans(), "is_done": st.booleans(), "is_asked": st.booleans(),
})  # fmt: skip


@given(facts, days, days)
def test_what_is_kept_gives_the_progress_of_every_day(
    given_facts: dict[str, bool], due_on: dt.date, today: dt.date
) -> None:
    """Judged once and kept, a share stands as if it were judged on the day itself."""
    kept = standing_of(is_newest=True, has_left=False, **given_facts)
    judged = progress_of(
        due_on=due_on if given_facts["is_asked"] else None, today=today,
        is_done=given_facts["is_done"], has_joined=given_facts["has_joined"],
    )  # fmt: skip
    assert progress_on(kept, due_on, today) is judged


@given(given_facts=facts, is_newest=st.booleans(), has_left=st.booleans())
def test_who_left_and_what_was_followed_is_not_counted(
    *, given_facts: dict[str, bool], is_newest: bool, has_left: bool
) -> None:
    kept = standing_of(is_newest=is_newest, has_left=has_left, **given_facts)
    assert (kept is Standing.OUT) == (has_left or not is_newest)


def test_a_share_that_is_not_counted_has_no_progress() -> None:
    with pytest.raises(ValueError, match="not counted"):
        progress_on(Standing.OUT, DAY, DAY)


shares = st.lists(
    st.tuples(st.sampled_from([Standing.OPEN, Standing.FREE, Standing.DONE]), days), max_size=8
)


@given(shares, days)
def test_a_person_stands_as_the_most_pressing_of_their_shares(
    given_shares: list[tuple[Standing, dt.date]], today: dt.date
) -> None:
    """Without a look at the shares: from how many there are, are left, and the nearest day."""
    pressing = [day for standing, day in given_shares if standing is Standing.OPEN]
    burden = Burden(
        asked=len(given_shares), left=sum(each is not Standing.DONE for each, _ in given_shares),
        next_due_on=min(pressing, default=NO_DAY), has_joined=True,
    )  # fmt: skip
    found = {progress_on(standing, day, today) for standing, day in given_shares}
    order = [Progress.OVERDUE, Progress.DUE_SOON, Progress.STUDYING, Progress.DONE]
    expected = next((each for each in order if each in found), None)
    assert progress_of_person(burden, today) is expected


def test_who_has_not_joined_waits_whatever_is_asked() -> None:
    burden = Burden(asked=2, left=2, next_due_on=NO_DAY, has_joined=False)
    assert progress_of_person(burden, DAY) is Progress.WAITING


@given(
    st.sampled_from(list(Progress)), st.integers(0, 10**8), st.none() | st.integers(1, 10**8),
    st.none() | days,
)  # fmt: skip
def test_a_cell_never_says_more_than_was_recognised(
    progress: Progress, confirmed_ms: int, required_ms: int | None, due_on: dt.date | None
) -> None:
    said = cell_words(
        progress, confirmed_ms=confirmed_ms, required_ms=required_ms, due_on=due_on, today=DAY
    )
    if progress in (Progress.DONE, Progress.WAITING):
        assert "%" not in said
        return
    percent = int(said.split(" ")[-1].removesuffix("%"))
    assert 0 <= percent <= 100
    assert percent * (required_ms or 1) <= confirmed_ms * 100


@pytest.mark.parametrize(
    ("days_left", "progress", "said"),
    [
        (-3, Progress.OVERDUE, "逾期 3 天 · 50%"), (0, Progress.DUE_SOON, "今天截止 · 50%"),
        (7, Progress.DUE_SOON, "还有 7 天 · 50%"), (8, Progress.STUDYING, "50%"),
    ],
)  # fmt: skip
def test_words_of_a_cell(days_left: int, progress: Progress, said: str) -> None:
    due_on = DAY + dt.timedelta(days=days_left)
    assert progress_on(Standing.OPEN, due_on, DAY) is progress
    found = cell_words(
        progress, confirmed_ms=1_000, required_ms=2_000, due_on=due_on, today=DAY
    )  # fmt: skip
    assert found == said
    assert set(LIGHTS) == set(Progress)
    assert SOON.days == 7
