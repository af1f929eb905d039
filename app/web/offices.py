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
    (frozenset({Role.INSTITUTION}), Office("/authoring", "课程制作", "pen")),
    (frozenset({Role.REGULATOR}), Office("/regulator", "监管页面", "chart")),
    (frozenset({Role.REVIEWER}), Office("/desk", "审核页面", "list")),
    (frozenset({Role.ADMIN}), Office("/system", "系统管理", "factory")),
    (frozenset({Role.SECURITY_ADMIN}), Office("/security", "安全管理", "lock")),
    (frozenset({Role.AUDIT_ADMIN}), Office("/audit", "审计记录", "search")),
)


def offices_of(actor: Actor | None) -> tuple[Office, ...]:
    """The doors of the roles that the person holds; none for strangers and mere learners.

    Those that wait for a proven name or the second factor are shown too: they lead to it.
    """
    held = actor.every_role if actor else frozenset()
    return tuple(office for roles, office in _DOORS if held & roles)
