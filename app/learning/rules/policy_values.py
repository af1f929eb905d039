"""Which values each field of a policy takes, and how a refusal says it."""

from collections.abc import Callable
from typing import Any, Final

DAY_S = 86_400
FULL_RATE = 100
HOUR_MODES = ("exact", "floor_half", "floor_unit")
IDENTITY_METHODS = ("face", "code_and_questions", "roll_call")
CHECKS_ON_OPEN = ("identity", "none")
FACE_LIVENESS = ("any", "certified")
EXAM_SHOWS = ("score", "right", "all")
"""What who failed sees: the score, which questions were right, or the answers as well."""
PRESENCE_KINDS = ("picture", "question")
TTL_METHODS = ("picture", "face", "code", "roll_call")


def _is_int(value: object) -> bool:
    """True is an int in Python; on this wire it is not."""
    return type(value) is int


def _whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: _is_int(value) and low <= value <= high


def _whole_or_none(low: int, high: int) -> Callable[[Any], bool]:
    accepts = _whole(low, high)
    return lambda value: value is None or accepts(value)


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)


def _is_gap(value: Any) -> bool:  # noqa: ANN401 - judged here
    is_pair = isinstance(value, tuple) and len(value) == 2 and all(map(_is_int, value))
    return is_pair and 0 < value[0] <= value[1] <= DAY_S


def _is_time_of_day(value: object) -> bool:
    if not isinstance(value, str) or len(value) != 5 or value[2] != ":":
        return False
    digits = value[:2] + value[3:]
    is_number = digits.isascii() and digits.isdigit()
    return is_number and int(value[:2]) <= 24 and int(value[3:]) < 60


def _is_window(value: Any) -> bool:  # noqa: ANN401 - judged here
    if value is None:
        return True
    return isinstance(value, tuple) and len(value) == 2 and all(map(_is_time_of_day, value))


def _is_hour_mode(value: Any) -> bool:  # noqa: ANN401 - judged here
    """A name, or tiers of (least seconds, hundredths of an hour), rising."""
    if not isinstance(value, tuple):
        return value in HOUR_MODES
    is_pairs = all(
        isinstance(row, tuple) and len(row) == 2 and all(map(_is_int, row)) for row in value
    )
    return is_pairs and bool(value) and list(value) == sorted(set(value))


def _is_ttl(value: Any) -> bool:  # noqa: ANN401 - judged here
    accepts = _whole(5, DAY_S)
    return (
        isinstance(value, tuple)
        and sorted(method for method, _ in value) == sorted(TTL_METHODS)
        and all(accepts(seconds) for _, seconds in value)
    )


def _is_methods(value: Any) -> bool:  # noqa: ANN401 - judged here
    """A way without the face must be among them (个人信息: consent is never forced)."""
    is_known = isinstance(value, tuple) and set(value) <= set(IDENTITY_METHODS)
    return is_known and any(method != "face" for method in value)


def _is_presence_kinds(value: Any) -> bool:  # noqa: ANN401 - judged here
    is_known = isinstance(value, tuple) and set(value) <= set(PRESENCE_KINDS)
    return is_known and 0 < len(set(value)) == len(value)


CHECKS: Final[tuple[tuple[str, Callable[[Any], bool], str], ...]] = (
    ("hour_s", _whole(60, 7200), "60..7200 seconds"),
    ("hour_mode", _is_hour_mode, "exact, floor_half, floor_unit or rising tiers"),
    ("required_s", _whole(0, 36_000_000), "0..36000000 seconds"),
    ("coverage_required", _whole(1, 100), "1..100 percent"),
    ("order_lock", _is_bool, "true or false"),
    ("beat_s", _whole(1, 60), "1..60 seconds"),
    ("offline_grace_s", _whole(0, 3600), "0..3600 seconds"),
    ("idle_timeout_s", _whole(30, DAY_S), "30..86400 seconds"),
    ("max_rate", _whole(FULL_RATE, FULL_RATE), "100: version 1 credits nothing above"),
    ("seek_ahead", _is_bool, "true or false"),
    ("gap_tolerance_s", _whole(0, 60), "0..60 seconds"),
    ("background", _is_bool, "true or false"),
    ("media_proof", _is_bool, "true or false"),
    ("min_dwell_s", _whole(0, 600), "0..600 seconds"),
    ("min_continuous_s", _whole(0, 3600), "0..3600 seconds"),
    ("daily_cap_s", _whole_or_none(0, DAY_S), "0..86400 seconds, or none"),
    ("study_window", _is_window, 'two times of day like ("06:00", "23:00"), or none'),
    ("utc_offset_s", _whole(-50_400, 50_400), "-50400..50400 seconds"),
    ("presence_gap_s", lambda value: value is None or _is_gap(value), "[least, most], or none"),
    ("identity_gap_s", _is_gap, "[least, most] seconds"),
    ("checks_per_day", _whole_or_none(1, 96), "1..96, or none"),
    ("misses_allowed", _whole(0, 1000), "0..1000"),
    ("ttl_s", _is_ttl, "5..86400 seconds for each of picture, face, code, roll_call"),
    ("silent_misses_per_day", _whole(0, 100), "0..100"),
    ("pending_ttl_s", _whole(60, 31_536_000), "60..31536000 seconds"),
    ("check_on_open", lambda value: value in CHECKS_ON_OPEN, "identity or none"),
    ("check_valid_s", _whole(0, DAY_S), "0..86400 seconds"),
    ("identity_methods", _is_methods, "known methods, one of them without the face"),
    ("exam_pass", _whole(1, 100), "1..100 points"),
    ("exam_attempts", _whole(1, 1000), "1..1000"),
    ("exam_cooldown_s", _whole(0, 31_536_000), "0..31536000 seconds"),
    ("exam_grace_s", _whole(0, 3600), "0..3600 seconds"),
    ("continuous_max_s", _whole_or_none(60, DAY_S), "60..86400 seconds, or none"),
    ("break_s", _whole(60, DAY_S), "60..86400 seconds"),
    ("programme_s", _whole(0, 36_000_000), "0..36000000 seconds"),
    ("online_max_percent", _whole(1, 100), "1..100 percent"),
    ("enrol_valid_days", _whole_or_none(1, 3660), "1..3660 days, or none"),
    ("exam_total", _whole_or_none(1, 1000), "1..1000, or none"),
    ("exam_wrong_max", _whole_or_none(1, 200), "1..200, or none"),
    ("basis", lambda value: isinstance(value, str) and len(value) <= 500, "a text"),
    ("presence_kinds", _is_presence_kinds, "picture, question or both"),
    ("exam_markers", _whole(1, 2), "1 or 2 people"),
    ("exam_marks_apart", _whole(0, 100), "0..100 percent"),
    ("exam_shows", lambda value: value in EXAM_SHOWS, "score, right or all"),
    ("package_checks", _whole(100, 1000), "100..1000 percent"),
    (
        "exam_identity_gap_s",
        lambda value: value is None or _is_gap(value),
        "[least, most] seconds, or none",
    ),
    ("exam_item_s", _whole_or_none(10, 3600), "10..3600 seconds, or none"),
    ("face_liveness", lambda value: value in FACE_LIVENESS, "any or certified"),
)
