"""Which policy is in force: revisions of three scopes, each inheriting from the wider one (R23).

A revision sets some fields and leaves the rest to the wider scope. It is never edited, only
followed by another. At a moment, of each scope the revision counts that took effect last; of two
with the same moment the later number, so that one that is still to come can be replaced.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from app.learning.rules.policy import StudyPolicy

EVERYWHERE = "all"
"""The platform's only scope id."""
TO_BE_CONFIRMED = "（待核实）"


class Scope(StrEnum):
    """From the widest to the narrowest; a programme is an industry cluster."""

    PLATFORM = "platform"
    PROGRAMME = "programme"
    COURSE = "course"


@dataclass(frozen=True, slots=True)
class Basis:
    """The legal text that a revision rests on; to be confirmed until that text was read."""

    document: str = ""
    article: str = ""
    issued_on: dt.date | None = None
    is_confirmed: bool = False

    @property
    def text(self) -> str:
        """One line for certificates and proofs; nothing where no document is named."""
        if not self.document:
            return ""
        dated = f"（{self.issued_on.isoformat()}）" if self.issued_on else ""
        doubt = "" if self.is_confirmed else TO_BE_CONFIRMED
        return f"{self.document}{dated}{' ' if self.article else ''}{self.article}{doubt}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What one scope sets from a moment on; `settings` holds those fields only."""

    scope: Scope
    scope_id: str
    number: int
    settings: Mapping[str, Any]
    basis: Basis = Basis()
    effective_from: dt.datetime


@dataclass(frozen=True, slots=True)
class InForce:
    """The policy at a moment, and which revision each field that is set comes from."""

    policy: StudyPolicy
    origins: Mapping[str, Revision] = field(default_factory=lambda: MappingProxyType({}))


def newest(revisions: Iterable[Revision], now: dt.datetime) -> Revision | None:
    """The revision of one scope that counts at `now`; what is still to come never does."""
    begun = [revision for revision in revisions if revision.effective_from <= now]
    return max(begun, key=lambda each: (each.effective_from, each.number), default=None)


def resolve(revisions: Iterable[Revision], now: dt.datetime) -> InForce:
    """R23: platform, then programme, then course; a narrower scope overrides field by field.

    The basis is that of the narrowest revision that names a document. Raises PolicyError where
    the fields do not stand together.
    """
    given = list(revisions)
    settings: dict[str, Any] = {}
    origins: dict[str, Revision] = {}
    basis = ""
    for scope in Scope:
        revision = newest((each for each in given if each.scope is scope), now)
        if revision is None:
            continue
        settings |= revision.settings
        origins |= dict.fromkeys(revision.settings, revision)
        basis = revision.basis.text or basis
    policy = StudyPolicy.from_mapping(settings | {"basis": basis})
    return InForce(policy, MappingProxyType(origins))


GOALS = (
    "hour_s", "hour_mode", "required_s", "coverage_required", "order_lock", "programme_s",
    "online_max_percent", "enrol_valid_days", "exam_pass", "exam_attempts", "exam_total",
    "exam_cooldown_s", "exam_grace_s", "exam_wrong_max",
    "exam_markers", "exam_marks_apart", "exam_shows",
)  # fmt: skip
"""What a learner was promised at enrolling: a changed policy does not move it."""


def for_study(in_force: StudyPolicy, enrolled: StudyPolicy) -> StudyPolicy:
    """R23: a new session is judged by what is in force, towards the goals of the enrolment."""
    return replace(in_force, **{name: getattr(enrolled, name) for name in GOALS})


def is_over(policy: StudyPolicy, started_at: dt.datetime, now: dt.datetime) -> bool:
    """R26: the enrolment's term has passed; no session opens any more."""
    days = policy.enrol_valid_days
    return days is not None and now >= started_at + dt.timedelta(days=days)
