"""R18: the chain of MACs, with the protocol's own vector."""

import pytest

from app.learning.rules.chain import decode, encode, first_head, is_signed, next_head

KEY = decode("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
SESSION = "01JD8Z6Q3V9K2M4N5P6R7S8T9V"
MAC0 = "QJTxfiuB4_QjSuGIPzWDECM2pKFCzj2_1ZyMicSVkw8"
BODY1 = (
    b'{"lesson":"01JD8Z2F7C","beats":'
    b'[{"seq":1,"t":15000,"from":0,"to":15000,"rate":100,"visible":true}]}'
)
MAC1 = "hso6zyRPYMTfHivKxsaKcoljnex0QcJPE4CPJ3dpmXE"
BODY2 = (
    b'{"lesson":"01JD8Z2F7C","beats":'
    b'[{"seq":2,"t":30000,"from":15000,"to":30000,"rate":100,"visible":true},'
    b'{"seq":3,"t":41000,"from":30000,"to":41000,"rate":100,"visible":true}]}'
)
MAC2 = "Olcg1fmll5p2chcWED0FcUnJ4s8P8ieGkor-AtQr_vc"


def test_r18_the_vector_of_the_protocol():
    assert first_head(KEY, SESSION) == MAC0
    assert next_head(KEY, MAC0, BODY1) == MAC1
    assert next_head(KEY, MAC1, BODY2) == MAC2


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


def test_text_and_bytes_are_one_to_one():
    assert decode(encode(b"\x00\xff\xfe")) == b"\x00\xff\xfe"
    assert decode("AA==") is None
