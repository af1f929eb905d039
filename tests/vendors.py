"""A simulated vendor for tests, the adapters that reach it, and a clock that only tests move."""

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Literal

from app.core.settings import VendorSettings
from app.identity.providers.account import Surroundings
from app.identity.providers.outside import registry_through, sms_through
from app.identity.providers.simulation import Fault, Population, VendorServer
from app.identity.providers.simulation.population import Resident
from app.identity.rules.registry import RegistryOutcome

Kind = Literal["tencent", "aliyun"]
KINDS: tuple[Kind, ...] = ("tencent", "aliyun")
NAME, NUMBER = "李晓梅", "510101198803070028"
PERMIT = "810000199408230021"
PHONE = "13800000001"
NOW = dt.datetime(2026, 11, 27, 2, 0, tzinfo=dt.UTC)
FORCED = {
    RegistryOutcome.NO_RECORD: "510101197001010117",
    RegistryOutcome.UPSTREAM_ERROR: "510101197101010114",
    RegistryOutcome.RATE_LIMITED: "510101197201010111",
    RegistryOutcome.BAD_ID: "510101198109120013",
    RegistryOutcome.BAD_NAME: "510101199205160044",
}
PEOPLE = Population(
    {NUMBER: Resident(NAME, None), PERMIT: Resident("陈港生", None)}
    | {number: Resident(NAME, outcome) for outcome, number in FORCED.items()}
)


@dataclass
class Time:
    """Stands still until somebody sleeps."""

    at_s: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def ticks(self) -> float:
        return self.at_s

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at_s += seconds


@dataclass
class Vendor:
    """The server and what it was told to send."""

    server: VendorServer
    sent: list[tuple[str, str]]

    def settings(self, kind: Kind, **changes: object) -> VendorSettings:
        base = VendorSettings.model_validate({"kind": kind} | patience() | changes)
        reached = self.server.settings(base)
        return reached.model_copy(update={k: v for k, v in changes.items() if k != "kind"})

    def break_first(self, kind: Kind, *ids: str) -> None:
        """Let the vendor say of the first calls, with these ids, that it failed itself."""
        side, left = getattr(self.server, kind), list(ids)

        def answer(*call: object) -> tuple[int, bytes]:
            if not left:
                return side.answer(*call)
            failed = {"Code": "InternalError", "Message": "…"}
            if kind == "aliyun":
                return 503, json.dumps(failed | {"RequestId": left.pop(0)}).encode()
            response = {"Error": failed, "RequestId": left.pop(0)}
            return 200, json.dumps({"Response": response}).encode()

        setattr(self.server, kind, SimpleNamespace(answer=answer))


def patience(fault: Fault | None = None) -> dict[str, float]:
    """How long to wait for an answer, in settings: short only where it is meant to be late.

    Whatever else is slow is the machine, and says nothing of the adapter.
    """
    if fault in {Fault.SLOW, Fault.DRIP, Fault.STALL}:
        return {"timeout_s": 0.4, "deadline_s": 300.0}
    return {"timeout_s": 60.0, "deadline_s": 300.0}


@contextmanager
def vendor() -> Iterator[Vendor]:
    """Start a server that keeps what it is told to send; closed at the end."""
    sent: list[tuple[str, str]] = []
    server = VendorServer(PEOPLE, lambda phone, text, _at: sent.append((phone, text))).start()
    try:
        yield Vendor(server, sent)
    finally:
        server.close()


def around(time: Time, **changes: object) -> Surroundings:
    """Surroundings in which nobody really waits between attempts."""
    parts: dict[str, object] = {
        "ticks": time.ticks, "sleep": time.sleep, "chance": lambda: 0.5,
        "budget": lambda _now: True,
    }  # fmt: skip
    return Surroundings(**(parts | changes))


__all__ = [
    "FORCED", "KINDS", "NAME", "NOW", "NUMBER", "PEOPLE", "PERMIT", "PHONE", "Kind", "Time",
    "Vendor", "around", "patience", "registry_through", "sms_through", "vendor",
]  # fmt: skip
