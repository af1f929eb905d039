"""What may point to study that nobody sat through: one pure function a signal (docs/risk.md).

Each takes what was stored of one learner's local day and returns a finding with its weight and the
numbers seen, or None. No weight reaches the threshold of a case by itself: it takes two.
"""

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import Struct


class Signal(StrEnum):
    """The kinds of finding, in the order in which people read them."""

    AUTOMATION = "automation"
    VIRTUAL_CAMERA = "virtual_camera"
    SHARED_DEVICE = "shared_device"
    RHYTHM = "rhythm"
    ANSWERS_FAST = "answers_fast"
    ANSWERS_ALIKE = "answers_alike"
    ANSWERS_LAST = "answers_last"
    IN_STEP = "in_step"
    MEDIA_UNSEEN = "media_unseen"
    DEVICE_SWITCHES = "device_switches"
    SHARED_PLACE = "shared_place"
    NIGHT = "night"


# Codes of a beat's `events`. They are the page's own word: hints, never a judgement.
AUTOMATED, CAMERA_VIRTUAL, CAMERA_REPLACED = "automated", "cam_virtual", "cam_replaced"


class Finding(Struct, frozen=True, gc=False):
    """A signal that fired: its weight in points, and the numbers it was seen by."""

    signal: Signal
    weight: int
    seen: Mapping[str, int]


class ReportedBeat(Struct, frozen=True, gc=False):
    """A stretch of playing as it was reported: client milliseconds it took, and how far it went."""

    took_ms: int
    moved_ms: int


class Arrival(Struct, frozen=True, gc=False):
    """A batch: the server's moment, the client's at its end, and the beats in it that moved."""

    at_ms: int
    t_ms: int
    beats: tuple[ReportedBeat, ...]


class AnsweredCheck(Struct, frozen=True, gc=False):
    """The first answer to a check: how long after it was asked, of how long there was."""

    method: str
    after_ms: int
    ttl_ms: int


class Sitting(Struct, frozen=True, gc=False):
    """A session of the day, in the order of opening."""

    opened_ms: int
    device: str


# How many people on one device in a day weigh how much: two may share a phone at home.
_DEVICE_WEIGHTS = ((5, 40), (4, 35), (3, 25), (2, 10))
# A workshop, a school or a mobile network stands behind one address: always a side note.
_PLACE_WEIGHTS = ((50, 10), (20, 5))
_LEAST_BEATS, _ALIKE_PERCENT, _STEP_MS, _STEADY_PERCENT = 40, 90, 3, 80
_FAST_MS = {"picture": 1500, "code_and_questions": 4000}
_LEAST_FAST, _LEAST_ALIKE, _LEAST_LAST = 3, 8, 4
_ALIKE_MS, _LAST_PERCENT = 300, 85
_HOUR_MS = 3_600_000
_LEAST_SWITCHES, _LEAST_STEPS = 4, 3
_LEAST_UNSEEN_MS, _LEAST_NIGHT_MS = 120_000, _HOUR_MS


def _of_steps(count: int, steps: Sequence[tuple[int, int]]) -> int:
    return next((weight for least, weight in steps if count >= least), 0)


def shared_device(people: Mapping[str, int], exempt: frozenset[str]) -> Finding | None:
    """Most people who studied on one of the learner's devices that day; shared machines aside."""
    most = max((count for device, count in people.items() if device not in exempt), default=0)
    weight = _of_steps(most, _DEVICE_WEIGHTS)
    return Finding(Signal.SHARED_DEVICE, weight, {"people": most}) if weight else None


def shared_place(learners: int) -> Finding | None:
    """How many learners studied behind the same network that day, this one among them."""
    weight = _of_steps(learners, _PLACE_WEIGHTS)
    return Finding(Signal.SHARED_PLACE, weight, {"learners": learners}) if weight else None


def rhythm(sessions: Sequence[Sequence[Arrival]]) -> Finding | None:
    """Beats of exactly one length that arrive without any jitter: a timer in a program.

    A page's timers, its player and its network each differ by milliseconds from beat to beat, and a
    person's pauses cut beats short. Both must be missing: nine beats in ten alike to the
    millisecond, and eight in ten arrivals as late as the one before.
    """
    beats = [(beat.took_ms, beat.moved_ms) for s in sessions for each in s for beat in each.beats]
    if len(beats) < _LEAST_BEATS:
        return None
    alike = 100 * Counter(beats).most_common(1)[0][1] // len(beats)
    steps = [
        abs((b.at_ms - b.t_ms) - (a.at_ms - a.t_ms))
        for s in sessions
        for a, b in itertools.pairwise(s)
    ]
    steady = 100 * sum(step <= _STEP_MS for step in steps) // max(1, len(steps))
    if not steps or alike < _ALIKE_PERCENT or steady < _STEADY_PERCENT:
        return None
    seen = {"beats": len(beats), "alike_percent": alike, "steady_percent": steady}
    return Finding(Signal.RHYTHM, 30, seen)


def answers_fast(checks: Sequence[AnsweredCheck]) -> Finding | None:
    """Answers sooner than a person can read the picture, or the code in a message."""
    timed = [check for check in checks if check.method in _FAST_MS]
    fast = sum(check.after_ms < _FAST_MS[check.method] for check in timed)
    if fast < _LEAST_FAST or 2 * fast < len(timed):
        return None
    quickest = min(check.after_ms for check in timed)
    seen = {"fast": fast, "answers": len(timed), "quickest_ms": max(0, quickest)}
    return Finding(Signal.ANSWERS_FAST, 30, seen)


def answers_alike(checks: Sequence[AnsweredCheck]) -> Finding | None:
    """Eight answers of one kind or more that all took the same time, within 0.3 s."""
    for method in _FAST_MS:
        taken = sorted(check.after_ms for check in checks if check.method == method)
        if len(taken) < _LEAST_ALIKE:
            continue
        cut = len(taken) // 10
        spread = taken[-1 - cut] - taken[cut]
        if spread <= _ALIKE_MS:
            return Finding(Signal.ANSWERS_ALIKE, 20, {"answers": len(taken), "spread_ms": spread})
    return None


def answers_last(checks: Sequence[AnsweredCheck]) -> Finding | None:
    """Nearly every answer in the last moments: somebody is elsewhere, and an alarm calls them."""
    late = sum(100 * check.after_ms >= _LAST_PERCENT * check.ttl_ms for check in checks)
    if late < _LEAST_LAST or 5 * late < 4 * len(checks):
        return None
    return Finding(Signal.ANSWERS_LAST, 20, {"late": late, "answers": len(checks)})


def device_switches(sittings: Sequence[Sitting]) -> Finding | None:
    """Most changes of device within an hour: sessions that throw each other out."""
    moments = [
        after.opened_ms
        for before, after in itertools.pairwise(sittings)
        if before.device != after.device
    ]
    most = max((sum(0 <= m - start < _HOUR_MS for m in moments) for start in moments), default=0)
    if most < _LEAST_SWITCHES:
        return None
    return Finding(Signal.DEVICE_SWITCHES, 20, {"switches": most})


def in_step(shared_days: int, partners: int) -> Finding | None:
    """Days of the last fortnight on which the same other account began within seconds of this."""
    if shared_days < _LEAST_STEPS:
        return None
    return Finding(Signal.IN_STEP, 30, {"days": shared_days, "learners": partners})


def media_unseen(unseen_ms: int, reported_ms: int) -> Finding | None:
    """Positions reported as played that were never asked for, most of what was reported."""
    if unseen_ms < _LEAST_UNSEEN_MS or 2 * unseen_ms < reported_ms:
        return None
    return Finding(Signal.MEDIA_UNSEEN, 25, {"unseen_ms": unseen_ms, "reported_ms": reported_ms})


def night(night_ms: int, reported_ms: int) -> Finding | None:
    """Most of a day's study, and an hour of it or more, between midnight and five."""
    if night_ms < _LEAST_NIGHT_MS or 2 * night_ms < reported_ms:
        return None
    return Finding(Signal.NIGHT, 5, {"night_ms": night_ms, "reported_ms": reported_ms})


def automation(events: Mapping[str, int]) -> Finding | None:
    """The browser itself says that a program drives it (navigator.webdriver)."""
    count = events.get(AUTOMATED, 0)
    return Finding(Signal.AUTOMATION, 40, {"times": count}) if count else None


def virtual_camera(events: Mapping[str, int]) -> Finding | None:
    """A camera that calls itself virtual, or a camera call that a script has replaced."""
    count = events.get(CAMERA_VIRTUAL, 0) + events.get(CAMERA_REPLACED, 0)
    return Finding(Signal.VIRTUAL_CAMERA, 35, {"times": count}) if count else None
