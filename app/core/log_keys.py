"""Who signs for the log, and who is known to watch over it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from app.core.checkpoints import (
    Checkpoint,
    MalformedError,
    SignatureKind,
    VerifierKey,
    sign_note,
)
from app.core.crypto import KeyRing

PURPOSE: Final = "log"


@dataclass(frozen=True, slots=True)
class LogKeys:
    """The log's keys and its witnesses; `origin` names a log that begins now.

    A log keeps the origin of its first checkpoint, whatever the settings say later.
    """

    origin: str
    keys: KeyRing
    witnesses: tuple[VerifierKey, ...] = ()
    addresses: Mapping[str, str] = field(default_factory=dict)
    """Where witnesses are asked, by name; the others come by themselves."""

    @classmethod
    def build(
        cls,
        origin: str,
        keys: KeyRing,
        witnesses: Iterable[str],
        addresses: Mapping[str, str] | None = None,
    ) -> Self:
        """Read the witnesses' keys; raises MalformedError (a ValueError) for a wrong one.

        And for an address of nobody.
        """
        found = tuple(VerifierKey.parse(text) for text in witnesses)
        if any(key.kind is not SignatureKind.COSIGNATURE for key in found):
            raise MalformedError("a witness's key is one for cosignatures (kind 4)")
        if strangers := set(addresses or ()) - {key.name for key in found}:
            raise MalformedError(f"an address of no known witness: {', '.join(sorted(strangers))}")
        return cls(origin, keys, found, addresses or {})

    def sign(self, checkpoint: Checkpoint) -> str:
        """The whole note: the checkpoint signed with the newest key, under both of its names."""
        key = self.keys.signer(PURPOSE)
        names = key_names(checkpoint.origin, key.key_id)
        lines = [sign_note(checkpoint.text, name, key).line for name in names]
        return f"{checkpoint.text}\n{''.join(lines)}"

    def verifier_keys(self, origin: str) -> list[VerifierKey]:
        """Every key that ever signed for the log, under each of its names, the newest last."""
        return [
            VerifierKey(name, SignatureKind.ED25519, raw)
            for key_id, raw in self.keys.public_keys(PURPOSE).items()
            for name in key_names(origin, key_id)
        ]


def key_names(origin: str, key_id: str) -> tuple[str, str]:
    """Under which names a key signs: the log's own, and the one that was always there.

    c2sp.org/tlog-checkpoint wants the name of the log's key to be the origin, and software that is
    told a key alone takes its name for the origin; keys of one name are told apart by their hash.
    Checkpoints from before, and whoever pinned a key then, have the name with the key's id alone.
    """
    return origin, f"{origin}/{key_id}"
