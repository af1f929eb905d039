"""The proof inside a document is one that the witnesses signed, where they do so within minutes."""

import json
from dataclasses import replace

from app import worker
from app.certs.providers import document_keys, pdf_reading
from app.certs.providers.pdf_reading import SignedPdf
from app.core import log_reading, log_witnesses
from app.core.checkpoints import VerifierKey
from app.core.clock import SettableClock
from app.core.log_keys import LogKeys
from app.lobby.parts import Parts
from tests import finished
from tests.finished import Finished
from tests.papers_issued import take
from tests.witness import Witness


def _watched(parts: Parts, witness: Witness) -> Parts:
    return replace(
        parts, log=LogKeys.build(parts.log.origin, parts.keys, [witness.verifier_key])
    )  # fmt: skip


def _begin(parts: Parts) -> Finished:
    [course] = finished.courses(parts, ("usual",))
    done = finished.finish(parts, course, "李晓梅", 1)
    worker.drain(parts)
    return done


def _is_ready(parts: Parts, done: Finished) -> bool:
    worker.drain(parts)
    try:
        take(parts, done.enrolment_id)
    except AssertionError:
        return False
    return True


def _sign(parts: Parts, witness: Witness) -> str:
    """The witness's line under the newest checkpoint."""
    with parts.database.transaction() as db:
        newest = log_reading.newest(db)
        line = witness.line(newest.note.partition("\n\n")[0] + "\n")
        known = [VerifierKey.parse(witness.verifier_key)]
        log_witnesses.accept(db, known, size=newest.size, lines=line)
    return line


def _carried(parts: Parts, done: Finished) -> str:
    """The checkpoint of the record inside the PDF."""
    pdf = take(parts, done.enrolment_id).pdf
    found = pdf_reading.read_signed(pdf, document_keys.public_keys(parts.keys))
    assert isinstance(found, SignedPdf)
    checkpoint: str = json.loads(found.record or b"")["log"]["checkpoint"]
    return checkpoint


def test_a_document_waits_for_the_witnesses_line_and_carries_it(
    parts: Parts, clock: SettableClock
) -> None:
    witness = Witness({})
    parts = _watched(parts, witness)
    done = _begin(parts)
    assert not _is_ready(parts, done)
    line = _sign(parts, witness)
    assert not _is_ready(parts, done)  # it is looked at again in a while
    clock.advance(ms=21_000)
    assert _is_ready(parts, done)
    assert line in _carried(parts, done)


def test_a_witness_that_is_away_holds_nothing_up_beyond_two_minutes(
    parts: Parts, clock: SettableClock
) -> None:
    parts = _watched(parts, Witness({}))
    done = _begin(parts)
    waited = 0
    while not _is_ready(parts, done):
        clock.advance(ms=20_000)
        waited += 20
        assert waited <= 140
    assert waited >= 120
    assert "witness" not in _carried(parts, done)


def test_without_witnesses_nobody_waits(parts: Parts) -> None:
    done = _begin(parts)
    assert _is_ready(parts, done)
