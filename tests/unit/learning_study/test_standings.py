"""What binds a release to the reports behind it: no change of any of them leaves it as it was."""

from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules.ledger import Report, Standing, binding, standings

_REPORT = st.builds(
    Report,
    head=st.text("abcdefgh-_", min_size=43, max_size=43),
    credited_ms=st.integers(-(2**62), 2**62),
    reading=st.binary(max_size=60),
)
_REPORTS = st.lists(_REPORT, max_size=6)


def _last(session_id: str, reports: list[Report]) -> Standing:
    return list(standings(session_id, "first", reports))[-1]


@given(_REPORTS)
def test_there_is_one_for_the_beginning_and_for_each_report(reports: list[Report]) -> None:
    stood = list(standings("s", "first", reports))
    assert [each.head for each in stood] == ["first", *(report.head for report in reports)]
    assert len({each.account for each in stood}) == len(reports) + 1
    for count in range(len(reports)):
        assert stood[count] == _last("s", reports[:count]), (
            "what comes later changes nothing before"
        )


@given(_REPORTS, _REPORTS)
def test_other_reports_give_another_account(one: list[Report], other: list[Report]) -> None:
    assert (_last("s", one).account == _last("s", other).account) == (one == other)


@given(st.lists(_REPORT, min_size=1, max_size=5), st.data())
def test_one_altered_report_shows_at_it_and_ever_after(reports: list[Report], data) -> None:
    place = data.draw(st.integers(0, len(reports) - 1))
    whole = reports[place]
    altered = data.draw(_REPORT.filter(lambda report: report != whole))
    other = [*reports[:place], altered, *reports[place + 1 :]]
    pairs = zip(standings("s", "first", reports), standings("s", "first", other), strict=True)
    same = [one.account == two.account for one, two in pairs]
    assert same == [True] * (place + 1) + [False] * (len(reports) - place)


def test_a_binding_names_check_session_head_and_account() -> None:
    stood = Standing("head", "account")
    whole = binding("check", "session", stood)
    assert len(whole) == 64
    for other in (
        binding("chec", "session", stood),
        binding("check", "sessio", stood),
        binding("check", "session", Standing("hea", "account")),
        binding("check", "session", Standing("head", "accoun")),
    ):
        assert other != whole
    assert _last("s", []).account != _last("t", []).account
