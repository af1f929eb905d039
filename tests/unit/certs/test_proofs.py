"""Proofs: W3C's own vectors to the letter, and nothing altered that is not noticed."""

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import base58
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from app.certs.providers import linked_data, proofs
from app.certs.providers.linked_data import LinkedData, UndefinedTermError
from app.certs.rules.credential import CONTEXTS, CREDENTIALS_V2, OPEN_BADGES
from app.certs.rules.proof_flaws import Fault, Flaw, FlawedError
from app.core.signatures import SigningKey
from tests import credentials

PUBLISHED = Path(__file__).with_name("published")
VECTORS = json.loads((PUBLISHED / "data-integrity-eddsa.json").read_text("utf-8"))
GOOD = credentials.signed()
PLACES = sorted(credentials.places(GOOD), key=repr)
CHECK = {"did": credentials.DID, "keys": credentials.KEYS, "now": credentials.NOW}


def _fault(document: dict[str, Any], **other: Any) -> Fault | None:
    flaw = proofs.verify(document, **(CHECK | other))
    if flaw is not None:
        assert flaw.sentence.endswith("。")
        assert len(flaw.detail) <= 200
    return flaw.fault if flaw else None


def _published_contexts() -> LinkedData:
    folder = Path(linked_data.__file__).with_name("contexts")
    return LinkedData(
        {
            CREDENTIALS_V2: json.loads((folder / "credentials-v2.json").read_text("utf-8")),
            "https://www.w3.org/ns/credentials/examples/v2": json.loads(
                (PUBLISHED / "credentials-examples-v2.json").read_text("utf-8")
            ),
        }
    )


def _published_proofs() -> list[Any]:
    found = []
    for case in VECTORS["cases"]:
        given_proofs = case["signed"]["proof"]
        listed = given_proofs if isinstance(given_proofs, list) else [given_proofs]
        found += [pytest.param(case, proof, id=f"{case['name']}, {proof['cryptosuite']}")
                  for proof in listed]  # fmt: skip
    return found


@pytest.mark.parametrize(("case", "proof"), _published_proofs())
def test_the_vectors_of_w3c(case: dict[str, Any], proof: dict[str, Any]) -> None:
    document = {name: value for name, value in case["signed"].items() if name != "proof"}
    linked = _published_contexts()
    data = proofs.hash_data(document, proof, expanded=linked.expanded(document), linked=linked)
    if case["document_hash"]:
        assert (data[:32].hex(), data[32:].hex()) == (case["proof_hash"], case["document_hash"])
    public = proof["verificationMethod"].partition("#")[2]
    secret = base58.b58decode(VECTORS["keys"][public][1:])
    key = SigningKey("x", Ed25519PrivateKey.from_private_bytes(secret[2:]))
    assert proofs.multikey(key.public_key) == public
    assert "z" + base58.b58encode(key.sign(data)).decode() == proof["proofValue"]


def test_the_good_one_is_good_with_old_keys_and_later() -> None:
    assert _fault(GOOD) is None
    assert _fault(json.loads(json.dumps(GOOD))) is None
    assert _fault(dict(reversed(GOOD.items()))) is None
    assert _fault(GOOD, now=credentials.NOW + dt.timedelta(days=9000)) is None
    with_old = credentials.unsigned()
    by_old = proofs.sign(with_old, did=credentials.DID, key=credentials.OLD, now=credentials.NOW)
    assert _fault(by_old) is None


def test_a_file_is_opened_or_says_what_is_wrong() -> None:
    text = credentials.text_of(GOOD)
    assert proofs.opened(text, **CHECK) == GOOD
    twice = text.replace(b'"name":', b'"name": "x", "name":', 1)
    for raw, fault in (
        (b"", Fault.UNREADABLE),
        (twice, Fault.UNREADABLE),
        (text.replace("李秀梅".encode(), "李秀兰".encode()), Fault.ALTERED),
    ):
        flaw = proofs.opened(raw, **CHECK)
        assert isinstance(flaw, Flaw)
        assert flaw.fault is fault


def test_many_are_checked_at_the_same_time() -> None:
    other = GOOD | {"name": "x"}
    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(_fault, [GOOD, other] * 12))
    assert told == [None, Fault.ALTERED] * 12


def test_each_proof_stands_for_itself() -> None:
    """Take one away, put another's in its place: the one that is left says the same as before."""
    statements, text = GOOD["proof"]
    assert (statements["cryptosuite"], text["cryptosuite"]) == proofs.SUITES
    other = credentials.signed(credentials.unsigned(name="王五"))
    for mixed in ([statements, other["proof"][1]], [other["proof"][0], text]):
        assert _fault(GOOD | {"proof": mixed}) is Fault.ALTERED


_OTHERS = st.one_of(
    st.text(max_size=5), st.integers(-3, 3), st.floats(), st.booleans(), st.none(),
    st.just([]), st.just({}), st.just(["x"]), st.just({"id": "urn:x:y"}),
)  # fmt: skip


@given(st.sampled_from(PLACES), _OTHERS)
@settings(max_examples=120, deadline=None)
def test_no_value_can_be_altered(path: tuple[str | int, ...], value: Any) -> None:
    if credentials.at(GOOD, path) == value:
        return
    assert _fault(credentials.with_value(GOOD, path, value)) is not None


@given(st.sampled_from([path for path in PLACES if isinstance(credentials.at(GOOD, path), str)]),
       st.integers(0, 500), st.characters(exclude_categories=["Cs"]))  # fmt: skip
@settings(max_examples=120, deadline=None)
def test_no_letter_can_be_altered(path: tuple[str | int, ...], place: int, letter: str) -> None:
    text = credentials.at(GOOD, path)
    place %= len(text)
    changed = text[:place] + letter + text[place + 1 :]
    if changed != text:
        assert _fault(credentials.with_value(GOOD, path, changed)) is not None


@pytest.mark.parametrize("path", PLACES, ids=lambda path: ".".join(map(str, path)))
def test_nothing_can_be_taken_away(path: tuple[str | int, ...]) -> None:
    assert _fault(credentials.without(GOOD, path)) is not None


@pytest.mark.parametrize(
    "path", [path for path in PLACES if isinstance(path[-1], str)],
    ids=lambda path: ".".join(map(str, path)),
)  # fmt: skip
def test_no_name_can_be_altered(path: tuple[str | int, ...]) -> None:
    holder, name = credentials.without(GOOD, path), path[-1]
    credentials.at(holder, path[:-1])[f"{name}x"] = credentials.at(GOOD, path)
    assert _fault(holder) is not None


_OBJECTS = [(), *(path for path in PLACES if isinstance(credentials.at(GOOD, path), dict))]
_NAMES = (
    "grade", "rank", "@id", "@type", "@graph", "@context", "narrative", "endorsement", "x:y", "_sd",
    "https://evil.example/x", "image", "@included", "@reverse", "validUntill",
)  # fmt: skip


@given(st.sampled_from(_OBJECTS), st.sampled_from(_NAMES), _OTHERS)
@settings(max_examples=120, deadline=None)
def test_nothing_can_be_added(path: tuple[str | int, ...], name: str, value: Any) -> None:
    if name not in credentials.at(GOOD, path):
        assert _fault(credentials.with_value(GOOD, (*path, name), value)) is not None


@given(st.sampled_from([p for p in PLACES if isinstance(credentials.at(GOOD, p), list)]), st.data())
@settings(max_examples=60, deadline=None)
def test_no_order_can_be_altered(path: tuple[str | int, ...], data: st.DataObject) -> None:
    listed = credentials.at(GOOD, path)
    other = data.draw(st.permutations(listed))
    # Proofs are a set.
    if other != listed and path != ("proof",):
        assert _fault(credentials.with_value(GOOD, path, other)) is not None
    doubled = [*listed, data.draw(st.sampled_from(listed))]
    assert _fault(credentials.with_value(GOOD, path, doubled)) is not None


@given(st.binary(min_size=32, max_size=32))
@settings(max_examples=12, deadline=None)
def test_no_other_key_will_do(key: bytes) -> None:
    assert _fault(GOOD, keys={credentials.KEY.key_id: key}) is Fault.ALTERED
    assert _fault(GOOD, keys={"ffffffff": credentials.KEY.public_key}) is Fault.METHOD
    assert _fault(GOOD, keys={}) is Fault.METHOD


_SHORT = GOOD["proof"][:1]
_PROOF_CHANGES: list[tuple[dict[str, Any], Fault]] = [
    ({"type": "Ed25519Signature2020"}, Fault.CRYPTOSUITE),
    ({"cryptosuite": "ecdsa-rdfc-2019"}, Fault.CRYPTOSUITE),
    ({"cryptosuite": ["eddsa-rdfc-2022"]}, Fault.CRYPTOSUITE),
    ({"proofPurpose": "authentication"}, Fault.PURPOSE),
    ({"verificationMethod": f"{credentials.DID}#ffffffff"}, Fault.METHOD),
    ({"verificationMethod": "did:web:evil.example#0a0b0c0d"}, Fault.METHOD),
    ({"verificationMethod": f"{credentials.DID}#01020304"}, Fault.ALTERED),
    ({"created": "2026-11-24T02:00:01Z"}, Fault.CREATED),
    ({"created": "2026-11-24T01:59:59Z"}, Fault.ALTERED),
    ({"created": "2026-11-24T02:00:00"}, Fault.NO_MOMENT),
    ({"created": "2026-02-30T02:00:00Z"}, Fault.NO_MOMENT),
    ({"created": "yesterday"}, Fault.NO_MOMENT),
    ({"created": ""}, Fault.NO_MOMENT),
    ({"expires": "2026-11-25T02:00:00Z"}, Fault.PROOF_FIELDS),
    ({"proofValue": ""}, Fault.PROOF_VALUE),
    ({"proofValue": "z"}, Fault.PROOF_VALUE),
    ({"proofValue": "z0OIl"}, Fault.PROOF_VALUE),
    ({"proofValue": "u" + "A" * 86}, Fault.PROOF_VALUE),
    ({"proofValue": "z" + "1" * 64}, Fault.ALTERED),
    ({"proofValue": "z" + "2" * 5000}, Fault.PROOF_VALUE),
    ({"proofValue": 5}, Fault.PROOF_FIELDS),
]


@pytest.mark.parametrize(("change", "fault"), _PROOF_CHANGES)
@pytest.mark.parametrize("which", [0, 1])
def test_what_is_wrong_with_a_proof_is_said(
    change: dict[str, Any], fault: Fault, which: int
) -> None:
    proof = GOOD["proof"][which] | change
    listed = [proof if place == which else one for place, one in enumerate(GOOD["proof"])]
    assert _fault(GOOD | {"proof": listed}) is fault


@pytest.mark.parametrize("more", [" ", "\n", "\t ", "1", "A"])
@pytest.mark.parametrize("which", [0, 1])
def test_a_signature_is_spelled_in_one_way(which: int, more: str) -> None:
    """The base58 library overlooks blanks at the end."""
    value = GOOD["proof"][which]["proofValue"]
    for spelled in (value + more, "z" + more + value[1:]):
        longer = credentials.with_value(GOOD, ("proof", which, "proofValue"), spelled)
        assert _fault(longer) is Fault.PROOF_VALUE


def test_a_proof_with_another_context_is_told_from_an_altered_text() -> None:
    for context in (list(CONTEXTS[:2]), [*CONTEXTS, _OWN], "x"):
        other = credentials.with_value(GOOD, ("proof", 1, "@context"), context)
        assert _fault(other) is Fault.CONTEXT


@pytest.mark.parametrize(
    ("proof", "fault"),
    [
        (None, Fault.NO_PROOF), ([], Fault.NO_PROOF), (GOOD["proof"][0], Fault.NO_PROOF),
        (_SHORT, Fault.NO_PROOF), (["x"], Fault.NO_PROOF), ([{}], Fault.CRYPTOSUITE),
        ([*GOOD["proof"], GOOD["proof"][0]], Fault.PROOF_FIELDS),
        ([GOOD["proof"][1]] * 2, Fault.PROOF_FIELDS),
        ([*GOOD["proof"], {"cryptosuite": "ecdsa-rdfc-2019"}], Fault.CRYPTOSUITE),
    ],
)  # fmt: skip
def test_two_proofs_and_no_others(proof: Any, fault: Fault) -> None:
    assert _fault(GOOD | {"proof": proof}) is fault


def test_proofs_are_a_set_in_any_order() -> None:
    turned = GOOD | {"proof": GOOD["proof"][::-1]}
    assert _fault(turned) is None
    other = credentials.with_value(turned, ("name",), "x")
    assert _fault(other) is Fault.ALTERED


def test_a_document_without_any_proof() -> None:
    assert _fault(credentials.unsigned()) is Fault.NO_PROOF


_OWN = {"identityHash": "https://schema.org/alternateName"}
_CONTEXTS: list[Any] = [
    None, [], CREDENTIALS_V2, [CREDENTIALS_V2], list(CONTEXTS[:2]), list(CONTEXTS[::-1]),
    [OPEN_BADGES, *CONTEXTS], [*CONTEXTS, CREDENTIALS_V2],
    [*CONTEXTS, "https://evil.example/context"], [*CONTEXTS, "https://www.w3.org/ns/credentials/V2"],
    [CREDENTIALS_V2, OPEN_BADGES.replace("3.0.3", "3.0.2"), CONTEXTS[2]],
    [CREDENTIALS_V2 + "#", *CONTEXTS[1:]], [CREDENTIALS_V2 + "?", *CONTEXTS[1:]],
    [*CONTEXTS, _OWN], [_OWN, *CONTEXTS], [*CONTEXTS, None], [*CONTEXTS, {"@vocab": "urn:x#"}],
    [*CONTEXTS, {"@import": "https://evil.example/context"}], {"@vocab": "urn:x#"},
    [*CONTEXTS, "file:///etc/passwd"], [*CONTEXTS, "http://127.0.0.1/"],
]  # fmt: skip


@pytest.mark.parametrize("context", _CONTEXTS)
def test_no_other_context_will_do(context: Any) -> None:
    for document in (GOOD, credentials.with_value(GOOD, ("proof", 1, "@context"), context)):
        fault = _fault(document | {"@context": context})
        assert fault in {Fault.CONTEXT, Fault.UNDEFINED, Fault.UNREADABLE, Fault.ALTERED}
    with pytest.raises(FlawedError):
        credentials.signed(credentials.unsigned() | {"@context": [*CONTEXTS, _OWN]})


@pytest.mark.parametrize("context", [_OWN, [], None, {"@vocab": "urn:x#"}, CREDENTIALS_V2])
@pytest.mark.parametrize("path", [p for p in _OBJECTS if p])
def test_no_context_further_down_either(path: tuple[str | int, ...], context: Any) -> None:
    assert _fault(credentials.with_value(GOOD, (*path, "@context"), context)) is not None


def test_no_proof_over_other_meanings_is_believed() -> None:
    """Sign under a context of one's own with our key, were it to happen: it is refused as well."""
    document = credentials.unsigned() | {"@context": [*CONTEXTS, _OWN]}
    with pytest.raises(FlawedError, match="context"):
        credentials.signed(document)
    own = document | {"proof": GOOD["proof"]}
    assert _fault(own) is Fault.CONTEXT


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"grade": "A"}, Fault.UNDEFINED),
        ({"expirationDate": "2029-11-24T15:59:59Z"}, Fault.UNDEFINED),
        ({"id": "not a reference"}, Fault.UNDEFINED),
        ({"id": "relative"}, Fault.UNDEFINED),
        ({"id": "//evil.example/x"}, Fault.UNDEFINED),
        ({"id": "x-relative://relative.invalid/"}, Fault.UNDEFINED),
        ({"id": "@nothing"}, Fault.UNDEFINED),
        ({"id": "_:b0"}, Fault.UNDEFINED),
        ({"id": ""}, Fault.UNDEFINED),
        ({"type": ["VerifiableCredential", "OpenBadgeCredential", "@nothing"]}, Fault.UNDEFINED),
        ({"type": ["VerifiableCredential", "OpenBadgeCredential", "Diploma"]}, Fault.UNDEFINED),
        ({"credentialSubject": {"type": ["AchievementSubject"], "name2": "x"}}, Fault.UNDEFINED),
        ({"evidence": [{"id": "/v/x", "type": ["Evidence"]}]}, Fault.UNDEFINED),
        ({"name": None}, Fault.UNREADABLE),
        ({"evidence": []}, Fault.UNREADABLE),
        ({"name": "a\tb"}, Fault.UNREADABLE),
        ({"ttl": 2**60}, Fault.UNREADABLE),
        ({"issuer": "did:web:evil.example"}, Fault.ISSUER),
        ({"issuer": {"name": "x"}}, Fault.ISSUER),
        ({"@graph": [{"id": "urn:x:y"}]}, Fault.CONTEXT),
        ({"@id": "urn:x:y"}, Fault.CONTEXT),
        ({"@context": CREDENTIALS_V2}, Fault.CONTEXT),
        ({"@context": [*CONTEXTS, CREDENTIALS_V2]}, Fault.CONTEXT),
        ({"proof": GOOD["proof"]}, Fault.PROOF_FIELDS),
    ],
)
def test_what_a_signature_would_not_cover_is_not_signed(
    change: dict[str, Any], fault: Fault
) -> None:
    with pytest.raises(FlawedError) as refused:
        credentials.signed(credentials.unsigned() | change)
    assert refused.value.flaw.fault is fault
    if fault is not Fault.PROOF_FIELDS:
        assert _fault(GOOD | change) is fault


def test_the_network_is_never_asked() -> None:
    linked = linked_data.bundled()
    with pytest.raises(UndefinedTermError, match=r"JSON-LD|hand"):
        linked.expanded({"@context": "https://www.w3.org/2018/credentials/v1", "id": "urn:x:y"})


def test_a_context_that_was_edited_stops_the_product(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(linked_data.__file__).with_name("contexts")
    for path in folder.glob("*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    name = "open-badges-3.0.3.json"
    (tmp_path / name).write_bytes((folder / name).read_bytes() + b" ")
    monkeypatch.setattr(linked_data, "_FOLDER", tmp_path)
    linked_data.bundled.cache_clear()
    with pytest.raises(RuntimeError, match="as it was published"):
        linked_data.bundled()
    monkeypatch.undo()
    assert linked_data.bundled().knows(CREDENTIALS_V2)
