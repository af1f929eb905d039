"""Certificates of names of every script and fields of every length: each artefact, each alteration.

A few in the suite; `CERTIFICATES=1000 ./run test` with this file for all.
"""

import base64
import datetime as dt
import io
import json
import os
import random
from collections import Counter
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from sqlalchemy import delete

from app import worker
from app.certs import repository as rows
from app.certs.providers import artwork, proofs
from app.certs.rules import did_web
from app.certs.rules.facts import CertificateFacts, record_bytes
from app.certs.rules.log_entry import LogFlaw
from app.certs.services import statuses, verification
from app.core import log_sequencer, merkle
from app.core.checkpoints import Checkpoint, parse_note, sign_note, signers
from app.core.signatures import SigningKey
from app.core.translog import LogLeaf, commit_to
from app.lobby import files
from app.lobby.parts import Parts
from tests import finished, photographs, status_reading
from tests.papers_issued import ASKED_ON_LINE, FOREIGN, Asking, Issued, take
from tests.status_reading import Standing
from tests.tampering import tamper

CERTIFICATES = int(os.environ.get("CERTIFICATES", "18"))
SHOTS, MOST_SHOTS = 3, 8
ALTERED = max(6, CERTIFICATES // 10)
pytestmark = pytest.mark.xdist_group("generated")  # what is issued is issued once


def _issue(parts: Parts, count: int) -> list[Issued]:
    courses = finished.courses(parts)
    people = finished.issue_all(parts, finished.names(count), codes=courses)
    log_sequencer.sequence_all(parts.database, parts.log, now=parts.clock.now())
    made = [take(parts, each.enrolment_id) for each in people]
    assert [each.name for each in made] == [each.name for each in people]
    assert len({each.number for each in made}) == len({each.public_id for each in made}) == count
    return made


@pytest.fixture(scope="module")
def issued(shared_parts: Parts) -> list[Issued]:
    """For those who only look."""
    return _issue(shared_parts, CERTIFICATES)


def _standing(parts: Parts, one: Issued, *, later: dt.timedelta = dt.timedelta()) -> Standing:
    """What a stranger learns from the credential and the list that it names."""
    now = parts.clock.now()
    entry = json.loads(one.credential)["credentialStatus"]
    number = int(entry["statusListCredential"].rpartition("/")[2])
    with parts.database.reading() as db:
        address = parts.settings.public_url
        published = json.loads(parts.statuses.read(db, number, address=address, now=now).body)
    did = did_web.did_of(parts.settings.public_url)
    keys = parts.keys.public_keys(statuses.PURPOSE)
    assert proofs.verify(published, did=did, keys=keys, now=now + later) is None
    return status_reading.standing(entry, published, now=now + later)


def _is_in_log(parts: Parts, record: dict[str, Any]) -> bool:
    """Follow a record's proof to a checkpoint of ours, as one would off line."""
    log, facts = record["log"], CertificateFacts.from_mapping(record["facts"])
    if log is None or facts is None:
        return False
    raw = record_bytes(facts, record["key_id"], record["signature"])
    path = [base64.b64decode(step) for step in log["path"]]
    point = Checkpoint.parse(parse_note(log["checkpoint"])[0])
    is_ours = bool(signers(log["checkpoint"], parts.log.verifier_keys(point.origin)))
    leaf = merkle.leaf_hash(commit_to(log["kind"], raw, base64.b64decode(log["salt"])))
    return is_ours and merkle.is_included(leaf, log["position"], log["size"], path, point.root)


def test_each_is_good_by_every_artefact(shared_parts: Parts, issued: list[Issued]) -> None:
    ask = Asking(shared_parts, shared_parts.clock.now())
    for one in issued:
        told = ask.all_of(one)
        assert set(told.values()) == {"valid"}, (one.name, told)
        assert _standing(shared_parts, one) is Standing.VALID
        assert _is_in_log(shared_parts, json.loads(one.record)), one.name
        assert artwork.read_codes(one.png) == [one.text]
        assert one.text in _read_by_opencv(one.png), one.name


def test_each_code_is_read_at_25_mm(issued: list[Issued]) -> None:
    """By two decoders. Hands shake, so some photographs are of no use: a phone takes the next."""
    chance = random.Random(25)
    taken, missed = 0, Counter[str]()
    readers = {"zxing": photographs.read_by_zxing, "OpenCV": photographs.read_by_opencv}
    for one in issued:
        modules, unread = photographs.modules_of(one.text), set(readers)
        for number in range(MOST_SHOTS):
            if number >= SHOTS and not unread:
                break
            shot = photographs.of_code(modules, mm=25, chance=chance)
            taken += 1
            for name, read in readers.items():
                if one.text in read(shot):
                    unread.discard(name)
                else:
                    missed[name] += 1
        assert not unread, (unread, one.text)
    print(f"of {taken} photographs were not read: {dict(missed)}")  # noqa: T201
    assert missed["zxing"] <= taken // 20


def _read_by_opencv(png: bytes) -> set[str]:
    """As a scanner does it, at several distances until it can read."""
    found: set[str] = set()
    with Image.open(io.BytesIO(png)) as picture:
        grey = np.asarray(picture.convert("L"))
    for size in (1, 1.5, 2, 0.75):
        scaled = cv2.resize(grey, None, fx=size, fy=size, interpolation=cv2.INTER_CUBIC)
        for detector in (cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco()):
            found.add(detector.detectAndDecode(scaled)[0])
        if found - {""}:
            break
    return found


def test_each_alteration_gets_its_own_answer(shared_parts: Parts, issued: list[Issued]) -> None:
    ask, chance = Asking(shared_parts, shared_parts.clock.now()), random.Random(11)
    wrong: Counter[tuple[str, str]] = Counter()
    for place, one in enumerate(issued):
        other = issued[place - 1]
        for name, (alter, expected) in ASKED_ON_LINE.items():
            told = alter(ask, one, other, chance)
            if told not in expected.split(" or "):
                wrong[name, told] += 1
    assert wrong == {}


def test_what_happens_to_one_shows_by_every_artefact_and_to_no_other(parts: Parts) -> None:
    issued, now = _issue(parts, ALTERED), parts.clock.now()
    revoked, others = issued[: len(issued) // 2], issued[len(issued) // 2 :]
    with parts.database.transaction() as db:
        for one in revoked:
            assert rows.revoke(db, one.certificate_id, reason="代考查实", actor_id="x", now=now)
    ask, later = Asking(parts, now), Asking(parts, now + dt.timedelta(days=4 * 366))
    for one in revoked:
        assert set(ask.all_of(one).values()) == {"revoked"}
        assert set(later.all_of(one).values()) == {"revoked"}
        assert _standing(parts, one) is Standing.REVOKED
    for one in others:
        assert set(ask.all_of(one).values()) == {"valid"}
        expected = "expired" if one.facts.expires_on else "valid"
        assert set(later.all_of(one).values()) == {expected}
        assert _standing(parts, one) is Standing.VALID


def test_a_list_that_is_old_missing_or_somebody_elses_says_nothing(
    shared_parts: Parts, issued: list[Issued]
) -> None:
    for one in issued:
        entry = json.loads(one.credential)["credentialStatus"]
        assert _standing(shared_parts, one, later=dt.timedelta(hours=26)) is Standing.UNKNOWN
        assert status_reading.standing(entry, {}, now=shared_parts.clock.now()) is Standing.UNKNOWN
        other = entry | {"statusListCredential": entry["statusListCredential"] + "0"}
        with shared_parts.database.reading() as db:
            address, now = shared_parts.settings.public_url, shared_parts.clock.now()
            published = json.loads(shared_parts.statuses.read(db, 1, address=address, now=now).body)
        assert (
            status_reading.standing(other, published, now=shared_parts.clock.now())
            is Standing.UNKNOWN
        )


def test_a_record_out_of_no_log_or_another_one_is_not_in_ours(
    shared_parts: Parts, issued: list[Issued]
) -> None:
    stranger = SigningKey("0badc0de", FOREIGN)
    for place, one in enumerate(issued):
        record = json.loads(one.record)
        log, other = record["log"], json.loads(issued[place - 1].record)["log"]
        text, _ = parse_note(log["checkpoint"])
        point = Checkpoint.parse(text)
        forked = text + "\n" + sign_note(text, point.origin, stranger).line
        altered = [
            None, other, log | {"position": other["position"]}, log | {"path": log["path"][:-1]},
            log | {"salt": other["salt"]}, log | {"checkpoint": forked},
        ]  # fmt: skip
        for each in altered:
            assert not _is_in_log(shared_parts, record | {"log": each}), one.name


def _said(parts: Parts, document: dict[str, Any]) -> tuple[str, str]:
    found = files.check(parts, json.dumps(document).encode(), now=parts.clock.now())
    return found.view.verdict, found.finding


def _forged_checkpoints(log: dict[str, Any]) -> list[dict[str, Any]]:
    """A root, a size, an origin and a signature that the log's key did not make."""
    origin, size, root, *rest = log["checkpoint"].split("\n")
    other_root = base64.b64encode(bytes(32)).decode()
    line = next(each for each in rest if each)
    name, _, raw = line.rpartition(" ")
    signature = bytearray(base64.b64decode(raw))
    signature[-1] ^= 1
    forged = f"{name} {base64.b64encode(signature).decode()}"
    notes = [
        [origin, size, other_root, *rest], [origin, str(int(size) + 1), root, *rest],
        [f"{origin}x", size, root, *rest],
        [origin, size, root, *(forged if each == line else each for each in rest)],
    ]  # fmt: skip
    return [log | {"checkpoint": "\n".join(each)} for each in notes]


def _other_spellings(log: dict[str, Any]) -> list[dict[str, Any]]:
    """The same bytes in a base64 whose last letter has other spare bits; 32 bytes have two."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    def twin(text: str) -> str:
        other = text[:-2] + letters[letters.index(text[-2]) | 1] + "="
        assert other != text
        assert base64.b64decode(other) == base64.b64decode(text)
        return other

    return [
        *(log | {"path": [twin(log["path"][0]), *log["path"][1:]]} for _ in log["path"][:1]),
        log | {"commitment": twin(log["commitment"])},
    ]


def test_each_fault_of_the_log_entry_gets_its_own_answer_on_line(
    shared_parts: Parts, issued: list[Issued]
) -> None:
    parts = shared_parts
    for place, one in enumerate(issued[:40]):
        record = json.loads(one.record)
        log, other = record["log"], json.loads(issued[place - 1].record)["log"]
        assert _said(parts, record) == ("valid", "")
        missing = {name: value for name, value in record.items() if name != "log"}
        for without in (missing, record | {"log": None}):
            assert _said(parts, without) == ("valid", "log_missing")
        wrong = [
            other, "nonsense", {}, [], 1, True, log | {"position": log["position"] + 1},
            log | {"position": str(log["position"])}, log | {"path": []}, log | {"path": None},
            log | {"path": [*log["path"], log["path"][0] if log["path"] else log["salt"]]},
            log | {"salt": other["salt"]}, log | {"commitment": other["commitment"]},
            log | {"kind": "audit_event"}, log | {"record_id": other["record_id"]},
            log | {"size": log["size"] + 1}, log | {"checkpoint": ""}, log | {"checkpoint": 7},
            log | {"checkpoint": log["checkpoint"].replace("\n", "\n\n", 1)}, log | {"more": 1},
            log | {"position": float(log["position"])}, log | {"size": float(log["size"])},
            *_forged_checkpoints(log), *_other_spellings(log),
        ]  # fmt: skip
        for each in wrong:
            assert _said(parts, record | {"log": each}) == ("altered", "log_contradicts"), each


def test_a_fork_signed_with_the_logs_own_key_is_called_one(
    shared_parts: Parts, issued: list[Issued]
) -> None:
    """Somebody inside rewrote the log: the file is kept and handed to who supervises."""
    record = json.loads(issued[0].record)
    log = record["log"]
    point = Checkpoint.parse(parse_note(log["checkpoint"])[0])
    for size in (point.size, point.size - 1):
        forged = Checkpoint(point.origin, size, bytes(32))
        entry = log | {"checkpoint": shared_parts.log.sign(forged), "size": size}
        assert _said(shared_parts, record | {"log": entry}) == ("altered", "log_forked")
    # A backup was brought back: the file is honest, and from a log that was longer.
    longer = Checkpoint(point.origin, point.size + 10**6, point.root)
    entry = log | {"checkpoint": shared_parts.log.sign(longer), "size": longer.size}
    assert _said(shared_parts, record | {"log": entry}) == ("valid", "log_ahead")


def test_a_certificate_that_was_never_entered_into_the_log_is_not_good(parts: Parts) -> None:
    """Whoever has the keys and the database can add a row; the log does not know it."""
    one, _ = _issue(parts, 2)
    tamper(parts.database, delete(LogLeaf).where(LogLeaf.record_id == one.certificate_id))
    ask = Asking(parts, parts.clock.now())
    told = ask.all_of(one)
    assert set(told.values()) == {"altered"}, told
    with parts.database.reading() as db:
        view = verification.by_public_id(db, parts.keys, one.public_id, now=parts.clock.now())
    assert view.log_flaw is LogFlaw.NEVER_ENTERED
    assert "公开日志" in view.sentence


def test_a_code_with_somebody_elses_address_is_not_ours(
    shared_parts: Parts, issued: list[Issued]
) -> None:
    ask = Asking(shared_parts, shared_parts.clock.now())
    for one in issued[:40]:
        host = one.text.split("/")[2]
        for other in ("pages.example", f"{host}.pages.example", f"{host}:81", f"x@{host}"):
            assert ask.text(one.text.replace(host, other, 1)) == "altered"


def test_a_record_that_is_two_things_at_once_is_refused(
    shared_parts: Parts, issued: list[Issued]
) -> None:
    one, forged = issued[0], json.loads(issued[0].credential)
    forged["credentialSubject"]["licenseNumber"] = "XS-1"
    record = json.loads(one.record)
    assert _said(shared_parts, forged | record)[0] == "altered"
    now, text = shared_parts.clock.now(), one.record.decode()
    facts = json.dumps(record["facts"] | {"course": "别的课"})
    twice = '{"facts":' + facts + "," + text.lstrip().removeprefix("{")
    no_number = text.replace('"log"', '"more": NaN, "log"', 1)
    for each in (twice.encode(), no_number.encode(), text.encode("utf-16")):
        found = files.check(shared_parts, each, now=now)
        assert (found.view.verdict, found.view.facts) == ("unknown", None)


def test_rotated_keys_leave_all_good_and_sign_the_next(parts: Parts) -> None:
    issued = _issue(parts, ALTERED)
    for purpose in (statuses.PURPOSE, "documents"):
        parts.keys.add(purpose, now=parts.clock.now())
    courses = finished.courses(parts, codes=("later",))
    person = finished.finish(parts, courses[0], "赵新", 90_000)
    worker.drain(parts)
    ask, fresh = Asking(parts, parts.clock.now()), take(parts, person.enrolment_id)
    assert fresh.key_id != issued[0].key_id
    for one in (*issued, fresh):
        assert set(ask.all_of(one).values()) == {"valid"}
