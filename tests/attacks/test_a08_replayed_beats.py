"""A08: beats recorded and sent again: at once, the day after, from another account."""

from tests.attacks.hour import HourOfStudy, confirms_nothing
from tests.attacks.laboratory import Laboratory
from tests.attacks.outcomes import Outcome


class ReplayedSameDay(HourOfStudy):
    """Three minutes are played once and their requests sent again and again."""

    name, rows = "record and replay, same day", "A08"

    def run(self, world: Laboratory) -> Outcome:
        with world.bot() as bot:
            recorded = []
            for minute in bot.minutes():
                if minute < 3:
                    prev, body = bot.head, bot.body_of([bot.beat(bot.at, bot.at + 60_000)])
                    recorded.append((prev, body))
                    bot.at += 60_000
                else:
                    prev, body = recorded[minute % 3]
                bot.naive.hear([{"from": 0, "to": 60_000}])
                answer = bot.send(body, prev=prev)
                if minute < 3 or answer.status_code != 200:
                    bot.heard(answer)
            return bot.outcome(self.name, self.rows)


class ReplayedElsewhere(HourOfStudy):
    """One learner's recording sent into another's session, and to the first one's address."""

    name, rows = "record and replay, other account", "A08 A46"

    def run(self, world: Laboratory) -> Outcome:
        with world.bot() as first:
            first.clock.advance(ms=60_000)
            prev, body = first.head, first.body_of([first.beat(0, 60_000, t=60_000)])
            first.heard(first.send(body))
            mac, address = first.head, first.session_id
            with world.bot() as bot:
                for _ in bot.minutes(5):
                    bot.naive.hear([{"from": 0, "to": 60_000}])
                    bot.heard(bot.send(body, prev=prev, mac=mac))
                    bot.heard(bot.send(body, mac=mac))
                    own, bot.session_id = bot.session_id, address
                    bot.heard(bot.send(body, prev=prev, mac=mac))
                    bot.session_id = own
                return bot.outcome(self.name, self.rows)


def test_a_recording_counts_once(lab: Laboratory) -> None:
    outcome = confirms_nothing(ReplayedSameDay(), lab)
    assert outcome.pending_ms == 180_000
    assert outcome.naive_trust_ms == 3_600_000


def test_a_recording_is_worth_nothing_in_another_account(lab: Laboratory) -> None:
    outcome = confirms_nothing(ReplayedElsewhere(), lab)
    assert outcome.pending_ms == 0
    assert set(outcome.reasons) == {"bad_mac", "not_found"}
