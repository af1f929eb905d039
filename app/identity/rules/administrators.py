"""The three administrators, who watch one another: 系统管理员、安全管理员、审计管理员 (三员分立).

After GB/T 22239-2019 (8.1.5: 系统管理、审计管理、安全管理): one enters accounts and organisations,
one gives roles and takes them, one reads what everybody did. No person holds two of the three, or
one of them and another role; nobody changes their own, and what concerns one of the three takes
two people, as does making a reviewer.
"""

from collections.abc import Set as AbstractSet
from enum import StrEnum

from app.identity.rules.actors import Role

ADMINISTRATORS = frozenset({Role.ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
# What a security administrator gives; those who act for organisations are entered with these.
GRANTED = (
    Role.REVIEWER, Role.REGULATOR, Role.ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN,
)  # fmt: skip
ROLE_NAMES: dict[Role, str] = {
    Role.LEARNER: "学员",
    Role.EMPLOYER: "用人单位经办人",
    Role.INSTITUTION: "培训机构经办人",
    Role.REVIEWER: "审核员",
    Role.REGULATOR: "主管部门",
    Role.ADMIN: "系统管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDIT_ADMIN: "审计管理员",
}
# As many as it takes to confirm one another; until then the machine's operator names them.
SECURITY_ADMINS_NEEDED = 2


class Change(StrEnum):
    """What is done with a role."""

    GRANT = "grant"
    REVOKE = "revoke"


class Lockout(StrEnum):
    """What is done with somebody's ways in; of an administrator's, two people decide."""

    RESET = "reset_second_factor"
    SIGN_OUT = "sign_out"


LOCKOUT_NAMES = {Lockout.RESET: "重置二次验证", Lockout.SIGN_OUT: "强制退出所有设备"}
CHANGE_NAMES = {Change.GRANT: "授予", Change.REVOKE: "收回"}


def clashing(held: AbstractSet[Role], wanted: Role) -> Role | None:
    """Return the role that stands in the way of another; None for none.

    An administrator holds no other role at all: who gives power, or reads what was done with it,
    does not use it.
    """
    others = held - {wanted, Role.LEARNER}
    if wanted is Role.LEARNER:
        return None
    return next(iter(sorted(others if wanted in ADMINISTRATORS else others & ADMINISTRATORS)), None)


def needs_second(change: Change, role: Role) -> bool:
    """Tell whether a change of this role stands only once another person confirms it.

    Who alone could make reviewers would make two of them, and be both halves of whatever the
    desk does by two. A reviewer is taken off the desk at once: that gives nobody anything.
    """
    return role in ADMINISTRATORS or (change is Change.GRANT and role is Role.REVIEWER)


def is_watched(held: AbstractSet[Role]) -> bool:
    """Tell whether the ways in of whoever holds these roles are two people's business."""
    return not ADMINISTRATORS.isdisjoint(held)


def is_regional(role: Role) -> bool:
    """Tell whether a role is given for a region."""
    return role is Role.REGULATOR
