"""Long enough and not the first that is guessed; everything else is the person's own business."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.rules.passwords import LEAST, LEAST_FOR_STAFF, MOST, fault_of, normalise

_PHONE = "13800000001"


@pytest.mark.parametrize("staff", [False, True])
def test_length_is_what_counts(staff: bool) -> None:  # noqa: FBT001 -- a table of two
    least = LEAST_FOR_STAFF if staff else LEAST
    words = "蓝色水桶和钉子还有一只睡着的猫"
    assert fault_of(words[:least], is_staff=staff, phone=_PHONE) is None
    assert fault_of(words[: least - 1], is_staff=staff, phone=_PHONE)


@pytest.mark.parametrize(
    "plain", ["正确的马电池订书钉", "correct horse battery", "ganbei-2026-hao", "        x       "]
)
def test_no_kind_of_letter_is_asked_for(plain: str) -> None:
    assert fault_of(plain, is_staff=False, phone=_PHONE) is None


@pytest.mark.parametrize(
    "first", ["aaaaaaaaaaaa", "abababababab", "123123123123", "98765432", "23456789", "asdfghjkl",
              "PASSWORD123", "woaini1314", _PHONE, f"{_PHONE}a", "3800000001"],
)  # fmt: skip
def test_what_is_tried_first_is_refused(first: str) -> None:
    assert fault_of(first, is_staff=False, phone=_PHONE)


@given(st.text(min_size=1, max_size=MOST))
def test_what_looks_the_same_is_the_same(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
