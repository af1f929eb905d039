"""Time stamps come from a service that may be away, slow or wrong; issuing goes on without."""

import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.certs.providers import document_keys, timestamps
from app.certs.providers.pdf_reading import SignedPdf, read_signed
from app.certs.providers.pdf_signing import DocumentSigner
from app.certs.providers.timestamps import NoStampError, TimeStamps
from app.core.crypto import KeyRing
from tests import authorities, papers
from tests.authorities import STAMPED_AT, Stamping

NOW = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)


@pytest.fixture
def service() -> Iterator[Stamping]:
    with authorities.serving() as serving:
        yield serving


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path, may_create=True)


def _signer(keys: KeyRing, stamps: TimeStamps) -> DocumentSigner:
    return DocumentSigner(keys, organisation="实学平台", stamps=stamps)


def test_a_document_bears_the_services_time_and_name(keys: KeyRing, service: Stamping) -> None:
    signed = _signer(keys, TimeStamps(service.address)).sign(papers.drawn(), place="成都", now=NOW)
    assert signed.stamped_by == "Common Name: 测试时间戳"
    found = read_signed(signed.pdf, document_keys.public_keys(keys))
    assert isinstance(found, SignedPdf)
    assert found.stamp is not None
    assert (found.stamp.at, found.stamp.authority) == (STAMPED_AT, signed.stamped_by)
    assert found.signed_at == NOW
    papers.assert_archival(signed.pdf, 2)


WRONG = ["nonce", "imprint", "signature", "certificate", "status", "usage", "garbage", "long"]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_answer_is_none(service: Stamping, wrong: str) -> None:
    service.wrong = wrong
    with pytest.raises(NoStampError):
        TimeStamps(service.address).stamp(b"a signature")
    assert service.asked == 1


def test_a_status_that_is_not_right_is_none(service: Stamping) -> None:
    service.status = 503
    with pytest.raises(NoStampError, match="503"):
        TimeStamps(service.address).stamp(b"a signature")


def test_who_drips_is_left_after_the_time_limit_and_rests(service: Stamping) -> None:
    service.wrong = "drip"
    stamps, begun = TimeStamps(service.address, wait_s=0.4), time.monotonic()
    with pytest.raises(NoStampError):
        stamps.stamp(b"a signature")
    assert time.monotonic() - begun < 60
    with pytest.raises(NoStampError, match="a moment ago"):
        stamps.stamp(b"a signature")
    assert service.asked == 1


def test_after_a_rest_it_is_asked_again(service: Stamping) -> None:
    at = [0.0]
    stamps = TimeStamps(service.address, ticks=lambda: at[0])
    service.status = 500
    with pytest.raises(NoStampError):
        stamps.stamp(b"a signature")
    service.status, at[0] = 200, 61.0
    assert stamps.stamp(b"a signature").at == STAMPED_AT


def test_with_a_service_that_is_away_documents_go_out_without(
    keys: KeyRing, service: Stamping, caplog: pytest.LogCaptureFixture
) -> None:
    service.status = 500
    signer = _signer(keys, TimeStamps(service.address))
    for _ in range(2):
        signed = signer.sign(papers.drawn(), place="成都", now=NOW)
        assert signed.stamped_by == ""
        found = read_signed(signed.pdf, document_keys.public_keys(keys))
        assert isinstance(found, SignedPdf)
        assert found.stamp is None
    assert service.asked == 1
    assert "without a time stamp" in caplog.text


def test_a_stamp_is_about_one_signature() -> None:
    with authorities.serving() as service:
        stamp = TimeStamps(service.address).stamp(b"a signature")
    assert timestamps.read(stamp.token, b"a signature") == stamp
    assert timestamps.read(stamp.token, b"another") is None
    assert timestamps.read(stamp.token[:-1], b"a signature") is None
    assert timestamps.read(b"", b"a signature") is None
