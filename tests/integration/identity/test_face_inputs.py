"""Whatever is held in front of the camera, or sent instead of a picture, gets the right outcome."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from app.core.errors import UnavailableError
from app.identity.providers import face_engine
from app.identity.providers.face_engine import MOST_CHECKS, FaceEngine, Frame
from app.identity.rules.faces import Action, FaceVerdict, Purpose, SeenBefore
from app.identity.services.faces import FaceInput, FaceJudgement, judge_face
from tests import faces

pytestmark = pytest.mark.xdist_group("faces")
ACTIONS = (Action.LOOK, Action.LEFT, Action.RIGHT)
Alter = Callable[[np.ndarray], np.ndarray]


@pytest.fixture(scope="module")
def engine() -> FaceEngine:
    return FaceEngine()


@pytest.fixture(scope="module")
def template(engine: FaceEngine) -> bytes:
    looks = [Frame(0, shot) for shot in faces.frames("a", [0.0] * 3)]
    return face_engine.mean([seen.embedding for seen in engine.look(looks)])


def _honest(name: str = "a", *, by: float = 0.5) -> list[Frame]:
    plan = faces.turns_for([action.value for action in ACTIONS], by=by)
    shots = faces.frames(name, [turn for _, turn in plan])
    return [Frame(step, shot) for (step, _), shot in zip(plan, shots, strict=True)]


def _altered(alter: Alter, *, quality: int = 88) -> list[Frame]:
    """Honest frames, each changed by `alter` before it is compressed again."""
    made = []
    for frame in _honest():
        picture = cv2.imdecode(np.frombuffer(frame.jpeg, np.uint8), cv2.IMREAD_COLOR)
        raw = cv2.imencode(".jpg", alter(picture), [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        made.append(Frame(frame.step, raw.tobytes()))
    return made


def _bytes(frames: list[Frame], change: Callable[[bytes], bytes]) -> list[Frame]:
    return [Frame(frame.step, change(frame.jpeg)) for frame in frames]


def _of_another_kind(kind: str) -> Callable[[bytes], bytes]:
    def change(jpeg: bytes) -> bytes:
        held = BytesIO()
        Image.open(BytesIO(jpeg)).save(held, kind)
        return held.getvalue()

    return change


def _lying(jpeg: bytes) -> bytes:
    """The picture on its side, with the EXIF note by which a phone says so."""
    held = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.open(BytesIO(jpeg)).rotate(90, expand=True).save(held, "JPEG", quality=90, exif=exif)
    return held.getvalue()


def _large(picture: np.ndarray) -> np.ndarray:
    return cv2.resize(picture, (6144, 8192))


def _two(picture: np.ndarray) -> np.ndarray:
    other = faces.portrait("b")[0]
    return np.hstack([picture, other])


def _gone(picture: np.ndarray) -> np.ndarray:
    return np.clip(picture.astype(np.int16) % 7 + 125, 0, 255).astype(np.uint8)


def _far(picture: np.ndarray) -> np.ndarray:
    small = cv2.resize(picture, None, fx=0.25, fy=0.25)
    framed = np.full_like(picture, 128)
    framed[200 : 200 + small.shape[0], 150 : 150 + small.shape[1]] = small
    return framed


_STILL = next(faces.frames("a", [0.0]))
CASES: list[tuple[str, Callable[[], list[Frame]], FaceVerdict, str]] = [
    ("honest", _honest, FaceVerdict.PASSED, ""),
    ("an honest phone held sideways, said in EXIF",
     lambda: _bytes(_honest(), _lying), FaceVerdict.PASSED, ""),
    ("12 megapixels", lambda: _altered(lambda p: cv2.resize(p, (3000, 4000)), quality=60),
     FaceVerdict.PASSED, ""),
    ("a photo held still", lambda: _honest(by=0.0), FaceVerdict.FAILED, "转头"),
    ("somebody else", lambda: _honest("b"), FaceVerdict.WRONG_FACE, "不一致"),
    ("one frame again and again", lambda: [Frame(each.step, _STILL) for each in _honest()],
     FaceVerdict.RETRY, "停住不动"),
    ("two faces", lambda: _altered(_two), FaceVerdict.RETRY, "不止一张脸"),
    ("nobody", lambda: _altered(_gone, quality=90), FaceVerdict.RETRY, "没有看到脸"),
    ("dark", lambda: _altered(lambda p: (p * 0.06).astype(np.uint8)), FaceVerdict.RETRY, ""),
    ("blurred", lambda: _altered(lambda p: cv2.GaussianBlur(p, (0, 0), 9)),
     FaceVerdict.RETRY, ""),
    ("far away", lambda: _altered(_far), FaceVerdict.RETRY, "太远"),
    ("turned by a quarter without a word", lambda: _altered(lambda p: cv2.rotate(p, 0)),
     FaceVerdict.RETRY, "没有看到脸"),
    ("50 megapixels", lambda: _altered(_large, quality=15)[:3], FaceVerdict.RETRY, "太大"),
    ("longer than a megabyte", lambda: _bytes(_honest(), lambda raw: raw + b"\0" * 1_000_000),
     FaceVerdict.RETRY, "太大"),
    ("PNG", lambda: _bytes(_honest(), _of_another_kind("PNG")), FaceVerdict.RETRY, "打不开"),
    ("no picture", lambda: _bytes(_honest(), lambda raw: b"no picture" + raw[-400:]),
     FaceVerdict.RETRY, "打不开"),
    ("cut off", lambda: _bytes(_honest(), lambda raw: raw[:300] + raw[-400:]),
     FaceVerdict.RETRY, "打不开"),
]  # fmt: skip


def _judged(engine: FaceEngine, template: bytes, frames: list[Frame]) -> FaceJudgement:
    given = FaceInput(
        check_id="c", learner_id="l", purpose=Purpose.STUDY, nonce="n", actions=ACTIONS,
        template=template, known=SeenBefore(),
    )  # fmt: skip
    return judge_face(engine, given, "n", frames)


@pytest.mark.parametrize(
    ("frames", "verdict", "word"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_each_input_has_its_outcome(
    engine: FaceEngine,
    template: bytes,
    frames: Callable[[], list[Frame]],
    verdict: FaceVerdict,
    word: str,
) -> None:
    finding = _judged(engine, template, frames()).finding
    assert (finding.verdict, word in finding.problem) == (verdict, True), finding
    assert (finding.problem == "") is (verdict is FaceVerdict.PASSED)


class Doorman(ThreadPoolExecutor):
    """The engine's thread: tells who has come in, and begins with nobody before it is told to."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.come, self.open = threading.Semaphore(0), threading.Event()
        super().submit(self.open.wait, 60)

    def submit(self, *given: Any, **named: Any) -> Any:
        self.come.release()
        return super().submit(*given, **named)


def test_sixteen_at_once_are_judged_and_one_more_is_asked_to_wait(
    template: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors: list[Doorman] = []

    def make(*given: Any, **named: Any) -> Doorman:
        doors.append(Doorman(*given, **named))
        return doors[0]

    monkeypatch.setattr(face_engine, "ThreadPoolExecutor", make)
    engine = FaceEngine()
    frames = [frame for number, frame in enumerate(_honest()) if number % 5 in (1, 2, 3)]
    door = doors[0]
    with ThreadPoolExecutor(MOST_CHECKS) as pool:
        asked = [pool.submit(_judged, engine, template, frames) for _ in range(MOST_CHECKS)]
        for _ in asked:
            assert door.come.acquire(timeout=30)
        with pytest.raises(UnavailableError) as refused:
            _judged(engine, template, frames)
        door.open.set()
        verdicts = [each.result().finding.verdict for each in asked]
    assert verdicts == [FaceVerdict.PASSED] * MOST_CHECKS
    assert (refused.value.code, refused.value.retry_after_s) == ("faces_busy", 5)
    assert _judged(engine, template, frames).finding.verdict is FaceVerdict.PASSED


def _anew(frames: list[Frame], alter: Alter) -> list[Frame]:
    made = []
    for frame in frames:
        picture = cv2.imdecode(np.frombuffer(frame.jpeg, np.uint8), cv2.IMREAD_COLOR)
        raw = cv2.imencode(".jpg", alter(picture), [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
        made.append(Frame(frame.step, raw.tobytes()))
    return made


def test_earlier_check_in_a_mirror_is_asked_for_again_and_never_passes(
    engine: FaceEngine, template: bytes
) -> None:
    """The turns are swapped to fit; the same pictures without an earlier check would pass."""
    earlier = _honest()
    seen = [each.sighting.likeness for each in engine.look(earlier)]
    swapped = {0: 0, 1: 2, 2: 1}
    shown = [
        Frame(swapped[frame.step], frame.jpeg)
        for frame in _anew(earlier, lambda p: np.ascontiguousarray(p[:, ::-1]))
    ]
    given = FaceInput(
        check_id="c", learner_id="l", purpose=Purpose.STUDY, nonce="n", actions=ACTIONS,
        template=template, known=SeenBefore(likenesses=tuple(seen)),
    )  # fmt: skip
    assert _judged(engine, template, shown).finding.verdict is FaceVerdict.PASSED
    finding = judge_face(engine, given, "n", shown).finding
    assert (finding.verdict, "拿在手里" in finding.problem) == (FaceVerdict.RETRY, True)
    honest = judge_face(engine, given, "n", _honest()).finding
    assert honest.verdict is FaceVerdict.PASSED


def test_three_stills_each_coded_anew_are_asked_for_again(
    engine: FaceEngine, template: bytes
) -> None:
    stills = {each.step: each for each in _honest() if each.step == 0}
    stills |= {step: each for step in (1, 2) for each in _honest()[5 * step + 1 : 5 * step + 2]}
    shown = [
        Frame(step, cv2.imencode(".jpg", _unpacked(still), [1, 92 - shot])[1].tobytes())
        for step, still in stills.items()
        for shot in range(5)
    ]
    finding = _judged(engine, template, shown).finding
    assert (finding.verdict, "停住不动" in finding.problem) == (FaceVerdict.RETRY, True)


def _unpacked(frame: Frame) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(frame.jpeg, np.uint8), cv2.IMREAD_COLOR)
