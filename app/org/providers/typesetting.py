"""Typesets the proof of hours as PDF/A, with the fonts that the product carries."""

import json
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

from app.core.errors import UnavailableError

_TEMPLATE = Path(__file__).with_name("proof.typ")
_FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent
# A compiler must not be used by two threads at the same time, so each thread has its own.
_own = threading.local()


class MissingGlyphError(UnavailableError):
    """The fonts lack a character of this proof; PDF/A refuses where plain PDF shows a box."""

    default_code = "missing_glyph"


@cache
def _template() -> bytes:
    return _TEMPLATE.read_bytes()


def typeset_proof(content: Mapping[str, object]) -> bytes:
    """Typeset; slow (tens of milliseconds), so never inside a write transaction."""
    if not hasattr(_own, "compiler"):
        _own.compiler = typst.Compiler(font_paths=[str(_FONTS)], ignore_system_fonts=True)
    facts = json.dumps(content, ensure_ascii=False)
    try:
        document: bytes = _own.compiler.compile(
            _template(), format="pdf", pdf_standards="a-2b", sys_inputs={"facts": facts}
        )
    except typst.TypstError as error:
        raise MissingGlyphError(
            "这份证明里有平台字库暂缺的字，无法生成 PDF。",
            remedy="请先下载 Excel 版，并联系平台补充字库",
            retry_after_s=24 * 3600,
        ) from error
    return document
