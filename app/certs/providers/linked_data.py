"""Credentials as linked data: which statements a document makes, in their canonical order.

JSON-LD 1.1 and RDF Dataset Canonicalization 1.0, by PyLD. What a context does not define PyLD
leaves out in silence, and a signature would not cover it: `flaw_of` finds it first.
"""

import hashlib
import json
import re
import threading
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from pyld import jsonld
from pyld.context_resolver import ContextResolver

from app.certs.rules.credential import CREDENTIALS_V2, OPEN_BADGES, OPEN_BADGES_EXTENSIONS

_FOLDER = Path(__file__).with_name("contexts")
_FILES = {
    CREDENTIALS_V2: (
        "credentials-v2.json",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    ),
    OPEN_BADGES: (
        "open-badges-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    ),
    OPEN_BADGES_EXTENSIONS: (
        "open-badges-extensions.json",
        "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93",
    ),
}
_NOWHERE = "x-relative://relative.invalid/"
"""What a relative reference is resolved against, as it must be against something: then it shows."""
_IRI = re.compile(r"(?!x-relative:)[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")


class UndefinedTermError(ValueError):
    """A name or a reference that no context defines; it would not be signed."""


class LinkedData:
    """Reads documents with the contexts it was given, and with no others.

    The parsed contexts are kept, which is most of the work. They are PyLD's own structures and not
    made for several threads, so one document is read at a time.
    """

    def __init__(self, contexts: Mapping[str, Any]) -> None:
        self._contexts = contexts
        self._resolver = ContextResolver({}, self._load)
        self._alone = threading.Lock()

    def knows(self, address: str) -> bool:
        """Tell whether a context is at hand."""
        return address in self._contexts

    def expanded(self, document: Mapping[str, Any]) -> list[Any]:
        """The document with every name written out. Raises UndefinedTermError."""
        with self._alone:
            try:
                processor = jsonld.JsonLdProcessor(on_property_dropped=_refuse)
                told: list[Any] = processor.expand(dict(document), self._options())
            except jsonld.JsonLdError as error:
                message = f"no JSON-LD: {error.type} {error.code or ''}".strip()
                raise UndefinedTermError(message) from error
        for reference in _references(told):
            if not isinstance(reference, str) or not _IRI.fullmatch(reference):
                raise UndefinedTermError(str(reference))
        return told

    def statements(self, expanded: list[Any]) -> str:
        """The canonical N-Quads of an expanded document."""
        with self._alone:
            options = {**self._options(), "algorithm": "URDNA2015", "format": "application/n-quads"}
            told: str = jsonld.JsonLdProcessor().normalize(expanded, options)
        return told

    def _options(self) -> dict[str, Any]:
        return {"documentLoader": self._load, "contextResolver": self._resolver, "base": _NOWHERE}

    def _load(self, address: str, _: object) -> dict[str, Any]:
        if address not in self._contexts:
            message = f"the context {address} is not at hand"
            raise UndefinedTermError(message)
        return {
            "contentType": "application/ld+json",
            "contextUrl": None,
            "documentUrl": address,
            "document": self._contexts[address],
            "tag": "static",
        }


def _refuse(name: str | None) -> NoReturn:
    raise UndefinedTermError(name or "null")


def _references(told: object) -> Iterator[object]:
    """Every @id, @type and name of a property in an expanded document; each has to be a text."""
    if isinstance(told, list):
        for item in told:
            yield from _references(item)
        return
    if not isinstance(told, dict):
        return
    for name, value in told.items():
        if name in {"@id", "@type"}:
            yield from value if isinstance(value, list) else [value]
        elif name != "@value":
            if not name.startswith("@"):
                yield name
            yield from _references(value)


@cache
def bundled() -> LinkedData:
    """The contexts beside this file. Raises RuntimeError where one is not as it was published."""
    contexts = {}
    for address, (name, digest) in _FILES.items():
        raw = (_FOLDER / name).read_bytes()
        if hashlib.sha256(raw).hexdigest() != digest:
            message = f"{name} is not as it was published"
            raise RuntimeError(message)
        contexts[address] = json.loads(raw)
    return LinkedData(contexts)
