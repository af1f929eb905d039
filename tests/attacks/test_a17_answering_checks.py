"""A16, A17, A18: presence checks answered by a program, blindly or by reading the picture."""

from collections.abc import Callable
from fractions import Fraction
from random import Random

import pytest

from app.learning.providers import pictures
from app.learning.rules.presence import PICTURES, Form, Puzzle, is_right, is_tapped
from app.learning.rules.recall import Question
from app.learning.services import boards
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


QUESTIONS = [
    Question(
        lesson_id="L", lesson="第 1 课", from_ms=0, to_ms=1000, explanation="课文里讲过。",
        stem="下面哪些做法是对的？请把对的都点出来，一个也不要漏。",
        choices=tuple(f"第 {n} 种做法，写得长一些，要占两行" for n in range(count)), answer=answer,
    )
    for count, answer in ((4, (2,)), (4, (0, 1, 3)), (5, (1, 4)), (6, (0, 2, 5)))
]  # fmt: skip
FORMS: dict[str, Callable[[], Puzzle]] = {
    form.value: (lambda form=form: boards.compose(form)) for form in PICTURES
} | {
    f"question of {len(asked.choices)}, {len(asked.answer)} right": (
        lambda asked=asked: boards.question(asked)
    )
    for asked in QUESTIONS
}
by_form = pytest.mark.parametrize("drawn", FORMS.values(), ids=FORMS)


@by_form
def test_blind_luck_over_all_tries_is_at_most_one_in_a_thousand(
    drawn: Callable[[], Puzzle],
) -> None:
    """For who knows where everything is and how much is wanted, but not which: exactly."""
    for _ in range(20):
        puzzle = drawn()
        assert 1 - (1 - puzzle.luck) ** 3 <= Fraction(1, 1000)


@by_form
def test_a_bot_that_taps_the_middles_it_finds_has_no_better_luck(
    drawn: Callable[[], Puzzle],
) -> None:
    """What `luck` says, tried out: four (or as many as wanted) different spots by chance."""
    chance = Random(17)
    puzzles = [drawn() for _ in range(20)]
    passed = 0
    for number in range(20_000):
        puzzle = puzzles[number % 20]
        passed += is_tapped(puzzle, [
            (puzzle.spots[index].x, puzzle.spots[index].y)
            for task in puzzle.tasks
            for index in chance.sample(range(task.first, task.end), len(task.targets))
        ])  # fmt: skip
    expected = 20_000 * float(puzzles[0].luck)
    assert passed <= expected + 4 * expected**0.5 + 4


@by_form
def test_taps_anywhere_have_less_luck_still(drawn: Callable[[], Puzzle]) -> None:
    chance = Random(18)
    puzzles = [drawn() for _ in range(20)]
    passed = sum(
        is_tapped(
            puzzles[number % 20],
            [(chance.randint(0, 1000), chance.randint(0, 1000)) for _ in range(4)],
        )
        for number in range(10_000)
    )
    assert passed <= 6


@by_form
def test_a_tap_on_the_middle_of_each_target_is_right_and_any_less_is_not(
    drawn: Callable[[], Puzzle],
) -> None:
    for _ in range(20):
        puzzle = drawn()
        taps = [(x, y) for x, y in puzzle.right_taps()]
        assert is_right(puzzle, taps, "")
        assert is_right(puzzle, [(x + 8, y - 8) for x, y in taps], "")
        assert is_right(puzzle, [], puzzle.digits)
        assert not is_right(puzzle, taps[:-1], "")
        assert not is_right(puzzle, [*taps, taps[-1]], "")
        assert not is_right(puzzle, [taps[0], taps[0], *taps[2:]], "")
        assert not is_right(puzzle, taps[:1], puzzle.digits), "one answer a try, not two"
        if puzzle.taps is not None:
            assert not is_right(puzzle, taps[::-1], "")


@by_form
def test_a_picture_holds_pixels_and_nothing_else(drawn: Callable[[], Puzzle]) -> None:
    """Neither the file's chunks nor its measures tell what must be tapped."""
    puzzle = drawn()
    png = pictures.draw(puzzle)
    assert png == pictures.draw(puzzle)
    chunks, at = [], 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        chunks.append(png[at + 4 : at + 8])
        at += 12 + length
    assert set(chunks) <= {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
    assert len(png) < 120_000
    size = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    assert size == (600, puzzle.height)
    assert puzzle.form is Form.QUESTION or puzzle.height == 480


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
    assert "risk" in gains_no_time(Lent(Needs.PHONE), lab).reasons
