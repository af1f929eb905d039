"""What a paper may tell by now: never a key that somebody can still be asked for.

A contest's keys stay shut until its round is over for everybody, whatever way leads to them: a
course that draws from the same bank shows them no earlier either.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.learning.models.contests import Contest, ContestRound
from app.learning.models.exams import ExamAttempt
from app.learning.repository import banks as bank_rows
from app.learning.repository import catalogue
from app.learning.repository import contests as rows
from app.learning.repository import exam_tries as attempt_rows
from app.learning.rules import wrong_book
from app.learning.rules.contests import ContestKind, is_over
from app.learning.rules.policy import StudyPolicy
from app.learning.services.exam_footing import ContestPart

_LONGEST_GRACE = dt.timedelta(hours=1)
"""No policy has a longer `exam_grace_s`."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What of a paper is told by now; keys of `shut` banks are not.

    Of questions of `asked` banks not even whether they were right: by trying again, that is a key.
    """

    has_score: bool
    has_items: bool
    shut: frozenset[str]
    asked: frozenset[str]


def is_round_over(db: Session, contest: Contest, row: ContestRound, now: dt.datetime) -> bool:
    """Tell whether a round is over for everybody: no paper of it takes an answer any more."""
    grace_s = StudyPolicy.from_mapping(contest.policy or {}).exam_grace_s
    return is_over(row.closes_at, grace_s, rows.open_papers(db, row.id), now)


def banks_of_contests(db: Session, now: dt.datetime) -> set[str]:
    """The banks of which a published contest asks, or will ask in a round that is still to come.

    A final may draw from the same bank as the round before it, or as a course.
    """
    found: set[str] = set()
    for row in rows.not_closed(db, now - _LONGEST_GRACE):
        contest = rows.contest(db, row.contest_id)
        if contest is not None and not is_round_over(db, contest, row, now):
            found.update(row.bank_ids)
    return found


def banks_of_coming_exams(db: Session, learner_id: str) -> set[str]:
    """The banks from which an exam of this learner may still draw."""
    by_enrolment: dict[str | None, list[ExamAttempt]] = {}
    for row in attempt_rows.attempts_of(db, learner_id):
        by_enrolment.setdefault(row.enrolment_id, []).append(row)
    found: set[str] = set()
    for enrolment in catalogue.enrolments_of(db, learner_id):
        attempts = by_enrolment.get(enrolment.id, [])
        is_closed = wrong_book.is_window_closed(
            StudyPolicy.from_mapping(enrolment.policy), [row.state for row in attempts],
            [bool(row.passed) for row in attempts],
        )  # fmt: skip
        if not is_closed:
            found.update(bank_rows.bank_ids(db, enrolment.course_id))
    return found


def _banks_of_courses(db: Session, bank_ids: Collection[str]) -> set[str]:
    """A contest never tells their keys: whoever read them may enrol, and be asked in an exam.

    The platform's are there for its courses, whether or not one draws from them yet.
    """
    platform = {bank.id for bank in rows.banks(db, bank_ids) if bank.owner_id is None}
    return platform | rows.serving_courses(db, bank_ids)


def of_course(db: Session, now: dt.datetime, *, has_items: bool) -> Opened:
    """What a paper of a course's exam tells where its policy lets it."""
    asked = frozenset(banks_of_contests(db, now) if has_items else ())
    return Opened(has_score=True, has_items=has_items, shut=asked, asked=asked)


def is_score_told(part: ContestPart) -> bool:
    """Of a practice set at once, of a race with its ranking."""
    return part.contest.kind == ContestKind.PRACTICE or part.round.ranked_at is not None


def opened(db: Session, part: ContestPart, now: dt.datetime) -> Opened:
    """What a paper of a contest tells its own learner by now.

    Of a practice set the score at once, the answers when it is over for everybody. Of a race both
    with the ranking.
    """
    has_score = is_score_told(part)
    has_items = has_score and is_round_over(db, part.contest, part.round, now)
    asked = banks_of_contests(db, now)
    shut = (
        asked
        | banks_of_coming_exams(db, part.entry.learner_id)
        | _banks_of_courses(db, part.round.bank_ids)
    )
    return Opened(has_score, has_items, frozenset(shut), frozenset(asked))
