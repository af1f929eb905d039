"""What the desk reads before it decides on an appeal: the session's cuts, its checks, outcomes."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.learning.models.study import StudyCut
from app.learning.repository import appeals as rows
from app.learning.repository import study as study_rows
from app.learning.repository import study_checks as check_rows
from app.learning.rules.challenges import Ruling
from app.learning.rules.states import Cut
from app.learning.rules.wording import CUTS, KIND_NAMES, METHOD_NAMES, RULING_NAMES
from app.learning.services.appeals import Subject, cuts_of


@dataclass(frozen=True, slots=True)
class CutEvidence:
    first_at: dt.datetime
    last_at: dt.datetime
    lesson_title: str
    ms: int
    granted_ms: int
    sentence: str


@dataclass(frozen=True, slots=True)
class CheckEvidence:
    """One check with each try's outcome, in words."""

    raised_at: dt.datetime
    settled_at: dt.datetime | None
    name: str
    ruling: str
    tries: tuple[tuple[dt.datetime, str], ...]


@dataclass(frozen=True, slots=True)
class SittingEvidence:
    session_id: str
    opened_at: dt.datetime
    closed_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class AppealEvidence:
    """`disputed` is what the appeal is about; the rest is what else happened in the sessions."""

    disputed: tuple[CutEvidence, ...]
    sittings: tuple[SittingEvidence, ...]
    cuts: tuple[CutEvidence, ...]
    checks: tuple[CheckEvidence, ...]


def evidence(db: Session, subject: Subject, ref_id: str) -> AppealEvidence:
    """Put the evidence of an appeal together. Raises NotFoundError."""
    disputed = cuts_of(db, subject, ref_id)
    session_ids = sorted({cut.session_id for cut in disputed})
    if subject is Subject.HOLD:
        hold = check_rows.get_hold(db, ref_id)
        if hold is not None and hold.session_id is not None:
            session_ids = sorted({*session_ids, hold.session_id})
    cuts = rows.cuts_of(db, session_ids)
    titles = study_rows.lesson_titles(db, sorted({cut.lesson_id for cut in cuts}))
    return AppealEvidence(
        disputed=tuple(_cut(cut, titles) for cut in disputed),
        sittings=tuple(
            SittingEvidence(row.id, row.opened_at, row.closed_at)
            for row in rows.sessions_by_id(db, session_ids)
        ),
        cuts=tuple(_cut(cut, titles) for cut in cuts),
        checks=_checks(db, session_ids),
    )


def _cut(cut: StudyCut, titles: dict[str, str]) -> CutEvidence:
    return CutEvidence(
        cut.first_at, cut.last_at, titles.get(cut.lesson_id, ""), cut.ms, cut.granted_ms,
        CUTS[Cut(cut.code)],
    )  # fmt: skip


def _checks(db: Session, session_ids: list[str]) -> tuple[CheckEvidence, ...]:
    challenges = check_rows.challenges_of(db, session_ids)
    tries: dict[str, list[tuple[dt.datetime, str]]] = {}
    for answer in check_rows.answers_to(db, [row.id for row in challenges]):
        line = (answer.arrived_at, RULING_NAMES[Ruling(answer.ruling)])
        tries.setdefault(answer.challenge_id, []).append(line)
    return tuple(
        CheckEvidence(
            row.raised_at, row.settled_at,
            f"{KIND_NAMES[row.kind]}（{METHOD_NAMES.get(row.method, row.method)}）",
            RULING_NAMES[Ruling(row.ruling)] if row.ruling else "没有结束",
            tuple(tries.get(row.id, ())),
        )
        for row in challenges
    )  # fmt: skip
