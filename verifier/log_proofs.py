"""What a transparency log promises: signed checkpoints (C2SP) and inclusion paths (RFC 9162)."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_ED25519, _COSIGNATURE = 1, 4


class RejectedError(Exception):
    """Something does not hold; the message says what, and where."""


@dataclass(frozen=True, slots=True)
class Key:
    """A verifier key, written `name+hash+base64(kind ‖ key)`."""

    name: str
    key_hash: bytes
    kind: int
    raw: bytes

    @property
    def is_logs(self) -> bool:
        """Whether it signs checkpoints; witnesses' keys sign under them."""
        return self.kind == _ED25519


@dataclass(frozen=True, slots=True)
class Tree:
    """What a checkpoint states, whose signatures are under it, and whose of the known are not."""

    origin: str
    size: int
    root: bytes
    signed_by: tuple[str, ...]
    lacks: tuple[str, ...] = ()
    """Names of known witnesses that have not signed it, with none of their keys."""


def from_base64(text: str) -> bytes:
    """Read standard base64 in its one spelling; raises RejectedError."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise RejectedError(f"not base64: {text!r:.60}") from error
    if base64.b64encode(raw).decode() != text:
        # A last letter has bits to spare: others would read the same bytes from it.
        raise RejectedError(f"not canonical base64: {text!r:.60}")
    return raw


def read_key(text: str) -> Key:
    """Raises RejectedError for a key of another kind, or whose hash is not its own."""
    name, _, rest = text.partition("+")
    stated, _, material = rest.partition("+")
    raw = from_base64(material)
    own = sha256(f"{name}\n".encode() + raw).digest()[:4]
    if len(raw) != 33 or raw[0] not in (_ED25519, _COSIGNATURE) or own.hex() != stated:
        raise RejectedError(f"not a verifier key: {text}")
    return Key(name, own, raw[0], raw[1:])


def open_checkpoint(note: str, keys: Sequence[Key]) -> Tree:
    """Read a checkpoint that at least one of the log's keys signed, and every witness of `keys`.

    Raises RejectedError, also where a line of a known key does not verify.
    """
    tree = read_checkpoint(note, keys)
    if tree.lacks:
        raise RejectedError(
            f"the witness {tree.lacks[0]} has not signed the checkpoint; get one that it has seen, "
            "usually some minutes later"
        )
    return tree


def read_checkpoint(note: str, keys: Sequence[Key]) -> Tree:
    """The same, whether or not the witnesses have signed: `Tree.lacks` names who has not."""
    text, blank, lines = note.rpartition("\n\n")
    text += "\n"
    fields = text.split("\n")
    if not blank or len(fields) < 4:
        raise RejectedError("the checkpoint is not a signed note of three lines")
    signed_by = [
        key
        for line in lines.splitlines()
        for key in keys
        if (signature := _signature_of(line, key)) and _is_good(text, signature, key)
    ]
    if not any(key.is_logs for key in signed_by):
        raise RejectedError("no pinned key of the log signed the checkpoint")
    # One name may have several keys, told apart by their hash: a witness that changed its own.
    witnesses = {key.name for key in signed_by if not key.is_logs}
    known = dict.fromkeys(key.name for key in keys if not key.is_logs)
    lacks = tuple(name for name in known if name not in witnesses)
    root = from_base64(fields[2])
    if not fields[1].isdigit() or len(root) != 32:
        raise RejectedError("the checkpoint states no size and root")
    return Tree(fields[0], int(fields[1]), root, tuple(key.name for key in signed_by), lacks)


def _signature_of(line: str, key: Key) -> bytes | None:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—" or parts[1] != key.name:
        return None
    raw = from_base64(parts[2])
    return raw[4:] if raw[:4] == key.key_hash else None


def _is_good(text: str, signature: bytes, key: Key) -> bool:
    message = text.encode()
    if key.kind == _COSIGNATURE:
        stamp = int.from_bytes(signature[:8], "big")
        message, signature = f"cosignature/v1\ntime {stamp}\n{text}".encode(), signature[8:]
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise RejectedError(f"the signature of {key.name} under the checkpoint is wrong") from error
    return True


def is_included(entry: bytes, index: int, tree: Tree, path: Sequence[bytes]) -> bool:
    """Whether an entry stands at this index of the tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < tree.size:
        return False
    place, last, found = index, tree.size - 1, sha256(b"\x00" + entry).digest()
    for step in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = sha256(b"\x01" + step + found).digest()
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = sha256(b"\x01" + found + step).digest()
        place, last = place >> 1, last >> 1
    return last == 0 and found == tree.root


def is_leaf(kind: str, shown: Mapping[str, Any], tree: Tree) -> bool:
    """Whether a record is in the tree where it is shown: by its `salt`, `position` and `path`.

    The entry is SHA-256 of the salt, its kind, a newline and the record.
    """
    raw = from_base64(shown["salt"]) + f"{kind}\n{shown['record']}".encode()
    path = [from_base64(step) for step in shown["path"]]
    return is_included(sha256(raw).digest(), shown["position"], tree, path)


def is_consistent(old: Tree, new: Tree, path: Sequence[bytes]) -> bool:
    """Whether the newer tree begins with the older one (RFC 9162, 2.1.4.2)."""
    if old.size in (new.size, 0):
        return not path and (old.size == 0 or old.root == new.root)
    if old.size > new.size or not path:
        return False
    steps = list(path) if old.size & (old.size - 1) else [old.root, *path]
    place, last = old.size - 1, new.size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    older = newer = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            older = sha256(b"\x01" + step + older).digest()
            newer = sha256(b"\x01" + step + newer).digest()
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            newer = sha256(b"\x01" + newer + step).digest()
        place, last = place >> 1, last >> 1
    return last == 0 and (older, newer) == (old.root, new.root)
