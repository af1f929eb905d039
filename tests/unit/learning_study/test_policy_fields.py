"""The form's fields say what the policy accepts, no more and no less."""

import pytest

from app.learning.rules.policy import PolicyError, StudyPolicy
from app.learning.rules.policy_fields import FIELDS, explain, read_settings, said, write

DEFAULTS = {k: v for k, v in StudyPolicy().to_mapping().items() if k != "basis"}
NUMBERS = [field for field in FIELDS.values() if field.kind == "whole"]


def test_every_field_has_its_place_in_the_form() -> None:
    assert FIELDS.keys() == DEFAULTS.keys()


@pytest.mark.parametrize("field", NUMBERS, ids=lambda field: field.name)
def test_the_range_that_is_told_is_the_range_that_is_taken(field) -> None:
    for edge in (field.low, field.high):
        StudyPolicy.from_mapping({field.name: edge})
    for outside in (field.low - 1, field.high + 1):
        with pytest.raises(PolicyError):
            StudyPolicy.from_mapping({field.name: outside})


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.name)
def test_no_limit_can_be_written_only_where_there_need_be_none(field) -> None:
    if field.may_be_none:
        StudyPolicy.from_mapping(read_settings({field.name: "无"}))
    else:
        with pytest.raises(PolicyError):
            read_settings({field.name: "无"})


@pytest.mark.parametrize("name", FIELDS)
def test_what_is_written_reads_back(name: str) -> None:
    assert read_settings({name: write(name, DEFAULTS[name])}) == {name: DEFAULTS[name]}
    assert said(name, DEFAULTS[name])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hour_s", "四十五分"), ("order_lock", "true"), ("presence_gap_s", "300"),
        ("study_window", "早上"), ("ttl_s", "60,90"), ("identity_methods", "指纹"),
        ("hour_mode", "四舍五入"), ("check_on_open", "人脸"), ("nothing", "1"),
        ("face_liveness", "certified"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_names_its_field(name: str, text: str) -> None:
    with pytest.raises(PolicyError) as caught:
        read_settings({name: text})
    assert caught.value.field == name


def test_an_empty_text_leaves_the_field_to_the_wider_scope() -> None:
    assert read_settings({"hour_s": " ", "daily_cap_s": "无"}) == {"daily_cap_s": None}


def test_the_words_name_the_field_and_what_may_stand_there() -> None:
    assert explain("daily_cap_s") == "“每天最多”应为0～86400 秒，或“无”"
    assert said("daily_cap_s", 21_600) == "21600 秒（6 小时）"
    assert said("pending_ttl_s", 694_801) == "694801 秒（8 天 1 小时 1 秒）"
    assert said("identity_gap_s", (900, 1800)) == "900-1800 秒"
    assert said("ttl_s", DEFAULTS["ttl_s"]) == "点选 60、人脸 90、验证码 300、点名 1800 秒"


def test_a_field_that_came_later_and_is_off_renames_no_policy() -> None:
    assert StudyPolicy().version() == "2bfedd4432d616be"
    assert StudyPolicy(break_s=900).version() != StudyPolicy().version()


def test_certified_liveness_reads_and_writes() -> None:
    assert read_settings({"face_liveness": "经认证"}) == {"face_liveness": "certified"}
    assert write("face_liveness", "certified") == "经认证"
    assert StudyPolicy(face_liveness="certified").version() != StudyPolicy().version()
