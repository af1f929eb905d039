"""Reminders: whom they would reach, sending them, how an organisation sends, what was sent."""

from typing import Annotated

from fastapi import APIRouter, Query, Response, status
from pydantic import BaseModel, Field

from app.api.files import XLSX, attached, gives
from app.api.problems import READING, WRITING, may_raise
from app.core.errors import (
    InvalidError,
    TooManyRequestsError,
    UnavailableError,
)
from app.identity.providers.wire import VendorError
from app.identity.rules.vendor_calls import Failure
from app.lobby.deps import Agent, Db, Now, PartsDep, ReadDb
from app.lobby.letters import Body
from app.lobby.outgoing import open_ways
from app.lobby.paths import Id
from app.lobby.sought import SearchText
from app.org.rules.attention import Pressing, Reason
from app.org.services import reminder_settings, reminding, sent_log
from app.org.services.attention import Sought
from app.org.services.reminder_settings import Wanted
from app.org.services.reminding import Choice

router = APIRouter(tags=["reminders"])


class ChoiceIn(Body):
    """Of those on a list (and found by `reason` and `query`) these; none named means all."""

    pressing: Annotated[str, Field(pattern="^(overdue|due_soon|stuck)$")]
    reason: Annotated[str, Field(pattern="^[a-z_]{0,20}$")] = ""
    query: SearchText = ""
    staff_ids: Annotated[list[Id], Field(default_factory=list, max_length=500)]

    def choice(self) -> Choice:
        """What the services take. Raises InvalidError for a reason that there is not."""
        if self.reason and self.reason not in set(Reason):
            raise InvalidError("没有这种原因。", field="/reason", remedy="请从列表里选一种")
        reason = Reason(self.reason) if self.reason else None
        sought = Sought(Pressing(self.pressing), reason, self.query)
        return Choice(sought, tuple(self.staff_ids))


class WayCount(BaseModel):
    code: str
    people: int


class PreviewOut(BaseModel):
    """How many people a reminder would reach, by which ways, and why not the others."""

    people: int
    ways: list[WayCount]
    hindrances: list[WayCount]


class ToldOut(BaseModel):
    """Told at once, of these by other ways too, and left to the worker."""

    told: int
    outward: int
    later: int


class SettingIn(Body):
    uses_sms: bool
    uses_mail: bool
    has_digest: bool


class RobotIn(Body):
    address: Annotated[str, Field(min_length=1, max_length=300)]


class SettingOut(BaseModel):
    uses_sms: bool
    uses_mail: bool
    has_digest: bool
    robot: str | None
    """The last characters of the robot's key; null where there is no robot."""


@router.post("/org/reminders/preview", responses=WRITING)
def preview_reminder(
    body: ChoiceIn, actor: Agent, db: ReadDb, parts: PartsDep, now: Now
) -> PreviewOut:
    """Whom a reminder would reach now; nothing is sent."""
    found = reminding.preview(
        db, parts.vault, actor, body.choice(), open_ways=open_ways(parts), now=now
    )
    return PreviewOut(
        people=found.count,
        ways=[WayCount(code=way.value, people=count) for way, count in found.by_way.items()],
        hindrances=[
            WayCount(code=each.value, people=count) for each, count in found.by_hindrance.items()
        ],
    )


@router.post("/org/reminders/batch", responses=WRITING)
def remind_many(body: ChoiceIn, actor: Agent, parts: PartsDep, now: Now) -> ToldOut:
    """Remind everybody of a choice whom it reaches."""
    done = reminding.remind(
        parts.database, parts.vault, actor, body.choice(), open_ways=open_ways(parts), now=now
    )
    return ToldOut(told=done.told, outward=done.outward, later=done.later)


@router.get("/org/reminder-settings", responses=READING)
def read_settings(actor: Agent, db: ReadDb, parts: PartsDep) -> SettingOut:
    """By which ways the caller's organisation reminds its people."""
    found = reminder_settings.view(db, parts.vault, actor)
    return SettingOut(
        uses_sms=found.uses_sms, uses_mail=found.uses_mail, has_digest=found.has_digest,
        robot=found.robot.ending if found.robot else None,
    )  # fmt: skip


@router.put("/org/reminder-settings", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING)
def put_settings(body: SettingIn, actor: Agent, db: Db, now: Now) -> None:
    """Set by which ways the caller's organisation reminds its people."""
    wanted = Wanted(body.uses_sms, body.uses_mail, body.has_digest)
    reminder_settings.put(db, actor, wanted, now=now)


@router.put("/org/group-robot", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING)
def put_robot(body: RobotIn, actor: Agent, db: Db, parts: PartsDep, now: Now) -> None:
    """Set the robot of 企业微信 that writes digests into the organisation's group."""
    reminder_settings.put_robot(
        db, parts.vault, actor, body.address, may_be_plain=parts.robots.may_be_plain, now=now
    )


@router.delete("/org/group-robot", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING)
def remove_robot(actor: Agent, db: Db, now: Now) -> None:
    """Forget the robot."""
    reminder_settings.remove_robot(db, actor, now=now)


@router.post(
    "/org/group-robot/trial", status_code=status.HTTP_204_NO_CONTENT,
    responses=WRITING | may_raise(TooManyRequestsError, UnavailableError),
)  # fmt: skip
def try_robot(actor: Agent, parts: PartsDep, now: Now) -> None:
    """Let the robot say a word in its group."""
    with parts.database.reading() as db:
        address, name = reminder_settings.robot_to_try(db, parts.vault, actor)
    parts.limiter.take("robot.trial", actor.learner_id, limit=10, window_s=3600, now=now)
    try:
        parts.robots.say(address, f"**{name}**：实学的提醒会发到这个群。", now=now)
    except VendorError as error:
        raise UnavailableError(
            f"机器人没有收下消息：{robot_trouble(error)}。", retry_after_s=60,
            remedy="请检查机器人还在不在群里，地址有没有重新生成过",
        ) from None  # fmt: skip


_SILENT = {
    Failure.UNREACHED: "连不上它的服务器",
    Failure.LOST: "它的服务器没有答复，消息可能已经发出",
    Failure.BROKEN: "它的服务器出错了",
    Failure.MALFORMED: "读不懂它的答复",
    Failure.SPARED: "这一会儿发得太多",
    Failure.RESTING: "它刚才一直没有答复，过一会儿再试",
}


def robot_trouble(error: VendorError) -> str:
    """Why the robot took nothing, in Chinese: with its own number where it answered."""
    said = _SILENT.get(error.failure)
    return said or f"它的服务器不收（{error.detail or error.failure}）"


class MessageOut(BaseModel):
    """One message by one way; `name` is empty where it went to a group."""

    name: str
    unit: str
    way: str
    reason: str
    state: str
    detail: str
    created_at: str
    by: str


@router.get("/org/messages", responses=READING)
def list_messages(
    *,
    actor: Agent,
    db: ReadDb,
    parts: PartsDep,
    q: SearchText = "",
    way: Annotated[str, Query(pattern="^[a-z_]{0,20}$")] = "",
    state: Annotated[str, Query(pattern="^[a-z_]{0,20}$")] = "",
    order: Annotated[str, Query(pattern="^(newest|oldest)$")] = "newest",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> list[MessageOut]:
    """What was sent on the organisation's behalf, and what came of it."""
    wanted = sent_log.Wanted(q, way, state, order, page)
    found = sent_log.of_organisation(db, parts.vault, actor, wanted)
    return [
        MessageOut(
            name=line.name, unit=line.unit, way=line.way.value, reason=line.reason,
            state=line.state.value, detail=line.detail, created_at=line.created_at.isoformat(),
            by=line.by,
        )
        for line in found.items
    ]  # fmt: skip


@router.get(
    "/org/messages/export.xlsx", response_class=Response,
    responses=gives(XLSX) | READING,
)  # fmt: skip
def export_messages(actor: Agent, parts: PartsDep, now: Now) -> Response:
    """The same, whole, as a table; that it was taken is written down before it is made."""
    with parts.database.transaction() as db:
        sent_log.note_export(db, actor, now=now)
    with parts.database.reading() as db:
        content = sent_log.export(db, parts.vault, actor)
    return attached(content, XLSX, "messages.xlsx")
