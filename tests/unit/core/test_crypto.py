"""Field encryption, blind look-up and signing keys."""

from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from app.core.crypto import KeyRing, Vault, b64url, from_b64url
from app.core.signatures import verify_ed25519


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path, may_create=True)


def test_what_is_sealed_opens_only_in_its_own_place(keys: KeyRing) -> None:
    vault = Vault(keys)
    sealed = vault.seal("王秀兰", context="person.name")
    assert vault.open(sealed, context="person.name") == "王秀兰"
    with pytest.raises(InvalidTag):
        vault.open(sealed, context="person.phone")


def test_sealing_twice_gives_different_bytes(keys: KeyRing) -> None:
    vault = Vault(keys)
    assert vault.seal("x", context="c") != vault.seal("x", context="c")


def test_a_changed_byte_does_not_open(keys: KeyRing) -> None:
    vault = Vault(keys)
    sealed = bytearray(vault.seal("x", context="c"))
    sealed[-1] ^= 1
    with pytest.raises(InvalidTag):
        vault.open(bytes(sealed), context="c")


def test_blind_index_is_stable_and_bound_to_context_and_key(keys: KeyRing, tmp_path: Path) -> None:
    vault = Vault(keys)
    index = vault.blind_index("11010519491231002X", context="document")
    assert index == vault.blind_index("11010519491231002X", context="document")
    assert index != vault.blind_index("11010519491231002X", context="phone")
    other = Vault(KeyRing(tmp_path / "other", may_create=True))
    assert index != other.blind_index("11010519491231002X", context="document")


def test_keys_survive_a_restart_and_are_private(keys: KeyRing, tmp_path: Path) -> None:
    signer = keys.signer("certificate")
    again = KeyRing(tmp_path, may_create=False)
    assert again.public_keys("certificate") == {signer.key_id: signer.public_key}
    assert verify_ed25519(signer.public_key, again.signer("certificate").sign(b"m"), b"m")
    assert not verify_ed25519(signer.public_key, signer.sign(b"m"), b"n")
    assert (tmp_path / "certificate.json").stat().st_mode & 0o077 == 0


def test_production_never_makes_a_key_by_itself(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="missing"):
        KeyRing(tmp_path, may_create=False).secret("fields")


@given(st.binary(max_size=100))
def test_base64url_round_trip(raw: bytes) -> None:
    assert from_b64url(b64url(raw)) == raw


@pytest.mark.parametrize("text", ["a=", "a+b", "ü", "a/b"])
def test_base64url_refuses_other_alphabets(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_b64url(text)
