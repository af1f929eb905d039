"""Typesets documents from a template and facts, with the fonts that the product carries."""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import pylopdf_fonts_zh_cn
import typst

FONTS = (Path(pylopdf_fonts_zh_cn.__file__).parent, Path(__file__).parent / "fonts")
"""Chinese faces, and Noto Sans' raised and lowered figures, which those do not have."""
# A compiler must not be used by two threads at the same time, so each thread has its own.
_own = threading.local()
_Standard = Literal["a-2b", "a-3b"]


class TypesettingError(RuntimeError):
    """The document cannot be set: most often the fonts lack a character."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text that a document carries as a file.

    `relationship` is what ISO 19005-3 calls AFRelationship: "data" for what the page was made
    from, "source" for the original itself.
    """

    name: str
    text: str
    mime: str
    relationship: str
    description: str


@cache
def _template(path: Path) -> bytes:
    return path.read_bytes()


def to_pdf(template: Path, facts: Mapping[str, object]) -> bytes:
    """Typeset as PDF/A-2b, where a missing glyph is an error and not an empty box."""
    return _pdf(template, "a-2b", _inputs(facts))


def to_carrier(
    template: Path, facts: Mapping[str, object], attachments: Sequence[Attachment]
) -> bytes:
    """Typeset as PDF/A-3b, which may carry files; the template puts `sys.inputs.attachments` in.

    The same facts and attachments give the same bytes, where the template states the date.
    """
    carried = [
        {
            "name": each.name, "text": each.text, "mime": each.mime,
            "relationship": each.relationship, "description": each.description,
        }
        for each in attachments
    ]  # fmt: skip
    return _pdf(template, "a-3b", _inputs(facts) | {"attachments": _json(carried)})


def _pdf(template: Path, standard: _Standard, inputs: Mapping[str, str]) -> bytes:
    try:
        document = _compiler().compile(
            _template(template), format="pdf", pdf_standards=standard, sys_inputs=dict(inputs)
        )
    except typst.TypstError as error:
        raise TypesettingError(str(error)) from error
    return _only(document)


def to_png(template: Path, facts: Mapping[str, object], *, ppi: int) -> bytes:
    """Typeset the first page as a picture."""
    try:
        pages = _compiler().compile(
            _template(template), format="png", ppi=ppi, sys_inputs=_inputs(facts)
        )
    except typst.TypstError as error:
        raise TypesettingError(str(error)) from error
    return _only(pages)


def _only(made: bytes | list[bytes] | None) -> bytes:
    """One document, or the first of its pages."""
    first = made[0] if isinstance(made, list) and made else made
    if not isinstance(first, bytes):
        message = "nothing was typeset"
        raise TypesettingError(message)
    return first


def _compiler() -> typst.Compiler:
    if not hasattr(_own, "compiler"):
        _own.compiler = typst.Compiler(
            font_paths=[str(each) for each in FONTS], ignore_system_fonts=True
        )
    compiler: typst.Compiler = _own.compiler
    return compiler


def _inputs(facts: Mapping[str, object]) -> dict[str, str]:
    return {"facts": _json(facts)}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
