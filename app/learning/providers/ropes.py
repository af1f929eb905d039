"""Ropes that cross one another, with beads on them: laid so that an eye can follow each."""

from random import Random

import numpy as np
from numpy.typing import NDArray

from app.learning.rules.presence import HEIGHT, WIDTH

BEADS, ROPES = 6, 2
_STEPS = 12
_MARGIN, _APART, _CLEAR = 52, 92, 36
_NEAR, _LEAST_ANGLE = 17, 38
_FAR = 260
Points = NDArray[np.float64]


def lay(chance: Random) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Return each rope's beads in order, in pixels; the first of the first is the flag."""
    while True:
        ropes = _strung(chance, _scattered(chance))
        if ropes is not None and _is_followable(ropes):
            return tuple(tuple((int(x), int(y)) for x, y in rope) for rope in ropes)


def curve(beads: Points) -> Points:
    """A smooth line through the beads (Catmull-Rom), `_STEPS` points for each link."""
    ends = np.vstack([2 * beads[0] - beads[1], beads, 2 * beads[-1] - beads[-2]])
    t = np.linspace(0, 1, _STEPS, endpoint=False)[:, None]
    links = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        links.append(
            0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2
                   + (3 * b - a - 3 * c + d) * t**3)
        )  # fmt: skip
    return np.vstack([*links, beads[-1:]])


def _scattered(chance: Random) -> list[tuple[int, int]]:
    """Places for all beads, none near another."""
    places: list[tuple[int, int]] = []
    for _ in range(600):
        place = (
            chance.randint(_MARGIN, WIDTH - _MARGIN), chance.randint(_MARGIN, HEIGHT - _MARGIN),
        )  # fmt: skip
        if all((place[0] - x) ** 2 + (place[1] - y) ** 2 >= _APART**2 for x, y in places):
            places.append(place)
        if len(places) == BEADS * ROPES:
            break
    return places


def _strung(chance: Random, places: list[tuple[int, int]]) -> list[Points] | None:
    """Each rope takes places at random, no link longer than an eye likes to follow."""
    if len(places) < BEADS * ROPES:
        return None
    left, ropes = places[:], []
    for _ in range(ROPES):
        rope = [left.pop(chance.randrange(len(left)))]
        while len(rope) < BEADS:
            x, y = rope[-1]
            near = [at for at in left if (at[0] - x) ** 2 + (at[1] - y) ** 2 <= _FAR**2]
            if not near:
                return None
            rope.append(chance.choice(near))
            left.remove(rope[-1])
        ropes.append(np.array(rope, float))
    return ropes


def _is_followable(ropes: list[Points]) -> bool:
    """No rope touches a bead that is not on it, and where ropes cross they do so plainly."""
    lines = [curve(rope) for rope in ropes]
    points = np.vstack(lines)
    if points.min() < 14 or points[:, 0].max() > WIDTH - 14 or points[:, 1].max() > HEIGHT - 14:
        return False
    steps = np.concatenate([np.arange(len(line)) + 10_000 * n for n, line in enumerate(lines)])
    beads = np.vstack(ropes)
    own = np.concatenate([np.arange(BEADS) * _STEPS + 10_000 * n for n in range(len(ropes))])
    to_beads = np.linalg.norm(points[:, None] - beads[None], axis=2)
    is_own = abs(steps[:, None] - own[None]) < _STEPS
    if (to_beads[~is_own] < _CLEAR).any():
        return False
    return _crosses_plainly(lines, points, steps)


def _crosses_plainly(lines: list[Points], points: Points, steps: NDArray[np.int64]) -> bool:
    angles = np.concatenate([_angles(line) for line in lines])
    between = np.linalg.norm(points[:, None] - points[None], axis=2)
    is_near = (between < _NEAR) & (abs(steps[:, None] - steps[None]) > _STEPS)
    turn = abs(angles[:, None] - angles[None]) % np.pi
    turn = np.degrees(np.minimum(turn, np.pi - turn))
    first = steps <= 4 * _STEPS
    is_crossed = bool(is_near[first].any())
    return is_crossed and not (is_near & (turn < _LEAST_ANGLE)).any()


def _angles(line: Points) -> Points:
    along = np.gradient(line, axis=0)
    return np.arctan2(along[:, 1], along[:, 0])
