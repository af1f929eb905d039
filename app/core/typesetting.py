"""Typesets documents from a template and facts, with the fonts that the product carries."""

import json
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

_FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent
# A compiler must not be used by two threads at the same time, so each thread has its own.
_own = threading.local()


class TypesettingError(RuntimeError):
    """The document cannot be set: most often the fonts lack a character."""


@cache
def _template(path: Path) -> bytes:
    return path.read_bytes()


def to_pdf(template: Path, facts: Mapping[str, object]) -> bytes:
    """Typeset as PDF/A-2b, where a missing glyph is an error and not an empty box."""
    try:
        document = _compiler().compile(
            _template(template), format="pdf", pdf_standards="a-2b", sys_inputs=_inputs(facts)
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
        _own.compiler = typst.Compiler(font_paths=[str(_FONTS)], ignore_system_fonts=True)
    compiler: typst.Compiler = _own.compiler
    return compiler


def _inputs(facts: Mapping[str, object]) -> dict[str, str]:
    return {"facts": json.dumps(facts, ensure_ascii=False)}
