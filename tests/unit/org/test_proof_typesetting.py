"""The proof of hours draws what its fonts have, and refuses the rest: no other font stands in."""

import pytest

from app.org.providers.typesetting import MissingGlyphError, typeset_proof
from app.org.rules.proof import how_to_check


def _content(name: str) -> dict[str, object]:
    return {
        "number": "XS0001", "operator": "实学", "made_on": "2026-11-24", "digest": "00",
        "key_id": "0a0b0c0d", "signature": "sig", "total": "1 小时",
        "check": how_to_check("https://shixue.example", is_own=False),
        "head": [["姓名", name]],
        "courses": [
            {
                "title": "安全生产入门", "head": [["已确认", "1 学时"]],
                "days": [["2026-11-24", "1 小时"], ["", ""], ["", ""]], "notes": [],
            }
        ],
    }  # fmt: skip


@pytest.mark.parametrize("name", ["李晓梅", "阿依古丽·买买提", "鿿某"])
def test_what_one_of_the_fonts_has_is_drawn(name: str) -> None:
    assert typeset_proof(_content(name)).startswith(b"%PDF-")


@pytest.mark.parametrize("letter", ["\ue863", "\ue000", "𲀀", "ا", "😀"])
def test_a_missing_glyph_is_an_error_and_no_other_fonts_glyph(letter: str) -> None:
    with pytest.raises(MissingGlyphError):
        typeset_proof(_content(f"李{letter}"))
