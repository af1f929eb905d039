"""When a complaint must be answered."""

import datetime as dt

from app.oversight.rules.working_days import Calendar, answer_by

TUESDAY = dt.date(2026, 11, 24)


def test_fifteen_working_days_are_three_weeks_without_holidays() -> None:
    assert answer_by(TUESDAY, calendar=Calendar()) == dt.date(2026, 12, 15)


def test_received_on_a_weekend_counts_from_monday() -> None:
    assert answer_by(dt.date(2026, 11, 28), calendar=Calendar(), days=1) == dt.date(2026, 11, 30)


def test_holidays_are_left_out_and_made_up_saturdays_count() -> None:
    off = Calendar(days_off=frozenset({dt.date(2026, 11, 25)}))
    assert answer_by(TUESDAY, calendar=off, days=1) == dt.date(2026, 11, 26)
    worked = Calendar(days_worked=frozenset({dt.date(2026, 11, 28)}))
    assert answer_by(dt.date(2026, 11, 27), calendar=worked, days=1) == dt.date(2026, 11, 28)


def test_every_answer_day_is_a_working_day_and_the_count_is_exact() -> None:
    calendar = Calendar(days_off=frozenset(dt.date(2026, 10, day) for day in range(1, 8)))
    for start in range(60):
        received = dt.date(2026, 9, 1) + dt.timedelta(days=start)
        last = answer_by(received, calendar=calendar)
        between = [received + dt.timedelta(days=n) for n in range(1, (last - received).days + 1)]
        assert calendar.is_working(last)
        assert sum(map(calendar.is_working, between)) == 15
