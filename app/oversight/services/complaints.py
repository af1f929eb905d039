"""Complaints from anybody and appeals from learners, each with a day by which it is answered."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from app.certs.services import wallet
from app.core.crypto import Vault, b64url
from app.core.errors import InvalidError, NotFoundError
from app.identity.services import cases
from app.identity.services.cases import CaseKind
from app.learning.services import ownership
from app.oversight.providers.calendar import read_calendar
from app.oversight.rules.working_days import answer_by

SEALED = "review_case.text"
_SHANGHAI = dt.timezone(dt.timedelta(hours=8))
_LEAST, _MOST = 5, 2000
# What an appeal may be about, and how its owner is known.
_OWNED: dict[str, Callable[[Session, str, str], bool]] = {
    "session": ownership.is_session_of,
    "challenge": ownership.is_challenge_of,
    "exam": ownership.is_attempt_of,
    "certificate": wallet.is_holder,
}


@dataclass(frozen=True, slots=True)
class Received:
    """What the person is told: the number to ask by, and the day of the answer."""

    number: str
    answer_by: dt.date


def complain(
    db: Session,
    vault: Vault,
    *,
    contact: str,
    text: str,
    learner_id: str | None,
    reference_dir: Path,
    now: dt.datetime,
) -> Received:
    """Take a complaint; contact and text are sealed. Raises InvalidError."""
    if not contact.strip():
        raise InvalidError("请留下手机号或邮箱，方便答复您。", field="/contact")
    return _receive(
        db, vault, CaseKind.COMPLAINT, text, learner_id=learner_id, ref_id=None,
        reference_dir=reference_dir, now=now, contact=_seal(vault, contact.strip()),
    )  # fmt: skip


def appeal(
    db: Session,
    vault: Vault,
    *,
    learner_id: str,
    subject: str,
    ref_id: str | None,
    text: str,
    reference_dir: Path,
    now: dt.datetime,
) -> Received:
    """Take an appeal against what was not counted, a check, an exam or a certificate.

    Raises InvalidError, and NotFoundError for what is not the learner's own.
    """
    if ref_id is not None and not _OWNED[subject](db, ref_id, learner_id):
        raise NotFoundError(
            "没有这条记录，或者不是您的。", field="/ref_id", remedy="请从自己的记录进入申诉"
        )
    return _receive(
        db, vault, CaseKind.APPEAL, text, learner_id=learner_id, ref_id=ref_id,
        reference_dir=reference_dir, now=now, subject=subject,
    )  # fmt: skip


def _receive(
    db: Session,
    vault: Vault,
    kind: CaseKind,
    text: str,
    *,
    learner_id: str | None,
    ref_id: str | None,
    reference_dir: Path,
    now: dt.datetime,
    **facts: str,
) -> Received:
    words = text.strip()
    if not _LEAST <= len(words) <= _MOST:
        raise InvalidError(f"请写 {_LEAST} 到 {_MOST} 个字。", field="/text")
    today = now.astimezone(_SHANGHAI).date()
    until = answer_by(today, calendar=read_calendar(reference_dir))
    case_id = cases.open_case(
        db, kind=kind, learner_id=learner_id, now=now, ref_id=ref_id, text=_seal(vault, words),
        answer_by=until.isoformat(), **facts,
    )  # fmt: skip
    return Received(case_id[-10:], until)


def _seal(vault: Vault, text: str) -> str:
    return b64url(vault.seal(text, context=SEALED))
