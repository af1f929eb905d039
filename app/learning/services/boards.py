"""Composes presence puzzles by a cryptographic source: what is shown where, what is asked."""

import secrets
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from app.learning.providers import ropes
from app.learning.rules import presence
from app.learning.rules.presence import (
    HEIGHT,
    PICTURES,
    SCALE,
    TARGETS,
    WIDTH,
    Form,
    Puzzle,
    Spot,
    Task,
)
from app.learning.rules.recall import Question, wrapped
from app.learning.rules.things import THINGS

POOL = (
    "安全生产工人学习时光山水火土木石田禾米竹草花鸟鱼马牛羊"
    "车船门窗桌书笔灯钟表衣帽鞋伞刀锅碗茶饭糖盐油电气机床钢铁"
    "东西南北上下左右大小多少长高远近春夏秋冬日月星云雨雪风雷"
)
SIGNS = 3
"""Characters to be tapped beside a question: 3 of 12 in order, and one answer in four at best."""
_COLUMNS, _ROWS = 4, 3
_PER_LINE = 18
_REACH = 42
"""How far from a bead's middle a tap may land, in pixels."""
_LINE, _EDGE, _GAP, _STRIP = 40, 24, 12, 176
_chance = secrets.SystemRandom()


def compose(form: Form) -> Puzzle:
    """A picture of this form with places, targets, digits and background drawn anew."""
    return _COMPOSERS[form]()


def next_form(used: Sequence[Form]) -> Form:
    """A form of picture that this challenge has not had, by chance."""
    left = [form for form in PICTURES if form not in used]
    return _chance.choice(left or PICTURES)


def _ask(form: Form, text: str, spots: Sequence[Spot], targets: Sequence[int]) -> Puzzle:
    task = Task(0, len(spots), tuple(targets))
    return Puzzle(
        form=form, words=text, spots=tuple(spots), tasks=(task,), digits=_digits(), seed=_seed(),
    )  # fmt: skip


def _digits() -> str:
    return "".join(_chance.choice("0123456789") for _ in range(presence.DIGITS))


def _seed() -> int:
    return secrets.randbits(63)


def _grid(whats: Sequence[str], turn: int, *, loose: tuple[int, int] = (26, 30)) -> list[Spot]:
    """Twelve places in three rows, each a little beside its middle."""
    width, height = SCALE // _COLUMNS, SCALE // _ROWS
    return [
        Spot(
            what,
            width * (index % _COLUMNS) + width // 2 + _chance.randint(-loose[0], loose[0]),
            height * (index // _COLUMNS) + height // 2 + _chance.randint(-loose[1], loose[1]),
            width // 2, height // 2, _chance.randint(-turn, turn),
        )
        for index, what in enumerate(whats)
    ]  # fmt: skip


def _targets(count: int = TARGETS) -> list[int]:
    return _chance.sample(range(presence.GRID), count)


def _characters() -> Puzzle:
    spots = _grid(_chance.sample(sorted(set(POOL)), presence.GRID), 24)
    targets = _targets()
    text = "请依次点击：" + " ".join(spots[index].what for index in targets)
    return _ask(Form.CHARACTERS, text, spots, targets)


def _things() -> Puzzle:
    spots = _grid(_chance.sample(sorted(THINGS), presence.GRID), 18, loose=(18, 22))
    targets = _targets()
    asked = (
        sign + _chance.choice(THINGS[spots[index].what])
        for sign, index in zip("①②③④", targets, strict=True)
    )
    return _ask(Form.THINGS, "请依次点击：" + "；".join(asked), spots, targets)


def _clocks() -> Puzzle:
    times = _chance.sample([(hour, half) for hour in range(1, 13) for half in (0, 30)], 12)
    spots = _grid([f"{hour}:{half:02}" for hour, half in times], 10, loose=(12, 12))
    targets = _targets()
    asked = (f"{times[index][0]} 点{'半' if times[index][1] else ''}" for index in targets)
    return _ask(Form.CLOCKS, "请依次点击这些时间的钟：" + "、".join(asked), spots, targets)


def _rope() -> Puzzle:
    laid = ropes.lay(_chance)
    beads = [*laid[0][1:], *(bead for rope in laid[1:] for bead in rope)]
    order = _chance.sample(range(len(beads)), len(beads))
    reach = (_REACH * SCALE // WIDTH, _REACH * SCALE // HEIGHT)
    spots = [
        Spot("", beads[index][0] * SCALE // WIDTH, beads[index][1] * SCALE // HEIGHT, *reach)
        for index in order
    ]
    targets = [order.index(bead) for bead in range(TARGETS)]
    text = "从小旗出发，顺着绳子走，请依次点击最先碰到的 4 颗珠子"
    return replace(_ask(Form.ROPE, text, spots, targets), ropes=laid)


def question(asked: Question) -> Puzzle:
    """A question with its choices in an order of their own, and characters to be tapped."""
    order = _chance.sample(range(len(asked.choices)), len(asked.choices))
    lines = wrapped(asked.stem, _PER_LINE)
    boxes = [wrapped(asked.choices[index], _PER_LINE) for index in order]
    heights = [34 + (_LINE - 4) * len(box) for box in boxes]
    top = _EDGE + _LINE * len(lines)
    height = top + sum(heights) + _GAP * len(heights) + _STRIP
    spots = []
    for box, tall in zip(boxes, heights, strict=True):
        middle = (top + tall // 2) * SCALE // height
        spots.append(Spot("\n".join(box), 500, middle, 465, tall * SCALE // 2 // height))
        top += tall + _GAP
    signs = _strip(top, height)
    wanted = _targets(SIGNS)
    chars = " ".join(signs[index].what for index in wanted)
    right = tuple(order.index(place) for place in sorted(asked.answer))
    return Puzzle(
        form=Form.QUESTION, spots=(*spots, *signs), digits=_digits(), seed=_seed(), height=height,
        words=f"请点出图中问题的所有正确答案，再依次点击下面的字：{chars}", lines=lines,
        tasks=(
            Task(0, len(spots), right, is_ordered=False),
            Task(
                len(spots), len(spots) + len(signs),
                tuple(len(spots) + index for index in wanted),
            ),
        ),
        question=asked,
    )  # fmt: skip


def _strip(top: int, height: int) -> list[Spot]:
    """Two rows of six characters below the choices."""
    chars = _chance.sample(sorted(set(POOL)), presence.GRID)
    row = _STRIP // 2
    return [
        Spot(
            char, (2 * (index % 6) + 1) * SCALE // 12 + _chance.randint(-14, 14),
            (top + row // 2 + row * (index // 6) - 4) * SCALE // height + _chance.randint(-6, 6),
            SCALE // 12, row * SCALE // 2 // height, _chance.randint(-18, 18),
        )
        for index, char in enumerate(chars)
    ]  # fmt: skip


_COMPOSERS: dict[Form, Callable[[], Puzzle]] = {
    Form.CHARACTERS: _characters,
    Form.THINGS: _things,
    Form.CLOCKS: _clocks,
    Form.ROPE: _rope,
}
