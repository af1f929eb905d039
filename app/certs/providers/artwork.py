"""Draws the certificate with its QR code, and reads the code back from the picture."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import segno
import zxingcpp
from PIL import Image
from segno import consts

from app.core import typesetting
from app.core.typesetting import Attachment, TypesettingError

__all__ = ["Attachment", "TypesettingError", "draw_pdf", "draw_png", "qr_svg", "read_codes"]
_TEMPLATE = Path(__file__).with_name("certificate.typ")
_PREVIEW_PPI = 144
_KIND = zxingcpp.barcode_formats_from_str("QRCode")


def qr_svg(text: str) -> str:
    """The code as SVG, as sparse as its text allows.

    The address travels as bytes, what follows # as digits, the tightest mode. Level L: the text is
    signed, so a misread is found anyway, and larger modules survive a blurred photograph better
    than more of them. The quiet zone of four modules is part of the picture.
    """
    address, _, digits = text.partition("#")
    segments: Any = [(f"{address}#", consts.MODE_BYTE), (digits, consts.MODE_NUMERIC)]
    code = segno.make(segments, error="l", micro=False, boost_error=False)
    out = io.BytesIO()
    code.save(out, kind="svg", border=4, xmldecl=False)
    return out.getvalue().decode()


def draw_pdf(facts: Mapping[str, object], attachments: Sequence[Attachment] = ()) -> bytes:
    """PDF/A-3b that carries the attachments; the same of both gives the same bytes.

    Raises TypesettingError where a character has no glyph.
    """
    return typesetting.to_carrier(_TEMPLATE, facts, attachments)


def draw_png(facts: Mapping[str, object]) -> bytes:
    return typesetting.to_png(_TEMPLATE, facts, ppi=_PREVIEW_PPI)


def read_codes(picture: bytes) -> list[str]:
    """All QR texts in a picture."""
    with Image.open(io.BytesIO(picture)) as image:
        grey = image.convert("L")
        found = zxingcpp.read_barcodes(grey, formats=_KIND)
        return [each.text for each in found]
