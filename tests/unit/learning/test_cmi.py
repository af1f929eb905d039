"""What packages report, by generated input: bounded, by name, and never more than words."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules import cmi, xapi
from app.learning.rules.cmi import Told, merged, told
from app.learning.rules.xapi import XapiFlawError, read_statements, registration

GOOD = st.sampled_from(
    ["cmi.core.lesson_status", "cmi.core.score.raw", "cmi.suspend_data", "cmi.objectives.3.id",
     "cmi.interactions.12.correct_responses.0.pattern", "cmi.core.session_time"]
)  # fmt: skip
NAMES = GOOD | st.text(max_size=30) | st.from_regex(r"cmi\.[a-z_.0-9]{1,30}", fullmatch=True)
VALUES = st.dictionaries(NAMES, st.text(max_size=60), max_size=8)


@given(stored=st.dictionaries(GOOD, st.text(max_size=20), max_size=4), given_now=VALUES)
def test_what_is_kept_is_what_was_there_and_what_was_written(stored, given_now) -> None:
    found = merged("scorm_12", stored, given_now)
    wrong = {flaw.element for flaw in found.flaws}
    assert wrong <= set(given_now)
    right = {name: value for name, value in given_now.items() if name not in wrong}
    assert found.values == stored | right
    assert all(name.startswith("cmi.") for name in right)


def test_one_wrong_element_loses_none_of_the_others() -> None:
    found = merged(
        "scorm_2004", {"cmi.location": "1"},
        {"cmi.suspend_data": "page=7", "adl.nav.request": "suspendAll", "cmi.location": "7"},
    )  # fmt: skip
    assert found.values == {"cmi.location": "7", "cmi.suspend_data": "page=7"}
    assert [flaw.element for flaw in found.flaws] == ["adl.nav.request"]


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
        found = merged(standard, {}, {name: "1"})
        assert (found.values, [flaw.element for flaw in found.flaws]) == ({}, [name])


def test_each_value_and_all_together_are_bounded() -> None:
    for name, most in (("cmi.suspend_data", cmi.MOST_SUSPENDED), ("cmi.comments", cmi.MOST_VALUE)):
        assert merged("scorm_12", {}, {name: "x" * most}).flaws == ()
        [flaw] = merged("scorm_12", {}, {name: "x" * (most + 1)}).flaws
        assert str(most) in flaw.sentence
    many = {f"cmi.objectives.{n}.id": "x" * 4_000 for n in range(41)}
    found = merged("scorm_12", {}, many)
    assert sum(len(name) + len(value) for name, value in found.values.items()) <= cmi.MOST_TOGETHER
    assert found.flaws
    assert {flaw.sentence for flaw in found.flaws} == {"课件包要保存的内容太多"}
    # What is there may be written anew: only what it grows by takes room.
    assert merged("scorm_12", found.values, {"cmi.objectives.0.id": "y" * 4_000}).flaws == ()
    numbers = {f"cmi.objectives.{n}.id": "" for n in range(1_000)}
    names = {f"cmi.objectives.{n}.status": "" for n in range(1_001)}
    assert len(merged("scorm_12", numbers, names).values) <= cmi.MOST_ELEMENTS


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
