"""The credential: what it says, what it keeps to itself, and that others' rules accept it."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.certs.providers import proofs
from app.certs.rules import credential
from app.certs.rules.credential import COMMITMENT, HOURS
from app.certs.rules.did_web import did_of, document_of, method_of
from app.certs.rules.one_proof import with_one_proof
from app.certs.rules.strict_json import MOST_BYTES, read
from tests import credentials
from tests.credentials import FACTS, ISSUER, PLACE

GOLDEN = Path(__file__).parents[2] / "golden"
PUBLISHED = Path(__file__).with_name("published")
SCHEMA = jsonschema_rs.Draft201909Validator(
    json.loads((PUBLISHED / "ob_v3p0_achievementcredential_schema.json").read_text("utf-8")),
    validate_formats=True,
)
DATA_MODEL = jsonschema_rs.Draft202012Validator(
    json.loads((PUBLISHED / "verifiable-credential-schema.json").read_text("utf-8"))
)
# Letters of every plane that names are written in: rare ones, extensions B to H, middle dots.
LETTERS = st.one_of(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
    st.characters(min_codepoint=0x3400, max_codepoint=0x4DBF),
    st.characters(min_codepoint=0x20000, max_codepoint=0x323AF),
    st.sampled_from("·•〇 -'’ABCxyzéüÑ（）"),
)


def _faults(document: dict[str, Any]) -> list[str]:
    return [
        f"{list(fault.instance_path)}: {fault.message}" for fault in SCHEMA.iter_errors(document)
    ]


@pytest.mark.parametrize("suite", proofs.SUITES)
def test_the_schema_of_open_badges_accepts_one_proof_too(suite: str) -> None:
    signed = credentials.signed()
    assert SCHEMA.is_valid(with_one_proof(signed, suite))
    with pytest.raises(ValueError, match="0 proofs"):
        with_one_proof(with_one_proof(signed, suite), "bbs-2023")


def test_the_schema_of_open_badges_accepts_it() -> None:
    assert _faults(credentials.signed()) == []
    unlimited = replace(FACTS, expires_on="", basis="", cluster="", programme="", hours="40")
    assert _faults(credentials.signed(credentials.unsigned(unlimited))) == []
    nameless = credential.credential(FACTS, "李秀梅", ISSUER, PLACE)
    assert "id" not in nameless["credentialSubject"]
    assert _faults(nameless) == []


@pytest.mark.parametrize(
    "document", [credentials.unsigned(), credentials.signed(), credentials.published_list(1)]
)
def test_the_schema_of_the_data_model_accepts_it(document: dict[str, Any]) -> None:
    assert [fault.message for fault in DATA_MODEL.iter_errors(document)] == []
    less = {name: value for name, value in document.items() if name != "issuer"}
    assert not DATA_MODEL.is_valid(less)


_NEEDED = ("id", "credentialSubject", "issuer", "validFrom", "type", "@context")


@pytest.mark.parametrize("name", _NEEDED)
def test_the_schema_would_notice(name: str) -> None:
    assert _faults({key: value for key, value in credentials.signed().items() if key != name})


def test_what_it_says() -> None:
    told = credentials.unsigned()
    subject = told["credentialSubject"]
    achievement = subject["achievement"]
    assert told["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert told["issuer"]["id"] == "did:web:shixue.example%3A8443"
    assert (told["validFrom"], told["validUntil"]) == (
        "2026-11-24T02:00:00Z",
        "2029-11-24T15:59:59Z",
    )
    assert subject["licenseNumber"] == FACTS.number
    assert subject["id"] == credentials.SUBJECT
    assert subject["creditsEarned"] == 3.33
    described = {one["id"]: one["resultType"] for one in achievement["resultDescription"]}
    results = {described[one["resultDescription"]]: one["value"] for one in subject["result"]}
    assert results == {HOURS: "3.33", "Percent": "85"}
    identities = {one["identityType"]: one for one in subject["identifier"]}
    assert identities["name"]["identityHash"] == "李秀梅"
    assert identities[COMMITMENT]["identityHash"] == FACTS.commitment
    assert not any(one["hashed"] for one in subject["identifier"])
    page, evidence = told["evidence"]
    assert page["id"] == f"{credentials.ADDRESS}/v/{FACTS.public_id}"
    assert evidence["id"].startswith("ni:///sha-256;")
    assert FACTS.evidence in evidence["narrative"]
    assert told["credentialStatus"]["statusListIndex"] == str(PLACE.index)
    assert {one["type"] for one in told["credentialSchema"]} == {
        "JsonSchema",
        "1EdTechJsonSchemaValidator2019",
    }


def test_it_keeps_the_document_number_to_itself_masked_or_digested_too() -> None:
    text = credentials.text_of(credentials.signed()).decode()
    for kept in (FACTS.holder_number, FACTS.holder_name, FACTS.holder, FACTS.holder_salt):
        assert kept
        assert kept not in text
    assert "nationalIdentityNumber" not in text


def test_names_are_made_of_what_they_stand_for() -> None:
    """An achievement is the same for all who achieved it; credentials are each their own."""
    mine = credentials.unsigned()
    theirs = credentials.unsigned(
        replace(FACTS, public_id="ZzZzZzZzZzZzZzZz", score=99, hours="5"), "王五"
    )
    assert mine["id"] != theirs["id"]
    ours = mine["credentialSubject"]["achievement"]
    assert ours == theirs["credentialSubject"]["achievement"]
    for change in ({"course": "焊接"}, {"policy": "q"}, {"hour_s": 3600}, {"institution": "别处"}):
        other = credentials.unsigned(replace(FACTS, **change))["credentialSubject"]["achievement"]
        assert other["id"] != ours["id"]
        assert other["resultDescription"][0]["id"] != ours["resultDescription"][0]["id"]


@pytest.mark.parametrize(
    ("hours", "number"), [("40", 40), ("0.5", 0.5), ("3.33", 3.33), ("120.25", 120.25)]
)
def test_whole_hours_are_whole_numbers(hours: str, number: float) -> None:
    told = credentials.unsigned(replace(FACTS, hours=hours))["credentialSubject"]
    assert told["creditsEarned"] == number
    assert isinstance(told["creditsEarned"], type(number))


@pytest.mark.parametrize(
    "change",
    [{"hours": "three"}, {"evidence": "e" * 62}, {"evidence": "x" * 64}, {"issued_at": "today"},
     {"expires_on": "2029-02-30"}, {"started_on": ""}],
)  # fmt: skip
def test_facts_that_cannot_be_told_are_refused(change: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        credentials.unsigned(replace(FACTS, **change))


@given(st.text(LETTERS, min_size=1, max_size=60))
@settings(max_examples=40, deadline=None)
def test_a_name_of_any_length_is_signed_and_read_back(name: str) -> None:
    signed = credentials.signed(credentials.unsigned(name=name))
    text = credentials.text_of(signed)
    assert len(text) < MOST_BYTES // 50
    again = read(text)
    assert again == signed
    checked = {"did": credentials.DID, "keys": credentials.KEYS, "now": credentials.NOW}
    assert proofs.verify(again, **checked) is None
    assert again["credentialSubject"]["identifier"][0]["identityHash"] == name
    other = credentials.with_value(
        again, ("credentialSubject", "identifier", 0, "identityHash"), name + "甲"
    )
    assert proofs.verify(other, **checked) is not None


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("credential-1", credentials.signed),
        ("did-1", credentials.did_document),
    ],
)
def test_the_bytes_of_what_was_issued_stay_the_same(name: str, document: Any) -> None:
    kept = (GOLDEN / f"{name}.json").read_bytes()
    assert credentials.text_of(document()) == kept


@pytest.mark.parametrize("name", ["credential-1", "status-list-1"])
def test_what_was_issued_stays_good(name: str) -> None:
    """Whatever the product becomes: read with the keys in the kept DID document."""
    kept = read((GOLDEN / f"{name}.json").read_bytes())
    methods = json.loads((GOLDEN / "did-1.json").read_text("utf-8"))["verificationMethod"]
    keys = {method["id"].partition("#")[2]: method["publicKeyMultibase"] for method in methods}
    assert keys == {key_id: proofs.multikey(key) for key_id, key in credentials.KEYS.items()}
    assert (
        proofs.verify(
            kept,
            did=credentials.DID,
            keys=credentials.KEYS,
            now=credentials.NOW + dt.timedelta(days=9999),
        )
        is None
    )


def _document_path(did: str) -> str:
    """Where whoever resolves the id looks for the document (did:web 2.5.2)."""
    _, _, _, *folders = did.split(":")
    return f"/{'/'.join(folders)}/did.json" if folders else "/.well-known/did.json"


@pytest.mark.parametrize(
    ("address", "did", "path"),
    [
        ("https://shixue.example", "did:web:shixue.example", "/.well-known/did.json"),
        ("https://shixue.example/", "did:web:shixue.example", "/.well-known/did.json"),
        ("https://Shixue.Example:8443", "did:web:shixue.example%3A8443", "/.well-known/did.json"),
        ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000", "/.well-known/did.json"),
        ("http://[::1]:80", "did:web:%5B%3A%3A1%5D%3A80", "/.well-known/did.json"),
        ("https://x.example/a/~b", "did:web:x.example:a:%7Eb", "/a/%7Eb/did.json"),
        ("https://实学.example", "did:web:xn--48sxe.example", "/.well-known/did.json"),
    ],
)
def test_an_address_as_did_web(address: str, did: str, path: str) -> None:
    assert did_of(address) == did
    assert _document_path(did) == path


@pytest.mark.parametrize(
    "address",
    ["", "shixue.example", "https://", "https://u:p@x.example", "https://x.example?q=1",
     "https://x.example#f", "ftp://x.example", "https://x.example:port"],
)  # fmt: skip
def test_an_address_that_no_did_stands_for(address: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        did_of(address)


def test_the_did_document_lists_every_key() -> None:
    told = credentials.did_document()
    assert told["@context"][0] == "https://www.w3.org/ns/did/v1"
    assert told["assertionMethod"] == [f"{credentials.DID}#{key_id}" for key_id in credentials.KEYS]
    assert {method["type"] for method in told["verificationMethod"]} == {"Multikey"}
    assert all(one["publicKeyMultibase"].startswith("z6Mk") for one in told["verificationMethod"])
    assert document_of(credentials.DID, {})["assertionMethod"] == []
    for odd in ("", "a#b", "a/b", "密钥"):
        with pytest.raises(ValueError, match="name a key"):
            method_of(credentials.DID, odd)
