"""Simulated time: what happens next happens next, and the server's clock stands where it does."""

import heapq
from collections.abc import Callable
from itertools import count

from app.core.clock import SettableClock


class Timeline:
    """Moments are milliseconds of the server since the beginning."""

    def __init__(self, clock: SettableClock) -> None:
        self._clock, self.now = clock, 0
        self._events: list[tuple[int, int, Callable[[], None]]] = []
        self._order = count()

    def after(self, ms: float, event: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.now + max(0, round(ms)), next(self._order), event))

    def run(self, is_over: Callable[[], bool], most_ms: int) -> None:
        """Let things happen until it is over. Raises TimeoutError after `most_ms`."""
        while self._events and not is_over():
            moment, _, event = heapq.heappop(self._events)
            if moment > most_ms:
                message = f"not done after {most_ms} ms"
                raise TimeoutError(message)
            self._clock.advance(ms=moment - self.now)
            self.now = moment
            event()
