"""A06, A15, A16, A20, A24: no browser, or one with nobody in front of it; every beat is perfect."""

from tests.attacks.bot import Bot
from tests.attacks.hour import HourOfStudy, confirms_nothing, gains_no_time
from tests.attacks.laboratory import Laboratory
from tests.attacks.outcomes import Needs


class WithoutMedia(HourOfStudy):
    """Posts a perfect hour and never asks for a byte of the film."""

    name, rows, has_media = "headless, no media", "A06", False


class HeadOnly(HourOfStudy):
    """Asks for the film's head, its first byte, its last: what costs nothing."""

    name, rows, has_media = "headless, HEAD and one byte", "A06", False

    def prepare(self, bot: Bot) -> None:
        told = bot.client.get(f"/api/v1/study-sessions/{bot.session_id}").json()
        url = told["lessons"][0]["media"]["url"]
        assert bot.client.head(url).status_code == 200
        for span in ("bytes=0-0", "bytes=-1", "bytes=100-600"):
            assert bot.client.get(url, headers={"range": span}).status_code == 206


class WithMedia(HourOfStudy):
    """Downloads everything, sends perfect beats, answers nothing."""

    name, rows = "headless with media, no answers", "A06 A15 A24"


class ContinueClicker(HourOfStudy):
    """Goes on whenever it is stopped, by tapping in one place (继续学习); nothing is no answer."""

    name, rows = "auto-click of 继续学习", "A16"

    def act(self, bot: Bot, minute: int) -> None:
        bot.play_minute()
        if bot.challenge is not None:
            bot.try_answer({"taps": [[500, 900]]})


def test_without_media_nothing_is_even_pending(lab: Laboratory) -> None:
    outcome = confirms_nothing(WithoutMedia(), lab)
    assert outcome.pending_ms == 0
    assert outcome.reasons == ["not_delivered", "risk"]


def test_one_byte_is_no_film(lab: Laboratory) -> None:
    assert confirms_nothing(HeadOnly(), lab).pending_ms == 0


def test_a_tab_left_open_confirms_nothing(lab: Laboratory) -> None:
    outcome = confirms_nothing(WithMedia(), lab)
    assert "held" in outcome.reasons


def test_clicking_on_confirms_nothing(lab: Laboratory) -> None:
    outcome = confirms_nothing(ContinueClicker(), lab)
    assert outcome.checks_passed == 0
    assert "failed" in outcome.reasons


def test_with_a_person_who_answers_it_earns_the_time_it_takes(lab: Laboratory) -> None:
    outcome = gains_no_time(WithMedia(Needs.PATIENT), lab)
    assert outcome.inflation is not None
    assert outcome.inflation <= 1
    assert outcome.reasons == ["risk"]
