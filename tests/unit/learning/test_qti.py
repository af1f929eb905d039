"""QTI in and out: our own packages come back whole, others' strange parts are named."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules.exam_items import ItemContent, RubricLine
from app.learning.rules.exams import ItemKind
from app.learning.rules.item_sheet import EXAMPLES
from app.learning.rules.plain_xml import MOST_DEPTH, XmlError, read_xml
from app.learning.rules.qti import name_in_2, name_in_3
from app.learning.rules.qti_reading import Described, QtiError, read_item, read_manifest
from app.learning.rules.qti_writing import VERSIONS, item_name, write_item, write_manifest
from tests.questions import contents

# Runs of spaces and empty lines are layout in XML, and do not come back.
PLAIN = st.text("安全生产甲乙<>&\"'=ABab12", min_size=1, max_size=12)
MANIFEST = Described("items/a.xml", "第一章", "安全色", 2)


@given(st.lists(contents(PLAIN), min_size=1, max_size=4), st.sampled_from(VERSIONS))
def test_what_is_written_is_read_back(items: list[ItemContent], version: str) -> None:
    told = read_manifest(read_xml(write_manifest(items, version).encode()))
    assert [each.href for each in told] == [item_name(n) for n, _ in enumerate(items, 1)]
    for number, (item, described) in enumerate(zip(items, told, strict=True), 1):
        xml = write_item(item, number, version)
        assert read_item(read_xml(xml.encode()), described) == _without_layout(item)


MANY_LINES = st.lists(PLAIN.map(str.strip).filter(bool), min_size=2, max_size=3).map("\n".join)


@given(
    st.lists(MANY_LINES, min_size=4, max_size=4, unique=True), st.integers(1, 100),
    st.sampled_from(VERSIONS),
)  # fmt: skip
def test_lines_inside_a_choice_and_a_line_of_a_rubric_stay(
    texts: list[str], points: int, version: str
) -> None:
    rubric = tuple(RubricLine(text, points) for text in texts)
    for item in (replace(EXAMPLES[0], choices=tuple(texts)), replace(EXAMPLES[4], rubric=rubric)):
        [told] = read_manifest(read_xml(write_manifest([item], version).encode()))
        assert read_item(read_xml(write_item(item, 1, version).encode()), told) == item


def _without_layout(item: ItemContent) -> ItemContent:
    choices = tuple(map(_squeezed, item.choices))
    if item.kind is ItemKind.TRUE_FALSE:
        return replace(item, stem=_squeezed(item.stem), explanation=_squeezed(item.explanation))
    return replace(
        item, stem=_squeezed(item.stem), explanation=_squeezed(item.explanation), choices=choices
    )


def _squeezed(text: str) -> str:
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("item", EXAMPLES, ids=lambda item: item.kind)
def test_each_kind_of_the_template(item: ItemContent, version: str) -> None:
    xml = write_item(item, 1, version)
    [told] = read_manifest(read_xml(write_manifest([item], version).encode()))
    assert read_item(read_xml(xml.encode()), told) == item
    assert ("qti-assessment-item" in xml) == (version == "3.0")


@pytest.mark.parametrize("name", ["responseIdentifier", "assessmentItem", "p", "textEntry"])
def test_names_of_both_versions(name: str) -> None:
    assert name_in_2(name_in_3(name)) == name
    assert name_in_2(f"qti-{name_in_3(name)}") == name


def _item(body: str, declared: str = "", more: str = "") -> bytes:
    return f"""<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i1"
      title="x">{declared}<itemBody>{body}</itemBody>{more}</assessmentItem>""".encode()


CHOICES = "".join(f'<simpleChoice identifier="{c}">选{c}</simpleChoice>' for c in "xyz")
CHOICE = (
    f'<choiceInteraction responseIdentifier="R"><prompt>问</prompt>{CHOICES}</choiceInteraction>'
)
RIGHT = (
    '<responseDeclaration identifier="R" cardinality="single"><correctResponse>'
    "<value>y</value></correctResponse>{}</responseDeclaration>"
)
WHY = '<modalFeedback identifier="F"><p>因为</p></modalFeedback>'


def test_another_programs_question() -> None:
    found = read_item(
        read_xml(_item(f"<p>前 <b>言</b></p>{CHOICE}", RIGHT.format(""), WHY)), MANIFEST
    )
    assert (found.stem, found.letters, found.choices) == (
        "前 言\n问",
        ("B",),
        ("选x", "选y", "选z"),
    )
    assert (found.chapter, found.point, found.difficulty) == ("第一章", "安全色", 2)
    assert found.explanation == "因为"


@pytest.mark.parametrize(
    ("xml", "says"),
    [
        (_item(f'<p><img src="a.png"/></p>{CHOICE}', RIGHT.format(""), WHY), "图片"),
        (_item(f"<p>m<sup>2</sup></p>{CHOICE}", RIGHT.format(""), WHY), "上标"),
        (_item(f"<p><blink>x</blink></p>{CHOICE}", RIGHT.format(""), WHY), "blink"),
        (_item("<matchInteraction/>", "", WHY), "matchInteraction"),
        (_item("<p>只有文字</p>", "", WHY), "没有作答"),
        (_item(CHOICE + CHOICE, RIGHT.format(""), WHY), "几处"),
        (_item(CHOICE + "<extendedTextInteraction/>", RIGHT.format(""), WHY), "几处"),
        (_item(f"<div>{CHOICE}</div>", RIGHT.format(""), WHY), "套在"),
        (_item(CHOICE, "", WHY), "正确答案"),
        (_item(CHOICE, RIGHT.format("").replace("y", "w"), WHY), "正确答案"),
        (_item(CHOICE, RIGHT.format('<mapping><mapEntry mapKey="x"/></mapping>'), WHY), "部分分"),
        (_item(CHOICE, RIGHT.format("")), "解析"),
        (_item('<p>问</p><extendedTextInteraction responseIdentifier="R"/>', "", WHY), "评分要点"),
        (b"<other/>", "不是 QTI"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_named_and_stays_out(xml: bytes, says: str) -> None:
    with pytest.raises(QtiError) as told:
        read_item(read_xml(xml), MANIFEST)
    assert says in told.value.cause
    assert told.value.fix


def _entry(condition: str) -> bytes:
    declared = (
        '<responseDeclaration identifier="R"><correctResponse><value>12</value></correctResponse>'
        '<mapping><mapEntry mapKey="十二" mappedValue="1"/><mapEntry mapKey="十" mappedValue="0"/>'
        "</mapping></responseDeclaration>"
    )
    body = '<p>电压是<textEntryInteraction responseIdentifier="R"/>伏</p>'
    processing = (
        f"<responseProcessing><equal {condition}><variable identifier='R'/></equal>"
        "</responseProcessing>"
    )
    return _item(body, declared, processing + WHY)


def test_a_blank_takes_other_spellings_and_a_tolerance() -> None:
    found = read_item(read_xml(_entry('toleranceMode="absolute" tolerance="0.5 0.5"')), MANIFEST)
    assert found.stem == "电压是____伏"
    assert found.blanks[0].accepted == ("12", "十二")
    assert found.blanks[0].tolerance == "0.5"
    assert read_item(read_xml(_entry("")), MANIFEST).blanks[0].tolerance == ""


@pytest.mark.parametrize(
    "condition",
    ['toleranceMode="relative" tolerance="5 5"', 'toleranceMode="absolute" tolerance="1 2"',
     'toleranceMode="absolute"', 'toleranceMode="absolute" tolerance="x x"'],
)  # fmt: skip
def test_a_tolerance_that_is_not_ours_stays_out(condition: str) -> None:
    with pytest.raises(QtiError, match="误差"):
        read_item(read_xml(_entry(condition)), MANIFEST)


BILLION = b"<!DOCTYPE a [<!ENTITY x 'xxxxxxxxxx'><!ENTITY y '&x;&x;&x;'>]><a>&y;</a>"


@pytest.mark.parametrize(
    "xml",
    [
        BILLION, b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', b"<!DOCTYPE a><a/>",
        b"<a>" * (MOST_DEPTH + 1) + b"</a>" * (MOST_DEPTH + 1), b"<a>" + b"<b/>" * 20_001 + b"</a>",
        b"<a>" + b"x" * 1024 * 1024 + b"</a>", b"<a><b></a>", b"", b"plain", b"\xff\xfe<",
        b'<?xml version="1.0" encoding="nowhere"?><a/>',
    ],
    ids=range(11),
)  # fmt: skip
def test_dangerous_or_broken_xml_is_not_read(xml: bytes) -> None:
    with pytest.raises(XmlError):
        read_xml(xml)
