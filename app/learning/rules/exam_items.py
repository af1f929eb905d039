"""A question as it stands in a bank: its five kinds, and what keeps it from being asked fairly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.learning.rules.exams import LETTERS, ItemKind
from app.learning.rules.fill_in import (
    BLANK,
    MOST_ACCEPTED,
    MOST_BLANKS,
    MOST_TEXT,
    Blank,
    tolerance_of,
)

KIND_NAMES = {
    ItemKind.SINGLE: "单选",
    ItemKind.MULTIPLE: "多选",
    ItemKind.TRUE_FALSE: "判断",
    ItemKind.FILL_IN: "填空",
    ItemKind.SHORT: "简答",
}
CHOICE_KINDS = frozenset({ItemKind.SINGLE, ItemKind.MULTIPLE, ItemKind.TRUE_FALSE})
TRUE_FALSE = ("对", "错")
MOST_RUBRIC = 10
MOST_POINTS = 100
LENGTHS = {"code": 40, "chapter": 80, "point": 80, "stem": 2000, "explanation": 2000}
MOST_CHOICE = 500
_LEAST_CHOICES = {ItemKind.SINGLE: 3, ItemKind.MULTIPLE: 3, ItemKind.TRUE_FALSE: 2}
_LABELS = {
    "code": "题号", "chapter": "章节", "point": "知识点", "stem": "题干", "explanation": "解析",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RubricLine:
    """What a short answer must say for these points."""

    says: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemContent:
    """What an author writes; `letters` of choices, `blanks` or `rubric` is the answer by kind."""

    code: str
    kind: ItemKind
    stem: str
    explanation: str
    chapter: str = ""
    point: str = ""
    difficulty: int = 3
    choices: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    blanks: tuple[Blank, ...] = ()
    rubric: tuple[RubricLine, ...] = ()

    def stored_answer(self) -> list[Any]:
        """The answer as a row holds it."""
        if self.kind is ItemKind.FILL_IN:
            return [
                {"accepted": list(blank.accepted), "tolerance": blank.tolerance}
                for blank in self.blanks
            ]
        if self.kind is ItemKind.SHORT:
            return [{"says": line.says, "points": line.points} for line in self.rubric]
        return sorted(self.letters)


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a question cannot stand: the field (as the form names it), the cause, what to do."""

    field: str
    cause: str
    fix: str
    place: int = 0
    """Of `choices`, which of them, from 0."""


def blanks_of(kind: str, answer: Sequence[Any]) -> tuple[Blank, ...]:
    """The blanks of a stored answer; none of any other kind."""
    if kind != ItemKind.FILL_IN:
        return ()
    return tuple(Blank(tuple(each["accepted"]), each["tolerance"]) for each in answer)


def rubric_of(kind: str, answer: Sequence[Any]) -> tuple[RubricLine, ...]:
    """The rubric of a stored answer; none of any other kind."""
    if kind != ItemKind.SHORT:
        return ()
    return tuple(RubricLine(each["says"], each["points"]) for each in answer)


def letters_of(kind: str, answer: Sequence[Any]) -> tuple[str, ...]:
    """The letters of a stored answer; none of a kind without choices."""
    return tuple(answer) if ItemKind(kind) in CHOICE_KINDS else ()


def tidied(item: ItemContent) -> ItemContent:
    """The same as it is stored: no space around texts, one way of breaking lines, one blank."""
    stem = _tidy(item.stem)
    if item.kind is ItemKind.FILL_IN:
        stem = BLANK.sub("____", stem)
    return replace(
        item, code=_tidy(item.code), stem=stem, explanation=_tidy(item.explanation),
        chapter=_tidy(item.chapter), point=_tidy(item.point),
        choices=tuple(map(_tidy, item.choices)), letters=tuple(sorted(item.letters)),
        blanks=tuple(map(_tidy_blank, item.blanks)),
        rubric=tuple(RubricLine(_tidy(each.says), each.points) for each in item.rubric),
    )  # fmt: skip


def _tidy_blank(blank: Blank) -> Blank:
    texts = dict.fromkeys(map(_tidy, blank.accepted))
    return Blank(tuple(texts), _tidy(blank.tolerance))


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def flaws_of(item: ItemContent) -> tuple[Flaw, ...]:
    """Everything that is wrong with a question, in the order of the form's fields."""
    of_kind = {ItemKind.FILL_IN: _blank_flaws, ItemKind.SHORT: _rubric_flaws}
    judge = of_kind.get(item.kind, _choice_flaws)
    return (*_text_flaws(item), *judge(item))


def _text_flaws(item: ItemContent) -> Iterator[Flaw]:
    for field, most in LENGTHS.items():
        text, label = getattr(item, field), _LABELS[field]
        if len(text) > most:
            yield Flaw(field, f"{label}有 {len(text)} 个字，太长。", f"请改到 {most} 个字以内")
        if field in {"code", "stem", "explanation"} and not text.strip():
            yield Flaw(field, f"缺{label}。", f"请填写{label}")
        if any(ord(letter) < 32 and letter != "\n" for letter in text):
            yield Flaw(field, f"{label}里有看不见的字符。", "请删掉后重新输入")
    if not 1 <= item.difficulty <= 5:
        yield Flaw("difficulty", "难度不在 1 到 5 之间。", "请填 1（最易）到 5（最难）")


def _choice_flaws(item: ItemContent) -> Iterator[Flaw]:
    least, count = _LEAST_CHOICES[item.kind], len(item.choices)
    name = KIND_NAMES[item.kind]
    if item.kind is ItemKind.TRUE_FALSE and count != 2:
        yield Flaw("choices", "判断题的选项不是两个。", "请只填“对”和“错”")
    elif not least <= count <= len(LETTERS):
        fix = f"请填 {least} 到 8 个选项"
        yield Flaw("choices", f"{name}题有 {count} 个选项。", fix, min(count, len(LETTERS) - 1))
    filled = [(place, text) for place, text in enumerate(item.choices) if text.strip()]
    for place, text in filled:
        if text in item.choices[:place]:
            yield Flaw("choices", "有两个选项一样。", "请改掉其中一个", place)
    for place, text in enumerate(item.choices):
        if not text.strip() or len(text) > MOST_CHOICE:
            fix = f"每个选项请填 1 到 {MOST_CHOICE} 个字"
            yield Flaw("choices", "有选项是空的，或者太长。", fix, place)
    yield from _letter_flaws(item)


def _letter_flaws(item: ItemContent) -> Iterator[Flaw]:
    shown = LETTERS[: len(item.choices)]
    letters, name = item.letters, KIND_NAMES[item.kind]
    if not letters:
        yield Flaw("answer", "没有答案。", "请填正确选项的字母")
    elif not set(letters) <= set(shown) or len(set(letters)) != len(letters):
        said = "".join(letters)
        yield Flaw("answer", f"答案“{said}”不是选项里的字母。", f"请从 {shown or '选项'} 里填")
    elif item.kind is ItemKind.MULTIPLE and len(letters) < 2:
        yield Flaw("answer", "多选题只有一个答案。", "请填两个以上的字母，或者改为单选")
    elif item.kind is not ItemKind.MULTIPLE and len(letters) != 1:
        yield Flaw("answer", f"{name}题有 {len(letters)} 个答案。", "请只填一个字母，或者改为多选")


def _blank_flaws(item: ItemContent) -> Iterator[Flaw]:
    shown, count = len(BLANK.findall(item.stem)), len(item.blanks)
    if not 1 <= count <= MOST_BLANKS:
        yield Flaw("answer", f"填空题有 {count} 个空的答案。", f"请填 1 到 {MOST_BLANKS} 个空")
    elif shown != count and (shown, count) != (0, 1):
        cause = f"题干里有 {shown} 个空，答案有 {count} 个。"
        yield Flaw("answer", cause, "请在题干里每个空写一个“____”，答案一空一个")
    for number, blank in enumerate(item.blanks, start=1):
        yield from _one_blank(number, blank)


def _one_blank(number: int, blank: Blank) -> Iterator[Flaw]:
    if not 1 <= len(blank.accepted) <= MOST_ACCEPTED:
        fix = f"请填 1 到 {MOST_ACCEPTED} 种写法"
        yield Flaw("answer", f"第 {number} 空有 {len(blank.accepted)} 种写法。", fix)
    if any(not text.strip() or len(text) > MOST_TEXT for text in blank.accepted):
        fix = f"每种写法请填 1 到 {MOST_TEXT} 个字"
        yield Flaw("answer", f"第 {number} 空有的写法是空的，或者太长。", fix)
    if blank.tolerance and tolerance_of(blank.tolerance) is None:
        cause = f"第 {number} 空的允许误差“{blank.tolerance}”不是数。"
        yield Flaw("answer", cause, "请填 0 以上的数，如 0.05")


def _rubric_flaws(item: ItemContent) -> Iterator[Flaw]:
    if not 1 <= len(item.rubric) <= MOST_RUBRIC:
        cause = f"简答题有 {len(item.rubric)} 条评分要点。"
        yield Flaw(
            "answer", cause, f"请填 1 到 {MOST_RUBRIC} 条，每条写明几分，如：切断电源（2分）"
        )
    for number, line in enumerate(item.rubric, start=1):
        if not line.says.strip() or len(line.says) > MOST_CHOICE:
            fix = f"请填 1 到 {MOST_CHOICE} 个字"
            yield Flaw("answer", f"第 {number} 条评分要点是空的，或者太长。", fix)
        if not 1 <= line.points <= MOST_POINTS:
            cause = f"第 {number} 条评分要点没有写几分，或者不是 1 到 {MOST_POINTS} 分。"
            yield Flaw("answer", cause, "请写成：切断电源（2分）；拨打 120（1分）")
