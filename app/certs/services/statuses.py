"""Which credentials are revoked, as lists that anybody can read (Bitstring Status List 1.0)."""

import datetime as dt
import hashlib
import json
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy.orm import Session

from app.certs import repository as rows
from app.certs.providers import proofs
from app.certs.rules import status_list
from app.certs.rules.credential import StatusPlace
from app.certs.rules.did_web import did_of, document_of
from app.core.crypto import KeyRing
from app.core.errors import NotFoundError
from app.core.signers import signer_at

PURPOSE: Final = "certificates"
_DRAWS: Final = 16
# A list is signed anew when it changes, and each ten minutes; a copy is good for a day, as long as
# somebody may be without a network who looks at papers.
_STEP: Final = dt.timedelta(minutes=10)
_LASTS: Final = dt.timedelta(days=1)
_TTL_MS: Final = 300_000
_MOST: Final = 32


def draw_place(db: Session) -> tuple[int, int]:
    """Draw a free place: number of the list, from 1, and index in it.

    At random, so that a place tells nothing of when it was given. Where sixteen draws find none,
    the list is well filled, and the next one begins.
    """
    number = rows.newest_list(db) or 1
    for _ in range(_DRAWS):
        index = secrets.randbelow(status_list.LEAST)
        if not rows.is_taken(db, number, index):
            return number, index
    return number + 1, secrets.randbelow(status_list.LEAST)


def place_of(address: str, number: int, index: int) -> StatusPlace:
    return StatusPlace(list_address(address, number), index)


def list_address(address: str, number: int) -> str:
    return f"{address.rstrip('/')}/status/{number}"


def first_address(db: Session) -> str | None:
    """The address that the oldest certificate names; None where there is none."""
    text = rows.first_code(db)
    return text.partition("/v/")[0] if text else None


def did_document(keys: KeyRing, address: str, others: Sequence[str] = ()) -> dict[str, Any]:
    """Who signs, and every key they ever signed with; `others` are their other addresses."""
    known = keys.public_keys(PURPOSE)
    multikeys = {key_id: proofs.multikey(raw) for key_id, raw in known.items()}
    return document_of(did_of(address), multikeys, [did_of(each) for each in others])


@dataclass(frozen=True, slots=True)
class PublishedList:
    """A signed list as it goes out, its ETag, and whether another one follows it."""

    body: bytes
    tag: str
    is_last: bool = True


class StatusLists:
    """Signs lists, each state of one once; threads share it.

    A certificate names its list by the address of its day, so a list goes out under each of ours.
    """

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys
        self._signed: dict[tuple[Any, ...], PublishedList] = {}
        self._lock = threading.Lock()

    def read(self, db: Session, number: int, *, address: str, now: dt.datetime) -> PublishedList:
        """Return a signed list as it stands, under one of our addresses.

        Raises NotFoundError for one behind the newest, UnavailableError while nothing may sign.
        """
        # The first one is there before anybody is in it: whoever keeps all lists asks for it.
        last = rows.newest_list(db) or 1
        if not 1 <= number <= last:
            raise NotFoundError("没有这份状态表。", remedy="请照凭证里写的地址取")
        revoked = tuple(rows.revoked_places(db, number))
        signer = signer_at(self._keys, PURPOSE, now)
        since = dt.datetime.fromtimestamp(now.timestamp() // _STEP.seconds * _STEP.seconds, dt.UTC)
        name = (address, number, revoked, signer.key_id, since)
        with self._lock:
            if name not in self._signed:
                if len(self._signed) >= _MOST:
                    self._signed.clear()
                did = did_of(address)
                unsigned = status_list.list_credential(
                    list_address(address, number), did, status_list.encode(revoked),
                    valid_from=since, valid_until=since + _LASTS, ttl_ms=_TTL_MS,
                )  # fmt: skip
                self._signed[name] = _publish(proofs.sign(unsigned, did=did, key=signer, now=since))
            return replace(self._signed[name], is_last=number == last)


def _publish(signed: dict[str, Any]) -> PublishedList:
    body = json.dumps(signed, ensure_ascii=False, separators=(",", ":")).encode()
    return PublishedList(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')
