"""A07, A21, A22, A23: whoever has the page has its key, and may sign what it likes."""

from app.learning.rules.chain import next_head
from tests.attacks.bot import Bot
from tests.attacks.hour import HourOfStudy, confirms_nothing, gains_no_time
from tests.attacks.laboratory import Laboratory
from tests.attacks.outcomes import Needs


class OwnSignature(HourOfStudy):
    """Signs invented beats with the session's own key: allowed, and worth real time alone."""

    name, rows = "own key, invented beats", "A07 A21"

    def act(self, bot: Bot, minute: int) -> None:
        bot.report([bot.beat(bot.frontier, bot.frontier + 60_000)])


class RewrittenRequests(HourOfStudy):
    """A proxy alters what the page signed; another one guesses the key."""

    name, rows = "requests rewritten on the way", "A22 A23"

    def act(self, bot: Bot, minute: int) -> None:
        honest = bot.body_of([bot.beat(bot.frontier, bot.frontier + 15_000)])
        mac = next_head(bot.key, bot.head, honest)
        altered = bot.body_of([bot.beat(bot.frontier, bot.frontier + 60_000)])
        bot.naive.hear([bot.beat(bot.frontier, bot.frontier + 60_000)])
        bot.heard(bot.send(altered, mac=mac))
        bot.heard(bot.send(altered, mac=next_head(bytes(32), bot.head, altered)))


def test_the_pages_own_key_gains_real_time_only(lab: Laboratory) -> None:
    confirms_nothing(OwnSignature(), lab)
    gains_no_time(OwnSignature(Needs.PATIENT), lab)


def test_altered_requests_are_refused(lab: Laboratory) -> None:
    outcome = confirms_nothing(RewrittenRequests(), lab)
    assert outcome.pending_ms == 0
    assert outcome.reasons == ["bad_mac"]
