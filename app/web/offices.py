"""What a person does here for others: the ways from the learners' pages back to that work."""

from dataclasses import dataclass

from app.identity.rules.actors import Actor, Role


@dataclass(frozen=True, slots=True)
class Office:
    """A door that the person may open; `picture` names its icon."""

    href: str
    name: str
    picture: str


_DOORS: tuple[tuple[frozenset[Role], Office], ...] = (
    (frozenset({Role.EMPLOYER, Role.INSTITUTION}), Office("/employer", "单位页面", "factory")),
    (frozenset({Role.REGULATOR, Role.ADMIN}), Office("/regulator", "监管页面", "chart")),
    (frozenset({Role.REVIEWER, Role.ADMIN}), Office("/desk", "审核页面", "list")),
)


def offices_of(actor: Actor | None) -> tuple[Office, ...]:
    """The doors of the roles that the person holds; none for strangers and mere learners."""
    held = actor.roles if actor else frozenset()
    return tuple(office for roles, office in _DOORS if held & roles)
