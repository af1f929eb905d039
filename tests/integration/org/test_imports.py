"""A roster is looked at, taken over, brought again, and taken back."""

import datetime as dt
import io
import zipfile

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.core.crypto import OWN
from app.core.outbox import OutboxJob
from app.identity.rules.actors import Role
from app.lobby.parts import Parts
from app.main import create_app
from app.org.models.imports import RosterFinding, RosterImport, RosterStep
from app.org.repository import organisations as organisation_rows
from app.org.services import import_looking, import_undoing, import_writing, organisations
from tests.employers import USCC, agent, delete, post, put
from tests.people import ALICE, CAROL, MALLORY, csrf, sign_in, verify
from tests.reviewers import with_role
from tests.rosters import as_csv, as_xlsx, counts, hand_over, line_of, name_of, number_of


def _boss(client: TestClient, parts: Parts) -> TestClient:
    return agent(client, parts, MALLORY)


def _take_over(boss: TestClient, parts: Parts, content: bytes, *, only_good: bool = False) -> dict:
    """The whole way; returns how the import stands at its end."""
    import_id = hand_over(boss, content)["import_id"]
    answer = post(boss, f"/org/imports/{import_id}/confirmation", {"only_good": only_good})
    assert answer.status_code == 204, answer.text
    worker.drain(parts)
    return dict(boss.get(f"/api/v1/org/imports/{import_id}").json())


def _findings(boss: TestClient, import_id: str, kind: str = "fault") -> list[tuple[str, str]]:
    found = boss.get(f"/api/v1/org/imports/{import_id}/findings?kind={kind}").json()["items"]
    return [(each["cell"], each["cause"]) for each in found]


def test_a_file_is_looked_at_and_nothing_changes_before_a_yes(
    client: TestClient, parts: Parts
) -> None:
    boss = _boss(client, parts)
    lines = [line_of(place) for place in range(5)]
    seen = hand_over(boss, as_xlsx(lines))
    assert (seen["state"], counts(seen)) == ("ready", {"lines": 5, "fresh": 5})
    assert boss.get("/api/v1/org/staff").json()["total"] == 0
    done = _take_over(boss, parts, as_xlsx(lines))
    assert (done["state"], done["lines"]) == ("done", 5)
    listed = boss.get("/api/v1/org/staff").json()
    assert listed["total"] == 5
    assert {each["name"] for each in listed["items"]} == {name_of(place) for place in range(5)}
    assert {each["state"] for each in listed["items"]} == {"invited"}


def test_a_suspended_organisation_invites_nobody_until_it_is_restored(
    client: TestClient, parts: Parts
) -> None:
    boss = _boss(client, parts)
    import_id = hand_over(boss, as_xlsx([line_of(place) for place in range(3)]))["import_id"]
    way = f"/org/imports/{import_id}/confirmation"
    assert post(boss, way, {"only_good": False}).status_code == 204
    with parts.database.transaction() as db:
        org_id = str(organisations.find_by_uscc(db, USCC))
        organisation = organisation_rows.get_organisation(db, org_id)
        assert organisation is not None
        organisation.suspended_at = parts.clock.now()
    worker.drain(parts)
    assert boss.get("/api/v1/org/staff").json()["total"] == 0
    with TestClient(create_app(parts)) as admin:
        with_role(admin, parts, Role.ADMIN, CAROL)
        assert delete(admin, f"/system/organisations/{org_id}/suspension").status_code == 204
    worker.drain(parts)
    assert boss.get("/api/v1/org/staff").json()["total"] == 3
    assert boss.get(f"/api/v1/org/imports/{import_id}").json()["state"] == "done"


def test_faults_are_named_by_cell_and_only_the_good_lines_come_in(
    client: TestClient, parts: Parts
) -> None:
    boss = _boss(client, parts)
    lines: list = [line_of(place) for place in range(4)]
    lines[1] = ("李8", number_of(1), "", "", "")
    lines[2] = (name_of(2), float(number_of(2)[:17] + "0"), "", "", "")
    lines.append(line_of(0))
    seen = hand_over(boss, as_xlsx(lines))
    assert counts(seen) == {"lines": 5, "fresh": 2, "faulty": 3}
    assert [cell for cell, _ in _findings(boss, seen["import_id"])] == ["A3", "B4", "B6"]
    page = boss.get(f"/employer/imports/{seen['import_id']}").text
    assert "B4" in page
    assert "文本" in page
    way = f"/org/imports/{seen['import_id']}/confirmation"
    refused = post(boss, way, {"only_good": False})
    assert (refused.status_code, refused.json()["code"]) == (409, "import_faulty")
    assert post(boss, way, {"only_good": True}).status_code == 204
    again = post(boss, way, {"only_good": True})
    assert again.json()["code"] == "import_state"
    worker.drain(parts)
    assert boss.get("/api/v1/org/staff").json()["total"] == 2


def test_the_same_file_again_changes_nothing(client: TestClient, parts: Parts) -> None:
    boss = _boss(client, parts)
    content = as_xlsx([line_of(place) for place in range(6)])
    _take_over(boss, parts, content)
    again = hand_over(boss, content)
    assert counts(again) == {"lines": 6, "unchanged": 6}
    assert "不用导入" in boss.get(f"/employer/imports/{again['import_id']}").text


def test_changes_are_shown_before_they_are_made(client: TestClient, parts: Parts) -> None:
    boss = _boss(client, parts)
    _take_over(boss, parts, as_xlsx([line_of(0), line_of(1)]))
    moved = (*line_of(0)[:3], "二厂", "")
    content = as_xlsx([moved, line_of(1), line_of(2)])
    seen = hand_over(boss, content)
    assert counts(seen) == {"lines": 3, "fresh": 1, "changed": 1, "unchanged": 1}
    assert _findings(boss, seen["import_id"], "change") == [("D2", "部门：1 车间 → 二厂")]
    delete(boss, f"/org/imports/{seen['import_id']}")
    _take_over(boss, parts, content)
    units = {each["name"]: each["unit"] for each in boss.get("/api/v1/org/staff").json()["items"]}
    assert units[name_of(0)] == "二厂"


def test_another_name_under_a_known_number_is_a_slip_of_one_of_the_two(
    client: TestClient, parts: Parts
) -> None:
    boss = _boss(client, parts)
    _take_over(boss, parts, as_xlsx([line_of(0)]))
    seen = hand_over(boss, as_xlsx([("何无名", number_of(0), "", "", "")]))
    assert counts(seen) == {"lines": 1, "faulty": 1}
    [(cell, cause)] = _findings(boss, seen["import_id"])
    assert (cell, "另一个姓名" in cause) == ("A2", True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_of_any_excel_is_read(client: TestClient, parts: Parts, encoding: str) -> None:
    boss = _boss(client, parts)
    rare = ("𠮷田翔", number_of(1), "", "", "")
    content = as_csv([line_of(0), rare, (CAROL.name, CAROL.number, "", "", "")], encoding)
    seen = hand_over(boss, content, "名单.csv")
    assert counts(seen) == {"lines": 3, "fresh": 3}, _findings(boss, seen["import_id"])
    _take_over(boss, parts, content)
    names = {each["name"] for each in boss.get("/api/v1/org/staff").json()["items"]}
    assert names == {name_of(0), "𠮷田翔", CAROL.name}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "另存为"),
        ("姓名,手机\n李晓梅,138\n".encode(), "证件号码"),
        (b"\x00\x01\x02\x03", "读不出来"),
        (b"PK\x03\x04broken", "损坏"),
        (b"%PDF-1.7", "没有找到"),
    ],
)
def test_what_is_no_roster_says_what_to_do(
    client: TestClient, parts: Parts, content: bytes, says: str
) -> None:
    boss = _boss(client, parts)
    seen = hand_over(boss, content)
    assert (seen["state"], says in seen["trouble"]) == ("failed", True), seen
    assert seen["trouble"] in boss.get(f"/employer/imports/{seen['import_id']}").text


def test_a_table_that_unfolds_without_end_is_refused(client: TestClient, parts: Parts) -> None:
    boss = _boss(client, parts)
    row = b'<row r="9999999"><c r="A9999999" t="inlineStr"><is><t>x</t></is></c></row>'
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(as_xlsx([line_of(0)]))) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.namelist():
            content = source.read(part)
            if part.startswith("xl/worksheets/sheet"):
                content = sheet + row + b"</sheetData></worksheet>"
            target.writestr(part, content)
    seen = hand_over(boss, packed.getvalue())
    assert (seen["state"], "太大" in seen["trouble"]) == ("failed", True)


def test_who_is_known_is_asked_once(client: TestClient, parts: Parts) -> None:
    boss = _boss(client, parts)
    with TestClient(create_app(parts)) as alice:
        sign_in(alice, parts, ALICE)
        verify(alice, ALICE)
        content = as_xlsx([(ALICE.name, ALICE.number, "", "一车间", "")])
        _take_over(boss, parts, content)
        _take_over(boss, parts, as_xlsx([(ALICE.name, ALICE.number, "", "二车间", "")]))
        notices = [each["kind"] for each in alice.get("/api/v1/me/notices").json()]
        assert notices == ["invited"]
        assert "是我的单位，加入" in alice.get("/me").text


def test_an_import_is_taken_back_and_what_happened_since_is_kept(
    client: TestClient, parts: Parts
) -> None:
    boss = _boss(client, parts)
    _take_over(boss, parts, as_xlsx([line_of(0), line_of(1)]))
    moved = [(*line_of(place)[:3], "二厂", "电工") for place in (0, 1)]
    joined = (ALICE.name, ALICE.number, "", "一车间", "")
    done = _take_over(boss, parts, as_xlsx([*moved, line_of(2), line_of(3), joined]))
    with TestClient(create_app(parts)) as alice:
        sign_in(alice, parts, ALICE)
        verify(alice, ALICE)
        org_id = alice.get("/me").text.split("/me/employers/")[1][:26]
        assert post(alice, f"/me/employers/{org_id}/acceptance", {}).status_code == 204
    staff = {each["name"]: each for each in boss.get("/api/v1/org/staff").json()["items"]}
    again = staff[name_of(1)]["staff_id"]
    assert put(boss, f"/org/staff/{again}", {"name": name_of(1), "unit": "三厂"}).status_code == 200
    assert post(boss, f"/org/imports/{done['import_id']}/undoing", {}).status_code == 204
    worker.drain(parts)
    undone = boss.get(f"/api/v1/org/imports/{done['import_id']}").json()
    assert (undone["state"], undone["kept"]) == ("undone", 2)
    assert "有 2 人" in boss.get(f"/employer/imports/{done['import_id']}").text
    left = {each["name"]: each["unit"] for each in boss.get("/api/v1/org/staff").json()["items"]}
    assert left == {name_of(0): "1 车间", name_of(1): "三厂", ALICE.name: "一车间"}
    assert post(boss, f"/org/imports/{done['import_id']}/undoing", {}).status_code == 409
    back = hand_over(boss, as_xlsx([line_of(2)]))
    assert counts(back) == {"lines": 1, "fresh": 1}


def test_after_a_day_nothing_is_taken_back_and_nothing_is_left_of_the_file(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    boss = _boss(client, parts)
    done = _take_over(boss, parts, as_xlsx([line_of(0)]))
    waiting = hand_over(boss, as_xlsx([("李8", number_of(5), "", "", "")]))
    clock.advance(ms=3 * 24 * 3600 * 1000)
    import_undoing.forget(parts.database, now=clock.now())
    with parts.database.reading() as db:
        rows = {row.id: row for row in db.scalars(select(RosterImport))}
        assert rows[waiting["import_id"]].state == "dropped"
        assert all(row.file_sealed is None for row in rows.values())
        assert db.scalars(select(RosterStep)).all() == []
        assert db.scalars(select(RosterFinding)).all() == []
    sign_in(boss, parts, MALLORY)
    late = post(boss, f"/org/imports/{done['import_id']}/undoing", {})
    assert (late.status_code, late.json()["code"]) == (409, "import_state")


def test_a_great_file_waits_for_the_worker_and_a_killed_one_begins_anew(
    client: TestClient, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss = _boss(client, parts)
    monkeypatch.setattr("app.org.services.imports.INLINE_BYTES", 10)
    monkeypatch.setattr("app.org.services.import_pieces.PIECE", 7)
    lines = [line_of(place) for place in range(30)]
    seen = hand_over(boss, as_xlsx(lines))
    assert (seen["state"], seen["is_under_way"]) == ("reading", True)
    busy = boss.post("/api/v1/org/imports", params={"name": "x"}, content=b"x", headers=csrf(boss))
    assert busy.json()["code"] == "import_under_way"
    assert "刷新" in boss.get(f"/employer/imports/{seen['import_id']}").text
    worker.drain(parts)
    address = f"/org/imports/{seen['import_id']}"
    assert counts(boss.get(f"/api/v1{address}").json()) == {"lines": 30, "fresh": 30}
    assert post(boss, f"{address}/confirmation", {"only_good": False}).status_code == 204
    real, calls = import_writing.write_piece, []

    def die_later(*args: object) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        real(*args)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(import_writing, "write_piece", die_later)
        import_writing.write(parts.database, parts.vault, seen["import_id"], now=parts.clock.now())
    half = boss.get(f"/api/v1{address}").json()
    assert (half["state"], half["lines_done"]) == ("writing", 14)
    worker.drain(parts)
    assert boss.get(f"/api/v1{address}").json()["state"] == "done"
    assert boss.get("/api/v1/org/staff").json()["total"] == 30
    with parts.database.reading() as db:
        assert len(db.scalars(select(RosterStep)).all()) == 30


def test_who_does_not_want_to_wait_leaves_it(
    client: TestClient, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss = _boss(client, parts)
    monkeypatch.setattr("app.org.services.imports.INLINE_BYTES", 10)
    seen = hand_over(boss, as_xlsx([line_of(0)]))
    assert delete(boss, f"/org/imports/{seen['import_id']}").status_code == 204
    worker.drain(parts)
    left = boss.get(f"/api/v1/org/imports/{seen['import_id']}").json()
    assert (left["state"], left["lines"]) == ("dropped", 0)
    assert hand_over(boss, as_xlsx([line_of(0)]))["state"] == "reading"


def test_the_export_imported_again_changes_nothing(client: TestClient, parts: Parts) -> None:
    boss = _boss(client, parts)
    _take_over(boss, parts, as_xlsx([line_of(place) for place in range(9)]))
    table = boss.get("/api/v1/org/roster/export.xlsx")
    assert table.status_code == 200
    assert counts(hand_over(boss, table.content)) == {"lines": 9, "unchanged": 9}
    empty = hand_over(boss, boss.get("/api/v1/org/roster/template.xlsx").content)
    assert (empty["state"], counts(empty)) == ("ready", {})


def test_who_stands_on_an_exported_roster_can_read_of_it(client: TestClient, parts: Parts) -> None:
    boss = _boss(client, parts)
    with TestClient(create_app(parts)) as alice:
        sign_in(alice, parts, ALICE)
        verify(alice, ALICE)
        post(boss, "/org/staff", {"name": ALICE.name, "document_number": ALICE.number})
        org_id = alice.get("/me").text.split("/me/employers/")[1][:26]
        post(alice, f"/me/employers/{org_id}/acceptance", {})
        assert boss.get("/api/v1/org/roster/export.xlsx").status_code == 200
        assert "单位导出员工名单" in alice.get("/me/access").text


def test_the_file_lies_sealed_and_is_another_employers_to_nobody(
    client: TestClient, parts: Parts
) -> None:
    boss = _boss(client, parts)
    content = as_csv([line_of(0)])
    import_id = hand_over(boss, content)["import_id"]
    with parts.database.reading() as db:
        row = db.scalars(select(RosterImport)).one()
        assert row.file_sealed is not None
        assert row.file_sealed.startswith(OWN)
        assert number_of(0).encode() not in row.file_sealed
        looked = select(OutboxJob).where(OutboxJob.job == import_looking.LOOK)
        assert db.scalars(looked).all() == []
    with TestClient(create_app(parts)) as other:
        rival = agent(other, parts, CAROL, uscc="91510700MA6CX2020M")
        for path in ("", "/findings"):
            assert rival.get(f"/api/v1/org/imports/{import_id}{path}").status_code == 404
        assert rival.get(f"/employer/imports/{import_id}").status_code == 404
        assert delete(rival, f"/org/imports/{import_id}").status_code == 404
        assert rival.get("/api/v1/org/imports").json()["total"] == 0
    assert boss.get("/api/v1/org/imports").json()["total"] == 1


def test_on_a_long_roster_people_are_found_by_their_indexes(
    client: TestClient, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss = _boss(client, parts)
    _take_over(boss, parts, as_xlsx([line_of(place) for place in range(12)]))
    monkeypatch.setattr("app.identity.services.roster.SCANNED", 3)

    def found(sought: str) -> set[str]:
        items = boss.get("/api/v1/org/staff", params={"q": sought}).json()["items"]
        return {each["name"] for each in items}

    assert name_of(4) in found(name_of(4))
    assert found(name_of(4)[:1]) == set()  # a part of a name is asked of short rosters only
    assert found(number_of(7)) == {name_of(7)}
    assert name_of(7) in found(number_of(7)[-4:])
    assert name_of(4) in found("5 车间")


def test_of_too_many_with_one_text_the_first_are_listed_and_it_is_said(
    client: TestClient, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss = _boss(client, parts)
    _take_over(boss, parts, as_xlsx([line_of(place) for place in range(30)]))
    monkeypatch.setattr("app.identity.services.roster.SCANNED", 3)
    monkeypatch.setattr("app.org.services.staff_views.MOST_COUNTED", 24)
    first = boss.get("/api/v1/org/staff", params={"q": "装配"}).json()
    assert (len(first["items"]), first["total"], first["is_more"]) == (20, 24, True)
    rest = boss.get("/api/v1/org/staff", params={"q": "装配", "at": first["next"]}).json()
    assert (len(rest["items"]), rest["next"]) == (4, "")
    ids = {each["staff_id"] for each in first["items"] + rest["items"]}
    assert len(ids) == 24
    assert "只列出前 24 位" in boss.get("/employer/staff", params={"q": "装配"}).text


def test_the_roster_goes_by_unit_position_and_day(client: TestClient, parts: Parts) -> None:
    boss = _boss(client, parts)
    _take_over(boss, parts, as_xlsx([line_of(place) for place in range(30)]))
    for sort, column in (("unit", "unit"), ("-unit", "unit"), ("-invited", "invited_at")):
        first = boss.get("/api/v1/org/staff", params={"sort": sort}).json()
        assert (first["total"], first["sort"]) == (30, sort)
        rest = boss.get("/api/v1/org/staff", params={"sort": sort, "at": first["next"]}).json()
        lines = first["items"] + rest["items"]
        assert len({each["staff_id"] for each in lines}) == 30
        values = [each[column] for each in lines]
        assert values == sorted(values, reverse=sort.startswith("-"))
    page = boss.get("/employer/staff", params={"sort": "-unit"}).text
    assert 'aria-sort="descending"' in page
    assert page.count("aria-sort") == 1
    assert boss.get("/api/v1/org/staff", params={"sort": "name"}).status_code == 422
    assert boss.get("/api/v1/org/staff", params={"at": "x"}).status_code == 422


def test_looking_twice_at_once_counts_once(client: TestClient, parts: Parts) -> None:
    """A lease that ran out lets two workers have the same file."""
    boss = _boss(client, parts)
    seen = hand_over(boss, as_xlsx([line_of(0)]))
    with parts.database.transaction() as db:
        row = db.get(RosterImport, seen["import_id"])
        assert row is not None
        row.state, row.made_at = "reading", row.made_at - dt.timedelta(minutes=6)
    for _ in range(2):
        import_looking.look(parts.database, parts.vault, seen["import_id"], now=parts.clock.now())
    assert counts(boss.get(f"/api/v1/org/imports/{seen['import_id']}").json()) == {
        "lines": 1, "fresh": 1,
    }  # fmt: skip
