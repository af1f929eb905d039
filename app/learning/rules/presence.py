"""The presence challenge: characters in a picture to be tapped in order, or digits to be heard."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

GLYPHS = 12
TARGETS = 4
DIGITS = 5
SCALE = 1000
REACH = 120
"""How far from a character's middle a tap may land, in thousandths of the picture."""
POOL = (
    "安全生产工人学习时光山水火土木石田禾米竹草花鸟鱼马牛羊"
    "车船门窗桌书笔灯钟表衣帽鞋伞刀锅碗茶饭糖盐油电气机床钢铁"
    "东西南北上下左右大小多少长高远近春夏秋冬日月星云雨雪风雷"
)


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character and where its middle is, in thousandths of width and height."""

    char: str
    x: int
    y: int
    angle: int


@dataclass(frozen=True, slots=True)
class Puzzle:
    """What is drawn and spoken, and what must be tapped; `seed` draws the background."""

    glyphs: tuple[Glyph, ...]
    targets: tuple[int, ...]
    digits: str
    seed: int

    @property
    def words(self) -> str:
        return " ".join(self.glyphs[index].char for index in self.targets)

    def to_mapping(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_mapping(cls, given: dict[str, Any]) -> Self:
        return cls(
            tuple(Glyph(**glyph) for glyph in given["glyphs"]),
            tuple(given["targets"]),
            given["digits"],
            given["seed"],
        )


def is_tapped(puzzle: Puzzle, taps: Sequence[tuple[int, int]]) -> bool:
    """The taps meet the asked characters in order, each nearer than to any other character."""
    if len(taps) != len(puzzle.targets):
        return False
    return all(
        _hit(puzzle.glyphs, x, y) == target
        for (x, y), target in zip(taps, puzzle.targets, strict=True)
    )


def _hit(glyphs: Sequence[Glyph], x: int, y: int) -> int | None:
    distance, index = min(
        ((glyph.x - x) ** 2 + (glyph.y - y) ** 2, index) for index, glyph in enumerate(glyphs)
    )
    return index if distance <= REACH**2 else None


def is_heard(puzzle: Puzzle, digits: str) -> bool:
    return digits == puzzle.digits
