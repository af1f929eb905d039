"""What is asked all the time is answered from an index, however much there is by then.

SQLite chooses without having counted: between two indexes that fit as well it took the one of a
state, and read every exam that was ever graded to find one person's.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from app.certs import repository as certificates
from app.core import outbox
from app.core.db import Database
from app.identity.repository import signing
from app.learning.repository import audit, completion, evidence, exam_tries, exams, study_checks
from app.org.repository import standings, stated_certificates
from tests.conftest import START

_WHOLE = re.compile(r"SCAN (?!CONSTANT|\()|\((state|kind)=\?( AND run_at<\?)?\)")
_QUESTIONS: dict[str, Callable[[Session], object]] = {
    "is a course complete": lambda db: completion.completion(db, "x"),
    "the best exam": lambda db: exams.best(db, "x"),
    "a person's exams": lambda db: exam_tries.attempts_of(db, "x"),
    "a certificate's successors": lambda db: certificates.successors_of(db, ["x"]),
    "the certificate of an enrolment": lambda db: certificates.by_enrolment(db, "x"),
    "sessions to seal": lambda db: evidence.unsealed_sessions(db, START, 5),
    "what a session was credited": lambda db: audit.entries_in_session(db, "x"),
    "what was released out of it": lambda db: audit.releases_of(db, "x"),
    "how much was": lambda db: audit.released_ms(db, "x"),
    "what was held in sessions": lambda db: study_checks.holds_of(db, ["x"]),
    "what was asked in sessions": lambda db: study_checks.challenges_of(db, ["x"]),
    "what employers state": lambda db: stated_certificates.confirmed_of(db, "x"),
    "where a course is asked": lambda db: standings.asked_of(db, {("x", "y")}),
    "which of these jobs are free": lambda db: outbox.claim(
        db, list("abcdefghijklmnop"), now=START
    ),
    "what a company opened": lambda db: signing.revoke_by_company(
        db, ["x"], reason="left", now=START
    ),
}


# PostgreSQL counts before it chooses, and would read these empty tables whole.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("question", _QUESTIONS)
def test_no_table_is_read_whole(database: Database, question: str) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_c: Connection, _cursor: object, text: str, values: Any, *_: object) -> None:
        asked.append((text, values))

    event.listen(database.engine, "before_cursor_execute", note)
    with database.transaction() as db:
        _QUESTIONS[question](db)
        event.remove(database.engine, "before_cursor_execute", note)
        plans = [
            row[3]
            for text, values in asked
            for row in db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)
        ]
    assert plans
    assert [each for each in plans if _WHOLE.search(each)] == []
