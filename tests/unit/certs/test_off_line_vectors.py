"""What the page's own tests read is what these rules make today."""

from tests.papers_off_line import PATH, text_of_vectors


def test_the_pages_vectors_are_of_these_rules() -> None:
    assert PATH.read_text(encoding="utf-8") == text_of_vectors()
