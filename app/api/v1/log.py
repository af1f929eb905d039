"""The transparency log for programs: its keys, proofs, checkpoints, and the witnesses' lines.

Tiles and the newest checkpoint are served in C2SP's own form at `/log` (see `app.api.log_tiles`).
"""

import datetime as dt
from base64 import b64encode
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from app.api.problems import may_raise
from app.core import log_reading, log_sequencer, log_witnesses
from app.core.errors import (
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotSignedInError,
    TooManyRequestsError,
)
from app.core.translog import Kind
from app.identity.rules.actors import Role
from app.learning.services import ledger
from app.lobby.deps import CallerAddress, CurrentActor, Now, PartsDep, ReadDb
from app.lobby.letters import Body
from app.lobby.paths import RowQuery

router = APIRouter(prefix="/log", tags=["log"])
Size = Annotated[int, Query(ge=0, le=2**53)]
_STAFF = frozenset({Role.REVIEWER, Role.REGULATOR})


class LogOut(BaseModel):
    origin: str
    verifier_keys: list[str]
    witnesses: list[str]
    size: int
    checkpoint: str
    signed_at: dt.datetime
    cosigned_checkpoint: str | None


class InclusionOut(BaseModel):
    """The leaf is SHA-256(0x00 ‖ commitment), the commitment SHA-256(salt ‖ kind ‖ LF ‖ record)."""

    kind: str
    record_id: str
    position: int
    salt: str
    commitment: str
    path: list[str]
    size: int
    root: str
    checkpoint: str


class ConsistencyOut(BaseModel):
    old: int
    new: int
    path: list[str]


class CheckpointOut(BaseModel):
    size: int
    checkpoint: str


class CosignaturesIn(Body):
    """What a witness answers: signature lines, each `— name base64` and a newline."""

    size: Annotated[int, Field(ge=1, le=2**53)]
    cosignatures: Annotated[str, Field(min_length=1, max_length=20_000)]


class CosignedOut(BaseModel):
    size: int
    witnesses: list[str]


def _b64(raw: bytes) -> str:
    return b64encode(raw).decode()


@router.get("", responses=may_raise(NotFoundError))
def read_log(db: ReadDb, parts: PartsDep) -> LogOut:
    """The log's name and keys, its newest checkpoint, and the newest that a witness signed."""
    newest = log_reading.newest(db)
    cosigned = log_reading.newest_cosigned(db)
    origin = log_sequencer.origin_of(newest)
    return LogOut(
        origin=origin,
        verifier_keys=[key.text for key in parts.log.verifier_keys(origin)],
        witnesses=[key.text for key in parts.log.witnesses],
        size=newest.size, checkpoint=log_reading.note_of(db, newest), signed_at=newest.at,
        cosigned_checkpoint=log_reading.note_of(db, cosigned) if cosigned else None,
    )  # fmt: skip


@router.get("/checkpoints/{size}", responses=may_raise(NotFoundError))
def read_checkpoint(size: Annotated[int, Path(ge=1, le=2**53)], db: ReadDb) -> CheckpointOut:
    """The checkpoint that was signed at this size, with its witnesses."""
    found = log_reading.checkpoint_at(db, size)
    return CheckpointOut(size=size, checkpoint=log_reading.note_of(db, found))


@router.get("/proofs/inclusion", responses=may_raise(NotSignedInError, NotFoundError))
def prove_inclusion(
    kind: Kind,
    record_id: RowQuery,
    actor: CurrentActor,
    db: ReadDb,
    size: Annotated[int | None, Query(ge=1, le=2**53)] = None,
) -> InclusionOut:
    """Prove that a record stands in the log: to its learner, and to staff.

    `size` is that of a checkpoint; the newest where it is left out.
    """
    if not actor.roles & _STAFF:
        ledger.check_own(db, record_id if kind is Kind.LEDGER_ENTRY else "", actor.learner_id)
    found = log_reading.prove_inclusion(db, kind, record_id, size=size)
    return InclusionOut(
        kind=found.kind, record_id=found.record_id, position=found.position,
        salt=_b64(found.salt), commitment=_b64(found.commitment),
        path=[_b64(step) for step in found.path], size=found.size, root=_b64(found.root),
        checkpoint=found.checkpoint,
    )  # fmt: skip


@router.get("/proofs/consistency", responses=may_raise(NotFoundError))
def prove_consistency(old: Size, new: Size, db: ReadDb) -> ConsistencyOut:
    """Prove to anybody that the log of `old` entries is the beginning of the log of `new`."""
    found = log_reading.prove_consistency(db, old, new)
    return ConsistencyOut(old=old, new=new, path=[_b64(step) for step in found.path])


@router.post(
    "/cosignatures",
    responses=may_raise(InvalidError, ForbiddenError, NotFoundError, TooManyRequestsError),
)
def cosign(body: CosignaturesIn, parts: PartsDep, now: Now, address: CallerAddress) -> CosignedOut:
    """Take a configured witness's lines under a checkpoint; who they are from is in the lines."""
    parts.limiter.take("log.cosign", address, limit=600, window_s=600, now=now)
    with parts.database.transaction() as db:
        told = log_witnesses.accept(
            db, parts.log.witnesses, size=body.size, lines=body.cosignatures
        )  # fmt: skip
    return CosignedOut(size=body.size, witnesses=told)
