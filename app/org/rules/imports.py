"""An import of a roster: its states, and until when it can be undone."""

import datetime as dt
from enum import StrEnum

UNDO_WITHIN = dt.timedelta(hours=24)
FORGET_AFTER = dt.timedelta(days=2)
"""A file that nobody took over is let go of; so is the file of a finished import."""
INLINE_BYTES = 96 * 1024
"""A file up to this is looked at at once, some 2,000 lines; a larger one by the worker."""


class ImportState(StrEnum):
    READING = "reading"
    """The file is being looked at; nothing on the roster changes."""
    READY = "ready"
    """What it would do is known; waits for a yes."""
    WRITING = "writing"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    DROPPED = "dropped"
    """Nobody wanted it, or its file is gone."""
    FAILED = "failed"
    """The file could not be read to its end; `trouble` says why."""


STATE_NAMES = {
    ImportState.READING: "正在检查",
    ImportState.READY: "等您确认",
    ImportState.WRITING: "正在导入",
    ImportState.DONE: "已导入",
    ImportState.UNDOING: "正在撤销",
    ImportState.UNDONE: "已撤销",
    ImportState.DROPPED: "没有导入",
    ImportState.FAILED: "读不出来",
}
WITHOUT_TRACE = frozenset({ImportState.READING, ImportState.READY, ImportState.FAILED})
"""Nothing has changed on the roster yet, so whoever brought the file may leave it."""
UNDER_WAY = frozenset({ImportState.READING, ImportState.WRITING, ImportState.UNDOING})


class Step(StrEnum):
    """What an import did with one person."""

    ADDED = "added"
    RENEWED = "renewed"
    CHANGED = "changed"


class Finding(StrEnum):
    """What stands in the list of an import before it is taken over."""

    FAULT = "fault"
    CHANGE = "change"
    NEW = "new"
    """A unit or a position that nobody has yet."""


def may_be_undone(state: ImportState, done_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Tell whether an import can be taken back still."""
    return state is ImportState.DONE and done_at is not None and now < done_at + UNDO_WITHIN
