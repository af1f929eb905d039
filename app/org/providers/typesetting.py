"""Typesets the proof of hours, the matrix and the archive of a class as PDF/A."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.certs.rules.lint import missing_glyphs
from app.core import glyphs, typesetting
from app.core.errors import UnavailableError

_PROOF = Path(__file__).with_name("proof.typ")
_CLASS_ARCHIVE = Path(__file__).with_name("class_archive.typ")
_MATRIX = Path(__file__).with_name("matrix.typ")
_GETA = "〓"


class MissingGlyphError(UnavailableError):
    """The fonts lack a character of this paper; PDF/A refuses where plain PDF shows a box."""

    default_code = "missing_glyph"


def typeset_proof(content: Mapping[str, object]) -> bytes:
    """Typeset; slow (tens of milliseconds), so never inside a write transaction."""
    return _typeset(_PROOF, "证明", content)


def typeset_class_archive(content: Mapping[str, object]) -> bytes:
    """Typeset; slow (seconds for hundreds of people), so never inside a write transaction."""
    return _typeset(_CLASS_ARCHIVE, "档案", content)


def _typeset(template: Path, what: str, content: Mapping[str, object]) -> bytes:
    try:
        return typesetting.to_pdf(template, content)
    except typesetting.TypesettingError as error:
        raise MissingGlyphError(
            f"这份{what}里有平台字库暂缺的字，无法生成 PDF。",
            remedy="请先下载 Excel 版，并联系平台补充字库",
            retry_after_s=24 * 3600,
        ) from error


def typeset_matrix(content: Mapping[str, object]) -> bytes:
    """Typeset a table of people and courses; some seconds for the longest.

    Nothing is signed here: a character that the fonts lack stands as a geta, as printers set it,
    and the paper says so. One name must not keep everybody else from their paper.
    """
    drawn = _drawn(content)
    return typesetting.to_pdf(_MATRIX, {**drawn, "has_getas": drawn != content})


def _drawn(value: Any) -> Any:  # noqa: ANN401 -- what JSON holds
    if isinstance(value, str):
        missing = missing_glyphs(value, glyphs.covered())
        for letter in sorted(missing, key=len, reverse=True):  # with its marks before alone
            value = value.replace(letter, _GETA)
        return value
    if isinstance(value, Mapping):
        return {name: _drawn(each) for name, each in value.items()}
    return [_drawn(each) for each in value] if isinstance(value, list) else value
