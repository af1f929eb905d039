"""SM2 by four hands: the standard's example, OpenSSL, gmssl-pyx, and the two checks of ours."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from gmssl_pyx import sm2_verify
from hypothesis import given, settings
from hypothesis import strategies as st

from app.certs.providers import sm2, sm2_keys
from app.core.crypto import KeyRing, b64url
from tests.conftest import START
from verifier.sm2 import is_signed_sm2

# GB/T 32918.2 on the curve of GB/T 32918.5, annex A: key, message, signature.
D = 0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8
POINT = bytes.fromhex(
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
SIGNATURE = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)
MESSAGE = b"message digest"
# OpenSSL 3.0.19: genpkey -pkeyopt ec_paramgen_curve:SM2, pkeyutl -sign -rawin -digest sm3
# -pkeyopt distid:1234567812345678.
BY_OPENSSL = bytes.fromhex(
    "3046022100e798a46bfdc9ba75e7b9373a2d233e95658db198111cd61b57dfe92f190ed97a"
    "022100d53c5f00ee5dfbc3169075243c2c8aaca0513fbc78681cc6e08c00d3c6c566aa"
)
PEM = (
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAE50rE2pT6NF8GyACRgZpRN4TX74Ls\n"
    "Pxn/eipZFyy5yoboo2PWtVeOlVQgjgWXLaVTIvGfyvO0XoqCkooveE0ZLQ==\n"
    "-----END PUBLIC KEY-----\n"
)
KEY = sm2_keys.derive("20212223", bytes(range(64, 96)))
# Of that seed, by HKDF (RFC 5869).
SCALAR = 0x2AEAF5095B801A6C385CA8E3468A83A71B94F6C0665AB120466B42AAD0C212D1
Check = Callable[[bytes, bytes, bytes], bool]
CHECKS = pytest.mark.parametrize("check", [sm2.is_signed, is_signed_sm2])


@CHECKS
def test_the_standards_own_example_is_good(check: Check) -> None:
    assert sm2.point_of(D) == POINT
    assert check(POINT, SIGNATURE, MESSAGE)
    assert not check(POINT, SIGNATURE, MESSAGE + b".")


@CHECKS
def test_what_openssl_signed_is_good(check: Check) -> None:
    spki = base64.b64decode("".join(PEM.splitlines()[1:-1]))
    point = spki[-65:]
    assert sm2.spki_of(point) == spki
    assert sm2_keys.pem_of(point) == PEM
    raw = b"".join(part.to_bytes(32) for part in decode_dss_signature(BY_OPENSSL))
    assert check(point, raw, "实学 second signature".encode())
    assert not check(POINT, raw, "实学 second signature".encode())


@settings(max_examples=20)
@given(st.binary(max_size=300), st.integers(0, 64 * 8 - 1))
def test_what_is_signed_is_good_until_a_bit_of_it_changes(message: bytes, bit: int) -> None:
    made = KEY.sign(message)
    altered = (int.from_bytes(made) ^ 1 << bit).to_bytes(64)
    for check in (sm2.is_signed, is_signed_sm2):
        assert check(KEY.public_key, made, message)
        assert not check(KEY.public_key, altered, message)
        assert not check(KEY.public_key, made, message + b"\0")


@CHECKS
def test_what_is_no_key_or_no_signature_is_not_good(check: Check) -> None:
    n = sm2.N
    halves = (0, 1, n - 1, n, 2**256 - 1)
    for r in halves:
        for s in halves:
            assert not check(POINT, r.to_bytes(32) + s.to_bytes(32), MESSAGE)
    for key in (b"", POINT[:-1], POINT + b"\0", b"\3" + POINT[1:], POINT[:-1] + b"\x14"):
        assert not check(key, SIGNATURE, MESSAGE)
    for signature in (b"", SIGNATURE[:-1], SIGNATURE + b"\0"):
        assert not check(POINT, signature, MESSAGE)


def test_another_hand_finds_it_good_too() -> None:
    der = base64.b64decode("".join(PEM.splitlines()[1:-1]))
    assert sm2_verify(der[-64:], "实学 second signature".encode(), BY_OPENSSL, sm2.SIGNER)


def test_a_known_seed_gives_the_scalar_that_it_always_gave() -> None:
    assert KEY.scalar == SCALAR
    assert KEY.public_key == sm2.point_of(SCALAR)


@settings(max_examples=10)
@given(st.binary(min_size=32, max_size=32))
def test_every_seed_gives_a_key_of_the_group(seed: bytes) -> None:
    key = sm2_keys.derive("00000000", seed)
    assert 1 <= key.scalar <= sm2.N - 2
    assert sm2.is_signed(key.public_key, key.sign(b"x"), b"x")


def test_another_key_signs_and_the_old_one_is_known(tmp_path: Path) -> None:
    keys = KeyRing(tmp_path, may_create=True)
    assert sm2_keys.public_keys(keys) == {}
    assert not keys.is_kept("sm2"), "looking makes no key"
    first = sm2_keys.newest(keys)
    keys.add("sm2", now=START)
    second = sm2_keys.newest(keys)
    assert first.key_id != second.key_id
    assert sm2_keys.public_keys(keys) == {
        first.key_id: first.public_key, second.key_id: second.public_key,
    }  # fmt: skip
    assert not sm2.is_signed(second.public_key, first.sign(b"x"), b"x")


def test_a_signature_has_one_spelling() -> None:
    text = b64url(KEY.sign(b"x"))
    assert sm2_keys.is_good(KEY.public_key, text, b"x")
    last = "AQgw".index(text[-1]) if text[-1] in "AQgw" else 0
    for other in (text[:-1] + "BRhx"[last], text + "==", text[:-1], "", "€" * 86):
        assert not sm2_keys.is_good(KEY.public_key, other, b"x")


def test_where_nothing_can_sign_it_cannot_be_switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    sm2_keys.must_be_able(is_wanted=True)
    monkeypatch.setattr(sm2_keys.importlib.util, "find_spec", lambda _name: None)
    sm2_keys.must_be_able(is_wanted=False)
    with pytest.raises(sm2_keys.NoSm2Error, match="x86_64"):
        sm2_keys.must_be_able(is_wanted=True)
