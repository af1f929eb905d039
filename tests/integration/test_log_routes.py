"""The log over HTTP: tiles that anybody can cache, proofs for those who may see the record."""

import datetime as dt
from base64 import b64decode
from hashlib import sha256

import pytest
from starlette.testclient import TestClient

from app.core import audit, checkpoints, log_sequencer, merkle
from app.core.checkpoints import Checkpoint, NoteSignature, SignatureKind, VerifierKey
from app.identity.rules.actors import Role
from app.identity.services import roles
from app.lobby.parts import Parts
from app.main import build_parts, create_app
from tests.people import ALICE, csrf, prove, sign_in
from tests.tile_entries import unbundle


@pytest.fixture
def events(parts: Parts) -> list[str]:
    """The ids of 300 events that are in the log."""
    now = parts.clock.now()
    with parts.database.transaction() as db:
        for number in range(300):
            at = now + dt.timedelta(milliseconds=number)
            audit.record(db, "filler", now=at, actor_id=None, number=number)
        db.flush()
        ids = [row.id for row in db.query(audit.AuditEvent).order_by(audit.AuditEvent.id)]
    log_sequencer.sequence_all(parts.database, parts.log, now=now)
    return ids


@pytest.mark.usefixtures("events")
def test_a_monitor_rebuilds_the_tree_from_what_is_served(client: TestClient) -> None:
    answer = client.get("/log/checkpoint")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=5"
    assert "set-cookie" not in answer.headers
    about = client.get("/api/v1/log").json()
    assert about["checkpoint"] == answer.text
    keys = [VerifierKey.parse(text) for text in about["verifier_keys"]]
    assert checkpoints.signers(answer.text, keys) == keys
    stated = Checkpoint.parse(checkpoints.parse_note(answer.text)[0])
    assert (stated.origin, stated.size) == (about["origin"], 300)
    edge, tiles = merkle.Edge(), b""
    for name in ("000", "001.p/44"):
        bundle = client.get(f"/log/tile/entries/{name}")
        assert bundle.headers["content-type"] == "application/octet-stream"
        assert "immutable" in bundle.headers["cache-control"]
        tiles += client.get(f"/log/tile/0/{name}").content
        for entry in unbundle(bundle.content):
            assert len(entry) == 32
            edge.append(merkle.leaf_hash(entry))
    assert edge.root() == stated.root
    assert len(tiles) == 300 * 32
    assert client.get("/log/tile/1/000.p/1").content == merkle.fold(
        [tiles[at : at + 32] for at in range(0, 256 * 32, 32)]
    )
    for missing in ("0/002", "0/001", "0/001.p/45", "entries/001.p/45", "0/1", "x", "1/000.p/2"):
        refused = client.get(f"/log/tile/{missing}")
        assert refused.status_code == 404, missing
        assert refused.headers["content-type"] == "application/problem+json"
    assert set(client.get("/log/openapi.json").json()["paths"]) == {"/checkpoint", "/tile/{path}"}


def test_there_is_no_checkpoint_before_the_first_batch(client: TestClient) -> None:
    for address in ("/log/checkpoint", "/log/tile/0/000.p/1", "/api/v1/log"):
        assert client.get(address).status_code == 404


def test_consistency_for_everybody(client: TestClient, events: list[str]) -> None:
    answer = client.get("/api/v1/log/proofs/consistency", params={"old": 100, "new": 300}).json()
    edge = merkle.Edge()
    path = [b64decode(step) for step in answer["path"]]
    entries = [
        entry
        for name in ("000", "001.p/44")
        for entry in unbundle(client.get(f"/log/tile/entries/{name}").content)
    ]
    roots = {}
    for entry in entries:
        edge.append(merkle.leaf_hash(entry))
        roots[edge.size] = edge.root()
    assert merkle.is_consistent(100, roots[100], 300, roots[300], path)
    too_long = {"old": 100, "new": len(events) + 1}
    assert client.get("/api/v1/log/proofs/consistency", params=too_long).status_code == 404
    assert client.get("/api/v1/log/proofs/consistency", params={"old": -1, "new": 3}).is_error


def test_inclusion_of_an_event_is_for_staff(
    client: TestClient, parts: Parts, events: list[str]
) -> None:
    address, asked = "/api/v1/log/proofs/inclusion", {"kind": "audit_event", "record_id": events[7]}
    assert client.get(address, params=asked).status_code == 401
    account_id = str(sign_in(client, parts, ALICE)["account_id"])
    assert client.get(address, params=asked).status_code == 404
    prove(parts, ALICE)
    with parts.database.transaction() as db:
        roles.grant(
            db, learner_id=account_id, role=Role.REGULATOR, org_id=None, region_code=None,
            now=parts.clock.now(),
        )  # fmt: skip
    told = client.get(address, params=asked).json()
    with parts.database.reading() as db:
        record = audit.record_bytes(db.get_one(audit.AuditEvent, events[7]))
    salt, commitment = b64decode(told["salt"]), b64decode(told["commitment"])
    assert commitment == sha256(salt + b"audit_event\n" + record).digest()
    path = [b64decode(step) for step in told["path"]]
    root = Checkpoint.parse(checkpoints.parse_note(told["checkpoint"])[0]).root
    leaf = merkle.leaf_hash(commitment)
    assert merkle.is_included(leaf, told["position"], told["size"], path, root)
    for wrong in ({"kind": "audit_event", "record_id": "0" * 26}, asked | {"size": 5}):
        assert client.get(address, params=wrong).status_code == 404
    assert client.get(address, params=asked | {"kind": "person"}).status_code == 422


def test_a_witness_hands_its_line_in(parts: Parts, events: list[str]) -> None:
    key = parts.keys.signer("witness")
    name = "witness.example/w"
    known = VerifierKey(name, SignatureKind.COSIGNATURE, key.public_key)
    settings = parts.settings.model_copy(deep=True)
    settings.log.witnesses = [known.text]
    watched = build_parts(settings, parts.clock)
    with TestClient(create_app(watched)) as client:
        note = client.get("/log/checkpoint").text
        text, _ = checkpoints.parse_note(note)
        stamp = 1_800_000_000
        raw = stamp.to_bytes(8, "big") + key.sign(checkpoints.cosigned_message(text, stamp))
        line = NoteSignature(name, known.key_hash, raw).line
        body = {"size": len(events), "cosignatures": line}
        headers = csrf(client)
        address = "/api/v1/log/cosignatures"
        assert client.post(address, json=body, headers=headers).json() == {
            "size": 300, "witnesses": [name],
        }  # fmt: skip
        assert client.get("/log/checkpoint").text == note + line
        assert client.get("/api/v1/log").json()["cosigned_checkpoint"] == note + line
        assert client.get("/api/v1/log/checkpoints/300").json()["checkpoint"] == note + line
        for wrong in ({"cosignatures": line.replace("witness", "another")}, {"size": 299}):
            refused = client.post(address, json=body | wrong, headers=headers)
            assert refused.status_code in (404, 422)
    watched.database.close()
