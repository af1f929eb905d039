"""What a line of a file would change of somebody who is on the roster."""

from dataclasses import dataclass

from app.org.rules.rosters import Line


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands on the roster now; `name` as it was entered, or proven once joined."""

    staff_id: str
    name: str
    unit: str
    position: str
    is_on_roster: bool
    """False for who left, and is asked anew by being imported."""
    has_joined: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """What a line would change of who is there; None where it changes nothing."""

    unit: str | None
    position: str | None

    def __bool__(self) -> bool:
        return self.unit is not None or self.position is not None


def changes_of(line: Line, now: Standing) -> Changes:
    """Compare a line with how somebody stands; an empty cell leaves what is there."""
    return Changes(
        line.unit if line.unit not in (None, now.unit) else None,
        line.position if line.position not in (None, now.position) else None,
    )


def is_other_name(line: Line, now: Standing) -> bool:
    """Tell whether the roster has another name under this number: one of the two is a slip."""
    return line.name != now.name
