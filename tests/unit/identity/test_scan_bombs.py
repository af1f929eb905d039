"""A picture that unpacks for minutes is refused by its markers, before a pixel of it is made."""

import struct
import time

import cv2
import numpy as np
import pytest

from app.identity.providers.face_engine import FaceEngine, Frame
from app.identity.providers.face_seeing import MOST_SCANS


def _segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def _bomb(width: int, height: int, scans: int) -> bytes:
    """A progressive picture of nothing whose scans each run over every block in 40 bytes."""
    blocks = -(-width // 8) * -(-height // 8)
    raw = b"\xff\xd8" + _segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
    raw += _segment(0xDB, b"\0" + bytes([1] * 64))
    raw += _segment(0xC2, struct.pack(">BHHB", 8, height, width, 1) + bytes([1, 0x11, 0]))
    raw += _segment(0xC4, bytes([0x10]) + bytes([1, 1] + [0] * 14) + bytes([0xE0, 0x00]))
    raw += _segment(0xC4, bytes([0x00]) + bytes([1] + [0] * 15) + bytes([0]))
    raw += _segment(0xDA, bytes([1, 1, 0, 0, 0, 0])) + b"\0" * -(-blocks // 8)
    bits, left = "", blocks
    while left > 0:  # runs of blocks that stay as they are, of 2^14 to 2^15 - 1 each
        run = max(min(left, (1 << 15) - 1), 1 << 14)
        bits, left = bits + "0" + format(run - (1 << 14), "014b"), left - run
    bits += "1" * (-len(bits) % 8)
    packed = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    return raw + (_segment(0xDA, bytes([1, 1, 0, 1, 63, 0])) + packed) * scans + b"\xff\xd9"


@pytest.fixture(scope="module")
def engine() -> FaceEngine:
    opened = FaceEngine()
    opened.warm()
    return opened


def test_a_bomb_of_scans_is_no_picture_and_takes_no_time(engine: FaceEngine) -> None:
    bomb = _bomb(4000, 4000, 4000)
    assert len(bomb) < 400_000
    began = time.perf_counter()
    (seen,) = engine.look([Frame(0, bomb)])
    assert not seen.sighting.is_picture
    assert time.perf_counter() - began < 20


def test_it_is_a_picture_up_to_the_bound(engine: FaceEngine) -> None:
    """So that the test above refuses by the markers, and not because the bomb is badly made."""
    at_most, over = (_bomb(640, 640, scans) for scans in (MOST_SCANS - 1, MOST_SCANS))
    seen = engine.look([Frame(0, at_most), Frame(0, over)])
    assert [each.sighting.is_picture for each in seen] == [True, False]


def test_pictures_that_programs_save_progressively_are_seen(engine: FaceEngine) -> None:
    noise = np.random.default_rng(7).integers(0, 255, (480, 640, 3), dtype=np.uint8)
    raw = cv2.imencode(".jpg", noise, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes()
    (seen,) = engine.look([Frame(0, raw)])
    assert seen.sighting.is_picture
