"""Numbers and facts of a proof of hours."""

import dataclasses
import datetime as dt

from app.org.rules import proof

DAY = proof.DayOfStudy(day=dt.date(2026, 11, 23), confirmed_ms=2_700_000)
COURSE = proof.CourseOfStudy(
    course_id="C", title="安全生产", policy_version="platform/1", policy_notes=("一",),
    hour_s=2700, required_ms=5_400_000, confirmed_ms=2_700_000, stated_hours="1", score="",
    certificate_number="", days=(DAY,),
)  # fmt: skip
FACTS = proof.ProofFacts(
    organisation_name="甲", organisation_code="91350100M000100Y43", masked_name="王*明",
    masked_number="5101**********1234", unit="一车间", position="焊工", courses=(COURSE, COURSE),
)  # fmt: skip


def test_days_must_add_up() -> None:
    assert proof.days_agree(COURSE)
    assert not proof.days_agree(dataclasses.replace(COURSE, confirmed_ms=2_700_001))


def test_members_are_plain_json_and_hold_every_day() -> None:
    members = proof.as_members(FACTS)
    first = members["courses"][0]  # type: ignore[index]
    assert first["days"] == [{"day": "2026-11-23", "confirmed_ms": 2_700_000}]
    assert first["policy_notes"] == ["一"]
    assert FACTS.confirmed_ms == 5_400_000


def test_a_number_has_a_check_digit_that_finds_every_wrong_digit() -> None:
    number = proof.number_of(dt.date(2026, 11, 24), 1)
    assert number.startswith("XS20261124000001")
    assert proof.is_number(number)
    for place in range(2, 17):
        for digit in set("0123456789") - {number[place]}:
            assert not proof.is_number(number[:place] + digit + number[place + 1 :])


def _swapped(number: str) -> list[str]:
    return [
        number[:i] + number[i + 1] + number[i] + number[i + 2 :]
        for i in range(2, 16)
        if number[i] != number[i + 1]
    ]


def test_nearly_all_neighbouring_digits_swapped_are_found() -> None:
    """MOD 11,10 lets some swaps through (about one in a hundred), unlike single wrong digits."""
    numbers = [proof.number_of(dt.date(2026, 11, 24), n * 7919 % 1_000_000) for n in range(500)]
    swaps = [swap for number in numbers for swap in _swapped(number)]
    missed = sum(proof.is_number(swap) for swap in swaps)
    assert missed <= len(swaps) // 50


def test_other_texts_are_no_numbers() -> None:
    for text in ("", "XS", "YS202611240000011", "XS2026112400000", "XS20261124000001X"):
        assert not proof.is_number(text)
