"""Reads questions out of QTI 2.1 and 3.0; what is not understood is said, never passed over.

A question of which a part would be lost (a picture, another interaction, a scoring that is not
ours) stays out as a whole, with the reason.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.learning.rules.exam_items import ItemContent, RubricLine, flaws_of, tidied
from app.learning.rules.exams import LETTERS, ItemKind
from app.learning.rules.fill_in import Blank, tolerance_of
from app.learning.rules.plain_xml import Element
from app.learning.rules.qti import CHOICE, DIFFICULTY, ENTRY, EXTENDED, FEEDBACK, name_in_2

_PLAIN = {"p", "div", "span", "b", "strong", "i", "em", "u", "br", "ul", "ol", "li", "prompt"}
_BREAKS = {"p", "div", "li", "br"}
_PICTURES = {
    "img": "图片", "object": "图片或影音", "picture": "图片", "video": "影音", "audio": "影音",
    "math": "公式", "table": "表格", "sub": "下标", "sup": "上标",
}  # fmt: skip
_INTERACTION = re.compile(r".*Interaction$")
_POINTS = re.compile(r"(.*)[(（]\s*(\d{1,4})\s*分\s*[)）]\s*", re.DOTALL)
_LAYOUT = re.compile(r"\s*[\n\t\r]\s*")
_BLANK_MARK = "____"


class QtiError(ValueError):
    """Why a question is not taken, and what to do: both sentences."""

    def __init__(self, cause: str, fix: str) -> None:
        super().__init__(cause)
        self.cause = cause
        self.fix = fix


@dataclass(frozen=True, slots=True)
class Described:
    """What a manifest says of a file."""

    href: str
    chapter: str = ""
    point: str = ""
    difficulty: int = 3


def as_2_1(element: Element) -> Element:
    """The same with the names of QTI 2.1."""
    return Element(
        name_in_2(element.name),
        {name_in_2(key): value for key, value in element.attributes.items()},
        [child if isinstance(child, str) else as_2_1(child) for child in element.children],
    )


def read_manifest(root: Element) -> tuple[Described, ...]:
    """The questions' files, in the manifest's order."""
    return tuple(
        _described(resource)
        for resource in root.elements("resource")
        if resource.attributes.get("type", "").startswith("imsqti_item")
    )


def _described(resource: Element) -> Described:
    def said(path: str) -> str:
        found: Element | None = resource
        for name in path.split("/"):
            found = found.first(name) if found is not None else None
        return found.text().strip() if found is not None else ""

    word = said("difficulty/value")
    return Described(
        href=resource.attributes.get("href", ""), chapter=said("classification/taxon/entry"),
        point=said("general/keyword"),
        difficulty=DIFFICULTY.index(word) + 1 if word in DIFFICULTY else 3,
    )  # fmt: skip


def read_item(root: Element, told: Described) -> ItemContent:
    """Read one question. Raises QtiError."""
    item = as_2_1(root)
    body = item.first("itemBody")
    if item.name != "assessmentItem" or body is None:
        raise QtiError("这个文件不是 QTI 试题。", "请只打包 QTI 2.1 或 3.0 的试题")
    found = _reader_of(body)(item, body)
    written = replace(
        found, code=_code(item), explanation=_explanation(item), chapter=told.chapter,
        point=told.point, difficulty=told.difficulty,
    )  # fmt: skip
    content = tidied(written)
    for flaw in flaws_of(content):
        raise QtiError(flaw.cause, flaw.fix)
    return content


def _code(item: Element) -> str:
    """The title where it can be a number in a bank, as in ours; else the identifier."""
    title = item.attributes.get("title", "").strip()
    return title if 0 < len(title) <= 40 else item.attributes.get("identifier", "").strip()[:40]


def _reader_of(body: Element) -> Callable[[Element, Element], ItemContent]:
    kinds = [each.name for each in body.elements() if _INTERACTION.match(each.name)]
    if not kinds:
        raise QtiError("题里没有作答的地方。", "请在出题软件里检查这道题")
    strange = next((kind for kind in kinds if kind not in {CHOICE, ENTRY, EXTENDED}), None)
    if strange is not None:
        raise QtiError(f"不支持题型 {strange}。", "请改成选择、填空或简答题")
    if len(set(kinds)) > 1 or (kinds[0] != ENTRY and len(kinds) > 1):
        raise QtiError("一道题里有几处不同的作答。", "请拆成几道题")
    return {CHOICE: _choice, ENTRY: _fill_in, EXTENDED: _short}[kinds[0]]


def _text(element: Element, entry: str | None = None) -> str:
    """Its text with a line for each paragraph. Raises QtiError for what text cannot hold."""
    lines = re.split(r"\n+", "".join(_pieces(element, entry)))
    return "\n".join(line.strip() for line in lines).strip()


def _pieces(element: Element, entry: str | None) -> list[str]:
    found: list[str] = []
    for child in element.children:
        if isinstance(child, str):
            found.append(_LAYOUT.sub(" ", child))
        elif child.name == entry:
            found.append(_BLANK_MARK)
        elif child.name in _PICTURES:
            raise QtiError(f"题里有{_PICTURES[child.name]}，导不进来。", "请改写成文字")
        elif child.name not in _PLAIN:
            raise QtiError(f"题里有不认识的内容（{child.name}）。", "请改写成文字")
        else:
            inner = _pieces(child, entry)
            found += ["\n", *inner, "\n"] if child.name in _BREAKS else inner
    return found


def _stem(body: Element, interaction: Element) -> str:
    """What stands before the interaction, and its own prompt."""
    prompt = next(
        (each for each in interaction.children if isinstance(each, Element)
         and each.name == "prompt"), None,
    )  # fmt: skip
    around = Element("div", {}, [
        child for child in body.children
        if isinstance(child, str) or child.name not in {interaction.name, "rubricBlock"}
    ])  # fmt: skip
    if interaction in around.elements(interaction.name):
        raise QtiError("作答的地方套在别的段落里。", "请把选择题放在题目的最外层")
    texts = [_text(around), _text(prompt) if prompt is not None else ""]
    return "\n".join(text for text in texts if text)


def _declared(item: Element, name: str) -> Element:
    for each in item.elements("responseDeclaration"):
        if each.attributes.get("identifier") == name:
            return each
    raise QtiError("没有写明正确答案。", "请在出题软件里填上答案再导出")


def _correct(declared: Element) -> list[str]:
    correct = declared.first("correctResponse")
    return [each.text().strip() for each in correct.elements("value")] if correct else []


def _choice(item: Element, body: Element) -> ItemContent:
    [interaction] = body.elements(CHOICE)
    choices = interaction.elements("simpleChoice")
    letters = dict(
        zip((each.attributes.get("identifier", "") for each in choices), LETTERS, strict=False)
    )
    declared = _declared(item, interaction.attributes.get("responseIdentifier", ""))
    right = _correct(declared)
    if not right or not set(right) <= set(letters):
        raise QtiError("正确答案不在选项里。", "请在出题软件里填上答案再导出")
    _refuse_partial(declared)
    is_multiple = declared.attributes.get("cardinality") == "multiple" and len(right) > 1
    kind = ItemKind.MULTIPLE if is_multiple else ItemKind.SINGLE
    if not is_multiple and len(choices) == 2:
        kind = ItemKind.TRUE_FALSE
    return ItemContent(
        code="", kind=kind, stem=_stem(body, interaction), explanation="",
        choices=tuple(_text(each) for each in choices),
        letters=tuple(sorted(letters[each] for each in right)),
    )  # fmt: skip


def _refuse_partial(declared: Element) -> None:
    """Points for a part of the choices are not ours: a question is right or it is not."""
    if declared.first("mapEntry") is not None:
        raise QtiError(
            "这道选择题按选项给部分分，这里只有全对才给分。", "请在出题软件里改成全对给分再导出"
        )


def _fill_in(item: Element, body: Element) -> ItemContent:
    entries = body.elements(ENTRY)
    blanks = tuple(_blank(item, each.attributes.get("responseIdentifier", "")) for each in entries)
    plain = Element("div", {}, [
        child for child in body.children
        if isinstance(child, str) or child.name != "rubricBlock"
    ])  # fmt: skip
    return ItemContent(
        code="", kind=ItemKind.FILL_IN, stem=_text(plain, ENTRY), explanation="", blanks=blanks
    )


def _blank(item: Element, name: str) -> Blank:
    declared = _declared(item, name)
    texts = dict.fromkeys(_correct(declared))
    for entry in declared.elements("mapEntry"):
        if _is_positive(entry.attributes.get("mappedValue", "")):
            texts[entry.attributes.get("mapKey", "").strip()] = None
    return Blank(tuple(texts), _tolerance(item, name))


def _is_positive(text: str) -> bool:
    try:
        return float(text) > 0
    except ValueError:
        return False


def _tolerance(item: Element, name: str) -> str:
    """Of `equal` in absolute mode; of one that differs on both sides, or is relative: refused."""
    for equal in item.elements("equal"):
        if name not in {each.attributes.get("identifier") for each in equal.elements("variable")}:
            continue
        mode = equal.attributes.get("toleranceMode", "exact")
        sides = equal.attributes.get("tolerance", "").split()
        if mode == "exact":
            return ""
        if mode != "absolute" or len(set(sides)) != 1 or tolerance_of(sides[0]) is None:
            raise QtiError("误差不是上下一样的绝对误差。", "请改成绝对误差")
        return sides[0]
    return ""


def _short(item: Element, body: Element) -> ItemContent:
    [interaction] = body.elements(EXTENDED)
    blocks = [
        block for block in item.elements("rubricBlock")
        if "scorer" in block.attributes.get("view", "")
    ]  # fmt: skip
    lines = [_POINTS.fullmatch(line) for block in blocks for line in _rubric_lines(block)]
    if not lines or not all(lines):
        raise QtiError(
            "简答题没有逐条写明几分的评分要点。",
            "请在 rubricBlock（view=scorer）里一段写一条，如：切断电源（2分）",
        )
    return ItemContent(
        code="", kind=ItemKind.SHORT, stem=_stem(body, interaction), explanation="",
        rubric=tuple(RubricLine(found[1].strip(), int(found[2])) for found in lines if found),
    )  # fmt: skip


def _rubric_lines(block: Element) -> list[str]:
    """A paragraph is one line, as we write it; one whose every line has points is as many."""
    paragraphs = [each for each in block.children if isinstance(each, Element)]
    texts = [_text(each) for each in paragraphs if each.name == "p"]
    whole = _text(block)
    if "\n".join(texts) != whole:
        return whole.split("\n")
    found: list[str] = []
    for text in texts:
        lines = text.split("\n")
        found += lines if all(map(_POINTS.fullmatch, lines)) else [text]
    return found


def _explanation(item: Element) -> str:
    """Our own feedback; of another's export the feedback of the whole question."""
    found: Sequence[Element] = item.elements("modalFeedback")
    own = [each for each in found if each.attributes.get("identifier") == FEEDBACK] or found[:1]
    texts = [_text(each) for each in own]
    if not texts or not texts[0]:
        raise QtiError("没有解析。", "请给这道题写一段反馈（modalFeedback）作为解析")
    return texts[0]
