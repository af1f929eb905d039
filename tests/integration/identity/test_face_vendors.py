"""Face sessions of both vendors over real HTTP: what each says, and that nothing broken passes."""

import time as wall
from collections.abc import Iterator

import httpx
import pytest

from app.core.settings import FaceSettings
from app.identity.providers.face_vendors import FaceAsk, FaceTrip, VendorFaces
from app.identity.providers.outside import faces_through
from app.identity.providers.simulation import Fault
from app.identity.providers.wire import VendorError
from app.identity.rules.face_decisions import FaceDecision, FaceOutcome, Liveness
from app.identity.rules.face_vendors import Said
from tests.vendors import KINDS, NAME, NOW, NUMBER, Kind, Time, Vendor, around, patience, vendor

both = pytest.mark.parametrize("kind", KINDS)
META = '{"deviceType": "h5", "ua": "test"}'
_FINAL = {
    Fault.WRONG_BODY, Fault.WRONG_SHAPE, Fault.EMPTY, Fault.HALF, Fault.HUGE, Fault.REDIRECT,
    Fault.SHORT_LENGTH,
}  # fmt: skip


@pytest.fixture
def server() -> Iterator[Vendor]:
    with vendor() as found:
        yield found


def _faces(server: Vendor, kind: Kind, **changes: object) -> VendorFaces:
    base = FaceSettings.model_validate({"kind": kind} | patience() | changes)
    time = Time()
    found = faces_through(
        server.server.settings(base).model_copy(update=changes), around(time, ticks=wall.monotonic)
    )
    assert found is not None
    return found


def _ask(order_no: str = "a" * 32, name: str = NAME) -> FaceAsk:
    return FaceAsk(
        order_no=order_no, name=name, number=NUMBER, return_url="http://h/face-return",
        meta_info=META,
    )  # fmt: skip


def _begin(faces: VendorFaces, ask: FaceAsk) -> FaceTrip:
    trip = faces.start(ask, now=NOW)
    assert isinstance(trip, FaceTrip)
    return trip


def _choose(trip: FaceTrip, choice: str) -> httpx.Response:
    return httpx.post(f"{trip.page_url}/{choice}")


def _come_back(faces: VendorFaces, choice: str, ask: FaceAsk | None = None) -> FaceDecision:
    ask = ask or _ask()
    trip = _begin(faces, ask)
    _choose(trip, choice)
    return faces.poll(trip.token, ask, now=NOW)


@both
@pytest.mark.parametrize(
    ("choice", "outcome"),
    [
        ("pass", FaceOutcome.PASSED), ("other", FaceOutcome.FAILED), ("spoof", FaceOutcome.FAILED),
        ("no_photo", FaceOutcome.UNCERTAIN), ("broken", FaceOutcome.PROVIDER_ERROR),
    ],
)  # fmt: skip
def test_what_the_vendor_says_is_what_counts(
    server: Vendor, kind: Kind, choice: str, outcome: FaceOutcome
) -> None:
    decision = _come_back(_faces(server, kind), choice)
    assert decision.outcome is outcome
    assert decision.source == f"{kind}@127.0.0.1"
    assert (len(decision.transaction_id), len(decision.evidence_hash)) == (36, 64)
    is_pass = outcome is FaceOutcome.PASSED
    assert decision.liveness is (Liveness.CERTIFIED if is_pass else Liveness.NONE)
    assert (decision.score == 94.3) is is_pass


@both
def test_who_turned_back_is_not_finished(server: Vendor, kind: Kind) -> None:
    faces = _faces(server, kind)
    trip = _begin(faces, _ask())
    decision = faces.poll(trip.token, _ask(), now=NOW)
    assert (decision.outcome, decision.is_finished) == (FaceOutcome.RETRY, False)


@both
def test_a_name_that_the_registry_does_not_know_is_for_people(server: Vendor, kind: Kind) -> None:
    decision = _come_back(_faces(server, kind), "pass", _ask(name="李晓海"))
    assert decision.outcome is FaceOutcome.UNCERTAIN


@both
def test_the_way_back_says_passed_whatever_came_of_it(server: Vendor, kind: Kind) -> None:
    faces = _faces(server, kind)
    trip = _begin(faces, _ask())
    went = _choose(trip, "spoof")
    assert went.status_code == 303
    assert went.headers["location"].startswith("http://h/face-return?code=0&passed=T")
    assert faces.poll(trip.token, _ask(), now=NOW).outcome is FaceOutcome.FAILED


@both
def test_a_token_that_the_vendor_does_not_know_is_an_error(server: Vendor, kind: Kind) -> None:
    decision = _faces(server, kind).poll("X", _ask(), now=NOW)
    assert decision.outcome is FaceOutcome.PROVIDER_ERROR


def test_tencents_answer_about_another_session_or_person_is_an_error(server: Vendor) -> None:
    faces = _faces(server, "tencent")
    trip = _begin(faces, _ask())
    _choose(trip, "pass")
    for other in (_ask("b" * 32), _ask(name="李晓海")):
        assert faces.poll(trip.token, other, now=NOW).outcome is FaceOutcome.PROVIDER_ERROR
    assert faces.poll(trip.token, _ask(), now=NOW).outcome is FaceOutcome.PASSED


@both
@pytest.mark.parametrize("fault", Fault)
def test_no_broken_answer_is_ever_a_pass(server: Vendor, kind: Kind, fault: Fault) -> None:
    faces = _faces(server, kind)
    trip = _begin(faces, _ask())
    _choose(trip, "pass")
    asked = server.server.asked
    server.server.misbehave([fault] * 9, slow_s=1.0)
    decision = _faces(server, kind, **patience(fault)).poll(trip.token, _ask(), now=NOW)
    assert decision.outcome is FaceOutcome.PROVIDER_ERROR
    assert decision.liveness is Liveness.NONE
    assert server.server.asked - asked == (1 if fault in _FINAL else 3)
    server.server.misbehave([])
    assert faces.poll(trip.token, _ask(), now=NOW).outcome is FaceOutcome.PASSED


@both
@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.WRONG_SHAPE, Fault.TRUNCATED])
def test_a_session_does_not_begin_with_a_broken_answer(
    server: Vendor, kind: Kind, fault: Fault
) -> None:
    faces = _faces(server, kind)
    server.server.misbehave([fault] * 9)
    with pytest.raises(VendorError):
        faces.start(_ask(), now=NOW)


@both
def test_a_session_in_a_flow_that_is_not_ours_does_not_begin(server: Vendor, kind: Kind) -> None:
    faces = _faces(server, kind, rule_id="9", scene_id="9")
    if kind == "tencent":
        with pytest.raises(VendorError):
            faces.start(_ask(), now=NOW)
    else:
        refused = faces.start(_ask(), now=NOW)
        assert isinstance(refused, Said)
        assert refused.outcome is FaceOutcome.PROVIDER_ERROR


@both
@pytest.mark.parametrize("url", ["http://vendor.example/x", "javascript:alert(1)", "//x", "https:"])
def test_a_page_that_is_not_https_is_none(server: Vendor, kind: Kind, url: str) -> None:
    over_https = _faces(server, kind)
    server.server.faces.page_url = lambda _token: url  # type: ignore[method-assign]
    strict = VendorFaces(over_https.account, over_https.vendor)
    refused = strict.start(_ask(), now=NOW)
    assert isinstance(refused, Said)
    assert refused.outcome is FaceOutcome.PROVIDER_ERROR


def test_tencent_is_asked_for_the_text_alone() -> None:
    faces = faces_through(FaceSettings(kind="tencent", rule_id="7"), around(Time()))
    assert faces is not None
    assert faces.vendor.result("T").fields == {"BizToken": "T", "RuleId": "7", "InfoType": "1"}
    assert faces.account.source == "tencent"


def test_the_page_says_that_it_is_a_simulation_and_masks(server: Vendor) -> None:
    trip = _begin(_faces(server, "aliyun"), _ask())
    page = httpx.get(trip.page_url).text
    assert "这是模拟，不是真的核身" in page
    assert NUMBER not in page
    assert httpx.get(f"{server.server.url}/face/none").status_code == 404
    assert httpx.post(f"{server.server.url}/face/none/pass").status_code == 404
    assert "getMetaInfo" in httpx.get(f"{server.server.url}/jsvm_all.js").text
