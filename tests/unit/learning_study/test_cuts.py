"""What is not counted is one line for what follows at once."""

import pytest
from msgspec.structs import replace
from study_cases import NOON

from app.learning.rules.cuts import CutLine
from app.learning.rules.states import Cut

LINE = CutLine(
    cut_id="c", lesson_id="video", day=3, code=Cut.LATE, ms=40, first_at_ms=NOON - 9,
    last_at_ms=NOON,
)  # fmt: skip
SAME = {"lesson_id": "video", "day": 3, "code": Cut.LATE}


@pytest.mark.parametrize(
    ("values", "now_ms", "goes_on"),
    [
        ({}, NOON, True),
        ({}, NOON + 60_000, True),
        ({}, NOON + 60_001, False),
        ({"lesson_id": "book"}, NOON, False),
        ({"day": 4}, NOON, False),
        ({"code": Cut.HELD}, NOON, False),
    ],
)
def test_a_line_goes_on_for_the_same_within_a_minute(values, now_ms, goes_on) -> None:
    assert LINE.goes_on(**SAME | values, now_ms=now_ms) is goes_on


def test_more_of_the_same_adds_up_from_its_first_moment_to_its_last() -> None:
    assert LINE.and_more(2, NOON + 5) == replace(LINE, ms=42, last_at_ms=NOON + 5)
