"""When messages go out, how many in a day, and when it is given up: by generated moments."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.rules.local_days import SHANGHAI, local_day
from app.identity.rules.outgoing import (
    MESSAGE_STATE_NAMES,
    MOST_NOTICES,
    MOST_OUTWARD,
    OUTWARD,
    QUIET,
    STOP_NAMES,
    WAY_NAMES,
    MessageState,
    Quiet,
    Sent,
    Stop,
    Way,
    goes_out_at,
    pause_after,
    ways_left,
)

_ZONES = st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York", "Asia/Kathmandu"])
MOMENTS = st.builds(
    lambda seconds, zone: dt.datetime.fromtimestamp(seconds, dt.UTC).astimezone(ZoneInfo(zone)),
    st.floats(1_577_836_800, 2_208_988_800), _ZONES,
)  # fmt: skip
_CLOCKS = st.times().map(lambda clock: clock.replace(microsecond=0))
QUIETS = st.builds(Quiet, _CLOCKS, _CLOCKS)
_WAYS = st.sampled_from([Way.IN_APP, Way.SMS, Way.MAIL])
WISHES = st.builds(
    Sent, st.just(Way.IN_APP), st.sampled_from(["overdue", "due_soon", "stuck"]),
    st.sampled_from(["a", "b", "c"]), st.sampled_from(["", "x", "y"]), st.booleans(),
)  # fmt: skip


@given(MOMENTS, QUIETS)
def test_what_falls_in_the_quiet_hours_goes_out_as_they_end(
    moment: dt.datetime, quiet: Quiet
) -> None:
    out = goes_out_at(moment, quiet)
    assert dt.timedelta() <= out - moment <= dt.timedelta(days=1)
    assert not quiet.holds(out.astimezone(SHANGHAI).time())
    assert goes_out_at(out, quiet) == out
    if out != moment:
        assert quiet.holds(moment.astimezone(SHANGHAI).time())
        assert quiet.holds((out - dt.timedelta(microseconds=1)).astimezone(SHANGHAI).time())


@pytest.mark.parametrize(
    ("shanghai", "out"),
    [
        ("2026-11-24 20:59", "2026-11-24 20:59"),
        ("2026-11-24 21:00", "2026-11-25 08:00"),
        ("2026-11-24 23:59", "2026-11-25 08:00"),
        ("2026-11-25 00:00", "2026-11-25 08:00"),
        ("2026-11-25 07:59", "2026-11-25 08:00"),
        ("2026-11-25 08:00", "2026-11-25 08:00"),
    ],
)
def test_the_night_of_shanghai(shanghai: str, out: str) -> None:
    moment = dt.datetime.fromisoformat(shanghai).replace(tzinfo=SHANGHAI).astimezone(dt.UTC)
    assert goes_out_at(moment, QUIET).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") == out
    assert local_day(moment).isoformat() == shanghai[:10]


@given(st.lists(st.tuples(WISHES, st.sets(_WAYS))))
def test_no_day_brings_more_than_its_most_nor_the_same_twice(
    wishes: list[tuple[Sent, set[Way]]],
) -> None:
    day: list[Sent] = []
    for wish, wanted in wishes:
        used, kept = ways_left([way for way in Way if way in wanted], wish, day)
        assert not set(used) & set(kept)
        day += [
            Sent(way, wish.reason, wish.org_id, wish.about, wish.by_hand, way in kept)
            for way in (*used, *kept)
        ]
    sent = [each for each in day if not each.is_stopped]
    assert sum(each.way in OUTWARD for each in sent) <= MOST_OUTWARD
    assert sum(each.way is Way.IN_APP and each.by_hand for each in sent) <= MOST_NOTICES
    outward = [(each.way, each.reason, each.org_id) for each in sent if each.way in OUTWARD]
    assert len(outward) == len(set(outward))
    told = [(each.reason, each.org_id, each.about) for each in sent if each.way is Way.IN_APP]
    assert len(told) == len(set(told))


def test_a_notice_of_the_calendar_is_kept_from_nobody() -> None:
    day = [Sent(Way.IN_APP, "stuck", str(number), by_hand=True) for number in range(MOST_NOTICES)]
    by_calendar = Sent(Way.IN_APP, "due_soon", "z", "x")
    assert ways_left([Way.IN_APP], by_calendar, day) == ((Way.IN_APP,), ())
    by_hand = Sent(Way.IN_APP, "due_soon", "z", "x", by_hand=True)
    assert ways_left([Way.IN_APP], by_hand, day) == ((), (Way.IN_APP,))


def test_pauses_grow_and_end() -> None:
    pauses = [pause_after(tries) for tries in range(1, 10)]
    known = [each for each in pauses if each is not None]
    assert known == sorted(known)
    assert pauses[len(known) :] == [None] * (9 - len(known))
    assert 3 <= len(known) <= 8


def test_everything_has_its_words() -> None:
    assert set(WAY_NAMES) == set(Way)
    assert set(MESSAGE_STATE_NAMES) == set(MessageState)
    assert set(STOP_NAMES) == set(Stop)
