"""One's own proof of hours 学时证明: to print, as a table, as a signed file; at any time."""

import datetime as dt
from typing import Any

from fastapi import APIRouter, Response

from app.api.files import JSON, PDF, XLSX, attached, gives
from app.api.problems import may_raise
from app.core.errors import ConflictError, NotSignedInError, UnavailableError
from app.identity.rules.actors import Actor
from app.lobby.deps import CurrentActor, Now, PartsDep
from app.lobby.parts import Parts
from app.org.services import proofs, statements
from app.org.services.proofs import ProofSheet

router = APIRouter(prefix="/me/hours", tags=["me"])


def _file(media_type: str) -> dict[int | str, dict[str, Any]]:
    """Document a file and what may keep somebody from their own."""
    return gives(media_type) | may_raise(NotSignedInError, ConflictError, UnavailableError)


@router.get("/proof.pdf", response_class=Response, responses=_file(PDF))
def read_own_proof(actor: CurrentActor, parts: PartsDep, now: Now) -> Response:
    """The hours of the caller's courses, to print."""
    pdf = proofs.as_pdf(_sheet(parts, actor, now), address=parts.settings.public_url)
    return attached(pdf, PDF, f"xueshi-{now:%Y%m%d}.pdf")


@router.get("/proof.xlsx", response_class=Response, responses=_file(XLSX))
def read_own_proof_table(actor: CurrentActor, parts: PartsDep, now: Now) -> Response:
    """The same as a table, one row a day."""
    return attached(proofs.as_xlsx(_sheet(parts, actor, now)), XLSX, f"xueshi-{now:%Y%m%d}.xlsx")


@router.get("/proof.json", response_class=Response, responses=_file(JSON))
def read_own_proof_statement(actor: CurrentActor, parts: PartsDep, now: Now) -> Response:
    """The same as a signed file, with where the ledger stands; `verifier/` checks it."""
    with parts.database.reading() as db:
        sheet = proofs.own_sheet(
            db, parts.vault, parts.keys, actor, operator=parts.settings.filing.operator, now=now
        )
        content = statements.as_json(db, parts.keys, sheet, now=now)
    return attached(content, JSON, f"xueshi-{now:%Y%m%d}.json")


def _sheet(parts: Parts, actor: Actor, now: dt.datetime) -> ProofSheet:
    """Gathered before anything is typeset: that is slow, and needs no database."""
    with parts.database.reading() as db:
        return proofs.own_sheet(
            db, parts.vault, parts.keys, actor, operator=parts.settings.filing.operator, now=now
        )
