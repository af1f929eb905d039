"""Draws a text as a code of squares (QR) for a phone to read off the screen."""

import io

import segno


def qr_svg(text: str) -> str:
    """The code as SVG, level M: it is read off a clean screen."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=4, xmldecl=False)
    return out.getvalue().decode()
