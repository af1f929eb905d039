"""The code on a certificate, as a hurried phone sees it: turned, half the size, squeezed."""

import io
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from app.certs.providers import artwork
from app.core import typesetting
from tests import papers

VECTOR = json.loads(
    (Path(__file__).parents[2] / "golden" / "certificate-2.json").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def paper() -> Image.Image:
    template = Path(artwork.__file__).parent / "certificate.typ"
    # A phone sees more than the preview.
    printed = typesetting.to_png(template, papers.facts(), ppi=192)
    return Image.open(io.BytesIO(printed)).convert("RGB")


def _photograph(paper: Image.Image, degrees: int) -> bytes:
    turned = paper.rotate(
        degrees, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC
    )
    half = turned.resize((turned.width // 2, turned.height // 2), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    half.save(out, "JPEG", quality=60)
    return out.getvalue()


def _opencv(picture: bytes) -> set[str]:
    """What either of OpenCV's two detectors makes of a picture."""
    grey = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE)
    return {
        detector.detectAndDecode(grey)[0]
        for detector in (cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco())
    }


@pytest.mark.parametrize("degrees", [0, 3, -7, 15, -20, 90, 180])
def test_two_decoders_read_it_turned_small_and_squeezed(paper: Image.Image, degrees: int) -> None:
    picture = _photograph(paper, degrees)
    assert artwork.read_codes(picture) == [VECTOR["text"]]
    assert VECTOR["text"] in _opencv(picture)


def test_the_code_is_sparse_and_large() -> None:
    """57 modules and the quiet zone, on 66 mm: a millimetre for each."""
    svg = artwork.qr_svg(VECTOR["text"])
    assert 'width="65" height="65"' in svg
    template = (Path(artwork.__file__).parent / "certificate.typ").read_text(encoding="utf-8")
    assert 'format: "svg", width: 66mm' in template
