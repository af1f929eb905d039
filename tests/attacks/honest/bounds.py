"""How much an honest learner may have to study again, and why: from the profile's own troubles.

What a learner meets follows from what the platform promises (its grace, beat and idle time) and
from how the page tries again. Milliseconds throughout.
"""

from collections.abc import Sequence
from itertools import pairwise

from app.learning.rules.crediting import TRIES
from app.learning.rules.policy import StudyPolicy
from tests.attacks.honest_client import CODE_MS, PRESS_MS
from tests.attacks.honest_outbox import (
    FIRST_PAUSE_MS,
    LONGEST_PAUSE_MS,
    NO_ROUTE_MS,
    TIMEOUT_MS,
)
from tests.attacks.profiles import BACK_MS, Profile

PROMISED = StudyPolicy()
"""The platform's own numbers, whatever the course of the test says."""
GRACE_MS, IDLE_MS = PROMISED.offline_grace_s * 1000, PROMISED.idle_timeout_s * 1000


def most_again_ms(profile: Profile, film_ms: int, gaps_s: Sequence[Sequence[int]]) -> int:
    """The most that may have to be played twice, forfeited checks aside (`most_misses`).

    `gaps_s` are the ranges from which presence and identity checks are drawn.
    """
    outages = sum(_after_silence(profile, film_ms, gaps_s, each) for each in _silences(profile))
    return wished_ms(profile) + outages + _fast_ms(profile, film_ms) + _unsaid_ms(profile)


def wished_ms(profile: Profile) -> int:
    """Who goes back to listen again wants to hear it again."""
    return BACK_MS * sum(what == "back" for _, what in profile.does)


def most_misses(profile: Profile) -> int:
    """Checks that may be missed: one in each outage, one where single messages go lost.

    A check that the page has shown, and whose answer the network swallows until its time is over.
    """
    if not profile.has_network_loss:
        return 0
    return max(1, len(profile.outages))


def most_forfeited_ms(profile: Profile, identity_gap_s: Sequence[int]) -> int:
    """A missed check takes what one interval can hold at most (docs/hours.md, 5).

    To have it back the learner of the model goes to its beginning and plays on to the film's end,
    through what counts already: the whole film once more at most.
    """
    ttl_ms = PROMISED.ttl_ms("code_and_questions")
    return most_misses(profile) * (identity_gap_s[1] * 1000 + GRACE_MS + TRIES * ttl_ms)


def _silences(profile: Profile) -> list[tuple[int, int]]:
    """Outages; and messages lost one after the other, which are as long as their tries take."""
    lost = sorted(profile.lost_requests | profile.lost_answers)
    runs: list[int] = [1] if lost else []
    for before, after in pairwise(lost):
        if after == before + 1:
            runs[-1] += 1
        else:
            runs.append(1)
    return [*profile.outages, *((0, _tries_ms(run)) for run in runs)]


def _tries_ms(run: int) -> int:
    pauses = (min(FIRST_PAUSE_MS * 2**n, LONGEST_PAUSE_MS) for n in range(run))
    return run * TIMEOUT_MS + sum(pauses)


def _after_silence(
    profile: Profile, film_ms: int, gaps_s: Sequence[Sequence[int]], silence: tuple[int, int]
) -> int:
    """What the server did not hear for longer than the grace; all of it if the session ended.

    It had not heard the last beat's worth before, and hears of the rest at the next try after.
    """
    start, end = silence
    around_ms = _beat_ms(profile) + LONGEST_PAUSE_MS + NO_ROUTE_MS + 2 * profile.latency_ms
    unheard_ms = end - start + around_ms
    if unheard_ms <= IDLE_MS:
        return max(0, unheard_ms - GRACE_MS)
    # Nobody plays on behind the film's end: what was left of it when the network went, and a beat.
    asked = 1 + start // (gaps_s[0][0] * 1000)
    played_ms = start - asked * (CODE_MS + PRESS_MS + 2 * profile.latency_ms)
    return min(unheard_ms, film_ms - played_ms + _beat_ms(profile))


def _beat_ms(profile: Profile) -> int:
    return (profile.timer_s or PROMISED.beat_s) * 1000


def _fast_ms(profile: Profile, film_ms: int) -> int:
    """A fast clock plays more than the server's time gives: so much of the film comes twice."""
    return film_ms * max(0, profile.clock_percent - 100) // 100


def _unsaid_ms(profile: Profile) -> int:
    """A beat each for what nobody heard of a page, though the network was there.

    What it had not yet reported when it died; and what it played until its next beat was refused,
    because the session had ended meanwhile, by silence or elsewhere.
    """
    moments = {what: moment for moment, what in profile.does}
    died, returned = moments.get("kill"), moments.get("return", 0)
    beats = int("back_to_first" in moments)
    if died is not None:
        beats += 1 + int(returned - died > IDLE_MS)
    return beats * (_beat_ms(profile) + 2 * profile.latency_ms)
