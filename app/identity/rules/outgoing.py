"""Messages that leave the house: by which way, when, how often, and what becomes of each.

A local day and the quiet hours are Asia/Shanghai's. A notice in the inbox is a way too: it is
there at once, wakes nobody, and nobody can switch it off.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.identity.rules.local_days import SHANGHAI

MOST_OUTWARD: Final = 3
"""Messages by SMS and mail to one person in a day, over all organisations together."""
MOST_NOTICES: Final = 5
"""Notices that people asked for by hand, to one person in a day, over all organisations."""
_PAUSES: Final = tuple(dt.timedelta(minutes=each) for each in (1, 5, 30, 120, 360))


class Way(StrEnum):
    IN_APP = "in_app"
    SMS = "sms"
    MAIL = "mail"
    ROBOT = "robot"  # a group's robot of 企业微信


OUTWARD: Final = frozenset({Way.SMS, Way.MAIL})
"""Ways that reach into somebody's evening."""
WAY_NAMES: Final = {
    Way.IN_APP: "站内消息",
    Way.SMS: "短信",
    Way.MAIL: "邮件",
    Way.ROBOT: "企业微信群",
}


class MessageState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"  # handed over at this moment; who is found so later may have been sent
    ACCEPTED = "accepted"
    UNSURE = "unsure"
    REFUSED = "refused"
    GIVEN_UP = "given_up"
    STOPPED = "stopped"  # not sent, for a reason of ours


MESSAGE_STATE_NAMES: Final = {
    MessageState.WAITING: "等待发送",
    MessageState.SENDING: "正在发送",
    MessageState.ACCEPTED: "已送出",
    MessageState.UNSURE: "可能已送出",
    MessageState.REFUSED: "被退回",
    MessageState.GIVEN_UP: "没有送出",
    MessageState.STOPPED: "没有发",
}


class Stop(StrEnum):
    """Why a message was not sent, or may not have been; kept as its detail."""

    DAILY_MOST = "daily_most"
    UNWANTED = "unwanted"
    NO_ADDRESS = "no_address"
    GONE = "gone"
    INTERRUPTED = "interrupted"
    NO_WAY = "no_way"


STOP_NAMES: Final = {
    Stop.DAILY_MOST: "本人今天收到的提醒已够多",
    Stop.UNWANTED: "本人不接收这种方式",
    Stop.NO_ADDRESS: "没有可用的地址",
    Stop.GONE: "账号已注销",
    Stop.INTERRUPTED: "发送时服务中断，不再重发，以免发两次",
    Stop.NO_WAY: "平台没有开通这种方式",
}


@dataclass(frozen=True, slots=True)
class Quiet:
    """From when until when nobody is woken, over midnight or not; equal times are never quiet."""

    since: dt.time = dt.time(21)
    until: dt.time = dt.time(8)

    def holds(self, clock: dt.time) -> bool:
        if self.since <= self.until:
            return self.since <= clock < self.until
        return clock >= self.since or clock < self.until


QUIET: Final = Quiet()


def goes_out_at(moment: dt.datetime, quiet: Quiet = QUIET) -> dt.datetime:
    """When a message of this moment goes out: at once, or when the quiet hours are over."""
    local = moment.astimezone(SHANGHAI)
    if not quiet.holds(local.time()):
        return moment
    end = local.replace(
        hour=quiet.until.hour, minute=quiet.until.minute, second=quiet.until.second, microsecond=0
    )
    if end <= local:
        end += dt.timedelta(days=1)
    return end.astimezone(dt.UTC)


def pause_after(tries: int) -> dt.timedelta | None:
    """How long to wait after so many tries that failed; None where it is given up."""
    return _PAUSES[tries - 1] if 1 <= tries <= len(_PAUSES) else None


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of a person's day, whoever asked for it, as far as the next one depends on it."""

    way: Way
    reason: str
    org_id: str
    about: str = ""
    by_hand: bool = False
    is_stopped: bool = False
    courses: frozenset[str] = frozenset()


def is_repeat(way: Way, reason: str, org_id: str, about: str, sent: Iterable[Sent]) -> bool:
    """Tell whether a person was told that day already, for this reason, by this organisation.

    A notice is about its own course; what leaves the house speaks of all of them at once.
    """
    return any(
        (each.way, each.reason, each.org_id) == (way, reason, org_id)
        and (way is not Way.IN_APP or each.about == about)
        for each in sent
    )


def courses_told(org_id: str, sent: Iterable[Sent]) -> frozenset[str]:
    """The courses that a person was told of that day in the inbox, for whatever reason."""
    told = [
        each.courses for each in sent
        if each.way is Way.IN_APP and each.org_id == org_id and not each.is_stopped
    ]  # fmt: skip
    return frozenset().union(*told)


def is_told(wish: Sent, sent: Iterable[Sent]) -> bool:
    """Tell whether a wish would say nothing new: each of its courses was told of that day.

    By hand for whatever reason; the calendar's own only for the same, since a deadline may be new.
    """
    like = [each for each in sent if wish.by_hand or each.reason == wish.reason]
    return bool(wish.courses) and wish.courses <= courses_told(wish.org_id, like)


def ways_left(
    wanted: Iterable[Way], wish: Sent, day: Iterable[Sent]
) -> tuple[tuple[Way, ...], tuple[Way, ...]]:
    """Which of the wanted ways are used for a wish, and which the day's most keeps from it.

    `wish.way` does not matter. Once a day for an organisation and reason, in the inbox once a day
    for a course whoever tells of it and for what reason, and over all
    organisations `MOST_OUTWARD` by the ways that reach out, `MOST_NOTICES` notices by hand.
    """
    given = list(day)
    sent = [each for each in given if not each.is_stopped]
    outward = sum(each.way in OUTWARD for each in sent)
    noticed = sum(each.way is Way.IN_APP and each.by_hand for each in sent)
    used: list[Way] = []
    kept: list[Way] = []
    for way in wanted:
        # What was stopped that day stands in the log once, and is not tried again that day.
        if is_repeat(way, wish.reason, wish.org_id, wish.about, given):
            continue
        if way is Way.IN_APP and is_told(wish, given):
            continue
        is_outward = way in OUTWARD
        is_full = outward >= MOST_OUTWARD if is_outward else (
            wish.by_hand and noticed >= MOST_NOTICES
        )  # fmt: skip
        (kept if is_full else used).append(way)
        outward += is_outward and not is_full
    return tuple(used), tuple(kept)
