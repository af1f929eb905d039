"""The roster: what may be entered, correcting and removing, searching, and the worker's own way."""

import pytest
from starlette.testclient import TestClient

from app.lobby.parts import Parts
from app.main import create_app
from tests.employers import agent, delete, post, put
from tests.people import ALICE, CAROL, MALLORY, sign_in, verify

UNKNOWN = "510101197001010117"


def _add(boss: TestClient, name: str, number: str, unit: str = "") -> dict:
    answer = post(boss, "/org/staff", {"name": name, "document_number": number, "unit": unit})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def _notices(client: TestClient) -> list[str]:
    return [notice["kind"] for notice in client.get("/api/v1/me/notices").json()]


def _employer_id(client: TestClient) -> str:
    return client.get("/me").text.split("/me/employers/")[1][:26]


@pytest.mark.parametrize(
    ("name", "number", "field"),
    [
        ("夏\0", ALICE.number, "/name"),
        ("\0\1", ALICE.number, "/name"),
        ("夏8", ALICE.number, "/name"),
        ("夏芳", "1", "/document_number"),
        ("夏芳", "😀", "/document_number"),
        ("夏芳", "\0\0", "/document_number"),
        ("夏芳", ALICE.number[:-1] + "1", "/document_number"),
        ("夏芳", "930101198803070028", "/document_number"),
        ("夏芳", "810000198803070020", "/document_number"),
    ],
)
def test_what_cannot_be_right_names_its_field(
    client: TestClient, parts: Parts, name: str, number: str, field: str
) -> None:
    boss = agent(client, parts, MALLORY)
    answer = post(boss, "/org/staff", {"name": name, "document_number": number})
    assert answer.status_code == 422, answer.text
    assert [wrong["field"] for wrong in answer.json()["errors"]] == [field]
    assert answer.json()["remedy"]
    assert client.get("/api/v1/org/staff").json()["total"] == 0


@pytest.mark.parametrize("field", ["unit", "position"])
def test_control_characters_are_no_unit_and_no_position(
    client: TestClient, parts: Parts, field: str
) -> None:
    boss = agent(client, parts, MALLORY)
    new = {"name": ALICE.name, "document_number": ALICE.number, field: "a\0b"}
    answer = post(boss, "/org/staff", new)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, f"/{field}")


def test_names_and_numbers_are_spelt_as_at_sign_up(client: TestClient, parts: Parts) -> None:
    boss = agent(client, parts, MALLORY)
    typed = CAROL.name.replace("·", "．")
    staff = _add(boss, f" {typed}", f"{CAROL.number[:6]} {CAROL.number[6:]}")
    assert staff["name"] == CAROL.name
    again = post(boss, "/org/staff", {"name": CAROL.name, "document_number": CAROL.number})
    assert again.json()["code"] == "already_on_roster"


def test_only_the_worker_says_yes_and_may_leave(client: TestClient, parts: Parts) -> None:
    boss = agent(client, parts, MALLORY)
    with TestClient(create_app(parts)) as alice:
        sign_in(alice, parts, ALICE)
        verify(alice, ALICE)
        staff = _add(boss, ALICE.name, ALICE.number)
        assert _notices(alice) == ["invited"]
        assert "已加入" not in alice.get("/inbox").text
        assert ">去确认</a>" in alice.get("/inbox").text
        org_id = _employer_id(alice)
        assert post(alice, f"/me/employers/{org_id}/acceptance", {}).status_code == 204
        assert set(_notices(alice)) == {"invited", "joined_employer"}
        assert ">去确认</a>" not in alice.get("/inbox").text
        assert boss.get("/api/v1/org/staff").json()["items"][0]["state"] == "joined"
        assert delete(alice, f"/me/employers/{org_id}").status_code == 204
        assert delete(alice, f"/me/employers/{org_id}").status_code == 404
        assert boss.get("/api/v1/org/staff").json()["total"] == 0
        proof = f"/api/v1/org/staff/{staff['staff_id']}/proof.pdf"
        assert boss.get(proof).status_code == 404
        _add(boss, ALICE.name, ALICE.number)
        assert _notices(alice).count("invited") == 2


def test_who_was_named_before_proving_the_name_is_told_then(
    client: TestClient, parts: Parts
) -> None:
    boss = agent(client, parts, MALLORY)
    _add(boss, ALICE.name, ALICE.number)
    with TestClient(create_app(parts)) as alice:
        sign_in(alice, parts, ALICE)
        assert _notices(alice) == []
        verify(alice, ALICE)
        assert _notices(alice) == ["invited"]


def test_a_slip_is_corrected_until_the_person_has_joined(client: TestClient, parts: Parts) -> None:
    boss = agent(client, parts, MALLORY)
    with TestClient(create_app(parts)) as alice:
        sign_in(alice, parts, ALICE)
        verify(alice, ALICE)
        staff = _add(boss, "李小梅", UNKNOWN)
        address = f"/org/staff/{staff['staff_id']}"
        assert _notices(alice) == []
        wrong = put(boss, address, {"name": ALICE.name, "document_number": "1"})
        assert wrong.json()["errors"][0]["field"] == "/document_number"
        right = {"name": ALICE.name, "document_number": ALICE.number, "unit": "二车间"}
        corrected = put(boss, address, right)
        assert (corrected.status_code, corrected.json()["unit"]) == (200, "二车间")
        assert _notices(alice) == ["invited"]
        assert put(boss, address, {"name": ALICE.name}).json()["masked_number"].startswith("5101")
        org_id = _employer_id(alice)
        assert post(alice, f"/me/employers/{org_id}/acceptance", {}).status_code == 204
        fixed = put(boss, address, right | {"name": "李明"})
        assert "实名" in fixed.json()["detail"]
        assert (fixed.status_code, fixed.json()["code"]) == (409, "joined")
        moved = put(boss, address, {"name": ALICE.name, "unit": "三车间"})
        assert moved.json()["unit"] == "三车间"
        assert boss.get(f"/employer/staff/{staff['staff_id']}").status_code == 200
        assert delete(boss, address).status_code == 204
        assert delete(boss, address).status_code == 404
        assert "removed_by_employer" in _notices(alice)


def test_one_document_stands_once_on_a_roster(client: TestClient, parts: Parts) -> None:
    boss = agent(client, parts, MALLORY)
    _add(boss, ALICE.name, ALICE.number)
    other = _add(boss, "何无名", UNKNOWN)
    taken = put(
        boss,
        f"/org/staff/{other['staff_id']}",
        {"name": "何无名", "document_number": ALICE.number},
    )
    assert (taken.status_code, taken.json()["errors"][0]["field"]) == (409, "/document_number")


def test_another_employers_line_is_not_found(client: TestClient, parts: Parts) -> None:
    boss = agent(client, parts, MALLORY)
    staff = _add(boss, ALICE.name, ALICE.number)
    address = f"/org/staff/{staff['staff_id']}"
    with TestClient(create_app(parts)) as other:
        rival = agent(other, parts, CAROL, uscc="91510700MA6CX2020M")
        assert put(rival, address, {"name": "李明"}).status_code == 404
        assert delete(rival, address).status_code == 404
        assert rival.get(f"/employer{address.removeprefix('/org')}").status_code == 404


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("李晓梅", ["李晓梅"]),
        ("晓", ["李晓梅"]),
        ("古丽．买", ["阿依古丽·买买提"]),
        ("0028", ["李晓梅"]),
        ("510101199205160044", ["阿依古丽·买买提"]),
        ("044", []),
        ("一车间", ["李晓梅"]),
        ("李*梅", []),
    ],
)
def test_staff_are_found_by_name_and_by_the_end_of_the_number(
    client: TestClient, parts: Parts, sought: str, found: list[str]
) -> None:
    boss = agent(client, parts, MALLORY)
    _add(boss, ALICE.name, ALICE.number, "一车间")
    _add(boss, CAROL.name, CAROL.number)
    answer = boss.get("/api/v1/org/staff", params={"q": sought}).json()
    assert ([line["name"] for line in answer["items"]], answer["total"]) == (found, len(found))
    assert ALICE.number not in str(answer)


def test_today_counts_the_people_who_have_not_said_yes(client: TestClient, parts: Parts) -> None:
    boss = agent(client, parts, MALLORY)
    _add(boss, ALICE.name, ALICE.number)
    _add(boss, CAROL.name, CAROL.number)
    page = boss.get("/employer").text
    assert '待本人确认<span class="count">2</span>' in page
    assert ALICE.name in page


def test_two_tabs_that_change_two_things_keep_both(client: TestClient, parts: Parts) -> None:
    boss = agent(client, parts, MALLORY)
    line = _add(boss, ALICE.name, ALICE.number, "一车间")
    address = f"/org/staff/{line['staff_id']}"
    form = {"name": ALICE.name, "unit": "一车间", "position": ""}
    seen = {"seen_name": ALICE.name, "seen_unit": "一车间", "seen_position": ""}
    assert put(boss, address, form | seen | {"position": "焊工"}).status_code == 200
    second = put(boss, address, form | seen | {"unit": "二车间"})
    assert (second.json()["unit"], second.json()["position"]) == ("二车间", "焊工")
    third = put(boss, address, form | seen | {"position": "电工"})
    assert (third.status_code, third.json()["code"]) == (409, "changed_meanwhile")
    assert third.json()["errors"][0]["field"] == "/position"
    assert "焊工" in third.json()["detail"]
    assert 'name="seen_position" value="焊工"' in boss.get(f"/employer{address[4:]}").text


def test_adding_somebody_says_so_and_shows_the_line(client: TestClient, parts: Parts) -> None:
    boss = agent(client, parts, MALLORY)
    line = _add(boss, ALICE.name, ALICE.number, "一车间")
    page = boss.get("/employer/staff", params={"added": line["staff_id"]}).text
    assert "已加入名单" in page
    assert "已加入名单" not in boss.get("/employer/staff").text
    assert delete(boss, f"/org/staff/{line['staff_id']}").status_code == 204
    after = boss.get("/employer/staff", params={"added": line["staff_id"]})
    assert (after.status_code, "已加入名单" in after.text) == (200, False)


def test_a_wrong_sort_is_answered_in_the_words_of_the_page(
    client: TestClient, parts: Parts
) -> None:
    boss = agent(client, parts, MALLORY)
    answer = boss.get("/api/v1/org/staff", params={"sort": "name"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "/sort")
    assert "表头" in answer.json()["remedy"]
    assert "invited" not in answer.json()["remedy"]
