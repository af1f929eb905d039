"""A printed code as a phone photographs it: tilted, turned, blurred, noisy, squeezed to JPEG."""

import random
from typing import Any

import cv2
import numpy as np

from app.certs.providers import artwork

PIXELS_PER_MM = 12
"""A video frame of 1,920 points over 16 cm: a hand's breadth away."""
_PAPER, _INK = 236, 28
_TILT, _TURN = 0.08, 20
_BLUR, _NOISE, _QUALITY = 0.9, 8, 70


def of_code(modules: Any, *, mm: float, chance: random.Random) -> bytes:
    """A JPEG of a code that is `mm` wide without its quiet zone; `modules` is 0 where dark.

    The corners go astray by up to 8 % of the picture, which is what a hand does.
    """
    count = modules.shape[0]
    side = int(mm * PIXELS_PER_MM * count / (count - 8)) * 2
    large = cv2.resize(modules, (side, side), interpolation=cv2.INTER_NEAREST)
    sheet = np.full((side * 13 // 10,) * 2, _PAPER, np.uint8)
    edge = side * 3 // 20
    sheet[edge : edge + side, edge : edge + side] = np.where(large > 0, _PAPER, _INK)
    seen = cv2.warpPerspective(
        sheet, _view(sheet.shape[0], chance), (sheet.shape[0] // 2,) * 2, flags=cv2.INTER_AREA,
        borderValue=_PAPER,
    )  # fmt: skip
    blurred = cv2.GaussianBlur(seen, (0, 0), _BLUR).astype(np.float32)
    grain = np.random.default_rng(chance.randrange(2**32)).normal(0, _NOISE, blurred.shape)
    lit = np.clip(blurred * chance.uniform(0.75, 1.05) + grain, 0, 255).astype(np.uint8)
    _, jpeg = cv2.imencode(".jpg", lit, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return bytes(jpeg)


def _view(side: int, chance: random.Random) -> Any:
    """Where the corners of a sheet come to lie in a picture of half the size."""
    corners = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32)
    astray = [[chance.uniform(-_TILT, _TILT) * side for _ in "xy"] for _ in corners]
    tilted = cv2.getPerspectiveTransform(corners, corners + np.array(astray, np.float32))
    angle = chance.uniform(-_TURN, _TURN)
    turned = np.vstack([cv2.getRotationMatrix2D((side / 2, side / 2), angle, 1), [0, 0, 1]])
    return np.diag([0.5, 0.5, 1]) @ turned @ tilted


def modules_of(text: str) -> Any:
    """The code's modules as they are printed, quiet zone and all."""
    return np.asarray(artwork.code_of(text).to_image(scale=1, add_quiet_zones=True))


def read_by_zxing(picture: bytes) -> list[str]:
    return artwork.read_codes(picture)


def read_by_opencv(picture: bytes) -> set[str]:
    """What either of OpenCV's two detectors makes of it."""
    grey = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE)
    return {
        detector.detectAndDecode(grey)[0]
        for detector in (cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco())
    }
