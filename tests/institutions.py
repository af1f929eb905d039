"""An institution of the tests, two people who act for it, and a course that they make."""

from dataclasses import dataclass
from typing import Any

from starlette.testclient import TestClient

from app.identity.rules.actors import Role
from app.learning.models.catalogue import Cluster
from app.learning.models.versions import CourseVersion
from app.learning.services.question_bank import load_bank
from app.lobby.parts import Parts
from app.main import create_app
from app.org.rules.organisations import OrganisationKind
from app.org.services import organisations
from tests.courses import BANK
from tests.people import Someone, csrf, prove, sign_in

AUTHOR = Someone("13800000012", "周敏", "510101199001010028")
COLLEAGUE = Someone("13800000021", "谭春燕", "511702196806190608")
SCHOOL, OTHER_SCHOOL = "91330106673959654P", "52510100MJ7CX30369"

CARD = {
    "title": "车间用电安全", "summary": "学会看懂配电箱，知道什么时候必须断电。",
    "cluster_code": "digital", "training_kind": "safety", "objective": "safety",
    "certificate": "training_completion", "required_minutes": 1, "exam_size": 5,
    "exam_minutes": 10, "validity_months": 36, "tags": ["ai"], "level": 5,
    "occupation_code": "6-31-01-03",
}  # fmt: skip
TEXT = (
    "## 断电\n\n检修以前先断电。\n\n- 断电\n- 上锁\n- 挂牌\n- 验电\n\n## 验电\n\n" + "看清楚。" * 40
)


@dataclass(slots=True)
class Writer:
    """Somebody at an institution's desk."""

    client: TestClient

    def call(self, method: str, path: str, body: object = None, *, wanted: int = 204) -> Any:
        answer = self.client.request(
            method, f"/api/v1/authoring{path}", json=body, headers=csrf(self.client)
        )
        assert answer.status_code == wanted, (method, path, answer.text)
        return answer.json() if answer.content else None

    def make(self, path: str, body: object) -> str:
        return str(self.call("POST", path, body, wanted=201)["id"])

    def draft(self, version_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", f"/versions/{version_id}", wanted=200)
        return found

    def write_course(self, **changes: object) -> str:
        """A draft with a lesson for each general module, ready to be looked at but for its bank."""
        version_id = self.make("/courses", CARD | changes)
        chapter_id = self.draft(version_id)["chapters"][0]["chapter_id"]
        for module in ("ethics", "law", "safety", "green"):
            path = f"/chapters/{chapter_id}/lessons"
            lesson_id = self.make(path, {"kind": "document", "title": f"第一课 {module}"})
            self.call("PUT", f"/lessons/{lesson_id}/text", {"text": TEXT}, wanted=200)
            card = {"title": f"关于{module}", "module": module}
            self.call("PUT", f"/lessons/{lesson_id}", card)
        return version_id


def found_school(parts: Parts, uscc: str, *people: Someone) -> str:
    """An institution with who acts for it; returns its id."""
    now = parts.clock.now()
    accounts = [prove(parts, someone) for someone in people]
    with parts.database.transaction() as db:
        if db.get(Cluster, "digital") is None:
            db.add(Cluster(code="digital", name="数字经济", position=1, target=6000))
        org_id = organisations.create_organisation(
            db, kind=OrganisationKind.INSTITUTION, name=f"培训学校 {uscc[-4:]}", uscc=uscc,
            prefecture_code="510100", now=now,
        )  # fmt: skip
        for account in accounts:
            organisations.add_member(
                db, org_id=org_id, learner_id=account, role=Role.INSTITUTION, now=now
            )
    return org_id


def writer(parts: Parts, someone: Someone) -> Writer:
    """A browser in which somebody is signed in."""
    client = TestClient(create_app(parts), follow_redirects=False)
    client.__enter__()
    sign_in(client, parts, someone)
    return Writer(client)


def fill_bank(parts: Parts, version_id: str) -> None:
    now = parts.clock.now()
    with parts.database.transaction() as db:
        load_bank(db, db.get_one(CourseVersion, version_id).course_id, BANK, now=now)
