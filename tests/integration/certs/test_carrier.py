"""The certificate's PDF carries its credential and its record, and is the same each time."""

import io

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.certs.providers import artwork
from app.certs.providers.artwork import Attachment, TypesettingError
from tests import papers


def test_another_reader_finds_both_files_byte_for_byte() -> None:
    assert papers.carried(papers.drawn()) == {
        "credential.json": (papers.CREDENTIAL.encode(), "application/ld+json", "/Data"),
        "record.json": (papers.RECORD.encode(), "application/json", "/Source"),
    }


@pytest.mark.parametrize("attachments", [(), papers.ATTACHMENTS])
def test_it_is_an_archival_document_with_and_without_files(
    attachments: tuple[Attachment, ...],
) -> None:
    papers.assert_archival(artwork.draw_pdf(papers.facts(), attachments), len(attachments))


def test_title_author_and_date_are_the_certificates() -> None:
    with pikepdf.open(io.BytesIO(papers.drawn())) as opened:
        info = {name: str(value) for name, value in opened.docinfo.items()}
    facts = papers.facts()
    assert info["/Title"] == f"{facts['type']} {facts['number']}"
    assert info["/Author"] == facts["institution"]
    assert info["/CreationDate"] == info["/ModDate"] == "D:20261124020000Z"


def test_the_same_facts_are_the_same_bytes_and_others_are_others() -> None:
    again = artwork.draw_pdf(papers.facts(), papers.ATTACHMENTS)
    assert again == papers.drawn()
    other = artwork.draw_pdf(papers.facts(score="91"), papers.ATTACHMENTS)
    assert other != papers.drawn()
    fewer = artwork.draw_pdf(papers.facts(), papers.ATTACHMENTS[:1])
    assert set(papers.carried(fewer)) == {"credential.json"}


@settings(max_examples=25)
@given(st.text(max_size=200))
def test_every_text_comes_out_as_it_went_in(text: str) -> None:
    pdf = artwork.draw_pdf(
        papers.facts(), [Attachment("record.json", text, "application/json", "source", "记录")]
    )
    assert papers.carried(pdf)["record.json"][0] == text.encode()


@pytest.mark.parametrize("letter", ["𲀀", "ا", "\ue863", "\ue000", "😀"])
def test_a_missing_glyph_is_an_error_and_no_other_fonts_glyph(letter: str) -> None:
    """Private-use characters too, by which old systems spell rare names."""
    with pytest.raises(TypesettingError):
        artwork.draw_pdf(papers.facts(name=f"李{letter}"), papers.ATTACHMENTS)
