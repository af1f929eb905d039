"""JSON that two readers could read differently is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.certs.rules.strict_json import (
    MOST_BYTES,
    MOST_DEEP,
    UnreadableError,
    check,
    is_otherwise_encoded,
    read,
    read_once,
)

_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
_PLAIN = st.one_of(_TEXT, st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1))
_VALUES = st.recursive(
    _PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3),
        st.dictionaries(_TEXT, inner, min_size=1, max_size=3),
    ),
    max_leaves=12,
)


@given(st.dictionaries(_TEXT, _VALUES, min_size=1, max_size=4))
def test_what_everybody_reads_alike_is_read(document: dict) -> None:
    assert read(json.dumps(document).encode()) == document
    assert read(json.dumps(document, ensure_ascii=False).encode()) == document


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "no JSON"),
        (b"[]", "no object"),
        (b'"x"', "no object"),
        (b'{"a": 1', "no JSON"),
        (b'{"a": 1} x', "no JSON"),
        (b'\xef\xbb\xbf{"a": 1}', "no JSON"),
        (b'{"a": "\xff"}', "no JSON"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": 1, "\\u0061": 1}', "twice"),
        (b'{"o": {"b": 1, "c": 2, "b": 1}}', "twice"),
        (b'{"a": NaN}', "no number"),
        (b'{"a": -Infinity}', "no number"),
        (b'{"a": 1e999}', "number"),
        (b'{"a": 9007199254740992}', "number"),
        (b'{"a": 1' + b"0" * 5000 + b"}", "no JSON"),
        (b'{"a": null}', "NoneType"),
        (b'{"a": []}', "empty"),
        (b'{"a": {}}', "empty"),
        (b"{}", "empty"),
        (b'{"a": "\\u0000"}', "U\\+0000"),
        (b'{"a": "x\\ny"}', "U\\+000A"),
        (b'{"a\\u0085": 1}', "U\\+0085"),
        (b'{"a": "\\ud842"}', "U\\+D842"),
        (b'{"a": "' + b"x" * MOST_BYTES + b'"}', "longer"),
        (b'{"a":' * (MOST_DEEP + 1) + b"1" + b"}" * (MOST_DEEP + 1), "too deep"),
        (b'{"a":' + b"[" * 100_000, "no JSON"),
        (b'{"a": [' + b'{"type": "Evidence"},' * 400 + b"1]}", "too much"),
    ],
)
def test_what_two_could_read_differently_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(UnreadableError, match=why):
        read(raw)


def test_a_value_that_is_no_json_is_refused_too() -> None:
    with pytest.raises(UnreadableError, match="no text"):
        check({"a": {1: "x"}})
    with pytest.raises(UnreadableError, match="tuple"):
        check({"a": (1,)})


def test_a_name_that_stands_twice_among_many_is_found_at_once() -> None:
    many = ",".join(f'"k{place}":1' for place in range(40_000))
    with pytest.raises(UnreadableError, match="twice"):
        read(f'{{{many},"k39999":2}}'.encode())


@given(st.dictionaries(_TEXT, _VALUES, min_size=1, max_size=4))
def test_another_encoding_is_refused_and_named(document: dict) -> None:
    text = json.dumps(document, ensure_ascii=False)
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"):
        raw = text.encode(encoding)
        assert is_otherwise_encoded(raw), encoding
        with pytest.raises(UnreadableError):
            read_once(raw)
    for encoding in ("utf-8", "utf-8-sig"):
        raw = text.encode(encoding)
        assert not any(is_otherwise_encoded(raw[:end]) for end in range(len(raw) + 1))


@pytest.mark.parametrize(
    ("raw", "is_one"),
    [
        ('{"姓名": "李晓梅"}'.encode("gb18030"), True),
        (b'\r\n {"a": "\xff"}', True),
        (b"PK\x03\x04\xff{", False),
        (b"\xff\xd8\xff\xe0", False),
        (b"", False),
        (b"\x00" * 40, False),
    ],
)
def test_only_what_begins_like_an_object_is_called_a_text(raw: bytes, *, is_one: bool) -> None:
    assert is_otherwise_encoded(raw) is is_one
