"""Links to one certificate: made and taken back by its holder, opened by whoever was given one."""

import datetime as dt
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response, status
from pydantic import BaseModel, Field

from app.api.answers import Answer
from app.api.files import PDF, gives
from app.api.problems import READING, may_raise
from app.certs.rules.shares import ShareState, Wish
from app.certs.services import kept_papers, shares
from app.core.errors import (
    ConflictError,
    EndedError,
    ForbiddenError,
    NotFoundError,
    NotSignedInError,
    TooManyRequestsError,
)
from app.lobby import limits
from app.lobby.deps import (
    CallerAddress,
    CurrentActor,
    Db,
    DeviceId,
    MaybeActor,
    Now,
    PartsDep,
    ReadDb,
)
from app.lobby.letters import Body
from app.lobby.paths import RowId

router = APIRouter(tags=["certificates"])
_TOKEN = r"^[A-Za-z0-9_-]{16,64}$"  # noqa: S105 -- how one is spelled


class ShareIn(Body):
    """The document states name and number in full, whatever `shows_name` says."""

    days: Literal[7, 30, 90]
    shows_name: bool
    has_pdf: bool


class ShareOut(Answer):
    share_id: str
    shows_name: bool
    has_pdf: bool
    made_at: dt.datetime
    ends_on: dt.date
    withdrawn_at: dt.datetime | None
    state: ShareState
    opened: int
    last_opened_at: dt.datetime | None


class MadeShareOut(ShareOut):
    """`address` is told only now: of what opens it a keyed hash is kept."""

    address: str


class TokenIn(Body):
    token: Annotated[str, Field(pattern=_TOKEN)]


class OpenedOut(BaseModel):
    """The name is empty where the link does not show it."""

    name: str
    has_pdf: bool


@router.get(
    "/certificates/{certificate_id}/shares", responses=may_raise(NotSignedInError, NotFoundError)
)
def list_shares(certificate_id: RowId, actor: CurrentActor, db: ReadDb, now: Now) -> list[ShareOut]:
    """List the links of one's own certificate, those that are over too."""
    found = shares.list_own(db, certificate_id, learner_id=actor.learner_id, now=now)
    return [ShareOut.model_validate(view) for view in found]


@router.post(
    "/certificates/{certificate_id}/shares", status_code=status.HTTP_201_CREATED,
    responses=may_raise(
        ForbiddenError, NotSignedInError, NotFoundError, ConflictError, TooManyRequestsError
    ),
)  # fmt: skip
def make_share(
    certificate_id: RowId, body: ShareIn, actor: CurrentActor, parts: PartsDep, now: Now
) -> MadeShareOut:
    """Make a link that shows one's certificate until a day, or until one takes it back."""
    limits.before_share(parts, person_id=actor.learner_id, now=now)
    wish = Wish(body.days, body.shows_name, body.has_pdf)
    with parts.database.transaction() as db:
        view, token = shares.make(
            db, parts.vault, parts.keys, certificate_id, wish, learner_id=actor.learner_id,
            now=now,
        )  # fmt: skip
    address = f"{parts.settings.public_url.rstrip('/')}/s/{token}"
    return MadeShareOut.of(view, address=address)


@router.delete(
    "/certificates/{certificate_id}/shares/{share_id}", status_code=status.HTTP_204_NO_CONTENT,
    responses=READING,
)  # fmt: skip
def withdraw_share(
    certificate_id: RowId, share_id: RowId, actor: CurrentActor, db: Db, now: Now
) -> None:
    """End a link at once."""
    shares.withdraw(db, certificate_id, share_id, learner_id=actor.learner_id, now=now)


@router.post(
    "/verification/shares",
    responses=may_raise(ForbiddenError, NotFoundError, EndedError, TooManyRequestsError),
)
def open_share(
    *, body: TokenIn, actor: MaybeActor, parts: PartsDep, now: Now, device_id: DeviceId,
    address: CallerAddress,
) -> OpenedOut:  # fmt: skip
    """Count an opening and show what the holder allowed beside the page.

    Apart from the page itself, so that a preview of the link in a chat neither counts nor holds
    anybody's name.
    """
    limits.before_shared(parts, device_id=device_id, address=address, now=now)
    by = actor.learner_id if actor is not None else None
    with parts.database.transaction() as db:
        found = shares.open_link(db, parts.vault, parts.keys, body.token, by=by, now=now)
    return OpenedOut(name=found.name, has_pdf=found.has_pdf)


@router.get(
    "/verification/shares/{token}/file.pdf", response_class=Response,
    responses=gives(PDF) | may_raise(NotFoundError, EndedError, TooManyRequestsError),
)  # fmt: skip
def read_shared_pdf(
    *, token: Annotated[str, Path(pattern=_TOKEN)], parts: PartsDep, now: Now,
    device_id: DeviceId, address: CallerAddress,
) -> Response:  # fmt: skip
    """The holder's document, where the link hands it out; the holder reads that it did."""
    limits.before_shared(parts, device_id=device_id, address=address, now=now)
    with parts.database.transaction() as db:
        found = shares.document(db, parts.vault, parts.keys, token, now=now)
    content = kept_papers.read(found.own, parts.storage, found.papers, "pdf")
    headers = {"content-disposition": f'inline; filename="{found.number}.pdf"'}
    return Response(content, media_type=PDF, headers=headers)
