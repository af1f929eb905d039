"""Each signal of risk over generated input: when it fires, when it must not, what it may weigh."""

from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules import risk
from app.learning.rules import risk_signals as signals
from app.learning.rules.places import neighbourhood
from app.learning.rules.risk import DayEvidence, RiskPolicy
from app.learning.rules.risk_signals import (
    AnsweredCheck,
    Arrival,
    Finding,
    ReportedBeat,
    Signal,
    Sitting,
)
from app.learning.rules.risk_wording import SIGNAL_NAMES, reason_of

COUNTS = st.integers(0, 10_000)
DELAYS = st.integers(0, 400_000)
CHECKS = st.lists(
    st.builds(
        AnsweredCheck, st.sampled_from(["picture", "code_and_questions", "face", "roll_call"]),
        DELAYS, st.sampled_from([60_000, 300_000]),
    ),
    max_size=30,
)  # fmt: skip
ARRIVALS = st.lists(
    st.builds(
        Arrival, st.integers(0, 10**9), st.integers(0, 10**9),
        st.lists(st.builds(ReportedBeat, DELAYS, DELAYS), max_size=4).map(tuple),
    ),
    max_size=30,
).map(tuple)  # fmt: skip
EVENTS = st.dictionaries(st.sampled_from(["automated", "cam_virtual", "seek"]), st.integers(1, 9))
DAYS = st.builds(
    DayEvidence,
    sessions=st.lists(ARRIVALS, max_size=3).map(tuple), checks=CHECKS.map(tuple),
    sittings=st.lists(st.builds(Sitting, COUNTS, st.sampled_from("abc")), max_size=9).map(tuple),
    events=EVENTS,
    people_by_device=st.dictionaries(st.sampled_from("abc"), COUNTS),
    shared_devices=st.frozensets(st.sampled_from("abc")),
    learners_at_place=COUNTS, days_in_step=st.integers(0, 14), partners_in_step=COUNTS,
    unseen_ms=st.integers(0, 10**7), reported_ms=st.integers(0, 10**7),
    night_ms=st.integers(0, 10**7),
)  # fmt: skip


def played(lengths: list[tuple[int, int]], lags: list[int]) -> tuple[Arrival, ...]:
    """A batch for each beat, as late as `lags` says."""
    t, found = 0, []
    for (took, moved), lag in zip(lengths, lags, strict=True):
        t += took
        found.append(Arrival(t + lag, t, (ReportedBeat(took, moved),)))
    return tuple(found)


@given(DAYS)
def test_no_signal_reaches_a_case_by_itself_and_every_one_is_explained(day: DayEvidence) -> None:
    found = risk.findings_of(day)
    assert len({each.signal for each in found}) == len(found)
    for each in found:
        assert 0 < each.weight < RiskPolicy().case_score
        reason = reason_of(each)
        assert reason.innocent
        assert "{" not in reason.seen
    assert 0 <= risk.score_of(found) <= 100
    assert list(found) == sorted(found, key=lambda each: -each.weight)


@given(st.integers(40, 300), st.integers(0, 5000))
def test_a_timer_without_jitter_is_seen(number: int, lag: int) -> None:
    arrivals = played([(30_000, 30_000)] * number, [lag] * number)
    found = signals.rhythm([arrivals])
    assert found is not None
    assert found.seen == {"beats": number, "alike_percent": 100, "steady_percent": 100}


@given(st.lists(st.tuples(st.integers(-8, 8), st.integers(20, 400)), min_size=40, max_size=200))
def test_the_jitter_of_a_network_is_no_timer(jitter: list[tuple[int, int]]) -> None:
    lags = [120 + 50 * (n % 2) + lag // 20 for n, (_, lag) in enumerate(jitter)]
    lengths = [(15_000 + off, 15_000 + off) for off, _ in jitter]
    assert signals.rhythm([played(lengths, lags)]) is None


@given(st.integers(0, 39))
def test_few_beats_say_nothing(number: int) -> None:
    assert signals.rhythm([played([(15_000, 15_000)] * number, [80] * number)]) is None


@given(st.integers(2, 10_000))
def test_people_on_one_device(people: int) -> None:
    found = signals.shared_device({"a": people, "b": 1}, frozenset())
    assert found is not None
    assert found.seen == {"people": people}
    assert signals.shared_device({"a": people, "b": 1}, frozenset("a")) is None
    more = signals.shared_device({"a": people + 1}, frozenset())
    assert more is not None
    assert more.weight >= found.weight


@given(st.integers(0, 10**6))
def test_one_address_is_never_more_than_a_side_note(learners: int) -> None:
    found = signals.shared_place(learners)
    assert found is None or found.weight <= 10
    assert (found is None) == (learners < 20)


@given(st.lists(st.integers(6_000, 40_000), max_size=30))
def test_people_who_read_before_they_tap_are_not_fast(taken: list[int]) -> None:
    checks = [AnsweredCheck("picture", ms, 60_000) for ms in taken]
    assert signals.answers_fast(checks) is None
    assert signals.answers_last(checks) is None


@given(st.integers(3, 40))
def test_answers_at_once_are_fast(number: int) -> None:
    checks = [AnsweredCheck("code_and_questions", 1000, 300_000)] * number
    found = signals.answers_fast(checks)
    assert found is not None
    assert found.seen == {"fast": number, "answers": number, "quickest_ms": 1000}


@given(st.integers(8, 40), st.integers(5_000, 50_000))
def test_answers_that_all_take_the_same_time(number: int, ms: int) -> None:
    assert signals.answers_alike([AnsweredCheck("picture", ms, 60_000)] * number) is not None
    spread = [AnsweredCheck("picture", ms + 500 * n, 60_000) for n in range(number)]
    assert signals.answers_alike(spread) is None


@given(st.integers(4, 40))
def test_an_alarm_waiter_answers_last(number: int) -> None:
    assert signals.answers_last([AnsweredCheck("picture", 55_000, 60_000)] * number) is not None


@given(st.integers(2, 30))
def test_devices_that_throw_each_other_out(number: int) -> None:
    turns = [Sitting(n * 60_000, "ab"[n % 2]) for n in range(number)]
    assert (signals.device_switches(turns) is not None) == (number >= 5)
    assert signals.device_switches([Sitting(each.opened_ms, "a") for each in turns]) is None


@given(st.integers(0, 14), st.integers(1, 50))
def test_two_who_always_begin_together(days: int, partners: int) -> None:
    assert (signals.in_step(days, partners) is not None) == (days >= 3)


@given(st.integers(0, 10**8), st.integers(0, 10**8))
def test_shares_of_a_day(part_ms: int, rest_ms: int) -> None:
    all_ms = part_ms + rest_ms
    is_most = part_ms >= rest_ms
    assert (signals.media_unseen(part_ms, all_ms) is not None) == (is_most and part_ms >= 120_000)
    assert (signals.night(part_ms, all_ms) is not None) == (is_most and part_ms >= 3_600_000)


@given(EVENTS)
def test_what_the_page_says_of_itself(events: dict[str, int]) -> None:
    assert (signals.automation(events) is not None) == ("automated" in events)
    assert (signals.virtual_camera(events) is not None) == ("cam_virtual" in events)


@given(DAYS, DAYS)
def test_what_was_judged_is_quiet_until_it_grows(day: DayEvidence, other: DayEvidence) -> None:
    found, later = risk.findings_of(day), risk.findings_of(other)
    quiet = {each.signal: each.weight for each in found}
    assert risk.unquieted(found, quiet) == ()
    for each in risk.unquieted(later, quiet):
        assert each.weight > quiet.get(each.signal, 0)


@given(DAYS, DAYS)
def test_an_open_case_keeps_the_heavier_of_two(day: DayEvidence, other: DayEvidence) -> None:
    known, new = risk.findings_of(day), risk.findings_of(other)
    both = {each.signal: each.weight for each in risk.joined(known, new)}
    for each in (*known, *new):
        assert both[each.signal] >= each.weight
    assert risk.joined(risk.joined(known, new), new) == risk.joined(known, new)


def test_every_signal_has_a_name() -> None:
    assert set(SIGNAL_NAMES) == set(Signal)
    assert reason_of(Finding(Signal.ANSWERS_FAST, 30, {"fast": 3, "answers": 4, "quickest_ms": 90}))


@given(st.ip_addresses(v=4), st.integers(0, 255))
def test_an_address_stands_for_its_neighbours(address: object, last: int) -> None:
    near = neighbourhood(str(address))
    assert near is not None
    assert near.endswith(".0/24")
    assert neighbourhood(near.removesuffix("0/24") + str(last)) == near


def test_what_is_no_address_has_no_neighbours() -> None:
    assert neighbourhood("testclient") is None
    assert neighbourhood("") is None
    assert neighbourhood("2001:db8:1:2::/64") == "2001:db8:1::/48"
