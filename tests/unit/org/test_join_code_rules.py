"""Codes for joining: one spelling, and until when one is good."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from app.org.rules.join_codes import (
    ALPHABET,
    LENGTH,
    Code,
    is_code,
    is_good,
    normalise,
    shown,
    state_of,
)

NOW = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)
CODES = st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH)


@given(CODES)
def test_a_code_is_read_as_people_write_it(code: str) -> None:
    for typed in (
        shown(code),
        code.lower(),
        f" {code[:3]} {code[3:]}\n",
        code[:2] + "－" + code[2:],
    ):
        assert normalise(typed) == code
    assert is_code(code)


@given(st.text(max_size=12))
def test_what_is_no_code_is_none(text: str) -> None:
    spelled = normalise(text)
    assert is_code(spelled) is (len(spelled) == LENGTH and all(c in ALPHABET for c in spelled))


@given(
    hours=st.integers(-5, 5), is_revoked=st.booleans(), uses=st.integers(0, 4),
    most=st.integers(1, 4),
)  # fmt: skip
def test_a_code_is_good_until_it_is_over_used_up_or_revoked(
    *, hours: int, is_revoked: bool, uses: int, most: int
) -> None:
    code = Code(NOW + dt.timedelta(hours=hours), is_revoked, uses, most)
    assert is_good(code, NOW) is (hours > 0 and not is_revoked and uses < most)
    assert (state_of(code, NOW) == "可以用") is is_good(code, NOW)
