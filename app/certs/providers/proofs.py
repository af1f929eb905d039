"""Signing and checking credentials: Data Integrity proofs, two of them, side by side.

W3C Verifiable Credential Data Integrity 1.0 and Data Integrity EdDSA Cryptosuites 1.0. One proof is
over the statements that the document makes (eddsa-rdfc-2022), the other over its canonical text
(eddsa-jcs-2022): whoever can check only one of them still can. Here both have to be good.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from typing import Any

import base58
import rfc8785

from app.certs.providers.linked_data import LinkedData, UndefinedTermError, bundled
from app.certs.rules import strict_json
from app.certs.rules.credential import CREDENTIALS_V2, timestamp
from app.certs.rules.data_model import shape_flaw
from app.certs.rules.did_web import method_of
from app.certs.rules.proof_flaws import Fault, Flaw, FlawedError, flaw_at
from app.certs.rules.strict_json import UnreadableError
from app.core.signatures import SigningKey, verify_ed25519

RDFC, JCS = "eddsa-rdfc-2022", "eddsa-jcs-2022"
SUITES = (RDFC, JCS)
_PURPOSE = "assertionMethod"
_MULTIKEY_ED25519 = b"\xed\x01"
_FIELDS = {"type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"}
_SIGNATURE_BYTES = 64
_CREATED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")

Document = Mapping[str, Any]


def multikey(public_key: bytes) -> str:
    """A raw Ed25519 public key as it stands in a DID document: z6Mk…."""
    return _multibase(_MULTIKEY_ED25519 + public_key)


def sign(document: Document, *, did: str, key: SigningKey, now: dt.datetime) -> dict[str, Any]:
    """The document with both proofs. `did` is its issuer, whose key signs.

    Raises FlawedError for a document that a signature would not cover whole.
    """
    if "proof" in document:
        raise FlawedError(flaw_at(Fault.PROOF_FIELDS, "signed already"))
    read = _read_whole(document, did)
    if isinstance(read, Flaw):
        raise FlawedError(read)
    proofs = []
    for suite in SUITES:
        proof = {
            "type": "DataIntegrityProof",
            "cryptosuite": suite,
            "created": timestamp(now),
            "verificationMethod": method_of(did, key.key_id),
            "proofPurpose": _PURPOSE,
            **({"@context": document["@context"]} if suite == JCS else {}),
        }
        signature = key.sign(hash_data(document, proof, expanded=read))
        proofs.append({**proof, "proofValue": _multibase(signature)})
    return {**document, "proof": proofs}


def flaw_before_signing(document: Document, did: str) -> Flaw | None:
    """What would keep an unsigned document from being signed; None where nothing does."""
    read = _read_whole(document, did)
    return read if isinstance(read, Flaw) else None


def opened(
    raw: bytes, *, did: str, keys: Mapping[str, bytes], now: dt.datetime
) -> dict[str, Any] | Flaw:
    """Read a file and check it: the document where all of it is good, or else the first flaw."""
    try:
        document = strict_json.read(raw)
    except UnreadableError as error:
        return flaw_at(Fault.UNREADABLE, error)
    return verify(document, did=did, keys=keys, now=now) or document


def verify(
    signed: Document, *, did: str, keys: Mapping[str, bytes], now: dt.datetime
) -> Flaw | None:
    """Check who signed a document and that it is as it was signed; None where all of it is good.

    `keys` are all public keys that the issuer `did` ever had, by key id. Nothing is said about
    revocation and validity: what is read in the document can be believed after this, not before.
    """
    document = {name: value for name, value in signed.items() if name != "proof"}
    read = _read(document, did)
    if isinstance(read, Flaw):
        return read
    proofs = signed.get("proof")
    if not isinstance(proofs, list) or not all(isinstance(proof, dict) for proof in proofs):
        return flaw_at(Fault.NO_PROOF, "a list of two proofs is needed")
    if unlike := _suites_flaw([proof.get("cryptosuite") for proof in proofs]):
        return unlike
    # The text first: statements are costly to put in order, and a stranger could see to it.
    for proof in sorted(proofs, key=lambda proof: SUITES.index(proof["cryptosuite"]), reverse=True):
        flaw = _flaw_of(document, read, proof, did=did, keys=keys, now=now)
        if flaw is not None:
            return flaw
    return None


def _suites_flaw(suites: list[Any]) -> Flaw | None:
    """They are a set (Data Integrity 1.0, 2.1): in any order, each of the two once, no others."""
    if not all(suite in SUITES for suite in suites):
        return flaw_at(Fault.CRYPTOSUITE, suites)
    if len(set(suites)) < len(suites):
        return flaw_at(Fault.PROOF_FIELDS, "one stands twice")
    return flaw_at(Fault.NO_PROOF, suites) if len(suites) < len(SUITES) else None


def hash_data(
    document: Document, proof: Document, *, expanded: list[Any], linked: LinkedData | None = None
) -> bytes:
    """What is signed: the hash of the proof's options, then the hash of the document.

    Sections 3.2 and 3.3 of the cryptosuites; `expanded` is the document, as `linked` reads it.
    """
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    if options["cryptosuite"] == JCS:
        texts = [rfc8785.dumps(options), rfc8785.dumps(dict(document))]
    else:
        linked = linked or bundled()
        options["@context"] = document["@context"]
        texts = [
            linked.statements(linked.expanded(options)).encode(),
            linked.statements(expanded).encode(),
        ]
    return b"".join(hashlib.sha256(text).digest() for text in texts)


def _read_whole(document: Document, did: str) -> list[Any] | Flaw:
    """The expanded document, or why it must not be signed: it lacks what the data model asks."""
    read = _read(document, did)
    wrong = None if isinstance(read, Flaw) else shape_flaw(document)
    return read if wrong is None else flaw_at(Fault.SHAPE, wrong)


def _read(document: Document, did: str) -> list[Any] | Flaw:
    """The expanded document, or why no signature could cover it."""
    try:
        strict_json.check(dict(document))
    except UnreadableError as error:
        return flaw_at(Fault.UNREADABLE, error)
    # Whose it says it is comes first: another issuer's honest words need not be those of ours.
    issuer = document.get("issuer")
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    if named != did:
        return flaw_at(Fault.ISSUER, named)
    flaw = _context_flaw(document)
    if flaw is not None:
        return flaw
    try:
        return bundled().expanded(document)
    except UndefinedTermError as error:
        return flaw_at(Fault.UNDEFINED, error)


def _context_flaw(document: Document) -> Flaw | None:
    """Contexts by address, of those at hand, once each and at the top alone: no own meanings."""
    contexts = document.get("@context")
    if not isinstance(contexts, list) or contexts[0] != CREDENTIALS_V2:
        return flaw_at(Fault.CONTEXT, f"the first one is {CREDENTIALS_V2}")
    for context in contexts:
        if not isinstance(context, str) or not bundled().knows(context):
            return flaw_at(Fault.CONTEXT, context)
    if len(set(contexts)) != len(contexts):
        return flaw_at(Fault.CONTEXT, "one stands twice")
    keyword = _keyword_in({name: value for name, value in document.items() if name != "@context"})
    return flaw_at(Fault.CONTEXT, keyword) if keyword else None


def _keyword_in(value: object) -> str | None:
    """The first name that begins with @: a context further down, a graph, an id by another name."""
    if isinstance(value, list):
        return next((found for inner in value if (found := _keyword_in(inner))), None)
    if not isinstance(value, dict):
        return None
    for name, inner in value.items():
        found = name if name.startswith("@") else _keyword_in(inner)
        if found:
            return found
    return None


def _flaw_of(
    document: Document, expanded: list[Any], proof: Document, *, did: str,
    keys: Mapping[str, bytes], now: dt.datetime,
) -> Flaw | None:  # fmt: skip
    flaw = _options_flaw(document, proof, now)
    if flaw is not None:
        return flaw
    method = proof["verificationMethod"]
    key = {method_of(did, key_id): key for key_id, key in keys.items()}.get(method)
    if key is None:
        return flaw_at(Fault.METHOD, method)
    signature = _signature(proof["proofValue"])
    if signature is None:
        return flaw_at(Fault.PROOF_VALUE, proof["cryptosuite"])
    if not verify_ed25519(key, signature, hash_data(document, proof, expanded=expanded)):
        return flaw_at(Fault.ALTERED, proof["cryptosuite"])
    return None


def _options_flaw(document: Document, proof: Document, now: dt.datetime) -> Flaw | None:
    suite = proof["cryptosuite"]
    fields = _FIELDS | {"@context"} if suite == JCS else _FIELDS
    plain = {name: value for name, value in proof.items() if name != "@context"}
    if set(proof) != fields or not all(isinstance(value, str) for value in plain.values()):
        return flaw_at(Fault.PROOF_FIELDS, f"{suite}: {sorted(set(proof) ^ fields)}")
    if proof["type"] != "DataIntegrityProof":
        return flaw_at(Fault.CRYPTOSUITE, proof["type"])
    if suite == JCS and proof["@context"] != document["@context"]:
        return flaw_at(Fault.CONTEXT, "the proof has another one than the document")
    if proof["proofPurpose"] != _PURPOSE:
        return flaw_at(Fault.PURPOSE, proof["proofPurpose"])
    created = _moment(proof["created"])
    if created is None:
        return flaw_at(Fault.NO_MOMENT, proof["created"])
    return flaw_at(Fault.CREATED, proof["created"]) if created > now else None


def _moment(text: str) -> dt.datetime | None:
    if not _CREATED.fullmatch(text):
        return None
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def _multibase(raw: bytes) -> str:
    return "z" + base58.b58encode(raw).decode()


def _signature(text: str) -> bytes | None:
    """The 64 bytes of a signature; None for another spelling of them, too."""
    try:
        raw = base58.b58decode(text[1:]) if text.startswith("z") and len(text) < 100 else b""
    except ValueError:
        return None
    return raw if len(raw) == _SIGNATURE_BYTES and _multibase(raw) == text else None
