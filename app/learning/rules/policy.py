"""What a programme asks of study and examination: data, versioned, frozen into every session."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

SHANGHAI_OFFSET_S = 28_800
DAY_S = 86_400
FULL_RATE = 100
HOUR_MODES = ("exact", "floor_half", "floor_unit")
IDENTITY_METHODS = ("face", "code_and_questions", "roll_call")
CHECKS_ON_OPEN = ("identity", "none")
FACE_LIVENESS = ("any", "certified")
EXAM_SHOWS = ("score", "right", "all")
"""What who failed sees: the score, which questions were right, or the answers as well."""
VENDOR_FACE = "vendor_face"
"""The face as a certified vendor judges it; where `face` is taken, so is this."""
PRESENCE_KINDS = ("picture", "question")
TTL_METHODS = ("picture", "face", "code", "roll_call")
QUICK: Mapping[str, Any] = {
    "beat_s": 2,
    "presence_gap_s": (5, 15),
    "identity_gap_s": (5, 15),
    "required_s": 150,
}
"""For the demo and the browser tests only; production refuses it."""


class PolicyError(ValueError):
    """A field of a policy that cannot stand; `field` names it.

    `most` is what the other fields leave it, where it stands in its own range.
    """

    def __init__(self, field: str, message: str, *, most: int | None = None) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.most = most


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPolicy:
    """Fields and defaults of docs/hours.md; seconds for people, the rules count milliseconds."""

    hour_s: int = 2700
    hour_mode: str | tuple[tuple[int, int], ...] = "exact"
    required_s: int = 0
    coverage_required: int = 98
    order_lock: bool = True
    beat_s: int = 15
    offline_grace_s: int = 120
    idle_timeout_s: int = 300
    max_rate: int = FULL_RATE
    seek_ahead: bool = False
    gap_tolerance_s: int = 2
    background: bool = False
    media_proof: bool = True
    min_dwell_s: int = 5
    min_continuous_s: int = 0
    daily_cap_s: int | None = 21_600
    study_window: tuple[str, str] | None = None
    utc_offset_s: int = SHANGHAI_OFFSET_S
    presence_gap_s: tuple[int, int] | None = (300, 600)
    identity_gap_s: tuple[int, int] = (900, 1800)
    checks_per_day: int | None = None
    misses_allowed: int = 0
    ttl_s: tuple[tuple[str, int], ...] = (
        ("picture", 60),
        ("face", 90),
        ("code", 300),
        ("roll_call", 1800),
    )
    silent_misses_per_day: int = 2
    pending_ttl_s: int = 604_800
    check_on_open: str = "identity"
    check_valid_s: int = 600
    identity_methods: tuple[str, ...] = IDENTITY_METHODS
    exam_pass: int = 60
    exam_attempts: int = 3
    exam_cooldown_s: int = 86_400
    exam_grace_s: int = 120
    continuous_max_s: int | None = None
    break_s: int = 600
    programme_s: int = 0
    online_max_percent: int = 100
    enrol_valid_days: int | None = None
    exam_total: int | None = None
    exam_wrong_max: int | None = None
    basis: str = ""
    presence_kinds: tuple[str, ...] = PRESENCE_KINDS
    face_liveness: str = "any"
    exam_markers: int = 1
    exam_marks_apart: int = 20
    exam_shows: str = "right"
    package_checks: int = 200
    exam_identity_gap_s: tuple[int, int] | None = None
    exam_item_s: int | None = None

    def __post_init__(self) -> None:
        for field, accepts, message in _CHECKS:
            if not accepts(getattr(self, field)):
                raise PolicyError(field, message)
        if self.programme_s and self.required_s > self.online_most_s():
            most = self.online_most_s()
            message = f"at most {most}: more of the programme may not be online"
            raise PolicyError("required_s", message, most=most)

    @classmethod
    def from_mapping(cls, given: Mapping[str, Any]) -> Self:
        """A policy from stored or entered values; a field it does not know is an error."""
        known = {field.name for field in fields(cls)}
        for name in given:
            if name not in known:
                raise PolicyError(name, "is not a field of a policy")
        return cls(**{name: _frozen(name, value) for name, value in given.items()})

    def to_mapping(self) -> dict[str, Any]:
        """Plain values for storage; `from_mapping` gives the same policy back."""
        values = {name: thawed(value) for name, value in asdict(self).items()}
        return values | {"ttl_s": dict(self.ttl_s)}

    def version(self) -> str:
        """A name that is the same for the same policy and for no other."""
        return version_of(self.to_mapping())

    def ttl_ms(self, method: str) -> int:
        """Time to answer: a text message and a vendor's page take theirs, a picture does not."""
        name = "code" if method in {"code_and_questions", VENDOR_FACE} else method
        return dict(self.ttl_s)[name] * 1000

    def least_ttl_ms(self) -> int:
        """The shortest time that any way of proving identity gives."""
        return min(self.ttl_ms(method) for method in self.identity_methods)

    def takes_method(self, method: str) -> bool:
        """Whether identity may be proven so; the built-in engine where its liveness will do."""
        if method == VENDOR_FACE:
            return "face" in self.identity_methods
        return self.takes_face(method) and method in self.identity_methods

    def takes_face(self, method: str) -> bool:
        """Whether a pass this way can show enough of a living person; only of faces is it asked."""
        return method != "face" or self.face_liveness == "any"

    def takes_liveness(self, liveness: str | None) -> bool:
        """Whether what a pass by the face shows of a living person is enough; None is no face."""
        return liveness is None or self.face_liveness in {"any", liveness}

    def is_open_at(self, now_ms: int) -> bool:
        """Whether the local time of day lies within the study window."""
        if self.study_window is None:
            return True
        opens, closes = (_minutes(text) for text in self.study_window)
        minute = (now_ms // 1000 + self.utc_offset_s) % DAY_S // 60
        if opens <= closes:
            return opens <= minute < closes
        return minute >= opens or minute < closes

    def online_most_s(self) -> int:
        """R25: how much of the programme may be studied online; the rest is in person."""
        return self.programme_s * self.online_max_percent // 100

    def day_left_ms(self, used_ms: int) -> int:
        """What the local day still takes; a day has 24 hours where no cap is set."""
        cap_s = DAY_S if self.daily_cap_s is None else self.daily_cap_s
        return max(0, cap_s * 1000 - used_ms)

    def local_day(self, now_ms: int) -> int:
        """Days since 1 January 1970 where the learner lives."""
        return (now_ms // 1000 + self.utc_offset_s) // DAY_S


def version_of(stored: Mapping[str, Any]) -> str:
    """The name of a policy as it was stored, however many fields policies have had since.

    A field that came later and is off is not in the name: what was named before stays true.
    """
    return hashlib.sha256(policy_text(stored).encode()).hexdigest()[:16]


def policy_text(stored: Mapping[str, Any]) -> str:
    """What a policy's name is the hash of; a verifier reckons it again."""
    given = {k: v for k, v in stored.items() if k not in _LATER or v != _LATER[k]}
    return json.dumps(given, sort_keys=True, separators=(",", ":"))


def _frozen(name: str, value: Any) -> Any:  # noqa: ANN401 - a JSON value of any shape
    if name == "ttl_s" and isinstance(value, Mapping):
        return tuple(sorted(value.items(), key=_by_method))  # a database may keep no order
    if isinstance(value, list | tuple):
        return tuple(_frozen("", item) for item in value)
    return value


def _by_method(pair: tuple[str, Any]) -> int:
    return TTL_METHODS.index(pair[0]) if pair[0] in TTL_METHODS else len(TTL_METHODS)


def thawed(value: Any) -> Any:  # noqa: ANN401 - a field's value of any shape
    """A field's value as JSON holds it."""
    if isinstance(value, tuple):
        return [thawed(item) for item in value]
    return value


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


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


_LATER: Mapping[str, Any] = {
    "continuous_max_s": None, "break_s": 600, "programme_s": 0, "online_max_percent": 100,
    "enrol_valid_days": None, "exam_total": None, "exam_wrong_max": None,
    "presence_kinds": list(PRESENCE_KINDS), "face_liveness": "any",
    "exam_markers": 1, "exam_marks_apart": 20, "exam_shows": "right",
    "package_checks": 200,
    "exam_identity_gap_s": None, "exam_item_s": None,
}  # fmt: skip
_CHECKS: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
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
