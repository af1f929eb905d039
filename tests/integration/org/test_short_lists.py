"""Lists of some dozens of lines are searched, sorted and never silent, as long ones are."""

import datetime as dt
import re

import pytest
from starlette.testclient import TestClient

from app.core.ids import new_id
from app.identity.rules.actors import Role
from app.learning.models.versions import CourseVersion
from app.lobby.parts import Parts
from app.org.models.qualifications import OrgQualification
from app.org.rules.duties import Duty
from app.org.services import organisations
from tests.employers import USCC, agent
from tests.institutions import AUTHOR, CARD, SCHOOL, found_school, writer
from tests.people import ALICE, CAROL, MALLORY, prove
from tests.reviewers import reviewer

DAY = dt.date(2026, 1, 1)


@pytest.fixture
def boss(client: TestClient, parts: Parts) -> TestClient:
    return agent(client, parts, MALLORY)


def _own_id(parts: Parts) -> str:
    with parts.database.reading() as db:
        return str(organisations.find_by_uscc(db, USCC))


def _order(page: str, *words: str) -> list[str]:
    """These words in the order in which the page has them in its lines."""
    lines = page.split("<main", 1)[1]
    found = {word: lines.find(word, lines.find("<tbody")) for word in words}
    return sorted((word for word in words if found[word] >= 0), key=lambda word: found[word])


def test_who_acts_for_an_organisation(boss: TestClient, parts: Parts) -> None:
    org_id = _own_id(parts)
    for who, duty in ((ALICE, Duty.VIEWER), (CAROL, Duty.MANAGER)):
        account = prove(parts, who)
        with parts.database.transaction() as db:
            organisations.add_member(
                db, org_id=org_id, learner_id=account, role=Role.EMPLOYER, duty=duty,
                now=parts.clock.now(),
            )  # fmt: skip
    names = [each.name for each in (ALICE, CAROL, MALLORY)]
    page = boss.get("/employer/members").text
    assert sorted(_order(page, *names)) == sorted(names)
    assert "3 人" in page
    for sort in ("name", "-name"):
        wanted = sorted(names, reverse=sort.startswith("-"))
        assert _order(boss.get(f"/employer/members?sort={sort}").text, *names) == wanted
    found = boss.get("/employer/members", params={"who": "只看"}).text
    assert ALICE.name in found
    assert CAROL.name not in found
    nobody = boss.get("/employer/members", params={"who": "没有这个人"}).text
    assert "看全部经办人" in nobody
    assert 'value="没有这个人"' in nobody
    assert boss.get("/employer/members?sort=phone").status_code == 422


def test_what_an_organisation_states(boss: TestClient, parts: Parts) -> None:
    org_id, now = _own_id(parts), parts.clock.now()
    with parts.database.transaction() as db:
        for number in range(23):
            db.add(
                OrgQualification(
                    id=new_id(now), org_id=org_id, kind="little_giant",
                    number=f"川经信{number:03d}",
                    valid_from=DAY, valid_until=DAY + dt.timedelta(days=number), proof_sealed=b"x",
                    proof_kind="pdf", proof_digest="0" * 64, state="confirmed", case_id=new_id(now),
                    entered_by="a", entered_at=now,
                )
            )  # fmt: skip
    by_day = boss.get("/employer/qualifications?sort=-until").text
    assert _order(by_day, "川经信022", "川经信010", "川经信000") == ["川经信022", "川经信010"]
    after = re.search(r'href="(/employer/qualifications[^"]*at=[^"]*)"', by_day)
    assert after is not None
    assert "川经信000" in boss.get(after[1].replace("&amp;", "&")).text
    one = boss.get("/employer/qualifications", params={"q": "信017"}).text
    assert ("川经信017" in one, "川经信018" in one) == (True, False)
    none = boss.get("/employer/qualifications", params={"q": "没有"}).text
    assert "看全部资质" in none


def test_what_waits_for_review_and_for_marks(parts: Parts) -> None:
    found_school(parts, SCHOOL, AUTHOR)
    school = writer(parts, AUTHOR)
    for title in ("甲种电工", "乙种焊工"):
        version_id = school.make("/courses", CARD | {"title": title})
        with parts.database.transaction() as db:
            row = db.get_one(CourseVersion, version_id)
            row.state, row.submitted_at = "in_review", parts.clock.now()
    with reviewer(parts) as desk:
        both = desk.get("/desk/course-reviews?sort=-title").text
        assert both.index("甲种电工") < both.index("乙种焊工")
        assert both.index("乙种焊工") > 0
        one = desk.get("/desk/course-reviews", params={"q": "焊"}).text
        assert ("乙种焊工" in one, "甲种电工" in one) == (True, False)
        assert "看全部" in desk.get("/desk/course-reviews", params={"q": "没有"}).text
        assert "没有等您评阅的答案" in desk.get("/marking?sort=-count").text
    school.client.__exit__(None, None, None)
