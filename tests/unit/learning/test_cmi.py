"""What packages report, by generated input: bounded, by name, and never more than words."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules import cmi, xapi
from app.learning.rules.cmi import CmiFlawError, Told, merged, told
from app.learning.rules.xapi import XapiFlawError, read_statements, registration

GOOD = st.sampled_from(
    ["cmi.core.lesson_status", "cmi.core.score.raw", "cmi.suspend_data", "cmi.objectives.3.id",
     "cmi.interactions.12.correct_responses.0.pattern", "cmi.core.session_time"]
)  # fmt: skip
NAMES = GOOD | st.text(max_size=30) | st.from_regex(r"cmi\.[a-z_.0-9]{1,30}", fullmatch=True)
VALUES = st.dictionaries(NAMES, st.text(max_size=60), max_size=8)


@given(stored=st.dictionaries(GOOD, st.text(max_size=20), max_size=4), given_now=VALUES)
def test_what_is_kept_is_what_was_there_and_what_was_written(stored, given_now) -> None:
    try:
        whole = merged("scorm_12", stored, given_now)
    except CmiFlawError:
        return
    assert whole == stored | given_now
    assert all(name.startswith("cmi.") for name in given_now)


@given(st.sampled_from(["scorm_12", "scorm_2004"]), VALUES)
def test_whatever_is_said_becomes_one_of_few_words_and_a_plain_number(standard, values) -> None:
    said = told(standard, values)
    assert said.status in {"", "通过", "未通过", "学完", "没有学完", "浏览过", "没有开始"}
    assert said.score == "" or math.isfinite(float(said.score))
    assert len(said.score) <= 12


@pytest.mark.parametrize(
    ("standard", "values", "said"),
    [
        ("scorm_12", {"cmi.core.lesson_status": "passed", "cmi.core.score.raw": "92.50"},
         Told("通过", "92.5")),
        ("scorm_12", {"cmi.core.lesson_status": "<b>", "cmi.core.score.raw": "nan"}, Told()),
        ("scorm_2004", {"cmi.score.scaled": "0.7", "cmi.completion_status": "completed"},
         Told("学完", "70")),
        ("scorm_2004", {"cmi.success_status": "failed", "cmi.completion_status": "completed",
                        "cmi.score.raw": "1e9"}, Told("未通过", "")),
    ],
)  # fmt: skip
def test_what_is_told(standard, values, said) -> None:
    assert told(standard, values) == said


def test_names_of_one_standard_are_none_of_the_other_and_cmi5_has_none() -> None:
    merged("scorm_2004", {}, {"cmi.location": "1"})
    for standard, name in (
        ("scorm_12", "cmi.location"), ("scorm_2004", "cmi.core.lesson_location"),
        ("cmi5", "cmi.location"), ("scorm_12", "cmi.core.student_id"),
        ("scorm_12", "cmi.objectives.1000.id"), ("scorm_12", "cmi.suspend_data\n"),
    ):  # fmt: skip
        with pytest.raises(CmiFlawError):
            merged(standard, {}, {name: "1"})


def test_each_value_and_all_together_are_bounded() -> None:
    merged("scorm_12", {}, {"cmi.suspend_data": "x" * cmi.MOST_SUSPENDED})
    merged("scorm_12", {}, {"cmi.comments": "x" * cmi.MOST_VALUE})
    with pytest.raises(CmiFlawError, match="64000"):
        merged("scorm_12", {}, {"cmi.suspend_data": "x" * (cmi.MOST_SUSPENDED + 1)})
    with pytest.raises(CmiFlawError, match="4096"):
        merged("scorm_12", {}, {"cmi.comments": "x" * (cmi.MOST_VALUE + 1)})
    many = {f"cmi.objectives.{n}.id": "x" * 4_000 for n in range(41)}
    with pytest.raises(CmiFlawError, match="太多"):
        merged("scorm_12", {}, many)


ACTOR = {"account": {"homePage": "https://shixue.invalid", "name": "n"}}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["id", "actor", "verb", "object", "result", "account", "x"]), inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(JSON | st.just({"actor": ACTOR, "verb": {"id": "http://x/passed"}, "object": {}}))
def test_a_statement_is_whole_and_of_this_learner_or_a_flaw(sent) -> None:
    try:
        kept = read_statements(json.dumps(sent).encode(), ACTOR)
    except XapiFlawError:
        return
    for name, text in kept:
        assert json.loads(text)["id"] == name
        assert json.loads(text)["actor"]["account"] == ACTOR["account"]
    xapi.told([text for _, text in kept])


def test_a_registration_is_of_one_part_of_one_learner() -> None:
    whose = [("a", "e", "l", 0), ("b", "e", "l", 0), ("a", "f", "l", 0), ("a", "e", "l", 1)]
    assert len({registration(*each) for each in whose}) == 4
    assert registration(*whose[0]) == registration(*whose[0])
