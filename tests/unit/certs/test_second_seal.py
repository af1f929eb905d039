"""A second signature is there where the facts say so, by the key they name, and else nowhere."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.certs.providers import sm2_keys
from app.certs.rules import second_seal
from app.certs.rules.facts import CertificateFacts, is_holder_true, message_of, without_holder
from app.certs.rules.second_seal import SealFlaw, SecondSeal
from app.core.crypto import b64url, from_b64url
from app.core.signatures import verify_ed25519
from verifier import records
from verifier.issuer import Issuer
from verifier.log_proofs import RejectedError

VECTOR: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "golden" / "certificate-3.json").read_text("utf-8")
)
POINTS = {key_id: from_b64url(point) for key_id, point in VECTOR["sm2_keys"].items()}
KEY = sm2_keys.derive("20212223", from_b64url(VECTOR["sm2_seed"]))
OTHER = sm2_keys.derive("30313233", bytes(32))
SEAL = SecondSeal(**VECTOR["sm2"])


def _facts() -> CertificateFacts:
    found = CertificateFacts.from_mapping(VECTOR["facts"])
    assert found is not None
    return found


def _by(key: sm2_keys.Sm2Key, named: str | None = None) -> SecondSeal:
    return SecondSeal(named or key.key_id, b64url(key.sign(message_of(_facts()))))


def _record(second: SecondSeal | None) -> dict[str, Any]:
    record = {
        "facts": VECTOR["facts"], "key_id": next(iter(VECTOR["keys"])),
        "signature": VECTOR["signature"],
    }  # fmt: skip
    if second is not None:
        record["sm2"] = {"key_id": second.key_id, "signature": second.signature}
    return record


def _issuer(second: dict[str, bytes] | None) -> Issuer:
    keys = {key_id: from_b64url(key) for key_id, key in VECTOR["keys"].items()}
    return Issuer("did:web:shixue.example", keys, second=second)


CASES: dict[str, tuple[SecondSeal | None, SealFlaw | None, str]] = {
    "as it was issued": (SEAL, None, ""),
    "signed once more by the same key": (_by(KEY), None, ""),
    "taken away": (None, SealFlaw.MISSING, "taken away"),
    "by another key": (_by(OTHER), SealFlaw.OTHER_KEY, "is by '30313233'"),
    "by another key under its name": (_by(OTHER, KEY.key_id), SealFlaw.ALTERED, "does not fit"),
    "of something else": (
        SecondSeal(KEY.key_id, b64url(KEY.sign(b"x"))), SealFlaw.ALTERED, "does not fit",
    ),
    "no signature at all": (SecondSeal(KEY.key_id, ""), SealFlaw.ALTERED, "does not fit"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_both_find_the_same(case: str) -> None:
    second, flaw, word = CASES[case]
    assert second_seal.flaw_of(_facts(), second, POINTS, sm2_keys.is_good) is flaw
    if flaw is None:
        assert records.check_facts(_record(second), _issuer(POINTS)) == VECTOR["facts"]
    else:
        with pytest.raises(RejectedError, match=word):
            records.check_facts(_record(second), _issuer(POINTS))


def test_a_key_that_nobody_published_is_none() -> None:
    flaw = second_seal.flaw_of(_facts(), SEAL, {}, sm2_keys.is_good)
    assert flaw is SealFlaw.UNKNOWN_KEY
    with pytest.raises(RejectedError, match="step 2"):
        records.check_facts(_record(SEAL), _issuer({}))


def test_without_its_keys_a_verifier_still_sees_that_it_was_taken_away() -> None:
    records.check_facts(_record(SEAL), _issuer(None))
    with pytest.raises(RejectedError, match="taken away"):
        records.check_facts(_record(None), _issuer(None))


def test_one_that_the_facts_do_not_name_is_refused() -> None:
    plain = json.loads(
        (Path(__file__).parents[2] / "golden" / "certificate-2.json").read_text("utf-8")
    )
    facts = CertificateFacts.from_mapping(plain["facts"])
    assert facts is not None
    flaw = second_seal.flaw_of(facts, SEAL, POINTS, sm2_keys.is_good)
    assert flaw is SealFlaw.NOT_STATED
    record = {
        "facts": plain["facts"], "key_id": next(iter(plain["keys"])),
        "signature": plain["signature"],
    }  # fmt: skip
    records.check_facts(record, _issuer(POINTS))
    with pytest.raises(RejectedError, match="of which the facts say nothing"):
        records.check_facts(record | {"sm2": VECTOR["sm2"]}, _issuer(POINTS))


def test_the_facts_cannot_be_told_without_the_name_of_its_key() -> None:
    """Who takes the signature away cannot take the word of it away as well."""
    facts, key = _facts(), from_b64url(next(iter(VECTOR["keys"].values())))
    signature = from_b64url(VECTOR["signature"])
    assert verify_ed25519(key, signature, message_of(facts))
    for other in (replace(facts, version=2, sm2=""), replace(facts, sm2="")):
        assert not verify_ed25519(key, signature, message_of(other))
    left = {name: value for name, value in VECTOR["facts"].items() if name != "sm2"}
    assert CertificateFacts.from_mapping(left) is None
    assert CertificateFacts.from_mapping(left | {"version": 2}) is not None
    assert CertificateFacts.from_mapping(VECTOR["facts"] | {"version": 2}) is None


def test_it_stays_when_the_holder_goes() -> None:
    gone = without_holder(_facts())
    assert is_holder_true(gone)
    assert second_seal.flaw_of(gone, SEAL, POINTS, sm2_keys.is_good) is None


@pytest.mark.parametrize(
    "given", ["x", [], {}, {"key_id": "20212223"}, {"key_id": 1, "signature": 2, "x": 3}]
)
def test_what_has_another_shape_fits_nothing(given: object) -> None:
    second = second_seal.read(given)
    flaw = second_seal.flaw_of(_facts(), second, POINTS, sm2_keys.is_good)
    assert flaw is SealFlaw.OTHER_KEY
    assert second_seal.read(None) is None
    assert second_seal.read(VECTOR["sm2"]) == SEAL


def test_every_flaw_has_its_sentence() -> None:
    assert set(second_seal.SENTENCES) == set(SealFlaw)
    assert len(set(second_seal.SENTENCES.values())) == len(SealFlaw)
