"""Answers of fill-ins and short questions as one text: several blanks or lines beside one another.

`；` or a new line stands between blanks and between lines of a rubric, `|` between the texts that a
blank accepts, `±` before its tolerance, `（3分）` behind a line's points. A backslash takes the
next letter as it is.
"""

import re

from app.learning.rules.exam_items import ItemContent, RubricLine
from app.learning.rules.exams import ItemKind
from app.learning.rules.fill_in import Blank

_POINTS = re.compile(r"(.*)[(（]\s*(\d{1,4})\s*分\s*[)）]\s*", re.DOTALL)
_TOLERANCE = re.compile(r"(?:±|\+-|\+/-)\s*(\S+)")


def write_answer(item: ItemContent) -> str:
    """A question's answer as a clerk writes it in one cell."""
    if item.kind is ItemKind.FILL_IN:
        return "；".join(map(_written_blank, item.blanks))
    if item.kind is ItemKind.SHORT:
        return "；".join(f"{_escaped(line.says)}（{line.points}分）" for line in item.rubric)
    return "".join(sorted(item.letters))


def _written_blank(blank: Blank) -> str:
    texts = [_escaped(text) for text in blank.accepted]
    return "|".join([*texts, f"±{blank.tolerance}"] if blank.tolerance else texts)


def _escaped(text: str) -> str:
    return re.sub(r"([\\|；;±\n])", r"\\\1", text)


def read_answer(kind: ItemKind, text: str) -> tuple[tuple[Blank, ...], tuple[RubricLine, ...]]:
    """The blanks and the rubric that a text says; both empty of any other kind."""
    parts = [part for part in _split(text.strip(), "；;\n") if part]
    if kind is ItemKind.FILL_IN:
        return tuple(map(_blank, parts)), ()
    return (), tuple(map(_rubric_line, parts)) if kind is ItemKind.SHORT else ()


def _rubric_line(text: str) -> RubricLine:
    """A line without its points has 0, which no rubric may have."""
    found = _POINTS.fullmatch(text)
    if found is None:
        return RubricLine(_bare(text), 0)
    return RubricLine(_bare(found[1]).strip(), int(found[2]))


def _blank(text: str) -> Blank:
    parts = [part.strip() for part in _split(text, "|")]
    found = _TOLERANCE.fullmatch(parts[-1])
    texts = parts[:-1] if found else parts
    return Blank(tuple(_bare(part) for part in texts), found[1] if found else "")


def _split(text: str, marks: str) -> list[str]:
    """Cut at the marks that no backslash stands before; the backslashes stay."""
    parts, start, place = [], 0, 0
    while place < len(text):
        if text[place] == "\\":
            place += 1
        elif text[place] in marks:
            parts.append(text[start:place].strip())
            start = place + 1
        place += 1
    return [*parts, text[start:].strip()]


def _bare(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)
