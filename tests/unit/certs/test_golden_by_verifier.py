"""What was ever issued is read by the stand-alone verifier too, of every version and form."""

import datetime as dt
import json
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from app.certs.rules import numbers
from app.certs.rules.one_proof import with_one_proof
from tests import credentials, papers_off_line
from tests.status_reading import decode, is_set
from verifier import canonical, papers, records
from verifier.__main__ import main
from verifier.issuer import Issuer, read_issuer
from verifier.log_proofs import RejectedError, read_key
from verifier.pinned import Pinned
from verifier.recipe import (
    HolderUnknownError,
    NotValidError,
    StatusUnknownError,
    verify_certificate,
)

GOLDEN = Path(__file__).parents[2] / "golden"
NOW = dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC)


def _golden(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GOLDEN / name).read_text("utf-8"))
    return found


def _issuer(vector: dict[str, Any]) -> Issuer:
    keys = {name: urlsafe_b64decode(key + "=") for name, key in vector["keys"].items()}
    return Issuer("did:web:shixue.example", keys)


def _verify(content: bytes, pinned: Pinned, now: dt.datetime = NOW) -> list[str]:
    told: list[str] = []
    verify_certificate(content, pinned, now=now, say=told.append)
    return told


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_records_and_codes(version: int) -> None:
    vector = _golden(f"certificate-{version}.json")
    pinned = Pinned(_issuer(vector))
    code = vector["text"].encode()
    with pytest.raises(StatusUnknownError):
        _verify(code, pinned)
    with pytest.raises(NotValidError):
        _verify(code, pinned, NOW + dt.timedelta(days=1200))
    # Every digit of a code is signed; some other one makes it another code, or none.
    for place in range(len(code) - 40, len(code), 3):
        other = bytes([*code[:place], 0x30 + (code[place] - 0x2F) % 10, *code[place + 1 :]])
        with pytest.raises(RejectedError, match=r"step [023]"):
            _verify(other, pinned)
    record = {
        "facts": vector["facts"], "key_id": next(iter(vector["keys"])),
        "signature": vector["signature"], "log": None,
    }  # fmt: skip
    record |= {"sm2": vector["sm2"]} if "sm2" in vector else {}
    assert records.check_facts(record, pinned.issuer) == vector["facts"]
    expected = StatusUnknownError if version == 1 else RejectedError
    match = "does not name its place" if version == 1 else "step 6"
    with pytest.raises(expected, match=match):
        _verify(json.dumps(record).encode(), pinned)


def test_facts_without_their_holder() -> None:
    """The holder deleted their account: the signature still fits, and nobody else's name does."""
    vector = _golden("certificate-2.json")
    gone = {"holder_name": "持证人已注销", "holder_number": "", "holder_salt": ""}
    facts = vector["facts"] | gone
    record = {"facts": facts, "key_id": "0a0b0c0d", "signature": vector["signature"]}
    assert records.is_nobodys(records.check_facts(record, _issuer(vector)))
    with pytest.raises(RejectedError, match="step 4"):
        records.check_facts(record | {"facts": facts | {"holder_name": "马*洛"}}, _issuer(vector))


def test_proofs_are_a_set_each_once_and_made_at_a_moment() -> None:
    vectors = papers_off_line.vectors()
    listed = vectors["list_without_it"]
    pinned = Pinned(
        Issuer(credentials.DID, credentials.KEYS), lists={credentials.LIST_ADDRESS: [listed]}
    )
    good, [statements, text] = vectors["credential"], vectors["credential"]["proof"]

    def told(*proofs: dict[str, Any]) -> list[str]:
        return _verify(json.dumps(good | {"proof": proofs}).encode(), pinned)

    assert told(text, statements) == told(statements, text)
    for twice in ((text, text), (statements, text, statements), (statements, text, text)):
        with pytest.raises(RejectedError, match=r"step 3 .*one stands twice"):
            told(*twice)
    for junk in (
        "yesterday", "", "2026-11-24T02:00:00", "2026-11-24T02:00:00+08:00",
        "2026-13-24T02:00:00Z", 20261124, None, ["2026-11-24T02:00:00Z"],
    ):  # fmt: skip
        with pytest.raises(RejectedError, match=r"step 3 .*no moment"):
            told(statements | {"created": junk}, text)


def test_one_proof_of_two_is_asked_for_the_other_and_not_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the page hands it out for other software; altered, or by nobody's key, it is refused."""
    document = papers_off_line.vectors()["credential"]
    (tmp_path / "did.json").write_text(json.dumps(credentials.did_document()), "utf-8")
    file = tmp_path / "credential.json"

    def code(given: dict[str, Any]) -> tuple[int, str]:
        file.write_text(json.dumps(given), "utf-8")
        ended = main(["verify-certificate", str(file), "--pinned", str(tmp_path)])
        return ended, capsys.readouterr().err

    for suite, found in (("eddsa-jcs-2022", "it holds"), ("eddsa-rdfc-2022", "not looked at")):
        alone = with_one_proof(document, suite)
        ended, said = code(alone)
        assert (ended, found in said, "without ?proof=, or the PDF" in said) == (3, True, True)
        [proof] = alone["proof"]
        foreign = proof | {"verificationMethod": f"{credentials.DID}#ffffffff"}
        assert code(alone | {"proof": [foreign]})[0] == 1
    altered = with_one_proof(document, "eddsa-jcs-2022") | {"name": "另一张证书"}
    ended, said = code(altered)
    assert (ended, "something was changed" in said) == (1, True)
    assert code(document | {"proof": []})[0] == 1
    # What is asked whether it is revoked is not asked with half a proof.
    listed = with_one_proof(papers_off_line.vectors()["list_without_it"], "eddsa-jcs-2022")
    pinned = Pinned(
        Issuer(credentials.DID, credentials.KEYS), lists={credentials.LIST_ADDRESS: [listed]}
    )
    with pytest.raises(StatusUnknownError, match="cannot be used"):
        _verify(json.dumps(document).encode(), pinned)


def test_after_a_move_it_says_where_the_list_of_the_old_address_is() -> None:
    credential = json.dumps(papers_off_line.vectors()["credential"]).encode()
    new = Issuer("did:web:new.example%3A8444", credentials.KEYS, frozenset({credentials.DID}))
    with pytest.raises(StatusUnknownError, match="not at hand; today it is to be had at ") as told:
        _verify(credential, Pinned(new))
    today = "https://new.example:8444/status/1?host=shixue.example:8443"
    assert str(told.value).endswith(today)
    with pytest.raises(StatusUnknownError, match=r"/status/1 is not at hand$"):
        _verify(credential, Pinned(Issuer(credentials.DID, credentials.KEYS)))


@pytest.mark.parametrize("name", ["record_without_holder", "first_record_without_holder"])
def test_what_names_nobody_is_good_of_nobody(name: str) -> None:
    """Whether its holder left or somebody took the name out, nothing at hand tells."""
    vectors = papers_off_line.vectors()
    pinned = Pinned(
        Issuer(credentials.DID, credentials.KEYS), tuple(map(read_key, vectors["log_keys"]))
    )
    with pytest.raises(HolderUnknownError, match="names nobody"):
        _verify(json.dumps(vectors[name]).encode(), pinned)
    with pytest.raises(NotValidError):
        _verify(json.dumps(vectors[name]).encode(), pinned, NOW + dt.timedelta(days=1200))


def test_credential_list_and_document() -> None:
    issuer = read_issuer(_golden("did-1.json"))
    listed = _golden("status-list-1.json")
    pinned = Pinned(issuer, lists={listed["id"]: [listed]})
    ends = dt.datetime.fromisoformat(listed["validUntil"])
    raw = (GOLDEN / "credential-1.json").read_bytes()
    index = int(json.loads(raw)["credentialStatus"]["statusListIndex"])
    if is_set(decode(listed["credentialSubject"]["encodedList"]), index):
        with pytest.raises(NotValidError, match="revoked"):
            _verify(raw, pinned, ends)
    else:
        assert _verify(raw, pinned, ends)
    for name in ("document-1.pdf", "document-1-stamped.pdf"):
        # They were made before the files inside were a certificate's.
        with pytest.raises(RejectedError, match="one record and one credential"):
            papers.open_paper((GOLDEN / name).read_bytes(), None)


@given(st.integers(1, 99_999_999), st.integers(0, 22), st.sampled_from("0123456789ABCDXZ"))
def test_both_reckon_the_same_check_character(serial: int, place: int, letter: str) -> None:
    number = numbers.make_number(2026, serial)
    records.check_number(number)
    other = number[:place] + letter + number[place + 1 :]
    if other != number:
        with pytest.raises(RejectedError, match="step 5"):
            records.check_number(other)


_PLAIN = st.one_of(
    st.text(), st.integers(-(2**53) + 1, 2**53 - 1), st.booleans(), st.none(),
    st.integers(1, 10**7).map(lambda hundredths: hundredths / 100),
)  # fmt: skip


@given(st.recursive(_PLAIN, lambda some: st.lists(some) | st.dictionaries(st.text(), some)))
def test_the_canonical_text_is_that_of_another_implementation(value: Any) -> None:
    try:
        expected = rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError):
        with pytest.raises(RejectedError):
            canonical.dumps(value)
        return
    assert canonical.dumps(value) == expected


def test_what_readers_differ_over_is_refused() -> None:
    for text in ('{"a":1,"a":2}', '{"a":NaN}', "[]", "{", '{"a":1e400}', '{"a":9007199254740993}'):
        with pytest.raises(RejectedError):
            canonical.dumps(canonical.read_object(text.encode()))
