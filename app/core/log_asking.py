"""Asks witnesses for their lines under the newest checkpoint (c2sp.org/tlog-witness).

A witness signs only what it saw grow out of what it signed before, so who asks it must say how far
it had come and prove the rest. It is asked outside of any transaction, and whatever it answers is
checked as if anybody had sent it (`log_witnesses.accept`).
"""

import base64
import datetime as dt
import functools
import logging
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import httpx
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import audit, log_witnesses
from app.core.checkpoints import MalformedError, VerifierKey, parse_signatures
from app.core.db import Database
from app.core.errors import AppError
from app.core.log_keys import LogKeys
from app.core.log_reading import prove_consistency
from app.core.log_sequencer import newest_checkpoint
from app.core.translog import LogCosignature

_log = logging.getLogger("shixue.witnesses")
_TIMEOUT_S: Final = 5.0
_MOST_BYTES: Final = 64 * 1024
_SIZE_TYPE: Final = "text/x.tlog.size"
AHEAD: Final = "log.witness_ahead"


@dataclass(frozen=True, slots=True)
class _Request:
    """What one witness is asked: the tree of `size`, grown out of the one of `old`."""

    old: int
    size: int
    body: bytes


@functools.cache
def _trust() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


def ask(database: Database, log: LogKeys, *, now: dt.datetime) -> list[str]:
    """Ask every witness with an address that has not signed the newest checkpoint.

    Returns the names of those that signed. One that does not answer is asked again next time.
    """
    signed = []
    with httpx.Client(timeout=_TIMEOUT_S, trust_env=False, verify=_trust()) as client:
        for name in log.addresses:
            keys = tuple(key for key in log.witnesses if key.name == name)
            if _Asking(database, log, client, keys, now).ask():
                signed.append(name)
    return signed


@dataclass(frozen=True, slots=True)
class _Asking:
    """One witness asked in one round; `keys` are all that it is known by, at least one."""

    database: Database
    log: LogKeys
    client: httpx.Client
    keys: tuple[VerifierKey, ...]
    now: dt.datetime

    @property
    def name(self) -> str:
        return self.keys[0].name

    def ask(self) -> bool:
        """Ask, and once more where the witness says that it came to another size than is known."""
        with self.database.reading() as db:
            asked = _request(db, _signed_so_far(db, self.keys))
        answer = self._post(asked) if asked else None
        came_to = _came_to(answer) if answer else None
        if asked and came_to is not None and came_to != asked.old:
            if came_to > asked.size:
                self._alarm(asked, came_to)
                return False
            with self.database.reading() as db:
                asked = _request(db, came_to, asked.size)
            answer = self._post(asked) if asked else None
        if asked is None or answer is None:
            return False
        return self._keep(asked, answer)

    def _post(self, asked: _Request) -> httpx.Response | None:
        """Send it; None where no answer of a sensible size came."""
        address = f"{self.log.addresses[self.name].rstrip('/')}/add-checkpoint"
        try:
            with self.client.stream("POST", address, content=asked.body) as answer:
                read = b""
                for part in answer.iter_bytes():
                    read += part
                    if len(read) > _MOST_BYTES:
                        break  # no witness says so much; what is cut off cannot be read
                return httpx.Response(
                    answer.status_code, content=read, headers=_type_of(answer)
                )  # fmt: skip
        except httpx.HTTPError as error:
            _log.warning("not reached", extra={"witness": self.name, "error": repr(error)})
            return None

    def _keep(self, asked: _Request, answer: httpx.Response) -> bool:
        """Keep the line of the witness that was asked; lines of other keys are passed over."""
        try:
            if answer.status_code != httpx.codes.OK:
                raise MalformedError(f"refused with {answer.status_code}")  # noqa: TRY301
            own = _own_lines(answer.text, self.keys)
            with self.database.transaction() as db:
                log_witnesses.accept(db, self.log.witnesses, size=asked.size, lines=own)
        except (MalformedError, AppError) as error:
            _log.warning("no good line", extra={"witness": self.name, "error": str(error)})
            return False
        return True

    def _alarm(self, asked: _Request, came_to: int) -> None:
        """The witness signed a longer log than this one: it was set back, or there are two.

        Entered once for each size, however often it is said again.
        """
        _log.error("a longer log", extra={"witness": self.name, "size": came_to})
        told: dict[str, Any] = {"witness": self.name, "witnessed": came_to}
        with self.database.transaction() as db:
            known = audit.events_named(db, AHEAD)
            if not any(told.items() <= event.facts.items() for event in known):
                audit.record(db, AHEAD, now=self.now, actor_id=None, **told, size=asked.size)


def _signed_so_far(db: Session, keys: Iterable[VerifierKey]) -> int:
    """How far it came, by whichever key; lines from before have the name alone in the column."""
    names = {name for key in keys for name in (key.name, key.key_id)}
    query = select(func.max(LogCosignature.size)).where(LogCosignature.witness.in_(names))
    return db.scalar(query) or 0


def _request(db: Session, old: int, size: int | None = None) -> _Request | None:
    """The request for the checkpoint of `size`, or the newest; None where there is nothing new."""
    newest = newest_checkpoint(db)
    if newest is None or (size is None and newest.size == old):
        return None
    if size is not None and newest.size != size:
        return None  # the log went on meanwhile: the next round asks for that
    steps = prove_consistency(db, old, newest.size).path if 0 < old < newest.size else ()
    lines = [f"old {old}", *(base64.b64encode(step).decode() for step in steps), "", newest.note]
    return _Request(old, newest.size, "\n".join(lines).encode())


def _type_of(answer: httpx.Response) -> dict[str, str]:
    return {"content-type": answer.headers.get("content-type", "")}


def _came_to(answer: httpx.Response) -> int | None:
    """The size that the witness says it signed last."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip()
    text = answer.text.strip()
    is_size = answer.status_code == httpx.codes.CONFLICT and kind == _SIZE_TYPE
    return int(text) if is_size and text.isascii() and text.isdigit() else None


def _own_lines(lines: str, keys: Iterable[VerifierKey]) -> str:
    own = {key.key_id for key in keys}
    return "".join(each.line for each in parse_signatures(lines) if each.key_id in own)
