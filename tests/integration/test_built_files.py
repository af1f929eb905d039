"""The build's files leave packed to whoever can unpack them, and are the same for everybody."""

import gzip

import pytest
from starlette.testclient import TestClient


def _style(client: TestClient) -> str:
    page = client.get("/verify").text
    return page.partition('<link rel="stylesheet" href="')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("br, gzip", "br"), ("gzip", "gzip"), ("gzip;q=1.0, br;q=0", "gzip"), ("identity", None),
     ("", None), ("zstd", None)],
)  # fmt: skip
def test_a_style_sheet_leaves_as_it_is_wanted(
    client: TestClient, accepted: str, coding: str | None
) -> None:
    address = _style(client)
    headers = {"accept-encoding": accepted}
    with client.stream("GET", address, headers=headers) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.status_code == 200
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["vary"] == "accept-encoding"
    assert "immutable" in answer.headers["cache-control"]
    plain = client.get(address, headers={"accept-encoding": "identity"}).content
    assert plain.startswith((b"/*", b"@", b":", b"."))
    if coding is None:
        assert raw == plain
    else:
        assert len(raw) < len(plain) / 4
    if coding == "gzip":
        assert gzip.decompress(raw) == plain


def test_an_etag_is_of_one_form(client: TestClient) -> None:
    address = _style(client)
    packed = client.get(address, headers={"accept-encoding": "gzip"})
    plain = client.get(address, headers={"accept-encoding": "identity"})
    assert packed.headers["etag"] != plain.headers["etag"]
    again = {"accept-encoding": "gzip", "if-none-match": packed.headers["etag"]}
    assert client.get(address, headers=again).status_code == 304


def test_what_is_not_there_is_not_there(client: TestClient) -> None:
    answer = client.get("/static/assets/none.css", headers={"accept-encoding": "br"})
    assert answer.status_code == 404
