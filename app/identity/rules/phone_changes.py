"""Another phone for an account: what has to be proven, how long it waits, what it holds up.

A phone's code opens the account, so whoever changes the phone has the account. A change is never
easier than signing up was: document and name, the new phone, and the face or the questions.
"""

import datetime as dt
from enum import StrEnum
from typing import Final

HOLD: Final = dt.timedelta(hours=72)
"""After a change no certificate is issued, and neither another change nor leaving is possible."""
RECOVERY_WAIT: Final = dt.timedelta(hours=24)
"""Answers can be asked out of somebody, and the face engine here takes a photograph that was warped
for a person who turns (docs/face.md): a day gives the old phone time to object. Two phones in one
hand need no such time."""
PROVING: Final = dt.timedelta(minutes=15)
MOST_TRIES: Final = 3
LOOK_AGAIN: Final = dt.timedelta(days=1)
"""While people decide on an objection the hold has no end of its own; it is looked at daily."""


class ChangeKind(StrEnum):
    """Whether the old phone was at hand, or no phone is changed."""

    CHANGE = "change"
    RECOVERY = "recovery"
    OWN = "own"
    """No change at all: somebody shows who they are for what a code alone must not open."""


class ChangeState(StrEnum):
    """How far a change is."""

    PROVING = "proving"
    WAITING = "waiting"
    LEFT = "left"
    """Left to people; a job puts it before them, in its own time."""
    AT_DESK = "at_desk"
    DONE = "done"
    STOPPED = "stopped"
    REFUSED = "refused"
    UNDONE = "undone"
    SPENT = "spent"
    """A proof of oneself that was good for one thing, which is done."""


class Way(StrEnum):
    """By what a person shows who they are; the words are those of `Person.method`."""

    FACE = "face"
    QUESTIONS = "code_and_questions"


class DeskReason(StrEnum):
    """Why people look at a change."""

    ASKED = "asked"
    FAILED = "failed"
    STAFF = "staff"
    HELD = "held"
    SECOND = "second"
    OBJECTED = "objected"
    TAKEN = "taken"
    UNNAMED = "unnamed"


DESK_REASONS: dict[str, str] = {
    DeskReason.ASKED: "当事人请人工核对",
    DeskReason.FAILED: "核对了几次都没有通过",
    DeskReason.STAFF: "账号有工作人员权限，不能自助找回",
    DeskReason.HELD: "72 小时内刚换过手机号",
    DeskReason.SECOND: "同一账号有两个人同时在找回",
    DeskReason.OBJECTED: "原手机号表示不是本人办的",
    DeskReason.TAKEN: "等待期间，新手机号已是别的账号的",
    DeskReason.UNNAMED: "等待期间，账号的实名被撤回",
}
KIND_NAMES: dict[str, str] = {
    ChangeKind.CHANGE: "原手机还在手上，换手机号",
    ChangeKind.RECOVERY: "原手机不用了，找回账号",
}
WAY_NAMES: dict[str, str] = {Way.FACE: "人脸已核对上", Way.QUESTIONS: "保密问题已答对"}


def wait_after(kind: ChangeKind) -> dt.timedelta:
    """How long a proven change waits before it is done."""
    return RECOVERY_WAIT if kind is ChangeKind.RECOVERY else dt.timedelta(0)


def may_be_proven(state: str, tries: int, asked_at: dt.datetime, now: dt.datetime) -> bool:
    """Tell whether another proof may still be given."""
    is_open = state == ChangeState.PROVING and tries < MOST_TRIES
    return is_open and now < asked_at + PROVING


def number_of(change_id: str) -> str:
    """The number that people quote."""
    return f"HJ{change_id[-10:]}"
