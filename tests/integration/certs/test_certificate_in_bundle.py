"""The certificate travels with its evidence, and the stand-alone verifier says what is wrong."""

import copy
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from app import worker
from app.certs.providers import proofs
from app.certs.rules.credential import Issuer as Signing
from app.certs.rules.credential import credential
from app.certs.rules.facts import CertificateFacts, message_of, record_bytes
from app.certs.rules.numbers import make_number
from app.certs.services import bundles, statuses
from app.certs.services.bundles import Sources
from app.certs.services.statuses import PURPOSE
from app.core import audit, log_sequencer, log_witnesses, translog
from app.core.checkpoints import Checkpoint, VerifierKey, sign_note
from app.core.clock import SettableClock
from app.core.crypto import KeyRing, b64url
from app.core.ids import new_id
from app.core.log_reading import prove_inclusion
from app.core.translog import Kind
from app.learning.services import ledger
from app.lobby.parts import Parts
from app.main import create_app
from tests import examinee
from tests.graduates import certificate_of, study_through
from tests.people import ALICE, CAROL, MALLORY, sign_in
from tests.player import Player
from tests.reviewers import on_case, post, reviewer
from tests.witness import Witness
from verifier import __main__ as program
from verifier.bundle import check
from verifier.issuer import Issuer, read_issuer
from verifier.log_proofs import Key, RejectedError, read_key

Bundle = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    player: Player
    certificate: dict[str, Any]
    bundle: Bundle
    keys: list[Key]
    issuer: Issuer


@pytest.fixture
def case(client: TestClient, parts: Parts, clock: SettableClock) -> Case:
    alice = study_through(client, parts, clock)
    examinee.sit(client, parts, alice.enrolment_id, wrong=1)
    certificate = certificate_of(alice)
    _close(parts, clock)
    sign_in(client, parts, ALICE)
    bundle = client.get(_address(alice)).json()
    keys = [read_key(text) for text in client.get("/api/v1/log").json()["verifier_keys"]]
    issuer = read_issuer(client.get("/.well-known/did.json").json())
    return Case(alice, certificate, bundle, keys, issuer)


def _address(player: Player) -> str:
    return f"/api/v1/me/enrolments/{player.enrolment_id}/bundle"


def _close(parts: Parts, clock: SettableClock) -> None:
    """The sessions end by themselves, and everything gets its place."""
    clock.advance(ms=24 * 3_600_000)
    for schedule in worker.SCHEDULES:
        if schedule.name in ("close_idle", "sequence_log"):
            schedule.run(parts)


def _anew(case: Case) -> Bundle:
    log_sequencer.sequence_all(case.player.parts.database, case.player.parts.log,
                               now=case.player.clock.now())  # fmt: skip
    found: Bundle = case.player.client.get(_address(case.player)).json()
    return found


def test_the_certificate_rests_on_the_entries_beside_it(case: Case) -> None:
    found = check(case.bundle, case.keys, case.issuer, now=case.player.clock.now())
    [certified] = found.certificates
    assert (certified.number, certified.study_ms) == (case.certificate["number"], 180_000)
    assert (certified.hours, certified.later_ms, certified.since) == ("0.06", 0, ())
    assert certified.has_credential
    assert ALICE.name in case.bundle["certificates"][0]["credential"]
    assert ALICE.number not in json.dumps(case.bundle)


def test_all_of_it_is_proved_under_what_a_witness_signed(case: Case) -> None:
    """The newest checkpoint seldom has a line; the last one that has is taken where it reaches."""
    parts, witness = case.player.parts, Witness({})
    keys = [*case.keys, read_key(witness.verifier_key)]
    newest = _anew(case)["log"]["checkpoint"]
    line = witness.line(newest.partition("\n\n")[0] + "\n")
    with parts.database.transaction() as db:
        log_witnesses.accept(
            db,
            [VerifierKey.parse(witness.verifier_key)],
            size=int(newest.split("\n")[1]),
            lines=line,
        )
        audit.record(db, "something.happened", now=case.player.clock.now(), actor_id=None)
    bundle = _anew(case)
    assert bundle["log"]["checkpoint"] == newest + line
    found = check(bundle, keys, case.issuer, now=case.player.clock.now())
    assert [each.number for each in found.certificates] == [case.certificate["number"]]
    with reviewer(parts) as wu, reviewer(parts, MALLORY) as second:
        path = f"/certificates/{case.certificate['certificate_id']}/revocation"
        case_id = post(wu, path, {"reason": "代考查实"}).json()["case_id"]
        assert on_case(second, case_id, "confirmation", confirms=True).status_code == 200
    later = _anew(case)  # what happened since is shown, and the witness has not seen it
    assert check(later, case.keys, case.issuer).certificates[0].since
    with pytest.raises(RejectedError, match="has not signed the checkpoint"):
        check(later, keys, case.issuer)


def test_staff_get_the_record_and_not_the_name(case: Case) -> None:
    parts = case.player.parts
    sources = Sources(parts.vault, parts.keys, parts.log, parts.storage, parts.settings.public_url)
    with parts.database.reading() as db:
        made = bundles.make_bundle(
            db, sources, case.player.enrolment_id, learner_id=None, now=case.player.clock.now()
        )
    assert ALICE.name not in made.decode()
    [certified] = check(json.loads(made), case.keys, case.issuer).certificates
    assert not certified.has_credential
    with TestClient(create_app(parts)) as other:
        sign_in(other, parts, CAROL)
        assert other.get(_address(case.player)).status_code == 404


def test_that_it_was_taken_back_travels_along(case: Case) -> None:
    parts = case.player.parts
    with reviewer(parts) as wu, reviewer(parts, MALLORY) as second:
        path = f"/certificates/{case.certificate['certificate_id']}/revocation"
        case_id = post(wu, path, {"reason": "代考查实"}).json()["case_id"]
        assert on_case(second, case_id, "confirmation", confirms=True).status_code == 200
    bundle = _anew(case)
    [certified] = check(bundle, case.keys, case.issuer).certificates
    assert [name for _, name in certified.since] == ["certificate.revoked"]
    events = bundle["certificates"][0]["events"]
    events[-1]["record"] = events[-1]["record"].replace(
        "certificate.revoked", "certificate.praised"
    )
    with pytest.raises(RejectedError, match="an event of it is not in the log"):
        check(bundle, case.keys, case.issuer)


def test_one_whose_number_was_given_up_was_never_issued(case: Case) -> None:
    parts, certificate_id = case.player.parts, case.certificate["certificate_id"]
    with parts.database.transaction() as db:
        audit.record(
            db, "certificate.voided", now=case.player.clock.now(), actor_id="0" * 26,
            subject_id=certificate_id, number=case.certificate["number"],
        )  # fmt: skip
    with pytest.raises(RejectedError, match="given up, it was never issued"):
        check(_anew(case), case.keys, case.issuer, now=case.player.clock.now())


def test_hours_taken_back_later_are_told_apart(case: Case) -> None:
    parts, clock = case.player.parts, case.player.clock
    with parts.database.transaction() as db:
        first = ledger.rows.entries_in(db, case.player.enrolment_id)[0]
        ledger.correct(db, first.id, ms=-1000, reason="核减", author_id=first.learner_id,
                       now=clock.now())  # fmt: skip
    [certified] = check(_anew(case), case.keys, case.issuer).certificates
    assert (certified.study_ms, certified.later_ms) == (180_000, -1000)


def _flip(text: str) -> str:
    raw = b64decode(text)
    return b64encode(bytes([raw[0] ^ 1]) + raw[1:]).decode()


def _record(bundle: Bundle) -> dict[str, Any]:
    found: dict[str, Any] = bundle["certificates"][0]["record"]
    return found


def _with_key(case: Case, bundle: Bundle, **changes: object) -> None:
    """What somebody with the signing key would put there: their own signature, and no leaf."""
    facts = CertificateFacts.from_mapping(_record(bundle)["facts"] | changes)
    assert facts is not None
    signature = b64url(case.player.parts.keys.signer(PURPOSE).sign(message_of(facts)))
    _record(bundle).update(facts=facts.to_mapping(), signature=signature)


def _entered(case: Case, bundle: Bundle, **changes: object) -> None:
    """The same with a leaf: somebody with all of the keys, or an honest one of somebody else."""
    parts, now = case.player.parts, case.player.clock.now()
    _with_key(case, bundle, **changes)
    record, record_id = _record(bundle), new_id(now)
    facts = CertificateFacts.from_mapping(record["facts"])
    assert facts is not None
    with parts.database.transaction() as db:
        written = record_bytes(facts, record["key_id"], record["signature"])
        translog.enter(db, Kind.CERTIFICATE, record_id, written)
    bundle |= _anew(case)
    with parts.database.reading() as db:
        proof = prove_inclusion(db, Kind.CERTIFICATE, record_id)
    record["log"] |= {
        "position": proof.position, "salt": b64encode(proof.salt).decode(), "size": proof.size,
        "commitment": b64encode(proof.commitment).decode(),
        "path": [b64encode(step).decode() for step in proof.path], "checkpoint": proof.checkpoint,
    }  # fmt: skip
    bundle["certificates"][0]["record"] = record


def _changes() -> list[tuple[str, Callable[[Bundle], object]]]:
    """One thing changed each, with a word of what must be said."""

    def facts(**given: object) -> Callable[[Bundle], object]:
        return lambda b: _record(b)["facts"].update(given)

    def log(name: str, change: Callable[[Any], Any]) -> Callable[[Bundle], object]:
        return lambda b: _record(b)["log"].update({name: change(_record(b)["log"][name])})

    def event(name: str, change: Callable[[Any], Any]) -> Callable[[Bundle], object]:
        def alter(b: Bundle) -> None:
            one = b["certificates"][0]["events"][0]
            one[name] = change(one[name])

        return alter

    def credential(old: str, new: str) -> Callable[[Bundle], object]:
        def alter(b: Bundle) -> None:
            one = b["certificates"][0]
            assert old in one["credential"]
            one["credential"] = one["credential"].replace(old, new)

        return alter

    return [
        ("step 3", facts(hours="72")),
        ("step 3", facts(study_ms=180_001)),
        ("step 3", facts(evidence="0" * 64)),
        ("step 3", facts(extra="1")),
        ("step 0", facts(version=5)),
        ("step 4", facts(holder_name="马*洛")),
        ("step 4", facts(holder_number="5101**********0029")),
        ("step 4", facts(holder_salt="")),
        ("step 3", lambda b: _record(b).update(signature="A" * 86)),
        ("step 2", lambda b: _record(b).update(key_id="01020304")),
        ("step 6", log("salt", _flip)),
        ("step 6", log("position", lambda at: at + 1)),
        ("step 6", log("size", lambda size: size - 1)),
        ("step 6", log("path", lambda path: [_flip(path[0]), *path[1:]])),
        ("step 6", log("path", lambda path: path[1:])),
        ("step 6", lambda b: _record(b).update(log=None)),
        ("signature of", log("checkpoint", lambda note: note.replace("/log\n", "/lob\n", 1))),
        ("step 6", event("salt", _flip)),
        ("step 6", event("record", lambda text: text.replace("certificate.", "certificates."))),
        ("not given out|given out", lambda b: b["certificates"][0].update(events=[])),
        ("step 7", lambda b: b.update(policy_text=b["policy_text"].replace("2700", "2701"))),
        ("step 3", credential(ALICE.name, "马小洛")),
        ("step 3", credential('"value": "0.06"', '"value": "72"')),
        ("stands twice", credential('"@context"', '"id": "urn:x", "@context"')),
        ("step 0", credential("context-3.0.3", "context-3.0.4")),
        ("form", lambda b: b["certificates"][0].pop("record")),
        ("form", lambda b: b.pop("certificates")),
    ]  # fmt: skip


def test_every_altered_part_is_named(case: Case) -> None:
    for word, change in _changes():
        other = copy.deepcopy(case.bundle)
        change(other)
        assert other != case.bundle, word
        with pytest.raises(RejectedError, match=word):
            check(other, case.keys, case.issuer, now=case.player.clock.now())


def test_a_missing_entry_and_more_hours_than_the_entries_have(case: Case) -> None:
    """Even where whoever alters has every key of the platform, the sum does not fit."""
    fewer = copy.deepcopy(case.bundle)
    fewer["entries"].pop()
    fewer["confirmed_ms"] = sum(json.loads(each["record"])["ms"] for each in fewer["entries"])
    with pytest.raises(RejectedError, match="not those that it was issued for"):
        check(fewer, case.keys, case.issuer)
    leaked = copy.deepcopy(case.bundle)
    _with_key(case, leaked, hours="72")
    with pytest.raises(RejectedError, match="not in the log at its position"):
        check(leaked, case.keys, case.issuer)
    for word, changes in (
        ("sum up to 180000 ms", {"study_ms": 180_001}),
        ("72 hours; its time comes to 0.06", {"hours": "72"}),
        ("policy here is not the one", {"policy": "0" * 16}),
        ("not those that it was issued for", {"evidence": "0" * 64}),
        ("number was given out", {"number": make_number(2026, 77)}),
        ("cannot be a certificate's number", {"number": "ZZ51510000202600000077A"}),
        ("differ in the score", {"score": 100}),
    ):
        entered = copy.deepcopy(case.bundle)
        _entered(case, entered, **changes)
        with pytest.raises(RejectedError, match=word):
            check(entered, case.keys, case.issuer)


def test_the_credential_of_another_certificate_is_told_apart(case: Case) -> None:
    """An honest credential of ours, and not the one of this record."""
    parts, now = case.player.parts, case.player.clock.now()
    facts = CertificateFacts.from_mapping(_record(case.bundle)["facts"])
    assert facts is not None
    theirs = replace(facts, number=make_number(2026, 77), public_id="Z" * 16)
    issuer = Signing(did=case.issuer.did, name="实学", address=parts.settings.public_url)
    place = statuses.place_of(parts.settings.public_url, 1, 3)
    signed = proofs.sign(
        credential(theirs, CAROL.name, issuer, place), did=case.issuer.did,
        key=parts.keys.signer(PURPOSE), now=now,
    )  # fmt: skip
    other = copy.deepcopy(case.bundle)
    other["certificates"][0]["credential"] = json.dumps(signed, ensure_ascii=False)
    with pytest.raises(RejectedError, match="differ in the number"):
        check(other, case.keys, case.issuer)


def test_one_of_the_first_version_is_known_by_its_number(case: Case) -> None:
    """Those are no leaves of the log; that their number was given out is one."""
    old = copy.deepcopy(case.bundle)
    given = _record(old)["facts"] | {"version": 1}
    stated = {k: v for k, v in given.items() if k not in {"holder", "holder_salt"}}
    facts = CertificateFacts.from_mapping(stated)
    assert facts is not None
    signature = b64url(case.player.parts.keys.signer(PURPOSE).sign(message_of(facts)))
    _record(old).update(facts=stated, signature=signature, log=None)
    assert check(old, case.keys, case.issuer).certificates
    old["certificates"][0]["events"].clear()
    with pytest.raises(RejectedError, match="number was given out"):
        check(old, case.keys, case.issuer)


def test_a_forked_log_is_named(case: Case) -> None:
    """Two checkpoints of one size, both signed by the log: whoever holds both can show it."""
    note = case.bundle["log"]["checkpoint"]
    origin, size = note.split("\n")[:2]
    key, _ = case.keys
    other = Checkpoint(origin, int(size), bytes(32))
    line = sign_note(other.text, key.name, case.player.parts.log.keys.signer("log")).line
    forked = copy.deepcopy(case.bundle)
    _record(forked)["log"]["checkpoint"] = f"{other.text}\n{line}"
    with pytest.raises(RejectedError, match="forked"):
        check(forked, case.keys, case.issuer)


def test_old_keys_stay_good_and_strangers_do_not(case: Case, tmp_path) -> None:
    parts = case.player.parts
    old = _record(case.bundle)["key_id"]
    parts.keys.add(PURPOSE, now=case.player.clock.now())
    anew = read_issuer(statuses.did_document(parts.keys, parts.settings.public_url))
    assert parts.keys.signer(PURPOSE).key_id != old
    assert check(case.bundle, case.keys, anew).certificates
    stranger = KeyRing(tmp_path / "keys", may_create=True)
    stranger.signer(PURPOSE)
    theirs = Issuer(case.issuer.did, stranger.public_keys(PURPOSE))
    with pytest.raises(RejectedError, match="is no key of"):
        check(case.bundle, case.keys, theirs)
    wrong = Issuer(case.issuer.did, {old: stranger.signer(PURPOSE).public_key})
    with pytest.raises(RejectedError, match="step 3"):
        check(case.bundle, case.keys, wrong)
    with pytest.raises(RejectedError, match="as issuer, not did:web:other"):
        check(case.bundle, case.keys, replace(case.issuer, did="did:web:other.example"))


def test_a_pinned_witness_has_to_have_signed(case: Case, tmp_path) -> None:
    ring = KeyRing(tmp_path / "keys", may_create=True)
    witness = Key("witness.example/w", b"\x01\x02\x03\x04", 4, ring.signer("witness").public_key)
    with pytest.raises(RejectedError, match=r"witness witness\.example/w has not signed"):
        check(case.bundle, [*case.keys, witness], case.issuer)


def test_the_program_says_what_the_certificate_rests_on(case: Case, tmp_path, capsys) -> None:
    path, did = tmp_path / "bundle.json", tmp_path / "did.json"
    path.write_text(json.dumps(case.bundle), "utf-8")
    assert program.main([str(path)]) == 0
    said = capsys.readouterr().out
    assert f"Certificate {case.certificate['number']}: 0.06 hours for the 180000 ms" in said
    assert "with its credential" in said
    assert "can be left out by whoever hands the bundle over: ask the status list" in said
    assert "pin them with --did" in said
    client = case.player.client
    did.write_bytes(client.get("/.well-known/did.json").content)
    assert program.main([str(path), "--did", str(did)]) == 0
    assert "pin them with --did" not in capsys.readouterr().out
    did.write_text(json.dumps(client.get("/.well-known/did.json").json() | {"id": "x"}), "utf-8")
    assert program.main([str(path), "--did", str(did)]) == 1
