"""A04, A45: one report that says that the whole lesson was watched."""

from tests.attacks.bot import Bot
from tests.attacks.hour import HourOfStudy, confirms_nothing
from tests.attacks.laboratory import HOUR_MS, Laboratory


class OneShot(HourOfStudy):
    name, rows = "one report of the whole hour", "A04 A45"
    number_of_minutes = 1

    def act(self, bot: Bot, minute: int) -> None:
        bot.t = HOUR_MS
        bot.report([bot.beat(0, HOUR_MS)], close=True)


class CompletionFlag(HourOfStudy):
    """The same with the words by which other platforms are told that it is done."""

    name, rows = "completion flags", "A04 A45"
    number_of_minutes = 1

    def act(self, bot: Bot, minute: int) -> None:
        bot.report([bot.beat(0, 15_000)], completed=True, score=100)
        bot.report([bot.beat(0, 15_000, duration=HOUR_MS, ended=True)])


def test_one_report_of_an_hour_is_worth_the_minute_it_took(lab: Laboratory) -> None:
    outcome = confirms_nothing(OneShot(), lab)
    assert outcome.pending_ms == 60_000
    assert outcome.naive_trust_ms == HOUR_MS


def test_flags_that_the_wire_does_not_know_are_refused(lab: Laboratory) -> None:
    outcome = confirms_nothing(CompletionFlag(), lab)
    assert outcome.pending_ms == 0
    assert outcome.reasons == ["malformed"]
