"""A05, A27: times of the client's own: an hour claimed in a minute, a clock put ahead, put back."""

from tests.attacks.bot import Bot
from tests.attacks.hour import HourOfStudy, confirms_nothing, gains_no_time
from tests.attacks.laboratory import Laboratory
from tests.attacks.outcomes import Needs


class ClaimedHours(HourOfStudy):
    """Each minute it says that an hour has passed."""

    name, rows = "an hour claimed a minute", "A05"

    def act(self, bot: Bot, minute: int) -> None:
        bot.t += 3_540_000
        bot.report([bot.beat(bot.frontier, bot.frontier + 3_600_000)])


class ClockSetAhead(HourOfStudy):
    """The device's date is put a day ahead, then back, while the film plays."""

    name, rows = "device clock ±1 day", "A27"

    def act(self, bot: Bot, minute: int) -> None:
        if minute % 10 == 5:
            bot.t += 86_400_000
        if minute % 10 == 8:
            bot.t -= 86_400_000
        bot.play_minute()


def test_claimed_durations_confirm_nothing(lab: Laboratory) -> None:
    outcome = confirms_nothing(ClaimedHours(), lab)
    assert outcome.naive_trust_ms == 60 * 3_600_000


def test_claimed_durations_gain_a_patient_person_no_time(lab: Laboratory) -> None:
    gains_no_time(ClaimedHours(Needs.PATIENT), lab)


def test_a_clock_put_ahead_and_back_gains_no_time(lab: Laboratory) -> None:
    outcome = gains_no_time(ClockSetAhead(Needs.PATIENT), lab)
    assert "clock" in outcome.reasons
