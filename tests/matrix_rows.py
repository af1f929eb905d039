"""Great employers of the tests: people, courses and shares written by the database itself.

Who stands how follows from the person's and the course's number, so that tests can say what a
cell has to show without reading it from where it is kept.
"""

import datetime as dt

from sqlalchemy import insert, select, text

from app.identity.rules.local_days import local_day
from app.identity.services import roster_bulk
from app.learning.models.catalogue import Course
from app.lobby.parts import Parts
from app.org.models.assignments import Assignment
from app.org.models.staff import StaffMember
from app.org.repository import standings as standing_rows
from app.org.services import places
from tests.courses import make_course
from tests.rosters import name_of, number_of

REQUIRED_MS = 3_600_000
_PIECE = 2000
_SHARES = """
INSERT INTO assignment_member (
    id, assignment_id, staff_id, course_id, round, assigned_at, standing, counted_in, counted_unit,
    seen_round, confirmed_ms, required_ms, exam_passed, stepped_at
)
SELECT id, assignment_id, staff_id, course_id, 1, at, standing, assignment_id, unit, 1,
    CASE standing WHEN 'waiting' THEN 0 WHEN 'done' THEN 3600000 ELSE draw * 36000 END,
    CASE standing WHEN 'waiting' THEN NULL ELSE 3600000 END, standing = 'done', at
FROM (
    SELECT '01SH' || substr(s.id, 17, 10) || substr(a.id, 15, 12) AS id, a.id AS assignment_id,
        s.id AS staff_id, a.course_id AS course_id, a.assigned_at AS at,
        COALESCE(s.unit_id, '') AS unit,
        (CAST(substr(s.id, 17, 10) AS INTEGER) * 7 + CAST(substr(a.id, 15, 12) AS INTEGER) * 13)
            % 100 AS draw,
        CASE WHEN s.state = 'invited' THEN 'waiting'
            WHEN (CAST(substr(s.id, 17, 10) AS INTEGER) * 7
                + CAST(substr(a.id, 15, 12) AS INTEGER) * 13) % 100 < 60 THEN 'done'
            ELSE 'open' END AS standing
    FROM staff_member AS s JOIN assignment AS a ON a.org_id = s.org_id
    WHERE s.org_id = :org_id
) AS drawn
"""
_SUMS = """
UPDATE staff_member SET
    asked_count = (SELECT COUNT(*) FROM assignment_member AS m WHERE m.staff_id = staff_member.id),
    left_count = (
        SELECT COUNT(*) FROM assignment_member AS m
        WHERE m.staff_id = staff_member.id AND m.standing <> 'done'
    ),
    next_due_on = COALESCE((
        SELECT MIN(a.due_on) FROM assignment_member AS m JOIN assignment AS a
        ON a.id = m.assignment_id WHERE m.staff_id = staff_member.id AND m.standing = 'open'
    ), next_due_on)
WHERE org_id = :org_id
"""


def staff_id_of(person: int) -> str:
    return f"01STAFF{person:019d}"


def assignment_id_of(course: int) -> str:
    return f"01ASK{course:021d}"


def course_id_of(course: int) -> str:
    return f"01COURSE{course:018d}"


def unit_of(person: int) -> str:
    return f"{person % 200 // 10 + 1} 车间/{person % 10 + 1} 班"


def is_waiting(person: int) -> bool:
    return person % 10 == 3


def stands(person: int, course: int) -> str:
    """What is kept of a share: waiting, done or open."""
    if is_waiting(person):
        return "waiting"
    return "done" if (person * 7 + course * 13) % 100 < 60 else "open"


def percent_of(person: int, course: int) -> int:
    """How much of an open share is recognised."""
    return (person * 7 + course * 13) % 100


def due_in(course: int) -> int:
    """Days from today until a course is due; one in ten is over."""
    return course * 5 - 25 if course % 10 else -3


def fill(parts: Parts, org_id: str, *, people: int, courses: int) -> list[str]:
    """Write an employer's people, courses and shares; returns the courses' ids."""
    now = parts.clock.now()
    made = make_course(parts)
    for start in range(0, people, _PIECE):
        _add_people(parts, org_id, range(start, min(people, start + _PIECE)), now)
    with parts.database.transaction() as db:
        pattern = db.execute(select(Course.__table__).where(Course.id == made.course_id))
        row = dict(pattern.mappings().one())
        ids = [course_id_of(number) for number in range(courses)]
        db.execute(
            insert(Course),
            [
                row | {"id": each, "code": f"matrix-{number}", "title": f"课程 {number + 1}"}
                for number, each in enumerate(ids)
            ],
        )
        db.execute(
            insert(Assignment),
            [
                {
                    "id": assignment_id_of(number), "org_id": org_id, "course_id": each,
                    "due_on": local_day(now) + dt.timedelta(days=due_in(number)),
                    "assigned_by": org_id, "assigned_at": now - dt.timedelta(days=9),
                }
                for number, each in enumerate(ids)
            ],
        )  # fmt: skip
        db.execute(text(_SHARES), {"org_id": org_id})
        db.execute(text(_SUMS), {"org_id": org_id})
        standing_rows.replace_totals(db, org_id, standing_rows.recounted(db, org_id))
    return ids


def _add_people(parts: Parts, org_id: str, numbers: range, now: dt.datetime) -> None:
    with parts.database.transaction() as db:
        named = {number_of(place): name_of(place) for place in numbers}
        entries = roster_bulk.invite_many(
            db, parts.vault, org_id=org_id, people=[(n, d) for d, n in named.items()], now=now
        )
        units = places.taken(db, org_id, [unit_of(each) for each in numbers], [], now=now).units
        db.execute(
            insert(StaffMember),
            [
                {
                    "id": staff_id_of(place), "org_id": org_id,
                    "roster_id": entries[number_of(place)].roster_id,
                    "state": "invited" if is_waiting(place) else "joined",
                    "unit": unit_of(place), "unit_id": units[unit_of(place)],
                    "position": f"岗位 {place % 30 + 1}",
                    "shows_all_courses": False, "invited_by": org_id, "invited_at": now,
                }
                for place in numbers
            ],
        )  # fmt: skip
