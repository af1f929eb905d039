"""Writes questions as QTI packages: a manifest and a file for each question, of 2.1 or 3.0."""

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from app.learning.rules.exam_items import CHOICE_KINDS, ItemContent
from app.learning.rules.exams import LETTERS, ItemKind
from app.learning.rules.fill_in import BLANK, Blank
from app.learning.rules.qti import CHOICE, DIFFICULTY, ENTRY, EXTENDED, FEEDBACK, name_in_3

VERSIONS = ("2.1", "3.0")
_ITEM_SPACE = {
    "2.1": "http://www.imsglobal.org/xsd/imsqti_v2p1",
    "3.0": "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
}
_RESOURCE = {"2.1": "imsqti_item_xmlv2p1", "3.0": "imsqti_item_xmlv3p0"}
_SCHEMA = {"2.1": ("QTIv2.1 Package", "1.0.0"), "3.0": ("QTI Package", "3.0.0")}
_PACKAGE_SPACE = "http://www.imsglobal.org/xsd/imscp_v1p1"
_LOM_SPACE = "http://ltsc.ieee.org/xsd/LOM"
_HTML = {"p", "span", "br"}
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


class _Pen:
    """Writes elements by their names of 2.1, as the version has them."""

    def __init__(self, version: str) -> None:
        self.version = version

    def element(self, name: str, inner: str = "", **attributes: str) -> str:
        told = "".join(
            f" {self._attribute(key)}={quoteattr(value)}" for key, value in attributes.items()
        )
        name = self._element(name)
        return f"<{name}{told}>{inner}</{name}>" if inner else f"<{name}{told}/>"

    def _element(self, name: str) -> str:
        if self.version == "2.1" or name in _HTML:
            return name
        return f"qti-{name_in_3(name)}"

    def _attribute(self, name: str) -> str:
        return name if self.version == "2.1" or ":" in name else name_in_3(name)


def item_name(number: int) -> str:
    """The name of a question's file in the package, by its place from 1."""
    return f"items/item-{number:04}.xml"


def write_item(item: ItemContent, number: int, version: str) -> str:
    """One question as a document of its own."""
    pen = _Pen(version)
    if item.kind in CHOICE_KINDS:
        declared, body, processed = _choice(pen, item)
    elif item.kind is ItemKind.FILL_IN:
        declared, body, processed = _fill_in(pen, item)
    else:
        declared, body, processed = _short(pen, item)
    points = str(sum(line.points for line in item.rubric) or 1)
    maximum = pen.element(
        "outcomeDeclaration",
        pen.element("defaultValue", pen.element("value", points)),
        identifier="MAXSCORE", cardinality="single", baseType="float",
    )  # fmt: skip
    outcomes = maximum + "".join(
        pen.element("outcomeDeclaration", identifier=name, cardinality="single", baseType=kind)
        for name, kind in (("SCORE", "float"), ("FEEDBACK", "identifier"))
    )
    feedback = pen.element(
        "modalFeedback", _paragraphs(pen, item.explanation), outcomeIdentifier="FEEDBACK",
        identifier=FEEDBACK, showHide="show",
    )  # fmt: skip
    root = pen.element(
        "assessmentItem",
        declared + outcomes + pen.element("itemBody", body) + processed + feedback,
        xmlns=_ITEM_SPACE[version], identifier=f"ITEM-{number:04}", title=item.code,
        adaptive="false", timeDependent="false",
    )  # fmt: skip
    return f"{_HEAD}{root}\n"


def _paragraphs(pen: _Pen, text: str) -> str:
    return "".join(pen.element("p", escape(line)) for line in text.split("\n"))


def _lines(pen: _Pen, text: str) -> str:
    """Text whose lines stay lines: in XML a line break alone is only a space."""
    return pen.element("br").join(escape(line) for line in text.split("\n"))


def _declaration(pen: _Pen, name: str, values: Sequence[str], **told: str) -> str:
    inner = "".join(pen.element("value", escape(value)) for value in values)
    return pen.element(
        "responseDeclaration", pen.element("correctResponse", inner), identifier=name, **told
    )


def _choice(pen: _Pen, item: ItemContent) -> tuple[str, str, str]:
    is_multiple = item.kind is ItemKind.MULTIPLE
    cardinality = "multiple" if is_multiple else "single"
    declared = _declaration(
        pen, "RESPONSE", sorted(item.letters), cardinality=cardinality, baseType="identifier"
    )
    prompt = pen.element("prompt", _paragraphs(pen, item.stem))
    choices = "".join(
        pen.element("simpleChoice", _lines(pen, text), identifier=letter)
        for letter, text in zip(LETTERS, item.choices, strict=False)
    )
    body = pen.element(
        CHOICE, prompt + choices, responseIdentifier="RESPONSE",
        shuffle="false" if item.kind is ItemKind.TRUE_FALSE else "true",
        maxChoices="0" if is_multiple else "1",
    )  # fmt: skip
    return declared, body, _processing(pen, _match(pen, "RESPONSE"))


def _match(pen: _Pen, name: str) -> str:
    return pen.element(
        "match",
        pen.element("variable", identifier=name) + pen.element("correct", identifier=name),
    )


def _processing(pen: _Pen, condition: str) -> str:
    score = pen.element(
        "setOutcomeValue", pen.element("baseValue", "1", baseType="float"), identifier="SCORE"
    )
    return pen.element(
        "responseProcessing",
        pen.element("responseCondition", pen.element("responseIf", condition + score)),
    )


def _fill_in(pen: _Pen, item: ItemContent) -> tuple[str, str, str]:
    """Each blank an entry in the text; other spellings in its mapping, tolerance in `equal`."""
    names = [f"RESPONSE{number}" for number, _ in enumerate(item.blanks, start=1)]
    declared = "".join(
        _blank_declaration(pen, name, blank) for name, blank in zip(names, item.blanks, strict=True)
    )
    entries = iter([pen.element(ENTRY, responseIdentifier=name) for name in names])
    stem = item.stem if BLANK.search(item.stem) else f"{item.stem}\n____"
    lines = []
    for line in stem.split("\n"):
        texts = [escape(text) for text in _between_blanks(line)]
        inner = texts[0] + "".join(next(entries, "") + text for text in texts[1:])
        lines.append(pen.element("p", inner))
    conditions = "".join(
        _blank_condition(pen, name, blank) for name, blank in zip(names, item.blanks, strict=True)
    )
    return declared, "".join(lines), _processing(pen, pen.element("and", conditions))


def _between_blanks(line: str) -> list[str]:
    return re.split(BLANK, line)


def _blank_declaration(pen: _Pen, name: str, blank: Blank) -> str:
    correct = pen.element("correctResponse", pen.element("value", escape(blank.accepted[0])))
    entries = "".join(
        pen.element("mapEntry", mapKey=text, mappedValue="1", caseSensitive="false")
        for text in blank.accepted
    )
    return pen.element(
        "responseDeclaration", correct + pen.element("mapping", entries, defaultValue="0"),
        identifier=name, cardinality="single", baseType="string",
    )  # fmt: skip


def _blank_condition(pen: _Pen, name: str, blank: Blank) -> str:
    if not blank.tolerance:
        mapped = pen.element("mapResponse", identifier=name)
        return pen.element("gt", mapped + pen.element("baseValue", "0", baseType="float"))
    variables = pen.element("variable", identifier=name) + pen.element("correct", identifier=name)
    return pen.element(
        "equal", variables, toleranceMode="absolute",
        tolerance=f"{blank.tolerance} {blank.tolerance}",
    )  # fmt: skip


def _short(pen: _Pen, item: ItemContent) -> tuple[str, str, str]:
    declared = pen.element(
        "responseDeclaration", identifier="RESPONSE", cardinality="single", baseType="string"
    )
    rubric = "".join(
        pen.element("p", f"{_lines(pen, line.says)}（{line.points}分）") for line in item.rubric
    )
    body = pen.element(
        EXTENDED, pen.element("prompt", _paragraphs(pen, item.stem)), responseIdentifier="RESPONSE"
    )
    return declared, pen.element("rubricBlock", rubric, view="scorer") + body, ""


def write_manifest(items: Sequence[ItemContent], version: str) -> str:
    """The package's list of files, with what QTI itself has no place for (IEEE LOM)."""
    schema, number = _SCHEMA[version]
    resources = "".join(
        f'<resource identifier="RES-{place:04}" type="{_RESOURCE[version]}" '
        f'href="{item_name(place)}"><metadata>{_lom(item)}</metadata>'
        f'<file href="{item_name(place)}"/></resource>'
        for place, item in enumerate(items, start=1)
    )
    return (
        f'{_HEAD}<manifest xmlns="{_PACKAGE_SPACE}" identifier="MANIFEST"><metadata>'
        f"<schema>{schema}</schema><schemaversion>{number}</schemaversion></metadata>"
        f"<organizations/><resources>{resources}</resources></manifest>\n"
    )


def _lom(item: ItemContent) -> str:
    """Knowledge point as keyword, difficulty in LOM's words, chapter as a place in a discipline."""
    keyword = f"<keyword>{_string(item.point)}</keyword>" if item.point else ""
    chapter = (
        "<classification><purpose><value>discipline</value></purpose>"
        f"<taxonPath><taxon><entry>{_string(item.chapter)}</entry></taxon></taxonPath>"
        "</classification>"
    )
    return (
        f'<lom xmlns="{_LOM_SPACE}"><general>{keyword}</general>'
        f"<educational><difficulty><value>{DIFFICULTY[item.difficulty - 1]}</value></difficulty>"
        f"</educational>{chapter if item.chapter else ''}</lom>"
    )


def _string(text: str) -> str:
    return f'<string language="zh-CN">{escape(text)}</string>'
