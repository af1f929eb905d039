"""Where an authority certifies the document key: the request, the look at it, the refusal."""

import argparse
import datetime as dt
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from app.certs.providers import document_keys
from app.certs.providers.document_keys import WrongChainError
from app.cli import doctor
from app.cli import keys as commands
from app.core.crypto import KeyRing
from app.core.settings import CertsSettings, Settings
from app.main import build_parts, open_keys
from tests import authorities
from verifier import papers


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


def _with_chain(settings: Settings, keys: KeyRing) -> Settings:
    chain = settings.data_dir / "chain.pem"
    certificates = authorities.chain_for(document_keys.newest(keys))
    chain.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in certificates))
    return settings.model_copy(update={"certs": CertsSettings(chain=chain)})


def test_the_request_is_for_the_newest_key(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHIXUE_DATA_DIR", str(settings.data_dir))
    assert commands.run(argparse.Namespace(what="request")) == 0
    asked = x509.load_pem_x509_csr(capsys.readouterr().out.encode())
    newest = document_keys.newest(open_keys(settings))
    assert document_keys.spki_of(asked) == newest.spki


def test_every_document_key_is_printed_for_who_verifies_off_line(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHIXUE_DATA_DIR", str(settings.data_dir))
    keys = open_keys(settings)
    document_keys.newest(keys)
    keys.add("documents", now=dt.datetime(2026, 11, 24, tzinfo=dt.UTC))
    assert commands.run(argparse.Namespace(what="documents")) == 0
    pinned = papers.read_keys(capsys.readouterr().out.encode())
    spkis = document_keys.public_keys(keys).values()
    assert pinned == {sha256(spki).hexdigest() for spki in spkis}
    assert len(pinned) == 2


def test_the_doctor_says_who_certifies_and_makes_no_key(settings: Settings) -> None:
    found = doctor.document_key(settings)
    assert (found.remedy, found.says.startswith("none yet")) == ("", True)
    keys = open_keys(settings)
    assert not keys.is_kept("documents")
    document_keys.newest(keys)
    assert doctor.document_key(settings).says.startswith("certified by itself until 2076")
    chained = _with_chain(settings, keys)
    found = doctor.document_key(chained)
    assert (found.says, found.remedy) == ("certified by CN=测试根证书 until 2046-01-01", "")


def test_a_chain_for_another_key_is_refused_at_the_start_and_by_the_doctor(
    settings: Settings,
) -> None:
    keys = open_keys(settings)
    chained = _with_chain(settings, keys)
    newest = keys.add("documents", now=dt.datetime(2026, 11, 24, tzinfo=dt.UTC))
    found = doctor.document_key(chained)
    assert newest in found.remedy
    assert "cli keys request" in found.remedy
    with pytest.raises(WrongChainError, match=newest):
        build_parts(chained)
