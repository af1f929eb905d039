"""The demo's entrances; there are none where the demo is off, and production refuses the demo."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from app.api.problems import may_raise
from app.api.v1.auth import SignedInOut
from app.core.errors import ForbiddenError, InvalidError, NotFoundError
from app.identity.services import entrances, signin
from app.lobby import cookies
from app.lobby.deps import DeviceId, DeviceLabel, Now, PartsDep
from app.lobby.letters import Body

router = APIRouter(prefix="/demo", tags=["demo"])


class EntranceIn(Body):
    token: Annotated[str, Field(min_length=1, max_length=120)]


@router.post("/entrances", responses=may_raise(InvalidError, ForbiddenError, NotFoundError))
def enter(
    *,
    body: EntranceIn,
    response: Response,
    parts: PartsDep,
    now: Now,
    device_id: DeviceId,
    device_label: DeviceLabel,
) -> SignedInOut:
    """Sign in as one of the demo's people; sets the cookies."""
    if not parts.settings.demo:
        raise NotFoundError("这里没有演示入口。", remedy="请用手机号登录")
    learner_id = entrances.read(parts.keys, body.token, now=now)
    with parts.database.transaction() as db:
        done = signin.enter(
            db, parts.keys, parts.settings.sign_in, learner_id=learner_id, device_id=device_id,
            device_label=device_label, now=now,
        )  # fmt: skip
    cookies.set_sign_in(response, done.tokens, parts.settings)
    return SignedInOut(account_id=done.learner_id, is_new=done.is_new, next=done.next)
