"""A certificate with its holder's picture: bound, drawn, compared, and gone with the holder."""

import base64
import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app import worker
from app.certs.models import CertificatePortrait
from app.certs.providers import document_keys
from app.certs.providers.pdf_signing import DocumentSigner
from app.certs.rules.facts import portrait_digest
from app.certs.rules.portraits import pictures_in
from app.certs.services import erasure, handed_over, holder_codes, pictures
from app.certs.services.handed_over import Keys
from app.core import log_sequencer
from app.core.crypto import KeyGoneError
from app.identity.services import person_keys, portraits
from app.lobby.parts import Parts
from app.main import create_app
from tests import finished
from tests import pictures as made
from tests.finished import Finished
from tests.papers_issued import Issued, take
from verifier.log_proofs import RejectedError
from verifier.pinned import read_pinned
from verifier.recipe import MakerUnknownError, StatusUnknownError, verify_certificate

pytestmark = pytest.mark.xdist_group("portraits")


@dataclass(frozen=True, slots=True)
class House:
    """Two with a picture, one of them signed twice, and one without."""

    parts: Parts
    people: list[Finished]
    shown: list[bytes]
    issued: list[Issued]


def _house(parts: Parts) -> House:
    course = finished.courses(parts, ("usual",))[0]
    sealed = finished.with_second_signatures(parts)
    people, shown = [], []
    for place, name in enumerate(("李晓梅", "王五", "丁一")):
        people.append(finished.finish(parts, course, name, place))
        if place < 2:
            shown.append(made.keep(parts, people[-1].learner_id, place))
        worker.drain(sealed if place == 1 else parts)
    log_sequencer.sequence_all(parts.database, parts.log, now=parts.clock.now())
    return House(parts, people, shown, [take(parts, each.enrolment_id) for each in people])


@pytest.fixture(scope="module")
def house(shared_parts: Parts) -> House:
    return _house(shared_parts)


def _told(parts: Parts, content: bytes) -> tuple[str, str]:
    with parts.database.reading() as db:
        found = handed_over.check(
            db,
            Keys(parts.keys, parts.log),
            content,
            address=parts.settings.public_url,
            now=parts.clock.now(),
        )
    return found.view.verdict.value, found.finding


def test_the_picture_is_on_the_page_and_bound_by_record_and_credential(house: House) -> None:
    assert [each.facts.version for each in house.issued] == [4, 4, 2]
    assert [bool(each.facts.sm2) for each in house.issued] == [False, True, False]
    for one, picture in zip(house.issued, house.shown, strict=False):
        assert pictures_in(one.pdf) == [picture]
        assert one.facts.portrait == portrait_digest(one.facts.holder_salt, picture)
        [related] = json.loads(one.credential)["relatedResource"]
        digest = base64.b64encode(hashlib.sha256(picture).digest()).decode()
        assert (related["mediaType"], related["digestSRI"]) == ("image/jpeg", f"sha256-{digest}")
    plain = house.issued[2]
    assert pictures_in(plain.pdf) == []
    assert "relatedResource" not in json.loads(plain.credential)
    assert "portrait" not in json.loads(plain.record)["facts"]
    for one in house.issued:
        assert _told(house.parts, one.pdf) == ("valid", "")


def test_nothing_that_is_public_tells_whose_face_it_is(house: House) -> None:
    """Not the picture, not its hash: two certificates with one picture have two digests."""
    with TestClient(create_app(house.parts)) as stranger:
        for one, picture in zip(house.issued, house.shown, strict=False):
            published = stranger.get(f"/api/v1/verification/{one.public_id}/proof").content
            page = stranger.get(f"/v/{one.public_id}").content
            for secret in (
                base64.b64encode(picture), hashlib.sha256(picture).hexdigest().encode(),
            ):  # fmt: skip
                assert secret not in published + page
            assert b"data:image/jpeg" not in page
    same = portrait_digest("a" * 22, house.shown[0]), portrait_digest("b" * 22, house.shown[0])
    assert same[0] != same[1]


def test_another_picture_has_its_own_answer(house: House) -> None:
    parts, (one, other, plain) = house.parts, house.issued
    smaller = made.jpeg(99)[: len(house.shown[0]) - 50]
    swapped = made.swapped(one.pdf, smaller)
    assert _told(parts, swapped) == ("altered", "portrait_swapped")
    taken = one.pdf.replace(b"/Subtype/Image/Filter", b"/Subtype/Imago/Filter")
    assert _told(parts, taken) == ("altered", "portrait_missing")
    put_on = plain.pdf[:100] + b"/Subtype/Image" + plain.pdf[114:]
    assert _told(parts, put_on) == ("altered", "portrait_added")
    bit = bytearray(other.pdf)
    bit[other.pdf.index(b"/ByteRange") - 40] ^= 1
    assert _told(parts, bytes(bit))[0] == "altered"


def _signed_anew(parts: Parts, one: Issued, picture: bytes) -> bytes:
    """Somebody with the documents' key prints another face around a true record."""
    signature = one.pdf.rindex(b"%%EOF", 0, one.pdf.rindex(b"/ByteRange")) + len(b"%%EOF\n")
    bare = made.swapped(one.pdf[:signature], picture)
    signer: DocumentSigner = parts.documents
    return signer.sign(bare, place=one.facts.institution, now=parts.clock.now()).pdf


def test_a_page_by_our_own_key_with_another_face_is_found(house: House, tmp_path: Path) -> None:
    parts, one = house.parts, house.issued[0]
    forged = _signed_anew(parts, one, made.jpeg(99)[: len(house.shown[0]) - 50])
    assert _told(parts, forged) == ("altered", "portrait_swapped")
    with TestClient(create_app(parts)) as client:
        (tmp_path / "did.json").write_bytes(client.get("/.well-known/did.json").content)
        keys = client.get("/api/v1/log").json()["verifier_keys"]
        (tmp_path / "log.vkey").write_text("\n".join(keys) + "\n", "utf-8")
    (tmp_path / "documents.pem").write_text(document_keys.public_pems(parts.keys), "utf-8")
    pinned, now = read_pinned(tmp_path), parts.clock.now()
    with pytest.raises(RejectedError, match="not the one that was signed for"):
        verify_certificate(forged, pinned, now=now, say=lambda _line: None)
    for each in house.issued:
        with pytest.raises(StatusUnknownError, match="is not at hand"):
            verify_certificate(each.pdf, pinned, now=now, say=lambda _line: None)
    with pytest.raises((MakerUnknownError, StatusUnknownError)):
        verify_certificate(one.pdf, replace(pinned, documents=None), now=now, say=lambda _: None)


@pytest.fixture
def alone(parts: Parts) -> House:
    """A house of one's own, for what changes it."""
    return _house(parts)


def test_who_has_the_holders_code_sees_it_once(alone: House) -> None:
    parts, one = alone.parts, alone.issued[0]
    now, learner_id = parts.clock.now(), alone.people[0].learner_id
    with parts.database.transaction() as db:
        code = holder_codes.make(
            db, parts.vault, parts.keys, one.certificate_id, learner_id=learner_id, now=now
        ).code
    with parts.database.transaction() as db:
        shown = holder_codes.show(db, parts.vault, parts.keys, one.public_id, code, now=now)
    assert shown.picture == alone.shown[0]
    with parts.database.transaction() as db:
        again = holder_codes.show(db, parts.vault, parts.keys, one.public_id, code, now=now)
    assert again.picture == b""


def test_withdrawn_the_next_has_none_and_what_was_issued_stays(alone: House) -> None:
    parts, now = alone.parts, alone.parts.clock.now()
    learner_id = alone.people[0].learner_id
    with parts.database.transaction() as db:
        portraits.withdraw(db, learner_id, now=now)
    with parts.database.reading() as db:
        assert portraits.picture_of(db, parts.vault, learner_id) is None
        own = person_keys.vault_of(db, parts.vault, learner_id)
        assert pictures.frozen(db, own, alone.issued[0].certificate_id) == alone.shown[0]
    assert _told(parts, alone.issued[0].pdf) == ("valid", "")
    person = finished.finish(parts, finished.courses(parts, ("next",))[0], "周雪", 77)
    made.keep(parts, person.learner_id, 5)
    with parts.database.transaction() as db:
        portraits.withdraw(db, person.learner_id, now=now)
    worker.drain(parts)
    fresh = take(parts, person.enrolment_id)
    assert (fresh.facts.version, pictures_in(fresh.pdf)) == (2, [])


def test_with_the_holder_the_picture_goes_and_the_paper_stays_good(alone: House) -> None:
    parts, one = alone.parts, alone.issued[0]
    now, learner_id = parts.clock.now(), alone.people[0].learner_id
    with parts.database.transaction() as db:
        erasure.forget_holder(
            db, parts.keys, learner_id, address=parts.settings.public_url, now=now
        )
        assert db.query(CertificatePortrait).filter_by(learner_id=learner_id).count() == 0
        assert db.query(CertificatePortrait).count() == 1
    assert _told(parts, one.pdf) == ("valid", "")
    smaller = made.jpeg(99)[: len(alone.shown[0]) - 50]
    assert _told(parts, made.swapped(one.pdf, smaller))[1] == "portrait_swapped"
    with parts.database.reading() as db:
        kept = db.query(CertificatePortrait).one()
        with pytest.raises(KeyGoneError):
            pictures.frozen(db, parts.vault.under(None), kept.certificate_id)
