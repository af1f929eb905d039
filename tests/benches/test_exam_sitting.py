"""Two thousand people at an exam at once: answers with their acknowledgement, and reports.

Beside an echo in the same run, in turns (docs/performance.md). `many` is the same with 512 clients.
"""

import datetime as dt
import json
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import pytest
from sqlalchemy import func, insert, select

from app.core.ids import new_id
from app.identity.models.people import Person
from app.learning.models.catalogue import Enrolment
from app.learning.models.exams import ExamAnswer, ExamAttempt, ExamItem
from app.learning.rules.policy import StudyPolicy
from app.lobby.parts import Parts
from tests.benches import field, houses, load
from tests.benches.databases import KINDS, fresh_database
from tests.benches.servers import serving
from tests.courses import make_course

TURNS, SITTERS, CLIENTS, MANY = 3, 2000, 64, 512
ANSWER = json.dumps({"choices": ["A"], "claimed_at_ms": 0}).encode()
KEPT = Path("var/bench")


class Hall:
    """Everybody's open paper, and the token with which they send."""

    def __init__(self, parts: Parts) -> None:
        now, policy = parts.clock.now(), StudyPolicy(required_s=0).to_mapping()
        course = make_course(parts, required_s=0)
        with parts.database.transaction() as db:
            items = list(db.scalars(select(ExamItem).order_by(ExamItem.id)))
            self.items = [item.id for item in items if item.kind == "single"][: 3 * TURNS]
            paper = [[item.id, list(range(len(item.choices)))] for item in items]
            made = [(new_id(now), new_id(now), new_id(now)) for _ in range(SITTERS)]
            people = [
                {"id": person, "phone_sealed": b"x", "phone_index": person, "created_at": now}
                for person, _, _ in made
            ]
            enrolments = [
                {
                    "id": enrolment, "learner_id": person, "course_id": course.course_id,
                    "policy": policy, "required_ms": 0, "state": "active", "source": "self",
                    "started_at": now,
                }
                for person, enrolment, _ in made
            ]  # fmt: skip
            until = now + dt.timedelta(hours=5)
            attempts = [
                {
                    "id": attempt, "enrolment_id": enrolment, "learner_id": person, "number": 1,
                    "paper": paper, "started_at": now, "heard_at": now, "deadline_at": until,
                    "closes_at": until, "state": "open",
                }
                for person, enrolment, attempt in made
            ]  # fmt: skip
            for table, rows in ((Person, people), (Enrolment, enrolments), (ExamAttempt, attempts)):
                db.execute(insert(table), rows)
        self.attempts = [attempt for _, _, attempt in made]
        self.access = houses.signed_in(parts, [person for person, _, _ in made])

    def answers(self, number: int) -> list[list[bytes]]:
        """Everybody's answer to one question."""
        item_id = self.items[number]
        return [
            [_request("PUT", f"/attempts/{attempt}/answers/{item_id}", access, ANSWER)]
            for attempt, access in zip(self.attempts, self.access, strict=True)
        ]

    def reports(self) -> list[list[bytes]]:
        body = json.dumps({"away": []}).encode()
        return [
            [_request("POST", f"/attempts/{attempt}/reports", access, body)]
            for attempt, access in zip(self.attempts, self.access, strict=True)
        ]


def _request(verb: str, path: str, access: str, body: bytes) -> bytes:
    head = (
        f"{verb} /api/v1{path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\nauthorization: Bearer {access}\r\n\r\n"
    )
    return head.encode() + body


@pytest.mark.bench
@pytest.mark.parametrize("kind", KINDS)
def test_two_thousand_answer_at_once(kind: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        url = stack.enter_context(fresh_database(kind, tmp_path))
        house = houses.furnish(tmp_path, url)
        parts = house.parts
        stack.callback(parts.database.close)
        hall = Hall(parts)
        echo = stack.enter_context(serving("tests.benches.servers:ECHO"))[0]
        ours = stack.enter_context(serving("app.main:app_from_environment", **house.given))[0]
        seen: dict[str, list[load.Seen]] = {
            name: [] for name in ("echo", "answers", "many", "reports")
        }
        for turn in range(TURNS):
            seen["echo"].append(load.send(echo, houses.echoes(ANSWER, SITTERS * 3, CLIENTS)))
            first = field.lanes(hall.answers(2 * turn), CLIENTS)
            seen["answers"].append(load.send(ours, first))
            second = field.lanes(hall.answers(2 * turn + 1), MANY)
            seen["many"].append(load.send(ours, second))
            seen["reports"].append(load.send(ours, field.lanes(hall.reports(), CLIENTS)))
        with parts.database.reading() as db:
            kept = db.scalar(select(func.count()).select_from(ExamAnswer))
    _tell(kind, seen)
    refused = [each.first_refusal for runs in seen.values() for each in runs if each.refused]
    assert refused == []
    assert kept == 2 * TURNS * SITTERS  # what was acknowledged is there


def _tell(kind: str, seen: dict[str, list[load.Seen]]) -> None:
    rates = {name: median(run.rate for run in runs) for name, runs in seen.items()}
    table = {
        name: {
            "per_s": round(rates[name]), "to_echo": round(rates[name] / rates["echo"], 3),
            "p50_ms": round(median(run.percentile(50) for run in runs), 1),
            "p99_ms": round(median(run.percentile(99) for run in runs), 1),
        }
        for name, runs in seen.items()
    }  # fmt: skip
    lines = [f"\n{kind}, {SITTERS} people, {CLIENTS} clients"]
    for name, row in table.items():
        lines.append(
            " ".join([f"  {name:8}", *(f"{key} {value:<8}" for key, value in row.items())])
        )
    sys.stdout.write("\n".join(lines) + "\n")
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / f"exam-{kind}.json").write_text(json.dumps(table, indent=1), encoding="utf-8")
