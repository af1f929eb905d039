"""Enrolling and studying by the face at a vendor, through the API, with both vendors."""

import dataclasses
import datetime as dt
from collections.abc import Callable

import httpx
import pytest
from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.core.db import Database
from app.core.settings import FaceSettings, Settings
from app.identity.models.checks import IdentityCheck
from app.identity.models.face_sessions import FaceSession
from app.identity.models.faces import FaceFrame, FaceTemplate
from app.identity.models.people import Person
from app.identity.providers.face_vendors import FaceTrip
from app.identity.repository import deletions
from app.identity.rules.face_vendors import FaceVendorKind
from app.identity.services import consents, people, standing
from app.learning.models.study_checks import StudyAnswer
from app.lobby.parts import Parts
from app.main import build_parts
from tests.courses import MadeCourse, make_course
from tests.people import ALICE, MALLORY, csrf, sign_in, verify
from tests.player import Player, choose_questions
from tests.reviewers import on_case, only_case, reviewer
from tests.vendors import KINDS, Kind

META = '{"deviceType": "h5", "ua": "test"}'


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


@pytest.fixture
def parts(settings: Settings, clock: SettableClock, database: Database, kind: Kind) -> Parts:
    """The house with the simulated vendor of this kind."""
    face = FaceSettings(kind="simulated", simulates=kind)
    return build_parts(settings.model_copy(update={"face": face}), clock, database)


@pytest.fixture
def alice(client: TestClient, parts: Parts) -> TestClient:
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    return client


def _post(client: TestClient, path: str, body: object = None) -> httpx.Response:
    return client.post(f"/api/v1/me{path}", json=body, headers=csrf(client))


def _consent(client: TestClient, kind: Kind) -> None:
    body = {
        "kind": "face_vendor", "version": consents.vendor_version(FaceVendorKind(kind)),
        "accepted": True,
    }  # fmt: skip
    answer = _post(client, "/consents", body)
    assert answer.status_code == 201, answer.text


def _open(client: TestClient) -> str:
    answer = _post(client, "/face-trips", {"purpose": "enrol"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _depart(client: TestClient, trip: str) -> str:
    answer = _post(client, f"/face-trips/{trip}/departure", {"meta_info": META})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["page_url"])


def _go(client: TestClient, trip: str, choice: str) -> None:
    """To the vendor's page, where this is chosen."""
    assert httpx.post(f"{_depart(client, trip)}/{choice}").status_code == 303


def _result(client: TestClient, trip: str) -> dict:
    answer = _post(client, f"/face-trips/{trip}/result")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def _enrol(client: TestClient, kind: Kind) -> None:
    _consent(client, kind)
    trip = _open(client)
    _go(client, trip, "pass")
    assert _result(client, trip)["outcome"] == "passed"


def test_nobody_is_sent_without_a_yes_to_this_recipient(alice: TestClient, kind: Kind) -> None:
    assert _post(alice, "/face-trips", {"purpose": "enrol"}).json()["code"] == "no_consent"
    other = FaceVendorKind.ALIYUN if kind == "tencent" else FaceVendorKind.TENCENT
    body = {"kind": "face_vendor", "version": consents.VERSION, "accepted": True}
    for version in (consents.VERSION, consents.vendor_version(other)):
        refused = _post(alice, "/consents", body | {"version": version})
        assert refused.json()["errors"][0]["field"] == "/version"
    refused = _post(alice, "/consents", body | {"accepted": False})
    assert refused.json()["errors"][0]["field"] == "/accepted"


def test_who_passes_is_checked_so_from_now_on(alice: TestClient, parts: Parts, kind: Kind) -> None:
    _enrol(alice, kind)
    with parts.database.reading() as db:
        row = db.query(FaceSession).one()
        assert standing.standing(db, row.person_id).method == "vendor_face"
        assert (row.outcome, row.liveness, row.page_url) == ("passed", "certified", "")
        assert row.source == "simulated"
        assert (len(row.transaction_id or ""), len(row.evidence_hash or "")) == (36, 64)
        assert db.query(IdentityCheck).one().evidence_hash == row.evidence_hash
        assert db.query(FaceTemplate).count() == db.query(FaceFrame).count() == 0


@pytest.mark.parametrize(
    ("choice", "outcome", "says"),
    [
        ("other", "failed", "比对没有通过"), ("spoof", "failed", "真人检测"),
        ("no_photo", "uncertain", "没有您的证件照片"),
    ],
)  # fmt: skip
def test_who_does_not_pass_has_chosen_nothing(
    alice: TestClient, kind: Kind, choice: str, outcome: str, says: str
) -> None:
    _consent(alice, kind)
    trip = _open(alice)
    _go(alice, trip, choice)
    told = _result(alice, trip)
    assert (told["outcome"], told["next"]) == (outcome, "/signup/face")
    assert says in told["message"]
    again = _post(alice, f"/face-trips/{trip}/result")
    assert (again.status_code, again.json()["code"]) == (409, "challenge_over")
    gone = _post(alice, f"/face-trips/{trip}/departure", {"meta_info": META})
    assert gone.json()["code"] == "challenge_over"
    choose_questions(alice)  # the way without a face is open as before


def test_what_is_not_finished_stays_open(alice: TestClient, kind: Kind) -> None:
    _consent(alice, kind)
    trip = _open(alice)
    assert _result(alice, trip)["outcome"] == "retry"
    page = _depart(alice, trip)
    assert _depart(alice, trip) == page, "the same session, however often it is begun"
    assert alice.get(f"/api/v1/me/face-trips/{trip}").json() == {"is_finished": False}
    assert _result(alice, trip)["outcome"] == "retry"
    httpx.post(f"{page}/broken")
    assert alice.get(f"/api/v1/me/face-trips/{trip}").json() == {"is_finished": False}
    assert _result(alice, trip)["outcome"] == "provider_error"


def test_a_session_ends_after_half_an_hour(
    alice: TestClient, kind: Kind, clock: SettableClock
) -> None:
    _consent(alice, kind)
    trip = _open(alice)
    _go(alice, trip, "pass")
    clock.advance(ms=30 * 60_000 + 1)
    late = _post(alice, f"/face-trips/{trip}/result")
    assert (late.status_code, late.json()["code"]) == (409, "challenge_over")
    gone = _post(alice, f"/face-trips/{trip}/departure", {"meta_info": META})
    assert gone.json()["code"] == "challenge_over"


def test_a_yes_withdrawn_meanwhile_ends_it(alice: TestClient, parts: Parts, kind: Kind) -> None:
    _consent(alice, kind)
    trip = _open(alice)
    _go(alice, trip, "pass")
    gone = alice.delete("/api/v1/me/consents/face", headers=csrf(alice))
    assert gone.status_code == 204
    assert _post(alice, f"/face-trips/{trip}/result").status_code == 409
    refused = _post(alice, f"/face-trips/{trip}/departure", {"meta_info": META})
    assert refused.json()["code"] == "no_consent"
    with parts.database.reading() as db:
        assert db.query(FaceSession).one().outcome is None


def test_a_token_that_was_given_before_is_no_session(
    alice: TestClient, parts: Parts, kind: Kind
) -> None:
    """A gateway that plays an old answer again gives its session to nobody else."""
    _consent(alice, kind)
    first = _open(alice)
    _go(alice, first, "other")
    _result(alice, first)
    with parts.database.reading() as db:
        known = db.query(FaceSession).one().token
    assert parts.face_vendor is not None
    vendor = parts.face_vendor.vendor
    object.__setattr__(
        parts.face_vendor,
        "vendor",
        _Replaying(vendor.begin, FaceTrip(known, "http://h/x"), vendor.kind),
    )
    refused = _post(alice, f"/face-trips/{_open(alice)}/departure", {"meta_info": META})
    assert (refused.status_code, refused.json()["code"]) == (503, "face_vendor_away")


@dataclasses.dataclass
class _Replaying:
    begin: Callable
    trip: FaceTrip
    kind: FaceVendorKind

    def begun(self, _content: object) -> FaceTrip:
        return self.trip


class VendorPlayer(Player):
    """Answers identity checks at the vendor; `choice` says what it finds."""

    choice = "pass"

    def right_answer(self) -> dict:
        assert self.challenge is not None
        if self.challenge["kind"] == "presence":
            return super().right_answer()
        trip = self.challenge["prompt"]["trip"]
        _go(self.client, trip, self.choice)
        return {"trip": trip}


@pytest.fixture
def course(parts: Parts) -> MadeCourse:
    return make_course(parts, presence_gap_s=None, face_liveness="certified")


@pytest.fixture
def player(
    alice: TestClient, parts: Parts, clock: SettableClock, kind: Kind, course: MadeCourse
) -> VendorPlayer:
    _enrol(alice, kind)
    player = VendorPlayer(alice, parts, clock, ALICE)
    player.enrol(course.course_id)
    player.fetch(player.open(course.video_id))
    return player


def test_a_check_at_the_vendor_releases_the_time(player: VendorPlayer) -> None:
    assert player.challenge is not None
    assert player.challenge["methods"] == ["vendor_face"]
    assert 290_000 < player.challenge["expires_in_ms"] <= 300_000
    assert player.pass_check()["hold"] is False
    for start in range(0, 60_000, 10_000):
        told = player.play(start, start + 10_000)
    assert told["totals"]["pending_ms"] == 60_000
    assert player.pass_check()["totals"]["confirmed_ms"] == 60_000


def test_three_wrong_tries_are_three_whatever_is_asked_for(player: VendorPlayer) -> None:
    player.choice = "spoof"
    for left in (2, 1):
        told = player.answer(player.right_answer()).json()
        assert (told["outcome"], told["challenge"]["tries_left"]) == ("wrong", left)
        assert "真人检测" in told["message"]
    told = player.answer(player.right_answer()).json()
    assert (told["outcome"], told["hold"]) == ("failed", True)


def test_what_went_wrong_at_the_vendor_cannot_be_thrown_away(player: VendorPlayer) -> None:
    """Who sees on the vendor's page that it failed asks for another check, and gets the same."""
    assert player.challenge is not None
    trip = player.challenge["prompt"]["trip"]
    _go(player.client, trip, "other")
    player.ask_check()
    assert player.challenge["prompt"]["trip"] == trip
    told = player.answer({"trip": trip}).json()
    assert (told["outcome"], told["challenge"]["tries_left"]) == ("wrong", 2)


def test_another_trip_is_no_answer(player: VendorPlayer, parts: Parts) -> None:
    """One's own of before, one of another purpose, one that was never begun: none costs a try."""
    player.pass_check()
    with parts.database.reading() as db:
        passed = [row.check_id for row in db.query(FaceSession)]
    player.ask_check()
    assert player.challenge is not None
    for trip in (*passed, "0" * 26, player.challenge["prompt"]["trip"]):
        told = player.answer({"trip": trip}).json()
        assert (told["outcome"], told["challenge"]["tries_left"]) == ("retry", 3)


def test_a_study_check_chooses_no_way_and_is_nobody_elses(
    player: VendorPlayer, parts: Parts
) -> None:
    assert player.challenge is not None
    trip = player.challenge["prompt"]["trip"]
    _go(player.client, trip, "pass")
    refused = _post(player.client, f"/face-trips/{trip}/result")
    assert (refused.status_code, refused.json()["code"]) == (409, "challenge_over")
    with TestClient(player.client.app) as mallory:
        sign_in(mallory, parts, MALLORY)
        verify(mallory, MALLORY)
        for answer in (
            _post(mallory, f"/face-trips/{trip}/departure", {"meta_info": META}),
            _post(mallory, f"/face-trips/{trip}/result"),
            mallory.get(f"/api/v1/me/face-trips/{trip}"),
        ):
            assert answer.status_code == 404
    assert player.answer({"trip": trip}).json()["outcome"] == "passed"


def test_an_outage_costs_no_try_and_is_no_pass(player: VendorPlayer, parts: Parts) -> None:
    player.choice = "broken"
    told = player.answer(player.right_answer()).json()
    assert (told["outcome"], told["challenge"]["tries_left"]) == ("retry", 3)
    assert told["totals"]["confirmed_ms"] == 0
    player.choice = "pass"
    player.pass_check()
    with parts.database.reading() as db:
        outcomes = {row.outcome for row in db.query(StudyAnswer)}
    assert outcomes == {"provider_error", "passed"}


def test_an_outage_gives_no_tries_back(player: VendorPlayer) -> None:
    left = []
    for choice in ("spoof", "broken", "spoof", "broken"):
        player.choice = choice
        left.append(player.answer(player.right_answer()).json()["challenge"]["tries_left"])
    assert left == [2, 2, 1, 1]
    player.choice = "spoof"
    assert player.answer(player.right_answer()).json()["outcome"] == "failed"


def test_not_sure_twice_goes_to_a_person(player: VendorPlayer) -> None:
    player.choice = "no_photo"
    assert player.answer(player.right_answer()).json()["outcome"] == "retry"
    told = player.answer(player.right_answer()).json()
    assert (told["outcome"], told["hold"]) == ("uncertain", True)


def test_withdrawing_leads_to_the_way_without_a_face(
    player: VendorPlayer, parts: Parts, clock: SettableClock, course: MadeCourse
) -> None:
    player.pass_check()
    gone = player.client.delete("/api/v1/me/consents/face", headers=csrf(player.client))
    assert gone.status_code == 204
    choose_questions(player.client)
    clock.advance(ms=int(dt.timedelta(hours=1).total_seconds() * 1000))
    other = Player(player.client, parts, clock, ALICE)
    other.enrolment_id = player.enrolment_id
    other.open(course.video_id)
    assert other.answer(other.right_answer()).json()["outcome"] == "unproven"
    with reviewer(parts) as wu:
        case = only_case(wu, "face_review")
        decided = on_case(wu, case["id"], "decision", decision="approve", reason="电话核对过。")
        assert decided.status_code == 200, decided.text
    clock.advance(ms=1_000)
    other.begin(course.video_id)
    for start in range(0, 60_000, 10_000):
        other.play(start, start + 10_000)
    assert other.pass_check()["totals"]["confirmed_ms"] == 60_000


def test_the_engine_inside_is_not_enough_where_certified_liveness_is_asked(
    alice: TestClient, parts: Parts, course: MadeCourse
) -> None:
    with parts.database.transaction() as db:
        row = db.get(Person, people.find_by_phone(db, parts.vault, ALICE.phone))
        assert row is not None
        row.method = "face"
    enrolment = alice.post(
        "/api/v1/enrolments", json={"course_id": course.course_id}, headers=csrf(alice)
    ).json()["id"]
    body = {"enrolment_id": enrolment, "lesson_id": course.video_id}
    refused = alice.post("/api/v1/study-sessions", json=body, headers=csrf(alice))
    assert (refused.status_code, refused.json()["code"]) == (403, "no_identity_method")
    assert "经认证的核身方" in refused.json()["detail"]


def test_the_vendors_script_runs_where_it_sees_nothing_of_ours(
    client: TestClient, kind: Kind
) -> None:
    answer = client.get("/face-meta")
    if kind == "tencent":
        assert answer.status_code == 404
        return
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none'; script-src http://127.")
    assert "allow-same-origin" not in policy
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"


def test_nothing_that_comes_back_in_the_address_is_shown(client: TestClient) -> None:
    answer = client.get("/face-return?code=0&passed=T&BizToken=hello-there")
    assert answer.status_code == 200
    assert "hello-there" not in answer.text


def test_who_has_a_document_that_the_vendor_does_not_take_goes_another_way(
    alice: TestClient, parts: Parts, kind: Kind
) -> None:
    with parts.database.transaction() as db:
        row = db.get(Person, people.find_by_phone(db, parts.vault, ALICE.phone))
        assert row is not None
        row.document_type = "foreign_permanent"
    body = {
        "kind": "face_vendor", "version": consents.vendor_version(FaceVendorKind(kind)),
        "accepted": True,
    }  # fmt: skip
    assert _post(alice, "/consents", body).json()["code"] == "face_vendor_refused"
    assert "只核对居民身份证" in alice.get("/signup/consent").text


def test_a_check_under_way_when_the_yes_is_withdrawn_is_asked_in_the_other_way(
    player: VendorPlayer, parts: Parts, clock: SettableClock, course: MadeCourse
) -> None:
    """What the vendor found is of no use any more, and the person can still answer."""
    assert player.challenge is not None
    challenge_id, trip = player.challenge["id"], player.challenge["prompt"]["trip"]
    _go(player.client, trip, "pass")
    gone = player.client.delete("/api/v1/me/consents/face", headers=csrf(player.client))
    assert gone.status_code == 204
    choose_questions(player.client)
    other = Player(player.client, parts, clock, ALICE)
    other.enrolment_id = player.enrolment_id
    other.open(course.video_id)
    assert other.challenge is not None
    assert (other.challenge["id"], other.challenge["methods"]) == (
        challenge_id, ["code_and_questions"],
    )  # fmt: skip
    assert other.answer({"trip": trip}).json()["outcome"] == "wrong"
    told = other.answer(other.right_answer()).json()
    assert (told["outcome"], told["hold"]) == ("unproven", True)


def test_vendor_compares_with_the_document_whoever_chose_it(
    player: VendorPlayer, kind: Kind, course: MadeCourse
) -> None:
    client = player.client
    gone = client.delete("/api/v1/me/consents/face", headers=csrf(client))
    assert gone.status_code == 204
    _enrol(client, kind)
    assert "way_replaced" in [each["kind"] for each in client.get("/api/v1/me/notices").json()]
    player.clock.advance(ms=1_000)
    player.open(course.video_id)
    assert player.pass_check()["hold"] is False


def test_who_stays_away_after_failing_is_counted_all_the_same(
    alice: TestClient, parts: Parts, kind: Kind, clock: SettableClock
) -> None:
    _consent(alice, kind)
    for _ in range(3):
        trip = _open(alice)
        _go(alice, trip, "spoof")
        clock.advance(ms=32 * 60_000)
        worker.drain(parts)
        late = _post(alice, f"/face-trips/{trip}/result")
        assert (late.status_code, late.json()["code"]) == (409, "challenge_over")
    refused = _post(alice, f"/face-trips/{_open(alice)}/departure", {"meta_info": META})
    assert (refused.status_code, refused.json()["code"]) == (409, "face_vendor_refused")
    with parts.database.reading() as db:
        assert {row.outcome for row in db.query(FaceSession)} == {"failed"}
        outcomes = {row.outcome for row in db.query(IdentityCheck)}
    assert outcomes == {"left", None}
    clock.advance(ms=24 * 3_600_000)
    _depart(alice, _open(alice))


def test_a_pass_that_nobody_came_back_for_is_none(
    alice: TestClient, parts: Parts, kind: Kind, clock: SettableClock
) -> None:
    _consent(alice, kind)
    trip = _open(alice)
    _go(alice, trip, "pass")
    clock.advance(ms=32 * 60_000)
    worker.drain(parts)
    with parts.database.reading() as db:
        assert db.query(FaceSession).one().outcome == "passed"
        assert db.query(IdentityCheck).one().outcome == "left"
    assert _post(alice, f"/face-trips/{trip}/result").status_code == 409
    choose_questions(alice)


def test_an_outage_leaves_a_left_session_undecided(
    alice: TestClient, parts: Parts, kind: Kind, clock: SettableClock
) -> None:
    _consent(alice, kind)
    trip = _open(alice)
    _go(alice, trip, "broken")
    clock.advance(ms=32 * 60_000)
    worker.drain(parts)
    with parts.database.reading() as db:
        assert db.query(IdentityCheck).one().outcome is None


def test_who_leaves_the_house_leaves_no_session(
    alice: TestClient, parts: Parts, kind: Kind, now: dt.datetime
) -> None:
    _enrol(alice, kind)
    with parts.database.transaction() as db:
        person = db.query(FaceSession).one().person_id
        deletions.take_rows(db, person, "", now)
        assert db.query(FaceSession).count() == 0
        assert db.query(IdentityCheck).one().outcome == "passed"
