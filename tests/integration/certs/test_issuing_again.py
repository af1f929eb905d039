"""A certificate that has its number and no document: what came between is looked at again."""

import io
from dataclasses import replace
from typing import Any

import pikepdf
import pytest
from starlette.testclient import TestClient

from app import worker
from app.certs.services import artefacts, issuing, kept_papers
from app.certs.services.artefacts import Made
from app.certs.services.kept_papers import Papers
from app.core.clock import SettableClock
from app.core.flags import Switch, clear, throw
from app.identity.services import cases
from app.identity.services.cases import CaseKind
from app.identity.services.people import FullPerson
from app.lobby.parts import Parts
from app.worker import workshop_of
from tests import examinee
from tests.graduates import study_through
from tests.people import ALICE, sign_in
from tests.player import Player


@pytest.fixture
def numbered(
    client: TestClient, parts: Parts, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> Player:
    """Alice, whose certificate has a number; making its document failed."""

    def fail(*_: object, **__: object) -> None:
        raise artefacts.FaultyArtefactError("no glyph")

    alice = study_through(client, parts, clock)
    with monkeypatch.context() as patched:
        patched.setattr(artefacts, "make", fail)
        examinee.sit(client, parts, alice.enrolment_id)
        worker.drain(parts)
    assert _issued(client) == 0
    return alice


def _issued(client: TestClient) -> int:
    return len(client.get("/api/v1/certificates").json())


def _switch(parts: Parts, *, to: bool) -> None:
    with parts.database.transaction() as db:
        turn = throw if to else clear
        turn(db, Switch.NO_ISSUANCE, reason="试一下", now=parts.clock.now(), actor_id=None)


def _try_again(parts: Parts, alice: Player) -> str | None:
    now = parts.clock.now()
    return issuing.issue(parts.database, workshop_of(parts), alice.enrolment_id, now=now)


def test_a_gate_that_shut_meanwhile_stays_shut_and_is_looked_at_in_an_hour(
    client: TestClient, parts: Parts, clock: SettableClock, numbered: Player
) -> None:
    _switch(parts, to=True)
    assert _try_again(parts, numbered) is None
    assert _issued(client) == 0
    _switch(parts, to=False)
    clock.advance(ms=3_600_000)
    worker.drain(parts)
    assert _issued(client) == 1


def test_a_document_that_comes_late_is_dated_when_it_is_made(
    client: TestClient, parts: Parts, clock: SettableClock, numbered: Player
) -> None:
    parts.keys.add("documents", now=clock.now())
    clock.advance(ms=90 * 86_400_000)
    assert _try_again(parts, numbered) is not None
    sign_in(client, parts, ALICE)
    (found,) = client.get("/api/v1/certificates").json()
    address = f"/api/v1/certificates/{found['certificate_id']}"
    credential = client.get(f"{address}/credential.json").json()
    today = f"{clock.now():%Y-%m-%d}"
    assert [proof["created"][:10] for proof in credential["proof"]] == [today, today]
    assert credential["validFrom"][:10] < today
    with pikepdf.open(io.BytesIO(client.get(f"{address}/file.pdf").content)) as opened:
        (field,) = opened.Root.AcroForm.Fields
        assert str(field.V.M).startswith(f"D:{clock.now():%Y%m%d}")


def test_each_certificate_has_a_case_of_its_own(
    client: TestClient, parts: Parts, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one's open case at the desk tries again that one alone."""

    def fail(*_: object, **__: object) -> None:
        raise artefacts.FaultyArtefactError("no glyph")

    alice = study_through(client, parts, clock)
    account = client.get("/api/v1/me").json()["account_id"]
    with parts.database.transaction() as db:
        cases.open_case(
            db, kind=CaseKind.CERTIFICATE_GLYPH, learner_id=account, now=clock.now(),
            ref_id="0" * 26, fault="x",
        )  # fmt: skip
    monkeypatch.setattr(artefacts, "make", fail)
    examinee.sit(client, parts, alice.enrolment_id)
    worker.drain(parts)
    with parts.database.reading() as db:
        (row,) = issuing.rows.all_of(db, account)
        (case,) = cases.cases_about(db, [row.id], CaseKind.CERTIFICATE_GLYPH)
    assert case.state is cases.CaseState.OPEN


def test_another_name_goes_to_a_person_and_not_on_the_paper(
    client: TestClient, parts: Parts, numbered: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = issuing.people.full

    def renamed(*given: Any, **named: Any) -> FullPerson:
        return replace(known(*given, **named), name="马洛")

    monkeypatch.setattr(issuing.people, "full", renamed)
    assert _try_again(parts, numbered) is not None
    assert _issued(client) == 0
    account = client.get("/api/v1/me").json()["account_id"]
    with parts.database.reading() as db:
        assert cases.has_open_case(db, account, [CaseKind.CERTIFICATE_VOID])


def test_who_leaves_meanwhile_leaves_nothing_behind(
    client: TestClient, parts: Parts, numbered: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = artefacts.make

    lying: list[Papers] = []

    def make(own: Any, shop: Any, row: Any, *rest: Any, **named: Any) -> Made:
        done = made(own, shop, row, *rest, **named)
        lying.append(done.papers)
        with parts.database.transaction() as db:
            issuing.rows.lock(db, row.id).holder_gone_at = parts.clock.now()
        return done

    monkeypatch.setattr(artefacts, "make", make)
    assert _try_again(parts, numbered) is not None
    for kind in kept_papers.KINDS:
        assert kept_papers.sealed_by(parts.storage, lying[0], kind) is None, kind
    assert _issued(client) == 0
