"""The list of bits: as W3C publishes it, read back, bounded, and with three answers."""

import base64
import datetime as dt
import gzip
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.certs.providers import proofs
from app.certs.rules import status_list
from app.certs.rules.status_list import LEAST, MOST, encode
from tests import credentials
from tests.status_reading import Standing, decode, is_set, standing

# Bitstring Status List 1.0, example 3: the list in which nothing is set.
PUBLISHED = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
ENTRY = credentials.unsigned()["credentialStatus"]
INDEX = credentials.PLACE.index


def _packed(raw: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _gzip(zeros: int) -> bytes:
    return gzip.compress(bytes(zeros), mtime=0)


def test_the_list_that_w3c_publishes() -> None:
    bits = decode(PUBLISHED)
    assert bits == bytes(LEAST // 8)
    ours = encode([])
    assert decode(ours) == bits
    # gzip's head names no time and no file; what follows may be packed otherwise elsewhere.
    assert ours[:13] == PUBLISHED[:13]
    assert not any(is_set(bits, index) for index in (0, 1, INDEX, LEAST - 1))


def test_the_first_place_is_the_highest_bit_of_the_first_byte() -> None:
    bits = decode(encode([0, 9, LEAST - 1]))
    assert bits[:2] == b"\x80\x40"
    assert bits[-1] == 1


@given(st.sets(st.integers(0, LEAST - 1), max_size=200))
@settings(max_examples=40)
def test_what_is_set_is_read_back_and_nothing_else(revoked: set[int]) -> None:
    bits = decode(encode(revoked))
    assert {index for index in range(LEAST) if bits[index // 8] and is_set(bits, index)} == revoked


@pytest.mark.parametrize("entries", [0, 8, LEAST - 8, LEAST + 1, MOST + 8])
def test_a_list_of_another_size_is_not_made(entries: int) -> None:
    with pytest.raises(ValueError, match="entries"):
        encode([], entries=entries)


@pytest.mark.parametrize("index", [-1, LEAST])
def test_a_place_outside_is_not_set(index: int) -> None:
    with pytest.raises(ValueError, match="no place"):
        encode([index])


@pytest.mark.parametrize(
    "encoded",
    [
        "", "u", PUBLISHED[1:], "z" + PUBLISHED[1:], PUBLISHED + "=", PUBLISHED[:-8],
        PUBLISHED.replace("-", "+"), PUBLISHED[:20] + "\n" + PUBLISHED[20:], PUBLISHED[:-1] + "九",
        _packed(b"no gzip"),
        _packed(_gzip(LEAST // 8) + b"more"),
        _packed(_gzip(LEAST // 8) * 2),
        _packed(_gzip(LEAST // 8 - 1)),
        _packed(_gzip(MOST // 8 + 1)),
    ],
)  # fmt: skip
def test_anything_but_one_whole_list_is_refused(encoded: str) -> None:
    with pytest.raises(ValueError, match=r"base64url|unpacked|size"):
        decode(encoded)


def test_a_small_file_that_unfolds_without_end_is_not_unfolded() -> None:
    bomb = gzip.compress(bytes(64 * 1024 * 1024), compresslevel=9)
    assert len(bomb) < 128 * 1024
    with pytest.raises(ValueError, match="proper size"):
        decode(_packed(bomb))


def test_three_answers() -> None:
    now = credentials.NOW
    assert standing(ENTRY, credentials.published_list(), now=now) is Standing.VALID
    assert standing(ENTRY, credentials.published_list(INDEX), now=now) is Standing.REVOKED
    others = credentials.published_list(INDEX - 1, INDEX + 1)
    assert standing(ENTRY, others, now=now) is Standing.VALID
    late = now + dt.timedelta(days=1, seconds=1)
    for moment in (late, now - dt.timedelta(seconds=1)):
        assert standing(ENTRY, credentials.published_list(), now=moment) is Standing.UNKNOWN


@pytest.mark.parametrize(
    "change",
    [
        {"type": "StatusList2021Entry"}, {"statusPurpose": "suspension"}, {"statusSize": 2},
        {"statusListIndex": INDEX}, {"statusListIndex": "-1"}, {"statusListIndex": "07"},
        {"statusListIndex": "1e3"}, {"statusListIndex": str(LEAST)}, {"statusListIndex": "٧"},
        {"statusListIndex": "9" * 30}, {"statusListCredential": f"{credentials.LIST_ADDRESS}/2"},
    ],
)  # fmt: skip
def test_an_entry_that_does_not_fit_is_unknown(change: dict[str, Any]) -> None:
    listed = credentials.published_list()
    assert standing(ENTRY | change, listed, now=credentials.NOW) is Standing.UNKNOWN


@pytest.mark.parametrize("entry", [None, [], [ENTRY], "revoked", {}])
def test_an_entry_of_another_shape_is_unknown(entry: object) -> None:
    assert standing(entry, credentials.published_list(), now=credentials.NOW) is Standing.UNKNOWN


def test_a_list_that_lacks_anything_is_unknown() -> None:
    listed = credentials.published_list(INDEX)
    del listed["proof"]
    needless = {
        ("@context",),
        ("issuer",),
        ("credentialSubject", "id"),
        ("credentialSubject", "ttl"),
    }
    for path in credentials.places(listed):
        if path[0] == "@context" or path in needless or path == ("type", 0):
            continue
        less = credentials.without(listed, path)
        assert standing(ENTRY, less, now=credentials.NOW) is Standing.UNKNOWN, path
        other = credentials.with_value(listed, path, 7)
        assert standing(ENTRY, other, now=credentials.NOW) is Standing.UNKNOWN, path


def test_the_list_is_signed_as_credentials_are() -> None:
    listed = credentials.published_list(INDEX)
    checked = {"did": credentials.DID, "keys": credentials.KEYS, "now": credentials.NOW}
    assert proofs.verify(listed, **checked) is None
    unset = credentials.with_value(listed, ("credentialSubject", "encodedList"), encode([]))
    assert proofs.verify(unset, **checked) is not None
    assert listed["credentialSubject"]["ttl"] == 300_000
    assert listed["credentialSubject"]["statusPurpose"] == status_list.PURPOSE
