"""How long each class of what is kept stays, from when, on which basis, and what remains of it.

A pure table. Personal Information Protection Law, article 19: no longer than the purpose needs;
article 47: what has reached its period is deleted. What is not in here is kept for as long as the
log, or has its own clock: tests/architecture/periods.py names every table with the reason.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kept(StrEnum):
    """A class of what is kept."""

    PHONE_CODES = "phone_codes"
    TEXT_MESSAGES = "text_messages"
    SIGN_INS = "sign_ins"
    PHONE_CHANGES = "phone_changes"
    STUDY_REPORTS = "study_reports"
    FACE_FRAMES = "face_frames"
    CHECK_DETAILS = "check_details"
    LOOKUP_NUMBERS = "lookup_numbers"
    NOTICES = "notices"
    OUTGOING_MESSAGES = "outgoing_messages"
    CASE_WORDS = "case_words"
    ACCESS_ENTRIES = "access_entries"
    INVITED_LINES = "invited_lines"
    LEFT_LINES = "left_lines"
    JOBS = "jobs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """`days` unless the operator keeps it longer; `least_days` is what law or purpose asks for."""

    days: int
    least_days: int
    since: str
    remains: str
    basis: str


_LOGS = "Cybersecurity Law, network logs: six months at least"
_NEED = "Personal Information Protection Law, article 19: the shortest time the purpose needs"
_CLAIMS = "Civil Code, article 188: claims are brought within three years"
_HANDLING = "Personal Information Protection Law, article 56: records of handling, three years"
PERIODS: Final[Mapping[Kept, Period]] = {
    Kept.PHONE_CODES: Period(
        days=30, least_days=2, since="sending", remains="nothing", basis=_NEED
    ),
    Kept.TEXT_MESSAGES: Period(
        days=7, least_days=1, since="sending (simulated messages alone are kept)",
        remains="nothing", basis=_NEED,
    ),
    Kept.SIGN_INS: Period(
        days=190, least_days=190, since="its end", remains="the log's event", basis=_LOGS
    ),
    Kept.PHONE_CHANGES: Period(
        days=190, least_days=30, since="its end",
        remains="the log's events", basis=_NEED,
    ),
    Kept.STUDY_REPORTS: Period(
        days=2190, least_days=1095, since="the session's end",
        remains="the ledger, and a leaf of the log that says where the session stood",
        basis="programmes' own rules ask for three to ten years; claims as below, twice over",
    ),
    Kept.FACE_FRAMES: Period(
        days=1095, least_days=365, since="the check",
        remains="outcome and evidence hash of the check",
        basis="a frame that is shown again is known by it (docs/face.md)",
    ),
    Kept.CHECK_DETAILS: Period(
        days=190, least_days=30, since="the check",
        remains="way, outcome, moment and evidence hash", basis=_NEED,
    ),
    Kept.LOOKUP_NUMBERS: Period(
        days=1095, least_days=1095, since="the question", remains="moment, outcome, who was asked",
        basis=_HANDLING,
    ),
    Kept.NOTICES: Period(
        days=1095, least_days=190, since="sending", remains="nothing", basis=_CLAIMS
    ),
    Kept.OUTGOING_MESSAGES: Period(
        days=1095, least_days=190, since="writing down", remains="nothing", basis=_CLAIMS
    ),
    Kept.CASE_WORDS: Period(
        days=1095, least_days=1095, since="the decision",
        remains="kind, decision, its reason and moments", basis=_CLAIMS,
    ),
    Kept.ACCESS_ENTRIES: Period(
        days=1095, least_days=1095, since="the opening", remains="the log's event (of staff)",
        basis=_HANDLING,
    ),
    Kept.INVITED_LINES: Period(
        days=365, least_days=30, since="the invitation",
        remains="an empty line that assignments hang on", basis=_NEED,
    ),
    Kept.LEFT_LINES: Period(
        days=1095, least_days=365, since="leaving the employer",
        remains="an empty line that assignments and proofs hang on", basis=_CLAIMS,
    ),
    Kept.JOBS: Period(
        days=30, least_days=7, since="being done", remains="nothing",
        basis="work that is done says nothing that its records do not say",
    ),
}  # fmt: skip
MOST_DAYS: Final = 36_500
_FIRST: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def wrong_periods(longer: Mapping[str, int]) -> list[str]:
    """Say what is wrong with an operator's own periods, each with its remedy; empty is good."""
    found = []
    for name, days in sorted(longer.items()):
        if name not in set(Kept):
            found.append(f"{name}: there is no such class; use one of {', '.join(Kept)}")
        elif days < (least := PERIODS[Kept(name)].least_days):
            found.append(
                f"{name}: {days} days is too short ({PERIODS[Kept(name)].basis}); "
                f"set {least} or more, or leave it out"
            )
        elif days > MOST_DAYS:
            found.append(f"{name}: {days} days is longer than any purpose; set {MOST_DAYS} at most")
    return found


def days_of(kept: Kept, own: Mapping[str, int]) -> int:
    """Days that a class is kept: the operator's own, or the table's."""
    return own.get(kept.value, PERIODS[kept].days)


def cut_off(kept: Kept, own: Mapping[str, int], now: dt.datetime) -> dt.datetime:
    """What is older than this is due. Never before 1970: no key is made of such a moment."""
    return max(now - dt.timedelta(days=days_of(kept, own)), _FIRST)
