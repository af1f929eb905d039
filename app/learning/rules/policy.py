"""What a programme asks of study and examination: data, versioned, frozen into every session."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from app.learning.rules.policy_values import (
    CHECKS,
    DAY_S,
    FULL_RATE,
    IDENTITY_METHODS,
    PRESENCE_KINDS,
    TTL_METHODS,
)

SHANGHAI_OFFSET_S = 28_800
VENDOR_FACE = "vendor_face"
"""The face as a certified vendor judges it; where `face` is taken, so is this."""
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
        for field, accepts, message in CHECKS:
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


_LATER: Mapping[str, Any] = {
    "continuous_max_s": None, "break_s": 600, "programme_s": 0, "online_max_percent": 100,
    "enrol_valid_days": None, "exam_total": None, "exam_wrong_max": None,
    "presence_kinds": list(PRESENCE_KINDS), "face_liveness": "any",
    "exam_markers": 1, "exam_marks_apart": 20, "exam_shows": "right",
    "package_checks": 200,
    "exam_identity_gap_s": None, "exam_item_s": None,
}  # fmt: skip
