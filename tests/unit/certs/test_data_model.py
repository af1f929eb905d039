"""Nothing is signed that is not as W3C's data model 2.0 has it; clause by clause."""

from typing import Any

import pytest

from app.certs.providers import proofs
from app.certs.rules.data_model import shape_flaw
from app.certs.rules.proof_flaws import Fault, FlawedError
from tests import credentials

GOOD = credentials.unsigned(picture=b"\xff\xd8 a face")
BOUND = GOOD["relatedResource"][0]
WRONG: list[tuple[str, str, Any]] = [
    ("id (4.4)", "id", "7"),
    ("id (4.4)", "id", "https://a b"),
    ("id (4.4)", "id", ["urn:uuid:1", "urn:uuid:2"]),
    ("type (4.5)", "type", ["OpenBadgeCredential"]),
    ("type (4.5)", "type", "OpenBadgeCredential"),
    ("issuer (4.7)", "issuer", "Shixue"),
    ("issuer (4.7)", "issuer", {"name": "Shixue"}),
    ("credentialSubject (4.8)", "credentialSubject", "urn:uuid:1"),
    ("credentialSubject (4.8)", "credentialSubject", []),
    ("credentialSubject (4.8)", "credentialSubject", [{}]),
    ("validFrom, validUntil (4.9)", "validFrom", "2026-11-24T02:00:00"),
    ("validFrom, validUntil (4.9)", "validFrom", "2026-13-24T02:00:00Z"),
    ("validFrom, validUntil (4.9)", "validFrom", 20261124),
    ("validFrom, validUntil (4.9)", "validUntil", "2026-11-24"),
    ("validFrom, validUntil (4.9)", "validUntil", "2026-11-24T01:59:59Z"),
    ("credentialStatus (4.5)", "credentialStatus", {"id": "urn:uuid:1"}),
    ("credentialStatus (4.5)", "credentialStatus", {"type": "A", "id": "7"}),
    ("credentialSchema (4.5)", "credentialSchema", [{"id": "urn:uuid:1"}]),
    ("credentialSchema (4.11)", "credentialSchema", {"type": "JsonSchema"}),
    ("evidence (4.5)", "evidence", [{"id": "urn:uuid:1", "type": ["Evidence"]}, {"name": "x"}]),
    ("evidence (4.5)", "evidence", {"type": [7]}),
    ("termsOfUse (4.5)", "termsOfUse", {"id": "urn:uuid:1"}),
    ("refreshService (4.5)", "refreshService", "https://shixue.example"),
    ("relatedResource (5.3)", "relatedResource", ["urn:uuid:1"]),
    ("relatedResource (5.3)", "relatedResource", [BOUND, BOUND]),
    ("relatedResource (5.3)", "relatedResource", [{"id": "urn:uuid:1"}]),
    ("relatedResource (5.3)", "relatedResource", {"digestSRI": BOUND["digestSRI"]}),
]


@pytest.mark.parametrize(("told", "name", "value"), WRONG)
def test_each_clause_is_asked(told: str, name: str, value: Any) -> None:
    assert shape_flaw(GOOD | {name: value}) == told


@pytest.mark.parametrize("name", ["type", "issuer", "credentialSubject"])
def test_what_is_needed_is_missed(name: str) -> None:
    less = {member: value for member, value in GOOD.items() if member != name}
    assert (shape_flaw(less) or "").startswith(name)


@pytest.mark.parametrize(
    "change",
    [
        {}, {"validFrom": "2026-11-24T02:00:00.125+08:00"}, {"validUntil": GOOD["validFrom"]},
        {"credentialSubject": [{"id": "urn:uuid:1"}, {"id": "urn:uuid:2"}]},
        {"issuer": "did:web:shixue.example"}, {"type": "VerifiableCredential"},
        {"credentialStatus": [GOOD["credentialStatus"]]}, {"evidence": GOOD["evidence"][0]},
        {"relatedResource": BOUND},
    ],
)  # fmt: skip
def test_what_the_data_model_lets_is_let(change: dict[str, Any]) -> None:
    assert shape_flaw(GOOD | change) is None


@pytest.mark.parametrize("document", [GOOD, credentials.published_list(1)])
def test_what_is_given_out_has_it(document: dict[str, Any]) -> None:
    assert shape_flaw(document) is None


def test_nothing_else_is_signed() -> None:
    backwards = GOOD | {"validUntil": "2026-11-24T01:59:59Z"}
    with pytest.raises(FlawedError) as refused:
        credentials.signed(backwards)
    assert refused.value.flaw.fault is Fault.SHAPE
    told = proofs.flaw_before_signing(backwards, credentials.DID)
    assert told == refused.value.flaw
    assert told.sentence
