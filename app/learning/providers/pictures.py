"""Draws the picture of a presence challenge with the bundled Chinese font."""

import io
from functools import cache
from random import Random

import pylopdf_fonts_zh_cn as fonts
from PIL import Image, ImageDraw, ImageFont

from app.learning.rules.presence import SCALE, Glyph, Puzzle

WIDTH, HEIGHT = 600, 400
_SIZE = 54
_BOX = 84
_INKS = ((32, 48, 92), (120, 32, 36), (24, 84, 60), (88, 44, 110), (110, 70, 10))


@cache
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(fonts.sans_path()), _SIZE)


def draw(puzzle: Puzzle) -> bytes:
    """Return the picture as PNG; the same puzzle gives the same picture."""
    chance = Random(puzzle.seed)  # noqa: S311 -- decoration; what must be tapped is drawn elsewhere
    picture = Image.new("RGB", (WIDTH, HEIGHT), (246, 242, 232))
    pen = ImageDraw.Draw(picture)
    for _ in range(90):
        _scratch(pen, chance)
    for glyph in puzzle.glyphs:
        _stamp(picture, glyph, chance.choice(_INKS))
    for _ in range(14):
        _scratch(pen, chance)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _scratch(pen: ImageDraw.ImageDraw, chance: Random) -> None:
    x, y = chance.randrange(WIDTH), chance.randrange(HEIGHT)
    tone = chance.randrange(170, 226)
    end = (x + chance.randrange(-90, 90), y + chance.randrange(-60, 60))
    pen.line(((x, y), end), fill=(tone, tone - 6, tone - 14), width=chance.randrange(1, 4))


def _stamp(picture: Image.Image, glyph: Glyph, ink: tuple[int, int, int]) -> None:
    """One character, turned, with its middle where the puzzle says."""
    stamp = Image.new("RGBA", (_BOX, _BOX), (0, 0, 0, 0))
    middle = (_BOX / 2, _BOX / 2)
    ImageDraw.Draw(stamp).text(middle, glyph.char, font=_font(), fill=ink, anchor="mm")
    turned = stamp.rotate(glyph.angle, resample=Image.Resampling.BICUBIC)
    left = glyph.x * WIDTH // SCALE - _BOX // 2
    top = glyph.y * HEIGHT // SCALE - _BOX // 2
    picture.paste(turned, (left, top), turned)
