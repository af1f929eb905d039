"""docs/verify-by-hand.md: its commands are run, say good, and say no once a byte is another."""

import ast
import json
import random
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.certs.rules import scan
from app.core.crypto import b64url
from tests import by_hand, credentials, papers_off_line
from tests.by_hand import SIGNED, WHOLE, Reader, steps
from tests.papers_issued import with_the_twin_signature
from tests.witness import Witness

VECTORS = papers_off_line.vectors()
PDF = papers_off_line.DOCUMENT.read_bytes()
GOLDEN = Path(__file__).parents[2] / "golden"
ALWAYS: dict[str, Any] = {"used_from": None, "used_until": None}
ID = credentials.FACTS.public_id
STEPS = steps(by_hand.DOCUMENT)
MOMENT = "2026-11-24T03:00:00Z"
WITNESS = Witness({})
LIST = f"/status/1?host={credentials.ADDRESS.partition('://')[2]}"
FETCH, KEYS, PAPER, CODE, RECORD, LOG, CREDENTIAL, STATUS = range(1, 9)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _code() -> str:
    minimum = scan.minimum_of(credentials.FACTS)
    signature = credentials.KEY.sign(scan.SIGNED_AS[scan.FORM] + minimum)
    seal = scan.Seal(credentials.KEY.key_id, signature, minimum)
    return scan.text_of(credentials.ADDRESS, ID, scan.to_digits(seal))


def _witnessed() -> dict[str, Any]:
    """The record of the vectors under a checkpoint with a witness's line."""
    log = VECTORS["record"]["log"]
    text = log["checkpoint"].partition("\n\n")[0] + "\n"
    checkpoint = log["checkpoint"] + WITNESS.line(text)
    return VECTORS["record"] | {"log": log | {"checkpoint": checkpoint}}


def _equipped(place: Path, document_key: str = VECTORS["document_keys"][0]) -> Reader:
    """Somebody with all that is published, the PDF, the code's text and the witness's key."""
    reader = by_hand.equip(place, moment=MOMENT)
    keys = [
        {"key_id": key_id, "public_key": b64url(raw), **ALWAYS}
        for key_id, raw in credentials.KEYS.items()
    ]
    documents = [{"key_id": "0e0f1011", "public_key": document_key, **ALWAYS}]
    log = {"origin": papers_off_line.ORIGIN, "verifier_keys": VECTORS["log_keys"]}
    for path, content in {
        "/.well-known/did.json": credentials.did_document(),
        "/api/v1/verification/keys": keys,
        "/api/v1/verification/documents/keys": documents,
        "/api/v1/log": log,
        f"/api/v1/verification/{ID}/proof": _witnessed(),
        LIST: VECTORS["list_without_it"],
    }.items():
        reader.serve(path, _json(content))
    (reader.folder / "witnesses.vkey").write_text(WITNESS.verifier_key + "\n", "utf-8")
    (reader.folder / "certificate.pdf").write_bytes(PDF)
    (reader.folder / "code.txt").write_text(_code() + "\n", "utf-8")
    return reader


def _all(reader: Reader, step: int) -> str:
    """All that a step shows, which has to be good."""
    shown = ""
    for commands in STEPS[step]:
        told = reader.paste(commands)
        assert told.code == 0, told.text
        shown += told.text
    return shown


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Reader, dict[int, str]]:
    """Somebody who has done all of it, and what each step showed."""
    reader = _equipped(tmp_path_factory.mktemp("by-hand"))
    return reader, {step: _all(reader, step) for step in STEPS}


@pytest.fixture
def reader(done: tuple[Reader, dict[int, str]], tmp_path: Path) -> Reader:
    """The same, in folders of their own."""
    return done[0].copy(tmp_path)


def _is_good(reader: Reader, step: int) -> bool:
    return all(reader.paste(commands).code == 0 for commands in STEPS[step])


def test_page_and_document_have_the_same_commands() -> None:
    assert steps(by_hand.PAGE) == STEPS
    assert list(STEPS) == list(range(FETCH, STATUS + 1))
    assert all(STEPS.values())
    for path in (by_hand.DOCUMENT, by_hand.PAGE):
        assert path.read_text("utf-8").count("```sh\n") == sum(map(len, STEPS.values()))


def test_every_step_says_good(done: tuple[Reader, dict[int, str]]) -> None:
    shown = done[1]
    assert sorted(shown[KEYS].split()) == sorted(
        [f"{each}.pem" for each in (*credentials.KEYS, "log-20f310ce")]
        + [f"witness-{WITNESS.verifier_key.split('+')[1]}.pem"]
    )
    assert WHOLE in shown[PAPER]
    assert "key of the document: 0e0f1011" in shown[PAPER]
    for step, count in ((CODE, 1), (RECORD, 1), (LOG, 2), (CREDENTIAL, 1), (STATUS, 1)):
        assert shown[step].count(SIGNED) == count, shown[step]
    for step in (CODE, RECORD):
        assert credentials.FACTS.number in shown[step]
        assert "李*梅" in shown[step]
    assert f"{papers_off_line.SIZE}\n" in shown[LOG]
    assert '"identityHash": "李秀梅"' in shown[CREDENTIAL]
    assert "没有撤销 not revoked as of 2026-11-24T02:00:00Z" in shown[STATUS]


def test_what_is_inside_the_pdf_is_taken_out(tmp_path: Path) -> None:
    reader = _equipped(tmp_path)
    for step in (FETCH, KEYS, PAPER):
        _all(reader, step)
    for name in ("record", "credential"):
        assert json.loads((reader.folder / f"{name}.json").read_bytes()) == VECTORS[name]
    # The one inside has no witness's line: what is shown says who has signed.
    assert _all(reader, LOG).count(SIGNED) == 1
    assert "witness" not in _all(reader, LOG)


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_records_and_codes_of_every_version(reader: Reader, version: int) -> None:
    golden = json.loads((GOLDEN / f"certificate-{version}.json").read_text("utf-8"))
    record = {
        "facts": golden["facts"], "key_id": credentials.KEY.key_id,
        "signature": golden["signature"], "log": None,
    }  # fmt: skip
    did = credentials.did_document()
    did["alsoKnownAs"] = ["did:web:shixue.example"]
    (reader.folder / "did.json").write_bytes(_json(did))
    (reader.folder / "code.txt").write_text(golden["text"], "utf-8")
    assert golden["facts"]["number"] in _all(reader, CODE)
    _, check = STEPS[RECORD]
    for facts in (golden["facts"], golden["facts"] | {"score": 86}):
        (reader.folder / "record.json").write_bytes(_json(record | {"facts": facts}))
        told = reader.paste(check)
        assert (told.code == 0) == (facts is golden["facts"]), told.text
        assert ("李*梅" in told.text) == (facts is golden["facts"])


def test_a_code_whose_looks_changed_on_the_way(reader: Reader) -> None:
    page, _, digits = _code().partition("#")
    for text in (
        f"{page}?from=wechat#{digits}",
        f"{page.upper()}＃{digits}",
        f"{page}%23{digits}",
        f"{page}#",
    ):
        (reader.folder / "code.txt").write_text(text, "utf-8")
        assert _is_good(reader, CODE) == text.endswith(digits)


def test_whose_holder_has_left(reader: Reader) -> None:
    (reader.folder / "record.json").write_bytes(_json(VECTORS["record_without_holder"]))
    told = reader.paste(STEPS[RECORD][1])
    assert told.code == 0
    assert "持证人已注销" in told.text
    assert told.text.endswith("names nobody and proves nothing of a person\n")


@pytest.mark.parametrize("name", ["document-1.pdf", "document-1-stamped.pdf"])
def test_documents_of_before(tmp_path: Path, name: str) -> None:
    """With a time stamp and without; those have no record inside, their signature is the same."""
    reader = _equipped(tmp_path)
    (reader.folder / "certificate.pdf").write_bytes((GOLDEN / name).read_bytes())
    told = reader.paste(STEPS[PAPER][0])
    assert (told.code, WHOLE in told.text) == (0, True), told.text
    signer = (reader.folder / "signer.der").read_bytes()
    assert b64url(signer) == VECTORS["golden_document_key"]


Change = Callable[[Any], None]


def _set(*path: str | int, to: object) -> Change:
    def change(document: Any) -> None:
        credentials.at(document, path[:-1])[path[-1]] = to

    return change


def _other_letter(*path: str | int, at: int = 9) -> Change:
    """Another letter or digit in the place of one."""

    def change(document: Any) -> None:
        text = credentials.at(document, path)
        other = "A" if text[at] != "A" else "B"
        _set(*path, to=text[:at] + other + text[at + 1 :])(document)

    return change


def _other_signature(who: int) -> Change:
    """A byte of a line under the checkpoint: 0 is the log's, 1 the witness's."""

    def change(document: Any) -> None:
        lines = document["log"]["checkpoint"].splitlines()
        head, _, text = lines[4 + who].rpartition(" ")
        raw = bytearray(b64decode(text))
        raw[30] ^= 1
        lines[4 + who] = f"{head} {b64encode(raw).decode()}"
        document["log"]["checkpoint"] = "\n".join(lines) + "\n"

    return change


def _without_logs_line(document: Any) -> None:
    lines = document["log"]["checkpoint"].splitlines()
    document["log"]["checkpoint"] = "\n".join(lines[:4] + lines[5:]) + "\n"


ENDED = "2026-11-24T01:00:00Z"
_KEY = ("verificationMethod", 0, "publicKeyMultibase")
_STATUS, _LIST = "credentialStatus", "statusListCredential"
_NUMBER = ("credentialSubject", "licenseNumber")
ALTERED: dict[str, tuple[int, str, Change]] = {
    "an issuer's key": (KEYS, "did.json", _set(*_KEY, to="z6Mk" + "1" * 44)),
    "the log's key": (KEYS, "log.json", _other_letter("verifier_keys", 0, at=50)),
    "documents' key": (PAPER, "document-keys.json", _other_letter(0, "public_key", at=70)),
    "documents' key's end": (PAPER, "document-keys.json", _set(0, "used_until", to=ENDED)),
    "the code's issuer": (CODE, "did.json", _set("id", to="did:web:example.org")),
    "a fact": (RECORD, "record.json", _set("facts", "hours", to="33.3")),
    "the holder": (RECORD, "record.json", _set("facts", "holder_name", to="王*梅")),
    "the holder's salt": (RECORD, "record.json", _set("facts", "holder_salt", to="")),
    "the signature": (RECORD, "record.json", _other_letter("signature")),
    "the key's name": (RECORD, "record.json", _set("key_id", to=credentials.OLD.key_id)),
    "a key of nobody": (RECORD, "record.json", _set("key_id", to="../x")),
    "the key's end": (RECORD, "keys.json", _set(1, "used_until", to=ENDED)),
    "the key's beginning": (RECORD, "keys.json", _set(1, "used_from", to=MOMENT)),
    "a fact in the log": (LOG, "record.json", _set("facts", "score", to=100)),
    "the salt": (LOG, "record.json", _other_letter("log", "salt", at=3)),
    "the commitment": (LOG, "record.json", _other_letter("log", "commitment", at=3)),
    "a step of the path": (LOG, "record.json", _other_letter("log", "path", 1, at=3)),
    "a path that is short": (LOG, "record.json", lambda each: each["log"]["path"].pop()),
    "a path that is long": (LOG, "record.json", lambda each: each["log"]["path"].append("AAAA")),
    "the place": (LOG, "record.json", _set("log", "position", to=2)),
    "a place behind the end": (LOG, "record.json", _set("log", "position", to=7)),
    "the size": (LOG, "record.json", _set("log", "size", to=8)),
    "the log's line": (LOG, "record.json", _other_signature(0)),
    "the witness's line": (LOG, "record.json", _other_signature(1)),
    "a witness alone": (LOG, "record.json", _without_logs_line),
    "the log's name": (LOG, "log.json", _set("origin", to="example.org/log")),
    "the number": (CREDENTIAL, "credential.json", _set(*_NUMBER, to="ZZ51510000202600000008X")),
    "the page": (CREDENTIAL, "credential.json", _other_letter("evidence", 0, "id", at=-3)),
    "the proof": (CREDENTIAL, "credential.json", _other_letter("proof", 1, "proofValue", at=20)),
    "the proof's moment": (CREDENTIAL, "credential.json", _set("proof", 1, "created", to=MOMENT)),
    "a proof twice": (
        CREDENTIAL,
        "credential.json",
        lambda each: each["proof"].append(each["proof"][0]),
    ),
    "the issuer": (CREDENTIAL, "credential.json", _set("issuer", "id", to="did:web:example.org")),
    "the proof's key's end": (CREDENTIAL, "keys.json", _set(1, "used_until", to=ENDED)),
    "the place in a list": (
        STATUS,
        "credential.json",
        _set(_STATUS, "statusListIndex", to="9" * 9),
    ),
    "the list": (
        STATUS,
        "credential.json",
        _set(_STATUS, _LIST, to="https://example.org/status/1"),
    ),
}


@pytest.mark.parametrize("what", ALTERED)
def test_another_letter_makes_the_step_fail(reader: Reader, what: str) -> None:
    step, name, change = ALTERED[what]
    blocks = [block for block in STEPS[step] if "curl" not in block]
    document = json.loads((reader.folder / name).read_bytes())
    assert all(reader.paste(block).code == 0 for block in blocks)
    before = json.dumps(document)
    change(document)
    assert json.dumps(document) != before
    (reader.folder / name).write_bytes(_json(document))
    assert not all(reader.paste(block).code == 0 for block in blocks)


@pytest.mark.parametrize("seed", range(12))
def test_another_byte_of_the_pdf_or_digit_of_the_code(reader: Reader, seed: int) -> None:
    chance = random.Random(seed)
    pdf = bytearray(PDF)
    begin = pdf.index(b"/Contents <") + len(b"/Contents <")
    if seed % 2:
        # In the signature: its certificate, what it signs, itself.
        first, last = chance.choice([(60, 560), (680, 950), (970, 1030)])
        place = begin + 2 * chance.randrange(first, last)
        pdf[place] = ord("0") if pdf[place] != ord("0") else ord("1")
    else:
        place = chance.choice([chance.randrange(begin), len(pdf) - 1 - chance.randrange(400)])
        pdf[place] ^= 1
    text = _code()
    place = chance.randrange(text.index("#") + 1, len(text))
    other = str((int(text[place]) + chance.randrange(1, 10)) % 10)
    (reader.folder / "certificate.pdf").write_bytes(pdf)
    (reader.folder / "code.txt").write_text(text[:place] + other + text[place + 1 :], "utf-8")
    for step in (PAPER, CODE):
        assert not _is_good(reader, step)


def _in_small_letters(pdf: bytes) -> bytes:
    begin = pdf.index(b"/Contents <") + len(b"/Contents <")
    end = pdf.index(b">", begin)
    return pdf[:begin] + pdf[begin:end].lower() + pdf[end:]


@pytest.mark.parametrize(
    "pdf",
    [
        PDF + b"\n",
        PDF[:-1],
        PDF + PDF,
        PDF.replace(b"/ByteRange", b"/ByteRangf"),
        _in_small_letters(PDF),
    ],
)
def test_a_pdf_that_is_longer_or_shorter(reader: Reader, pdf: bytes) -> None:
    (reader.folder / "certificate.pdf").write_bytes(pdf)
    first, second = STEPS[PAPER]
    assert reader.paste(first).code != 0
    # What a good document left in the folder speaks for no other.
    assert reader.paste(second).code != 0


def test_the_twin_of_its_signature_is_as_good(reader: Reader) -> None:
    """Everything that was signed is the same; the register alone knows which file was issued."""
    (reader.folder / "certificate.pdf").write_bytes(with_the_twin_signature(PDF))
    assert _is_good(reader, PAPER)


def test_revoked_past_or_too_old(reader: Reader) -> None:
    fetch, bit = STEPS[STATUS]
    assert reader.paste(fetch).code == 0
    for moment, told in (
        ("2026-11-26T00:00:00Z", "status unknown"), ("2029-11-25T00:00:00Z", "its last day"),
    ):  # fmt: skip
        (reader.programs / "moment").write_text(moment, "utf-8")
        assert reader.paste(bit).code == 1
        assert told in reader.paste(bit).text
    reader.serve(LIST, _json(VECTORS["list_with_it"]))
    assert reader.paste(fetch).code == 0
    assert reader.paste(bit).code == 1
    assert "已撤销或已换发 revoked or replaced" in reader.paste(bit).text


def test_a_list_that_was_altered(reader: Reader) -> None:
    listed = json.loads(_json(VECTORS["list_with_it"]))
    listed["credentialSubject"] = VECTORS["list_without_it"]["credentialSubject"]
    reader.serve(LIST, _json(listed))
    assert reader.paste(STEPS[STATUS][0]).code != 0


@pytest.mark.parametrize(
    "named",
    [
        "https://shixue.example:8443/status/../api",
        "https://shixue.example:8443/status/1?host=else.example",
        "https://else.example/x/https://shixue.example:8443/status/1",
        "https://shixue.example:8443/status/1\n",
        "/status/1",
    ],
)
def test_an_address_that_is_no_lists_is_not_asked(reader: Reader, named: str) -> None:
    document = json.loads((reader.folder / "credential.json").read_bytes())
    document[_STATUS][_LIST] = named
    (reader.folder / "credential.json").write_bytes(_json(document))
    (reader.folder / "status.json").unlink()
    assert reader.paste(STEPS[STATUS][0]).code != 0
    assert not (reader.folder / "status.json").exists()


def test_what_was_not_signed_is_not_shown(reader: Reader) -> None:
    """A forged value may hold what hides the refusal on a terminal."""
    hidden = "\x1b[8m 没有问题"
    record, credential = (
        json.loads((reader.folder / f"{name}.json").read_bytes())
        for name in ("record", "credential")
    )
    record["facts"]["course"] = credential["name"] = hidden
    for step, name, document in (
        (RECORD, "record", record), (CREDENTIAL, "credential", credential),
    ):  # fmt: skip
        (reader.folder / f"{name}.json").write_bytes(_json(document))
        told = reader.paste(STEPS[step][-1])
        assert told.code != 0
        assert "没有问题" not in told.text


def test_no_step_needs_more_than_it_says() -> None:
    text = "".join(block for blocks in STEPS.values() for block in blocks)
    bare = re.sub(r"<<'END'\n.*?^END$", "", text, flags=re.MULTILINE | re.DOTALL)
    programs = set(re.findall(r"^([a-z0-9]+)(?: |$)", bare, re.MULTILINE))
    assert programs <= {"cat", "curl", "mkdir", "openssl", "python3", "rm", "xargs"}
    for program in re.findall(r"<<'END'\n(.*?)^END$", text, re.MULTILINE | re.DOTALL):
        ast.parse(program, feature_version=(3, 8))
    imported = set(re.findall(r"^import (.+)$", text, re.MULTILINE))
    names = {name for line in imported for name in line.split(", ")}
    assert names == {"base64", "gzip", "hashlib", "json", "os", "re", "sys", "zlib"}
