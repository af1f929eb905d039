"""No one holds two of the three, or one of them and anything else."""

from hypothesis import given
from hypothesis import strategies as st

from app.identity.rules.actors import Role
from app.identity.rules.administrators import (
    ADMINISTRATORS,
    GRANTED,
    ROLE_NAMES,
    Change,
    clashing,
    needs_second,
)

_ROLES = st.sampled_from(list(Role))


@given(st.lists(_ROLES))
def test_however_roles_are_given_only_one_is_an_administrators(given_in_turn: list[Role]) -> None:
    held: set[Role] = set()
    for role in given_in_turn:
        if clashing(held, role) is None:
            held.add(role)
    working = held - {Role.LEARNER}
    assert not working & ADMINISTRATORS or len(working) == 1
    assert working or set(given_in_turn) <= {Role.LEARNER}


def test_every_role_has_a_name_and_what_gives_power_takes_two_people() -> None:
    assert set(ROLE_NAMES) == set(Role)
    by_two = {change: {role for role in GRANTED if needs_second(change, role)} for change in Change}
    assert by_two[Change.GRANT] == ADMINISTRATORS | {Role.REVIEWER}
    assert by_two[Change.REVOKE] == ADMINISTRATORS
