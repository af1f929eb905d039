"""Whether somebody new may begin a course, and what is said where not."""

from dataclasses import dataclass
from enum import StrEnum


class Entry(StrEnum):
    OPEN = "open"
    STOPPED = "stopped"
    """Its institution is suspended; who is in it goes on."""
    CLOSED = "closed"
    """Its maker offers it no more."""


@dataclass(frozen=True, slots=True)
class EntryWords:
    """`mark` is for lists."""

    mark: str
    sentence: str
    remedy: str


WORDS = {
    Entry.STOPPED: EntryWords(
        "暂停报名",
        "办这门课的培训机构已被暂停，现在不接受新报名。",
        "请选其他课程，或者等机构恢复后再报；已经报名的照常学习",
    ),
    Entry.CLOSED: EntryWords("停止报名", "这门课程已停止报名。", "请选其他课程"),
}


def entry_of(*, is_open: bool, is_stopped: bool) -> Entry:
    """How a course stands that its maker offers or not, whose institution is suspended or not."""
    if not is_open:
        return Entry.CLOSED
    return Entry.STOPPED if is_stopped else Entry.OPEN
