"""Certificates from elsewhere: stated by an employer, answered by the person, gone when they go."""

import base64
import datetime as dt
import io
import zipfile

import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer
from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.core.crypto import OWN
from app.lobby.parts import Parts
from app.main import create_app
from app.org.models.stated_certificates import StatedCertificate
from app.org.repository import organisations as organisation_rows
from app.org.services import organisations, stated_answers
from tests import finished
from tests.employers import USCC, agent, delete, post, put
from tests.people import ALICE, CAROL, MALLORY, prove, sign_in

DAY_MS = 86_400_000
PAPER = b"\xff\xd8\xff\xe0" + b"a photograph of a paper" * 100
STATED = {
    "kind": "special_operation", "title": "低压电工作业", "number": f"T{ALICE.number}",
    "issuer": "四川省应急管理厅", "issued_on": "2026-03-02", "valid_until": "2032-03-01",
    "proof": base64.b64encode(PAPER).decode(),
}  # fmt: skip


@pytest.fixture
def boss(client: TestClient, parts: Parts) -> TestClient:
    return agent(client, parts, MALLORY)


@pytest.fixture
def alice(parts: Parts, boss: TestClient):
    """On the roster, and joined."""
    prove(parts, ALICE)
    line = {"name": ALICE.name, "document_number": ALICE.number, "unit": "一车间"}
    assert post(boss, "/org/staff", line).status_code == 201
    with TestClient(create_app(parts)) as person:
        sign_in(person, parts, ALICE)
        joined = post(person, f"/me/employers/{_org_id(parts)}/acceptance", {})
        assert joined.status_code == 204, joined.text
        yield person


def _org_id(parts: Parts) -> str:
    with parts.database.reading() as db:
        return str(organisations.find_by_uscc(db, USCC))


def _staff_id(boss: TestClient) -> str:
    return str(boss.get("/api/v1/org/staff").json()["items"][0]["staff_id"])


def _state(boss: TestClient, **changes: object):
    return post(boss, "/org/stated-certificates", STATED | {"staff_id": _staff_id(boss)} | changes)


def _own(alice: TestClient) -> list[dict[str, str]]:
    return alice.get("/api/v1/me/stated-certificates").json()


def _rows(parts: Parts) -> list[StatedCertificate]:
    with parts.database.reading() as db:
        query = select(StatedCertificate).options(undefer(StatedCertificate.proof_sealed))
        found = list(db.scalars(query))
        db.expunge_all()
        return found


def test_it_counts_for_nothing_before_its_person_says_yes(
    boss: TestClient, alice: TestClient, parts: Parts
) -> None:
    stated = _state(boss)
    assert stated.status_code == 201, stated.text
    assert (stated.json()["state"], stated.json()["number"][-4:]) == ("waiting", ALICE.number[-4:])
    assert ALICE.number not in stated.text, "an identity number is shown by its end"
    [notice] = [
        each for each in alice.get("/api/v1/me/notices").json()
        if each["kind"] == "certificate_stated"
    ]  # fmt: skip
    assert "特种作业操作证书" in notice["text"]
    page = alice.get("/me/stated-certificates").text
    assert "低压电工作业" in page
    assert "不计学时" in page
    [mine] = _own(alice)
    paper = alice.get(f"/api/v1/me/stated-certificates/{mine['stated_id']}/proof")
    assert (paper.content, paper.headers["content-type"]) == (PAPER, "image/jpeg")
    yes = post(alice, f"/me/stated-certificates/{mine['stated_id']}/confirmation", {})
    assert yes.status_code == 204
    assert "本人已确认" in boss.get(f"/employer/staff/{_staff_id(boss)}/certificates").text
    again = post(alice, f"/me/stated-certificates/{mine['stated_id']}/confirmation", {})
    assert again.status_code == 409
    shown = boss.get(f"/api/v1/org/stated-certificates/{mine['stated_id']}/proof")
    assert shown.content == PAPER
    assert "单位查看登记的证书" in alice.get("/me/access").text
    [row] = _rows(parts)
    assert row.words_sealed.startswith(OWN)
    assert PAPER[:20] not in row.proof_sealed


def test_a_no_says_why_and_comes_after_a_yes_too(boss: TestClient, alice: TestClient) -> None:
    _state(boss)
    [mine] = _own(alice)
    address = f"/me/stated-certificates/{mine['stated_id']}"
    unsaid = post(alice, f"{address}/refusal", {"reason": " "})
    assert (unsaid.status_code, unsaid.json()["errors"][0]["field"]) == (422, "/reason")
    post(alice, f"{address}/confirmation", {})
    assert post(alice, f"{address}/refusal", {"reason": "作业类别写错了"}).status_code == 204
    assert post(alice, f"{address}/confirmation", {}).status_code == 409
    page = boss.get(f"/employer/staff/{_staff_id(boss)}/certificates").text
    assert "本人不认可" in page
    assert "作业类别写错了" in page


def test_put_right_it_is_asked_anew_with_the_same_paper(
    boss: TestClient, alice: TestClient, parts: Parts
) -> None:
    _state(boss)
    [mine] = _own(alice)
    post(alice, f"/me/stated-certificates/{mine['stated_id']}/confirmation", {})
    address = f"/org/stated-certificates/{mine['stated_id']}"
    right = {name: value for name, value in STATED.items() if name != "proof"}
    right |= {"title": "高压电工作业", "reason": "类别填错"}
    done = put(boss, address, right)
    assert done.status_code == 200, done.text
    assert put(boss, address, right).json()["code"] == "recorded"
    assert put(boss, address, right | {"number": "无", "kind": "other_training"}).status_code == 409
    assert {each["title"]: each["state"] for each in _own(alice)} == {
        "高压电工作业": "waiting", "低压电工作业": "corrected",
    }  # fmt: skip
    first, second = sorted(_rows(parts), key=lambda row: row.id)
    assert (second.corrects_id, second.proof_digest) == (first.id, first.proof_digest)
    paper = alice.get(f"/api/v1/me/stated-certificates/{second.id}/proof")
    assert paper.content == PAPER


def test_withdrawn_its_person_reads_why(boss: TestClient, alice: TestClient) -> None:
    _state(boss)
    [mine] = _own(alice)
    address = f"/org/stated-certificates/{mine['stated_id']}/withdrawal"
    assert post(boss, address, {"reason": "证书是别人的"}).status_code == 204
    assert post(boss, address, {"reason": "证书是别人的"}).json()["code"] == "ended"
    assert "证书是别人的" in alice.get("/me/stated-certificates").text
    notices = alice.get("/api/v1/me/notices").text
    assert "登记的“特种作业操作证书”" in notices
    assert STATED["title"] not in notices, "sealed, and said by kind alone"
    answer = post(alice, f"/me/stated-certificates/{mine['stated_id']}/confirmation", {})
    assert answer.status_code == 409
    assert _state(boss).status_code == 201, "it may be stated again"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": f"T{CAROL.number}"}, "/number"),
        ({"number": "T123"}, "/number"),
        ({"kind": "driving"}, "/kind"),
        ({"issued_on": "2050-01-01"}, "/issued_on"),
        ({"valid_until": "2026-03-01"}, "/valid_until"),
        ({"valid_until": None}, "/valid_until"),
        ({"proof": base64.b64encode(b"PK" + b"x" * 2000).decode()}, "/proof"),
        ({"course_id": "0" * 26}, "/course_id"),
    ],
)
@pytest.mark.usefixtures("alice")
def test_what_is_wrong_is_named(
    boss: TestClient, parts: Parts, changes: dict[str, str], field: str
) -> None:
    refused = _state(boss, **changes)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field), refused.text
    assert not _rows(parts)


def test_nothing_is_stated_of_who_has_not_joined(boss: TestClient) -> None:
    post(boss, "/org/staff", {"name": CAROL.name, "document_number": CAROL.number})
    assert _state(boss).json()["code"] == "not_joined"
    assert "本人还没有确认加入" in boss.get(f"/employer/staff/{_staff_id(boss)}/certificates").text


@pytest.mark.parametrize("who", ["person", "employer"])
def test_who_leaves_leaves_none_of_it_behind(
    boss: TestClient, alice: TestClient, parts: Parts, who: str
) -> None:
    _state(boss)
    staff_id = _staff_id(boss)
    if who == "person":
        assert delete(alice, f"/me/employers/{_org_id(parts)}").status_code == 204
    else:
        assert delete(boss, f"/org/staff/{staff_id}").status_code == 204
    assert not _rows(parts)
    assert _own(alice) == []


def test_a_last_day_is_told_once_a_stage(
    boss: TestClient, alice: TestClient, parts: Parts, clock: SettableClock
) -> None:
    today = clock.now().date()
    _state(boss, kind="other_training", number="川安培〔2025〕第 12 号",
           issued_on=str(today), valid_until=str(today + dt.timedelta(days=60)))  # fmt: skip
    remind = stated_answers.remind_of_last_days
    assert remind(parts.database, now=clock.now()) == 0, "nobody said yes yet"
    [mine] = _own(alice)
    post(alice, f"/me/stated-certificates/{mine['stated_id']}/confirmation", {})
    told = [remind(parts.database, now=clock.now()) for _ in range(2)]
    clock.advance(ms=31 * DAY_MS)
    told += [remind(parts.database, now=clock.now()) for _ in range(2)]
    assert told == [1, 0, 1, 0]
    sign_in(alice, parts, ALICE)
    texts = [each["text"] for each in alice.get("/api/v1/me/notices").json()]
    assert sum("还有 29 天" in text for text in texts) == 1
    assert not any(STATED["title"] in text for text in texts), "sealed, and said by kind alone"


def test_a_certificate_of_this_house_is_checked(
    client: TestClient, parts: Parts, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    [course] = finished.courses(parts, ("usual",))
    who = finished.finish(parts, course, "李梅", 1)
    other = finished.finish(parts, course, "王芳", 2)
    namesake = finished.finish(parts, course, "李梅", 3)
    worker.drain(parts)
    boss = agent(client, parts, MALLORY)
    line = {"name": who.name, "document_number": who.number}
    staff_id = post(boss, "/org/staff", line).json()["staff_id"]
    files = {}
    for each in (who, other, namesake):
        with TestClient(create_app(parts)) as person:
            sign_in(person, parts, each.someone)
            if each is who:
                post(person, f"/me/employers/{_org_id(parts)}/acceptance", {})
            [held] = person.get("/api/v1/certificates").json()
            address = f"/api/v1/certificates/{held['certificate_id']}/file.pdf"
            files[each] = (held["number"], person.get(address).content)
    number, pdf = files[who]
    today = str(clock.now().date())
    body = STATED | {"kind": "other_training", "issued_on": today, "valid_until": None}

    def state(number: str, paper: bytes):
        proof = base64.b64encode(paper).decode()
        changes = {"staff_id": staff_id, "number": number, "proof": proof}
        return post(boss, "/org/stated-certificates", body | changes)

    theirs = state(number, files[other][1])
    assert theirs.json()["errors"][0]["field"] == "/proof"
    slip = state("川安培 12 号", pdf)
    assert number in slip.json()["errors"][0]["message"]
    unknown = state(files[other][0], PAPER)
    assert unknown.json()["errors"][0]["field"] == "/number"
    [called_so] = state(files[namesake][0], PAPER).json()["errors"]
    assert (called_so["field"], "持证人不是" in called_so["message"]) == ("/number", True)
    assert state(number, pdf).json()["verdict"] == "valid"
    altered = state("川安培 13 号", pdf + b"% and a word behind it")
    assert altered.json()["verdict"] == "altered", altered.text
    assert state("川安培 14 号", PAPER).json()["verdict"] == ""
    page = boss.get(f"/employer/staff/{staff_id}/certificates").text
    assert "经查验是本平台签发的证书，有效" in page
    assert "请勿采信" in page
    monkeypatch.setattr(parts.limiter, "_enabled", True)
    tries = [state(files[other][0], PAPER).status_code for _ in range(15)]
    assert (tries[0], tries[-1]) == (422, 429), "a wrong name costs a try, as in every look-up"


def test_the_file_of_one_person_has_what_they_confirmed(
    boss: TestClient, alice: TestClient
) -> None:
    _state(boss)
    _state(boss, kind="other_training", number="甲 1", title="没有确认的")
    mine = next(each for each in _own(alice) if each["title"] == "低压电工作业")
    post(alice, f"/me/stated-certificates/{mine['stated_id']}/confirmation", {})
    staff_id = _staff_id(boss)
    table = boss.get(f"/api/v1/org/staff/{staff_id}/proof.xlsx")
    assert table.status_code == 200
    with zipfile.ZipFile(io.BytesIO(table.content)) as book:
        words = book.read("xl/worksheets/sheet2.xml").decode()
    assert "低压电工作业" in words
    assert "没有确认的" not in words
    assert boss.get(f"/api/v1/org/staff/{staff_id}/proof.pdf").content.startswith(b"%PDF-")


@pytest.mark.usefixtures("alice")
def test_who_is_suspended_opens_the_papers_and_states_nothing(
    boss: TestClient, parts: Parts
) -> None:
    stated_id = _state(boss).json()["stated_id"]
    address = f"/employer/staff/{_staff_id(boss)}/certificates"
    with parts.database.transaction() as db:
        row = organisation_rows.get_organisation(db, _org_id(parts))
        assert row is not None
        row.suspended_at, row.suspend_reason = parts.clock.now(), "证照过期未年检"
    paper = f"/api/v1/org/stated-certificates/{stated_id}/proof"
    page = boss.get(address).text
    assert paper in page
    assert boss.get(paper).content == PAPER
    assert "/withdrawal" not in page
    assert "corrects=" not in page
    assert 'id="apply"' not in page
    assert _state(boss).json()["code"] == "org_suspended"
