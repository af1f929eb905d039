"""A number under which nothing was handed out is given up: never issued, and never used again."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app import worker
from app.certs.models import Certificate
from app.certs.services import artefacts, audit, issuing, kept_papers
from app.certs.services.artefacts import Made
from app.certs.services.kept_papers import Papers
from app.cli.log import check_everything
from app.core.clock import SettableClock
from app.core.log_audit import DifferenceError
from app.identity.rules.documents import DocumentType
from app.identity.services import disputes, verification
from app.lobby.parts import Parts
from app.worker import workshop_of
from tests import finished, status_reading
from tests.finished import Finished
from tests.people import by_name, csrf, sign_in
from tests.reviewers import on_case, only_case, reviewer
from tests.tampering import alter

WRONG, RIGHT = "李晓梅", "李小梅"
WHY = "身份证核对无误，编号没有出过证"


@dataclass(frozen=True, slots=True)
class Numbered:
    """Somebody whose certificate has a number and no document, and whose name is another now."""

    holder: Finished
    certificate_id: str
    public_id: str
    number: str


def _fail(*_: object, **__: object) -> None:
    raise artefacts.FaultyArtefactError("排版出错")


@pytest.fixture
def numbered(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> Numbered:
    [course] = finished.courses(parts, ("usual",))
    person = finished.finish(parts, course, WRONG, 1)
    with monkeypatch.context() as patched:
        patched.setattr(artefacts, "make", _fail)
        worker.drain(parts)
    rename(parts, person, RIGHT)
    _issue(parts, person)
    row = _rows(parts)[0]
    return Numbered(person, row.id, row.public_id, row.number)


def rename(parts: Parts, person: Finished, name: str) -> None:
    """The desk takes the wrong name back, and the right one is proven."""
    now = parts.clock.now()
    with parts.database.transaction() as db:
        disputes.withdraw_identity(db, person.learner_id, reason="写错", actor_id=None, now=now)
        claim = verification.read_claim(DocumentType.RESIDENT_ID, person.number, name, now=now)
        verification.approve(db, parts.vault, person.learner_id, claim, now=now)


def _issue(parts: Parts, person: Finished) -> str | None:
    now = parts.clock.now()
    return issuing.issue(parts.database, workshop_of(parts), person.enrolment_id, now=now)


def _rows(parts: Parts) -> list[Certificate]:
    with parts.database.reading() as db:
        found = list(db.scalars(select(Certificate).order_by(Certificate.number)))
        db.expunge_all()
        return found


def void(parts: Parts, **more: object) -> None:
    with reviewer(parts) as wu:
        case = only_case(wu, "certificate_void")
        told = {"decision": "void", "reason": WHY} | more
        done = on_case(wu, case["id"], "decision", **told)
        assert (done.status_code, done.json().get("state")) == (200, "decided"), done.text


def test_the_desk_reads_why_and_one_person_gives_the_number_up(
    client: TestClient, parts: Parts, numbered: Numbered
) -> None:
    with reviewer(parts) as wu:
        case = only_case(wu, "certificate_void")
        page = wu.get(f"/desk/cases/{case['id']}").text
        assert "和编号时的不一样" in page
        assert numbered.number in page
        assert "作废编号，重新出证" in page
        missing = on_case(wu, case["id"], "decision", decision="void", reason=" ")
        assert missing.json()["errors"][0]["field"] == "/reason"
    void(parts)
    worker.drain(parts)
    sign_in(client, parts, numbered.holder.someone)
    [new] = client.get("/api/v1/certificates").json()
    assert new["number"] != numbered.number
    assert new["number"][16:24] > numbered.number[16:24]
    told = client.get("/api/v1/me/notices").json()
    assert any("已作废，证书会用新的编号出" in each["text"] for each in told)
    old, fresh = _rows(parts)
    assert (old.number, old.void_reason, old.ready_at) == (numbered.number, WHY, None)
    assert (fresh.number, fresh.replaces_id) == (new["number"], None)
    assert "certificates: 2" in check_everything(parts, evidence=False)


def test_the_number_was_never_issued_whoever_asks(
    client: TestClient, parts: Parts, numbered: Numbered
) -> None:
    void(parts)
    worker.drain(parts)
    row, base = _rows(parts)[0], "/api/v1/verification"
    told = [by_name(client, {"number": numbered.number, "name": name}) for name in (WRONG, RIGHT)]
    told.append(client.get(f"{base}/{numbered.public_id}").json())
    told.append(client.post(base, json={"text": row.qr_text}, headers=csrf(client)).json())
    record = json.dumps(artefacts.record_file(row, None)).encode()
    told.append(client.post(f"{base}/files", content=record, headers=csrf(client)).json())
    assert {each["verdict"] for each in told} == {"unknown"}
    assert client.get(f"{base}/{numbered.public_id}/proof").status_code == 404
    encoded = client.get("/status/1").json()["credentialSubject"]["encodedList"]
    bits = status_reading.decode(encoded)
    assert [status_reading.is_set(bits, each.status_index or 0) for each in _rows(parts)] == [
        True, False,
    ]  # fmt: skip


def test_a_name_that_is_changed_back_keeps_its_number(
    client: TestClient, parts: Parts, numbered: Numbered
) -> None:
    rename(parts, numbered.holder, WRONG)
    void(parts, decision="answer", reason="实名已改回")
    worker.drain(parts)
    sign_in(client, parts, numbered.holder.someone)
    [only] = client.get("/api/v1/certificates").json()
    assert only["number"] == numbered.number


def test_what_was_handed_out_meanwhile_is_not_given_up(parts: Parts, numbered: Numbered) -> None:
    rename(parts, numbered.holder, WRONG)
    _issue(parts, numbered.holder)
    with reviewer(parts) as wu:
        case = only_case(wu, "certificate_void")
        refused = on_case(wu, case["id"], "decision", decision="void", reason=WHY)
        assert (refused.status_code, refused.json()["code"]) == (409, "handed_out")
    void(parts, decision="answer", reason="已经出证")
    assert len(_rows(parts)) == 1


def test_a_number_given_up_while_its_document_is_made_leaves_no_document(
    parts: Parts, numbered: Numbered, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename(parts, numbered.holder, WRONG)
    made = artefacts.make

    lying: list[Papers] = []

    def make(*given: Any, **named: Any) -> Made:
        done = made(*given, **named)
        lying.append(done.papers)
        monkeypatch.setattr(artefacts, "make", made)
        void(parts)
        return done

    monkeypatch.setattr(artefacts, "make", make)
    _issue(parts, numbered.holder)
    for kind in kept_papers.KINDS:
        assert kept_papers.sealed_by(parts.storage, lying[0], kind) is None, kind
    worker.drain(parts)
    assert [row.ready_at is None for row in _rows(parts)] == [True, False]


@pytest.mark.usefixtures("numbered")
@pytest.mark.parametrize("change", ["voided_at", "voided_by", "ready_at"])
def test_one_that_comes_back_in_silence_is_named(
    parts: Parts, clock: SettableClock, change: str
) -> None:
    void(parts)
    row = _rows(parts)[0]
    alter(parts.database, row, **{change: clock.now() if change == "ready_at" else None})
    with pytest.raises(DifferenceError, match="given up"), parts.database.reading() as db:
        audit.check_certificates(db, parts.keys, lambda *_: None)


def test_nobody_gives_up_the_number_of_their_own(parts: Parts, numbered: Numbered) -> None:
    with reviewer(parts, numbered.holder.someone) as own:
        case = only_case(own, "certificate_void")
        refused = on_case(own, case["id"], "decision", decision="void", reason=WHY)
        assert (refused.status_code, refused.json()["code"]) == (403, "own_case")
