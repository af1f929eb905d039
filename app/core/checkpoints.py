"""C2SP texts: signed notes, verifier keys, checkpoints of a log, cosignatures of witnesses. Pure.

A note is `text`, a blank line, and signature lines `— name base64(key hash ‖ signature)`.
See c2sp.org/signed-note, c2sp.org/tlog-checkpoint and c2sp.org/tlog-cosignature.
"""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from typing import Final, Self

from app.core.merkle import HASH_BYTES
from app.core.signatures import SigningKey, verify_ed25519

_DASH: Final = "— "
_HASH: Final = 4
_PUBLIC: Final = 32
_SIGNATURE: Final = 64
_STAMP: Final = 8
_LATEST: Final = 2**63 - 1
_MOST_LINES: Final = 100
_MOST_CHARACTERS: Final = 64 * 1024


class MalformedError(ValueError):
    """Not a note, a verifier key or a checkpoint of this form."""


class SignatureKind(IntEnum):
    """The signature types of the C2SP registry that are known here."""

    ED25519 = 1
    COSIGNATURE = 4


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _from_b64(text: str) -> bytes:
    """Read standard base64 in its one canonical spelling; raises MalformedError."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedError("not base64") from error
    if _b64(raw) != text:
        raise MalformedError("not canonical base64")
    return raw


def _check_name(name: str) -> str:
    if not name or "+" in name or any(c.isspace() for c in name):
        raise MalformedError("a key's name is not empty and has neither spaces nor a plus")
    return name


def key_id_of(name: str, key_hash: bytes) -> str:
    """Which key it is, `name+hash`: a name alone may have several (c2sp.org/signed-note)."""
    return f"{name}+{key_hash.hex()}"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A key to check notes with; written `name+hash+base64(kind ‖ key)`."""

    name: str
    kind: SignatureKind
    public_key: bytes

    @property
    def key_hash(self) -> bytes:
        """Four bytes that tell keys of one name apart."""
        head = f"{self.name}\n".encode() + bytes([self.kind])
        return sha256(head + self.public_key).digest()[:_HASH]

    @property
    def key_id(self) -> str:
        """Name and hash, which together say which key: the beginning of `text`."""
        return key_id_of(self.name, self.key_hash)

    @property
    def text(self) -> str:
        return f"{self.key_id}+{_b64(bytes([self.kind]) + self.public_key)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a verifier key; raises MalformedError, also where its hash is not its own."""
        parts = text.split("+", 2)
        if len(parts) != 3:
            raise MalformedError("a verifier key is name+hash+key")
        name, own_hash, material = _check_name(parts[0]), parts[1], _from_b64(parts[2])
        if len(material) != 1 + _PUBLIC or material[0] not in set(SignatureKind):
            raise MalformedError("a verifier key of a kind that is not known here")
        key = cls(name, SignatureKind(material[0]), material[1:])
        if own_hash != key.key_hash.hex():
            raise MalformedError("a verifier key whose hash is not its own")
        return key


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line; for a cosignature `raw` begins with its time."""

    name: str
    key_hash: bytes
    raw: bytes

    @property
    def key_id(self) -> str:
        """Of which key it says to be, as `VerifierKey.key_id`."""
        return key_id_of(self.name, self.key_hash)

    @property
    def line(self) -> str:
        return f"{_DASH}{self.name} {_b64(self.key_hash + self.raw)}\n"

    @property
    def stamp(self) -> int:
        """A cosignature's time in seconds since 1970."""
        return int.from_bytes(self.raw[:_STAMP], "big")


def parse_signature(line: str) -> NoteSignature:
    """Read one signature line without its newline; raises MalformedError."""
    name, space, text = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space:
        raise MalformedError("not a signature line")
    raw = _from_b64(text)
    if len(raw) <= _HASH:
        raise MalformedError("a signature line without a signature")
    return NoteSignature(_check_name(name), raw[:_HASH], raw[_HASH:])


def parse_signatures(lines: str) -> list[NoteSignature]:
    """Read the signature lines under a note; raises MalformedError."""
    found = lines.split("\n")
    if found.pop() or not found or len(found) > _MOST_LINES:
        raise MalformedError("signature lines end with a newline, and are between 1 and 100")
    return [parse_signature(line) for line in found]


def parse_note(note: str) -> tuple[str, list[NoteSignature]]:
    """Cut a note into its text (with the last newline) and signatures; raises MalformedError."""
    if len(note) > _MOST_CHARACTERS or any(c < " " and c != "\n" for c in note):
        raise MalformedError("a note is no longer than 64 Ki and has no control characters")
    text, blank, lines = note.rpartition("\n\n")
    if not blank:
        raise MalformedError("a note has a blank line before its signatures")
    return text + "\n", parse_signatures(lines)


def sign_note(text: str, name: str, key: SigningKey) -> NoteSignature:
    """Sign a note's text; it must end with a newline."""
    if not text.endswith("\n"):
        raise MalformedError("a note's text ends with a newline")
    verifier = VerifierKey(_check_name(name), SignatureKind.ED25519, key.public_key)
    return NoteSignature(name, verifier.key_hash, key.sign(text.encode()))


def is_signed(text: str, signature: NoteSignature, key: VerifierKey) -> bool:
    """Whether the signature over a note's text is this key's and good."""
    if signature.key_id != key.key_id:
        return False
    if key.kind is SignatureKind.ED25519:
        return verify_ed25519(key.public_key, signature.raw, text.encode())
    if len(signature.raw) != _STAMP + _SIGNATURE or signature.stamp > _LATEST:
        return False
    message = cosigned_message(text, signature.stamp)
    return verify_ed25519(key.public_key, signature.raw[_STAMP:], message)


def cosigned_message(text: str, stamp: int) -> bytes:
    """What a witness signs: its time (seconds since 1970) and the whole text of the checkpoint."""
    return f"cosignature/v1\ntime {stamp}\n{text}".encode()


def signers(note: str, keys: Iterable[VerifierKey]) -> list[VerifierKey]:
    """The keys among `keys` that signed a note; lines of unknown keys are passed over.

    Raises MalformedError, and also where a line of a known key does not verify.
    """
    text, lines = parse_note(note)
    known = {key.key_id: key for key in keys}
    found = []
    for line in lines:
        key = known.pop(line.key_id, None)
        if key is None:
            continue
        if not is_signed(text, line, key):
            raise MalformedError(f"the signature of {key.name} is wrong")
        found.append(key)
    return found


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log commits to: so many entries, this root."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        lines = (self.origin, str(self.size), _b64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a note's text as a checkpoint; raises MalformedError."""
        lines = text.split("\n")
        if lines.pop() or len(lines) < 3 or not all(lines):
            raise MalformedError("a checkpoint has at least three lines, none empty")
        origin, size, root, *extensions = lines
        if not (size.isascii() and size.isdigit()) or len(size) > 19 or str(int(size)) != size:
            raise MalformedError("a checkpoint's size is a plain decimal number")
        raw = _from_b64(root)
        if len(raw) != HASH_BYTES:
            raise MalformedError("a checkpoint's root has 32 bytes")
        return cls(origin, int(size), raw, tuple(extensions))
