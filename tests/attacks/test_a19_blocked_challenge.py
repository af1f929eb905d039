"""A19: the challenge's request is blocked, its dialog deleted; the film goes on."""

from tests.attacks.bot import Bot
from tests.attacks.hour import HourOfStudy, confirms_nothing
from tests.attacks.laboratory import Laboratory
from tests.attacks.outcomes import Needs


class Blocked(HourOfStudy):
    """Never looks at a challenge; beats go on as if there were none."""

    name, rows = "challenge blocked", "A19"


class Silent(HourOfStudy):
    """Falls silent at a challenge until it has expired, then speaks again: nobody heard it."""

    name, rows = "silence at every challenge", "A19 own"

    def prepare(self, bot: Bot) -> None:
        self.waited = 0

    def act(self, bot: Bot, minute: int) -> None:
        if bot.challenge is not None:
            self.waited += 1
            if self.waited * 60_000 <= bot.challenge["expires_in_ms"] + 60_000:
                return
            self.waited, bot.challenge = 0, None
        if bot.play_minute() is None:
            bot.at = bot.open(bot.lesson_id)["lessons"][0]["frontier"]


class Exchanged(HourOfStudy):
    """Trades each presence check for an identity check, which waits longer."""

    name, rows = "presence traded for identity", "A19 own"

    def act(self, bot: Bot, minute: int) -> None:
        bot.play_minute()
        if bot.challenge is not None and bot.challenge["kind"] == "presence":
            bot.ask_check()


class OpenedAgain(HourOfStudy):
    """Opens the session anew whenever a check comes up, hoping for another draw."""

    name, rows = "open again at every challenge", "A19 own"

    def act(self, bot: Bot, minute: int) -> None:
        told = bot.play_minute()
        if bot.challenge is not None or told is None:
            opened = bot.open(bot.lesson_id)
            bot.at = opened["lessons"][0]["frontier"]
            if opened["hold"]:
                bot.object_to("hold")


def test_blocking_confirms_nothing_and_forfeits(lab: Laboratory) -> None:
    outcome = confirms_nothing(Blocked(), lab)
    assert {"hold", "held"} <= set(outcome.reasons)
    assert outcome.pending_ms == 0


def test_silence_confirms_nothing(lab: Laboratory) -> None:
    assert "hold" in confirms_nothing(Silent(), lab).reasons


def test_a_traded_check_is_missed_all_the_same(lab: Laboratory) -> None:
    assert "hold" in confirms_nothing(Exchanged(), lab).reasons


def test_opening_again_draws_nothing_anew(lab: Laboratory) -> None:
    assert "hold" in confirms_nothing(OpenedAgain(), lab).reasons


def test_a_program_that_reads_pictures_and_blocks_identity_confirms_nothing(
    lab: Laboratory,
) -> None:
    class HalfBlocked(HourOfStudy):
        name, rows = "presence read, identity blocked", "A18 A19"

    confirms_nothing(HalfBlocked(Needs.PICTURES), lab)
