"""The local day of a moment, against the time-zone database."""

import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.identity.rules.local_days import SHANGHAI, local_day

# Since the last summer that was kept; nothing here is older.
MOMENTS = st.datetimes(
    min_value=dt.datetime(1992, 1, 1),  # noqa: DTZ001 -- made aware below
    max_value=dt.datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([dt.UTC, ZoneInfo("America/New_York"), SHANGHAI]),
)


@given(MOMENTS)
def test_a_moment_belongs_to_the_day_of_the_time_zone_database(moment: dt.datetime) -> None:
    assert local_day(moment) == moment.astimezone(ZoneInfo("Asia/Shanghai")).date()
    assert moment.astimezone(SHANGHAI).utcoffset() == dt.timedelta(hours=8)
