"""What the page's own tests read is what these rules make today."""

from app.certs.providers.pdf_reading import SignedPdf, read_signed
from app.core.crypto import from_b64url
from tests.papers_off_line import DOCUMENT, PATH, text_of_vectors, vectors


def test_the_pages_vectors_are_of_these_rules() -> None:
    assert PATH.read_text(encoding="utf-8") == text_of_vectors()


def test_the_pages_document_is_one_that_the_server_takes() -> None:
    """Another typesetter may draw it otherwise: what was drawn once stays good."""
    keys = {str(place): from_b64url(key) for place, key in enumerate(vectors()["document_keys"])}
    found = read_signed(DOCUMENT.read_bytes(), keys)
    assert isinstance(found, SignedPdf)
    assert found.record is not None
    assert found.credential is not None
