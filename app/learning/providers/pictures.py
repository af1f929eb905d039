"""Draws the picture of a presence challenge; the same puzzle gives the same picture."""

from collections.abc import Callable
from random import Random

import numpy as np
from PIL import Image, ImageDraw

from app.learning.providers import ropes
from app.learning.providers.canvas import FINE, INKS, Stencil, font, paper, png, scratches, warped
from app.learning.providers.thing_shapes import SHAPES
from app.learning.rules.presence import SCALE, WIDTH, Form, Puzzle, Spot

_GLYPH, _THING, _CLOCK = 72 * FINE, 96 * FINE, 58 * FINE
_BOX = 124 * FINE
_TEXT, _LINE, _EDGE = 30, 40, 24
_INK = (36, 38, 48)


def draw(puzzle: Puzzle) -> bytes:
    """Return the picture as PNG."""
    chance = Random(puzzle.seed)  # noqa: S311 -- decoration; what must be tapped is drawn elsewhere
    picture = paper(chance, WIDTH, puzzle.height)
    _FORMS[puzzle.form](picture, puzzle, chance)
    return png(picture, chance, WIDTH, puzzle.height)


def _middle(puzzle: Puzzle, spot: Spot) -> tuple[int, int]:
    return spot.x * WIDTH * FINE // SCALE, spot.y * puzzle.height * FINE // SCALE


def _characters(picture: Image.Image, puzzle: Puzzle, chance: Random) -> None:
    pen = ImageDraw.Draw(picture)
    scratches(pen, chance, 70, (150, 222))
    for spot in puzzle.spots:
        _stamp(picture, spot, _middle(puzzle, spot), chance, _GLYPH)
    scratches(pen, chance, 16, (130, 200))


def _stamp(
    picture: Image.Image, spot: Spot, middle: tuple[int, int], chance: Random, size: int
) -> None:
    """One character as a hand might write it: turned, bent, leaned, thick or thin."""
    box = size * _BOX // _GLYPH
    stamp = Image.new("RGBA", (box, box), (0, 0, 0, 0))
    ink = chance.choice(INKS)
    face = font(round(size * chance.uniform(0.9, 1.08)), is_serif=chance.random() < 0.5)
    ImageDraw.Draw(stamp).text(
        (box / 2, box / 2), spot.what, font=face, fill=ink, anchor="mm",
        stroke_width=chance.choice((1, 2, 3)), stroke_fill=ink,
    )  # fmt: skip
    lean = chance.uniform(-0.22, 0.22)
    leaned = stamp.transform(
        stamp.size, Image.Transform.AFFINE, (1, lean, -lean * box / 2, 0, 1, 0),
        resample=Image.Resampling.BILINEAR,
    )  # fmt: skip
    turned = leaned.rotate(spot.turn, resample=Image.Resampling.BICUBIC)
    bent = warped(turned, chance, 0.028 * box, 0.62 * box)
    picture.paste(bent, (middle[0] - box // 2, middle[1] - box // 2), bent)


def _things(picture: Image.Image, puzzle: Puzzle, chance: Random) -> None:
    pen = ImageDraw.Draw(picture)
    scratches(pen, chance, 50, (160, 222))
    for spot in puzzle.spots:
        size = _THING * chance.uniform(0.88, 1.04)
        on = Stencil(pen, _middle(puzzle, spot), size, chance, spot.turn)
        SHAPES[spot.what](on)
    scratches(pen, chance, 8, (120, 200))


def _clocks(picture: Image.Image, puzzle: Puzzle, chance: Random) -> None:
    pen = ImageDraw.Draw(picture)
    scratches(pen, chance, 50, (160, 222))
    for spot in puzzle.spots:
        _clock(pen, spot, _middle(puzzle, spot), chance)
    scratches(pen, chance, 6, (140, 200))


def _clock(pen: ImageDraw.ImageDraw, spot: Spot, middle: tuple[int, int], chance: Random) -> None:
    """A round face, a little turned; twelve is always written so that it can be read."""
    hour, minute = map(int, spot.what.split(":"))
    radius = _CLOCK * chance.uniform(0.92, 1.06)
    ink = chance.choice(INKS)
    tone = chance.randrange(238, 254)
    box = (middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius)
    pen.ellipse(box, fill=(tone, tone, tone - 8), outline=ink, width=chance.randrange(3, 9))

    def at(twelfth: float, share: float) -> tuple[float, float]:
        angle = np.radians(30 * twelfth - 90 + spot.turn)
        return middle[0] + radius * share * np.cos(angle), middle[1] + radius * share * np.sin(
            angle
        )

    is_full = chance.random() < 0.6
    face = font(round(radius * 0.27), is_serif=chance.random() < 0.5)
    for mark in range(1, 13):
        if mark == 12 or (is_full and mark % 3 == 0):
            pen.text(at(mark, 0.78), str(mark), font=face, fill=ink, anchor="mm")
        else:
            pen.line((at(mark, 0.84), at(mark, 0.94)), fill=ink, width=3 + 2 * (mark % 3 == 0))
    long, short = chance.uniform(0.64, 0.7), chance.uniform(0.36, 0.42)
    pen.line((at(minute / 5 + 6, 0.12), at(minute / 5, long)), fill=ink, width=7)
    pen.line((at(hour + minute / 60 + 6, 0.08), at(hour + minute / 60, short)), fill=ink, width=13)
    pen.ellipse((middle[0] - 8, middle[1] - 8, middle[0] + 8, middle[1] + 8), fill=ink)


def _rope(picture: Image.Image, puzzle: Puzzle, chance: Random) -> None:
    """Ropes of one colour; where two cross, the upper one has a pale edge."""
    pen = ImageDraw.Draw(picture)
    scratches(pen, chance, 40, (190, 226))
    ink, pale = chance.choice(INKS), (250, 247, 240)
    lines = [ropes.curve(np.array(rope, float) * FINE) for rope in puzzle.ropes]
    links = [line[start : start + 5] for line in lines for start in range(0, len(line) - 1, 4)]
    chance.shuffle(links)
    for link in links:
        points = [(float(x), float(y)) for x, y in link]
        pen.line(points[:], fill=pale, width=9 * FINE)
        pen.line(points, fill=ink, width=5 * FINE)
    for line in lines:
        pen.line([(float(x), float(y)) for x, y in line], fill=ink, width=4 * FINE, joint="curve")
    for spot in puzzle.spots:
        x, y = _middle(puzzle, spot)
        radius = 17 * FINE
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(244, 214, 120),
                    outline=ink, width=3 * FINE)  # fmt: skip
    _flag(pen, puzzle.ropes[0][0])


def _flag(pen: ImageDraw.ImageDraw, place: tuple[int, int]) -> None:
    x, y = place[0] * FINE, place[1] * FINE
    size = 26 * FINE
    pen.ellipse((x - 18, y - 18, x + 18, y + 18), fill=(200, 40, 36))
    pen.line(((x, y), (x, y - 2 * size)), fill=(60, 40, 30), width=4 * FINE)
    pen.polygon(((x, y - 2 * size), (x + size * 1.3, y - 1.5 * size), (x, y - size)),
                fill=(214, 44, 38))  # fmt: skip


def _question(picture: Image.Image, puzzle: Puzzle, chance: Random) -> None:
    """The question on top, each choice in a box of its own, characters to be tapped below."""
    pen = ImageDraw.Draw(picture)
    scratches(pen, chance, 26, (196, 228))
    face = font(_TEXT * FINE)
    for number, line in enumerate(puzzle.lines):
        y = (_EDGE // 2 + _LINE * number + _LINE // 2) * FINE
        pen.text((_EDGE * FINE, y), line, font=face, fill=_INK, anchor="lm")
    options, signs = puzzle.tasks
    for spot in puzzle.spots[options.first : options.end]:
        _choice(pen, puzzle, spot)
    for spot in puzzle.spots[signs.first : signs.end]:
        _stamp(picture, spot, _middle(puzzle, spot), chance, 52 * FINE)


def _choice(pen: ImageDraw.ImageDraw, puzzle: Puzzle, spot: Spot) -> None:
    x, y = _middle(puzzle, spot)
    half = spot.w * WIDTH * FINE // SCALE, spot.h * puzzle.height * FINE // SCALE
    box = (x - half[0], y - half[1], x + half[0], y + half[1])
    pen.rounded_rectangle(box, radius=20, fill=(252, 250, 244), outline=(120, 116, 108), width=4)
    lines = spot.what.split("\n")
    for number, line in enumerate(lines):
        place = y + (number - (len(lines) - 1) / 2) * (_LINE - 4) * FINE
        pen.text((box[0] + 28, place), line, font=font(28 * FINE), fill=_INK, anchor="lm")


_FORMS: dict[Form, Callable[[Image.Image, Puzzle, Random], None]] = {
    Form.CHARACTERS: _characters,
    Form.THINGS: _things,
    Form.CLOCKS: _clocks,
    Form.ROPE: _rope,
    Form.QUESTION: _question,
}
