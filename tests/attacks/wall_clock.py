"""The wall clock of the device a learner studies on, and what of their study hangs on it."""

import datetime as dt
from email.utils import parsedate_to_datetime
from http.cookies import Morsel, SimpleCookie

from httpx import Response

from app.core.clock import SettableClock
from tests.attacks.connection import LabClient


class WallClock:
    """A browser forgets cookies by this clock; nothing else of the study page reads it.

    The page measures with performance.now(), which steps of the wall clock leave alone (at most
    NTP lets it run 0.05 % faster for a while: the profiles with ±2 % do worse), and what it says
    and is told holds lengths of time, never moments: `honest/test_wall_clock.py`.
    """

    def __init__(self, client: LabClient, server: SettableClock, ahead_ms: int) -> None:
        self._client, self._server = client, server
        self._ahead = dt.timedelta(milliseconds=ahead_ms)
        self._ends: dict[str, dt.datetime] = {}
        client.event_hooks = {"response": [self._keep]}

    @property
    def now(self) -> dt.datetime:
        return self._server.now() + self._ahead

    def step(self, ms: int) -> None:
        """Somebody, or NTP, sets the clock; what has ended by it is forgotten at once."""
        self._ahead += dt.timedelta(milliseconds=ms)
        self._forget()

    def _keep(self, response: Response) -> None:
        for line in response.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                end = self._end(morsel)
                if end is not None:
                    self._ends[name] = end
        self._forget()

    def _end(self, morsel: Morsel[str]) -> dt.datetime | None:
        """RFC 6265, 5.3: Max-Age from the device's own now, else the moment the server named."""
        if morsel["max-age"]:
            return self.now + dt.timedelta(seconds=int(morsel["max-age"]))
        return parsedate_to_datetime(morsel["expires"]) if morsel["expires"] else None

    def _forget(self) -> None:
        """Also after each answer: httpx kept the cookie by the clock of this machine."""
        for name, end in self._ends.items():
            if end <= self.now and name in self._client.cookies:
                self._client.cookies.delete(name)
