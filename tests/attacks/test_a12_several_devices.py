"""A12, A40: the same account on two devices, both playing all the time."""

from tests.attacks.bot import Bot
from tests.attacks.hour import HourOfStudy, confirms_nothing, gains_no_time
from tests.attacks.laboratory import Laboratory
from tests.attacks.outcomes import Needs, Outcome
from tests.people import sign_in


class TwoDevices(HourOfStudy):
    """Each takes the session back as soon as the other has it."""

    name, rows = "two devices take turns", "A12"

    def run(self, world: Laboratory) -> Outcome:
        with world.bot(self.needs) as bot, world.client() as second:
            world.clock.advance(ms=61_000)
            sign_in(second, world.parts, bot.who)
            devices = (bot.client, second)
            for minute in bot.minutes(40):
                if minute % 5 == 0:
                    self._take_over(bot, devices[minute // 5 % 2])
                bot.play_minute()
                bot.respond()
            return bot.outcome(self.name, self.rows)

    def _take_over(self, bot: Bot, client: object) -> None:
        bot.client = client
        opened = bot.open(bot.lesson_id)
        bot.at = bot.frontier = opened["lessons"][0]["frontier"]
        if opened["hold"]:
            bot.object_to("hold")
        bot.t = 60_000
        bot.respond()


def test_taking_turns_confirms_nothing(lab: Laboratory) -> None:
    outcome = confirms_nothing(TwoDevices(), lab)
    assert "hold" in outcome.reasons


def test_taking_turns_gains_a_patient_person_no_time(lab: Laboratory) -> None:
    gains_no_time(TwoDevices(Needs.PATIENT), lab)
