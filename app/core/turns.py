"""Whose turn it is to write: one at a time in a process on SQLite, never twice in one request."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from app.core.errors import UnavailableError

# Longer than any transaction of a healthy server, and as long as SQLite itself waits.
MOST_WAIT_S = 30.0


class NestedTransactionError(RuntimeError):
    """A write transaction was opened inside another: on SQLite it would wait for itself."""


_of_request: ContextVar[set[object]] = ContextVar("writing_of_request")
_of_thread = threading.local()


def begin_request() -> None:
    """Keep a note for this request of what it writes, for all threads that it passes through."""
    _of_request.set(set())


@contextmanager
def writing(database: object) -> Iterator[None]:
    """Note that this request, or else this thread, writes. Raises NestedTransactionError."""
    noted = _of_request.get(None)
    if noted is None:
        noted = vars(_of_thread).setdefault("noted", set())
    if database in noted:
        raise NestedTransactionError("a write transaction is open already")
    noted.add(database)
    try:
        yield
    finally:
        noted.discard(database)


class FairTurn:
    """A lock that is given in the order in which it was asked for.

    SQLite has one writer at a time, and waits for it by polling with growing pauses: under load
    somebody would poll for seconds while others come and go. In this process writers queue here.
    """

    def __init__(self, *, most_wait_s: float = MOST_WAIT_S) -> None:
        self._most_wait_s = most_wait_s
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken_at: float | None = None
        self._left_at, self._gap_s = 0.0, 0.0

    def stand_back(self, gap_s: float) -> None:
        """From now on leave so much time between the end of one turn and the next one's begin."""
        self._gap_s = gap_s

    def is_stalled(self) -> bool:
        """Tell whether somebody has the turn for longer than anybody waits for it."""
        with self._guard:
            since = self._taken_at
        return since is not None and time.monotonic() - since > self._most_wait_s

    def waiting(self) -> int:
        """Return how many wait for their turn."""
        with self._guard:
            return len(self._waiting)

    def __enter__(self) -> None:
        self._queue()
        if (gap := self._left_at + self._gap_s - time.monotonic()) > 0:
            time.sleep(gap)

    def _queue(self) -> None:
        with self._guard:
            if self._taken_at is None:
                self._taken_at = time.monotonic()
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        if not mine.acquire(timeout=self._most_wait_s):
            self._give_up(mine)

    def _give_up(self, mine: threading.Lock) -> None:
        """Leave the queue, unless the turn has come at this very moment."""
        with self._guard:
            if mine not in self._waiting:
                return
            self._waiting.remove(mine)
        raise UnavailableError(
            "系统正忙，这次没有存上。", code="busy", remedy="请过一会儿再试，已填的内容不用重填"
        )

    def __exit__(self, *_: object) -> None:
        with self._guard:
            self._left_at = time.monotonic()
            if self._waiting:
                self._taken_at = self._left_at
                self._waiting.popleft().release()
            else:
                self._taken_at = None
