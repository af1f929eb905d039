"""What an attack came to, and the file in which the lab's report finds it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

KEPT = Path(__file__).parents[2] / ".cache" / "lab"


class Needs(StrEnum):
    """What accomplice or likeness of the learner an attack has."""

    NONE = "none"
    PICTURES = "picture reader"
    PHONE = "phone"
    PATIENT = "patient person"
    PHOTO = "photo"
    INSIDER = "insider"


@dataclass(kw_only=True)
class Outcome:
    """Milliseconds throughout; `detected_after_ms` is None where nothing ever objected."""

    name: str
    rows: str
    needs: Needs
    elapsed_ms: int = 0
    confirmed_ms: int = 0
    pending_ms: int = 0
    checks_tried: int = 0
    checks_passed: int = 0
    identity_passed: int = 0
    detected_after_ms: int | None = None
    reasons: list[str] = field(default_factory=list)
    naive_posts_ms: int | None = None
    naive_trust_ms: int | None = None
    note: str = ""

    @property
    def inflation(self) -> float | None:
        """Confirmed, over what an honest person would have earned in the same server time."""
        return self.confirmed_ms / self.elapsed_ms if self.elapsed_ms else None

    @property
    def gained_per_check_ms(self) -> int:
        return self.confirmed_ms // self.identity_passed if self.identity_passed else 0


@dataclass(kw_only=True)
class HonestOutcome:
    """What an honest learner's hour came to.

    `extra_ms` was studied twice, of which a missed check forfeited `forfeited_ms` and the learner
    wished `wished_ms`; `most_extra_ms` is how much that could be under this profile.
    """

    profile: str
    studied_ms: int
    confirmed_ms: int
    extra_ms: int
    most_extra_ms: int
    forfeited_ms: int = 0
    wished_ms: int = 0
    reasons: list[str] = field(default_factory=list)
    has_network_loss: bool = False

    @property
    def lost_ms(self) -> int:
        return self.studied_ms - self.confirmed_ms


class Attack(Protocol):
    """A bot: its name, the rows of the threat list it stands for, what it has, what it gets."""

    name: str
    rows: str
    needs: Needs

    def run(self, world: object) -> Outcome: ...


def keep(outcome: Outcome | HonestOutcome) -> None:
    """Leave the outcome for the report; the newest of a name and its needs stands."""
    KEPT.mkdir(parents=True, exist_ok=True)
    plain = asdict(outcome)
    kind = "honest" if isinstance(outcome, HonestOutcome) else "attack"
    words = [kind, plain.get("name") or plain.get("profile"), plain.get("needs", "")]
    name = "-".join(str(word) for word in words).replace(" ", "_").replace("/", "_")
    path = KEPT / f"{name}.json"
    path.write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")


def read_attacks() -> Sequence[Outcome]:
    found = [json.loads(path.read_text("utf-8")) for path in sorted(KEPT.glob("attack-*.json"))]
    outcomes = [Outcome(**(plain | {"needs": Needs(plain["needs"])})) for plain in found]
    return sorted(outcomes, key=lambda one: (one.rows, one.name, one.needs))


def read_honest() -> Sequence[HonestOutcome]:
    found = [json.loads(path.read_text("utf-8")) for path in sorted(KEPT.glob("honest-*.json"))]
    return [HonestOutcome(**plain) for plain in found]
