"""What all presence pictures share: papers, inks, fonts, warps, and the way to a small PNG."""

import io
from collections.abc import Sequence
from functools import cache
from random import Random

import cv2
import numpy as np
import pylopdf_fonts_zh_cn as fonts
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Point = tuple[float, float]
Colour = tuple[int, int, int]
Pixels = NDArray[np.uint8]

FINE = 2
"""Everything is drawn at twice the size and made smaller: edges come out smooth."""
_COLOURS = 160
INKS: tuple[Colour, ...] = (
    (32, 48, 92), (120, 32, 36), (24, 84, 60), (88, 44, 110), (110, 70, 10), (40, 40, 44),
)  # fmt: skip
_BRIGHT: tuple[Colour, ...] = (
    (232, 178, 40), (226, 96, 52), (70, 140, 196), (92, 160, 92), (196, 80, 110), (150, 120, 196),
    (236, 226, 206),
)  # fmt: skip
_PAPERS: tuple[Colour, ...] = (
    (246, 242, 232), (236, 243, 246), (243, 238, 246), (238, 245, 236), (247, 238, 230),
)  # fmt: skip


@cache
def font(size: int, *, is_serif: bool = False) -> ImageFont.FreeTypeFont:
    path = fonts.serif_path() if is_serif else fonts.sans_path()
    return ImageFont.truetype(str(path), size)


def paper(chance: Random, width: int, height: int) -> Image.Image:
    """A pale sheet, uneven like a photograph of one."""
    base = np.array(chance.choice(_PAPERS), np.float32)
    noise = np.random.default_rng(chance.getrandbits(32))
    coarse = np.clip(base + noise.normal(0, 9, (9, 12))[:, :, None], 205, 252).astype(np.uint8)
    size = (width * FINE, height * FINE)
    return Image.fromarray(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC))


def scratches(pen: ImageDraw.ImageDraw, chance: Random, count: int, tones: Sequence[int]) -> None:
    """Strokes that mean nothing, in tones between the two."""
    width, height = pen.im.size
    for _ in range(count):
        x, y = chance.randrange(width), chance.randrange(height)
        tone = chance.randrange(tones[0], tones[1])
        bend = (x + chance.randrange(-130, 130), y + chance.randrange(-90, 90))
        end = (bend[0] + chance.randrange(-130, 130), bend[1] + chance.randrange(-90, 90))
        ink = (tone, tone - 6, tone - 14)
        pen.line(((x, y), bend, end), fill=ink, width=chance.randrange(2, 7), joint="curve")


def warped(picture: Image.Image, chance: Random, strength: float, length: float) -> Image.Image:
    """The picture as if it were on wet paper: waves of this height and length in pixels."""
    pixels = np.asarray(picture)
    height, width = pixels.shape[:2]
    turn = 2 * np.pi / (length * chance.uniform(0.85, 1.25))
    a, b, c, d = (chance.uniform(0, 2 * np.pi) for _ in range(4))
    xs, ys = np.arange(width) * turn, np.arange(height)[:, None] * turn
    to_x = xs / turn + strength * np.sin(ys + a) + strength / 2 * np.sin(xs + b)
    to_y = ys / turn + strength * np.sin(xs + c) + strength / 2 * np.sin(ys + d)
    bent = cv2.remap(
        pixels, to_x.astype(np.float32), to_y.astype(np.float32), cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return Image.fromarray(bent)


def png(picture: Image.Image, chance: Random, width: int, height: int) -> bytes:
    """The finished picture: gently bent as a whole, few colours, nothing but pixels in the file."""
    small = cv2.resize(np.asarray(picture), (width, height), interpolation=cv2.INTER_AREA)
    bent = warped(Image.fromarray(small), chance, 3.0, 170.0)
    out = io.BytesIO()
    bent.quantize(_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG")
    return out.getvalue()


class Stencil:
    """Draws shapes given on a board of 100 by 100 around (50, 50), turned, leaned and scaled."""

    def __init__(
        self, pen: ImageDraw.ImageDraw, middle: Point, size: float, chance: Random, turn: float
    ) -> None:
        self._pen, self._middle = pen, middle
        scale = size / 100
        lean, squeeze = chance.uniform(-0.16, 0.16), chance.uniform(0.88, 1.1)
        mirror = chance.choice((-1, 1))
        angle = np.radians(turn)
        cos, sin = np.cos(angle), np.sin(angle)
        self._matrix = np.array([[cos, -sin], [sin, cos]]) @ np.array(
            [[scale * mirror * squeeze, scale * lean], [0, scale / squeeze]]
        )
        self._width = max(2, round(3.2 * scale))
        self._edge = chance.choice(INKS)
        self.hue = chance.choice(_BRIGHT)
        """A colour for whatever may have any."""

    def _place(self, points: Sequence[Point]) -> list[Point]:
        moved = (np.array(points, float) - 50) @ self._matrix.T + np.array(self._middle)
        return [(float(x), float(y)) for x, y in moved]

    def shape(self, fill: Colour | None, *points: Point) -> None:
        """A closed shape with an edge."""
        placed = self._place(points)
        if fill is not None:
            self._pen.polygon(placed, fill=fill)
        self._pen.line(
            [*placed, placed[0], placed[1]], fill=self._edge, width=self._width, joint="curve"
        )

    def line(self, width: float, *points: Point, ink: Colour | None = None) -> None:
        """An open line; its width on the board."""
        wide = max(2, round(width * self._width / 3.2))
        self._pen.line(self._place(points), fill=ink or self._edge, width=wide, joint="curve")

    def round(
        self, fill: Colour | None, x: float, y: float, rx: float, ry: float, **part: float
    ) -> None:
        """An ellipse, or the part of it `begin` to `end` (degrees, clockwise from the right)."""
        begin, end = part.get("begin", 0.0), part.get("end", 360.0)
        angles = np.radians(np.linspace(begin, end, 40))
        points = [(x + rx * float(np.cos(a)), y + ry * float(np.sin(a))) for a in angles]
        self.shape(fill, *points)
