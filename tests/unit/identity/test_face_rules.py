"""The rules of a face check: what passes, and what nothing else may outweigh."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.identity.rules.faces import (
    LIMITS,
    SAME_BITS,
    SAME_FRAMES,
    STILL_BITS,
    TURN,
    Action,
    FaceVerdict,
    Purpose,
    SeenBefore,
    Sighting,
    draw_actions,
    judge_frames,
    mirrored,
)

ACTIONS = (Action.LOOK, Action.LEFT, Action.RIGHT)
TURNS = {Action.LOOK: 0.0, Action.LEFT: 0.3, Action.RIGHT: -0.3}
PURPOSES = st.sampled_from(Purpose)


def _good(actions: tuple[Action, ...] = ACTIONS, *, score: float = 0.8) -> list[Sighting]:
    """Two frames a step: straight, then as asked; each looks like none of the others."""
    return [
        Sighting(
            step=step, digest=f"{step}-{shot}", face_count=1, width=200, sharpness=300.0,
            luma=120.0,
            turn=TURNS[action] * shot, likeness=0xFF << (40 * (2 * step + shot)), score=score,
        )
        for step, action in enumerate(actions)
        for shot in (0, 1)
    ]  # fmt: skip


@given(PURPOSES, st.lists(st.integers(0, 1), min_size=2, max_size=2))
def test_whoever_does_what_is_asked_passes(purpose: Purpose, chances: list[int]) -> None:
    drawn = iter(chances)
    actions = draw_actions(lambda _below: next(drawn))
    assert actions[0] is Action.LOOK
    assert judge_frames(purpose, actions, _good(actions)).verdict is FaceVerdict.PASSED


@given(PURPOSES, st.integers(0, 5), st.floats(-1, 1))
def test_one_frame_of_somebody_else_never_passes(
    purpose: Purpose, index: int, score: float
) -> None:
    limits = LIMITS[purpose]
    frames = _good()
    frames[index] = replace(frames[index], score=score)
    verdict = judge_frames(purpose, ACTIONS, frames).verdict
    assert (verdict is FaceVerdict.PASSED) == (score >= limits.fails)


@given(PURPOSES, st.floats(-1, 1))
def test_passing_needs_likeness_throughout(purpose: Purpose, score: float) -> None:
    limits, verdict = LIMITS[purpose], judge_frames(purpose, ACTIONS, _good(score=score)).verdict
    if score >= limits.passes:
        assert verdict is FaceVerdict.PASSED
    elif score >= limits.fails:
        assert verdict is FaceVerdict.UNCERTAIN
    else:
        assert verdict is FaceVerdict.WRONG_FACE


@given(st.integers(1, 2), st.floats(0, TURN * 0.99))
def test_a_head_that_does_not_turn_far_enough_fails(step: int, turn: float) -> None:
    frames = [
        replace(seen, turn=turn if seen.turn > 0 else -turn) if seen.step == step else seen
        for seen in _good()
    ]
    assert judge_frames(Purpose.STUDY, ACTIONS, frames).verdict is FaceVerdict.FAILED


@given(
    count=st.integers(0, SAME_FRAMES + 2), bits=st.integers(0, SAME_BITS + 3),
    is_in_a_mirror=st.booleans(),
)  # fmt: skip
def test_some_pictures_of_an_earlier_check_are_asked_for_again(
    *, count: int, bits: int, is_in_a_mirror: bool
) -> None:
    flipped = (1 << bits) - 1
    frames = _good()[: SAME_FRAMES + 2]
    old = tuple(seen.likeness ^ (flipped << 250 - bits) for seen in frames[:count])
    if is_in_a_mirror:
        old = tuple(mirrored(each) for each in old)
    finding = judge_frames(Purpose.STUDY, ACTIONS, _good(), SeenBefore(likenesses=old))
    is_again = count >= SAME_FRAMES and bits <= SAME_BITS
    assert finding.verdict is (FaceVerdict.RETRY if is_again else FaceVerdict.PASSED)
    assert ("拿在手里" in finding.problem) is is_again


@given(score=st.floats(-1, 0.999), has_turned=st.booleans())
def test_what_would_not_pass_is_not_helped_by_being_like_an_earlier_check(
    *, score: float, has_turned: bool
) -> None:
    frames = [replace(seen, score=score, turn=seen.turn * has_turned) for seen in _good()]
    known = SeenBefore(likenesses=tuple(seen.likeness ^ 1 for seen in frames))
    first = judge_frames(Purpose.STUDY, ACTIONS, frames).verdict
    again = judge_frames(Purpose.STUDY, ACTIONS, frames, known).verdict
    assert again is (FaceVerdict.RETRY if first is FaceVerdict.PASSED else first)


@given(st.integers(0, (1 << 256) - 1))
def test_mirror_of_a_mirror_is_the_picture(likeness: int) -> None:
    assert mirrored(mirrored(likeness)) == likeness


@given(st.integers(1, 2), st.integers(0, STILL_BITS + 3))
def test_turn_that_is_one_picture_is_asked_for_again(step: int, bits: int) -> None:
    still = (1 << 255) | 0xFF
    frames = [
        replace(seen, likeness=still ^ (((1 << bits) - 1) << 100) * (index % 2))
        if seen.step == step
        else seen
        for index, seen in enumerate(_good())
    ]
    verdict = judge_frames(Purpose.STUDY, ACTIONS, frames).verdict
    assert verdict is (FaceVerdict.RETRY if bits <= STILL_BITS else FaceVerdict.PASSED)


@given(st.integers(0, 5))
def test_one_frame_byte_for_byte_is_a_recording(index: int) -> None:
    frames = _good()
    known = SeenBefore(digests=frozenset({frames[index].digest}))
    assert judge_frames(Purpose.STUDY, ACTIONS, frames, known).verdict is FaceVerdict.FAILED


@given(PURPOSES, st.sampled_from(["face_count", "is_picture", "width", "sharpness", "luma"]))
def test_what_cannot_be_used_is_asked_for_again_with_a_reason(purpose: Purpose, what: str) -> None:
    spoilt = {
        "face_count": 2, "is_picture": False, "width": 20, "sharpness": 1.0, "luma": 5.0,
    }  # fmt: skip
    frames = [replace(seen, **{what: spoilt[what]}) if seen.step == 1 else seen for seen in _good()]
    finding = judge_frames(purpose, ACTIONS, frames)
    assert finding.verdict is FaceVerdict.RETRY
    assert finding.problem
