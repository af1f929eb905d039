"""How an assignment stands on a day."""

import datetime as dt

import pytest

from app.org.rules.deadlines import Progress, is_possible, missing, progress_of

DUE = dt.date(2026, 12, 31)


@pytest.mark.parametrize(
    ("today", "is_done", "has_joined", "expected"),
    [
        (dt.date(2027, 1, 1), True, True, Progress.DONE),
        (dt.date(2027, 1, 1), False, True, Progress.OVERDUE),
        (dt.date(2027, 1, 1), False, False, Progress.WAITING),
        (DUE, False, True, Progress.DUE_SOON),
        (dt.date(2026, 12, 24), False, True, Progress.DUE_SOON),
        (dt.date(2026, 12, 23), False, True, Progress.STUDYING),
        (DUE, False, False, Progress.WAITING),
    ],
)
def test_progress(*, today: dt.date, is_done: bool, has_joined: bool, expected: Progress) -> None:
    found = progress_of(due_on=DUE, today=today, is_done=is_done, has_joined=has_joined)
    assert found is expected


def test_a_deadline_lies_between_today_and_three_years_on() -> None:
    today = dt.date(2026, 11, 24)
    assert is_possible(today, today=today)
    assert not is_possible(dt.date(2026, 11, 23), today=today)
    assert is_possible(dt.date(2029, 11, 26), today=today)
    assert not is_possible(dt.date(2029, 11, 27), today=today)


@pytest.mark.parametrize(
    ("left_ms", "exam_passed", "said"),
    [
        (7_500_000, False, " 2 小时 5 分的学习和考试"),
        (150_000, False, " 2 分 30 秒的学习和考试"),
        (59_001, True, " 1 分的学习"),
        (1, True, " 1 秒的学习"),
        (0, False, "考试"),
        (-5, True, ""),
    ],
)
def test_what_is_missing_is_said_in_words(left_ms: int, *, exam_passed: bool, said: str) -> None:
    assert missing(left_ms, exam_passed=exam_passed) == said
