"""Many learners in the middle of a lesson, put into a database without going through the pages."""

import datetime as dt
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import insert

from app.core.ids import new_id
from app.identity.models.people import Person
from app.learning.models.catalogue import Enrolment
from app.learning.models.study import MediaDelivery, StudyLearner, StudySession
from app.learning.rules.chain import first_head, next_head
from app.learning.rules.coverage import pack
from app.learning.rules.moments import epoch_ms
from app.learning.rules.policy import StudyPolicy
from app.learning.services import frozen_policies, sealed
from app.lobby.parts import Parts
from tests.courses import ask, make_course

LENGTH_MS = 36_000_000
# Nobody is asked anything here: what counting alone costs is measured.
POLICY = StudyPolicy(
    presence_gap_s=None, identity_gap_s=(86_400, 86_400), daily_cap_s=None, idle_timeout_s=86_400,
    required_s=36_000,
)  # fmt: skip
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Studying:
    learner_id: str
    session_id: str
    key: bytes
    head: str
    lesson_id: str


def plant(parts: Parts, count: int) -> list[Studying]:
    """Put `count` learners in place, each with an open session and the whole film delivered."""
    now = parts.clock.now()
    course = make_course(parts, code="field", video_ms=LENGTH_MS)
    with parts.database.transaction() as db:
        ask(db, course.course_id, POLICY.to_mapping(), now=now)
        frozen_policies.freeze(db, POLICY)
    made: list[Studying] = []
    while len(made) < count:
        some = [_one(course.video_id, now) for _ in range(min(_AT_ONCE, count - len(made)))]
        with parts.database.transaction() as db:
            for table, rows in _rows(parts, some, course.course_id, now).items():
                db.execute(insert(table), rows)
        made += some
    return made


def _one(lesson_id: str, now: dt.datetime) -> Studying:
    session_id, key = new_id(now), secrets.token_bytes(32)
    return Studying(new_id(now), session_id, key, first_head(key, session_id), lesson_id)


def _rows(
    parts: Parts, some: list[Studying], course_id: str, now: dt.datetime
) -> dict[type, list[dict]]:
    now_ms, policy = epoch_ms(now), POLICY.to_mapping()
    people, learners, enrolments, sessions, sent = [], [], [], [], []
    for each in some:
        learner_id, enrolment_id = each.learner_id, new_id(now)
        people.append(
            {"id": learner_id, "phone_sealed": b"x", "phone_index": learner_id, "created_at": now}
        )
        learners.append(
            {
                "learner_id": learner_id, "version": 1, "open_session_id": each.session_id,
                "clock_ms": now_ms, "day": POLICY.local_day(now_ms),
                "identity_due_ms": 86_400_000,
            }
        )  # fmt: skip
        enrolments.append(
            {
                "id": enrolment_id, "learner_id": learner_id, "course_id": course_id,
                "policy": policy, "required_ms": 36_000_000, "state": "active", "source": "self",
                "started_at": now,
            }
        )  # fmt: skip
        sessions.append(
            {
                "id": each.session_id, "learner_id": learner_id, "enrolment_id": enrolment_id,
                "device_id": "bench", "policy_version": POLICY.version(),
                "key_sealed": sealed.seal_key(parts.vault, each.session_id, each.key),
                "first_head": each.head, "head": each.head, "opened_at": now, "phase": "open",
                "lesson_id": each.lesson_id, "opened_at_ms": now_ms, "heard_at_ms": now_ms,
                "allowance_ms": 0, "ack_seq": 0, "last_t_ms": 0, "run": ["", 0, 0],
                "is_restarted": False,
            }
        )  # fmt: skip
        sent.append(
            {
                "learner_id": learner_id, "enrolment_id": enrolment_id,
                "lesson_id": each.lesson_id, "byte_ranges": b"",
                "positions": pack(((0, LENGTH_MS),)), "sent_at": now,
            }
        )  # fmt: skip
    return {
        Person: people, StudyLearner: learners, Enrolment: enrolments, StudySession: sessions,
        MediaDelivery: sent,
    }  # fmt: skip


def batches(one: Studying, *, step_ms: int, access: str = "") -> Iterator[bytes]:
    """The learner's requests as bytes, one after the other, each a beat of `step_ms`."""
    signed_in = f"authorization: Bearer {access}\r\n" if access else ""
    head, seq, place = one.head, 0, 0
    while True:
        seq, start, place = seq + 1, place, place + step_ms
        beat = {
            "seq": seq, "t": place, "from": start, "to": place, "rate": 100, "visible": True,
        }  # fmt: skip
        body = json.dumps({"lesson": one.lesson_id, "beats": [beat]}, separators=(",", ":"))
        previous, head = head, next_head(one.key, head, body.encode())
        yield (
            f"POST /api/v1/study-sessions/{one.session_id}/beats HTTP/1.1\r\nhost: bench\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
            f"{signed_in}study-prev: {previous}\r\nstudy-mac: {head}\r\n\r\n{body}"
        ).encode()


def lanes(requests: list[list[bytes]], count: int) -> list[list[bytes]]:
    """Spread the learners over so many connections; each sends one request of each, in turn."""
    spread: list[list[bytes]] = [[] for _ in range(count)]
    for step in zip(*requests, strict=True):
        for index, request in enumerate(step):
            spread[index % count].append(request)
    return spread
