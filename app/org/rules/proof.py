"""What a proof of hours 学时证明 states, and how a number is given to it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass

_DIGITS = "0123456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfStudy:
    """Confirmed time of one local day."""

    day: dt.date
    confirmed_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseOfStudy:
    """One course with every day that counts towards it."""

    course_id: str
    title: str
    policy_version: str
    policy_notes: tuple[str, ...]
    hour_s: int
    required_ms: int
    confirmed_ms: int
    stated_hours: str
    score: str
    certificate_number: str
    days: tuple[DayOfStudy, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofFacts:
    """Everything that the proof states; the name and number are masked here and in the hash."""

    organisation_name: str
    organisation_code: str
    masked_name: str
    masked_number: str
    unit: str
    position: str
    courses: tuple[CourseOfStudy, ...]

    @property
    def confirmed_ms(self) -> int:
        return sum(course.confirmed_ms for course in self.courses)


def as_members(facts: ProofFacts) -> dict[str, object]:
    """Give the facts as JSON members: what is hashed and signed."""
    members = _plain(asdict(facts))
    assert isinstance(members, dict)  # noqa: S101 -- a dataclass becomes a mapping
    return members


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(member) for member in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def how_to_check(address: str, *, is_own: bool) -> str:
    """What a print says of itself: its signature is checked in the signed file, and where.

    `address`: the platform's; `is_own`: made by the person, who has the file, and by no employer.
    """
    asked = "本人" if is_own else "出具单位"
    return (
        f"纸面和 PDF 上的签名不能直接核对。请向{asked}索取同一份 .json 文件核对："
        f"打开 {address}/verify，选这个 .json 文件。"
    )


def days_agree(course: CourseOfStudy) -> bool:
    """The days of a course add up to its total; a proof that does not is never given out."""
    return sum(day.confirmed_ms for day in course.days) == course.confirmed_ms


def number_of(made_on: dt.date, serial: int) -> str:
    """Number a proof: XS, the day, six digits, and a check digit (ISO 7064 MOD 11,10)."""
    body = f"{made_on:%Y%m%d}{serial:06d}"
    return f"XS{body}{_check_digit(body)}"


def is_number(text: str) -> bool:
    """Tell whether a text is a proof's number with the right check digit."""
    body = text.removeprefix("XS")
    is_shaped = text.startswith("XS") and len(body) == 15 and set(body) <= set(_DIGITS)
    return is_shaped and body[-1] == _check_digit(body[:-1])


def _check_digit(body: str) -> str:
    product = 10
    for character in body:
        product = (product + int(character)) % 10 or 10
        product = product * 2 % 11
    return str((11 - product) % 10)
