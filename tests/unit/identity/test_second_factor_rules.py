"""What a typed code is, who needs a factor, and how long one lasts."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.rules.actors import Role
from app.identity.rules.second_factors import (
    LASTS,
    RECOVERY_LENGTH,
    RECOVERY_LETTERS,
    Factor,
    is_passed,
    needing,
    read_code,
    recovery_code,
    steps_to_try,
)

_NOW = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize("role", Role)
def test_every_role_but_the_learners_needs_one(role: Role) -> None:
    assert needing({Role.LEARNER, role}) == {role} - {Role.LEARNER}


@given(st.text(RECOVERY_LETTERS, min_size=RECOVERY_LENGTH, max_size=RECOVERY_LENGTH))
def test_a_recovery_code_is_read_as_it_is_shown(letters: str) -> None:
    shown = recovery_code(letters)
    for typed in (shown, shown.lower(), f" {shown.replace('-', ' ')} "):
        assert read_code(typed) == (Factor.RECOVERY, letters)


@given(st.text(max_size=12))
def test_what_is_neither_kind_of_code_is_none(text: str) -> None:
    read = read_code(text)
    assert read is None or len(read[1]) in (6, RECOVERY_LENGTH)


@pytest.mark.parametrize(
    ("typed", "code"), [("123456", "123456"), ("123 456", "123456"), ("１２３４５６", None),
                        ("12345", None), ("1234567", None)],
)  # fmt: skip
def test_six_digits_are_an_apps(typed: str, code: str | None) -> None:
    assert read_code(typed) == ((Factor.TOTP, code) if code else None)


def test_a_factor_lasts_twelve_hours() -> None:
    assert is_passed(_NOW, _NOW)
    assert is_passed(_NOW, _NOW + LASTS - dt.timedelta(microseconds=1))
    assert not is_passed(_NOW, _NOW + LASTS)
    assert not is_passed(None, _NOW)


def test_a_phones_clock_may_be_off_by_one_step() -> None:
    first, here, last = steps_to_try(_NOW)
    assert (here - first, last - here) == (1, 1)
    assert here == int(_NOW.timestamp()) // 30
