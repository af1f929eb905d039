"""A13: one machine studies for several people at once."""

from contextlib import ExitStack

from app.lobby import cookies
from tests.attacks.hour import LOOK_EVERY, HourOfStudy, confirms_nothing
from tests.attacks.laboratory import Laboratory
from tests.attacks.outcomes import Outcome
from tests.people import sign_in

ACCOUNTS = 3


class OneMachine(HourOfStudy):
    """Three accounts behind one device cookie, each opened by its owner."""

    name, rows = "three accounts on one device", "A13"
    note = "bounded for each account"

    def run(self, world: Laboratory) -> Outcome:
        with ExitStack() as stack:
            bots = [stack.enter_context(world.bot(self.needs)) for _ in range(ACCOUNTS)]
            device = bots[0].client.cookies[cookies.DEVICE]
            for bot in bots[1:]:
                bot.client.cookies.set(cookies.DEVICE, device, domain="testserver.local", path="/")
                world.clock.advance(ms=61_000)
                sign_in(bot.client, world.parts, bot.who)  # a sign-in does not move between devices
            for bot in bots:
                bot.begin()
            for minute in bots[0].minutes(40):
                for bot in bots:
                    bot.t = bots[0].t
                    bot.play_minute()
                    bot.respond()
                if minute % LOOK_EVERY == LOOK_EVERY - 1:
                    bots[-1].look_for_risk()
            outcomes = [bot.outcome(self.name, self.rows, self.note) for bot in bots]
            outcomes[-1].confirmed_ms = sum(each.confirmed_ms for each in outcomes)
            return outcomes[-1]


def test_no_account_is_confirmed_without_its_person(lab: Laboratory) -> None:
    outcome = confirms_nothing(OneMachine(), lab)
    assert "risk" in outcome.reasons
