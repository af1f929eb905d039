"""Certificates of others: how their numbers are spelled, and what a record of one may say."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.certs.providers.type_table import read_types
from app.certs.rules import external
from app.certs.rules.external import NAMES, NUMBERINGS, Evidence, ExternalFlawError
from app.identity.rules import id_number
from tests.unit.certs.test_certificate_types import FOLDER

TODAY = dt.date(2026, 11, 24)
ALICE = "510101198803070028"
QUALIFIED = Evidence(
    kind="professional_qualification", title="电工", number="2651010001300001",
    issuer="四川省职业技能鉴定指导中心", issued_on=dt.date(2026, 3, 2), valid_until=None,
)  # fmt: skip
SKILLED = replace(QUALIFIED, kind="skill_level", number="Y000151000001264000001")
SPECIAL = replace(QUALIFIED, kind="special_skill", number="5101-2026 00017a")
OPERATES = replace(
    QUALIFIED, kind="special_operation", title="低压电工作业", number=f"T{ALICE}",
    valid_until=dt.date(2032, 3, 1),
)  # fmt: skip


def _read(given: Evidence, *, whose: str | None = ALICE) -> Evidence:
    return external.read(
        given, today=TODAY, is_own=lambda number: None if whose is None else number == whose
    )


def test_every_kind_that_is_not_ours_can_be_recorded() -> None:
    theirs = {kind.code: kind.name for kind in read_types(FOLDER).kinds if not kind.issued_here}
    assert set(NUMBERINGS) == set(theirs)
    assert theirs == NAMES


@pytest.mark.parametrize("given", [QUALIFIED, SKILLED, SPECIAL, OPERATES])
def test_a_right_record_is_taken(given: Evidence) -> None:
    read = _read(given)
    assert read.number == external.normalise(given.number)
    assert set(external.masked(read.number)[:-4]) == {"*"}
    assert external.masked(read.number)[-4:] == read.number[-4:]


@pytest.mark.parametrize(
    "typed", ["２６５１０１０００１３００００１", "2651 0100 0130 0001", "26510100-01300001"]
)
def test_a_number_is_taken_as_people_type_it(typed: str) -> None:
    assert _read(replace(QUALIFIED, number=typed)).number == QUALIFIED.number


def test_the_level_is_what_the_number_states() -> None:
    assert external.level_of("professional_qualification", QUALIFIED.number) == "三级／高级工"
    assert external.level_of("skill_level", SKILLED.number) == "四级／中级工"
    assert external.level_of("skill_level", "YT00015100000126400000") == "特级技师"
    assert external.level_of("special_operation", OPERATES.number) == ""


@pytest.mark.parametrize(
    ("given", "field", "told"),
    [
        (replace(QUALIFIED, kind="degree"), "kind", "没有这种证书"),
        (replace(QUALIFIED, number="265101000130000"), "number", "16 位数字"),
        (replace(QUALIFIED, number="2651010001600001"), "number", "16 位数字"),
        (replace(SKILLED, number="X000151000001264000001"), "number", "Y 或 S"),
        (replace(SKILLED, number="Y000151000001268000001"), "number", "Y 或 S"),
        (replace(OPERATES, number=ALICE), "number", "字母 T"),
        (replace(OPERATES, number="T510101198803070029"), "number", "不是正确的身份证号码"),
        (replace(OPERATES, number="T510101197911300017"), "number", "不是您实名登记的号码"),
        (replace(OPERATES, valid_until=None), "valid_until", "最长 6 年"),
        (replace(OPERATES, valid_until=dt.date(2032, 9, 1)), "valid_until", "最长 6 年"),
        (replace(QUALIFIED, issued_on=dt.date(2025, 3, 2)), "issued_on", "对不上"),
        (replace(SKILLED, issued_on=dt.date(2025, 3, 2)), "issued_on", "对不上"),
        (replace(QUALIFIED, issued_on=dt.date(2026, 11, 25)), "issued_on", "不晚于今天"),
        (replace(QUALIFIED, issued_on=dt.date(1979, 1, 1)), "issued_on", "1980"),
        (replace(SPECIAL, valid_until=dt.date(2026, 3, 2)), "valid_until", "晚于发证日期"),
    ],
)
def test_what_is_wrong_is_named_by_field_with_a_remedy(
    given: Evidence, field: str, told: str
) -> None:
    with pytest.raises(ExternalFlawError) as raised:
        _read(given)
    assert raised.value.field == field
    assert told in raised.value.sentence
    assert raised.value.remedy


def test_whose_number_it_is_cannot_be_told_before_a_name_is_proven() -> None:
    assert _read(replace(OPERATES, number="T510101197911300017"), whose=None)


@given(st.from_regex(r"51010119[5-9][0-9]0[1-9][0-2][1-8][0-9]{3}", fullmatch=True))
def test_one_wrong_digit_of_an_operators_number_is_found(first: str) -> None:
    number = first + id_number.check_letter(first)
    for place in (6, 7, 14, 15, 16):
        other = str((int(number[place]) + 1) % 10)
        wrong = number[:place] + other + number[place + 1 :]
        with pytest.raises(ExternalFlawError):
            _read(replace(OPERATES, number=f"T{wrong}"), whose=None)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_taken_or_named(text: str) -> None:
    for kind in NUMBERINGS:
        try:
            found = _read(replace(QUALIFIED, kind=kind, number=text))
        except ExternalFlawError as flaw:
            assert flaw.field in {"number", "issued_on", "valid_until"}  # noqa: PT017
        else:
            assert found.number.isascii()
