"""docs/verify-by-hand.md against the product: what it publishes, and what it issued."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app import worker
from app.core import log_sequencer
from app.core.clock import SettableClock
from app.lobby.parts import Parts
from app.main import create_app
from tests import by_hand, finished
from tests.by_hand import SIGNED, WHOLE, Reader, steps
from tests.papers_issued import Issued, take


def _issued(parts: Parts) -> Issued:
    """A certificate whose keys were taken out of use since, in a log that has grown."""
    course = finished.courses(parts, codes=("usual",))[0]
    person = finished.finish(parts, course, "赵新", 90_000)
    worker.drain(parts)
    one, clock = take(parts, person.enrolment_id), parts.clock
    assert isinstance(clock, SettableClock)
    clock.advance(ms=dt.timedelta(days=30) // dt.timedelta(milliseconds=1))
    for purpose in ("certificates", "documents"):
        parts.keys.add(purpose, now=clock.now())
    log_sequencer.sequence_all(parts.database, parts.log, now=clock.now())
    return one


def _moved(parts: Parts) -> Parts:
    """The same house under another address since."""
    change = {"public_url": by_hand.SITE, "former_urls": (parts.settings.public_url,)}
    return replace(parts, settings=parts.settings.model_copy(update=change))


def _serve(reader: Reader, client: TestClient, one: Issued) -> None:
    entry = json.loads(one.credential)["credentialStatus"]
    host = entry["statusListCredential"].split("/")[2]
    for written in by_hand.addresses():
        path = written.replace("$public_id", one.public_id)
        path = path.replace("$(cat list)", f"1?host={host}")
        answer = client.get(path)
        assert answer.status_code == 200, path
        reader.serve(path, answer.content)


@pytest.mark.parametrize("is_moved", [False, True], ids=["at_home", "moved"])
def test_an_issued_certificate_holds_by_hand(
    parts: Parts, tmp_path: Path, *, is_moved: bool
) -> None:
    one = _issued(parts)
    house = _moved(parts) if is_moved else parts
    now = parts.clock.now().astimezone(dt.UTC)
    reader = by_hand.equip(tmp_path, moment=f"{now:%Y-%m-%dT%H:%M:%SZ}")
    (reader.folder / "certificate.pdf").write_bytes(one.pdf)
    (reader.folder / "code.txt").write_text(one.text, "utf-8")
    with TestClient(create_app(house)) as client:
        _serve(reader, client, one)
        pems = client.get("/api/v1/verification/documents.pem").text
    shown: dict[int, str] = {}
    for step, blocks in steps(by_hand.DOCUMENT).items():
        for commands in blocks:
            put_in = {"public_id": one.public_id} if "public_id=" in commands else {}
            told = reader.paste(commands, **put_in)
            assert told.code == 0, (step, told.text)
            shown[step] = shown.get(step, "") + told.text
    assert WHOLE in shown[3]
    assert all(SIGNED in shown[step] for step in (4, 5, 6, 7, 8))
    assert all(one.number in shown[step] for step in (4, 5, 7))
    assert one.name in shown[7]
    assert "没有撤销 not revoked" in shown[8]
    # The document says that these are the same keys.
    told = reader.paste("openssl x509 -in signer.pem -noout -pubkey")
    assert told.text in pems
    assert pems.count("BEGIN PUBLIC KEY") == len(
        json.loads((reader.folder / "document-keys.json").read_bytes())
    )


def test_the_page_names_our_own_address_and_is_found(parts: Parts, client: TestClient) -> None:
    page = client.get("/verify/by-hand").text
    assert "<h1>自己动手核对</h1>" in page
    assert f"site={parts.settings.public_url}\n" in page
    assert by_hand.SITE not in page
    for path in ("/help", "/verify"):
        found = client.get(path).text
        assert found.count("自己动手核对</a>") == 1
        assert 'href="/verify/by-hand"' in found
