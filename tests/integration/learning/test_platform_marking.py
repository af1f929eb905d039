"""Short answers to the platform's own questions: reviewers mark them, and institutions do not."""

import pytest
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.learning.rules.exam_items import RubricLine
from app.learning.rules.exams import ItemKind
from app.learning.services.question_bank import BankItem, load_bank
from app.lobby.parts import Parts
from tests import examinee
from tests.people import ALICE
from tests.reviewers import post, reviewer
from tests.sitters import Sitter

SHORT = BankItem(
    code="s-1", kind=ItemKind.SHORT, stem="有人触电，先做什么？", choices=(), answer=(),
    explanation="先断电，再救人。",
    rubric=(RubricLine("切断电源", 3), RubricLine("打 120", 2)),
)  # fmt: skip


@pytest.fixture
def sitter(client: TestClient, parts: Parts, clock: SettableClock) -> Sitter:
    found = Sitter(client, parts, clock, exam_identity_gap_s=None)
    with parts.database.transaction() as db:
        load_bank(db, found.course.course_id, [SHORT], now=clock.now())
    return found


def test_a_reviewer_marks_what_is_the_platforms(sitter: Sitter, parts: Parts) -> None:
    attempt = sitter.begin()
    [question] = attempt["questions"]
    assert question["kind"] == "short"
    done = examinee.put(sitter.client, attempt, question["item_id"], ["先切断电源"])
    assert done.status_code == 200, done.text
    assert not sitter.hand_in()["is_marked"]
    with reviewer(parts) as desk:
        [waiting] = desk.get("/api/v1/marking").json()["questions"]
        page = desk.get(f"/marking/{waiting['next_id']}").text
        assert "先切断电源" in page
        assert ALICE.name not in page
        assert "有人触电" in desk.get("/marking").text
        marked = post(desk, f"/marking/{waiting['next_id']}/marks", {"points": [3, 0]})
        assert marked.json() == {"next_id": None, "next": "/marking"}
    result = sitter.client.get(f"/exam/attempts/{attempt['attempt_id']}/result").text
    assert "60 分" in result
