"""Draws the certificate with its QR code, and reads the code back from the picture."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import zxingcpp
from PIL import Image

from app.core import typesetting
from app.core.typesetting import Attachment, TypesettingError

__all__ = ["Attachment", "TypesettingError", "draw_pdf", "draw_png", "qr_svg", "read_codes"]
_TEMPLATE = Path(__file__).with_name("certificate.typ")
_PREVIEW_PPI = 120  # 1,403 points across: what a phone of three to one shows full width
_KIND = zxingcpp.BarcodeFormat.QRCode
_READ = zxingcpp.barcode_formats_from_str("QRCode")


def qr_svg(text: str) -> str:
    """The code as SVG, as sparse as its text allows.

    The address travels as bytes, what follows # as digits, the tightest mode. Level L: the text is
    signed, so a misread is found anyway, and larger modules survive a blurred photograph better
    than more of them. The quiet zone of four modules is part of the picture.
    """
    drawn: str = code_of(text).to_svg(add_quiet_zones=True)
    return drawn


def code_of(text: str) -> zxingcpp.Barcode:
    return zxingcpp.create_barcode(text, _KIND, ec_level="L")


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
        # It stands upright, as it was drawn: no other way is tried, which takes most of the time.
        found = zxingcpp.read_barcodes(
            grey, formats=_READ, try_rotate=False, try_downscale=False, try_invert=False
        )
        return [each.text for each in found]
