"""A16, A17, A18: presence checks answered by a program, blindly or by reading the picture."""

from app.learning.rules.presence import DIGITS, GLYPHS, TARGETS
from app.learning.services.prompts import new_puzzle
from tests.attacks.bot import Bot
from tests.attacks.hour import HourOfStudy, confirms_nothing, gains_no_time
from tests.attacks.laboratory import Laboratory
from tests.attacks.outcomes import Needs


class BlindGuess(HourOfStudy):
    """Taps the grid's places in some order and says some digits, three times a check."""

    name, rows = "blind guess at presence", "A17 A18"

    def act(self, bot: Bot, minute: int) -> None:
        bot.play_minute()
        if bot.challenge is not None and bot.challenge["kind"] == "presence":
            bot.try_answer(
                {"taps": [[125, 166], [375, 166], [625, 166], [875, 166]], "digits": "12345"}
            )


class PictureReader(HourOfStudy):
    """Finds the characters by template; what it cannot answer is who is there."""

    name, rows = "presence picture read by a program", "A16 A18"
    note = "keeps going, releases nothing"


class EveryAnswer(HourOfStudy):
    """Sends a thousand answers to one identity check: codes in order, the commonest school."""

    name, rows = "auto-answer of the identity check", "A17 A49"
    number_of_minutes = 35

    def __init__(self) -> None:
        super().__init__(Needs.PICTURES)
        self.guessed = 0

    def act(self, bot: Bot, minute: int) -> None:
        bot.play_minute()
        for _ in range(20):
            if bot.challenge is None or bot.challenge["kind"] != "identity":
                return
            self.guessed += 1
            bot.try_answer({"code": f"{self.guessed:06d}", "answer": "中心小学"})


def test_blind_guesses_confirm_nothing(lab: Laboratory) -> None:
    outcome = confirms_nothing(BlindGuess(), lab)
    assert outcome.checks_passed == 0
    assert "failed" in outcome.reasons


def test_blind_luck_over_all_tries_is_at_most_one_in_a_thousand() -> None:
    """Twelve characters in places that anybody may guess, four asked for in order; or digits."""
    orders = 1
    for place in range(TARGETS):
        orders *= GLYPHS - place
    a_try = 1 / orders + 1 / 10**DIGITS
    assert 1 - (1 - a_try) ** 3 <= 1 / 1000
    chars = [
        [glyph.char for glyph in puzzle.glyphs] for puzzle in (new_puzzle() for _ in range(50))
    ]
    assert all(len(set(each)) == GLYPHS for each in chars)


def test_a_program_that_reads_pictures_keeps_going_and_confirms_nothing(lab: Laboratory) -> None:
    outcome = confirms_nothing(PictureReader(Needs.PICTURES), lab)
    assert outcome.checks_tried > 0


def test_answers_by_the_dozen_confirm_nothing(lab: Laboratory) -> None:
    attack = EveryAnswer()
    confirms_nothing(attack, lab)
    assert attack.guessed <= 3 * 20


class Lent(HourOfStudy):
    """The learner is elsewhere and forwards codes and answers whenever the program asks (A37)."""

    name, rows = "phone and answers lent to a program", "A37 A38 A39"
    note = "one interval a check; the price is a person who answers each"


def test_phone_and_answers_lent_gain_an_interval_a_check(lab: Laboratory) -> None:
    gains_no_time(Lent(Needs.PHONE), lab)
