"""A holder records certificates of others: sealed, theirs alone, never ours, gone with them."""

import io
import json
import zipfile
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.certs.models import Certificate, ExternalCertificate
from app.certs.services import external
from app.core.clock import SettableClock
from app.core.crypto import OWN
from app.lobby.parts import Parts
from app.main import create_app
from app.oversight.services import own_data
from tests import dumps
from tests.people import ALICE, MALLORY, by_name, csrf, prove, sign_in

PATH = "/api/v1/certificates/external"
OPERATES = {
    "kind": "special_operation", "title": "低压电工作业", "number": f"t{ALICE.number}",
    "issuer": "四川省应急管理厅", "issued_on": "2024-05-20", "valid_until": "2030-05-19",
}  # fmt: skip
SKILLED = {
    "kind": "skill_level", "title": "电工", "number": "Y000151000001264000001",
    "issuer": "成都某某公司", "issued_on": "2026-03-02",
}  # fmt: skip


@pytest.fixture
def alice(client: TestClient, parts: Parts) -> str:
    account = str(sign_in(client, parts, ALICE)["account_id"])
    prove(parts, ALICE)
    return account


def _record(client: TestClient, body: dict[str, Any], *, expect: int = 201) -> dict[str, Any]:
    answer = client.post(PATH, json=body, headers=csrf(client))
    assert answer.status_code == expect, answer.text
    return dict(answer.json())


@pytest.mark.usefixtures("alice")
def test_it_is_listed_masked_with_the_level_that_its_number_states(
    client: TestClient,
) -> None:
    _record(client, OPERATES)
    made = _record(client, SKILLED)
    assert (made["kind_name"], made["level"]) == ("职业技能等级证书", "四级／中级工")
    first, second = client.get(PATH).json()
    assert (first["title"], second["title"]) == ("电工", "低压电工作业")
    assert second["number"] == "*" * 15 + ALICE.number[-4:]
    page = client.get("/certificates").text
    assert "其他证书（自己登记，本平台未核验）" in page
    assert "低压电工作业" in page
    assert ALICE.number not in page
    assert "特种作业操作证书" in client.get("/certificates/external").text


@pytest.mark.usefixtures("alice")
def test_it_is_none_of_ours_anywhere(client: TestClient, parts: Parts) -> None:
    made = _record(client, SKILLED)
    assert client.get("/api/v1/certificates").json() == []
    with parts.database.reading() as db:
        assert db.scalars(select(Certificate)).all() == []
    for name in ("file.pdf", "preview.png", "credential.json"):
        address = f"/api/v1/certificates/{made['external_id']}/{name}"
        assert client.get(address).status_code == 404
    assert client.get(f"/certificates/{made['external_id']}").status_code == 404
    look_up = {"number": SKILLED["number"], "name": ALICE.name}
    found = by_name(client, look_up)
    assert (found["verdict"], found["facts"]) == ("unknown", None)


@pytest.mark.usefixtures("alice")
def test_what_it_says_is_sealed_with_the_holders_own_key(client: TestClient, parts: Parts) -> None:
    _record(client, OPERATES)
    with parts.database.reading() as db:
        row = db.scalars(select(ExternalCertificate)).one()
        assert row.words_sealed.startswith(OWN)
    raw = dumps.database_bytes(parts.database)
    for text in (ALICE.number, "低压电工作业", "四川省应急管理厅"):
        assert not [how for how, each in dumps.spellings(text).items() if each in raw], text


@pytest.mark.usefixtures("alice")
def test_what_is_wrong_is_refused_by_field_and_a_second_time_as_known(
    client: TestClient,
) -> None:
    problem = _record(client, OPERATES | {"number": f"T{MALLORY.number}"}, expect=422)
    assert [error["field"] for error in problem["errors"]] == ["/number"]
    assert "不是您实名登记的号码" in str(problem)
    _record(client, SKILLED | {"kind": "online_training"}, expect=422)
    _record(client, OPERATES)
    assert _record(client, OPERATES, expect=409)["code"] == "recorded"
    assert len(client.get(PATH).json()) == 1


@pytest.mark.usefixtures("alice")
def test_nobody_else_sees_or_removes_it_and_its_holder_does(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    made = _record(client, SKILLED)
    address = f"{PATH}/{made['external_id']}"
    clock.advance(ms=1000)
    with TestClient(create_app(parts)) as stranger:
        sign_in(stranger, parts, MALLORY)
        assert stranger.get(PATH).json() == []
        assert stranger.delete(address, headers=csrf(stranger)).status_code == 404
    assert client.delete(address, headers=csrf(client)).status_code == 204
    assert client.get(PATH).json() == []
    assert client.delete(address, headers=csrf(client)).status_code == 404


def test_it_is_taken_along_in_clear_and_goes_with_the_person(
    client: TestClient, parts: Parts, alice: str
) -> None:
    _record(client, OPERATES)
    now = parts.clock.now()
    made = own_data.make_file(parts.database, parts.vault, parts.storage, alice, now=now)
    with zipfile.ZipFile(io.BytesIO(made)) as opened:
        names = opened.namelist()
        data = json.loads(opened.read("data.json"))
        page = opened.read("index.html").decode() if "index.html" in names else ""
    [taken] = data["external_certificates"]
    assert (taken["number"], taken["title"]) == (f"T{ALICE.number}", "低压电工作业")
    assert "自己登记，本平台未核验" in page
    for _ in range(2):
        with parts.database.transaction() as db:
            external.forget(db, alice)
    with parts.database.reading() as db:
        assert db.scalars(select(ExternalCertificate)).all() == []


@pytest.mark.usefixtures("alice")
def test_nobody_records_more_than_fifty(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(external.external, "MOST", 1)
    _record(client, OPERATES)
    assert _record(client, SKILLED, expect=409)["code"] == "too_many"
