"""Certificates from elsewhere that an employer states for its people, and the people's answers."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Response, status
from pydantic import Field

from app.api.files import gives
from app.api.problems import READING, WRITING, may_raise
from app.api.v1.texts import PersonText
from app.certs.rules.external import Evidence
from app.certs.services.handed_over import Keys
from app.core.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    NotSignedInError,
    TooManyRequestsError,
)
from app.identity.rules.actors import Actor
from app.lobby import guesses
from app.lobby.deps import Agent, CurrentActor, Db, Now, PartsDep, ReadDb
from app.lobby.letters import Body
from app.lobby.limits import Looking
from app.lobby.parts import Parts
from app.lobby.paths import ID_OR_NONE, Id, RowId
from app.org.rules.applications import LicenceKind
from app.org.services import stated_answers, stated_certificates, stated_papers, stated_views
from app.org.services.applications import Licence
from app.org.services.stated_papers import Given
from app.org.services.stated_views import StatedView

router = APIRouter(tags=["employers"])
Day = Annotated[dt.date, Field(strict=False)]
Reason = Annotated[PersonText, Field(min_length=2, max_length=200)]
_OWN = may_raise(NotSignedInError)
_FILE = gives(*(kind.value for kind in LicenceKind))
_MOST_PROOF = 5 * 2**20


class _Statement(Body):
    kind: Annotated[str, Field(min_length=1, max_length=40)]
    title: Annotated[PersonText, Field(min_length=2, max_length=60)]
    number: Annotated[PersonText, Field(min_length=1, max_length=60)]
    issuer: Annotated[PersonText, Field(min_length=2, max_length=80)]
    issued_on: Day
    valid_until: Day | None = None
    course_id: Annotated[str, Field(pattern=ID_OR_NONE)] = ""

    def as_given(
        self, proof: str, *, staff_id: str = "", corrects_id: str = "", reason: str = ""
    ) -> Given:
        return Given(
            evidence=Evidence(
                kind=self.kind, title=self.title, number=self.number, issuer=self.issuer,
                issued_on=self.issued_on, valid_until=self.valid_until,
            ),
            staff_id=staff_id, course_id=self.course_id, proof=proof, corrects_id=corrects_id,
            reason=reason,
        )  # fmt: skip


class StatedIn(_Statement):
    """`proof`: the paper as a picture or PDF in base64."""

    staff_id: Id
    proof: Annotated[
        str, Field(min_length=1, max_length=_MOST_PROOF, pattern=r"^[A-Za-z0-9+/]+={0,2}$")
    ]


class CorrectionIn(_Statement):
    """The whole statement anew, and why; without a `proof` the paper stays."""

    reason: Reason
    proof: Annotated[str, Field(max_length=_MOST_PROOF, pattern=r"^([A-Za-z0-9+/]+={0,2})?$")] = ""


class ReasonIn(Body):
    reason: Reason


@router.get("/org/staff/{staff_id}/certificates", responses=READING)
def list_stated(
    staff_id: RowId, actor: Agent, db: ReadDb, parts: PartsDep, now: Now
) -> list[StatedView]:
    """What the caller's organisation stated of one of its people, the newest first."""
    return stated_views.of_staff(db, parts.vault, actor, staff_id, now=now)


@router.post(
    "/org/stated-certificates", status_code=status.HTTP_201_CREATED,
    responses=WRITING | may_raise(TooManyRequestsError),
)  # fmt: skip
def state(body: StatedIn, actor: Agent, parts: PartsDep, now: Now) -> StatedView:
    """State one; the person is asked. What of it is of this house is checked."""
    return _stated(body.as_given(body.proof, staff_id=body.staff_id), actor, parts, now)


@router.put(
    "/org/stated-certificates/{stated_id}",
    responses=WRITING | may_raise(TooManyRequestsError),
)  # fmt: skip
def correct(
    stated_id: RowId, body: CorrectionIn, actor: Agent, parts: PartsDep, now: Now
) -> StatedView:
    """Put one right by another in its place; the person is asked anew, and reads why."""
    given = body.as_given(body.proof, corrects_id=stated_id, reason=body.reason)
    return _stated(given, actor, parts, now)


def _stated(given: Given, actor: Actor, parts: Parts, now: dt.datetime) -> StatedView:
    # A number of this house is looked up with a name: under the limits of every look-up, and what
    # is refused costs a try, as a wrong name does.
    who = Looking("", "", actor.learner_id)
    taken = guesses.take(parts, who, given.evidence.number, now=now)
    with parts.database.reading() as db:
        paper = stated_papers.look(
            db, parts.vault, Keys(parts.keys, parts.log), actor, given,
            address=parts.settings.public_url, former=parts.settings.former_urls, now=now,
        )  # fmt: skip
    guesses.give_back(parts, taken)
    with parts.database.transaction() as db:
        return stated_certificates.state(db, parts.vault, actor, given, paper, now=now)


@router.get(
    "/org/stated-certificates/{stated_id}/proof", response_class=Response,
    responses=READING | _FILE,
)  # fmt: skip
def read_proof(stated_id: RowId, actor: Agent, db: Db, parts: PartsDep, now: Now) -> Response:
    """The paper, for who keeps the roster; its person can read who opened it."""
    return _paper(stated_views.proof_for_employer(db, parts.vault, actor, stated_id, now=now))


@router.post(
    "/org/stated-certificates/{stated_id}/withdrawal", status_code=status.HTTP_204_NO_CONTENT,
    responses=WRITING,
)  # fmt: skip
def withdraw(
    stated_id: RowId, body: ReasonIn, actor: Agent, db: Db, parts: PartsDep, now: Now
) -> None:
    """Take a statement back; its person reads why."""
    stated_certificates.withdraw(db, parts.vault, actor, stated_id, body.reason, now=now)


@router.get("/me/stated-certificates", responses=_OWN)
def list_own(actor: CurrentActor, db: ReadDb, parts: PartsDep, now: Now) -> list[StatedView]:
    """What employers stated of the caller; what waits for an answer first."""
    return stated_views.list_own(db, parts.vault, actor.learner_id, now=now)


@router.get(
    "/me/stated-certificates/{stated_id}/proof", response_class=Response,
    responses=_OWN | may_raise(NotFoundError) | _FILE,
)  # fmt: skip
def read_own_proof(stated_id: RowId, actor: CurrentActor, db: ReadDb, parts: PartsDep) -> Response:
    """The paper, for the person it is about."""
    return _paper(stated_views.own_proof(db, parts.vault, actor.learner_id, stated_id))


@router.post(
    "/me/stated-certificates/{stated_id}/confirmation", status_code=status.HTTP_204_NO_CONTENT,
    responses=_OWN | may_raise(NotFoundError, ConflictError),
)  # fmt: skip
def confirm(stated_id: RowId, actor: CurrentActor, db: Db, parts: PartsDep, now: Now) -> None:
    """Say yes to a statement about oneself."""
    stated_answers.answer(db, parts.vault, actor.learner_id, stated_id, refusal=None, now=now)


@router.post(
    "/me/stated-certificates/{stated_id}/refusal", status_code=status.HTTP_204_NO_CONTENT,
    responses=_OWN | may_raise(InvalidError, NotFoundError, ConflictError),
)  # fmt: skip
def refuse(
    stated_id: RowId, body: ReasonIn, actor: CurrentActor, db: Db, parts: PartsDep, now: Now
) -> None:
    """Say no to a statement about oneself, and what is wrong; also after a yes."""
    stated_answers.answer(
        db, parts.vault, actor.learner_id, stated_id, refusal=body.reason, now=now
    )


def _paper(found: Licence) -> Response:
    headers = {"content-disposition": "inline", "cache-control": "no-store"}
    return Response(found.content, media_type=found.media_type, headers=headers)
