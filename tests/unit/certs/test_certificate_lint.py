"""What is looked at before a certificate has a number: characters, lengths, the code's size."""

import datetime as dt
import io
import re
import unicodedata

import pikepdf
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.certs.providers import artwork
from app.certs.providers.artwork import TypesettingError
from app.certs.rules import lint, scan
from app.certs.rules.facts import CertificateFacts
from app.certs.rules.lint import Flaw, Problem
from app.certs.rules.paper import Paper, fields_of
from app.core import glyphs, typesetting
from tests import papers, photographs

FONTS = glyphs.covered()
_QUIET, _FEW_DIGITS, _MOST_TOLD = 4, 8, 101
STATED = CertificateFacts.from_mapping(papers.VECTOR["facts"])
assert STATED is not None
PAPER = Paper(
    facts=STATED, name="李晓梅", document_name="居民身份证", document_number="510101198803070028",
    issued_on=dt.date(2026, 11, 24), retraining="",
)  # fmt: skip
GOOD = fields_of(PAPER) | {"type": "培训合格证书", "identity": "510101198803070028"}


def _name_flaws(name: str) -> tuple[Flaw, ...]:
    return lint.flaws_of(GOOD | {"name": name}, FONTS)


def test_a_good_certificate_has_no_flaw() -> None:
    assert lint.flaws_of(GOOD, FONTS) == ()


@pytest.mark.parametrize(
    "name", ["阿依古丽·买买提", "Müller·Straße", "䶮㵘", "鿿某", "李" * 50, "A’Beckett-O'Neil"]
)
def test_names_that_the_fonts_have_pass(name: str) -> None:
    assert _name_flaws(name) == ()


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("李𠮷", Problem.NO_GLYPH),  # extension B
        ("李𪜀", Problem.NO_GLYPH),  # C
        ("李𫝀", Problem.NO_GLYPH),  # D
        ("李𬎆", Problem.NO_GLYPH),  # E
        ("李𬺰", Problem.NO_GLYPH),  # F
        ("李𰀀", Problem.NO_GLYPH),  # G
        ("李𲀀", Problem.NO_GLYPH),  # H
        ("ئايگۈل", Problem.NO_GLYPH),
        ("བསྟན་འཛིན", Problem.NO_GLYPH),
        ("ᠮᠣᠩᠭᠣᠯ", Problem.NO_GLYPH),
        ("李\ue863", Problem.PRIVATE),
        ("李\U000f0000", Problem.PRIVATE),
        ("李\u200b梅", Problem.UNSEEN),
        ("李\n梅", Problem.UNSEEN),
        ("李\u202e梅", Problem.UNSEEN),
        ("", Problem.EMPTY),
        ("　", Problem.EMPTY),
        ("李" * 61, Problem.TOO_LONG),
    ],
)
def test_names_that_cannot_be_printed_are_told_and_why(name: str, problem: Problem) -> None:
    [flaw] = _name_flaws(name)
    assert (flaw.field, flaw.problem) == ("name", problem)
    assert flaw.said().startswith("姓名")
    assert "重新出证" in flaw.said()


def test_in_clear_no_letter_of_a_name_is_told_and_of_a_course_it_is() -> None:
    [flaw] = _name_flaws("李𠮷")
    assert "“𠮷”（U+20BB7）" in flaw.said()
    assert flaw.is_personal
    assert "𠮷" not in flaw.said(is_clear=True)
    assert "20BB7" not in flaw.said(is_clear=True)
    [other] = lint.flaws_of(GOOD | {"course": "𠮷野家"}, FONTS)
    assert "“𠮷”（U+20BB7）" in other.said(is_clear=True)
    assert not other.is_personal


@pytest.mark.parametrize("field", ["type", "course", "institution", "period", "hours", "identity"])
def test_every_field_has_to_be_there(field: str) -> None:
    assert [flaw.problem for flaw in lint.flaws_of(GOOD | {field: " "}, FONTS)] == [Problem.EMPTY]


def test_a_plan_and_a_cluster_may_be_missing() -> None:
    assert lint.flaws_of(GOOD | {"programme": "", "cluster": ""}, FONTS) == ()


@settings(max_examples=60)
@given(st.text(min_size=1, max_size=12))
@example("é́")
@example("鿿́李")
@example("ﬀ")
@example("⿰李")
def test_what_passes_is_drawn_and_no_box_stands_for_a_letter(name: str) -> None:
    """The typesetter, in the mode in which a missing glyph is an error, agrees."""
    if _name_flaws(name):
        return
    artwork.draw_pdf(papers.facts(name=name, lines=[["姓名", name]]))


@settings(max_examples=60)
@given(
    st.characters(
        exclude_categories=["Cc", "Cf", "Cn", "Cs", "Co", "Zl", "Zp", "Zs", "Mn", "Mc", "Me"],
        exclude_characters="\u115f\u1160\u3164\uffa0",  # fillers of Hangul: letters nobody sees
    )
)
def test_a_letter_that_no_font_has_is_found(letter: str) -> None:
    if not lint.missing_glyphs(letter, FONTS):
        return
    if unicodedata.normalize("NFD", letter) != letter:
        return  # may be put together of letters that are there; a person looks anyway
    with pytest.raises(TypesettingError):
        artwork.draw_pdf(papers.facts(name=f"李{letter}"))


@pytest.mark.parametrize(
    "title",
    ["CO₂气体保护焊", "H₂O 检测", "10⁻⁶ 级精密测量", "x² 和 x³", "≥ 36 ℃ 的 φ20 №3 Ⅲ 类，5 Ω"],
)
def test_titles_with_small_figures_and_signs_of_measure_are_printed(title: str) -> None:
    assert lint.text_flaw("course", title, FONTS) is None
    shown = papers.facts(lines=[["课程", title]])
    with pikepdf.open(io.BytesIO(artwork.draw_pdf(shown))) as opened:
        fonts = {str(font.BaseFont).split("+")[1] for font in _fonts_of(opened)}
    has_small = any("\u2070" <= letter <= "\u2094" for letter in title)
    assert ("NotoSans-Regular" in fonts) is has_small


def _fonts_of(opened: pikepdf.Pdf) -> list[pikepdf.Object]:
    return [font for page in opened.pages for font in page.Resources.Font.values()]


def test_the_fonts_tables_are_read_alike_in_both_formats() -> None:
    for path in sorted(typesetting.FONTS[0].glob("*.otf")):
        found = glyphs.code_points(path.read_bytes())
        assert len(found) > 30_000
        assert {ord(char) for char in "李·AÄ0"} <= found
        assert ord("ا") not in found


@given(st.integers(1, 120), st.integers(1, 1900))
def test_the_codes_size_is_what_is_drawn(address: int, digits: int) -> None:
    text = "a" * (address - 1) + "#" + "7" * digits
    drawn = len(photographs.modules_of(text)) - 2 * _QUIET
    told = lint.modules_of(address, digits)
    # A few digits behind an address are drawn as letters: sparser, never denser.
    assert told - (4 if digits < _FEW_DIGITS else 0) <= min(drawn, _MOST_TOLD) <= told


def test_names_that_are_too_long_together_are_told_before_a_number_is_given() -> None:
    message = len(scan.minimum_of(STATED))
    assert lint.code_flaw(45, scan.payload_bytes(b"x" * message)) is None
    flaw = lint.code_flaw(45, scan.payload_bytes(b"x" * 400))
    assert flaw is not None
    assert flaw.problem is Problem.CODE_TOO_DENSE
    assert "最多 73 格" in flaw.said()


_HOSTS = ["https://shixue.example", "http://127.0.0.1:8000", "https://zz.sc-train.example:8443"]


@settings(max_examples=25)
@given(
    st.sampled_from(_HOSTS), st.from_regex(r"[A-Za-z0-9_-]{16}", fullmatch=True),
    st.integers(10**299, 10**899),
)  # fmt: skip
def test_a_code_that_passes_is_drawn_no_denser_and_read_back(
    host: str, public_id: str, number: int
) -> None:
    text = scan.text_of(host, public_id, str(number))
    told = lint.modules_of(len(text.partition("#")[0]) + 1, len(str(number)))
    svg = artwork.qr_svg(text)
    found = re.search(r'<svg width="(\d+)"', svg)
    assert found is not None
    # Digits that end an address may be packed with those behind it: sparser, never denser.
    assert told - 4 <= int(found[1]) - 8 <= told
    if told <= lint.MOST_MODULES:
        assert artwork.read_codes(artwork.draw_png(papers.facts(qr=svg))) == [text]
