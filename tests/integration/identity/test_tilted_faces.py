"""A phone that is held askew turns no head: the nose moves along the line of the eyes or not."""

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.providers.face_engine import FaceEngine, Frame
from app.identity.providers.face_seeing import turn_of
from app.identity.rules.faces import TURN
from tests import faces

pytestmark = pytest.mark.xdist_group("faces")
Point = tuple[float, float]


def _seen(points: list[Point]) -> list[float]:
    """Right eye, left eye and nose, as the detector gives a face: behind its frame."""
    return [0.0, 0.0, 100.0, 120.0, *(each for point in points for each in point)]


def _tilted(points: list[Point], degrees: float) -> list[Point]:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return [(x * cos - y * sin, x * sin + y * cos) for x, y in points]


@given(
    aside=st.floats(-60, 60), below=st.floats(10, 80), degrees=st.floats(-45, 45),
    apart=st.floats(20, 200),
)  # fmt: skip
def test_tilting_changes_no_turn(aside: float, below: float, degrees: float, apart: float) -> None:
    upright: list[Point] = [(0.0, 0.0), (apart, 0.0), (apart / 2 + aside, below)]
    held = turn_of(_seen(_tilted(upright, degrees)))
    assert turn_of(_seen(upright)) == pytest.approx(aside / apart)
    assert held == pytest.approx(aside / apart, abs=1e-6)


def _pictures(name: str, degrees: list[float]) -> list[Frame]:
    framed, (x, y), _ = faces.portrait(name)
    height, width = framed.shape[:2]
    turned = (cv2.getRotationMatrix2D((x, y), each, 1) for each in degrees)
    shots = (
        cv2.warpAffine(framed, each, (width, height), borderMode=cv2.BORDER_REPLICATE)
        for each in turned
    )
    return [Frame(0, cv2.imencode(".jpg", each)[1].tobytes()) for each in shots]


@pytest.mark.parametrize("name", ["a", "b"])
def test_a_photograph_that_is_tilted_does_not_turn_its_head(name: str) -> None:
    degrees = [0.0, -12.0, -9.0, -6.0, 6.0, 9.0, 12.0]
    seen = [each.sighting.turn for each in FaceEngine().look(_pictures(name, degrees))]
    moved = np.array(seen[1:]) - seen[0]
    assert np.abs(moved).max() < TURN, dict(zip(degrees[1:], moved.round(3), strict=True))
