"""The ring of keys by purpose, and the vault that seals fields and indexes them with its keys."""

import base64
import datetime as dt
import hmac
import logging
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.core import key_files
from app.core.errors import UnavailableError
from app.core.key_files import KeyWrapper, Stamp, StoredKey, UnreadableKeyFileError, stamp_of
from app.core.key_periods import KeyPeriod, periods_of
from app.core.signatures import SigningKey

_log = logging.getLogger("shixue.keys")
_NONCE: Final = 12
_KEY_ID: Final = key_files.ID_LETTERS
FIELDS: Final = "fields"
"""The purpose of the ring's keys that seal single fields, and people's own keys."""
OWN: Final = b"personal"
"""Stands where a value sealed with the ring has its key's id (eight hexadecimal digits)."""


def same(left: str | bytes, right: str | bytes) -> bool:
    """Compare two secrets in constant time."""
    a = left.encode() if isinstance(left, str) else left
    b = right.encode() if isinstance(right, str) else right
    return hmac.compare_digest(a, b)


def b64url(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_b64url(text: str) -> bytes:
    """Read base64url without padding; raises ValueError on anything else."""
    if not text.isascii() or {*"=+/"}.intersection(text):
        msg = "not base64url without padding"
        raise ValueError(msg)
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if b64url(raw) != text:
        # The bits that a last character has to spare: two texts would be one value.
        raise ValueError("not the one way to write it")
    return raw


class KeyRing:
    """Keys by purpose, each kept in a file of its own that only the server may read.

    Rotation appends (`add`): the newest key signs and seals, older ones still verify and open. A
    file that changed is read again at the next use, so running processes follow without a restart.
    """

    def __init__(
        self, folder: Path, *, may_create: bool, wrapper: KeyWrapper | None = None
    ) -> None:
        self._folder = folder
        self._may_create = may_create
        self._wrapper = wrapper
        self._cache: dict[str, tuple[Stamp | None, list[tuple[str, bytes]]]] = {}
        self._periods: dict[str, dict[str, KeyPeriod]] = {}
        self._told: set[str] = set()
        # Each sealed value asks for its keys' file; putting a path together takes longer than that.
        self._paths: dict[str, Path] = {}

    def signer(self, purpose: str) -> SigningKey:
        """Return the newest signing key of a purpose."""
        key_id, seed = self._keys(purpose)[-1]
        return SigningKey(key_id, Ed25519PrivateKey.from_private_bytes(seed))

    def public_keys(self, purpose: str) -> dict[str, bytes]:
        """Return every public key the purpose ever had, by key id: old signatures stay good."""
        return {
            key_id: Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
            for key_id, seed in self._keys(purpose)
        }

    def periods(self, purpose: str) -> dict[str, KeyPeriod]:
        """When each key of a purpose was in use, by key id.

        As the file has it: of a newer key that cannot be opened here the others know all the same.
        """
        self._keys(purpose)
        return self._periods[purpose]

    def is_kept(self, purpose: str) -> bool:
        """Tell whether a purpose has a file, without making one."""
        return self._path(purpose).exists()

    def secret(self, purpose: str) -> bytes:
        """Return the newest 32 secret bytes of a purpose (MACs, blind indexes)."""
        return self._keys(purpose)[-1][1]

    def newest(self, purpose: str) -> tuple[str, bytes]:
        """Return the newest key of a purpose with its id."""
        return self._keys(purpose)[-1]

    def secrets(self, purpose: str) -> dict[str, bytes]:
        """Return all secrets of a purpose by key id, the newest last."""
        return dict(self._keys(purpose))

    def stored(self, purpose: str) -> list[StoredKey]:
        """Return a purpose's keys as they lie in the file, the newest last."""
        self._keys(purpose)
        return key_files.read(self._path(purpose))

    def add(self, purpose: str, *, now: dt.datetime) -> str:
        """Draw another key, which is the newest from now on; returns its id."""
        self._keys(purpose)
        fresh = self._drawn(purpose, since=now.astimezone(dt.UTC).isoformat(timespec="seconds"))
        with key_files.alone(self._folder):
            path = self._path(purpose)
            key_files.replace(path, [*key_files.read(path), fresh])
        return fresh.key_id

    def remove(self, purpose: str, key_id: str) -> None:
        """Take a key away for good. Raises ValueError for the newest, and for an unknown one."""
        with key_files.alone(self._folder):
            path = self._path(purpose)
            keys = key_files.read(path)
            if key_id not in {key.key_id for key in keys[:-1]}:
                msg = f"{key_id} is no older key of {purpose}"
                raise ValueError(msg)
            key_files.replace(path, [key for key in keys if key.key_id != key_id])

    def wrap_all(self) -> int:
        """Wrap every key that lies in clear; returns how many. The service must be there."""
        count = 0
        with key_files.alone(self._folder):
            for path in sorted(self._folder.glob("*.json")):
                keys = key_files.read(path)
                wrapped = [self._wrapped(key, path.stem) for key in keys]
                if wrapped != keys:
                    key_files.replace(path, wrapped)
                    count += sum(1 for key in keys if key.plain)
        return count

    def _wrapped(self, key: StoredKey, purpose: str) -> StoredKey:
        if self._wrapper is None or not key.plain:
            return key
        return replace(key, plain="", wrapped=self._wrapper.wrap(key.plain, purpose=purpose))

    def _path(self, purpose: str) -> Path:
        if purpose not in self._paths:
            self._paths[purpose] = self._folder / f"{purpose}.json"
        return self._paths[purpose]

    def _keys(self, purpose: str) -> list[tuple[str, bytes]]:
        path = self._path(purpose)
        stamp, (seen, known) = stamp_of(path), self._cache.get(purpose, (None, []))
        if known and stamp == seen:
            return known
        if stamp is None and not known:
            self._create(purpose, path)
            stamp = stamp_of(path)
        return self._read_again(purpose, path, stamp, dict(known))

    def _read_again(
        self, purpose: str, path: Path, stamp: Stamp | None, known: dict[str, bytes]
    ) -> list[tuple[str, bytes]]:
        """Keys that were unwrapped before are not asked for again.

        What is known stays in use while the file cannot be read or the service is away; it is
        tried again next time, and said once.
        """
        try:
            stored = key_files.read(path)
            self._periods[purpose] = periods_of(stored)
            keys = [
                (key.key_id, known.get(key.key_id) or self._opened(key, purpose)) for key in stored
            ]
        except (OSError, UnavailableError, UnreadableKeyFileError) as error:
            if not known:
                raise
            if purpose not in self._told:
                self._told.add(purpose)
                _log.error("the keys of %s are those from before: %s", purpose, error)
            return list(known.items())
        self._told.discard(purpose)
        self._cache[purpose] = (stamp, keys)
        return keys

    def _opened(self, key: StoredKey, purpose: str) -> bytes:
        if key.plain:
            return from_b64url(key.plain)
        if self._wrapper is None:
            msg = f"the keys of {purpose} are wrapped; set SHIXUE_KEY_SERVICE__ENDPOINT"
            raise RuntimeError(msg)
        return from_b64url(self._wrapper.unwrap(key.wrapped, purpose=purpose))

    def _create(self, purpose: str, path: Path) -> None:
        if not self._may_create:
            msg = f"the key file {path.name} is missing in {self._folder}; `cli keys make` makes it"
            raise RuntimeError(msg)
        key_files.create(path, self._drawn(purpose))

    def make(self, purpose: str) -> bool:
        """Make a purpose's first key where there is none; tells whether there was none."""
        path = self._path(purpose)
        if path.exists():
            return False
        key_files.create(path, self._drawn(purpose))
        return True

    def _drawn(self, purpose: str, *, since: str = "") -> StoredKey:
        fresh = b64url(secrets.token_bytes(key_files.KEY_BYTES))
        return self._wrapped(StoredKey(key_files.new_id(), plain=fresh, since=since), purpose)


class KeyGoneError(Exception):
    """The value was sealed for one person, whose own key is destroyed or not at hand."""


class Vault:
    """Encrypts single fields (AES-256-GCM, own nonce, key id in front) and indexes them blindly.

    `context` names table and column: a value moved to another place does not open there. A vault
    `under` a person's own key seals with it, and opens what was sealed with it or with the ring's.
    """

    def __init__(self, keys: KeyRing, own: bytes | None = None) -> None:
        self._keys = keys
        self._own = own

    def under(self, own: bytes | None) -> "Vault":
        """The vault of one person; with no key of theirs left it opens nothing of theirs."""
        return Vault(self._keys, own)

    def seal_bytes(self, plain: bytes, *, context: str) -> bytes:
        if self._own is not None:
            key_id, key = OWN, self._own
        else:
            newest, key = self._keys.newest(FIELDS)
            key_id = newest.encode()
        nonce = secrets.token_bytes(_NONCE)
        return key_id + nonce + AESGCM(key).encrypt(nonce, plain, context.encode())

    def open_bytes(self, sealed: bytes, *, context: str) -> bytes:
        """Decrypt; raises cryptography's InvalidTag where the value or its place is wrong.

        Raises KeyGoneError for what was sealed for a person whose key this vault does not have.
        """
        key_id = sealed[:_KEY_ID]
        key = self._own if key_id == OWN else self._keys.secrets(FIELDS)[key_id.decode()]
        if key is None:
            raise KeyGoneError
        nonce = sealed[_KEY_ID : _KEY_ID + _NONCE]
        return AESGCM(key).decrypt(nonce, sealed[_KEY_ID + _NONCE :], context.encode())

    def seal(self, plain: str, *, context: str) -> bytes:
        return self.seal_bytes(plain.encode(), context=context)

    def open(self, sealed: bytes, *, context: str) -> str:
        return self.open_bytes(sealed, context=context).decode()

    def blind_index(self, value: str, *, context: str) -> str:
        """Return a keyed hash to look a value up by, without being able to read it back."""
        key = self._keys.secret("blind_index")
        return hmac.digest(key, f"{context}\x00{value}".encode(), "sha256").hex()
