"""An organisation's units 部门 as a tree: how a place in it is written, found, moved.

A unit is written with all that is above it, `公司/车间一/班组`. Its path is the ids from the top
down, each 26 letters, without anything between: what is below a unit is one range of paths.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BETWEEN = "/"
MOST_LEVELS = 6
MOST_LETTERS = 60
"""Of one unit's own name, and of a position's or a tag's."""
MOST_WORDS = 200
"""Of a unit written with all that is above it."""
MOST_UNITS = 5000
MOST_POSITIONS = 2000
MOST_TAGS = 200
"""Of one organisation."""
_ID = 26
_SPLIT = re.compile(r"[/／]")
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
"""Kinds of signs that are not seen, or that turn the writing round."""
_PICTURES = re.compile(r"[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\ufffd]")
"""Pictures, and the mark of a broken character: neither is printed on a paper."""


class WrongWordsError(ValueError):
    """A unit, position or tag that cannot be called so; says why, and what to do about it."""

    def __init__(self, sentence: str, remedy: str) -> None:
        super().__init__(sentence)
        self.sentence, self.remedy = sentence, remedy


def name_of(text: str, what: str) -> str:
    """A position's or tag's name in canonical spelling. Raises WrongWordsError."""
    words = " ".join(text.split())
    if not words:
        raise WrongWordsError(f"{what}没有名称。", "请填写名称")
    if len(words) > MOST_LETTERS:
        raise WrongWordsError(f"{what}超过 {MOST_LETTERS} 个字。", "请写短一些")
    if any(unicodedata.category(each) in _UNSEEN for each in words):
        raise WrongWordsError(f"{what}里有看不见的符号。", "请重新输入")
    if _PICTURES.search(words):
        raise WrongWordsError(f"{what}里有表情或坏掉的字，证明上印不出来。", "请只写文字")
    return words


def spelled(text: str) -> str:
    """A unit as it is written down, from however a clerk types it; empty for no unit.

    Blanks around a stroke and levels without a name are dropped. Raises WrongWordsError.
    """
    parts = [" ".join(part.split()) for part in _SPLIT.split(text)]
    levels = [part for part in parts if part]
    if len(levels) > MOST_LEVELS:
        raise WrongWordsError(f"部门超过 {MOST_LEVELS} 级。", "请并掉几级，一级之间用“/”隔开")
    for level in levels:
        name_of(level, "部门的一级")
    words = BETWEEN.join(levels)
    if len(words) > MOST_WORDS:
        raise WrongWordsError(f"部门连上级一共超过 {MOST_WORDS} 个字。", "请写短一些")
    return words


def last_level(words: str) -> str:
    """A unit's own name."""
    return words.rpartition(BETWEEN)[2]


def above(words: str) -> str:
    """What a unit is in; empty for one at the top."""
    return words.rpartition(BETWEEN)[0]


def with_all_above(wanted: Iterable[str]) -> list[str]:
    """These units and each that one of them is in, the upper ones first."""
    found: set[str] = set()
    for words in wanted:
        here = words
        while here and here not in found:
            found.add(here)
            here = above(here)
    return sorted(found, key=order)


def order(words: str) -> tuple[str, ...]:
    """By which units are listed as a tree: each right after what it is in."""
    return tuple(words.split(BETWEEN))


def level(words: str) -> int:
    """How deep a unit is, from 1."""
    return words.count(BETWEEN) + 1


def span(path: str) -> tuple[str, str]:
    """The paths of a unit and all below it: from the first on, and before the second.

    Ids are digits and letters, and begin with a digit or a letter before Z.
    """
    return path, path + "Z"


def ids_in(path: str) -> tuple[str, ...]:
    """The units on the way down to a unit, itself the last."""
    return tuple(path[start : start + _ID] for start in range(0, len(path), _ID))


def is_within(path: str, upper: str) -> bool:
    """Tell whether a unit is another one, or below it."""
    return path.startswith(upper)


@dataclass(frozen=True, slots=True)
class Place:
    """A unit as a move looks at it."""

    path: str
    words: str


def flaw_of_move(moved: Sequence[Place], to_words: str, above_path: str) -> str | None:
    """Why a unit, the first, with all below it cannot be called `to_words` under `above_path`.

    None where it can; `above_path` is empty at the top.
    """
    top = moved[0]
    if above_path and is_within(above_path, top.path):
        return "部门不能移到自己或者自己的下级里。"
    for place in moved:
        words = to_words + place.words[len(top.words) :]
        if level(words) > MOST_LEVELS:
            return f"移过去以后，“{last_level(place.words)}”会超过 {MOST_LEVELS} 级。"
        if len(words) > MOST_WORDS:
            return f"移过去以后，“{last_level(place.words)}”连上级一共超过 {MOST_WORDS} 个字。"
    return None


def totals(own: dict[str, int], paths: Iterable[str]) -> dict[str, int]:
    """How many people are in each unit with all below it, by path; `own` are those right in it."""
    found = dict.fromkeys(paths, 0)
    for path, number in own.items():
        for end in range(_ID, len(path) + 1, _ID):
            found[path[:end]] = found.get(path[:end], 0) + number
    return found
