"""Who may act: roles, and the caller as every floor above sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an account may do; one account can hold several."""

    LEARNER = "learner"
    EMPLOYER = "employer"
    INSTITUTION = "institution"
    REVIEWER = "reviewer"
    REGULATOR = "regulator"
    ADMIN = "admin"
    """The system administrator: organisations and who acts for them."""
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


@dataclass(frozen=True, slots=True)
class Actor:
    """The signed-in caller of one request; `org_ids` is the organisation they act for now.

    It holds one at most. Who holds duties in several (`held_org_ids`) has chosen one for this
    sign-in, or none yet; `roles_elsewhere` are those of the others: nothing of them counts now.

    `roles` and `org_ids` are what counts now. What the caller holds besides, and may use once the
    name is proven and the second factor passed, is in `roles_held_back`: whoever forgets to ask
    refuses. `company_org_id`: the caller came in by this organisation's own sign-in, acts for it
    and for nobody else, themselves included.
    """

    account_id: str
    learner_id: str
    roles: frozenset[Role]
    org_ids: tuple[str, ...]
    region_code: str | None
    device_id: str
    sign_in_id: str
    is_verified: bool
    display_name: str
    has_second_factor: bool = False
    roles_held_back: frozenset[Role] = frozenset()
    company_org_id: str = ""
    duties: tuple[tuple[str, str], ...] = ()
    """Organisation and what the caller is inside it; the org room knows what each may do."""
    held_org_ids: tuple[str, ...] = ()
    roles_elsewhere: frozenset[Role] = frozenset()

    @property
    def every_role(self) -> frozenset[Role]:
        """What the account holds, whether it counts now or not: how well it must be guarded."""
        return self.roles | self.roles_held_back | self.roles_elsewhere


def acting_among(held: Sequence[str], chosen: str | None) -> str | None:
    """The organisation that somebody acts for: the only one, the one they chose, or none yet.

    Which of several is never guessed. A choice that is held no more is none.
    """
    if len(held) == 1:
        return held[0]
    return chosen if chosen in held else None
