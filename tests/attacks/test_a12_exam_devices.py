"""A12, A27, A46: an exam on two devices at once, after its end, and by somebody else."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.core.audit import AuditEvent
from app.core.clock import SettableClock
from app.lobby.parts import Parts
from app.main import create_app
from tests import examinee
from tests.courses import make_course
from tests.employers import post
from tests.people import ALICE, CAROL, Someone, csrf, sign_in, verify

MINUTE_MS = 60_000


class Sitting:
    """Alice at an open paper of ten minutes, on a phone."""

    def __init__(self, parts: Parts, stack: ExitStack) -> None:
        self.parts, self.stack = parts, stack
        course = make_course(parts, required_s=0, exam_grace_s=120)
        self.phone = self.device(ALICE)
        verify(self.phone, ALICE)
        enrolled = post(self.phone, "/enrolments", {"course_id": course.course_id}).json()
        self.enrolment_id = enrolled["id"]
        self.attempt = examinee.start(self.phone, self.enrolment_id)

    def device(self, who: Someone) -> TestClient:
        client = TestClient(create_app(self.parts), follow_redirects=False)
        self.stack.enter_context(client)
        clock = self.parts.clock
        assert isinstance(clock, SettableClock)
        clock.advance(ms=61_000)
        sign_in(client, self.parts, who)
        return client

    def put(self, client: TestClient, letter: str, **more: object):
        question = self.attempt["questions"][0]
        address = f"/api/v1/attempts/{self.attempt['attempt_id']}/answers/{question['item_id']}"
        choices = ["A", "B"] if question["kind"] == "multiple" else [letter]
        return client.put(address, json={"choices": choices} | more, headers=csrf(client))

    def answers(self) -> dict[str, list[str]]:
        address = f"/api/v1/attempts/{self.attempt['attempt_id']}"
        return dict(self.phone.get(address).json()["answers"])


@pytest.fixture
def sitting(parts: Parts) -> Iterator[Sitting]:
    with ExitStack() as stack:
        yield Sitting(parts, stack)


def _refused(answer, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (409, code), answer.text
    assert answer.json()["remedy"]


def test_going_on_elsewhere_ends_the_first_devices_part(sitting: Sitting) -> None:
    assert sitting.put(sitting.phone, "A").status_code == 200
    desk = sitting.device(ALICE)
    page = f"/exam/attempts/{sitting.attempt['attempt_id']}"
    assert desk.get(page).headers["location"] == f"/exam/{sitting.enrolment_id}"
    _refused(sitting.put(desk, "B"), "other_device")
    _refused(
        post(desk, f"/attempts/{sitting.attempt['attempt_id']}/submission", {}), "other_device"
    )
    again = examinee.start(desk, sitting.enrolment_id)
    assert again["attempt_id"] == sitting.attempt["attempt_id"]
    assert again["questions"] == sitting.attempt["questions"]
    assert again["answers"] == sitting.answers()
    before = sitting.answers()
    _refused(sitting.put(sitting.phone, "B"), "other_device")
    assert sitting.answers() == before
    assert sitting.put(desk, "B").status_code == 200
    with sitting.parts.database.reading() as db:
        events = list(
            db.scalars(select(AuditEvent.event).where(AuditEvent.event == "exam.taken_over"))
        )
    assert events == ["exam.taken_over"]
    done = post(desk, f"/attempts/{sitting.attempt['attempt_id']}/submission", {})
    assert done.status_code == 200


@pytest.mark.parametrize("claimed_at_ms", [0, 1, 2**53])
def test_no_stamp_saves_an_answer_after_the_end(
    sitting: Sitting, clock: SettableClock, claimed_at_ms: int
) -> None:
    clock.advance(ms=11 * MINUTE_MS)  # the deadline has passed, the grace has not
    assert sitting.put(sitting.phone, "A", claimed_at_ms=claimed_at_ms).status_code == 200
    clock.advance(ms=2 * MINUTE_MS)
    _refused(sitting.put(sitting.phone, "B", claimed_at_ms=claimed_at_ms), "exam_over")


def test_an_answer_of_nobody_or_of_somebody_else_is_none(sitting: Sitting) -> None:
    before = sitting.answers()
    stranger = sitting.device(CAROL)
    assert sitting.put(stranger, "A").status_code == 404
    attempt_id = sitting.attempt["attempt_id"]
    for tried in (
        stranger.get(f"/api/v1/attempts/{attempt_id}"),
        stranger.get(f"/exam/attempts/{attempt_id}"),
        stranger.get(f"/exam/attempts/{attempt_id}/result"),
        post(stranger, f"/attempts/{attempt_id}/submission", {}),
        post(stranger, f"/enrolments/{sitting.enrolment_id}/attempts", {}),
    ):
        assert tried.status_code == 404
    assert sitting.answers() == before
