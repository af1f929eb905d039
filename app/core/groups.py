"""One thread that does everything that waits at once, then answers all of it.

Under load a group grows by itself while the one before is being done; idle, nothing waits.
There is no timer. Written this way, many commits cost as much as one.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

_log = logging.getLogger("shixue.groups")
Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


class QueueFullError(RuntimeError):
    """More waits than can be done soon; nothing was taken."""


class Groups(Generic[Item, Outcome]):
    """`do` does a group and returns what became of each; `settle` hears of it.

    `settle` is called once a group, in the same thread: with what `do` returned, or with the
    exception that undid the whole group. `name` is the thread's.
    """

    def __init__(
        self,
        do: Callable[[Sequence[Item]], Sequence[Outcome]],
        settle: Callable[[Sequence[Item], Sequence[Outcome] | Exception], None],
        *,
        name: str,
        most_waiting: int = 10_000,
        most_at_once: int = 1_000,
    ) -> None:
        self._do_group, self._settle, self._name = do, settle, name
        self._most_waiting, self._most_at_once = most_waiting, most_at_once
        self._waiting: list[Item] = []
        self._wake = threading.Condition()
        self._is_stopped = False
        self._thread: threading.Thread | None = None

    def put(self, items: Sequence[Item]) -> None:
        """Queue items for the next group, all or none. Raises QueueFullError."""
        with self._wake:
            if self._is_stopped or len(self._waiting) + len(items) > self._most_waiting:
                raise QueueFullError
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            if not self._waiting:
                self._wake.notify()
            self._waiting += items

    def stop(self) -> None:
        """Do what waits, then end."""
        with self._wake:
            self._is_stopped = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(timeout=30)

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._waiting and not self._is_stopped:
                    self._wake.wait()
                group = self._waiting[: self._most_at_once]
                self._waiting = self._waiting[self._most_at_once :]
            if not group:
                return
            self._do(group)

    def _do(self, group: Sequence[Item]) -> None:
        try:
            done: Sequence[Outcome] | Exception = self._do_group(group)
        except Exception as error:  # noqa: BLE001 -- whoever waits must hear of any failure
            _log.exception("a group failed", extra={"group": self._name, "count": len(group)})
            done = error
        try:
            self._settle(group, done)
        except Exception:  # noqa: BLE001 -- who waits for this thread later must not wait for ever
            _log.exception("a group was not told", extra={"group": self._name})
