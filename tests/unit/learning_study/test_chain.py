"""R18: the chain of MACs, with the protocol's own vector (shared with the page's own tests)."""

import hmac
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules.chain import decode, encode, first_head, is_signed, next_head

VECTOR = json.loads((Path(__file__).parents[2] / "vectors" / "study.json").read_text("utf-8"))
KEY = decode(VECTOR["key"])
MAC0 = VECTOR["mac0"]
BODY1 = VECTOR["batches"][0]["body"].encode()
MAC1 = VECTOR["batches"][0]["mac"]


def test_r18_the_vector_of_the_protocol():
    head = first_head(KEY, VECTOR["session_id"])
    assert head == MAC0
    for batch in VECTOR["batches"]:
        head = next_head(KEY, head, batch["body"].encode())
        assert head == batch["mac"]


def test_r18_a_signature_holds_for_its_body_its_place_and_its_key_only():
    assert is_signed(KEY, MAC0, BODY1, MAC1)
    assert not is_signed(KEY, MAC0, BODY1 + b" ", MAC1)
    assert not is_signed(KEY, MAC1, BODY1, MAC1)
    assert not is_signed(bytes(32), MAC0, BODY1, MAC1)


@pytest.mark.parametrize("mac", ["", "A", MAC1 + "=", MAC1[:-1], MAC1[:-1] + "F", "机", "*" * 43])
def test_r18_another_spelling_of_a_mac_is_no_mac(mac):
    assert not is_signed(KEY, MAC0, BODY1, mac)
    assert not is_signed(KEY, mac, BODY1, MAC1)
    with pytest.raises(ValueError, match="head"):
        next_head(KEY, mac, BODY1)


@given(st.binary(min_size=1, max_size=64), st.binary(max_size=200))
def test_r18_a_head_is_an_hmac_of_what_came_before_and_the_body(key: bytes, body: bytes) -> None:
    head = first_head(key, "s")
    assert decode(head) == hmac.digest(key, b"s", "sha256")
    mac = next_head(key, head, body)
    assert decode(mac) == hmac.digest(key, hmac.digest(key, b"s", "sha256") + body, "sha256")
    assert is_signed(key, head, body, mac)


@pytest.mark.parametrize("size", range(33))
def test_text_and_bytes_of_every_length_are_one_to_one(size):
    raw = bytes(range(200, 200 + size))
    assert decode(encode(raw)) == raw


def test_text_and_bytes_are_one_to_one():
    assert encode(b"\x00\xff\xfe") == "AP_-"
    assert encode(b"\x00\x00\x17") == "AAAX"
    assert decode("AAAX") == b"\x00\x00\x17"
    assert decode("AA==") is None
    assert decode("机") is None
    assert decode("A") is None
