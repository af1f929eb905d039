"""What a visitor of the demo finds before doing anything, and the doors that let them in."""

import datetime as dt
import json
import stat
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.cli import nearby, rehearsal, schema
from app.cli.demo import served_before
from app.core.clock import SettableClock
from app.core.settings import Environment, Settings
from app.identity.services import cases, entrances, people
from app.identity.services.cases import CaseKind, CaseState
from app.lobby.parts import Parts
from app.main import build_parts, create_app
from tests.people import ALICE, csrf

# One worker for all: what they share is dear to build.
pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, rehearsal.Shown]:
    settings = Settings(
        environment=Environment.TEST, data_dir=tmp_path_factory.mktemp("demo"), demo=True,
        study_policy="quick", worker_in_process=False, public_url="http://testserver",
    )  # fmt: skip
    schema.upgrade(settings)
    return settings, rehearsal.perform(settings)


@pytest.fixture
def demo(shown: tuple[Settings, rehearsal.Shown]) -> Parts:
    return build_parts(shown[0])


def test_a_certificate_was_earned_and_is_found_valid(
    demo: Parts, shown: tuple[Settings, rehearsal.Shown]
) -> None:
    with TestClient(create_app(demo)) as client:
        verdict = client.get(f"/api/v1/verification/{shown[1].public_id}").json()
    assert verdict["verdict"] == "valid"
    assert shown[1].number in str(verdict["facts"])


def test_a_fraud_waits_on_the_desk(demo: Parts) -> None:
    with demo.database.reading() as db:
        found, total = cases.list_cases(
            db, states=[CaseState.OPEN], kinds=[CaseKind.IDENTITY_REVIEW], page=1
        )
    assert total == 1
    assert found[0].kind is CaseKind.IDENTITY_REVIEW


def test_a_second_time_nothing_is_done_again(shown: tuple[Settings, rehearsal.Shown]) -> None:
    assert rehearsal.perform(shown[0]) == shown[1]


def test_nothing_beside_the_database_says_who_anybody_is(
    shown: tuple[Settings, rehearsal.Shown],
) -> None:
    note = (shown[0].data_dir / "rehearsal.json").read_text()
    assert set(json.loads(note)) == {"public_id", "number"}
    database = shown[0].data_dir / "shixue.db"
    assert stat.S_IMODE(database.stat().st_mode) == 0o600


def test_where_it_was_served_before_stays_its_own(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    assert served_before(data, "http://127.0.0.1:8000") == []
    assert served_before(data, "http://127.0.0.1:8000") == []
    assert served_before(data, "https://192.0.2.7:8000") == ["http://127.0.0.1:8000"]
    assert served_before(data, "http://127.0.0.1:9000") == [
        "https://192.0.2.7:8000", "http://127.0.0.1:8000",
    ]  # fmt: skip
    # With another scheme at the same place it is one address, and a place is named once.
    assert served_before(data, "https://127.0.0.1:8000") == [
        "http://127.0.0.1:9000", "https://192.0.2.7:8000",
    ]  # fmt: skip
    assert Settings(
        public_url="https://127.0.0.1:8000",
        former_urls=("http://127.0.0.1:9000", "https://192.0.2.7:8000"),
    ).former_urls


def _token(parts: Parts, now: dt.datetime) -> str:
    with parts.database.transaction() as db:
        learner_id, _ = people.find_or_create(db, parts.vault, ALICE.phone, now=now)
    return entrances.make(parts.keys, learner_id, now=now)


def test_an_entrance_shows_whose_it_is_and_lets_in(demo: Parts) -> None:
    token = _token(demo, demo.clock.now())
    with TestClient(create_app(demo)) as client:
        page = client.get(f"/demo/{token}")
        assert "李*梅" in page.text
        body = {"token": token}
        answer = client.post("/api/v1/demo/entrances", json=body, headers=csrf(client))
        assert answer.json()["next"] == "/signup/consent"
        assert client.get("/home").status_code == 200


def test_an_entrance_stands_for_the_second_factor(demo: Parts) -> None:
    """Each of the demo's administrators is let in at their own desk, and at no other."""
    doors = {"13800000041": "/system", "13800000042": "/security", "13800000044": "/audit"}
    for phone, desk in doors.items():
        with demo.database.transaction() as db:
            now = demo.clock.now()
            learner_id, is_new = people.find_or_create(db, demo.vault, phone, now=now)
        assert not is_new
        token = entrances.make(demo.keys, learner_id, now=now)
        with TestClient(create_app(demo)) as client:
            answer = client.post(
                "/api/v1/demo/entrances", json={"token": token}, headers=csrf(client)
            )
            assert answer.json()["next"] == desk
            seen = {door: client.get(door).status_code for door in doors.values()}
            assert seen == {door: 200 if door == desk else 403 for door in doors.values()}


def test_the_school_has_somebody_who_makes_its_courses(demo: Parts) -> None:
    with demo.database.transaction() as db:
        now = demo.clock.now()
        learner_id, is_new = people.find_or_create(db, demo.vault, "13800000009", now=now)
    assert not is_new
    token = entrances.make(demo.keys, learner_id, now=now)
    with TestClient(create_app(demo)) as client:
        assert "培训机构经办人" in client.get(f"/demo/{token}").text
        client.post("/api/v1/demo/entrances", json={"token": token}, headers=csrf(client))
        for page in ("/employer", "/authoring", "/banks"):
            assert client.get(page).status_code == 200, page


@pytest.mark.parametrize(("start", "kept_from"), [("0" * 26, 26), ("x.y", 200)])
def test_a_forged_entrance_is_refused(demo: Parts, start: str, kept_from: int) -> None:
    token = start + _token(demo, demo.clock.now())[kept_from:]
    with TestClient(create_app(demo)) as client:
        body = {"token": token}
        answer = client.post("/api/v1/demo/entrances", json=body, headers=csrf(client))
        assert (answer.status_code, answer.json()["code"]) == (403, "entrance")
        assert client.get(f"/demo/{token}").status_code == 403


def test_an_old_entrance_is_refused(demo: Parts) -> None:
    token = _token(demo, demo.clock.now() - dt.timedelta(hours=25))
    with TestClient(create_app(demo)) as client:
        answer = client.post("/api/v1/demo/entrances", json={"token": token}, headers=csrf(client))
    assert (answer.status_code, answer.json()["code"]) == (403, "entrance")


def test_without_a_demo_there_are_no_entrances(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    token = _token(parts, clock.now())
    answer = client.post("/api/v1/demo/entrances", json={"token": token}, headers=csrf(client))
    assert answer.status_code == 404
    assert client.get(f"/demo/{token}").status_code == 404


def test_phones_nearby_get_a_certificate_for_the_address(
    tmp_path: Path, clock: SettableClock
) -> None:
    paths = nearby.certificate(tmp_path, "192.168.1.5", now=clock.now())
    assert paths[0].read_text().startswith("-----BEGIN CERTIFICATE")
    assert paths[1].stat().st_mode & 0o077 == 0
