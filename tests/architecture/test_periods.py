"""Every table says how long its rows are kept, and every class is somebody's to let go."""

import pytest

from app.core.db import Base
from app.core.keeping import PERIODS, Kept, days_of, wrong_periods
from app.oversight.services.keeping import KEEPERS
from tests.architecture.periods import (
    BY_CLASS,
    OF_NOBODY,
    OWN_CLOCK,
    WITH_THE_LOG,
    WITH_THE_PERSON,
)

_LISTS = (BY_CLASS, OWN_CLOCK, WITH_THE_PERSON, WITH_THE_LOG, OF_NOBODY)


def test_every_table_has_one_period() -> None:
    named = [name for each in _LISTS for name in each]
    assert len(named) == len(set(named))
    # The tables of every room are there once the migrations' environment has loaded them.
    tables = {table.name for table in Base.metadata.sorted_tables}
    assert tables - set(named) == set(), "say in periods.py how long its rows are kept"
    assert set(named) - tables == set()


def test_every_class_is_of_some_table_and_somebody_lets_it_go() -> None:
    assert set().union(*BY_CLASS.values()) == set(Kept) == set(PERIODS) == set(KEEPERS)


@pytest.mark.parametrize("kept", Kept)
def test_a_period_stands_on_something(kept: Kept) -> None:
    period = PERIODS[kept]
    assert period.days >= period.least_days > 0
    assert len(period.basis.split()) > 4
    assert period.since
    assert period.remains


def test_a_period_is_lengthened_and_never_cut_beneath_its_least() -> None:
    least = PERIODS[Kept.SIGN_INS].least_days
    assert wrong_periods({"sign_ins": least, "notices": 4000}) == []
    assert days_of(Kept.NOTICES, {"notices": 4000}) == 4000
    assert days_of(Kept.NOTICES, {}) == PERIODS[Kept.NOTICES].days
    [short] = wrong_periods({"sign_ins": least - 1})
    assert f"set {least} or more" in short
    assert "sign_ins" in short
    assert "no such class" in wrong_periods({"ledger": 5})[0]
    assert "at most" in wrong_periods({"notices": 40_000})[0]
