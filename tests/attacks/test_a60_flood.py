"""A60 and the protocol's edges: floods, absurd numbers, words said after goodbye."""

import pytest

from tests.attacks.bot import Bot
from tests.attacks.hour import HourOfStudy, confirms_nothing
from tests.attacks.laboratory import HOUR_MS, Laboratory

MOST = 2**31 - 1


class Flood(HourOfStudy):
    """Two hundred batches in one second, and beats of a millisecond by the thousand."""

    name, rows = "flood of beats", "A60"
    note = "each costs a row of evidence; one each 200 ms at most"
    number_of_minutes = 1

    def act(self, bot: Bot, minute: int) -> None:
        for number in range(100):
            at = bot.frontier
            bot.report([bot.beat(at, at + 60_000, t=bot.t + number)])
        at = bot.frontier
        bot.report([bot.beat(at + n, at + n + 1, t=bot.t + 200 + n) for n in range(64)])


class AbsurdNumbers(HourOfStudy):
    """The largest numbers that the wire takes, and some that it does not."""

    name, rows = "absurd numbers", "own"
    number_of_minutes = 10

    def act(self, bot: Bot, minute: int) -> None:
        bot.report([bot.beat(0, MOST, t=2**40)])
        bot.report([bot.beat(HOUR_MS - 1, MOST, t=2**40)])
        bot.report([bot.beat(-5, 60_000)])
        bot.report([bot.beat(0, 60_000, t=2**63)])
        bot.report([bot.beat(0, 60_000)] * 65)


class AfterGoodbye(HourOfStudy):
    """Closes its session, then goes on reporting into it."""

    name, rows = "beats after goodbye", "own"

    def act(self, bot: Bot, minute: int) -> None:
        bot.report([bot.beat(bot.frontier, bot.frontier + 60_000)], close=minute == 2)


class OpenedEveryMinute(HourOfStudy):
    """A new session each minute: new key, new clock, new allowance, perhaps a new draw."""

    name, rows = "opened anew every minute", "own"

    def act(self, bot: Bot, minute: int) -> None:
        bot.play_minute()
        bot.at = bot.open(bot.lesson_id)["lessons"][0]["frontier"]


def test_a_flood_earns_its_minute(lab: Laboratory) -> None:
    outcome = confirms_nothing(Flood(), lab)
    assert outcome.pending_ms <= 60_000
    assert outcome.naive_posts_ms >= 100 * 60_000


def test_absurd_numbers_earn_no_more_than_time(lab: Laboratory) -> None:
    outcome = confirms_nothing(AbsurdNumbers(), lab)
    assert "malformed" in outcome.reasons


def test_a_closed_session_takes_nothing_more(lab: Laboratory) -> None:
    outcome = confirms_nothing(AfterGoodbye(), lab)
    assert outcome.pending_ms == 180_000
    assert outcome.reasons == ["closed"]


def test_opening_every_minute_gains_nothing(lab: Laboratory) -> None:
    confirms_nothing(OpenedEveryMinute(), lab)


@pytest.mark.parametrize("size", [17_000, 400_000])
def test_a_batch_that_is_too_large_changes_nothing(lab: Laboratory, size: int) -> None:
    with lab.bot() as bot:
        body = bot.body_of([bot.beat(0, 1000)])
        padded = body[:-1] + b" " * size + body[-1:]
        assert bot.send(padded).status_code in (413, 422)
        for _ in bot.minutes(1):
            told = bot.play_minute()
        assert told is not None
        assert told["ack_seq"] == 2
