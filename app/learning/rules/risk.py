"""A score from 0 to 100 with its reasons; it only ever puts a day before people (docs/risk.md)."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from app.learning.rules import risk_signals as signals
from app.learning.rules.risk_signals import AnsweredCheck, Arrival, Finding, Signal, Sitting

MODEL = "1"
MOST = 100


class RiskPolicy(Struct, frozen=True, kw_only=True):
    """From which score people look, and for how many days a decision quiets what it was about."""

    case_score: int = 50
    quiet_days: int = 30


class DayEvidence(Struct, frozen=True, kw_only=True):
    """All that is read of one learner's local day."""

    sessions: tuple[tuple[Arrival, ...], ...] = ()
    checks: tuple[AnsweredCheck, ...] = ()
    sittings: tuple[Sitting, ...] = ()
    events: Mapping[str, int] = {}
    people_by_device: Mapping[str, int] = {}
    shared_devices: frozenset[str] = frozenset()
    learners_at_place: int = 0
    days_in_step: int = 0
    partners_in_step: int = 0
    unseen_ms: int = 0
    reported_ms: int = 0
    night_ms: int = 0


def findings_of(day: DayEvidence) -> tuple[Finding, ...]:
    """Every signal that fired, the heaviest first."""
    found = (
        signals.automation(day.events),
        signals.virtual_camera(day.events),
        signals.shared_device(day.people_by_device, day.shared_devices),
        signals.rhythm(day.sessions),
        signals.answers_fast(day.checks),
        signals.answers_alike(day.checks),
        signals.answers_last(day.checks),
        signals.in_step(day.days_in_step, day.partners_in_step),
        signals.media_unseen(day.unseen_ms, day.reported_ms),
        signals.device_switches(day.sittings),
        signals.shared_place(day.learners_at_place),
        signals.night(day.night_ms, day.reported_ms),
    )
    return tuple(sorted((each for each in found if each), key=lambda each: -each.weight))


def score_of(findings: Iterable[Finding]) -> int:
    """The sum of the weights, at most 100."""
    return min(MOST, sum(each.weight for each in findings))


def unquieted(findings: Sequence[Finding], quiet: Mapping[Signal, int]) -> tuple[Finding, ...]:
    """What people have not judged lately; what has grown heavier since counts again."""
    return tuple(each for each in findings if each.weight > quiet.get(each.signal, 0))


def joined(known: Sequence[Finding], new: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings of an open case with new ones: of each signal the heavier, the newer of two."""
    best = {each.signal: each for each in known}
    for each in new:
        if each.signal not in best or each.weight >= best[each.signal].weight:
            best[each.signal] = each
    return tuple(sorted(best.values(), key=lambda each: -each.weight))
