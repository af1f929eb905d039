"""Reads XML that strangers hand over: no document type, no entities, bounded in every direction.

The parser of the standard library with its doors shut; elements come out without namespaces.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

MOST_BYTES = 1024 * 1024
MOST_ELEMENTS = 20_000
MOST_DEPTH = 40
_SEPARATOR = "\n"
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_CHINESE = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5"}
"""What expat does not know; GB 18030 holds the two before it."""


class XmlError(ValueError):
    """A document that is not read, and why, in a sentence."""


@dataclass(slots=True)
class Element:
    """An element; `children` holds texts and elements in their order."""

    name: str
    attributes: dict[str, str]
    children: list["Element | str"] = field(default_factory=list)

    def elements(self, *names: str) -> list["Element"]:
        """All elements of these names beneath it, in the document's order; all without names."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if not names or child.name in names:
                    found.append(child)
                found += child.elements(*names)
        return found

    def first(self, *names: str) -> "Element | None":
        return next(iter(self.elements(*names)), None)

    def text(self) -> str:
        """All text beneath it, as it stands."""
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)


class _Builder:
    def __init__(self, most_elements: int) -> None:
        self.most_elements = most_elements
        self.root: Element | None = None
        self.open: list[Element] = []
        self.count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > self.most_elements or len(self.open) >= MOST_DEPTH:
            msg = "内容太多，或者套得太深"
            raise XmlError(msg)
        plain = {_local(key): value for key, value in attributes.items()}
        made = Element(_local(name), plain)
        if self.open:
            self.open[-1].children.append(made)
        else:
            self.root = made
        self.open.append(made)

    def end(self, _name: str) -> None:
        self.open.pop()

    def text(self, text: str) -> None:
        if self.open:
            self.open[-1].children.append(text)


def _local(name: str) -> str:
    return name.rpartition(_SEPARATOR)[2]


def _refuse(*_given: Any) -> int:  # noqa: ANN401 -- whatever expat tells
    msg = "带有文档类型声明（DOCTYPE）或实体，出于安全不读"
    raise XmlError(msg)


def _transcoded(content: bytes, encoding: str, declared: str) -> bytes:
    try:
        return content.decode(encoding).encode()
    except UnicodeDecodeError:
        raise _unreadable(declared) from None


def _unreadable(declared: str) -> XmlError:
    return XmlError(
        f"文字编码 {declared} 读不出来，请用文本编辑器另存为 UTF-8，第一行的 encoding 也改成 UTF-8"
    )


def read_xml(
    content: bytes, *, most_bytes: int = MOST_BYTES, most_elements: int = MOST_ELEMENTS
) -> Element:
    """Read a document. Raises XmlError."""
    if len(content) > most_bytes:
        msg = "文件太大"
        raise XmlError(msg)
    builder = _Builder(most_elements)
    found = _DECLARED.match(content)
    declared = found[1].decode() if found else "UTF-8"
    known = _CHINESE.get(declared.lower())
    if known:
        content = _transcoded(content, known, declared)
    parser = expat.ParserCreate("utf-8" if known else None, _SEPARATOR)
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        msg = f"不是完整的 XML（第 {error.lineno} 行）"
        raise XmlError(msg) from None
    except (ValueError, LookupError) as error:
        raise (error if isinstance(error, XmlError) else _unreadable(declared)) from None
    if builder.root is None:
        msg = "里面没有内容"
        raise XmlError(msg)
    return builder.root
