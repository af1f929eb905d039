"""A03: straight to the end of the film."""

from tests.attacks.bot import Bot
from tests.attacks.hour import HourOfStudy, confirms_nothing
from tests.attacks.laboratory import HOUR_MS, Laboratory


class SeekToTheEnd(HourOfStudy):
    name, rows = "seek to the end", "A03"

    def act(self, bot: Bot, minute: int) -> None:
        bot.at = HOUR_MS - 60_000
        bot.play_minute()


class HopAhead(HourOfStudy):
    """Two seconds beyond the frontier are let pass: hop over them, again and again."""

    name, rows = "hops of the gap's tolerance", "A03"

    def act(self, bot: Bot, minute: int) -> None:
        beats, at = [], bot.frontier
        for step in range(20):
            beats.append(bot.beat(at + 2000, at + 5000, t=bot.t - 60_000 + 3000 * (step + 1)))
            at += 5000
        bot.report(beats)


def test_the_end_alone_is_worth_nothing(lab: Laboratory) -> None:
    outcome = confirms_nothing(SeekToTheEnd(), lab)
    assert outcome.pending_ms == 0
    assert outcome.reasons == ["ahead"]


def test_hopping_over_seconds_earns_only_those_that_were_played(lab: Laboratory) -> None:
    confirms_nothing(HopAhead(), lab)
