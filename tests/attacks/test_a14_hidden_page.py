"""A14, A25, A26: the page says that it is in front although nobody sees it."""

from tests.attacks.bot import Bot
from tests.attacks.hour import HourOfStudy, confirms_nothing, gains_no_time
from tests.attacks.laboratory import Laboratory
from tests.attacks.outcomes import Needs


class HiddenTold(HourOfStudy):
    """What an unpatched page reports from the background."""

    name, rows = "page in the background, told", "A14"

    def act(self, bot: Bot, minute: int) -> None:
        bot.play_minute(visible=False)


class VisibilityOverridden(HourOfStudy):
    """document.hidden patched: every beat says visible."""

    name, rows = "visibility overridden", "A14 A25 A26"


def test_the_background_is_worth_nothing(lab: Laboratory) -> None:
    outcome = confirms_nothing(HiddenTold(), lab)
    assert (outcome.pending_ms, outcome.reasons) == (0, ["hidden"])


def test_a_lie_about_it_confirms_nothing(lab: Laboratory) -> None:
    confirms_nothing(VisibilityOverridden(), lab)


def test_a_lie_about_it_gains_who_answers_checks_no_time(lab: Laboratory) -> None:
    gains_no_time(VisibilityOverridden(Needs.PATIENT), lab)
