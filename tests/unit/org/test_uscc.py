"""The unified social credit code: both check characters must hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.org.rules import uscc

VALID = ["91350100M000100Y43", "91110000600037341L", "91330106673959654P"]


@pytest.mark.parametrize("code", VALID)
def test_real_codes_are_valid(code: str) -> None:
    assert uscc.is_valid(code)


@pytest.mark.parametrize("code", VALID)
def test_every_single_wrong_character_is_found(code: str) -> None:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    for place in range(18):
        for other in set(alphabet) - {code[place]}:
            assert not uscc.is_valid(code[:place] + other + code[place + 1 :])


@pytest.mark.parametrize(
    "code", ["", "9135", VALID[0] + "0", VALID[0].lower(), "I" + VALID[0][1:], "９" + VALID[0][1:]]
)
def test_other_shapes_are_not_codes(code: str) -> None:
    assert not uscc.is_valid(code)


def test_what_people_type_is_normalised() -> None:
    assert uscc.normalise(" ９1350100-m000100 Y43 ") == VALID[0]


BODY = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODES = st.builds(
    "{}{:06d}{}".format, st.text(BODY, min_size=2, max_size=2), st.integers(0, 999_999),
    st.text(BODY, min_size=8, max_size=8),
).map(lambda first_16: first_16 + uscc._body_check(first_16[8:])).map(  # noqa: SLF001
    lambda first_17: first_17 + uscc._check(first_17)  # noqa: SLF001
)  # fmt: skip


@given(CODES)
def test_no_two_neighbours_that_changed_places_make_a_code(code: str) -> None:
    assert uscc.is_valid(code)
    for place in range(17):
        if code[place] != code[place + 1]:
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert not uscc.is_valid(swapped)
