"""Dated qualifications: who can have which, and how one stands on a day."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.org.rules.organisations import FAVOURED_NAMES, OrganisationKind
from app.org.rules.qualifications import (
    LISTING_NAMES,
    NAMES,
    NEAR,
    STANDING_NAMES,
    Listing,
    Qualification,
    QualificationFlawError,
    QualificationState,
    Standing,
    Stated,
    check,
    kinds_of,
    listing_of,
    standing_of,
)

TODAY = dt.date(2026, 11, 24)
EMPLOYER, INSTITUTION = OrganisationKind.EMPLOYER, OrganisationKind.INSTITUTION
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2036, 1, 1))


def _stated(kind: str = "little_giant", since: dt.date = TODAY, until: dt.date = TODAY) -> Stated:
    return Stated(kind=kind, number="川经信 2026-1", valid_from=since, valid_until=until)


def test_the_eight_favoured_kinds_are_of_employers_alone() -> None:
    assert {each.value for each in kinds_of(EMPLOYER)} == {each.value for each in FAVOURED_NAMES}
    assert not set(kinds_of(EMPLOYER)) & set(kinds_of(INSTITUTION))
    assert set(kinds_of(EMPLOYER)) | set(kinds_of(INSTITUTION)) == set(Qualification) == set(NAMES)
    assert set(STANDING_NAMES) == set(Standing)
    assert set(LISTING_NAMES) == set(Listing)


@pytest.mark.parametrize(
    ("stated", "kind", "field"),
    [
        (_stated("bank"), EMPLOYER, "kind"),
        (_stated("training_licence"), EMPLOYER, "kind"),
        (_stated("little_giant"), INSTITUTION, "kind"),
        (_stated(since=TODAY, until=TODAY - dt.timedelta(days=1)), EMPLOYER, "valid_until"),
        (_stated(since=dt.date(2020, 1, 1), until=dt.date(2026, 11, 23)), EMPLOYER, "valid_until"),
        (_stated(until=dt.date(2060, 1, 1)), EMPLOYER, "valid_until"),
    ],
)
def test_what_cannot_be_names_its_field(stated: Stated, kind: OrganisationKind, field: str) -> None:
    with pytest.raises(QualificationFlawError) as flaw:
        check(stated, kind, today=TODAY)
    assert (flaw.value.field, bool(flaw.value.remedy)) == (field, True)


@given(DAYS, DAYS, DAYS)
def test_its_first_and_its_last_day_belong_to_it(
    since: dt.date, until: dt.date, today: dt.date
) -> None:
    found = standing_of(QualificationState.CONFIRMED, since, until, today)
    is_in_force = since <= today <= until
    assert (found in (Standing.VALID, Standing.ENDING)) is is_in_force
    if is_in_force:
        assert (found is Standing.ENDING) is (until - today <= NEAR)


@given(DAYS, DAYS)
def test_nothing_counts_that_nobody_confirmed(until: dt.date, today: dt.date) -> None:
    for state in set(QualificationState) - {QualificationState.CONFIRMED}:
        found = standing_of(state, dt.date(2020, 1, 1), until, today)
        assert found in (Standing.WAITING, Standing.REFUSED)


@given(until=DAYS, today=DAYS, is_suspended=st.booleans())
def test_who_is_suspended_is_shown_as_that_whatever_lasts(
    *, until: dt.date, today: dt.date, is_suspended: bool
) -> None:
    found = listing_of(until, is_suspended=is_suspended, today=today)
    wanted = Listing.LISTED if today <= until else Listing.EXPIRED
    assert found is (Listing.SUSPENDED if is_suspended else wanted)
