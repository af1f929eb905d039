"""What a line of a file would change of somebody who is on the roster."""

from collections.abc import Sequence
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
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Changes:
    """What a line would change of who is there; None where it changes nothing.

    `tags` are put on; none is taken off.
    """

    unit: str | None
    position: str | None
    tags: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.unit is not None or self.position is not None or bool(self.tags)


def changes_of(line: Line, now: Standing, tags: Sequence[str] = ()) -> Changes:
    """Compare a line, and the tags it names, with how somebody stands.

    An empty cell leaves what is there.
    """
    return Changes(
        line.unit if line.unit not in (None, now.unit) else None,
        line.position if line.position not in (None, now.position) else None,
        tuple(each for each in tags if each not in now.tags),
    )


def is_other_name(line: Line, now: Standing) -> bool:
    """Tell whether the roster has another name under this number: one of the two is a slip."""
    return line.name != now.name
