"""A learner's time in a course, and how it is stated in 学时 on a document.

Only there is it ever rounded, and only down.
"""

from dataclasses import dataclass

from app.learning.rules.policy import StudyPolicy


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts for everything, for nothing yet, what is asked, and what today still takes."""

    confirmed_ms: int
    pending_ms: int
    required_ms: int
    day_left_ms: int


def stated_hours(policy: StudyPolicy, ms: int) -> str:
    """Hours as text: exact (two decimals), in halves, in whole units, or by a table of tiers."""
    hundredths = _hundredths(policy, counted_ms(policy, ms))
    text = f"{hundredths // 100}.{hundredths % 100:02d}"
    return text.rstrip("0").rstrip(".")


def counted_ms(policy: StudyPolicy, ms: int) -> int:
    """R25: of a programme with a share in person, no more than the online share is stated."""
    return min(ms, policy.online_most_s() * 1000) if policy.programme_s else ms


def _hundredths(policy: StudyPolicy, ms: int) -> int:
    unit_ms = policy.hour_s * 1000
    if policy.hour_mode == "floor_unit":
        return ms // unit_ms * 100
    if policy.hour_mode == "floor_half":
        return ms * 2 // unit_ms * 50
    if isinstance(policy.hour_mode, str):
        return ms * 100 // unit_ms
    reached = [worth for least_s, worth in policy.hour_mode if ms >= least_s * 1000]
    return reached[-1] if reached else 0
