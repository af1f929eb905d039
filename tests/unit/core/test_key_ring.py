"""Another key is added and taken away under running readers; a key service wraps them."""

import datetime as dt
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from app.core import key_files
from app.core.crypto import OWN, KeyGoneError, KeyRing, Vault
from app.core.errors import UnavailableError
from app.core.key_purposes import PURPOSES
from app.core.key_service import TransitKeys
from tests import transit
from tests.transit import Transit

NOW = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path, may_create=True)


@pytest.fixture
def service() -> Iterator[Transit]:
    with transit.serving() as serving:
        yield serving


def _wrapped(folder: Path, service: Transit) -> KeyRing:
    return KeyRing(folder, may_create=True, wrapper=TransitKeys(service.settings))


def test_a_running_ring_follows_another_process_without_a_restart(
    keys: KeyRing, tmp_path: Path
) -> None:
    running = Vault(keys)
    old = running.seal("李", context="c")
    elsewhere = KeyRing(tmp_path, may_create=False)
    key_id = elsewhere.add("fields", now=NOW)
    assert running.seal("李", context="c").startswith(key_id.encode())
    assert running.open(Vault(elsewhere).seal("梅", context="c"), context="c") == "梅"
    assert running.open(old, context="c") == "李"
    elsewhere.remove("fields", old[:8].decode())
    with pytest.raises(KeyError):
        running.open(old, context="c")


def test_the_newest_key_is_never_taken_away(keys: KeyRing) -> None:
    newest = keys.add("fields", now=NOW)
    for key_id in (newest, "00000000"):
        with pytest.raises(ValueError, match="no older key"):
            keys.remove("fields", key_id)


def test_keys_added_at_once_are_all_there(keys: KeyRing, tmp_path: Path) -> None:
    rings = [KeyRing(tmp_path, may_create=True) for _ in range(8)]
    keys.secret("fields")
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda ring: ring.add("fields", now=NOW), rings))
    assert set(added) < set(keys.secrets("fields"))
    assert len(keys.secrets("fields")) == 9
    assert not list(tmp_path.glob("fields.????????")), "a draft was left"


def test_a_persons_own_vault_opens_both_and_nobody_elses(keys: KeyRing) -> None:
    house = Vault(keys)
    alice, carol = house.under(b"a" * 32), house.under(b"c" * 32)
    sealed = alice.seal("李晓梅", context="person.name")
    assert sealed.startswith(OWN)
    assert alice.open(sealed, context="person.name") == "李晓梅"
    assert alice.open(house.seal("李", context="c"), context="c") == "李"
    with pytest.raises(InvalidTag):
        carol.open(sealed, context="person.name")
    for without in (house, house.under(None)):
        with pytest.raises(KeyGoneError):
            without.open(sealed, context="person.name")


def test_wrapped_keys_lie_nowhere_in_clear(tmp_path: Path, service: Transit) -> None:
    in_clear = KeyRing(tmp_path, may_create=True)
    sealed = Vault(in_clear).seal("李", context="c")
    secret = key_files.read(tmp_path / "fields.json")[0].plain
    ring = _wrapped(tmp_path, service)
    assert ring.wrap_all() == 1
    assert secret not in (tmp_path / "fields.json").read_text()
    assert Vault(ring).open(sealed, context="c") == "李"
    ring.add("fields", now=NOW)
    ring.signer("certificates")
    for path in tmp_path.glob("*.json"):
        assert all("key" not in entry for entry in json.loads(path.read_text())["keys"])
    with pytest.raises(RuntimeError, match="SHIXUE_KEY_SERVICE__ENDPOINT"):
        KeyRing(tmp_path, may_create=True).secret("fields")


def test_a_key_is_unwrapped_once_and_outlives_the_service(tmp_path: Path, service: Transit) -> None:
    ring = _wrapped(tmp_path, service)
    sealed = Vault(ring).seal("李", context="c")
    asked = len(service.asked)
    for _ in range(50):
        assert Vault(ring).open(sealed, context="c") == "李"
    assert len(service.asked) == asked
    other = _wrapped(tmp_path, service)
    other.secret("fields")
    ring.add("fields", now=NOW)
    service.is_sealed = True
    assert Vault(other).open(sealed, context="c") == "李"  # with what it knows
    with pytest.raises(UnavailableError):
        _wrapped(tmp_path, service).secret("fields")
    service.is_sealed = False
    assert Vault(other).open(Vault(ring).seal("梅", context="c"), context="c") == "梅"


def test_a_strangers_token_and_another_purposes_key_do_not_open(
    tmp_path: Path, service: Transit
) -> None:
    ring = _wrapped(tmp_path, service)
    ring.secret("fields")
    stranger = service.settings.model_copy(update={"token": "x"})
    with pytest.raises(UnavailableError):
        KeyRing(tmp_path, may_create=True, wrapper=TransitKeys(stranger)).secret("fields")
    [moved] = key_files.read(tmp_path / "fields.json")
    key_files.create(tmp_path / "codes.json", replace(moved, since=""))
    with pytest.raises(UnavailableError):
        ring.secret("codes")


def test_first_keys_are_made_where_the_server_may_not(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path, may_create=False)
    assert all(ring.make(purpose) for purpose in PURPOSES)
    assert not any(ring.make(purpose) for purpose in PURPOSES)
    assert all(ring.secret(purpose) for purpose in PURPOSES)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"\xff\xfe", b'{"keys": []}', b'{"keys": [{"id": "1", "key": "short"}]}'],
)
def test_a_file_that_was_spoilt_under_a_running_ring_stops_nobody(
    keys: KeyRing, tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    vault = Vault(keys)
    sealed = vault.seal("李", context="c")
    path = tmp_path / "fields.json"
    kept = path.read_bytes()
    path.write_bytes(content)
    assert [vault.open(sealed, context="c") for _ in range(3)] == ["李"] * 3
    assert vault.open(vault.seal("梅", context="c"), context="c") == "梅"
    [told] = caplog.messages
    assert "fields.json" in told
    assert "backup of the keys" in told
    with pytest.raises(key_files.UnreadableKeyFileError):
        KeyRing(tmp_path, may_create=True).secret("fields")
    assert path.read_bytes() == content, "what was there was written over"
    path.write_bytes(kept)
    assert vault.open(sealed, context="c") == "李"
