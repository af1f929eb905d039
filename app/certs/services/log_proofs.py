"""The proof that a certificate carries: the log holds it, under what its witnesses have signed too.

Witnesses sign once a minute, and the proof inside a document is frozen with it. So a certificate
waits for their lines, for minutes at most: a witness that is away holds nothing up, and the proof
at the certificate's address is cosigned as soon as there is such a checkpoint.
"""

import datetime as dt
from typing import Any, Final

from sqlalchemy.orm import Session

from app.certs import repository as rows
from app.certs.rules.facts import WITHOUT_DIGEST
from app.certs.rules.verdicts import NO_PAGE, SCAN_AGAIN
from app.certs.services.artefacts import Workshop, record_file
from app.core import log_reading, log_sequencer
from app.core.db import Database
from app.core.errors import NotFoundError
from app.core.log_reading import Inclusion
from app.core.translog import Kind

PATIENCE: Final = dt.timedelta(minutes=2)
"""From the moment of issue: two rounds of asking the witnesses."""
LOOK_AGAIN: Final = dt.timedelta(seconds=20)
_TURNS = 512


def is_early(database: Database, shop: Workshop, certificate_id: str, *, now: dt.datetime) -> bool:
    """Tell whether the witnesses' lines may still come; places the record where it has no place.

    Raises RuntimeError where it cannot be placed yet.
    """
    with database.reading() as db:
        row = rows.get(db, certificate_id)
        is_waiting = row is not None and row.ready_at is None and row.holder_gone_at is None
        if row is None or not is_waiting or row.facts["version"] == WITHOUT_DIGEST:
            return False
        issued_at = row.issued_at
    _place(database, shop, certificate_id, now)
    if not shop.log.witnesses or now - issued_at >= PATIENCE:
        return False
    with database.reading() as db:
        return _cosigned_size(db, shop, certificate_id) is None


def proof_of(
    database: Database, shop: Workshop, certificate_id: str, *, now: dt.datetime
) -> Inclusion:
    """Prove a record under a checkpoint that all witnesses signed, else some, else the newest.

    Raises RuntimeError where it cannot be placed yet: the job comes again.
    """
    _place(database, shop, certificate_id, now)
    with database.reading() as db:
        size = _cosigned_size(db, shop, certificate_id)
        if size is None:
            position = log_reading.position_of(db, Kind.CERTIFICATE, certificate_id) or 0
            size = log_reading.newest_over(db, position).size
        return log_reading.prove_inclusion(db, Kind.CERTIFICATE, certificate_id, size=size)


def _cosigned_size(db: Session, shop: Workshop, certificate_id: str) -> int | None:
    """The size of the newest checkpoint over the record that every witness we know has signed."""
    position = log_reading.position_of(db, Kind.CERTIFICATE, certificate_id)
    witnesses = shop.log.witnesses
    found = log_reading.newest_signed_by(db, witnesses) if witnesses else None
    return found.size if found and position is not None and found.size > position else None


def _place(database: Database, shop: Workshop, certificate_id: str, now: dt.datetime) -> None:
    """Another process may place it between two looks.

    Raises RuntimeError where more waits before it than a few turns place.
    """
    for _ in range(_TURNS):
        with database.reading() as db:
            if log_reading.has_place(db, Kind.CERTIFICATE, certificate_id):
                return
        log_sequencer.sequence(database, shop.log, now=now)
    message = "the record has no place in the log yet"
    raise RuntimeError(message)


def proved_record(db: Session, public_id: str) -> dict[str, Any]:
    """The signed record with its proof of inclusion, for whoever wants to check without us.

    The checkpoint is one that a witness has signed too, where there is one since. `log` is None
    for one of the first version, and until its entry has a place. Raises NotFoundError.
    """
    row = rows.by_public_id(db, public_id)
    if row is None or row.ready_at is None:
        raise NotFoundError(NO_PAGE, remedy=SCAN_AGAIN)
    position = log_reading.position_of(db, Kind.CERTIFICATE, row.id)
    if position is None:
        return record_file(row, None)
    size = log_reading.newest_over(db, position).size
    return record_file(row, log_reading.prove_inclusion(db, Kind.CERTIFICATE, row.id, size=size))
