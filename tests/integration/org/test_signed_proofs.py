"""The proof of hours as a signed file: the learner's own and the employer's, at any time."""

import copy
import datetime as dt
import html
import io
import json
import zipfile
from typing import Any

import pikepdf
import pytest
from starlette.testclient import TestClient

from app.certs.services.statuses import PURPOSE as CERTIFICATES
from app.core import audit, log_sequencer, log_witnesses
from app.core.checkpoints import VerifierKey
from app.core.clock import SettableClock
from app.core.crypto import KeyRing, b64url
from app.lobby.parts import Parts
from app.main import create_app
from app.org.rules.proof import CourseOfStudy, DayOfStudy, ProofFacts
from app.org.rules.statement import message_of
from app.org.services import proofs
from app.org.services.proofs import ProofSheet
from tests.courses import make_course
from tests.employers import CHOSEN, agent, post
from tests.people import ALICE, CAROL, MALLORY, sign_in, verify
from tests.player import Player, enrolled
from tests.witness import Witness
from verifier.hours import check_statement, read_proof_keys
from verifier.issuer import Issuer, read_issuer
from verifier.log_proofs import RejectedError, read_key
from verifier.pinned import Pinned
from verifier.recipe import verify_certificate

OWN = "/api/v1/me/hours/proof"
Statement = dict[str, Any]


@pytest.fixture
def player(client: TestClient, parts: Parts, clock: SettableClock) -> Player:
    """Twenty seconds of a course that is far from its end."""
    course = make_course(parts)
    player = enrolled(client, parts, clock, course.course_id)
    player.begin(course.video_id)
    player.play(0, 10_000)
    player.play(10_000, 20_000)
    player.ask_check()
    player.pass_check()
    log_sequencer.sequence_all(parts.database, parts.log, now=clock.now())
    return player


def _keys(client: TestClient) -> dict[str, bytes]:
    return read_proof_keys(client.get("/api/v1/verification/proofs/keys").json())


def test_ones_own_hours_are_signed_before_the_end(player: Player) -> None:
    client = player.client
    answer = client.get(f"{OWN}.json")
    assert answer.status_code == 200, answer.text
    stated = check_statement(answer.json(), _keys(client))
    assert (stated["number"], stated["holder_name"]) == ("", ALICE.name)
    assert ALICE.number not in answer.text
    assert (stated["made_on"], stated["confirmed_ms"]) == ("2026-11-24", 20_000)
    [course] = stated["courses"]
    assert course["policy_version"]
    assert course["ledger"]["entries"] == 1
    assert course["confirmed_ms"] < course["required_ms"]
    log = client.get("/api/v1/log").json()
    size = int(stated["checkpoint"].split("\n")[1])
    assert 0 <= course["ledger"]["position"] < size
    told: list[str] = []
    pinned = Pinned(
        read_issuer(client.get("/.well-known/did.json").json()),
        tuple(map(read_key, log["verifier_keys"])), proof_keys=_keys(client),
    )  # fmt: skip
    verify_certificate(answer.content, pinned, now=player.clock.now(), say=told.append)
    assert any(ALICE.name in line and "1 entries" in line for line in told)


def test_its_checkpoint_is_one_that_a_witness_signed_where_that_reaches_the_places(
    player: Player,
) -> None:
    witness, parts, now = Witness({}), player.parts, player.clock.now()
    first = player.client.get("/log/checkpoint").text
    line = witness.line(first.partition("\n\n")[0] + "\n")
    with parts.database.transaction() as db:
        log_witnesses.accept(
            db,
            [VerifierKey.parse(witness.verifier_key)],
            size=int(first.split("\n")[1]),
            lines=line,
        )
        audit.record(db, "something.happened", now=now, actor_id=None)
    log_sequencer.sequence_all(parts.database, parts.log, now=now)
    answer = player.client.get(f"{OWN}.json").json()
    assert check_statement(answer, _keys(player.client))["checkpoint"] == first + line
    player.play(20_000, 30_000)
    player.ask_check()
    player.pass_check()
    log_sequencer.sequence_all(parts.database, parts.log, now=player.clock.now())
    newest = player.client.get("/log/checkpoint").text
    answer = player.client.get(f"{OWN}.json").json()
    assert check_statement(answer, _keys(player.client))["checkpoint"] == newest


def test_the_same_hours_as_pdf_and_table(player: Player) -> None:
    pdf = player.client.get(f"{OWN}.pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(pdf.content)) as opened:
        assert len(opened.pages) == 1
    table = player.client.get(f"{OWN}.xlsx").content
    with zipfile.ZipFile(io.BytesIO(table)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    for words in (ALICE.name, "本人下载，不编号", "2026-11-24", "<v>20</v>"):
        assert words in sheet
    page = player.client.get("/hours").text
    assert all(f'href="{OWN}.{kind}"' in page for kind in ("pdf", "xlsx", "json"))


def test_who_has_no_proven_name_gets_none(client: TestClient, parts: Parts) -> None:
    assert client.get(f"{OWN}.json").status_code == 401
    sign_in(client, parts, CAROL)
    for kind in ("pdf", "xlsx", "json"):
        answer = client.get(f"{OWN}.{kind}")
        assert (answer.status_code, answer.json()["code"]) == (409, "not_verified")
    assert f"{OWN}.json" not in client.get("/hours").text


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    day = DayOfStudy(day=dt.date(2026, 11, 24), confirmed_ms=20_000)
    evil = '=HYPERLINK("http://x","点")'
    for text in (evil, "+1", "-1", "@SUM(A1)", "http://x.example"):
        course = CourseOfStudy(
            course_id="C", title=text, policy_version="p", policy_notes=(), hour_s=2700,
            required_ms=0, confirmed_ms=20_000, stated_hours="0", score="", certificate_number="",
            days=(day,),
        )  # fmt: skip
        facts = ProofFacts(
            organisation_name=text, organisation_code="", masked_name=text, masked_number=text,
            unit=text, position=text, courses=(course,),
        )  # fmt: skip
        table = proofs.as_xlsx(
            ProofSheet(
                number=text, made_on=day.day, digest="", key_id="", signature="", operator=text,
                holder_name=text, facts=facts, enrolments=("E",),
            )
        )  # fmt: skip
        with zipfile.ZipFile(io.BytesIO(table)) as book:
            assert not [name for name in book.namelist() if "_rels/sheet" in name]
            written = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in written
        assert written.count(html.escape(text, quote=False)) >= 4


def _changed(file: Statement, **changes: object) -> Statement:
    other = copy.deepcopy(file)
    other["statement"].update(changes)
    return other


def _signed(keys: KeyRing, file: Statement, purpose: str, **changes: object) -> Statement:
    """What somebody with a key of this purpose would make of it."""
    other = _changed(file, **changes)
    signer = keys.signer(purpose)
    signature = b64url(signer.sign(message_of(other["statement"])))
    return other | {"key_id": signer.key_id, "signature": signature}


def test_every_alteration_is_named(player: Player) -> None:
    client, parts = player.client, player.parts
    file, keys = client.get(f"{OWN}.json").json(), _keys(client)
    course = file["statement"]["courses"][0]
    for other in (
        _changed(file, confirmed_ms=40_000), _changed(file, holder_name=CAROL.name),
        _changed(file, made_on="2026-11-25"), _changed(file, extra=""),
        _changed(file, courses=[course | {"policy_version": "0" * 16}]),
        _changed(file, courses=[course | {"ledger": course["ledger"] | {"position": 0}}]),
        _changed(file, checkpoint=""), file | {"signature": "A" * 86},
    ):  # fmt: skip
        with pytest.raises(RejectedError, match="step 3"):
            check_statement(other, keys)
    with pytest.raises(RejectedError, match="step 2"):
        check_statement(file | {"key_id": "01020304"}, keys)
    with pytest.raises(RejectedError, match="step 0"):
        check_statement(file | {"facts": {}}, keys)
    for match, changes in (
        ("step 5", {"number": "XS202611240000010"}),
        ("step 7.*total", {"confirmed_ms": 40_000}),
        ("step 7.*days", {"courses": [course | {"confirmed_ms": 40_000}]}),
        ("step 0", {"format": "shixue-proof-3"}),
    ):
        with pytest.raises(RejectedError, match=match):
            check_statement(_signed(parts.keys, file, "proofs", **changes), keys)


def test_no_signature_stands_for_another(player: Player) -> None:
    """A certificate's key signs no hours, and a proof's signature is none over a certificate."""
    client, parts = player.client, player.parts
    file, keys = client.get(f"{OWN}.json").json(), _keys(client)
    other = _signed(parts.keys, file, CERTIFICATES)
    with pytest.raises(RejectedError, match="step 2"):
        check_statement(other, keys)
    issuer = read_issuer(client.get("/.well-known/did.json").json())
    assert not set(issuer.keys) & set(keys)
    record = {"facts": file["statement"] | {"version": 2}, "log": None,
              "key_id": file["key_id"], "signature": file["signature"]}  # fmt: skip
    mixed = Pinned(Issuer(issuer.did, {**issuer.keys, **keys}))
    with pytest.raises(RejectedError, match="step 3"):
        verify_certificate(
            json.dumps(record).encode(), mixed, now=player.clock.now(), say=lambda _: None
        )


def test_the_employers_has_a_number_and_the_courses_it_asked_for(
    client: TestClient, parts: Parts
) -> None:
    boss = agent(client, parts, MALLORY)
    new = {"name": ALICE.name, "document_number": ALICE.number}
    staff_id = str(post(boss, "/org/staff", new).json()["staff_id"])
    address = f"/api/v1/org/staff/{staff_id}/proof"
    assert boss.get(f"{address}.json").status_code == 409
    with TestClient(create_app(parts)) as alice:
        sign_in(alice, parts, ALICE)
        verify(alice, ALICE)
        org_id = alice.get("/me").text.split("/me/employers/")[1][:26]
        assert post(alice, f"/me/employers/{org_id}/acceptance", {}).status_code == 204
    course = make_course(parts)
    asked = {"course_id": course.course_id, "staff_ids": [staff_id], "due_on": "2026-12-31"}
    assert post(boss, "/org/assignment-rules", asked | CHOSEN).status_code == 201
    stated = check_statement(boss.get(f"{address}.json").json(), _keys(client))
    assert stated["number"].startswith("XS")
    assert stated["organisation_code"]
    assert stated["holder_name"] == ALICE.name
    [told] = stated["courses"]
    assert told["ledger"] == {
        "entries": 0, "last_entry": "", "position": None, "evidence": told["ledger"]["evidence"],
    }  # fmt: skip
    # The same facts keep their number; the PDF of that day bears it too.
    again = check_statement(boss.get(f"{address}.json").json(), _keys(client))
    assert again["number"] == stated["number"]
    assert "签名文件" in boss.get("/employer/staff").text
