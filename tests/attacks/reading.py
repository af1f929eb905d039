"""A program that reads presence pictures: what an hour's effort with the product's source gives.

Characters: each candidate drawn again in both faces, turned and thickened, laid over the picture.
Things: cut out by colour and compared with examples that the product's own code draws. Clocks: by
the angles of their hands. Ropes: the ink followed from bead to bead, turning as little as it can.
Questions: the characters below them as above; which choices are right a language model would
say, so `known_choices` are given.

`python -m tests.attacks.reading 60` prints how often each form is read.
"""

import io
import sys
from collections.abc import Sequence
from functools import cache
from random import Random

import cv2
import numpy as np
import pylopdf_fonts_zh_cn as fonts
from PIL import Image, ImageDraw, ImageFont

from app.learning.providers import pictures
from app.learning.providers.canvas import FINE, Stencil
from app.learning.providers.thing_shapes import SHAPES
from app.learning.rules.presence import Form, is_tapped
from app.learning.rules.recall import Question
from app.learning.rules.things import THINGS
from app.learning.services import boards
from app.learning.services.boards import SIGNS

_ANGLES = range(-24, 25, 8)
_HALF = 0.5
_THING = 48
_TURNS = (-15, 0, 15)
_BEAD = np.array((244, 214, 120))


def read_picture(png: bytes, text: str, known_choices: Sequence[list[int]] = ()) -> list[list[int]]:
    """Where to tap, as well as this program can tell; the form is plain from the text."""
    with Image.open(io.BytesIO(png)) as opened:
        picture = np.asarray(opened.convert("RGB"))
    asked = text.partition("：")[2]
    if "绳子" in text:
        return _thousandths(picture, read_rope(picture))
    if "的钟" in text:
        return _thousandths(picture, read_clocks(picture, asked.split("、")))
    if "问题" in text:
        places = read_characters(picture[-190:], asked.split(), 52)
        below = picture.shape[0] - 190
        return [*known_choices, *_thousandths(picture, [(x, y + below) for x, y in places])]
    if "；" in text:
        return _thousandths(picture, read_things(picture, [way[1:] for way in asked.split("；")]))
    return _thousandths(picture, read_characters(picture, asked.split(), 72))


def _thousandths(picture: np.ndarray, places: list[tuple[float, float]]) -> list[list[int]]:
    height, width = picture.shape[:2]
    return [
        [min(1000, max(0, round(1000 * x / width))), min(1000, max(0, round(1000 * y / height)))]
        for x, y in places
    ]


@cache
def _templates(char: str, size: int) -> tuple[np.ndarray, ...]:
    """The character in both faces, upright and turned, dark on white, at half its size."""
    found = []
    box = round(size * 1.35)
    for path in (fonts.sans_path(), fonts.serif_path()):
        font = ImageFont.truetype(str(path), size)
        for angle in _ANGLES:
            stamp = Image.new("L", (box, box), 255)
            pen = ImageDraw.Draw(stamp)
            pen.text((box / 2, box / 2), char, font=font, fill=70, anchor="mm", stroke_width=1)
            turned = stamp.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=255)
            found.append(cv2.resize(np.asarray(turned), None, fx=_HALF, fy=_HALF))
    return tuple(found)


def read_characters(picture: np.ndarray, wanted: list[str], size: int) -> list[tuple[float, float]]:
    """Where each wanted character most likely is."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, None, fx=_HALF, fy=_HALF, interpolation=cv2.INTER_AREA)
    places = []
    for char in wanted:
        best, where = -1.0, (0.0, 0.0)
        for template in _templates(char, size):
            scores = cv2.matchTemplate(small, template, cv2.TM_CCOEFF_NORMED)
            _, score, _, at = cv2.minMaxLoc(scores)
            if score > best:
                half = template.shape[0] / 2
                best, where = score, ((at[0] + half) / _HALF, (at[1] + half) / _HALF)
        places.append(where)
    return places


def _cells(picture: np.ndarray) -> list[tuple[float, float, np.ndarray]]:
    """The twelve places of the loose grid, each with its part of the picture."""
    height, width = picture.shape[:2]
    tall, wide = height // 3, width // 4
    return [
        (
            (column + 0.5) * wide, (row + 0.5) * tall,
            picture[row * tall : (row + 1) * tall, column * wide : (column + 1) * wide],
        )
        for row in range(3)
        for column in range(4)
    ]  # fmt: skip


def _outline(cell: np.ndarray) -> np.ndarray:
    """What is darker or more colourful than paper, brought to one size."""
    hsv = cv2.cvtColor(cell, cv2.COLOR_RGB2HSV)
    ink = ((hsv[:, :, 2] < 150) | (hsv[:, :, 1] > 70)).astype(np.uint8)
    ink = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count < 2:
        return np.zeros((_THING, _THING), np.float32)
    biggest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    ys, xs = np.nonzero(labels == biggest)
    grey = cv2.cvtColor(cell, cv2.COLOR_RGB2GRAY)
    part = 255 - grey[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    return cv2.resize(part, (_THING, _THING)).astype(np.float32)


@cache
def _examples() -> tuple[tuple[str, np.ndarray], ...]:
    """Each thing as the product draws it, turned a few ways, by its own code."""
    found = []
    for name, shape in SHAPES.items():
        for number in range(4):
            for turn in _TURNS:
                chance = Random(f"{name}{number}{turn}")
                sheet = Image.new("RGB", (150 * FINE, 160 * FINE), (244, 241, 236))
                pen = ImageDraw.Draw(sheet)
                shape(Stencil(pen, (75 * FINE, 80 * FINE), 92 * FINE, chance, turn))
                found.append((name, _outline(np.asarray(sheet.resize((150, 160))))))
    return tuple(found)


def read_things(picture: np.ndarray, asked: list[str]) -> list[tuple[float, float]]:
    """Cut out each thing, find the most alike example of what is asked for."""
    names = [next(name for name, ways in THINGS.items() if way in ways) for way in asked]
    cells = [(x, y, _outline(cell)) for x, y, cell in _cells(picture)]
    places = []
    for name in names:
        scored = [
            (max(_likeness(cut, each) for kind, each in _examples() if kind == name), x, y)
            for x, y, cut in cells
        ]
        _, x, y = max(scored)
        places.append((x, y))
    return places


def _likeness(left: np.ndarray, right: np.ndarray) -> float:
    return float(cv2.matchTemplate(left, right, cv2.TM_CCOEFF_NORMED)[0, 0])


def read_clocks(picture: np.ndarray, asked: list[str]) -> list[tuple[float, float]]:
    """Read every face by its dark strokes; then each asked time takes the face that fits best."""
    faces = [(x, y, *_hands(cell)) for x, y, cell in _cells(picture)]
    places = []
    for time in asked:
        hour, half = int(time.split()[0]) % 12, "半" in time
        _, x, y = min((_misfit(long, short, hour, half=half), x, y) for x, y, long, short in faces)
        places.append((x, y))
    return places


def _hands(cell: np.ndarray) -> tuple[float, float]:
    """Where the long and the short hand point, in degrees from twelve."""
    plain = cv2.cvtColor(cell, cv2.COLOR_RGB2GRAY)
    circles = cv2.HoughCircles(
        cv2.GaussianBlur(plain, (3, 3), 0), cv2.HOUGH_GRADIENT, 1, 60, param1=120, param2=18,
        minRadius=48, maxRadius=68,
    )  # fmt: skip
    grey = plain.astype(np.float32)
    height, width = grey.shape
    middle = (width / 2, height / 2) if circles is None else circles[0][0][:2]
    ys, xs = np.mgrid[0:height, 0:width]
    away = np.hypot(xs - middle[0], ys - middle[1])
    hub = cv2.GaussianBlur(grey, (9, 9), 0) + 5 * away
    top, left = np.unravel_index(int(np.argmin(hub)), hub.shape)
    x, y, r = float(left), float(top), 58.0
    near, far = (_around(grey, (x, y), r, span) for span in ((0.16, 0.34), (0.46, 0.6)))
    long, short = np.argmax(_smooth(far, 5)), np.argmax(_smooth(near, 19))
    return float(long), float(short)


def _around(
    grey: np.ndarray, middle: tuple[float, float], r: float, span: tuple[float, float]
) -> np.ndarray:
    """How dark each whole degree is between two radii."""
    angles = np.radians(np.arange(360) - 90)[:, None]
    shares = np.linspace(*span, 10)[None]
    xs = np.clip(middle[0] + r * shares * np.cos(angles), 0, grey.shape[1] - 1).astype(int)
    ys = np.clip(middle[1] + r * shares * np.sin(angles), 0, grey.shape[0] - 1).astype(int)
    dark: np.ndarray = 255 - grey[ys, xs].mean(axis=1)
    return dark


def _smooth(ring: np.ndarray, width: int) -> np.ndarray:
    wide = np.concatenate([ring[-width:], ring, ring[:width]])
    smooth: np.ndarray = np.convolve(wide, np.ones(width) / width, "same")[width:-width]
    return smooth


def _misfit(long: float, short: float, hour: int, *, half: bool) -> float:
    """Degrees between the hands and a time, after the small turn that the long hand tells."""
    turn = (long - 180 * half + 180) % 360 - 180
    away = (short - turn - 30 * hour - 15 * half + 180) % 360 - 180
    return abs(away) + 2 * max(0.0, abs(turn) - 12)


def read_rope(picture: np.ndarray) -> list[tuple[float, float]]:
    """Find beads and flag by colour; from the flag follow the ink straight on from bead to bead."""
    beads = _blobs(np.abs(picture.astype(int) - _BEAD).max(axis=2) < 34, 200)
    red = picture.astype(int)
    is_red = (red[:, :, 0] > 180) & (red[:, :, 1] < 90) & (red[:, :, 2] < 90)
    flags = _blobs(is_red, 60)
    if not flags or len(beads) < 4:
        return [(0.0, 0.0)] * 4
    start = max(flags, key=lambda place: place[1])
    ink = (cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) < 130).astype(np.uint8)
    x, y = round(start[0]), round(start[1])
    cv2.rectangle(ink, (x - 14, max(0, y - 60)), (x + 44, y - 8), 0, -1)
    for bead in beads:
        cv2.circle(ink, (round(bead[0]), round(bead[1])), 21, 0, -1)
    return _followed(ink, start, beads)


def _blobs(mask: np.ndarray, least: int) -> list[tuple[float, float]]:
    count, _, stats, middles = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    return [
        (float(middles[n][0]), float(middles[n][1]))
        for n in range(1, count)
        if stats[n, cv2.CC_STAT_AREA] >= least
    ]


def _followed(
    ink: np.ndarray, start: tuple[float, float], beads: list[tuple[float, float]]
) -> list[tuple[float, float]]:
    """Step along the ink, turning as little as possible; each bead that is met is noted."""
    at, heading = _step(ink, np.array(start), 0.0, np.pi, (10, 24))
    met: list[tuple[float, float]] = []
    for _ in range(400):
        at, heading = _step(ink, at, heading, 0.5, (3, 14))
        for bead in beads:
            if bead not in met and np.hypot(at[0] - bead[0], at[1] - bead[1]) < 24:
                met.append(bead)
                at, heading = _step(ink, np.array(bead), heading, 1.3, (22, 34))
        if len(met) == 4:
            break
    left = [bead for bead in beads if bead not in met]
    return met + left[: 4 - len(met)]


def _step(
    ink: np.ndarray, at: np.ndarray, heading: float, most: float, reach: tuple[int, int]
) -> tuple[np.ndarray, float]:
    """Go where most ink lies within `reach`, turning at most so much."""
    height, width = ink.shape
    far = np.arange(*reach)
    turns = np.linspace(-most, most, 61)
    angles = (heading + turns)[:, None]
    xs = np.clip(at[0] + far * np.cos(angles), 0, width - 1).astype(int)
    ys = np.clip(at[1] + far * np.sin(angles), 0, height - 1).astype(int)
    chosen = heading + float(turns[np.argmax(ink[ys, xs].sum(axis=1) - abs(turns))])
    stride = 3 if reach[0] == 3 else reach[1]
    return at + stride * np.array((np.cos(chosen), np.sin(chosen))), chosen


def rate(form: Form, number: int) -> int:
    """How many of so many fresh pictures of a form are read to a pass."""
    passed = 0
    for _ in range(number):
        puzzle = boards.question(_ASKED) if form is Form.QUESTION else boards.compose(form)
        choices = puzzle.right_taps()[:-SIGNS] if form is Form.QUESTION else []
        taps = read_picture(pictures.draw(puzzle), puzzle.words, choices)
        passed += is_tapped(puzzle, [(x, y) for x, y in taps])
    return passed


_ASKED = Question(
    lesson_id="", lesson="", from_ms=0, to_ms=1, stem="哪些做法是对的？", explanation="",
    choices=("不戴手套", "收好长发", "围好围巾", "戴厚手套"), answer=(0, 1),
)  # fmt: skip

if __name__ == "__main__":
    count = int(sys.argv[1])
    for each in Form:
        sys.stdout.write(f"{each} {rate(each, count)}/{count}\n")
