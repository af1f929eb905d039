"""Which PDF was issued stands in the log: another around a true record is told from it."""

import hashlib
from typing import Any

import pytest
from sqlalchemy import select

from app import worker
from app.certs.models import Certificate
from app.certs.providers import artwork, document_keys, pdf_reading
from app.certs.providers.artwork import Attachment
from app.certs.providers.pdf_reading import SignedPdf
from app.certs.rules.documents import CREDENTIAL, RECORD
from app.certs.services import artefacts, audit, erasure, issuing, kept_papers
from app.certs.services.artefacts import Made
from app.certs.services.kept_papers import Papers
from app.core import audit as trail
from app.core.log_audit import DifferenceError
from app.identity.services import person_keys
from app.lobby import files
from app.lobby.parts import Parts
from app.worker import workshop_of
from tests import finished, papers
from tests.finished import Finished
from tests.papers_issued import Issued, take, with_the_twin_signature
from tests.tampering import alter
from verifier import papers as verifier_papers


@pytest.fixture(scope="module")
def person(shared_parts: Parts) -> Finished:
    course = finished.courses(shared_parts, codes=("usual",))[0]
    found = finished.finish(shared_parts, course, "赵码", 90_000)
    worker.drain(shared_parts)
    return found


@pytest.fixture
def one(shared_parts: Parts, person: Finished) -> Issued:
    return take(shared_parts, person.enrolment_id)


def _row(parts: Parts) -> Certificate:
    with parts.database.reading() as db:
        row = db.scalars(select(Certificate)).one()
        db.expunge(row)
        return row


def _told(parts: Parts, content: bytes) -> tuple[str, str]:
    found = files.check(parts, content, now=parts.clock.now())
    return found.view.verdict.value, found.finding


def _around(parts: Parts, issued: Issued) -> bytes:
    """A page of somebody's own making, with the true record and credential, under our key."""
    carried = (
        Attachment(CREDENTIAL, issued.credential.decode(), "application/vc", "source", "凭证"),
        Attachment(RECORD, issued.record.decode(), "application/json", "data", "记录"),
    )
    bare = artwork.draw_pdf(papers.facts(name="冒名者"), carried)
    return workshop_of(parts).signer.sign(bare, place="成都", now=parts.clock.now()).pdf


def test_the_log_says_which_pdf_was_issued(shared_parts: Parts, one: Issued) -> None:
    digest = hashlib.sha256(one.pdf).hexdigest()
    assert _row(shared_parts).pdf_digest == digest
    with shared_parts.database.reading() as db:
        event = trail.events_named(db, "certificate.issued")[0]
        assert (event.facts["pdf"], event.facts["draft"]) == (digest, 1)
    assert _told(shared_parts, one.pdf) == ("valid", "")


def test_another_page_around_a_true_record_is_not_the_one_issued(
    shared_parts: Parts, one: Issued
) -> None:
    forged = _around(shared_parts, one)
    assert _told(shared_parts, forged) == ("altered", "other_paper")
    found = files.check(shared_parts, forged, now=shared_parts.clock.now())
    assert "重新下载" in found.view.sentence
    assert found.view.facts is None, "nothing is shown beside it that a reader might take for it"


def test_the_twin_of_its_signature_is_good_and_not_the_file_that_was_issued(
    shared_parts: Parts, one: Issued
) -> None:
    """Everything that was signed is the same, so off line nothing is against it."""
    twin = with_the_twin_signature(one.pdf)
    assert (twin != one.pdf, len(twin)) == (True, len(one.pdf))
    keys = document_keys.public_keys(shared_parts.keys)
    assert isinstance(pdf_reading.read_signed(twin, keys), SignedPdf)
    assert verifier_papers.open_paper(twin, None) == verifier_papers.open_paper(one.pdf, None)
    assert _told(shared_parts, twin) == ("altered", "other_paper")


def test_one_from_before_digests_were_written_down_is_as_good(
    shared_parts: Parts, one: Issued
) -> None:
    row = _row(shared_parts)
    alter(shared_parts.database, row, pdf_digest=None)
    try:
        assert _told(shared_parts, one.pdf) == ("valid", "")
        assert _told(shared_parts, with_the_twin_signature(one.pdf)) == ("valid", "")
    finally:
        alter(shared_parts.database, row, pdf_digest=row.pdf_digest)


@pytest.mark.parametrize(
    ("column", "value"), [("pdf_digest", "0" * 64), ("pdf_digest", None), ("draft", 2)]
)
def test_the_auditor_holds_it_against_the_log(
    shared_parts: Parts, person: Finished, column: str, value: object
) -> None:
    assert person.enrolment_id
    row = _row(shared_parts)
    alter(shared_parts.database, row, **{column: value})
    try:
        with pytest.raises(DifferenceError, match="handed out"):
            _audit(shared_parts)
    finally:
        alter(shared_parts.database, row, **{column: getattr(row, column)})
    _audit(shared_parts)


def _audit(parts: Parts) -> None:
    addresses = (parts.settings.public_url,)
    with parts.database.reading() as db:
        audit.check_certificates(db, parts.keys, lambda *_: None, addresses=addresses)


def test_papers_from_before_they_had_names_are_found(shared_parts: Parts, one: Issued) -> None:
    row = _row(shared_parts)
    before = Papers(row.id, None)
    with shared_parts.database.reading() as db:
        own = person_keys.vault_of(db, shared_parts.vault, row.learner_id)
    kept_papers.keep(own, shared_parts.storage, before, "pdf", one.pdf)
    row.draft = None
    found = kept_papers.read(own, shared_parts.storage, kept_papers.papers_of(row), "pdf")
    assert found == one.pdf
    kept_papers.delete(shared_parts.storage, before)


def test_of_two_who_make_the_same_papers_the_later_writes_nothing_over(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second has made its own when the first hands its out, and stores them after that."""
    course = finished.courses(parts, codes=("usual",))[0]
    person = finished.finish(parts, course, "赵码", 90_000)
    made, tries = artefacts.make, []

    def make(*given: Any, **named: Any) -> Made:
        if not tries:
            tries.append(None)
            worker.drain(parts)
            issuing.issue(
                parts.database, workshop_of(parts), person.enrolment_id, now=parts.clock.now()
            )
        done = made(*given, **named)
        tries.append(done.papers)
        return done

    monkeypatch.setattr(artefacts, "make", make)
    issuing.issue(parts.database, workshop_of(parts), person.enrolment_id, now=parts.clock.now())
    issued, row = take(parts, person.enrolment_id), _row(parts)
    assert [each.draft for each in tries[1:]] == [2, 1]
    assert (row.drafts, row.draft) == (2, 2)
    assert hashlib.sha256(issued.pdf).hexdigest() == row.pdf_digest
    assert _told(parts, issued.pdf) == ("valid", "")
    for kind in kept_papers.KINDS:
        assert kept_papers.sealed_by(parts.storage, Papers(row.id, 1), kind) is None, kind
    _audit(parts)


def test_papers_of_a_worker_that_was_killed_go_with_their_holder(parts: Parts) -> None:
    course = finished.courses(parts, codes=("usual",))[0]
    person = finished.finish(parts, course, "赵码", 90_000)
    worker.drain(parts)
    row = _row(parts)
    alter(parts.database, row, drafts=3)
    left = Papers(row.id, 3)
    with parts.database.reading() as db:
        own = person_keys.vault_of(db, parts.vault, row.learner_id)
    kept_papers.keep(own, parts.storage, left, "pdf", b"%PDF-")
    with parts.database.transaction() as db:
        erasure.destroy_documents(db, parts.storage, person.learner_id)
    for each in (left, Papers(row.id, 1)):
        assert kept_papers.sealed_by(parts.storage, each, "pdf") is None
