"""Which documents are teaching materials: name and content have to agree."""

import pytest

from app.learning.rules.materials import TYPES, type_of

OFFICE = b"PK\x03\x04....[Content_Types].xml...."


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("手册.pdf", b"%PDF-1.7", ".pdf"), ("手册.PDF", b"%PDF-1.4", ".pdf"),
        ("a.docx", OFFICE, ".docx"), ("a.b.xlsx", OFFICE, ".xlsx"), ("a.pptx", OFFICE, ".pptx"),
        ("手册.pdf", b"<html>", None), ("手册.html", b"<html>", None), ("a.docx", b"%PDF-1", None),
        ("a.docm", OFFICE, None), ("a.zip", OFFICE, None), ("pdf", b"%PDF-1.7", None),
        ("a.docx", b"PK\x03\x04 any archive", None), ("a.exe", b"MZ", None),
    ],
)  # fmt: skip
def test_name_and_content_agree(name: str, content: bytes, kind: str | None) -> None:
    assert type_of(name, content) == (TYPES[kind] if kind else None)
