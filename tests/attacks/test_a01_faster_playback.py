"""A01: the film at four times its speed, set again whenever the page sets it back."""

from tests.attacks.bot import Bot
from tests.attacks.hour import HourOfStudy, confirms_nothing, gains_no_time
from tests.attacks.laboratory import Laboratory
from tests.attacks.outcomes import Needs


class FasterPlayback(HourOfStudy):
    name, rows = "playbackRate ×4, told", "A01"

    def act(self, bot: Bot, minute: int) -> None:
        bot.play_minute(speed=4, rate=400)


class FasterPlaybackHidden(HourOfStudy):
    """The player runs at four times the speed, the report says one."""

    name, rows = "playbackRate ×4, untold", "A01"

    def act(self, bot: Bot, minute: int) -> None:
        bot.play_minute(speed=4)


def test_a_faster_film_confirms_nothing(lab: Laboratory) -> None:
    outcome = confirms_nothing(FasterPlayback(), lab)
    assert outcome.pending_ms == 0
    assert outcome.reasons == ["too_fast"]


def test_a_rate_that_is_not_told_gains_no_time(lab: Laboratory) -> None:
    outcome = gains_no_time(FasterPlaybackHidden(Needs.PATIENT), lab)
    assert "late" in outcome.reasons
    assert outcome.naive_trust_ms == 4 * 3_600_000
