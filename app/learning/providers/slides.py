"""Draws the slides of a lesson: heading, points, and the sentence that is being said."""

from dataclasses import dataclass
from functools import cache

import pylopdf_fonts_zh_cn
from PIL import Image, ImageDraw, ImageFont

from app.learning.rules.teaching import Slide

WIDTH, HEIGHT = 1280, 720
_MARGIN = 88
_STRIP_TOP = 572
_POINTS_TOP = 212
_PAPER, _INK, _QUIET, _BRAND = "#f8f4ec", "#1a2738", "#505b6b", "#1d4a72"
_STRIP, _STRIP_INK = "#143652", "#ffffff"
_NEVER_FIRST = "，。！？；：、）》”’…·"


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a slide stands in its lesson, and the subtitle beneath it."""

    lesson_title: str
    number: int
    count: int
    subtitle: str


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(pylopdf_fonts_zh_cn.sans_path()), size)


def draw(slide: Slide, frame: Frame) -> Image.Image:
    """Draw one slide with one subtitle."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(picture)
    _draw_top(pen, frame)
    _draw_heading(pen, slide.heading)
    _draw_points(pen, slide.points)
    _draw_strip(pen, frame.subtitle)
    return picture


def _draw_top(pen: ImageDraw.ImageDraw, frame: Frame) -> None:
    pen.rectangle((0, 0, WIDTH, 10), fill=_BRAND)
    pen.text((_MARGIN, 58), frame.lesson_title, font=_font(26), fill=_QUIET, anchor="lm")
    place = f"{frame.number} / {frame.count}"
    pen.text((WIDTH - _MARGIN, 58), place, font=_font(26), fill=_QUIET, anchor="rm")
    done = _MARGIN + (WIDTH - 2 * _MARGIN) * frame.number // frame.count
    pen.rectangle((_MARGIN, 88, WIDTH - _MARGIN, 92), fill="#e3e0d8")
    pen.rectangle((_MARGIN, 88, done, 92), fill=_BRAND)


def _draw_heading(pen: ImageDraw.ImageDraw, heading: str) -> None:
    size = next((s for s in (64, 56, 48) if _font(s).getlength(heading) <= WIDTH - 176), 40)
    # The font comes in one weight: a stroke of its own colour makes the heading bold.
    pen.text(
        (_MARGIN, 160), heading, font=_font(size), fill=_BRAND, anchor="lm", stroke_width=1,
        stroke_fill=_BRAND,
    )  # fmt: skip


def _draw_points(pen: ImageDraw.ImageDraw, points: tuple[str, ...]) -> None:
    size = 44 if len(points) <= 4 else 38
    step = (_STRIP_TOP - _POINTS_TOP - 24) // max(4, len(points))
    for row, point in enumerate(points):
        middle = _POINTS_TOP + step * row + step // 2
        pen.rounded_rectangle((_MARGIN, middle - 9, _MARGIN + 18, middle + 9), 5, fill=_BRAND)
        room = WIDTH - 2 * _MARGIN - 48
        fitting = next((s for s in (size, 38, 32) if _font(s).getlength(point) <= room), 28)
        pen.text((_MARGIN + 48, middle), point, font=_font(fitting), fill=_INK, anchor="lm")


def _draw_strip(pen: ImageDraw.ImageDraw, subtitle: str) -> None:
    pen.rectangle((0, _STRIP_TOP, WIDTH, HEIGHT), fill=_STRIP)
    lines = wrap(subtitle, 36, WIDTH - 2 * _MARGIN)
    middle = (_STRIP_TOP + HEIGHT) // 2 - 27 * (len(lines) - 1)
    for row, line in enumerate(lines):
        place = (WIDTH // 2, middle + 54 * row)
        pen.text(place, line, font=_font(36), fill=_STRIP_INK, anchor="mm")


def wrap(text: str, size: int, room: int) -> list[str]:
    """Break a text into lines of about equal length; no line begins with a closing mark."""
    total = _font(size).getlength(text)
    count = max(1, -(-int(total) // room))
    lines = [""]
    for char in text:
        is_full = _font(size).getlength(lines[-1]) >= total / count
        if is_full and len(lines) < count and char not in _NEVER_FIRST:
            lines.append("")
        lines[-1] += char
    return lines
