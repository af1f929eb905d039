"""A20: the page's policy and functions overridden; they are courtesy, and the server never asks."""

from tests.attacks.bot import Bot
from tests.attacks.hour import HourOfStudy, confirms_nothing
from tests.attacks.laboratory import Laboratory


class OwnPolicy(HourOfStudy):
    """Believes in no lock of order, no frontier, no pause: begins with the last lesson."""

    name, rows = "page config overridden", "A20"

    def act(self, bot: Bot, minute: int) -> None:
        film, bot.lesson_id = bot.lesson_id, bot.course.book_id
        bot.report([bot.beat(0, 60_000)])
        bot.lesson_id = film
        bot.report([bot.beat(0, 60_000, rate=1600)])


def test_locks_are_the_servers(lab: Laboratory) -> None:
    outcome = confirms_nothing(OwnPolicy(), lab)
    assert outcome.pending_ms == 0
    assert outcome.reasons == ["lesson_not_open", "too_fast"]
