"""A seed makes one key and one certificate; an authority's chain is taken for that key alone."""

import datetime as dt
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from app.certs.providers import document_keys, pdf_reading
from app.certs.providers.document_keys import DocumentKey, WrongChainError
from app.core.crypto import KeyRing
from app.core.signatures import verify_p256
from tests import authorities

DAY = dt.datetime(2026, 11, 24, 15, 30, tzinfo=dt.UTC)
# Of that seed, by HKDF (RFC 5869) with nothing but HMAC.
SCALAR = 0x189837EC9EC48CA4662247ABBA0AD3B972EA8BCA4364CFAA7F86A594C4522764
KEY = document_keys.derive("0a1b2c3d", bytes(range(32)), DAY)


def test_a_known_seed_gives_the_scalar_that_was_reckoned_apart() -> None:
    """Fixed for ever: what was signed has to be checked by it later."""
    assert KEY.private.private_numbers().private_value == SCALAR


@settings(max_examples=30)
@given(st.binary(min_size=32, max_size=32))
def test_every_seed_gives_a_key_of_the_group_and_always_the_same(seed: bytes) -> None:
    key = document_keys.derive("00000000", seed, DAY)
    assert key.spki == document_keys.derive("ffffffff", seed, DAY).spki
    assert 1 <= key.private.private_numbers().private_value < document_keys.ORDER
    assert document_keys.certificate(key, "x").serial_number > 0


def test_signatures_need_no_luck() -> None:
    assert KEY.sign(b"x") == KEY.sign(b"x")
    KEY.private.public_key().verify(KEY.sign(b"x"), b"x", ec.ECDSA(SHA256()))


def test_the_certificate_is_the_same_each_time_and_says_whose_and_what_for() -> None:
    own = document_keys.certificate(KEY, "实学平台")
    assert own == document_keys.certificate(KEY, "实学平台")
    own.verify_directly_issued_by(own)
    assert own.serial_number == 0x10A1B2C3D
    assert own.not_valid_before_utc == dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    assert own.not_valid_after_utc == dt.datetime(2076, 1, 1, tzinfo=dt.UTC)
    names = {each.rfc4514_attribute_name: each.value for each in own.subject}
    assert names == {"C": "CN", "O": "实学平台", "CN": "实学证书签章", "2.5.4.5": "0a1b2c3d"}
    usage = own.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert usage.value.content_commitment
    assert not usage.value.key_cert_sign
    assert own.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False


def test_a_key_drawn_on_a_leap_day_has_a_certificate() -> None:
    leap = document_keys.derive("00000001", b"1" * 32, dt.datetime(2028, 2, 29, 9, tzinfo=dt.UTC))
    own = document_keys.certificate(leap, "")
    assert own.not_valid_after_utc.year == 2078


def test_another_key_signs_and_the_old_one_is_known(tmp_path: Path) -> None:
    keys = KeyRing(tmp_path, may_create=True)
    first = document_keys.newest(keys)
    assert first.since == dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    keys.add("documents", now=DAY)
    second = document_keys.newest(keys)
    assert second.key_id != first.key_id
    assert second.since == dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    assert document_keys.public_keys(keys) == {
        first.key_id: first.spki, second.key_id: second.spki,
    }  # fmt: skip
    assert not verify_p256(first.spki, second.sign(b"x"), b"x")


def test_a_request_is_signed_by_the_key() -> None:
    asked = x509.load_pem_x509_csr(document_keys.request(KEY, "实学平台").encode())
    assert asked.is_signature_valid
    assert asked.public_key() == KEY.private.public_key()


def test_a_chain_for_this_key_is_taken() -> None:
    chain = authorities.chain_for(KEY)
    assert document_keys.read_chain(_pem(*chain), KEY) == chain
    assert document_keys.read_chain(_pem(chain[0]), KEY) == chain[:1]


@pytest.mark.parametrize(
    ("given_chain", "why"),
    [
        (lambda: b"", "no certificates"),
        (lambda: b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "no cert"),
        (lambda: _pem(*authorities.chain_for(_other())), "not for the document key 0a1b2c3d"),
        (lambda: _pem(*reversed(authorities.chain_for(KEY))), "not for the document key"),
        (lambda: _pem(*authorities.chain_for(KEY, may_sign=False)), "may not sign"),
        (lambda: _pem(authorities.chain_for(KEY)[0], authorities.root("另一家")), "issued it"),
        (lambda: _pem(*[document_keys.certificate(KEY, "x")] * 6), "at most 5"),
    ],
)
def test_every_other_chain_is_refused_with_the_reason(given_chain, why: str) -> None:
    with pytest.raises(WrongChainError, match=why):
        document_keys.read_chain(given_chain(), KEY)


def _other() -> DocumentKey:
    return document_keys.derive("0a1b2c3d", b"\x00" * 32, DAY)


def _pem(*chain: x509.Certificate) -> bytes:
    return b"".join(each.public_bytes(Encoding.PEM) for each in chain)


def test_a_name_that_cannot_be_read_is_not_ours_and_no_error() -> None:
    """The library reads names only when asked, so a stranger's certificate comes as far as that."""
    der = document_keys.certificate(KEY, "实学").public_bytes(Encoding.DER)
    name = document_keys.NAME.encode()
    assert pdf_reading.is_named(x509.load_der_x509_certificate(der))
    broken = x509.load_der_x509_certificate(der.replace(name, b"\xff" * len(name)))
    assert not pdf_reading.is_named(broken)
