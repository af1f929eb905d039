"""A28: the film is cached, the network goes, and hours come back with it."""

from tests.attacks.bot import Bot
from tests.attacks.hour import HourOfStudy, confirms_nothing, gains_no_time
from tests.attacks.laboratory import Laboratory
from tests.attacks.outcomes import Needs


class OfflineHours(HourOfStudy):
    """Sends once in four minutes what it says it played meanwhile."""

    name, rows = "offline cache, then submit", "A28"

    def act(self, bot: Bot, minute: int) -> None:
        if minute % 4 != 3:
            return
        at = bot.frontier
        start = bot.t - 240_000
        bot.report(
            [
                bot.beat(at + n * 15_000, at + (n + 1) * 15_000, t=start + (n + 1) * 15_000)
                for n in range(16)
            ]
        )


class SavedGrace(HourOfStudy):
    """Saves up the whole grace, then spends it in one beat: again and again."""

    name, rows = "grace saved up and spent", "own"

    def act(self, bot: Bot, minute: int) -> None:
        if minute % 2 == 1:
            bot.report([bot.beat(bot.frontier, bot.frontier + 180_000)])


def test_offline_hours_confirm_nothing(lab: Laboratory) -> None:
    confirms_nothing(OfflineHours(), lab)


def test_offline_hours_earn_the_grace_and_no_more(lab: Laboratory) -> None:
    outcome = gains_no_time(OfflineHours(Needs.PATIENT), lab)
    assert outcome.confirmed_ms + outcome.pending_ms <= outcome.elapsed_ms // 2


def test_the_grace_is_no_present(lab: Laboratory) -> None:
    gains_no_time(SavedGrace(Needs.PATIENT), lab)
