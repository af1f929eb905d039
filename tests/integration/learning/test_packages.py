"""A package earns hours by the protocol alone, keeps its data, and opens nothing else."""

import json
import re
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.core.ratelimit import Limit
from app.learning.models.catalogue import Lesson
from app.learning.models.ledger import LedgerEntry
from app.learning.models.packages import PackageRecord
from app.learning.models.study import LessonCoverage, PendingPiece
from app.learning.services import package_addresses, package_kept
from app.lobby.parts import Parts
from tests import packages
from tests.packaged import PackageCourse, make_package_course, parts_of
from tests.people import MALLORY, csrf, sign_in
from tests.player import Player, enrolled

FORGED_12 = {
    "cmi.core.lesson_status": "completed", "cmi.core.session_time": "9999:59:59.99",
    "cmi.core.score.raw": "100", "cmi.suspend_data": "x" * 5000,
}  # fmt: skip


def opened(
    client: TestClient, parts: Parts, clock: SettableClock, content: bytes, **policy: object
) -> tuple[Player, PackageCourse, list[dict[str, Any]]]:
    """Alice in the package, past the check at the beginning."""
    course = make_package_course(parts, content, **policy)
    player = enrolled(client, parts, clock, course.course_id)
    told = player.open(course.lesson_id)
    if player.challenge is not None:
        player.pass_check()
    return player, course, parts_of(told, course.lesson_id)


def start_of(client: TestClient, part: dict[str, Any]) -> str:
    """Where a part's start address leads to."""
    answer = client.get(part["url"], follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def keep(
    client: TestClient, player: Player, course: PackageCourse, values: object, part: int = 0
) -> Response:
    path = f"/api/v1/study-sessions/{player.session_id}/packages/{course.lesson_id}"
    return client.put(f"{path}/{part}", json={"values": values}, headers=csrf(client))


def told(client: TestClient, player: Player, course: PackageCourse) -> list[dict[str, Any]]:
    path = f"/api/v1/study-sessions/{player.session_id}/packages/{course.lesson_id}"
    found: list[dict[str, Any]] = client.get(path).json()["parts"]
    return found


def earned(parts: Parts) -> list[Any]:
    """Everything that could be hours."""
    with parts.database.reading() as db:
        return [
            row for table in (LessonCoverage, PendingPiece, LedgerEntry)
            for row in db.scalars(select(table))
        ]  # fmt: skip


def test_a_forged_completed_score_and_session_time_earn_nothing(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    player, course, (part,) = opened(client, parts, clock, packages.scorm_12())
    assert client.get(start_of(client, part)).status_code == 200
    clock.advance(ms=60_000)
    assert keep(client, player, course, FORGED_12).json() == {"not_kept": []}
    assert earned(parts) == []
    assert told(client, player, course) == [{"part": 1, "status": "学完", "score": "100"}]
    detail = client.get(f"/api/v1/enrolments/{player.enrolment_id}").json()
    assert detail["state"] == "active"


def test_time_counts_in_the_part_that_was_opened_and_no_longer_than_stated(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    player, _course, (first, second) = opened(
        client, parts, clock, packages.scorm_12(["", ""]), part_ms=10_000
    )
    assert player.play(0, 4_000)["verdicts"][0]["cuts"] == [{"code": "not_delivered", "ms": 4_000}]
    client.get(start_of(client, first))
    assert player.play(4_000, 8_000)["verdicts"][0]["credited_ms"] == 4_000
    assert player.play(8_000, 12_000)["verdicts"][0] == {
        "seq": 3, "credited_ms": 2_000, "cuts": [{"code": "ahead", "ms": 2_000}]
    }  # fmt: skip
    again = player.play(4_000, 8_000)["verdicts"][0]
    assert again["cuts"] == [{"code": "repeated", "ms": 4_000}]
    late = player.play(10_000, 14_000)["verdicts"][0]
    assert late["cuts"] == [{"code": "not_delivered", "ms": 4_000}], "the second was not opened"
    client.get(start_of(client, second))
    assert player.play(14_000, 20_000)["verdicts"][0]["credited_ms"] == 6_000


def test_another_file_or_head_or_the_preview_opens_no_part(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    made = packages.scorm_12(["", ""], {"shared/logo.png": b"\x89PNG"})
    player, _course, (first, _second) = opened(client, parts, clock, made, part_ms=10_000)
    base = start_of(client, first).rpartition("sco1/")[0]
    assert client.get(f"{base}shared/logo.png").headers["content-type"] == "image/png"
    assert client.get(f"{base}sco2/index.html").status_code == 200
    assert client.head(f"{base}sco1/index.html").status_code == 200
    assert player.play(0, 4_000)["verdicts"][0]["credited_ms"] == 0
    assert player.play(10_000, 12_000)["verdicts"][0]["credited_ms"] == 0


def test_presence_checks_come_twice_as_often_inside_a_package(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    player, _course, (part,) = opened(
        client, parts, clock, packages.scorm_12(), part_ms=60_000, presence_gap_s=[20, 20]
    )
    client.get(start_of(client, part))
    assert player.play(0, 8_000)["challenge"] is None
    asked = player.play(8_000, 12_000)["challenge"]
    assert asked is not None
    assert asked["kind"] == "presence"


@pytest.mark.parametrize("standard", ["scorm_12", "scorm_2004"])
def test_what_a_part_wrote_is_there_when_it_is_opened_again(
    client: TestClient, parts: Parts, clock: SettableClock, standard: str
) -> None:
    made = packages.scorm_12(["", ""]) if standard == "scorm_12" else packages.scorm_2004(["", ""])
    player, course, (first, second) = opened(client, parts, clock, made)
    place = "cmi.core.lesson_location" if standard == "scorm_12" else "cmi.location"
    first_word = {place: '页"<3>', "cmi.suspend_data": "a"}
    assert keep(client, player, course, first_word).json() == {"not_kept": []}
    # One element that is not taken loses none of the others.
    mixed = {"cmi.suspend_data": "b", "adl.nav.request": "suspendAll"}
    [flaw] = keep(client, player, course, mixed).json()["not_kept"]
    assert flaw["element"] == "adl.nav.request"
    page = client.get(start_of(client, first)).text
    assert "&quot;cmi.suspend_data&quot;: &quot;b&quot;" in page
    assert '页"<3>' not in page, "values stand in the page as text of one attribute"
    assert "suspend_data" not in client.get(start_of(client, second)).text


@pytest.mark.parametrize(
    "values",
    [
        {"cmi.core.student_name": "x"}, {"cmi.core.lesson_location": "x" * 4097},
        {"ledger.ms": "3600000"}, {"cmi.suspend_data": 7}, {"__proto__": "x"},
    ],
)  # fmt: skip
def test_what_is_no_data_of_the_standard_is_refused_and_changes_nothing(
    client: TestClient, parts: Parts, clock: SettableClock, values: object
) -> None:
    player, course, _ = opened(client, parts, clock, packages.scorm_12())
    assert keep(client, player, course, {"cmi.suspend_data": "kept"}).status_code == 200
    answer = keep(client, player, course, values)
    assert answer.status_code == 422, answer.text
    with parts.database.reading() as db:
        learner_id = db.scalars(select(PackageRecord.learner_id)).one()
        (record,) = package_kept.take_along(db, parts.vault, learner_id, str)
        assert json.loads(record.content) == {"cmi.suspend_data": "kept"}


def test_nobody_else_reads_or_writes_it(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    player, course, (part,) = opened(client, parts, clock, packages.scorm_12())
    where = start_of(client, part)
    assert keep(client, player, course, {"cmi.suspend_data": "hers"}, part=1).status_code == 404
    with TestClient(client.app, follow_redirects=False) as other:
        sign_in(other, parts, MALLORY)
        assert keep(other, player, course, {"cmi.suspend_data": "x"}).status_code == 404
        path = f"/api/v1/study-sessions/{player.session_id}/packages/{course.lesson_id}"
        assert other.get(path).status_code == 404
        for forged in (
            where.replace(".0.", ".1.", 1), where.replace(player.session_id, "look", 1),
            re.sub(r"\.\d{10}\.", ".9999999999.", where),
            where.replace("/packages/", "/packages/x"),
        ):  # fmt: skip
            assert other.get(forged).status_code == 403, forged


def test_an_ended_session_opens_and_keeps_nothing(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    player, course, (part,) = opened(client, parts, clock, packages.scorm_12())
    where = start_of(client, part)
    player.open(course.lesson_id)  # the one before ends with this
    assert client.get(where).status_code == 403
    clock.advance(ms=8 * 3_600_000)
    assert client.get(part["url"]).status_code == 403


def test_every_answer_is_dressed_for_the_sandbox(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    _player, _course, (part,) = opened(client, parts, clock, packages.scorm_12())
    where = start_of(client, part)
    token = where.split("/")[2]
    for address in (where, part["url"], f"/packages/{token}/none.html", "/packages/forged/x.html",
                    f"/packages/{token}/~/run-time.js"):  # fmt: skip
        answer = client.get(address, follow_redirects=False)
        policy = answer.headers["content-security-policy"]
        rights = policy.partition(";")[0].split()
        assert rights[0] == "sandbox"
        assert not {"allow-same-origin", "allow-top-navigation", "allow-popups"} & set(rights)
        assert "'self'" not in policy
        assert "http:" not in policy
        connect = re.search(r"connect-src ([^;]+)", policy)
        assert connect is not None
        assert connect[1].split()[0].endswith(("/packages/" + token + "/", "/packages/forged/"))
        assert "set-cookie" not in answer.headers
        assert answer.headers["referrer-policy"] == "no-referrer"


def test_a_strange_host_gets_no_policy_of_its_making(client: TestClient) -> None:
    answer = client.get("/packages/x/y.html", headers={"host": "a; script-src *"})
    assert answer.status_code == 400
    assert "script-src *" not in str(answer.headers)


class Unit:
    """A cmi5 unit as it calls from its sandbox."""

    def __init__(self, client: TestClient, address: str) -> None:
        self.client, self.query = client, dict(re.findall(r"[?&](\w+)=([^&#]*)", address))
        self.base = "/packages/" + address.split("/")[2] + "/~/"
        self.headers: dict[str, str] = {}

    def fetch(self) -> Response:
        answer = self.client.post(f"{self.base}fetch")
        if answer.status_code == 200:
            self.headers = {"authorization": f"Basic {answer.json()['auth-token']}"}
        return answer

    def call(self, method: str, path: str, **rest: Any) -> Response:
        given = self.headers | rest.pop("headers", {})
        return self.client.request(method, f"{self.base}xapi/{path}", headers=given, **rest)

    def state(self, name: str) -> str:
        return f"activities/state?stateId={name}&activityId=a&agent=a&registration=r"


def _statement(unit: Unit, verb: str, **more: object) -> dict[str, object]:
    launch = unit.call("GET", unit.state("LMS.LaunchData")).json()
    account = {
        "homePage": "https://shixue.invalid",
        "name": launch["contextTemplate"]["registration"],
    }
    return {
        "actor": {"objectType": "Agent", "account": account},
        "verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}"},
        "object": {"id": "https://example.com/au/1"}, **more,
    }  # fmt: skip


def test_a_cmi5_unit_has_its_token_once_its_records_and_nothing_else(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    player, course, (first, second) = opened(client, parts, clock, packages.cmi5(["", ""]))
    where = start_of(client, first)
    unit = Unit(client, where)
    assert {"endpoint", "fetch", "actor", "registration", "activityId"} <= set(unit.query)
    assert "赵" not in where
    assert unit.call("GET", "statements").status_code == 403
    assert unit.fetch().status_code == 200
    assert unit.fetch().status_code == 409
    launch = unit.call("GET", unit.state("LMS.LaunchData")).json()
    assert (launch["launchParameters"], launch["masteryScore"]) == ("p=1", 0.8)
    passed = _statement(unit, "passed", result={"score": {"scaled": 0.95}, "duration": "PT99H"})
    (name,) = unit.call("POST", "statements", json=passed).json()
    assert unit.call("PUT", "statements", json=passed | {"id": name}).json() == [name]
    assert len(unit.call("GET", "statements").json()["statements"]) == 1
    assert told(client, player, course) == [{"part": 1, "status": "通过", "score": "95"}]
    other = Unit(client, start_of(client, second))
    other.headers = unit.headers
    assert other.call("GET", "statements").status_code == 403, "a token of another part"
    foreign = passed | {"actor": {"account": {"homePage": "https://shixue.invalid", "name": "x"}}}
    assert unit.call("POST", "statements", json=foreign).status_code == 422
    for body in (b"", b"[", b"[1]", b'{"verb": 1}', b"[" * 100_000):
        assert unit.call("POST", "statements", content=body).status_code == 422
    assert unit.call("GET", "activities").status_code == 404
    assert earned(parts) == []


def test_what_json_cannot_say_is_refused_and_spoils_nothing(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    _player, _course, (part,) = opened(client, parts, clock, packages.cmi5())
    unit = Unit(client, start_of(client, part))
    unit.fetch()
    text = json.dumps(_statement(unit, "passed", result={"response": "HERE"}))
    for said in ('"\\ud800"', "NaN", "-Infinity", "1e999"):
        body = text.replace('"HERE"', said).encode()
        assert unit.call("POST", "statements", content=body).status_code == 422, said
    assert unit.call("POST", "statements", content=text.encode()).status_code == 200
    assert len(unit.call("GET", "statements").json()["statements"]) == 1
    nul = unit.call("PUT", unit.state("a%00b"), content=b"x")
    assert (nul.status_code, nul.json()["errors"][0]["field"]) == (422, "/query/stateId")
    assert client.get(unit.base.replace("~/", "a%00b.html")).status_code == 422


def test_a_part_that_writes_without_end_is_slowed_down(
    client: TestClient, parts: Parts, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    player, course, (part,) = opened(client, parts, clock, packages.cmi5())
    unit = Unit(client, start_of(client, part))
    unit.fetch()
    monkeypatch.setattr(parts.limiter, "_enabled", True)
    with parts.database.reading() as db:
        token = unit.base.split("/")[2]
        whose = package_addresses.resolve(db, parts.keys, token, now=clock.now()).whose
    assert whose is not None
    used = (Limit("package.unit", 600, 600), ".".join(map(str, whose)))
    parts.limiter.take_each([used] * 599, now=clock.now())
    assert unit.call("PUT", unit.state("x"), content=b"x").status_code == 204
    assert unit.call("PUT", unit.state("x"), content=b"x").status_code == 429
    assert unit.call("GET", "statements").status_code == 200
    used = (Limit("package.values", 400, 600), f"{whose[0]}.{course.lesson_id}.0")
    parts.limiter.take_each([used] * 400, now=clock.now())
    assert keep(client, player, course, {"cmi.exit": "suspend"}).status_code == 429


def test_a_start_clears_what_others_stored_on_the_host_of_packages_and_on_no_other(
    client: TestClient, parts: Parts, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _player, _course, (part,) = opened(client, parts, clock, packages.scorm_12())
    shared = client.get(part["url"], follow_redirects=False)
    assert (shared.status_code, "clear-site-data" in shared.headers) == (303, False)
    monkeypatch.setattr(parts.settings, "package_origin", "https://packages.example")
    alone = client.get(part["url"], follow_redirects=False)
    assert alone.headers["clear-site-data"] == '"storage"'


def test_the_address_of_a_look_lives_for_minutes(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    course = make_package_course(parts, packages.scorm_12())
    with parts.database.reading() as db:
        asset_id = db.get_one(Lesson, course.lesson_id).asset_id or ""
    url = package_addresses.address(
        parts.keys, package_addresses.LOOK, course.lesson_id, asset_id, 0, now=clock.now()
    )
    assert client.get(url, follow_redirects=False).status_code == 303
    clock.advance(ms=31 * 60_000)
    assert client.get(url, follow_redirects=False).status_code == 403


def test_documents_of_a_unit_are_kept_bounded_and_forgotten(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    _player, _course, (part,) = opened(client, parts, clock, packages.cmi5())
    unit = Unit(client, start_of(client, part))
    unit.fetch()
    for text in ("一", "二"):
        kept = unit.call("PUT", unit.state("place"), content=text.encode())
        assert kept.status_code == 204
    assert unit.call("GET", unit.state("place")).text == "二"
    html = {"content-type": "text/html"}
    unit.call("PUT", unit.state("page"), content=b"<script>", headers=html)
    assert unit.call("GET", unit.state("page")).headers["content-type"] == (
        "application/octet-stream"
    )
    assert sorted(unit.call("GET", unit.state("")).json()) == ["page", "place"]
    assert unit.call("PUT", unit.state("x"), content=b"x" * 64_001).status_code == 422
    assert unit.call("PUT", unit.state("LMS.LaunchData"), content=b"{}").status_code == 422
    for number in range(18):
        assert unit.call("PUT", unit.state(f"n{number}"), content=b"x").status_code == 204
    assert unit.call("PUT", unit.state("one-too-many"), content=b"x").status_code == 409
    assert unit.call("DELETE", unit.state("place")).status_code == 204
    assert unit.call("GET", unit.state("place")).status_code == 404
    assert client.options(f"{unit.base}xapi/statements").status_code == 204
