"""The one word that goes with an answer: to a code, to a file, to what a document carries."""

import json
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from app import worker
from app.certs.models import Certificate
from app.certs.providers import artwork
from app.certs.providers.artwork import Attachment
from app.certs.rules import scan, verdicts
from app.certs.rules.documents import CREDENTIAL, RECORD
from app.certs.rules.facts import CertificateFacts, message_of, without_holder
from app.certs.rules.verdicts import DIFFERS, ELSEWHERE, OTHER_CODE, UNKNOWN_KEY, other_platform
from app.certs.services import records, verification
from app.certs.services.verdict_view import VerdictView
from app.core.checkpoints import Checkpoint, parse_note
from app.core.crypto import b64url
from app.core.signatures import SigningKey
from app.lobby import former
from app.lobby.parts import Parts
from app.main import create_app
from tests import finished, papers
from tests.papers_issued import FOREIGN, Issued, take
from tests.people import csrf

NO_PAGE = "A" * 16
STRANGER = SigningKey("0badc0de", FOREIGN)


@pytest.fixture(scope="module")
def two(shared_parts: Parts) -> tuple[Issued, Issued]:
    course = finished.courses(shared_parts, codes=("usual",))[0]
    people = [finished.finish(shared_parts, course, name, 90_000 + place)
              for place, name in enumerate(("赵码", "钱码"))]  # fmt: skip
    worker.drain(shared_parts)
    one, other = (take(shared_parts, each.enrolment_id) for each in people)
    return one, other


def _code(parts: Parts, text: str) -> VerdictView:
    with parts.database.reading() as db:
        hosts = former.hosts(parts.settings)
        return verification.by_text(db, parts.keys, text, hosts=hosts, now=parts.clock.now())


def _by_a_stranger(one: Issued) -> str:
    """The digits of the same code, signed by a key that we do not have."""
    seal = scan.read_digits(one.digits)
    assert seal is not None
    signature = STRANGER.sign(seal.signed)
    return scan.to_digits(replace(seal, key_id=STRANGER.key_id, signature=signature))


def test_a_code_by_a_key_that_we_do_not_have(
    shared_parts: Parts, two: tuple[Issued, Issued]
) -> None:
    """A forgery: its address is ours, whether or not there is such a page."""
    one, _ = two
    digits = _by_a_stranger(one)
    for page in (one.page, one.page.removesuffix(one.public_id) + NO_PAGE):
        told = _code(shared_parts, f"{page}#{digits}")
        assert (told.verdict, told.finding) == ("altered", "unknown_key")
        assert told.sentence == UNKNOWN_KEY


def test_a_code_behind_an_address_that_is_none_of_ours(
    shared_parts: Parts, two: tuple[Issued, Issued]
) -> None:
    """Another platform's honest code is not accused: who issued it is asked there, by name."""
    one, _ = two
    for page in (f"#{_by_a_stranger(one)}", ""):
        theirs = _code(shared_parts, f"https://Other.example:8443/v/{NO_PAGE}{page}")
        assert (theirs.verdict, theirs.finding) == ("unknown", "other_platform")
        assert theirs.sentence == other_platform("other.example:8443")
        assert "other.example:8443" in theirs.sentence
        assert "采信" not in theirs.sentence
    for disguised in ("此证有效", "shixue.example@evil.example", "x" * 90 + ".example", "."):
        told = _code(shared_parts, f"https://{disguised}/v/{NO_PAGE}")
        assert told.sentence == other_platform()
    for ours in (
        f"{NO_PAGE}#{one.digits}", one.public_id, f"{one.public_id}#{_by_a_stranger(one)}"
    ):  # fmt: skip
        told = _code(shared_parts, f"https://evil.example/v/{ours}")
        assert (told.verdict, told.finding) == ("altered", "foreign_address")
        assert told.sentence == ELSEWHERE


def test_a_code_may_have_changed_its_looks_on_the_way(
    shared_parts: Parts, two: tuple[Issued, Issued]
) -> None:
    """By a messenger's query, by a keyboard; what was cut off is said to be cut off."""
    one, _ = two
    scheme, _, rest = one.page.partition("://")
    for text in (
        f"{one.page}?from=wechat#{one.digits}", f"{scheme.upper()}://{rest}#{one.digits}",
        f"{one.page}＃{one.digits}", f"{one.page}%23{one.digits}",
    ):  # fmt: skip
        assert _code(shared_parts, text).verdict == "valid"
        assert _code(shared_parts, text[:-9]).verdict == "incomplete"
    cut = _code(shared_parts, f"{one.page}?from=wechat#")
    assert (cut.verdict, cut.facts) == ("incomplete", None)
    assert "没有读全" in cut.sentence
    assert _code(shared_parts, one.page).verdict == "valid"
    elsewhere = _code(shared_parts, f"https://else.example/v/{one.public_id}?{rest}#")
    assert elsewhere.sentence == ELSEWHERE


def test_a_code_that_was_opened_with_another_sign_for_its_hash(
    shared_parts: Parts, two: tuple[Issued, Issued]
) -> None:
    """It came as a path; what cannot be a code gets the page's own answer, however long it is."""
    one, _ = two
    with TestClient(create_app(shared_parts)) as stranger:
        for sign in ("%EF%BC%83", "%23", "%2523"):
            for digits in (one.digits, one.digits[:9], ""):
                led = stranger.get(f"/v/{one.public_id}{sign}{digits}", follow_redirects=False)
                to = f"/v/{one.public_id}#{digits}"
                assert (led.status_code, led.headers["location"]) == (303, to)
            for other in (f"{one.digits}x", "9" * 4001, "x" * 100, "1%EF%BC%92"):
                told = stranger.get(f"/v/{one.public_id}{sign}{other}", follow_redirects=False)
                assert (told.status_code, verdicts.NO_PAGE in told.text) == (200, True)
        assert verdicts.NO_PAGE in stranger.get(f"/v/{'A' * 61}").text


def test_a_code_by_our_key_that_says_something_else_than_the_register(
    shared_parts: Parts, two: tuple[Issued, Issued]
) -> None:
    one, other = two
    as_issued = _code(shared_parts, one.text)
    assert (as_issued.verdict, as_issued.finding) == ("valid", "")
    moved = _code(shared_parts, f"{one.page}#{other.digits}")
    assert (moved.verdict, moved.finding, moved.sentence) == ("altered", "differs", OTHER_CODE)
    address = one.page.partition("/v/")[0]
    stated = replace(one.facts, course="另一门课")
    text = records.coded(shared_parts.keys, stated, address, now=shared_parts.clock.now())
    signed = _code(shared_parts, text)
    assert (signed.verdict, signed.finding, signed.sentence) == ("altered", "differs", DIFFERS)
    [difference] = signed.differences
    assert (difference.field, difference.scanned) == ("course", "另一门课")


def test_facts_that_lack_a_field_are_told_which_and_not_called_altered(
    shared_parts: Parts, two: tuple[Issued, Issued]
) -> None:
    record = json.loads(two[0].record)
    whole = {key: record[key] for key in ("facts", "key_id", "signature")}
    every = list(replace(two[0].facts, version=1).to_mapping())
    without = {name: value for name, value in record["facts"].items() if name != "holder_salt"}
    with TestClient(create_app(shared_parts)) as stranger:
        for facts, missing in (
            ({}, every), ({"version": 99}, every[1:]), (without, ["holder_salt"]),
        ):  # fmt: skip
            answer = stranger.post(
                "/api/v1/verification/facts", json=whole | {"facts": facts}, headers=csrf(stranger)
            )
            assert answer.status_code == 422, answer.text
            told = answer.json()["errors"]
            assert [each["field"] for each in told] == [f"/facts/{name}" for name in missing]
            assert {each["message"] for each in told} == {"缺少必填项。"}


def test_what_another_platform_signed_is_not_accused_of_what_we_cannot_read(
    shared_parts: Parts, two: tuple[Issued, Issued]
) -> None:
    """Its facts may be of a version that there is not here; with a page of ours it is a forgery."""
    facts = two[0].facts.to_mapping()
    for given, finding in (
        (facts | {"public_id": NO_PAGE, "version": 5}, "other_platform"),
        (facts | {"public_id": NO_PAGE, "more": "x"}, "other_platform"),
        ({"height": "170"}, "other_platform"),
        (facts | {"version": 5}, "unknown_key"),
    ):
        record = {"facts": given, "key_id": STRANGER.key_id, "signature": "x", "log": None}
        verdict = "altered" if finding == "unknown_key" else "unknown"
        told = _told(shared_parts, json.dumps(record).encode())
        assert told == ("record", verdict, finding)


def test_another_issuers_credential_may_speak_in_other_words(
    shared_parts: Parts, two: tuple[Issued, Issued]
) -> None:
    document = json.loads(two[0].credential)
    for contexts in (
        [*document["@context"], "https://w3id.org/security/suites/ed25519-2020/v1"],
        ["https://www.w3.org/2018/credentials/v1"], "https://schema.org/",
    ):  # fmt: skip
        theirs = document | {"issuer": {"id": "https://uni.example/1"}, "@context": contexts}
        told = _told(shared_parts, json.dumps(theirs).encode())
        assert told == ("credential", "unknown", "issuer")
        ours = document | {"@context": contexts}
        told = _told(shared_parts, json.dumps(ours).encode())
        assert told == ("credential", "altered", "context")


def _of_a_longer_log(parts: Parts, one: Issued) -> bytes:
    """The record, under a checkpoint that the log signed before a backup was brought back."""
    record = json.loads(one.record)
    log = record["log"]
    point = Checkpoint.parse(parse_note(log["checkpoint"])[0])
    longer = Checkpoint(point.origin, point.size + 10**6, point.root)
    entry = log | {"checkpoint": parts.log.sign(longer), "size": longer.size}
    return json.dumps(record | {"log": entry}).encode()


def test_a_record_that_hides_its_holder(shared_parts: Parts, two: tuple[Issued, Issued]) -> None:
    """Name, number and salt are not signed: with them out, it fits whoever shows it."""
    one, _ = two
    record = json.loads(one.record)
    hidden = record | {"facts": without_holder(one.facts).to_mapping()}
    content = json.dumps(hidden).encode()
    del hidden["log"]
    assert _told(shared_parts, content) == ("record", "altered", "holder_hidden")
    with TestClient(create_app(shared_parts)) as stranger:
        told = stranger.post(
            "/api/v1/verification/facts", json=hidden, headers=csrf(stranger)
        ).json()
    assert (told["verdict"], told["facts"]) == ("altered", None)
    assert "没有注销账号" in told["sentence"]
    # Once the holder has left, it is what the platform itself hands out.
    with shared_parts.database.transaction() as db:
        db.get_one(Certificate, one.certificate_id).holder_gone_at = shared_parts.clock.now()
    try:
        assert _told(shared_parts, content)[1:] == ("valid", "")
        # Whatever else is said of its place in the log, that it names nobody is said too.
        ahead = json.loads(_of_a_longer_log(shared_parts, one))["log"]
        for log, finding in ((None, "log_missing"), (ahead, "log_ahead")):
            answer = _answer(shared_parts, json.dumps(hidden | {"log": log}).encode())
            assert (answer["verdict"], answer["finding"]) == ("valid", finding)
            assert "持证人已注销账号" in answer["sentence"]
            assert "日志" in answer["sentence"]
            assert "索要" not in answer["sentence"]
    finally:
        with shared_parts.database.transaction() as db:
            db.get_one(Certificate, one.certificate_id).holder_gone_at = None


def _document(parts: Parts, one: Issued, record: bytes, credential: bytes) -> bytes:
    """A page under our key that carries these two."""
    carried = (
        Attachment(RECORD, record.decode(), "application/json", "data", "记录"),
        Attachment(CREDENTIAL, credential.decode(), "application/vc", "data", "凭证"),
    )
    bare = artwork.draw_pdf(papers.facts(), carried)
    return parts.documents.sign(bare, place=one.facts.institution, now=parts.clock.now()).pdf


def _record_by_a_stranger(one: Issued, page: str) -> bytes:
    facts = CertificateFacts.from_mapping(json.loads(one.record)["facts"] | {"public_id": page})
    assert facts is not None
    signature = b64url(STRANGER.sign(message_of(facts)))
    record = {"facts": facts.to_mapping(), "key_id": STRANGER.key_id, "signature": signature}
    return json.dumps(record | {"log": None}).encode()


def _answer(parts: Parts, content: bytes) -> dict[str, str]:
    with TestClient(create_app(parts)) as stranger:
        headers = csrf(stranger) | {"content-type": "application/octet-stream"}
        answer = stranger.post("/api/v1/verification/files", content=content, headers=headers)
    assert answer.status_code == 200, answer.text
    told: dict[str, str] = answer.json()
    return told


def _told(parts: Parts, content: bytes) -> tuple[str, str, str]:
    told = _answer(parts, content)
    return told["kind"], told["verdict"], told["finding"]


def test_a_document_of_a_longer_log_is_answered_with_its_records_word(
    shared_parts: Parts, two: tuple[Issued, Issued]
) -> None:
    """The record says it; the credential beside it is as it should be, and says nothing."""
    one, other = two
    ahead = _of_a_longer_log(shared_parts, one)
    assert _told(shared_parts, ahead) == ("record", "valid", "log_ahead")
    both = _document(shared_parts, one, ahead, one.credential)
    assert _told(shared_parts, both) == ("pdf", "valid", "log_ahead")
    mixed = _document(shared_parts, one, ahead, other.credential)
    assert _told(shared_parts, mixed) == ("pdf", "altered", "credential")


def test_the_proofs_of_a_credential_are_a_set(
    shared_parts: Parts, two: tuple[Issued, Issued]
) -> None:
    """Their order says nothing; one twice, or made at no moment, is what nobody gave out."""
    document = json.loads(two[0].credential)
    [statements, text] = document["proof"]
    for proof, verdict, finding in (
        ([text, statements], "valid", ""),
        ([statements, text, text], "altered", "proof_fields"),
        ([statements | {"created": "yesterday"}, text], "altered", "no_moment"),
        ([statements, text | {"created": "2026-13-01T00:00:00Z"}], "altered", "no_moment"),
        ([text], "unknown", "no_proof"),
    ):
        content = json.dumps(document | {"proof": proof}).encode()
        assert _told(shared_parts, content) == ("credential", verdict, finding)


def test_the_answer_to_a_file_has_the_word_of_what_was_found_in_it(
    shared_parts: Parts, two: tuple[Issued, Issued]
) -> None:
    one, _ = two
    parts = shared_parts
    forged = _record_by_a_stranger(one, one.public_id)
    assert _told(parts, forged) == ("record", "altered", "unknown_key")
    theirs = _record_by_a_stranger(one, NO_PAGE)
    assert _told(parts, theirs) == ("record", "unknown", "other_platform")
    within = _document(parts, one, theirs, one.credential)
    assert _told(parts, within) == ("pdf", "unknown", "other_platform")
    stated = replace(one.facts, course="另一门课")
    signature = b64url(parts.keys.signer("certificates").sign(message_of(stated)))
    record = json.loads(one.record) | {"facts": stated.to_mapping(), "signature": signature}
    assert _told(parts, json.dumps(record).encode()) == ("record", "altered", "differs")
