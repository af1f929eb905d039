"""What a policy takes of faces: which way, what a pass must show, how long there is for it."""

import pytest

from app.learning.rules.policy import VENDOR_FACE, PolicyError, StudyPolicy
from app.learning.rules.policy_values import IDENTITY_METHODS

ANY, CERTIFIED = StudyPolicy(), StudyPolicy(face_liveness="certified")
NO_FACE = StudyPolicy(identity_methods=("code_and_questions", "roll_call"))
EVERY = (*IDENTITY_METHODS, VENDOR_FACE)


@pytest.mark.parametrize(
    ("policy", "taken"),
    [
        (ANY, set(EVERY)), (CERTIFIED, set(EVERY) - {"face"}),
        (NO_FACE, {"code_and_questions", "roll_call"}),
    ],
)  # fmt: skip
def test_which_ways_a_policy_takes(policy: StudyPolicy, taken: set[str]) -> None:
    assert {method for method in EVERY if policy.takes_method(method)} == taken


@pytest.mark.parametrize("method", EVERY)
def test_only_the_engine_inside_shows_too_little(method: str) -> None:
    assert ANY.takes_face(method)
    assert CERTIFIED.takes_face(method) is (method != "face")


@pytest.mark.parametrize("liveness", [None, "certified", "deterrence", "none"])
def test_what_a_pass_must_show(liveness: str | None) -> None:
    assert ANY.takes_liveness(liveness)
    assert CERTIFIED.takes_liveness(liveness) is (liveness in (None, "certified"))


def test_a_way_without_a_face_is_taken_whatever_is_asked_of_faces() -> None:
    for policy in (ANY, CERTIFIED, NO_FACE):
        assert policy.takes_method("code_and_questions")
        assert policy.takes_liveness(None)


def test_a_trip_to_the_vendor_has_the_time_of_a_text_message() -> None:
    ttl = (("picture", 60), ("face", 90), ("code", 240), ("roll_call", 1800))
    policy = StudyPolicy(ttl_s=ttl)
    assert policy.ttl_ms(VENDOR_FACE) == policy.ttl_ms("code_and_questions") == 240_000
    assert policy.ttl_ms("face") == 90_000


def test_another_level_is_none() -> None:
    with pytest.raises(PolicyError) as caught:
        StudyPolicy(face_liveness="deterrence")
    assert caught.value.field == "face_liveness"
