"""The stand-alone verifier on one certificate, off line, with what its reader has pinned."""

import base64
import datetime as dt
import json
import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.certs.rules import scan
from app.core import audit, log_sequencer, log_witnesses
from app.core.checkpoints import Checkpoint, VerifierKey, sign_note
from app.core.clock import SettableClock
from app.lobby.parts import Parts
from tests import examinee
from tests.graduates import certificate_of, study_through
from tests.people import ALICE, MALLORY
from tests.reviewers import on_case, post, reviewer
from tests.witness import NAME, Witness
from verifier import __main__ as program
from verifier import papers
from verifier.history import HistoryUnknownError
from verifier.log_proofs import Key, RejectedError
from verifier.pinned import Pinned, read_pinned
from verifier.recipe import (
    MakerUnknownError,
    NotACertificateError,
    NotValidError,
    StatusUnknownError,
    verify_certificate,
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a holder shows, and the folder of whoever looks at it."""

    parts: Parts
    client: TestClient
    clock: SettableClock
    certificate: dict[str, Any]
    pdf: bytes
    credential: bytes
    record: bytes
    folder: Path

    def verify(self, content: bytes, pinned: Pinned | None = None, **later: int) -> list[str]:
        told: list[str] = []
        now = self.clock.now() + dt.timedelta(**later)
        verify_certificate(content, pinned or read_pinned(self.folder), now=now, say=told.append)
        return told


@pytest.fixture
def shown(client: TestClient, parts: Parts, clock: SettableClock, tmp_path: Path) -> Shown:
    alice = study_through(client, parts, clock)
    examinee.sit(client, parts, alice.enrolment_id, wrong=1)
    certificate = certificate_of(alice)
    base = f"/api/v1/certificates/{certificate['certificate_id']}"
    record = client.get(f"/api/v1/verification/{certificate['public_id']}/proof").content
    found = Shown(
        parts, client, clock, certificate, client.get(f"{base}/file.pdf").content,
        client.get(f"{base}/credential.json").content, record, tmp_path / "pinned",
    )  # fmt: skip
    _pin(found)
    return found


def _pin(shown: Shown) -> None:
    """Fill the folder from the published addresses."""
    (shown.folder / "status").mkdir(parents=True, exist_ok=True)
    get, log = shown.client.get, shown.client.get("/api/v1/log").json()
    (shown.folder / "did.json").write_bytes(get("/.well-known/did.json").content)
    (shown.folder / "log.vkey").write_text("\n".join(log["verifier_keys"]) + "\n", "utf-8")
    (shown.folder / "checkpoint").write_bytes(get("/log/checkpoint").content)
    (shown.folder / "status" / "1").write_bytes(get("/status/1").content)
    pems = get("/api/v1/verification/documents.pem")
    assert pems.headers["content-type"] == "text/plain; charset=utf-8"
    (shown.folder / "documents.pem").write_bytes(pems.content)


def test_paper_credential_and_list_hold(shown: Shown) -> None:
    log_sequencer.sequence_all(shown.parts.database, shown.parts.log, now=shown.clock.now())
    _pin(shown)
    told = shown.verify(shown.pdf)
    assert any(shown.certificate["number"] in line and "李*梅" in line for line in told)
    # The document's proof is from its issue; the log has grown since, and no proof of that is here.
    [line] = [line for line in told if "not compared" in line]
    old, new = (int(word) for word in line.split() if word.isdigit())
    growth = shown.folder / "growth"
    growth.mkdir()
    answer = shown.client.get(f"/api/v1/log/proofs/consistency?old={old}&new={new}")
    (growth / "1").write_bytes(answer.content)
    assert not any("not compared" in line for line in shown.verify(shown.pdf))
    assert any(ALICE.name in line for line in shown.verify(shown.credential))
    with pytest.raises(NotACertificateError, match="a list of the revoked"):
        shown.verify((shown.folder / "status" / "1").read_bytes())


def test_a_code_of_another_platform_is_not_accused(shown: Shown) -> None:
    """By our key behind a foreign address somebody leads astray; by no key of ours nobody does."""
    _, _, digits = shown.certificate["qr_text"].partition("#")
    with pytest.raises(RejectedError, match="do not open it"):
        shown.verify(f"https://other.example/v/AAAAAAAAAAAA#{digits}".encode())
    seal = scan.read_digits(digits)
    assert seal is not None
    theirs = scan.to_digits(replace(seal, key_id="0badc0de"))
    with pytest.raises(RejectedError, match=r"'other\.example'.*perhaps another platform did"):
        shown.verify(f"https://other.example/v/AAAAAAAAAAAA#{theirs}".encode())


def test_what_cannot_be_told_is_not_called_valid(shown: Shown) -> None:
    with pytest.raises(StatusUnknownError, match="does not name its place"):
        shown.verify(shown.record)
    with pytest.raises(StatusUnknownError, match="open its address"):
        shown.verify(shown.certificate["qr_text"].encode())
    until = json.loads((shown.folder / "status" / "1").read_bytes())["validUntil"]
    since = f"unknown since {until[:10]} {until[11:16]} UTC"
    for content in (shown.pdf, shown.credential):
        with pytest.raises(StatusUnknownError, match=since):
            shown.verify(content, days=2)
    bare = replace(read_pinned(shown.folder), lists={})
    with pytest.raises(StatusUnknownError, match="not at hand"):
        shown.verify(shown.credential, bare)


def test_a_revoked_one_and_a_past_one_are_not_valid(shown: Shown) -> None:
    for content in (shown.pdf, shown.credential, shown.record, shown.certificate["qr_text"]):
        with pytest.raises(NotValidError, match="step 9"):
            shown.verify(content if isinstance(content, bytes) else content.encode(), days=4000)
    with reviewer(shown.parts) as wu, reviewer(shown.parts, MALLORY) as second:
        path = f"/certificates/{shown.certificate['certificate_id']}/revocation"
        case_id = post(wu, path, {"reason": "代考查实"}).json()["case_id"]
        assert on_case(second, case_id, "confirmation", confirms=True).status_code == 200
    (shown.folder / "status" / "1").write_bytes(shown.client.get("/status/1").content)
    for content in (shown.pdf, shown.credential):
        with pytest.raises(NotValidError, match="revoked, or replaced by another one"):
            shown.verify(content)
        with pytest.raises(NotValidError, match="revoked, or replaced by another one"):
            shown.verify(content, days=1)
    listed = json.loads((shown.folder / "status" / "1").read_bytes())
    listed["credentialSubject"]["encodedList"] += "A"
    (shown.folder / "status" / "1").write_text(json.dumps(listed), "utf-8")
    with pytest.raises(StatusUnknownError, match=r"of the status list: step 3"):
        shown.verify(shown.credential)


def _revoke(shown: Shown) -> bytes:
    with reviewer(shown.parts) as wu, reviewer(shown.parts, MALLORY) as second:
        path = f"/certificates/{shown.certificate['certificate_id']}/revocation"
        case_id = post(wu, path, {"reason": "代考查实"}).json()["case_id"]
        assert on_case(second, case_id, "confirmation", confirms=True).status_code == 200
    return shown.client.get("/status/1").content


def test_a_list_that_cannot_be_used_rejects_nothing_and_hides_nothing(shown: Shown) -> None:
    """Keys rotate: an honest holder is not accused because a reader's did.json is of before."""
    status = shown.folder / "status"
    shown.parts.keys.add("certificates", now=shown.clock.now())
    shown.clock.advance(ms=1_000_000)
    (status / "1").write_bytes(shown.client.get("/status/1").content)
    with pytest.raises(StatusUnknownError, match=r"cannot be used .*step 2"):
        shown.verify(shown.credential)
    (status / "stray").write_bytes(b"\xff\xfe no list")
    (status / "empty").write_bytes(b"{}")
    told: list[str] = []
    with pytest.raises(StatusUnknownError):
        verify_certificate(
            shown.pdf, read_pinned(shown.folder), now=shown.clock.now(), say=told.append
        )
    assert any("status/stray is no status list" in line for line in told)
    newer = shown.client.get("/.well-known/did.json").content
    revoked = _revoke(shown)
    (shown.folder / "did.json").write_bytes(newer)
    broken = json.loads(revoked)
    broken["credentialSubject"]["encodedList"] += "A"
    (status / "1").write_bytes(revoked)
    (status / "2").write_text(json.dumps(broken), "utf-8")
    for content in (shown.pdf, shown.credential):
        with pytest.raises(NotValidError, match="step 8"):
            shown.verify(content)


def test_a_record_without_its_entry_and_one_with_anothers(shown: Shown) -> None:
    record = json.loads(shown.record)
    log = record["log"]
    for without in (record | {"log": None}, {k: v for k, v in record.items() if k != "log"}):
        with pytest.raises(RejectedError, match="shows no place in the log"):
            shown.verify(json.dumps(without).encode())
    zeros = base64.b64encode(bytes(32)).decode()
    for more in ({"commitment": zeros}, {"kind": "audit_event"}, {"note": "x"}):
        with pytest.raises(RejectedError, match="step 6"):
            shown.verify(json.dumps(record | {"log": log | more}).encode())
    with pytest.raises(RejectedError, match="holds what no record"):
        shown.verify(json.dumps(json.loads(shown.credential) | record).encode())


def test_a_signature_has_one_spelling(shown: Shown) -> None:
    """Two bits of its last character are spare."""
    signature = json.loads(shown.record)["signature"]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = letters[letters.index(signature[-1]) ^ 1]
    with pytest.raises(RejectedError, match="step 3"):
        shown.verify(_text(shown.record, signature, signature[:-1] + other))


def test_a_code_on_somebody_elses_pages_is_not_to_be_opened(shown: Shown) -> None:
    text = shown.certificate["qr_text"]
    host = text.split("/")[2]
    with pytest.raises(RejectedError, match="do not open it"):
        shown.verify(text.replace(host, "pages.example", 1).encode())


def test_a_clock_may_be_some_seconds_behind(shown: Shown) -> None:
    shown.verify(shown.credential, seconds=-30)
    with pytest.raises(RejectedError, match="look at its clock"):
        shown.verify(shown.credential, minutes=-30)


def test_suspension_is_named_as_what_no_list_tells(shown: Shown) -> None:
    with reviewer(shown.parts) as wu:
        path = f"/certificates/{shown.certificate['certificate_id']}/suspension"
        assert post(wu, path, {"reason": "有人举报代学"}).is_success
    (shown.folder / "status" / "1").write_bytes(shown.client.get("/status/1").content)
    for content in (shown.pdf, shown.credential):
        [line] = [line for line in shown.verify(content) if "suspended" in line]
        assert line.endswith(f"/v/{shown.certificate['public_id']}")


def test_of_lists_of_one_address_a_set_place_decides_and_else_the_newest(shown: Shown) -> None:
    status = shown.folder / "status"
    old = (status / "1").read_bytes()
    shown.clock.advance(ms=2 * 3_600_000)
    new = shown.client.get("/status/1").content
    for first, second in ((old, new), (new, old)):
        (status / "1").write_bytes(first)
        (status / "2").write_bytes(second)
        shown.verify(shown.credential)
        with pytest.raises(StatusUnknownError, match="unknown since"):
            shown.verify(shown.credential, hours=26)
    with reviewer(shown.parts) as wu, reviewer(shown.parts, MALLORY) as second_one:
        path = f"/certificates/{shown.certificate['certificate_id']}/revocation"
        case_id = post(wu, path, {"reason": "代考查实"}).json()["case_id"]
        assert on_case(second_one, case_id, "confirmation", confirms=True).status_code == 200
    revoked = shown.client.get("/status/1").content
    for first, second in ((new, revoked), (revoked, new)):
        (status / "1").write_bytes(first)
        (status / "2").write_bytes(second)
        with pytest.raises(NotValidError, match="step 8"):
            shown.verify(shown.credential)


def _text(content: bytes, old: str, new: str) -> bytes:
    assert old in content.decode()
    return content.decode().replace(old, new, 1).encode()


def test_every_altered_statement_is_named_with_its_step(shown: Shown) -> None:
    record, credential = shown.record, shown.credential
    log = json.loads(record)["log"]
    salt = base64.b64encode(bytes(16)).decode()
    digits = shown.certificate["qr_text"]
    last = str((int(digits[-1]) + 1) % 10)
    for word, content in (
        ("step 3", _text(record, '"score":90', '"score":99')),
        ("step 4", _text(record, "李*梅", "马*洛")),
        ("step 2", _text(record, json.loads(record)["key_id"], "01020304")),
        ("step 6", _text(record, log["salt"], salt)),
        ("step 6", _text(record, f'"position":{log["position"]}', '"position":0')),
        ("stands twice", _text(record, '{"facts"', '{"key_id":"x","facts"')),
        ("step 0", _text(record, '"version":2', '"version":5')),
        ("step 0", b"{}"),
        ("is no JSON", b"hello"),
        ("step 3", _text(credential, ALICE.name, "马小洛")),
        ("step 3", _text(credential, '"value": "90"', '"value": "99"')),
        ("step 3", _text(credential, "eddsa-rdfc-2022", "eddsa-rdfc-2021")),
        ("step 3", _text(credential, '"proofPurpose": "assertion', '"proofPurpose": "x')),
        (
            "step 2",
            _text(credential, '"issuer": {\n  "id": "did:web:', '"issuer": {\n  "id": "did:x:'),
        ),
        ("step 0", _text(credential, "context-3.0.3", "context-3.0.2")),
        ("step", (digits[:-1] + last).encode()),
        ("step", digits[:-2].encode()),
    ):
        with pytest.raises(RejectedError, match=word):
            shown.verify(content)


def test_no_byte_of_the_paper_can_be_another(shown: Shown) -> None:
    pdf, rng = shown.pdf, random.Random(20261127)
    gap = pdf.index(b"/Contents <")
    places = [rng.randrange(len(pdf)) for _ in range(60)]
    places += [rng.randrange(gap, gap + 2000) for _ in range(40)]
    for place in places:
        changed = bytearray(pdf)
        changed[place] ^= 1
        with pytest.raises(RejectedError):
            shown.verify(bytes(changed))
    # Of the signature, which no signature covers, each sign.
    end = gap + 11 + len(pdf[gap + 11 : pdf.index(b">", gap)].rstrip(b"0"))
    for place in range(gap + 11, end):
        changed = bytearray(pdf)
        changed[place] ^= 1
        with pytest.raises(RejectedError):
            papers.open_paper(bytes(changed), None)
    for changed in (pdf + b"\n", pdf[:-1], pdf.replace(b"/ByteRange", b"/ByteRangf")):
        with pytest.raises(RejectedError, match="step 1"):
            shown.verify(changed)
    strangers = replace(read_pinned(shown.folder), documents=frozenset({"0" * 64}))
    with pytest.raises(RejectedError, match="not pinned"):
        shown.verify(pdf, strangers)


def test_a_page_by_whomever_is_not_called_valid(shown: Shown, capsys, monkeypatch) -> None:
    """Another name is printed around a true record and credential, and signed by whoever did it."""
    (shown.folder / "documents.pem").unlink()
    told: list[str] = []
    with pytest.raises(MakerUnknownError, match="who made the page cannot be told"):
        verify_certificate(
            shown.pdf, read_pinned(shown.folder), now=shown.clock.now(), say=told.append
        )
    assert any("the document's key is not pinned" in line for line in told)
    path = shown.folder / "shown"
    path.write_bytes(shown.pdf)
    monkeypatch.setattr(program, "_now", shown.clock.now)
    assert program.main(["verify-certificate", str(path), "--pinned", str(shown.folder)]) == 3
    said = capsys.readouterr()
    assert "VALID" not in said.out
    assert "MAKER UNKNOWN: step 1" in said.err
    with pytest.raises(NotValidError, match="step 9"):
        shown.verify(shown.pdf, days=4000)


def test_another_history_of_the_log_is_named(shown: Shown) -> None:
    pinned = read_pinned(shown.folder)
    record = json.loads(shown.record)
    origin, size = record["log"]["checkpoint"].split("\n")[:2]
    key, _ = pinned.keys
    signer = shown.parts.log.keys.signer("log")

    def kept(at: int, root: bytes) -> str:
        text = Checkpoint(origin, at, root).text
        return f"{text}\n{sign_note(text, key.name, signer).line}"

    forked = replace(pinned, checkpoint=kept(int(size), bytes(32)))
    with pytest.raises(RejectedError, match="forked"):
        shown.verify(shown.record, forked)
    # A proof is signed by nobody: one that does not fit accuses nobody.
    grown = {"old": 1, "new": int(size), "path": []}
    longer = replace(pinned, checkpoint=kept(1, bytes(32)), growth=(grown,))
    with pytest.raises(HistoryUnknownError, match="get it again"):
        shown.verify(shown.record, longer)
    witness = Key("witness.example/w", b"\x01\x02\x03\x04", 4, bytes(32))
    with pytest.raises(RejectedError, match="has not signed"):
        shown.verify(shown.record, replace(pinned, keys=(key, witness)))
    with pytest.raises(RejectedError, match="no pinned key of the log"):
        shown.verify(shown.record, replace(pinned, keys=()))


def _kept(shown: Shown, note: str) -> None:
    (shown.folder / "checkpoint").write_text(note, "utf-8")


def _grow(shown: Shown) -> str:
    """Something else is entered; the log's newest checkpoint."""
    with shown.parts.database.transaction() as db:
        audit.record(db, "something.happened", now=shown.clock.now(), actor_id=None)
    log_sequencer.sequence_all(shown.parts.database, shown.parts.log, now=shown.clock.now())
    return shown.client.get("/log/checkpoint").text


def _cosigned(note: str, witness: Witness) -> str:
    return note + witness.line(note.partition("\n\n")[0] + "\n")


def _unwitnessed(told: list[str]) -> bool:
    return any("has not signed the record's checkpoint" in line for line in told)


def test_witnesses_speak_for_a_document_from_before_they_signed(shown: Shown) -> None:
    """Its checkpoint was new when it was frozen; they were asked a minute later."""
    witness = Witness({})
    (shown.folder / "witnesses.vkey").write_text(witness.verifier_key, "utf-8")
    _kept(shown, "")
    assert _unwitnessed(shown.verify(shown.pdf))
    frozen = json.loads(shown.record)["log"]
    _kept(shown, _cosigned(frozen["checkpoint"], witness))
    assert not _unwitnessed(shown.verify(shown.pdf))
    newest = _grow(shown)
    _kept(shown, newest)
    with pytest.raises(RejectedError, match="has not signed the checkpoint you keep"):
        shown.verify(shown.pdf)
    _kept(shown, _cosigned(newest, witness))
    assert _unwitnessed(shown.verify(shown.pdf))
    new = int(newest.split("\n")[1])
    address = f"/api/v1/log/proofs/consistency?old={frozen['size']}&new={new}"
    (shown.folder / "growth").mkdir()
    (shown.folder / "growth" / "1").write_bytes(shown.client.get(address).content)
    assert not _unwitnessed(shown.verify(shown.pdf))


def test_a_witness_that_changed_its_key_has_signed_with_either(shown: Shown) -> None:
    """Two keys of one name do not hide each other, and need not both have signed."""
    old, new, stranger = Witness({}), Witness({}), Witness({})
    checkpoint = read_pinned(shown.folder).checkpoint
    pinned = shown.folder / "witnesses.vkey"
    for known in ([old, new], [new, old]):
        pinned.write_text("\n".join(each.verifier_key for each in known), "utf-8")
        for signer in known:
            _kept(shown, _cosigned(checkpoint, signer))
            assert not _unwitnessed(shown.verify(shown.pdf))
        _kept(shown, _cosigned(checkpoint, stranger))
        with pytest.raises(RejectedError, match=f"the witness {NAME} has not signed"):
            shown.verify(shown.pdf)


def test_witnesses_of_an_older_log_do_not_speak_for_what_came_after(shown: Shown) -> None:
    witness = Witness({})
    (shown.folder / "witnesses.vkey").write_text(witness.verifier_key, "utf-8")
    old, newest = json.loads(shown.record)["log"]["checkpoint"], _grow(shown)
    _kept(shown, _cosigned(old, witness))
    get, sizes = shown.client.get, [int(note.split("\n")[1]) for note in (old, newest)]
    (shown.folder / "growth").mkdir()
    growth = get(f"/api/v1/log/proofs/consistency?old={sizes[0]}&new={sizes[1]}").content
    (shown.folder / "growth" / "1").write_bytes(growth)
    later = get(f"/api/v1/verification/{shown.certificate['public_id']}/proof").content
    assert json.loads(later)["log"]["size"] == sizes[1]
    told: list[str] = []
    with pytest.raises(StatusUnknownError):
        verify_certificate(later, read_pinned(shown.folder), now=shown.clock.now(), say=told.append)
    assert _unwitnessed(told)


def test_a_fork_beside_what_witnesses_signed_is_refused(shown: Shown) -> None:
    witness = Witness({})
    (shown.folder / "witnesses.vkey").write_text(witness.verifier_key, "utf-8")
    pinned = read_pinned(shown.folder)
    origin, size = json.loads(shown.record)["log"]["checkpoint"].split("\n")[:2]
    signer, name = shown.parts.log.keys.signer("log"), pinned.keys[0].name
    text = Checkpoint(origin, int(size), bytes(32)).text
    note = _cosigned(f"{text}\n{sign_note(text, name, signer).line}", witness)
    with pytest.raises(RejectedError, match="forked"):
        shown.verify(shown.pdf, replace(pinned, checkpoint=note))
    with pytest.raises(RejectedError, match=f"the signature of {NAME} under the checkpoint is"):
        other = _cosigned(pinned.checkpoint.replace(size, f"{size}0", 1), witness)
        line = other.splitlines()[-1]
        shown.verify(shown.pdf, replace(pinned, checkpoint=f"{pinned.checkpoint}{line}\n"))


def test_the_proof_is_over_a_checkpoint_that_a_witness_signed(shown: Shown) -> None:
    """The newest is seldom one: what is downloaded rests on the last that is."""
    witness = Witness({})
    key = VerifierKey.parse(witness.verifier_key)
    signed = _grow(shown)
    size = int(signed.split("\n")[1])
    lines = _cosigned(signed, witness).removeprefix(signed)
    with shown.parts.database.transaction() as db:
        log_witnesses.accept(db, [key], size=size, lines=lines)
    assert int(_grow(shown).split("\n")[1]) > size
    address = f"/api/v1/verification/{shown.certificate['public_id']}/proof"
    record = shown.client.get(address).content
    assert json.loads(record)["log"]["size"] == size
    (shown.folder / "witnesses.vkey").write_text(witness.verifier_key, "utf-8")
    _kept(shown, "")
    told: list[str] = []
    with pytest.raises(StatusUnknownError):
        verify_certificate(
            record, read_pinned(shown.folder), now=shown.clock.now(), say=told.append
        )
    assert not _unwitnessed(told)


def test_the_program_answers_with_a_code_for_each_end(
    shown: Shown, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch
) -> None:
    monkeypatch.setattr(program, "_now", shown.clock.now)
    path = tmp_path / "shown"
    given = ["verify-certificate", str(path), "--pinned", str(shown.folder)]
    for code, content in (
        (0, shown.pdf), (0, shown.credential), (3, shown.record), (1, shown.pdf[:-9]), (1, b"{"),
        (5, shown.client.get("/status/1").content),
    ):  # fmt: skip
        path.write_bytes(content)
        assert program.main(given) == code, content[:20]
    said = capsys.readouterr()
    assert "VALID: compare what it states with the paper." in said.out
    assert "SIGNATURE GOOD, STATUS UNKNOWN" in said.err
    monkeypatch.setattr(program, "_now", lambda: shown.clock.now() + dt.timedelta(days=4000))
    path.write_bytes(shown.credential)
    assert program.main(given) == 4
    assert program.main([*given[:3], str(tmp_path / "nowhere")]) == 1
    with pytest.raises(SystemExit) as ended:
        program.main(given[:2])
    assert ended.value.code == 2
