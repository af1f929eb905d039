"""Document numbers: published examples, and everything that one slip of the hand makes of them."""

import datetime as dt
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.rules.documents import Document, DocumentError, DocumentFlaw, DocumentType
from app.identity.rules.id_number import (
    check_letter,
    foreign_check_digit,
    likely_type,
    normalise,
    parse,
)

TODAY = dt.date(2026, 11, 27)
RESIDENT, PERMIT, FOREIGN = DocumentType
GROWN_UP = st.dates(dt.date(1930, 1, 1), dt.date(2010, 1, 1))
SERIALS = st.integers(0, 999).map("{:03d}".format)


def _of_18(kind: DocumentType, regions: st.SearchStrategy[str]) -> st.SearchStrategy[Document]:
    def build(region: str, born_on: dt.date, serial: str) -> Document:
        first_17 = f"{region}{born_on:%Y%m%d}{serial}"
        number = first_17 + check_letter(first_17)
        return Document(kind, number, born_on, is_male=int(serial[-1]) % 2 == 1)

    return st.builds(build, regions, GROWN_UP, SERIALS)


def _of_2004(nation: str, region: str, born_on: dt.date, serial: int) -> Document:
    first_14 = f"{nation}{region}{born_on:%y%m%d}{serial}"
    number = first_14 + foreign_check_digit(first_14)
    return Document(FOREIGN, number, born_on, is_male=serial % 2 == 1)


PROVINCES = st.sampled_from(["11", "23", "31", "44", "51", "54", "65", "71"])
RESIDENTS = _of_18(RESIDENT, st.builds("{}{:04d}".format, PROVINCES, st.integers(100, 9999)))
PERMITS = _of_18(PERMIT, st.sampled_from(["810000", "820000", "830000"]))
FOREIGNERS = _of_18(FOREIGN, st.builds("9{}{:03d}".format, PROVINCES, st.integers(0, 999)))
FOREIGNERS_OF_2004 = st.builds(
    _of_2004, st.text(string.ascii_uppercase, min_size=3, max_size=3),
    st.builds("{}{:02d}".format, PROVINCES, st.integers(0, 99)), GROWN_UP, st.integers(0, 9),
)  # fmt: skip
OF_18 = st.one_of(RESIDENTS, PERMITS, FOREIGNERS)


def _reads(kind: DocumentType, number: str) -> bool:
    try:
        parse(kind, number, today=TODAY)
    except DocumentError:
        return False
    return True


@pytest.mark.parametrize(
    ("kind", "number", "born_on", "is_male"),
    [
        (RESIDENT, "11010519491231002X", dt.date(1949, 12, 31), False),
        (PERMIT, "810000199408230021", dt.date(1994, 8, 23), False),
        (PERMIT, "830000199201300022", dt.date(1992, 1, 30), False),
        (FOREIGN, "911124198108030024", dt.date(1981, 8, 3), False),
    ],
)
def test_published_numbers_are_read(
    kind: DocumentType, number: str, born_on: dt.date, *, is_male: bool
) -> None:
    read = parse(kind, number, today=TODAY)
    assert read == Document(kind, number, born_on, is_male)
    assert likely_type(number) is kind


@pytest.mark.parametrize(
    ("kind", "number", "flaw"),
    [
        (RESIDENT, "440524188001010014", DocumentFlaw.TOO_OLD),
        (PERMIT, "820000199403140014", DocumentFlaw.CHECK_DIGIT),
        (RESIDENT, "810000199408230021", DocumentFlaw.REGION),
        (PERMIT, "11010519491231002X", DocumentFlaw.FORMAT),
        (FOREIGN, "11010519491231002X", DocumentFlaw.FORMAT),
        (RESIDENT, "911124198108030024", DocumentFlaw.FORMAT),
        (RESIDENT, "110105194912310029", DocumentFlaw.CHECK_DIGIT),
        (RESIDENT, "110105194902300020", DocumentFlaw.BIRTH_DATE),
        (RESIDENT, "990105194912310020", DocumentFlaw.FORMAT),
        (RESIDENT, "770105194912310020", DocumentFlaw.REGION),
        (RESIDENT, "", DocumentFlaw.FORMAT),
        (RESIDENT, "110105491231002", DocumentFlaw.FORMAT),
        (RESIDENT, "1101051949123100２X１", DocumentFlaw.FORMAT),
    ],
)
def test_what_cannot_be_right_says_why(kind: DocumentType, number: str, flaw: DocumentFlaw) -> None:
    with pytest.raises(DocumentError) as refused:
        parse(kind, number, today=TODAY)
    assert refused.value.flaw is flaw
    assert refused.value.sentence.endswith("。")


def test_the_digit_that_was_expected_makes_the_number_good() -> None:
    assert check_letter("82000019940314001") == "0"
    assert parse(PERMIT, "820000199403140010", today=TODAY).born_on == dt.date(1994, 3, 14)


@given(OF_18)
def test_generated_numbers_are_read_as_they_were_made(document: Document) -> None:
    assert parse(document.document_type, document.number, today=TODAY) == document
    assert likely_type(document.number) is document.document_type


@given(FOREIGNERS_OF_2004)
def test_generated_numbers_of_the_form_of_2004_are_read(document: Document) -> None:
    read = parse(FOREIGN, document.number, today=TODAY)
    assert (read.number, read.is_male) == (document.number, document.is_male)
    assert read.born_on.strftime("%y%m%d") == document.born_on.strftime("%y%m%d")
    assert likely_type(document.number) is FOREIGN


@given(OF_18)
def test_no_single_wrong_character_is_read(document: Document) -> None:
    number = document.number
    slips = {
        number[:place] + other + number[place + 1 :]
        for place in range(18)
        for other in string.digits + "X"
        if other != number[place]
    }
    for kind in DocumentType:
        assert [slip for slip in slips if _reads(kind, slip)] == []


@given(OF_18)
def test_no_two_neighbours_that_changed_places_are_read(document: Document) -> None:
    number = document.number
    for place in range(17):
        if number[place] == number[place + 1]:
            continue
        slip = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        assert not any(_reads(kind, slip) for kind in DocumentType), slip


@given(FOREIGNERS_OF_2004)
def test_no_single_wrong_digit_of_the_form_of_2004_is_read(document: Document) -> None:
    """Its check (ICAO 9303) counts by ten: letters ten apart, such as A and K, are one to it."""
    number = document.number
    for place in range(15):
        is_letter = number[place].isalpha()
        for other in string.ascii_uppercase if is_letter else string.digits:
            slip = number[:place] + other + number[place + 1 :]
            alike = is_letter and (ord(other) - ord(number[place])) % 10 == 0
            assert _reads(FOREIGN, slip) == alike or other == number[place], slip


@given(OF_18, st.sampled_from([" ", "-", "\u3000", "\u00a0", "\u200b"]), st.integers(1, 17))
def test_what_hands_and_copies_add_is_taken_off(
    document: Document, filler: str, place: int
) -> None:
    wide = "".join(chr(ord(char) + 0xFEE0) for char in document.number[:place].lower())
    typed = f" {wide}{filler}{document.number[place:].lower()} "
    assert normalise(typed) == document.number
    assert parse(document.document_type, typed, today=TODAY) == document


@given(st.dates(dt.date(2010, 11, 20), dt.date(2010, 12, 5)), SERIALS)
def test_the_birthday_itself_is_the_first_day_that_is_old_enough(
    born_on: dt.date, serial: str
) -> None:
    first_17 = f"510104{born_on:%Y%m%d}{serial}"
    assert _reads(RESIDENT, first_17 + check_letter(first_17)) == (born_on <= dt.date(2010, 11, 27))


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    for kind in DocumentType:
        if _reads(kind, text):
            assert normalise(text) == parse(kind, text, today=TODAY).number
