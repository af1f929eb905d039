"""What a reader has from a source they trust, and the folder in which it lies."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from verifier import papers
from verifier.canonical import read_object
from verifier.hours import read_proof_keys
from verifier.issuer import Issuer, read_issuer, read_second
from verifier.log_proofs import Key, RejectedError, read_key
from verifier.periods import Period, read_periods


@dataclass(frozen=True, slots=True)
class Pinned:
    """What the reader has from a source they trust, not from whoever shows the certificate.

    `documents` names the keys of documents; None where none are pinned. `lists` are status lists by
    address, of one as many as are at hand: these may come from anywhere, as they are signed.
    `unread` names files beside them that are none. `document_periods` go by a document's key, as
    `documents` names them.
    """

    issuer: Issuer
    keys: tuple[Key, ...] = ()
    checkpoint: str = ""
    growth: tuple[Mapping[str, Any], ...] = ()
    lists: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    documents: frozenset[str] | None = None
    proof_keys: Mapping[str, bytes] = field(default_factory=dict)
    archive_keys: Mapping[str, bytes] = field(default_factory=dict)
    proof_periods: Mapping[str, Period] = field(default_factory=dict)
    archive_periods: Mapping[str, Period] = field(default_factory=dict)
    document_periods: Mapping[str, Period] = field(default_factory=dict)


def read_pinned(folder: Path) -> Pinned:
    """Read the folder that README.md describes. Raises RejectedError, OSError without did.json."""
    listed, unread = _read_lists(folder / "status")
    grown = [read_object(path.read_bytes()) for path in sorted((folder / "growth").glob("*"))]
    documents = folder / "documents.pem"
    texts = [
        line
        for name in ("log.vkey", "witnesses.vkey")
        for line in _text(folder / name).splitlines()
        if line
    ]
    proofs, archives = (_listed(folder / f"{name}-keys.json") for name in ("proof", "archive"))
    return Pinned(
        _read_issuer(folder),
        tuple(map(read_key, texts)), _text(folder / "checkpoint"), tuple(grown),
        listed, unread,
        papers.read_keys(documents.read_bytes()) if documents.exists() else None,
        read_proof_keys(proofs), read_proof_keys(archives),
        read_periods(proofs), read_periods(archives), _of_documents(folder),
    )  # fmt: skip


def _read_issuer(folder: Path) -> Issuer:
    """Who signs: did.json, and beside it what is published of second signatures and of periods."""
    issuer = read_issuer(read_object((folder / "did.json").read_bytes()))
    issuer = replace(issuer, periods=read_periods(_listed(folder / "keys.json")))
    if not (second := folder / "sm2-keys.json").exists():
        return issuer
    keys = _listed(second)
    return replace(issuer, second=read_second(keys), second_periods=read_periods(keys))


def _of_documents(folder: Path) -> dict[str, Period]:
    """When each document's key was in use, by what the key is called in documents.pem."""
    keys = _listed(folder / "document-keys.json")
    try:
        names = {
            each["key_id"]: sha256(
                urlsafe_b64decode(each["public_key"] + "=" * (-len(each["public_key"]) % 4))
            ).hexdigest()
            for each in keys
        }
    except (KeyError, TypeError, ValueError) as error:
        raise RejectedError(f"document-keys.json cannot be read: {error!r}") from error
    return {names[key_id]: period for key_id, period in read_periods(keys).items()}


def _listed(path: Path) -> list[dict[str, Any]]:
    """A published list of keys; none where it is not at hand. Raises RejectedError."""
    try:
        found = json.loads(_text(path) or "[]")
    except ValueError as error:
        raise RejectedError(f"{path.name} cannot be read: {error}") from error
    if not isinstance(found, list):
        raise RejectedError(f"{path.name} is no list of keys")
    return found


def _read_lists(folder: Path) -> tuple[dict[str, list[Mapping[str, Any]]], tuple[str, ...]]:
    """The lists by address, and what lies beside them and is none: that must hide nothing."""
    listed: dict[str, list[Mapping[str, Any]]] = {}
    unread = []
    for path in sorted(folder.glob("*")):
        try:
            each = read_object(path.read_bytes())
        except (RejectedError, OSError):
            unread.append(path.name)
        else:
            listed.setdefault(str(each.get("id")), []).append(each)
    return listed, tuple(unread)


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""
