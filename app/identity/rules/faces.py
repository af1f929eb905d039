"""Faces: what is asked of the person, and what the frames say (docs/face.md)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import median

PIPELINE = "yunet-2023mar-int8+sface-2021dec-int8/1"
STEP_MS, FRAMES_PER_STEP = 3_000, 5
LEAST_USABLE = 2
"""Frames of a step in which one good face must be seen."""
TURN = 0.10
"""How far the nose leaves the middle of the eyes, in eye distances, when the head turns."""


SAME_BITS = 2
"""How many of the 256 bits of a picture differ when it is only coded anew; a movement of two
pixels, or a turn of one degree, changes six and more."""
SAME_FRAMES = 3
"""How many frames of a check must be pictures of an earlier one before they are asked for again."""
STILL_BITS = 6
"""Within a step that asks for a turn, frames that differ by no more are one picture: a head that
turns before a camera that stands still changed nine and more, one picture coded anew four."""
_FIELDS = 16


class Action(StrEnum):
    """What the person is asked to do; left and right are their own."""

    LOOK = "look"
    LEFT = "left"
    RIGHT = "right"


class FaceVerdict(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    WRONG_FACE = "wrong_face"
    UNCERTAIN = "uncertain"
    RETRY = "retry"


class Purpose(StrEnum):
    ENROL = "enrol"
    STUDY = "study"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Cosines and picture quality; measured on public photos, to be calibrated on a pilot."""

    passes: float = 0.45
    fails: float = 0.363
    least_width: int = 56
    least_sharpness: float = 20.0
    least_luma: float = 25.0
    most_luma: float = 235.0


LIMITS = {
    Purpose.ENROL: Limits(passes=0.50, fails=0.35, least_width=80, least_sharpness=60.0),
    Purpose.STUDY: Limits(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What the engine saw in one frame; `score` is the cosine with who it should be."""

    step: int
    digest: str
    face_count: int
    is_picture: bool = True
    width: int = 0
    sharpness: float = 0.0
    luma: float = 0.0
    turn: float = 0.0
    likeness: int = 0
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class SeenBefore:
    """Frames of this person's earlier checks: the hashes of their bytes, and how they looked."""

    digests: frozenset[str] = frozenset()
    likenesses: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FaceFinding:
    verdict: FaceVerdict
    problem: str
    score_percent: int


def draw_actions(chance: Callable[[int], int]) -> tuple[Action, ...]:
    """Look straight first, then two turns that nobody knows beforehand."""
    turns = (Action.LEFT, Action.RIGHT)
    return Action.LOOK, turns[chance(2)], turns[chance(2)]


def problem_with(limits: Limits, seen: Sighting) -> str:
    """Why a frame is of no use, for the person; empty where it is."""
    problems = (
        (not seen.is_picture, "照片打不开或太大，请用页面里的相机拍"),
        (seen.face_count == 0, "没有看到脸，请正对镜头"),
        (seen.face_count > 1, "画面里不止一张脸，请一个人对着镜头"),
        (seen.width < limits.least_width, "离镜头太远，请靠近一些"),
        (seen.luma < limits.least_luma, "光线太暗，请到亮一点的地方"),
        (seen.luma > limits.most_luma, "光线太强，请避开强光"),
        (seen.sharpness < limits.least_sharpness, "画面模糊，请擦一下镜头，拿稳手机"),
    )
    return next((sentence for applies, sentence in problems if applies), "")


def judge_frames(
    purpose: Purpose,
    actions: Sequence[Action],
    frames: Sequence[Sighting],
    known: SeenBefore = SeenBefore(),
) -> FaceFinding:
    """Quality, then the turns, then who it is: a frame that nobody can use decides nothing.

    A frame of `known` byte for byte is a recording. Some that look like them to a hair may be one,
    or a camera that stands where it stood: what would pass is asked for once more, and so is a head
    that does not move while it turns.
    """
    if any(seen.digest in known.digests for seen in frames):
        return FaceFinding(FaceVerdict.FAILED, "这是以前用过的画面，请打开相机重新拍", 0)
    limits = LIMITS[purpose]
    usable = [seen for seen in frames if not problem_with(limits, seen)]
    problem = _lacking(limits, actions, frames, usable)
    if problem:
        return FaceFinding(FaceVerdict.RETRY, problem, 0)
    score = round(median(seen.score for seen in usable) * 100)
    if _is_other(limits, usable):
        return FaceFinding(FaceVerdict.WRONG_FACE, "与登记的人脸不一致", score)
    if not _has_turned(actions, usable):
        return FaceFinding(FaceVerdict.FAILED, "没有看到按提示转头，请跟着提示慢慢转", score)
    passes = median(seen.score for seen in usable) >= limits.passes
    is_sure = passes and all(seen.score >= limits.fails for seen in usable)
    if not is_sure:
        return FaceFinding(FaceVerdict.UNCERTAIN, "看得不够清楚，请再来一次", score)
    doubt = _passes_but(actions, usable, known)
    return FaceFinding(FaceVerdict.RETRY if doubt else FaceVerdict.PASSED, doubt, score)


def _is_seen_again(frames: Sequence[Sighting], known: SeenBefore) -> bool:
    """Several frames that were only coded anew since an earlier check, be it in a mirror."""
    shown = [seen.likeness for seen in frames]
    return any(
        _count_again(each, known.likenesses) >= SAME_FRAMES
        for each in (shown, [mirrored(likeness) for likeness in shown])
    )


def _count_again(likenesses: Sequence[int], olds: Sequence[int]) -> int:
    return sum(any((each ^ old).bit_count() <= SAME_BITS for old in olds) for each in likenesses)


def mirrored(likeness: int) -> int:
    """How the same picture looks in a mirror: each row backwards, brighter for darker."""
    text = f"{likeness:0{_FIELDS * _FIELDS}b}"
    rows = (text[at : at + _FIELDS][::-1] for at in range(0, len(text), _FIELDS))
    return int("".join(rows), 2) ^ (1 << _FIELDS * _FIELDS) - 1


def _lacking(
    limits: Limits, actions: Sequence[Action], frames: Sequence[Sighting],
    usable: Sequence[Sighting],
) -> str:  # fmt: skip
    if len({seen.digest for seen in frames}) < len(frames):
        return "画面停住不动了，请重新打开相机"
    for step in range(len(actions)):
        if sum(seen.step == step for seen in usable) < LEAST_USABLE:
            problems = [problem_with(limits, seen) for seen in frames if seen.step == step]
            return next((text for text in problems if text), "没有看到脸，请正对镜头")
    return ""


def _passes_but(actions: Sequence[Action], usable: Sequence[Sighting], known: SeenBefore) -> str:
    """Why frames that would pass are asked for once more: it costs an honest person no try."""
    turns = [step for step, action in enumerate(actions) if action is not Action.LOOK]
    if any(_is_one_picture([seen for seen in usable if seen.step == step]) for step in turns):
        return "画面停住不动，请在提示出现以后再慢慢转头"
    if _is_seen_again(usable, known):
        return "画面和以前的一样，请把手机拿在手里，换个位置再拍"
    return ""


def _is_one_picture(frames: Sequence[Sighting]) -> bool:
    """A head that turns while it is looked at shows at least two pictures."""
    first = frames[0].likeness
    return all((first ^ seen.likeness).bit_count() <= STILL_BITS for seen in frames)


def _is_other(limits: Limits, usable: Sequence[Sighting]) -> bool:
    """Two frames one after the other that are clearly somebody else."""
    low = [seen.score < limits.fails for seen in usable]
    return any(first and second for first, second in pairwise(low))


def _has_turned(actions: Sequence[Action], usable: Sequence[Sighting]) -> bool:
    """Each turn is seen against the person's own way of looking straight."""
    straight = median(seen.turn for seen in usable if seen.step == 0)
    for step, action in enumerate(actions):
        turns = [seen.turn - straight for seen in usable if seen.step == step]
        if action is Action.LEFT and max(turns) < TURN:
            return False
        if action is Action.RIGHT and min(turns) > -TURN:
            return False
    return True
