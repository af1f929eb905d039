"""Certificates of others that a holder records; nobody here has verified them."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, status
from pydantic import Field

from app.api.problems import may_raise
from app.api.v1.texts import PersonText
from app.certs.providers.type_table import known_types
from app.certs.rules.external import Evidence
from app.certs.services import external
from app.certs.services.external import ExternalView
from app.core.errors import ConflictError, InvalidError, NotFoundError, NotSignedInError
from app.lobby.deps import CurrentActor, Db, Now, PartsDep, ReadDb
from app.lobby.letters import Body
from app.lobby.paths import RowId

router = APIRouter(prefix="/certificates/external", tags=["certificates"])
Day = Annotated[dt.date, Field(strict=False)]


class ExternalIn(Body):
    kind: Annotated[str, Field(min_length=1, max_length=40)]
    title: Annotated[PersonText, Field(min_length=2, max_length=60)]
    number: Annotated[PersonText, Field(min_length=4, max_length=60)]
    issuer: Annotated[PersonText, Field(min_length=2, max_length=80)]
    issued_on: Day
    valid_until: Day | None = None


@router.get("", responses=may_raise(NotSignedInError))
def list_external(actor: CurrentActor, db: ReadDb, parts: PartsDep, now: Now) -> list[ExternalView]:
    """List what the caller recorded; none of it was verified here."""
    types = known_types(parts.settings.reference_dir)
    return external.list_own(db, parts.vault, types, actor.learner_id, now=now)


@router.post(
    "", status_code=status.HTTP_201_CREATED,
    responses=may_raise(InvalidError, NotSignedInError, ConflictError),
)  # fmt: skip
def record(
    body: ExternalIn, actor: CurrentActor, db: Db, parts: PartsDep, now: Now
) -> ExternalView:
    """Record a certificate of somebody else's as one's own."""
    types = known_types(parts.settings.reference_dir)
    given = Evidence(**body.model_dump())
    return external.record(db, parts.vault, types, actor.learner_id, given, now=now)


@router.delete(
    "/{external_id}", status_code=status.HTTP_204_NO_CONTENT,
    responses=may_raise(NotSignedInError, NotFoundError),
)  # fmt: skip
def remove(external_id: RowId, actor: CurrentActor, db: Db, now: Now) -> None:
    """Delete one's own record."""
    external.remove(db, external_id, learner_id=actor.learner_id, now=now)
