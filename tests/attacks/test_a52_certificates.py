"""A52, A53: certificates forged, edited, copied, and another person's shown as one's own."""

from collections.abc import Iterator

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app import worker
from app.certs.rules import scan
from app.certs.rules.scan import Seal
from tests import examinee
from tests.attacks.laboratory import Laboratory
from tests.attacks.outcomes import Needs, Outcome, keep
from tests.people import csrf

FILM_MS = 60_000


@pytest.fixture(scope="module")
def qr_text(lab: Laboratory) -> Iterator[str]:
    """The code on a certificate that somebody earned."""
    course = lab.make_course(film_ms=FILM_MS, presence_gap_s=None, order_lock=False)
    with lab.bot(Needs.PATIENT, course=course) as bot:
        for _ in bot.minutes(1):
            bot.play_minute()
        bot.ask_check()
        bot.respond()
        assert examinee.sit(bot.client, lab.parts, bot.enrolment_id)["passed"]
        worker.drain(lab.parts)
        found = bot.client.get("/api/v1/certificates").json()
        yield found[0]["qr_text"]


def _ask(lab: Laboratory, text: str) -> dict:
    with lab.client() as stranger:
        body = {"text": text}
        answer = stranger.post("/api/v1/verification", json=body, headers=csrf(stranger))
        assert answer.status_code == 200, answer.text
        told: dict = answer.json()
        return told


def _seal(text: str) -> tuple[str, Seal]:
    scanned = scan.read_text(text)
    assert scanned is not None
    assert scanned.seal is not None
    return scanned.public_id, scanned.seal


def _forged(text: str, name: str, value: str) -> Seal:
    """The same certificate with one field of the code changed."""
    _, seal = _seal(text)
    values = cbor2.loads(seal.message)
    values[1 + scan.FIELDS.index(name)] = value
    message = cbor2.dumps(values, canonical=True)
    return Seal(seal.key_id, seal.signature, message)


@pytest.mark.parametrize(
    ("name", "value"),
    [("hours", "72"), ("holder_name", "马*洛"), ("expires_on", "2099-12-31"), ("course", "电工")],
)
def test_an_edited_code_is_altered(lab: Laboratory, qr_text: str, name: str, value: str) -> None:
    """Once under the old signature, once under a key of the forger's own."""
    public_id, seal = _seal(qr_text)
    forged = _forged(qr_text, name, value)
    own = Seal(seal.key_id, Ed25519PrivateKey.generate().sign(forged.signed), forged.message)
    verdicts = [
        _ask(lab, scan.text_of("http://testserver", public_id, scan.to_digits(each)))["verdict"]
        for each in (forged, own)
    ]
    keep(
        Outcome(
            name="edited certificate code", rows="A52", needs=Needs.NONE, reasons=verdicts[:1],
            detected_after_ms=0,
        )
    )  # fmt: skip
    assert verdicts == ["altered", "altered"]


def test_a_copied_code_shows_whose_it_is(lab: Laboratory, qr_text: str) -> None:
    """On another paper what is asked tells the record's facts; a look-alike address is named."""
    told = _ask(lab, qr_text)
    assert told["verdict"] == "valid"
    assert "*" in told["facts"]["holder_name"]
    public_id, seal = _seal(qr_text)
    text = scan.text_of("https://shixue.example", public_id, scan.to_digits(seal))
    elsewhere = _ask(lab, text)
    assert elsewhere["verdict"] == "altered"
    assert "请不要打开" in elsewhere["sentence"]
    keep(
        Outcome(
            name="copied code, another's certificate", rows="A52 A53", needs=Needs.NONE,
            reasons=["valid"], note="shows the masked holder; a person must compare",
        )
    )  # fmt: skip


def test_an_invented_certificate_is_unknown(lab: Laboratory, qr_text: str) -> None:
    told = _ask(lab, f"{qr_text.partition('/v/')[0]}/v/AAAAAAAAAAAAAAAAAAAAAA")
    assert told["verdict"] == "unknown"
    assert told["facts"] is None
