"""Files out of a form without scripts: as a browser writes them, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.certs.rules.form_data import MOST_PARTS, FormFlawError, FormPart, boundary_of, read

BOUNDARY = b"----WebKitFormBoundaryAbC123"
NAMES = st.text(
    st.characters(exclude_characters='"\r\n%', exclude_categories=("Cs",)), min_size=1, max_size=20
)
CONTENTS = st.binary(max_size=200).filter(lambda each: BOUNDARY not in each)
PARTS = st.builds(FormPart, NAMES, st.none() | NAMES, CONTENTS)


def written(parts: list[FormPart], boundary: bytes = BOUNDARY) -> bytes:
    """As a browser writes a form."""
    body = b""
    for part in parts:
        head = f'Content-Disposition: form-data; name="{part.name}"'
        if part.filename is not None:
            head += f'; filename="{part.filename}"\r\nContent-Type: application/pdf'
        body += b"--" + boundary + b"\r\n" + head.encode() + b"\r\n\r\n" + part.content + b"\r\n"
    return body + b"--" + boundary + b"--\r\n"


@given(st.lists(PARTS, max_size=5))
def test_what_was_written_is_read(parts: list[FormPart]) -> None:
    assert read(written(parts), BOUNDARY) == parts


@given(st.lists(PARTS, min_size=1, max_size=3), st.data())
def test_a_form_that_was_cut_short_is_none(parts: list[FormPart], data: st.DataObject) -> None:
    whole = written(parts)
    end = data.draw(st.integers(0, len(whole) - 4))
    with pytest.raises(FormFlawError):
        read(whole[:end], BOUNDARY)


@given(st.binary(max_size=300))
def test_whatever_it_is_it_is_read_or_refused(body: bytes) -> None:
    try:
        assert isinstance(read(body, b"B"), list)
    except FormFlawError:
        pass


def test_signs_that_browsers_spell_otherwise() -> None:
    body = written([FormPart("files", "a%22b%0D%0A.pdf", b"x")])
    assert read(body, BOUNDARY) == [FormPart("files", 'a"b\r\n.pdf', b"x")]


@pytest.mark.parametrize(
    "body",
    [
        b"--B\r\n\r\nno head\r\n--B--", b"--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--",
        b'--B\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nx\r\n--B--', b"--Bx", b"",
        b'--Bx\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--B--',
        b"--B\r\n\r\n" * (MOST_PARTS + 2),
    ],
)  # fmt: skip
def test_what_is_no_form(body: bytes) -> None:
    with pytest.raises(FormFlawError):
        read(body, b"B")


@pytest.mark.parametrize(
    ("told", "boundary"),
    [
        ("multipart/form-data; boundary=----WebKitFormBoundaryAbC123", BOUNDARY),
        ('multipart/form-data; boundary="a b"', b"a b"),
        ("multipart/form-data;boundary=x", b"x"),
    ],
)
def test_the_boundary(told: str, boundary: bytes) -> None:
    assert boundary_of(told) == boundary


@pytest.mark.parametrize(
    "told", ["", "application/json", "multipart/form-data", "multipart/form-data; boundary=",
             "multipart/form-data; boundary=a b", "multipart/mixed; boundary=a"],
)  # fmt: skip
def test_no_boundary(told: str) -> None:
    with pytest.raises(FormFlawError):
        boundary_of(told)
