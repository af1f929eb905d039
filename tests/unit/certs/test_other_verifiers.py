"""Software that we did not write says the same of a credential as ours does."""

import datetime as dt
import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.certs.providers import linked_data, proofs
from app.certs.rules.credential import CONTEXTS
from app.certs.rules.did_web import MULTIKEY_V1
from app.certs.rules.facts import CertificateFacts
from app.certs.rules.one_proof import with_one_proof
from app.core.clock import SystemClock
from tests import credentials
from tests.browser.chromium import NODE

FRONTEND = Path(__file__).parents[3] / "frontend"
RARE = "㐀䶵𠮷𬍛𫟼龘〇·"
# The list has to be good today: its verifier asks the clock of the machine.
NOW = SystemClock().now().replace(microsecond=0)


def _contexts() -> dict[str, Any]:
    folder = Path(linked_data.__file__).with_name("contexts")
    names = ("credentials-v2.json", "open-badges-3.0.3.json", "open-badges-extensions.json")
    return {
        address: json.loads((folder / name).read_text("utf-8"))
        for address, name in zip(CONTEXTS, names, strict=True)
    }


def _documents(listed: dict[str, Any]) -> dict[str, Any]:
    """What the addresses in a credential lead to: the contexts, our keys, the list."""
    known = credentials.did_document()
    methods = {
        method["id"]: {"@context": MULTIKEY_V1, **method} for method in known["verificationMethod"]
    }
    places = {credentials.DID: known, credentials.LIST_ADDRESS: listed}
    return _contexts() | methods | places


def _told(listed: dict[str, Any], **asked: Any) -> dict[str, Any]:
    given = {"documents": _documents(listed), "now": NOW.isoformat(), **asked}
    done = subprocess.run(
        [NODE, "tests/other_verifier.mjs"], cwd=FRONTEND, input=json.dumps(given).encode(),
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _signed(document: dict[str, Any] | None = None) -> dict[str, Any]:
    return credentials.signed(document, now=NOW)


def _facts() -> CertificateFacts:
    """Facts of a certificate that is valid today."""
    later = (NOW + dt.timedelta(days=700)).date().isoformat()
    return replace(credentials.FACTS, issued_at=NOW.isoformat(), expires_on=later)


def _good() -> dict[str, Any]:
    return _signed(credentials.unsigned(_facts()))


ALTERED = [
    (("credentialSubject", "identifier", 0, "identityHash"), "李秀兰"),
    (("credentialSubject", "creditsEarned"), 333),
    (("credentialSubject", "result", 1, "value"), "100"),
    (("credentialSubject", "licenseNumber"), "ZZ51510000202600000008X"),
    (("validUntil",), "2126-11-24T15:59:59Z"),
    (("credentialStatus", "statusListIndex"), "3"),
    (("issuer", "name"), "别人"),
    (("evidence", 1, "id"), "ni:///sha-256;AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    (("proof", 0, "created"), "2026-11-24T02:00:01Z"),
    (("proof", 0, "verificationMethod"), f"{credentials.DID}#01020304"),
]


def test_the_good_one_is_accepted_and_every_altered_one_refused() -> None:
    good = _good()
    altered = [credentials.with_value(good, path, value) for path, value in ALTERED]
    extra = [good | {"grade": "A"}, credentials.with_value(good, ("issuer", "rank"), "1")]
    listed = credentials.published_list(now=NOW)
    told = _told(listed, credentials=[good, *altered, *extra])["credentials"]
    first, *others = told
    assert first == {"verified": True, "revoked": False, "checked": 1, "why": "", "text": True}
    assert [one["verified"] for one in others] == [False] * len(others)
    checked = {"did": credentials.DID, "keys": credentials.KEYS, "now": NOW}
    assert proofs.verify(good, **checked) is None
    for document in [*altered, *extra]:
        assert proofs.verify(document, **checked) is not None


def test_one_that_binds_a_picture_is_accepted_and_no_other_picture() -> None:
    """`relatedResource` is the data model's own word, in safe mode too."""
    good = _signed(credentials.unsigned(_facts(), picture=b"\xff\xd8 a face"))
    other = credentials.with_value(
        good, ("relatedResource", 0, "digestSRI"), "sha256-" + "A" * 43 + "="
    )
    renamed = credentials.with_value(good, ("relatedResource", 0, "mediaType"), "image/png")
    listed = credentials.published_list(now=NOW)
    told = _told(listed, credentials=[good, other, renamed])["credentials"]
    assert [one["verified"] for one in told] == [True, False, False]
    checked = {"did": credentials.DID, "keys": credentials.KEYS, "now": NOW}
    assert proofs.verify(good, **checked) is None
    assert proofs.verify(other, **checked) is not None


def test_one_with_a_single_proof_says_as_much() -> None:
    """Each proof of a set is over the document without any: for who knows one suite alone."""
    good = _good()
    by_statements, by_text = (with_one_proof(good, suite) for suite in proofs.SUITES)
    altered = [
        credentials.with_value(one, path, value)
        for one in (by_statements, by_text)
        for path, value in ALTERED
        if path[0] != "proof"
    ]
    listed = credentials.published_list(now=NOW)
    told = _told(listed, credentials=[by_statements, by_text, *altered])["credentials"]
    assert [(one["verified"], one["text"]) for one in told] == [
        (True, False), (False, True), *[(False, False)] * len(altered),
    ]  # fmt: skip


def test_the_revoked_one_is_told_apart() -> None:
    good = _good()
    listed = credentials.published_list(credentials.PLACE.index, now=NOW)
    [told] = _told(listed, credentials=[good])["credentials"]
    # The library calls the signature good and leaves it to its caller to look at the status.
    assert (told["verified"], told["revoked"], told["checked"]) == (True, True, 1)
    neighbours = credentials.published_list(
        credentials.PLACE.index - 1, credentials.PLACE.index + 1, now=NOW
    )
    [told] = _told(neighbours, credentials=[good])["credentials"]
    assert (told["verified"], told["revoked"], told["checked"]) == (True, False, 1)


def test_a_list_that_was_altered_says_nothing() -> None:
    good = _good()
    listed = credentials.published_list(credentials.PLACE.index, now=NOW)
    empty = credentials.published_list(now=NOW)["credentialSubject"]["encodedList"]
    forged = credentials.with_value(listed, ("credentialSubject", "encodedList"), empty)
    [told] = _told(forged, credentials=[good])["credentials"]
    assert told["verified"] is False


def test_both_read_the_same_out_of_any_name_and_any_hours() -> None:
    """The same statements to the letter, and the canonical text by its signature."""
    base = _facts()
    names = ["张三", "阿", RARE, RARE * 12, "古丽·买买提", 'O\'Brien "x" \\ <y> & z', "𠀀（乙）"]
    documents = [credentials.unsigned(base, name) for name in names]
    for hundredths in (1, 7, 10, 29, 57, 333, 1005, 4000, 4050, 12_345, 99_999):
        hours = f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")
        documents.append(credentials.unsigned(replace(base, hours=hours)))
    unlimited = replace(base, expires_on="", basis="", cluster="", programme="")
    documents += [credentials.unsigned(unlimited), credentials.unsigned(picture=b"\xff\xd8 a face")]
    signed = [_signed(document) for document in documents]
    told = _told(credentials.published_list(now=NOW), statements=documents, credentials=signed)
    linked = linked_data.bundled()
    for document, theirs in zip(documents, told["statements"], strict=True):
        assert linked.statements(linked.expanded(document)) == theirs
    assert all(one["verified"] and one["text"] for one in told["credentials"])


def test_every_word_is_defined_in_the_signed_whole_too() -> None:
    """In safe mode the library refuses what a context does not define, the proofs included."""
    whole = _good()
    listed = credentials.published_list(now=NOW)
    told = _told(listed, statements=[whole, listed])["statements"]
    assert all("https://w3id.org/security#proofValue" in text for text in told)
