"""Range requests as RFC 9110 (13.1.5, 14) has them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.ranges import Asked, Span, has_copy, span_of

ETAG = '"abc"'


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=2-5", (2, 6)),
        ("Bytes= 2-5 ", (2, 6)),
        ("bytes=7-", (7, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=-99", (0, 10)),
        ("bytes=0-99", (0, 10)),
    ],
)
def test_one_range_is_a_part(header: str, wanted: tuple[int, int]) -> None:
    assert span_of(Asked("GET", header), 10, ETAG) == Span(*wanted, 10, is_part=True)


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-20", "bytes=-0", f"bytes={10**17}-"])
def test_what_cannot_be_met_is_none(header: str) -> None:
    assert span_of(Asked("GET", header), 10, ETAG) is None


@pytest.mark.parametrize(
    "header",
    [
        "bytes=0-1,5-6", "bytes=5-2", "bytes=-", "bytes=a-b", "bytes=1", "items=0-1", "",
        f"bytes={'9' * 5000}-", "bytes=٣-٤", "bytes=--1",
    ],
)  # fmt: skip
def test_what_is_not_one_range_is_the_whole(header: str) -> None:
    assert span_of(Asked("GET", header), 10, ETAG) == Span(0, 10, 10, is_part=False)


def test_a_range_of_another_copy_and_of_another_method_is_the_whole() -> None:
    whole = Span(0, 10, 10, is_part=False)
    assert span_of(Asked("GET", "bytes=0-1", '"old"'), 10, ETAG) == whole
    assert span_of(Asked("GET", "bytes=0-1", f"W/{ETAG}"), 10, ETAG) == whole
    assert span_of(Asked("GET", "bytes=0-1", "Thu, 26 Nov 2026 08:00:00 GMT"), 10, ETAG) == whole
    assert span_of(Asked("HEAD", "bytes=0-1"), 10, ETAG) == whole
    assert span_of(Asked("GET", "bytes=0-1", ETAG), 10, ETAG) == Span(0, 2, 10, is_part=True)


def test_a_copy_is_known_by_its_tag() -> None:
    assert has_copy(Asked("GET", if_none_match=ETAG), ETAG)
    assert has_copy(Asked("GET", if_none_match='"x", W/"abc"'), ETAG)
    assert has_copy(Asked("GET", if_none_match="*"), ETAG)
    assert not has_copy(Asked("GET", if_none_match='"x"'), ETAG)
    assert not has_copy(Asked("GET"), ETAG)


@given(st.text(max_size=40), st.integers(0, 2000))
def test_no_header_asks_for_what_is_not_there(header: str, size: int) -> None:
    for text in (header, f"bytes={header}"):
        span = span_of(Asked("GET", text), size, ETAG)
        assert span is None or 0 <= span.start <= span.end <= size
