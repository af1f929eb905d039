"""The desk's policies: a trial that changes nothing, the next revision, two people."""

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.identity.rules.actors import Role
from app.learning.models.policies import PolicyRevision
from app.learning.rules.policy_scopes import Scope
from app.learning.services import policies, policy_trials
from app.lobby.parts import Parts
from tests.contract.calls import dump
from tests.courses import MadeCourse, make_course
from tests.people import CAROL, MALLORY, csrf
from tests.player import enrolled
from tests.reviewers import on_case, reviewer, with_role

STUDIED_S = 60


@pytest.fixture
def course(client: TestClient, parts: Parts, clock: SettableClock) -> MadeCourse:
    """A course in which Alice studied a minute."""
    made = make_course(parts, presence_gap_s=None, identity_gap_s=[900, 900])
    player = enrolled(client, parts, clock, made.course_id)
    player.begin(made.video_id)
    for start in range(0, STUDIED_S * 1000, 10_000):
        player.play(start, start + 10_000)
    return made


def post(client: TestClient, place: str, what: str, status: int, **body: object) -> dict:
    answer = client.post(f"/api/v1/desk/policies/{place}/{what}", json=body, headers=csrf(client))
    assert answer.status_code == status, answer.text
    found: dict = answer.json()
    return found


def test_a_trial_judges_last_month_again_and_changes_nothing(
    client: TestClient, parts: Parts, course: MadeCourse
) -> None:
    with_role(client, parts, Role.REVIEWER, CAROL)
    before = dump(parts.database)
    place = f"course/{course.course_id}"
    settings = {"required_s": "150", "daily_cap_s": "30", "exam_pass": "70"}
    found = post(client, place, "trial", 200, settings=settings)
    assert dump(parts.database) == before
    assert (found["drawn"], found["total"]) == (1, 1)
    [line] = found["courses"]
    assert (line["before_ms"], line["after_ms"]) == (STUDIED_S * 1000, 30_000)
    assert [each["after_ms"] for each in found["biggest"]] == [30_000]
    changed = {each["name"]: (each["before"], each["after"]) for each in found["changes"]}
    assert changed["daily_cap_s"] == ("21600 秒（6 小时）", "30 秒")
    assert "及格分" in found["unseen"]
    assert "每天最多" not in found["unseen"]


@pytest.mark.usefixtures("course")
def test_the_same_policy_again_gives_the_same_hours(client: TestClient, parts: Parts) -> None:
    with_role(client, parts, Role.REVIEWER, CAROL)
    found = post(client, "platform/all", "trial", 200, settings={})
    [line] = found["courses"]
    assert line["after_ms"] == line["before_ms"] == STUDIED_S * 1000


def test_what_other_rules_credited_then_is_no_difference_of_a_trial(
    client: TestClient, parts: Parts, course: MadeCourse
) -> None:
    """A minute was credited before there was a cap of 30 s: the same cap again changes nothing."""
    with_role(client, parts, Role.REVIEWER, CAROL)
    place = f"course/{course.course_id}"
    post(client, place, "revisions", 201, settings={"daily_cap_s": "30"}, note="收紧")
    found = post(client, place, "trial", 200, settings={"daily_cap_s": "30"})
    [line] = found["courses"]
    assert (line["credited_ms"], line["before_ms"], line["after_ms"]) == (60_000, 30_000, 30_000)
    assert found["biggest"] == []
    page = client.get(f"/desk/policies/{place}/trial?daily_cap_s=30").text
    assert "当时计入" in page
    assert "扣回的也在内" in page
    [moved] = post(client, place, "trial", 200, settings={"daily_cap_s": "40"})["biggest"]
    assert (moved["credited_ms"], moved["before_ms"], moved["after_ms"]) == (60_000, 30_000, 40_000)


def test_breaks_show_in_a_trial_though_nobody_counted_towards_them_then(
    client: TestClient, parts: Parts, course: MadeCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_role(client, parts, Role.REVIEWER, CAROL)
    settings = {"continuous_max_s": "60", "break_s": "60"}
    found = post(client, f"course/{course.course_id}", "trial", 200, settings=settings)
    assert found["courses"][0]["after_ms"] == STUDIED_S * 1000
    monkeypatch.setattr(policy_trials, "MOST_SESSIONS", 1)
    assert post(client, "programme/digital", "trial", 200, settings=settings)["drawn"] == 1


def test_a_course_s_next_revision_stands_at_once_and_is_seen(
    client: TestClient, parts: Parts, course: MadeCourse
) -> None:
    with_role(client, parts, Role.REVIEWER, CAROL)
    place = f"course/{course.course_id}"
    done = post(
        client, place, "revisions", 201, settings={"daily_cap_s": "7200"}, note="试行",
        document="某文件", article="第二条", issued_on="2026-01-05",
    )  # fmt: skip
    assert done["revision"]["number"] == 2
    assert done["next"] == f"/desk/policies/{place}"
    seen = client.get(f"/api/v1/desk/policies/{place}").json()
    caps = {each["name"]: each for each in seen["in_force"]}
    assert (caps["daily_cap_s"]["value"], caps["daily_cap_s"]["scope"]) == ("7200", "course")
    assert caps["exam_pass"]["scope"] == "platform"
    assert [each["number"] for each in seen["history"]] == [2, 1]
    assert seen["history"][0]["basis"]["text"] == "某文件（2026-01-05） 第二条（待核实）"
    assert client.get(f"/desk/policies/{place}").status_code == 200


def test_the_whole_platform_takes_two_people(client: TestClient, parts: Parts) -> None:
    with_role(client, parts, Role.REVIEWER, CAROL)
    settings = {"idle_timeout_s": "600"}
    done = post(client, "platform/all", "revisions", 201, settings=settings, note="放宽")
    case = f"/api/v1/desk/cases/{done['case_id']}"
    assert done["revision"] is None
    assert _platform(parts) == (1, 300)
    facts = dict(client.get(case).json()["facts"])
    assert facts["多久没有动静就结束"] == "600 秒（10 分）"
    post(client, "platform/all", "revisions", 409, settings=settings, note="再来")
    own = client.post(f"{case}/confirmation", json={"confirms": True}, headers=csrf(client))
    assert own.status_code == 403
    with reviewer(parts, MALLORY) as second:
        other = on_case(second, done["case_id"], "confirmation", confirms=True)
    assert other.status_code == 200, other.text
    assert _platform(parts) == (2, 600)


def _platform(parts: Parts) -> tuple[int, int]:
    with parts.database.reading() as db:
        view = policies.scope_view(db, Scope.PLATFORM, "all", now=parts.clock.now())
        count = db.scalar(
            select(func.count())
            .select_from(PolicyRevision)
            .where(PolicyRevision.scope == "platform")
        )
    return count or 0, view.in_force.policy.idle_timeout_s


def test_a_moment_that_went_by_while_it_waited_is_refused(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    with_role(client, parts, Role.REVIEWER, CAROL)
    soon = clock.now().isoformat(timespec="seconds").replace("+00:00", "Z")
    clock.advance(ms=-5000)
    done = post(
        client,
        "platform/all",
        "revisions",
        201,
        settings={},
        note="回到出厂值",
        effective_from=soon,
    )
    clock.advance(ms=60_000)
    with reviewer(parts, MALLORY) as second:
        answer = on_case(second, done["case_id"], "confirmation", confirms=True)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_late")


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"settings": {"hour_s": "1"}, "note": "x"}, "/settings/hour_s", "一学时有多长"),
        ({"settings": {"hour_s": "四"}, "note": "x"}, "/settings/hour_s", "60～7200 秒"),
        ({"settings": {"hours": "4"}, "note": "x"}, "/settings/hours", "hours"),
        (
            {"settings": {"programme_s": "100", "required_s": "150"}, "note": "x"},
            "/settings/required_s", "最多 100 秒",
        ),
        ({"settings": {}, "note": ""}, "/note", "请填写"),
        (
            {"settings": {}, "note": "x", "effective_from": "2020-01-01T08:00"},
            "/effective_from", "已经过去",
        ),
    ],
)  # fmt: skip
def test_a_refusal_names_the_field_and_what_may_stand_there(
    client: TestClient, parts: Parts, course: MadeCourse, body: dict, field: str, words: str
) -> None:
    with_role(client, parts, Role.REVIEWER, CAROL)
    problem = post(client, f"course/{course.course_id}", "revisions", 422, **body)
    assert [each["field"] for each in problem["errors"]] == [field]
    assert words in problem["errors"][0]["message"]


def test_the_pages_lead_from_the_list_to_the_form_and_the_trial(
    client: TestClient, parts: Parts, course: MadeCourse
) -> None:
    with_role(client, parts, Role.REVIEWER, CAROL)
    place = f"/desk/policies/course/{course.course_id}"
    assert place in client.get("/desk/policies").text
    form = client.get(f"{place}/draft?preset=DRIVER-THEORY").text
    assert 'value="59400"' in form
    assert "全平台 21600 秒（6 小时）" in form
    wrong = client.get(f"{place}/trial?daily_cap_s=abc").text
    assert "“每天最多”应为0～86400 秒，或“无”" in wrong
    assert 'value="abc"' in wrong
    trial = client.get(f"{place}/trial?daily_cap_s=30&preset=DRIVER-THEORY").text
    assert "抽出 1 次" in trial
    assert "当时计入" not in trial  # the same as the policy in force gives
    assert 'name="settings.daily_cap_s" value="30"' in trial
    assert "机动车驾驶培训教学与考试大纲" in trial
    assert 'value="30"' in client.get(f"{place}/trial?daily_cap_s=30&edit=1").text
