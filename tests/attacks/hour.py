"""An hour of attempts: the shape most attacks on study time share, and the bounds they meet."""

from tests.attacks.bot import Bot
from tests.attacks.laboratory import Laboratory
from tests.attacks.outcomes import Needs, Outcome, keep

PLATFORM_CHECK_BOUND_MS = (1800 + 120 + 3 * 300) * 1000
"""Invariant 5 under the platform's policy: upper end of the gap, the grace, three tries."""


LOOK_EVERY = 10
"""Minutes; the worker looks when a session ends, which a bot may never let happen."""


class HourOfStudy:
    """A learner opens the session and walks away; then a minute of `act` follows another."""

    name = rows = note = ""
    has_media = True
    number_of_minutes = 60

    def __init__(self, needs: Needs = Needs.NONE) -> None:
        self.needs = needs

    def prepare(self, bot: Bot) -> None:
        """Before the first minute."""

    def act(self, bot: Bot, minute: int) -> None:
        bot.play_minute()

    def run(self, world: Laboratory) -> Outcome:
        with world.bot(self.needs, media=self.has_media) as bot:
            self.prepare(bot)
            for minute in bot.minutes(self.number_of_minutes):
                self.act(bot, minute)
                bot.respond()
                if minute % LOOK_EVERY == LOOK_EVERY - 1:
                    bot.look_for_risk()
            return bot.outcome(self.name, self.rows, self.note)


def confirms_nothing(attack: HourOfStudy, lab: Laboratory) -> Outcome:
    """Run it, keep what came of it for the report, and hold it to the bound of the lonely."""
    outcome = attack.run(lab)
    keep(outcome)
    assert outcome.confirmed_ms == 0
    assert outcome.pending_ms <= min(outcome.elapsed_ms, PLATFORM_CHECK_BOUND_MS)
    return outcome


def gains_no_time(attack: HourOfStudy, lab: Laboratory) -> Outcome:
    """With somebody who answers: never more than the server's own clock, check by check."""
    outcome = attack.run(lab)
    keep(outcome)
    assert outcome.confirmed_ms + outcome.pending_ms <= outcome.elapsed_ms
    assert outcome.confirmed_ms <= max(1, outcome.identity_passed) * PLATFORM_CHECK_BOUND_MS
    return outcome
