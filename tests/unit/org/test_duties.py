"""Who may do what inside an organisation."""

from hypothesis import given
from hypothesis import strategies as st

from app.org.rules.duties import (
    DUTY_NAMES,
    POWER_NAMES,
    Duty,
    Power,
    duties_in,
    is_last_owner,
    may,
    powers_of,
    stays_open,
)
from app.org.rules.organisations import OrganisationKind

# The whole table, so that nobody widens a duty unseen.
TABLE = {
    Duty.OWNER: set(Power),
    Duty.MANAGER: set(Power) - {Power.NAME_MEMBERS},
    Duty.VIEWER: {Power.SEE_STAFF, Power.SEE_PROGRESS},
    Duty.TEACHER: {
        Power.SEE_STAFF,
        Power.SEE_PROGRESS,
        Power.REMIND,
        Power.CALL_ROLL,
        Power.MARK,
    },
    Duty.REVIEWER: {Power.SEE_STAFF, Power.SEE_PROGRESS, Power.PROVE_HOURS},
}


def test_every_duty_may_what_the_table_says_and_nothing_else() -> None:
    assert {duty: {p for p in Power if may(duty, p)} for duty in Duty} == TABLE
    assert {duty: set(powers_of(duty)) for duty in Duty} == TABLE
    assert set(DUTY_NAMES) == set(Duty)
    assert set(POWER_NAMES) == set(Power)


def test_a_suspended_organisation_is_looked_at_and_marks_what_was_handed_in() -> None:
    assert {power for power in Power if stays_open(power)} == TABLE[Duty.VIEWER] | {Power.MARK}


def test_teachers_and_reviewers_are_of_institutions() -> None:
    employers = set(duties_in(OrganisationKind.EMPLOYER))
    assert employers == {Duty.OWNER, Duty.MANAGER, Duty.VIEWER}
    assert set(duties_in(OrganisationKind.INSTITUTION)) == set(Duty)


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.sampled_from(Duty)))
def test_who_is_not_the_last_owner_leaves_an_owner_behind(duties: dict[str, Duty]) -> None:
    owners = {each for each, duty in duties.items() if duty is Duty.OWNER}
    for person in duties:
        leaves_none = bool(owners) and not owners - {person}
        assert is_last_owner(duties, person) is leaves_none
