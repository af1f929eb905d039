"""What the desk reads before it decides on an appeal: the session's cuts, its checks, outcomes."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.identity.rules.local_days import local_day
from app.learning.models.study import StudyCut
from app.learning.repository import appeals as rows
from app.learning.repository import study as study_rows
from app.learning.repository import study_checks as check_rows
from app.learning.rules.challenges import Ruling
from app.learning.rules.states import Cut
from app.learning.rules.wording import CUTS, KIND_NAMES, METHOD_NAMES, RULING_NAMES
from app.learning.services.appeals import Subject, cuts_of
from app.learning.services.session_file import SessionFile, session_file


@dataclass(frozen=True, slots=True)
class CutEvidence:
    first_at: dt.datetime
    last_at: dt.datetime
    lesson_title: str
    ms: int
    granted_ms: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Try:
    """One answer: `after_ms` is the time since the check was raised."""

    at: dt.datetime
    after_ms: int
    outcome: str
    device: str
    is_signed: bool


@dataclass(frozen=True, slots=True)
class CheckEvidence:
    """One check with each try's outcome, in words."""

    raised_at: dt.datetime
    settled_at: dt.datetime | None
    name: str
    ruling: str
    tries: tuple[Try, ...]


@dataclass(frozen=True, slots=True)
class AppealEvidence:
    """`disputed` is what the appeal is about; the rest is what else happened in the sessions."""

    disputed: tuple[CutEvidence, ...]
    files: tuple[SessionFile, ...]
    cuts: tuple[CutEvidence, ...]
    checks: tuple[CheckEvidence, ...]


def evidence(
    db: Session, vault: Vault, subject: Subject, ref_id: str, *, now: dt.datetime
) -> AppealEvidence:
    """Put the evidence of an appeal together. Raises NotFoundError."""
    disputed = cuts_of(db, subject, ref_id)
    session_ids = sorted({cut.session_id for cut in disputed})
    day = disputed[0].day if disputed else None
    if subject is Subject.HOLD:
        hold = check_rows.get_hold(db, ref_id)
        if hold is not None and hold.session_id is not None:
            session_ids = sorted({*session_ids, hold.session_id})
            day = day or local_day(hold.began_at)
    cuts = rows.cuts_of(db, session_ids)
    titles = study_rows.lesson_titles(db, sorted({cut.lesson_id for cut in cuts}))
    return AppealEvidence(
        disputed=tuple(_cut(cut, titles) for cut in disputed),
        files=tuple(
            session_file(db, vault, session_id, day=day, disputed=disputed, now=now)
            for session_id in session_ids
            if day is not None
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
    raised = {row.id: row.raised_at for row in challenges}
    tries: dict[str, list[Try]] = {}
    for answer in check_rows.answers_to(db, list(raised)):
        after = answer.arrived_at - raised[answer.challenge_id]
        line = Try(
            answer.arrived_at, after // dt.timedelta(milliseconds=1),
            RULING_NAMES[Ruling(answer.ruling)], answer.device_id[-6:], bool(answer.signature),
        )  # fmt: skip
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
