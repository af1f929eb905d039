"""Composes the README's pictures from what the gallery left: `python -m tests.browser.pictures`."""

from pathlib import Path

from PIL import Image

from tests.browser.looking import PICTURES

TARGET = Path("docs/pictures")
_GAP, _PAPER = 36, "#e6dfd2"
_PHONE, _DESK = (390, 844), (1440, 900)
# File: the pages side by side, each cut to one screen.
PHONES = {
    "worker.png": (
        "worker_home_phone-light", "lesson_counting_phone-light",
        "worker_v_*_phone-light", "worker_home_phone-dark",
    ),
}  # fmt: skip
DESKS = {
    "employer.png": ("employer_employer_desk-light",),
    "regulator.png": ("regulator_regulator_desk-light",),
}
_WIDTH = 1240


def _screen(pattern: str, size: tuple[int, int]) -> Image.Image:
    """The newest picture of a page, cut to the first screen."""
    newest = max(PICTURES.glob(f"{pattern}.png"), key=lambda path: path.stat().st_mtime)
    picture = Image.open(newest).convert("RGB")
    return picture.crop((0, 0, size[0], min(size[1], picture.height)))


def _compose(patterns: tuple[str, ...], size: tuple[int, int]) -> Image.Image:
    screens = [_screen(pattern, size) for pattern in patterns]
    width = sum(screen.width + _GAP for screen in screens) + _GAP
    sheet = Image.new("RGB", (width, size[1] + 2 * _GAP), _PAPER)
    left = _GAP
    for screen in screens:
        sheet.paste(screen, (left, _GAP))
        left += screen.width + _GAP
    return sheet.resize((_WIDTH, sheet.height * _WIDTH // width), Image.Resampling.LANCZOS)


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for files, size in ((PHONES, _PHONE), (DESKS, _DESK)):
        for name, patterns in files.items():
            # This way of choosing keeps the little red of a seal; a median would mix it away.
            sheet = _compose(patterns, size).quantize(
                256, Image.Quantize.FASTOCTREE, kmeans=3, dither=Image.Dither.NONE
            )
            sheet.save(TARGET / name, optimize=True)


if __name__ == "__main__":
    main()
