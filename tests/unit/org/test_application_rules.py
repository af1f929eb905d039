"""An application to be an organisation: its one spelling, and what a licence may be."""

import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.org.rules.applications import (
    LEAST_LICENCE_BYTES,
    MOST_LICENCE_BYTES,
    ApplicationFlawError,
    Entered,
    LicenceKind,
    read,
    read_licence,
    tidy,
)
from app.org.rules.organisations import OrganisationKind

TYPES, PREFECTURES = ("association", "university"), ("510100",)
GOOD = Entered(
    kind=OrganisationKind.EMPLOYER, type_code="", name=" 岷江电子(成都)有限公司 ",
    uscc="91510100-MA6CX101X8", prefecture_code="510100", responsible="王建国",
    contact="028 8888 0000",
)  # fmt: skip


def _read(entered: Entered) -> Entered:
    return read(entered, types=TYPES, prefectures=PREFECTURES)


def test_what_is_right_is_brought_to_one_spelling() -> None:
    found = _read(GOOD)
    assert (found.name, found.uscc) == ("岷江电子（成都）有限公司", "91510100MA6CX101X8")
    assert _read(found) == found
    # A kind of institution that an employer sent along says nothing.
    assert _read(replace(GOOD, type_code="association")).type_code == ""


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"uscc": "91510100MA6CX101X9"}, "uscc"),
        ({"uscc": "9151"}, "uscc"),
        ({"name": " 公司 "}, "name"),
        ({"prefecture_code": "110000"}, "prefecture_code"),
        ({"kind": OrganisationKind.INSTITUTION}, "type_code"),
        ({"kind": OrganisationKind.INSTITUTION, "type_code": "bank"}, "type_code"),
    ],
)
def test_what_is_wrong_names_its_field_and_the_remedy(change: dict, field: str) -> None:
    with pytest.raises(ApplicationFlawError) as flaw:
        _read(replace(GOOD, **change))
    assert (flaw.value.field, bool(flaw.value.remedy)) == (field, True)


@given(st.text(max_size=60))
def test_tidying_twice_is_tidying_once(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@pytest.mark.parametrize(
    ("kind", "begins"),
    [
        (LicenceKind.JPEG, b"\xff\xd8\xff\xe0"),
        (LicenceKind.PNG, b"\x89PNG\r\n\x1a\n"),
        (LicenceKind.PDF, b"%PDF-1.7"),
    ],
)
def test_a_licence_is_known_by_its_first_bytes(kind: LicenceKind, begins: bytes) -> None:
    content = begins + b"x" * LEAST_LICENCE_BYTES
    assert read_licence(base64.b64encode(content).decode()) == (content, kind)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<svg onload=alert(1)>" + b"x" * 4096, "只收"),
        (b"GIF89a" + b"x" * 4096, "只收"),
        (b"\xff\xd8\xff", "没有内容"),
        (b"\xff\xd8\xff" + b"x" * MOST_LICENCE_BYTES, "超过"),
    ],
)
def test_what_is_no_licence_is_refused_in_words(content: bytes, says: str) -> None:
    with pytest.raises(ApplicationFlawError, match=says):
        read_licence(base64.b64encode(content).decode())


@pytest.mark.parametrize("text", ["=", "a", "AA=A", "@@@@"])
def test_what_came_in_pieces_is_refused(text: str) -> None:
    with pytest.raises(ApplicationFlawError, match="传完整"):
        read_licence(text)
