"""The picture on a page is the one that was signed for: the server's look and the verifier's."""

import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.certs.rules import portraits
from app.certs.rules.facts import (
    CertificateFacts,
    message_of,
    portrait_digest,
    with_more,
    without_holder,
)
from app.certs.rules.portraits import PortraitFlaw
from app.core.crypto import from_b64url
from tests import credentials
from verifier import papers, records
from verifier.log_proofs import RejectedError

VECTOR: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "golden" / "certificate-4.json").read_text("utf-8")
)
PICTURE = from_b64url(VECTOR["picture"])
PLAIN = credentials.FACTS


def _facts() -> CertificateFacts:
    found = CertificateFacts.from_mapping(VECTOR["facts"])
    assert found is not None
    return found


def _object(number: int, head: bytes, content: bytes) -> bytes:
    return b"\n%d 0 obj\n<</Length %d%s>>\nstream\n%s\nendstream\nendobj" % (
        number, len(content), head, content,
    )  # fmt: skip


def _page(*pictures: bytes, more: bytes = b"", record: object = None) -> bytes:
    """A document the way our writer puts it, as far as it is looked at."""
    head = b"/Type/XObject/Subtype/Image/Filter/DCTDecode/Width 350/Height 490"
    drawn = [_object(9 + place, head, each) for place, each in enumerate(pictures)]
    packed = zlib.compress(json.dumps(record or {"facts": {}}).encode())
    carried = _object(5, b"/Type/EmbeddedFile/Filter/FlateDecode/Subtype/x", packed)
    return b"%PDF-1.7" + carried + b"".join(drawn) + more


CASES: dict[str, tuple[bytes, bool, PortraitFlaw | None]] = {
    "its own": (_page(PICTURE), True, None),
    "another": (_page(PICTURE + b"."), True, PortraitFlaw.SWAPPED),
    "its own and another": (_page(PICTURE, b"x"), True, PortraitFlaw.SWAPPED),
    "its own, and one of another kind": (
        _page(PICTURE, more=b"/Subtype/Image"), True, PortraitFlaw.SWAPPED,
    ),
    "none any more": (_page(), True, PortraitFlaw.MISSING),
    "none, as it should": (_page(), False, None),
    "one that nobody signed for": (_page(PICTURE), False, PortraitFlaw.ADDED),
    "one of another kind": (_page(more=b"/Subtype/Image"), False, PortraitFlaw.ADDED),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_server_and_verifier_find_the_same(case: str) -> None:
    pdf, is_named, flaw = CASES[case]
    facts = _facts() if is_named else PLAIN
    assert portraits.flaw_of(facts, pdf) is flaw
    seen = papers.pictures_in(pdf)
    if flaw is None:
        records.check_portrait(facts.to_mapping(), seen)
    else:
        with pytest.raises(RejectedError, match="step 7"):
            records.check_portrait(facts.to_mapping(), seen)


@given(st.binary(max_size=2000), st.integers(0, 2000))
def test_whatever_a_file_holds_nothing_breaks(noise: bytes, place: int) -> None:
    pdf = _page(PICTURE)
    altered = pdf[:place] + noise + pdf[place:]
    assert portraits.flaw_of(_facts(), altered) in {None, *PortraitFlaw}
    assert isinstance(portraits.record_in(altered), dict)


def test_the_record_of_an_altered_document_is_read_and_bounded() -> None:
    record = {"facts": {"number": "x"}}
    assert portraits.record_in(_page(record=record)) == record
    assert portraits.record_in(_page(record={"no": "facts"})) == {}
    large = {"facts": "x" * 600_000}
    assert portraits.record_in(_page(record=large)) == {}
    assert portraits.record_in(b"%PDF-1.7") == {}


def test_each_certificate_says_no_more_than_it_has() -> None:
    assert with_more(PLAIN, sm2="", portrait="") == PLAIN
    assert with_more(PLAIN, sm2="20212223", portrait="").version == 3
    shown = with_more(PLAIN, sm2="", portrait="0" * 64)
    assert (shown.version, shown.sm2) == (4, "")
    assert CertificateFacts.from_mapping(shown.to_mapping()) == shown
    left = {name: value for name, value in shown.to_mapping().items() if name != "portrait"}
    assert CertificateFacts.from_mapping(left) is None


def test_without_the_salt_a_digest_shows_nothing() -> None:
    facts = _facts()
    assert portrait_digest(facts.holder_salt, PICTURE) == facts.portrait
    assert portrait_digest("another salt", PICTURE) != facts.portrait
    gone = without_holder(facts)
    assert message_of(gone) == message_of(facts), "what was signed stays"
    assert portrait_digest(gone.holder_salt, PICTURE) != gone.portrait


def test_every_flaw_has_its_sentence() -> None:
    assert set(portraits.SENTENCES) == set(PortraitFlaw)
