"""Where the caller is signed in, and signing out elsewhere."""

import datetime as dt
from collections.abc import Iterable

from fastapi import APIRouter, status

from app.api.answers import Answer
from app.api.problems import READING, may_raise
from app.core.errors import ForbiddenError, NotSignedInError
from app.identity.services import second_factors, sign_ins
from app.learning.services import sessions
from app.lobby.deps import CurrentActor, Db, Now, ReadDb
from app.lobby.paths import RowId

router = APIRouter(prefix="/me/sign-ins", tags=["me"])


class SignInOut(Answer):
    sign_in_id: str
    label: str
    started_at: dt.datetime
    used_at: dt.datetime
    is_this: bool


@router.get("", responses=may_raise(NotSignedInError))
def list_sign_ins(actor: CurrentActor, db: ReadDb, now: Now) -> list[SignInOut]:
    """Where the caller is signed in: here first, then the last used first."""
    found = sign_ins.list_open(db, actor.learner_id, this_id=actor.sign_in_id, now=now)
    return [SignInOut.model_validate(view) for view in found]


@router.delete(
    "", status_code=status.HTTP_204_NO_CONTENT,
    responses=may_raise(NotSignedInError, ForbiddenError),
)  # fmt: skip
def end_other_sign_ins(actor: CurrentActor, db: Db, now: Now) -> None:
    """Sign the caller out everywhere but here; a second factor that is set up comes first."""
    second_factors.check_passed(db, actor)
    left = sign_ins.end_others(db, actor.learner_id, this_id=actor.sign_in_id, now=now)
    _close_study(db, actor.learner_id, left, now)


@router.delete(
    "/{sign_in_id}", status_code=status.HTTP_204_NO_CONTENT,
    responses=READING,
)  # fmt: skip
def end_sign_in(sign_in_id: RowId, actor: CurrentActor, db: Db, now: Now) -> None:
    """Sign the caller out of one device, with the study session that is open on it (R19)."""
    second_factors.check_passed(db, actor)
    left = sign_ins.end_one(db, actor.learner_id, sign_in_id, now=now)
    _close_study(db, actor.learner_id, left, now)


def _close_study(db: Db, learner_id: str, devices: Iterable[str], now: dt.datetime) -> None:
    for device_id in sorted(devices):
        sessions.close_open(db, learner_id, now=now, device_id=device_id)
