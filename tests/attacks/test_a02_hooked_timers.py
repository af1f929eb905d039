"""A02: timers and clock hooked, so that four seconds of the page go by in one of the server's."""

import pytest

from tests.attacks.bot import STEP_MS, Bot
from tests.attacks.hour import HourOfStudy, confirms_nothing, gains_no_time
from tests.attacks.laboratory import Laboratory
from tests.attacks.outcomes import Needs


class HookedTimers(HourOfStudy):
    """Every beat is perfect by the page's own clock."""

    name, rows = "timers hooked ×4", "A02"

    def act(self, bot: Bot, minute: int) -> None:
        beats = []
        for _ in range(8):
            bot.t += STEP_MS
            beats.append(bot.beat(bot.at, bot.at + STEP_MS))
            bot.at += STEP_MS
        bot.t -= 60_000
        bot.report(beats)
        bot.at = bot.frontier


def test_hooked_timers_confirm_nothing(lab: Laboratory) -> None:
    confirms_nothing(HookedTimers(), lab)


@pytest.mark.parametrize("needs", [Needs.PATIENT])
def test_hooked_timers_gain_a_patient_person_no_time(lab: Laboratory, needs: Needs) -> None:
    outcome = gains_no_time(HookedTimers(needs), lab)
    assert "late" in outcome.reasons
    assert outcome.naive_trust_ms == 4 * 3_600_000
