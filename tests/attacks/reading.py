"""A program that reads presence pictures: the same characters drawn again and laid over it."""

import io
from functools import cache

import cv2
import numpy as np
import pylopdf_fonts_zh_cn as fonts
from PIL import Image, ImageDraw, ImageFont

_SIZE, _BOX = 54, 84
_ANGLES = range(-28, 29, 7)


@cache
def _templates(char: str) -> tuple[np.ndarray, ...]:
    """The character upright and turned, dark on white."""
    font = ImageFont.truetype(str(fonts.sans_path()), _SIZE)
    found = []
    for angle in _ANGLES:
        stamp = Image.new("L", (_BOX, _BOX), 255)
        ImageDraw.Draw(stamp).text((_BOX / 2, _BOX / 2), char, font=font, fill=70, anchor="mm")
        turned = stamp.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=255)
        found.append(cv2.resize(np.asarray(turned), None, fx=0.5, fy=0.5))
    return tuple(found)


def read_picture(png: bytes, wanted: list[str]) -> list[list[int]]:
    """Where each wanted character most likely is, in thousandths of the picture."""
    with Image.open(io.BytesIO(png)) as opened:
        picture = np.asarray(opened.convert("L"))
    small = cv2.resize(picture, None, fx=0.5, fy=0.5)
    height, width = small.shape
    taps = []
    for char in wanted:
        best, where = -1.0, (0, 0)
        for template in _templates(char):
            scores = cv2.matchTemplate(small, template, cv2.TM_CCOEFF_NORMED)
            _, score, _, place = cv2.minMaxLoc(scores)
            if score > best:
                best, where = score, place
        x, y = where[0] + _BOX / 4, where[1] + _BOX / 4
        taps.append([round(1000 * x / width), round(1000 * y / height)])
    return taps
