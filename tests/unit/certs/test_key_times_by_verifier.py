"""The stand-alone verifier on what a key signed outside its time, by each artefact."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests import credentials, papers_off_line
from tests.credentials import NOW
from verifier.issuer import Issuer
from verifier.log_proofs import RejectedError, read_key
from verifier.papers import open_paper
from verifier.periods import Period, read_periods
from verifier.pinned import Pinned, read_pinned
from verifier.recipe import HolderUnknownError, StatusUnknownError, verify_certificate

SECOND = dt.timedelta(seconds=1)
KEY = credentials.KEY.key_id
CODE = json.loads((Path(__file__).parents[2] / "golden" / "certificate-2.json").read_text("utf-8"))
VECTORS = papers_off_line.vectors()
CREDENTIAL = json.dumps(VECTORS["credential"]).encode()
RECORD = json.dumps(VECTORS["record"]).encode()
PDF = papers_off_line.DOCUMENT.read_bytes()
EARLY, LATE = Period(NOW + SECOND, None), Period(None, NOW - SECOND)
WITHIN = Period(NOW, NOW)


def _pinned(period: Period | None, **more: Any) -> Pinned:
    periods = {KEY: period} if period else {}
    issuer = Issuer(credentials.DID, credentials.KEYS, periods=periods)
    lists = {credentials.LIST_ADDRESS: [VECTORS["list_without_it"]]}
    pinned = Pinned(
        issuer, (read_key(VECTORS["log_keys"][0]),), lists=lists,
        documents=frozenset({open_paper(PDF, None).key}),
    )  # fmt: skip
    return replace(pinned, **more)


def _verify(content: bytes, pinned: Pinned, now: dt.datetime = NOW) -> str:
    told: list[str] = []
    try:
        verify_certificate(content, pinned, now=now, say=told.append)
    except (StatusUnknownError, HolderUnknownError) as unknown:
        told.append(str(unknown))
    return "\n".join(told)


@pytest.mark.parametrize("content", [RECORD, CREDENTIAL, PDF], ids=["record", "credential", "pdf"])
def test_outside_and_within(content: bytes) -> None:
    for period in (EARLY, LATE):
        with pytest.raises(RejectedError, match=r"step 2 \(key\): '0a0b0c0d' was in use"):
            _verify(content, _pinned(period))
    assert credentials.FACTS.number in _verify(content, _pinned(WITHIN))
    assert credentials.FACTS.number in _verify(content, _pinned(None))


def test_of_the_first_version_a_younger_key_signs_anew_when_the_holder_leaves() -> None:
    left = json.dumps(VECTORS["first_record_without_holder"]).encode()
    assert credentials.FACTS.number in _verify(left, _pinned(EARLY))
    with pytest.raises(RejectedError, match="step 2"):
        _verify(left, _pinned(LATE))
    with pytest.raises(RejectedError, match="step 2"):
        _verify(json.dumps(VECTORS["first_record"]).encode(), _pinned(EARLY))


def test_a_list_of_an_old_key_speaks_no_longer_than_that_was_in_use() -> None:
    """Whoever got hold of it could say for years that something is not revoked."""
    told = _verify(CREDENTIAL, _pinned(WITHIN), NOW + SECOND)
    assert "unknown since 2026-11-24 02:00 UTC" in told
    assert "unknown since" not in _verify(CREDENTIAL, _pinned(WITHIN))
    listed = json.dumps(VECTORS["list_without_it"]).encode()
    with pytest.raises(RejectedError, match="step 2"):
        _verify(listed, _pinned(LATE))
    fresh = Period(NOW - SECOND, None)
    longer = credentials.published_list(5, now=NOW + SECOND)
    lists = {credentials.LIST_ADDRESS: [longer]}
    assert "unknown" not in _verify(CREDENTIAL, _pinned(fresh, lists=lists), NOW + 2 * SECOND)


def test_a_code_states_a_day_and_a_year() -> None:
    text = CODE["text"].encode()
    keys = {name: credentials.KEYS[name] for name in CODE["keys"]}
    host = CODE["text"].split("/")[2].replace(":", "%3A")

    def told(period: Period) -> str:
        issuer = Issuer(f"did:web:{host}", keys, periods={KEY: period})
        return _verify(text, Pinned(issuer))

    day = dt.datetime(2026, 11, 23, 16, tzinfo=dt.UTC)
    year_ends = dt.datetime(2026, 12, 31, 16, tzinfo=dt.UTC)
    assert "taken out of use at 2026-11-23 16:00 UTC" in told(Period(None, day))
    assert "it states" in told(Period(year_ends - SECOND, None))
    for period in (Period(None, day - SECOND), Period(year_ends, None)):
        with pytest.raises(RejectedError, match="step 2"):
            told(period)


def test_of_an_old_key_it_is_said_that_the_log_alone_tells() -> None:
    ended = Period(None, NOW + SECOND)
    first = json.dumps(VECTORS["first_record"]).encode()
    for content in (CREDENTIAL, first):
        assert "the log alone shows" in _verify(content, _pinned(ended))
        assert "keys.json" in _verify(content, _pinned(None))
        assert "the log alone" not in _verify(content, _pinned(Period(NOW, None)))
    assert "the log alone" not in _verify(RECORD, _pinned(ended))


def test_a_page_by_an_old_key_of_documents_around_a_later_record() -> None:
    key = open_paper(PDF, None).key
    for end, is_good in ((NOW, True), (NOW - SECOND, False)):
        pinned = _pinned(None, document_periods={key: Period(None, end)})
        if is_good:
            assert credentials.FACTS.number in _verify(PDF, pinned)
        else:
            with pytest.raises(RejectedError, match="step 2"):
                _verify(PDF, pinned)


def test_the_folder_has_them_as_they_are_published(tmp_path: Path) -> None:
    (tmp_path / "did.json").write_text(json.dumps(credentials.did_document()), "utf-8")
    until = "2026-11-24T10:00:00+08:00"
    listed = [{"key_id": KEY, "public_key": "x", "used_from": None, "used_until": until}]
    (tmp_path / "keys.json").write_text(json.dumps(listed), "utf-8")
    spki = VECTORS["document_keys"][0]
    documents = [{"key_id": "0e0f1011", "public_key": spki, "used_until": "2026-11-24T02:00:00Z"}]
    (tmp_path / "document-keys.json").write_text(json.dumps(documents), "utf-8")
    pinned = read_pinned(tmp_path)
    assert pinned.issuer.period(KEY) == Period(None, NOW)
    assert pinned.issuer.period("01020304") == Period()
    assert pinned.document_periods == {open_paper(PDF, None).key: Period(None, NOW)}


@pytest.mark.parametrize(
    "listed",
        [[{"public_key": "x"}], [7], [{"key_id": "a", "used_until": "2026-11-24T02:00:00"}],
     [{"key_id": "a", "used_from": 7}]],
)  # fmt: skip
def test_a_list_that_is_none_is_refused(listed: list[dict[str, str]]) -> None:
    """An end without a zone would be another moment for another reader."""
    with pytest.raises(RejectedError, match="a list of keys cannot be read"):
        read_periods(listed)
