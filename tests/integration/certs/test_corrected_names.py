"""A title that no certificate can print: who learnt it waits, is told, and gets one in the end."""

import io

import pikepdf
import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from app import worker
from app.core.audit import AuditEvent
from app.core.clock import SettableClock
from app.identity.services import cases
from app.identity.services.cases import CaseKind
from app.learning.models.catalogue import Enrolment
from app.learning.models.versions import CourseVersion
from app.learning.rules.versions import VersionState
from app.learning.services import versions
from app.lobby.parts import Parts
from tests import examinee
from tests.graduates import certificate_of, study_through
from tests.player import Player
from tests.reviewers import WU, on_case, reviewer
from tests.tampering import tamper


@pytest.fixture
def alice(client: TestClient, parts: Parts, clock: SettableClock) -> Player:
    """Through with a course whose title was published before anybody looked at it."""
    player = study_through(client, parts, clock)
    tamper(parts.database, update(CourseVersion).values(title="Hⱼ 检测"))
    examinee.sit(client, parts, player.enrolment_id)
    worker.drain(parts)
    return player


def _publish(parts: Parts, enrolment_id: str, title: str) -> None:
    """The next version of the course, which differs by its title alone."""
    now = parts.clock.now()
    with parts.database.transaction() as db:
        course_id = db.get_one(Enrolment, enrolment_id).course_id
        old = versions.rows.offered(db, course_id)
        assert old is not None
        said = {name: getattr(old, name) for name in (*versions.SHOWN, *versions.MORE)}
        new = versions.begin(db, course_id, author_id=None, now=now, **said | {"title": title})
        new.state = VersionState.IN_REVIEW
        db.flush()
        versions.publish(db, new, reviewer_id=None, now=now)


def _try_again(parts: Parts, enrolment_id: str) -> None:
    with parts.database.reading() as db:
        about = cases.cases_about(db, [enrolment_id], CaseKind.CERTIFICATE_GLYPH)
        [case] = [each for each in about if each.state is cases.CaseState.OPEN]
    with reviewer(parts, WU) as desk:
        done = on_case(desk, case.case_id, "decision", decision="answer", reason="名称改好了")
        assert done.status_code == 200, done.text
    worker.drain(parts)


def test_the_holder_is_told_and_gets_it_by_the_corrected_version(
    client: TestClient, parts: Parts, alice: Player
) -> None:
    told = client.get("/api/v1/me/notices").json()[0]
    assert told["title"] == "证书还出不了"
    assert "课程名称里有证书字体没有的字" in told["text"]
    assert "证书还出不了" in client.get(f"/learn/{alice.enrolment_id}").text
    _publish(parts, alice.enrolment_id, "水质检测（新）")
    _try_again(parts, alice.enrolment_id)
    assert client.get("/api/v1/certificates").json() == []
    _publish(parts, alice.enrolment_id, "Hj 检测")
    _try_again(parts, alice.enrolment_id)
    [certificate] = client.get("/api/v1/certificates").json()
    assert certificate["course"] == "Hj 检测"
    with parts.database.reading() as db:
        events = db.scalars(select(AuditEvent).where(AuditEvent.event == "certificate.prepared"))
        assert [each.facts["named_by"] for each in events] == [3]
    assert "证书还出不了" not in client.get(f"/learn/{alice.enrolment_id}").text


def test_a_title_with_small_figures_is_issued_as_it_is_written(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    player = study_through(client, parts, clock)
    tamper(parts.database, update(CourseVersion).values(title="CO₂气体保护焊"))
    examinee.sit(client, parts, player.enrolment_id)
    issued = certificate_of(player)
    assert issued["course"] == "CO₂气体保护焊"
    paper = client.get(f"/api/v1/certificates/{issued['certificate_id']}/file.pdf").content
    with pikepdf.open(io.BytesIO(paper)) as opened:
        fonts = [str(each.BaseFont) for each in opened.pages[0].Resources.Font.values()]
    assert any(name.endswith("+NotoSans-Regular") for name in fonts), fonts
