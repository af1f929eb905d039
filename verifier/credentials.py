"""A certificate as a verifiable credential, and the list that says whether it is revoked.

Of its two proofs the one over the canonical text is checked (`eddsa-jcs-2022`): it covers every
byte. The other is for software that reads linked data, which needs more than the standard library.
"""

import datetime as dt
import re
import zlib
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from verifier.canonical import dumps
from verifier.issuer import Issuer, from_base58, is_signed
from verifier.log_proofs import RejectedError

_V2 = "https://www.w3.org/ns/credentials/v2"
CONTEXTS = [
    _V2,
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
]
LIST_CONTEXTS = [_V2]
_SUITES = ["eddsa-rdfc-2022", "eddsa-jcs-2022"]
_CREATED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")
_LIST_ADDRESS = re.compile(r"https?://([^/?#\s]+)/status/([0-9]{1,10})")
_MOST_BITS_BYTES = 1024 * 1024
_SIGNATURE_BYTES = 64
# Two clocks need not agree to the second.
_SKEW = dt.timedelta(minutes=1)


class OneProofError(RejectedError):
    """What is there may be good; one proof of two is what other software is given, and too few."""


def check_proof(
    document: Mapping[str, Any], issuer: Issuer, contexts: list[str], *, now: dt.datetime
) -> None:
    """Steps 2 and 3 of a credential: the issuer's key made both proofs. Raises RejectedError.

    Raises OneProofError where one of them stands alone and nothing is wrong with it.
    """
    named = document.get("issuer")
    did = named.get("id") if isinstance(named, Mapping) else named
    if not isinstance(did, str) or did not in issuer.names:
        raise RejectedError(f"step 2 (key): it names {named!r:.80} as issuer, not {issuer.did}")
    if document.get("@context") != contexts:
        raise RejectedError("step 0 (read): words of other contexts than a certificate has")
    proofs = _proofs_of(document)
    for proof in proofs:
        _check_options(proof, did, issuer, now)
        # What is issued later than the proof over it says that it is has no time of its own.
        key_id = key_id_of(proof)
        issuer.period(key_id).check(key_id, proof["created"])
        issuer.period(key_id).check_not_after(key_id, document["validFrom"])
    for proof in proofs:
        if proof["cryptosuite"] == _SUITES[-1]:
            _check_text(document, proof, issuer, contexts)
    if len(proofs) == 1:
        raise OneProofError(_one_alone(proofs[0]["cryptosuite"]))


def _check_text(
    document: Mapping[str, Any], proof: Mapping[str, Any], issuer: Issuer, contexts: list[str]
) -> None:
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    body = {name: value for name, value in document.items() if name != "proof"}
    told = sha256(dumps(options)).digest() + sha256(dumps(body)).digest()
    key = issuer.key(key_id_of(proof))
    if options.get("@context") != contexts or not is_signed(
        key, from_base58(proof["proofValue"]), told
    ):
        raise RejectedError("step 3 (signature): it does not fit; something was changed")


def _one_alone(suite: str) -> str:
    found = (
        "and it holds" if suite == _SUITES[-1]
        else "which needs JSON-LD and was not looked at: nothing is shown yet"
    )  # fmt: skip
    return (
        f"step 3 (signature): of its two proofs one stands here ({suite}), {found}. One alone is "
        "for other software: hand in credential.json as it is downloaded without ?proof=, or the "
        "PDF, which has it inside"
    )


def _proofs_of(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """They are a set (Data Integrity 1.0, 2.1): in any order, each of the two once, no others.

    Or one alone, with which no check ends well.
    """
    proofs = document.get("proof")
    suites = [each["cryptosuite"] for each in proofs] if isinstance(proofs, list) else []
    if sorted(suites) != sorted(_SUITES) and suites not in ([suite] for suite in _SUITES):
        is_twice = any(suites.count(suite) > 1 for suite in _SUITES)
        raise RejectedError(
            f"step 3 (signature): the two proofs {' and '.join(_SUITES)} are asked, in any order"
            + (", and here one stands twice: it is not as it was issued" if is_twice else "")
        )
    return list(proofs or ())


def text_proof(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The proof over the text, which is the one that is checked here."""
    [found] = [each for each in document["proof"] if each["cryptosuite"] == _SUITES[-1]]
    return dict(found)


def _check_options(proof: Mapping[str, Any], did: str, issuer: Issuer, now: dt.datetime) -> None:
    issuer.key(proof["verificationMethod"].removeprefix(f"{did}#"))
    if (proof["type"], proof["proofPurpose"]) != ("DataIntegrityProof", "assertionMethod"):
        raise RejectedError("step 3 (signature): the proof was made for another purpose")
    if _moment(proof["created"]) - _SKEW > now:
        raise RejectedError(
            "step 3 (signature): the proof was made after the time of this device; look at its "
            "clock"
        )
    if len(from_base58(proof["proofValue"])) != _SIGNATURE_BYTES:
        raise RejectedError("step 3 (signature): a proof holds what cannot be a signature")


def _moment(created: object) -> dt.datetime:
    """When a proof says that it was made. Raises RejectedError."""
    try:
        if isinstance(created, str) and _CREATED.fullmatch(created):
            return dt.datetime.fromisoformat(created)
    except ValueError:
        pass  # a thirteenth month: said below
    raise RejectedError(
        f"step 3 (signature): {created!r:.60} is no moment at which a proof was made: it was "
        "changed"
    )


def check_status(
    entry: Mapping[str, Any], lists: Mapping[str, Sequence[Mapping[str, Any]]], issuer: Issuer,
    *, now: dt.datetime,
) -> tuple[bool, str]:  # fmt: skip
    """Step 8: whether its place is set, and why that cannot be told (empty where it can).

    `lists` are the status lists at hand, by address. One that is not the issuer's, by the keys that
    are pinned, tells nothing, and hides nothing that another one tells.
    """
    address, index = entry["statusListCredential"], str(entry["statusListIndex"])
    if entry["statusPurpose"] != "revocation" or not _INDEX.fullmatch(index):
        return False, "it names a place of another kind"
    listed = lists.get(address, ())
    told, unusable = [], ""
    for each in listed:
        try:
            told.append((_is_set(each, int(index), issuer), each))
        except (RejectedError, KeyError, TypeError, AttributeError, ValueError) as error:
            unusable = f"the list {address} at hand cannot be used ({error})"
    # A place is set for good: a list that is out of date still knows those it had.
    if any(is_set for is_set, _ in told):
        return True, ""
    if not told:
        return False, unusable or _not_at_hand(address, issuer)
    is_set, newest = max(told, key=lambda each: dt.datetime.fromisoformat(each[1]["validFrom"]))
    if is_set is None:
        return False, f"the list {address} does not speak of its place"
    until = _word_ends(newest, issuer)
    if now <= until:
        return False, ""
    return False, f"unknown since {until:%Y-%m-%d %H:%M} UTC, when the list at hand ran out"


def _not_at_hand(address: str, issuer: Issuer) -> str:
    """That, and where today the list is which names an address that the issuer had before."""
    said, found = f"the list {address} is not at hand", _LIST_ADDRESS.fullmatch(address)
    today = issuer.host
    if found is None or found[1] == today or found[1] not in issuer.hosts:
        return said
    return f"{said}; today it is to be had at https://{today}/status/{found[2]}?host={found[1]}"


def _word_ends(listed: Mapping[str, Any], issuer: Issuer) -> dt.datetime:
    """A list speaks until its own last moment, and no longer than its key was in use.

    After that the newer key signs: a list of the old one that claims more is nobody's.
    """
    until = dt.datetime.fromisoformat(listed["validUntil"])
    for proof in listed["proof"]:
        end = issuer.period(key_id_of(proof)).end
        until = min(until, end) if end is not None else until
    return until


def key_id_of(proof: Mapping[str, Any]) -> str:
    """Which of the issuer's keys a proof names."""
    return str(proof["verificationMethod"]).rpartition("#")[2]


def _is_set(listed: Mapping[str, Any], place: int, issuer: Issuer) -> bool | None:
    """What one list says of a place; None where it does not speak of it."""
    try:
        check_proof(listed, issuer, LIST_CONTEXTS, now=dt.datetime.max.replace(tzinfo=dt.UTC))
    except RejectedError as error:
        raise RejectedError(f"step 8 (status), of the status list: {error}") from error
    bits = _bits(listed["credentialSubject"])
    if listed["credentialSubject"]["statusPurpose"] != "revocation" or place >= len(bits) * 8:
        return None
    return bool(bits[place // 8] & 0x80 >> place % 8)


def _bits(subject: Mapping[str, Any]) -> bytes:
    encoded = subject["encodedList"]
    unpacking = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        packed = urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4))
        bits = unpacking.decompress(packed, _MOST_BITS_BYTES)
    except (ValueError, zlib.error) as error:
        raise RejectedError("step 8 (status): the list cannot be unpacked") from error
    if encoded[:1] != "u" or not unpacking.eof:
        raise RejectedError("step 8 (status): the list is cut short, or too long")
    return bits


def is_over(until: str | None, *, now: dt.datetime) -> bool:
    """Step 9: whether the last moment of a credential is past; without one it never is."""
    return until is not None and now > dt.datetime.fromisoformat(until)


def check_agreement(document: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    """Step 7: a credential and a record state the same certificate. Raises RejectedError."""
    subject, achievement = (
        document["credentialSubject"], document["credentialSubject"]["achievement"]
    )  # fmt: skip
    digest = bytes.fromhex(facts["evidence"])
    named = urlsafe_b64decode(
        document["evidence"][1]["id"].removeprefix("ni:///sha-256;") + "="
    )  # fmt: skip
    pairs = {
        "number": (subject["licenseNumber"], facts["number"]),
        "commitment to the holder": (
            subject["identifier"][1]["identityHash"], facts["commitment"]
        ),
        "address": (document["evidence"][0]["id"].rpartition("/")[2], facts["public_id"]),
        "course": (achievement["name"], facts["course"]),
        "institution": (achievement["creator"]["name"], facts["institution"]),
        "hours": (subject["result"][0]["value"], facts["hours"]),
        "score": (subject["result"][1]["value"], str(facts["score"])),
        "evidence": (named, digest),
    }  # fmt: skip
    for name, (one, other) in pairs.items():
        if one != other:
            raise RejectedError(f"step 7 (agreement): credential and record differ in the {name}")
