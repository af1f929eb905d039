"""A holder's certificates and their documents; revocation by staff."""

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response, status
from pydantic import BaseModel, Field

from app.api.answers import Answer
from app.api.files import PDF, gives
from app.api.problems import WRITING, may_raise
from app.api.v1.catalogue import EnrolmentOut, enrolment_out
from app.api.v1.complaints import ReceivedOut, Words
from app.api.v1.texts import PersonText
from app.certs.rules.verdicts import Verdict
from app.certs.services import holder_codes, kept_papers, renewals, suspensions, wallet
from app.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotSignedInError,
    TooManyRequestsError,
)
from app.identity.rules.actors import Actor
from app.identity.services import person_keys
from app.lobby import limits
from app.lobby.deps import CurrentActor, Db, Now, PartsDep, ReadDb, Reviewer
from app.lobby.letters import Body
from app.lobby.parts import Parts
from app.lobby.paths import RowId
from app.oversight.services import reissues

router = APIRouter(prefix="/certificates", tags=["certificates"])
_MEDIA = {"pdf": PDF, "png": "image/png", "credential": "application/vc"}
_SUFFIXES = {"pdf": "pdf", "png": "png", "credential": "json"}


class CertificateOut(Answer):
    """The holder is masked, as on the public page."""

    certificate_id: str
    public_id: str
    number: str
    type: str
    holder_name: str
    holder_number: str
    course: str
    institution: str
    hours: str
    score: int
    completed_on: str
    expires_on: str
    issued_at: dt.datetime
    revoked_at: dt.datetime | None
    revoke_reason: str | None
    suspended_until: dt.date | None
    suspend_reason: str | None
    superseded_at: dt.datetime | None
    successor_id: str | None
    successor_number: str | None
    qr_text: str
    has_credential: bool
    verdict: Verdict


class RevocationOut(CertificateOut):
    """The certificate as it stands, and the case in which another person confirms."""

    case_id: str


class ReasonIn(Body):
    reason: Annotated[PersonText, Field(min_length=1, max_length=500)]


class HolderCodeOut(BaseModel):
    code: str
    ends_at: dt.datetime


class WishIn(Body):
    text: Words


@router.get("", responses=may_raise(NotSignedInError))
def list_certificates(actor: CurrentActor, db: ReadDb, now: Now) -> list[CertificateOut]:
    """List the caller's own certificates."""
    found = wallet.list_certificates(db, actor.learner_id, now=now)
    return [CertificateOut.model_validate(view) for view in found]


def _file(kind: str) -> dict[int | str, dict[str, Any]]:
    """Document a file and what may keep its holder from it."""
    return gives(_MEDIA[kind]) | may_raise(InvalidError, NotSignedInError, NotFoundError)


@router.get("/{certificate_id}/file.pdf", response_class=Response, responses=_file("pdf"))
def read_pdf(certificate_id: RowId, actor: CurrentActor, parts: PartsDep) -> Response:
    """The holder's own document to print."""
    return _document(parts, certificate_id, actor, "pdf")


@router.get("/{certificate_id}/preview.png", response_class=Response, responses=_file("png"))
def read_preview(certificate_id: RowId, actor: CurrentActor, parts: PartsDep) -> Response:
    """The holder's own document as a picture."""
    return _document(parts, certificate_id, actor, "png")


@router.get(
    "/{certificate_id}/credential.json", response_class=Response, responses=_file("credential")
)
def read_credential(
    certificate_id: RowId, actor: CurrentActor, parts: PartsDep,
    proof: Literal["eddsa-rdfc-2022", "eddsa-jcs-2022"] | None = None,
) -> Response:  # fmt: skip
    """The holder's verifiable credential, for wallets and other systems.

    With `proof` it carries that one alone, for a wallet that knows no other suite.
    """
    return _document(parts, certificate_id, actor, "credential", proof)


def _document(
    parts: Parts, certificate_id: str, actor: Actor, kind: str, proof: str | None = None
) -> Response:
    with parts.database.reading() as db:
        view = wallet.own_certificate(
            db, certificate_id, learner_id=actor.learner_id, now=parts.clock.now()
        )
        papers = wallet.own_papers(db, certificate_id, learner_id=actor.learner_id)
        own = person_keys.vault_of(db, parts.vault, actor.learner_id)
    if proof is None:
        content = kept_papers.read(own, parts.storage, papers, kind)
    else:
        content = kept_papers.read_with_one_proof(own, parts.storage, papers, proof)
    name = f"{view.number}{'' if proof is None else '-' + proof}.{_SUFFIXES[kind]}"
    headers = {"content-disposition": f'inline; filename="{name}"'}
    return Response(content, media_type=_MEDIA[kind], headers=headers)


@router.post(
    "/{certificate_id}/revocation",
    responses=WRITING,
)
def revoke(
    certificate_id: RowId, body: ReasonIn, actor: Reviewer, db: Db, now: Now
) -> RevocationOut:
    """Ask for a certificate to be taken back; it stands until another confirms."""
    case = wallet.propose_revocation(db, certificate_id, reason=body.reason, actor=actor, now=now)
    view = wallet.certificate(db, certificate_id, now=now)
    return RevocationOut.of(view, case_id=case.case_id)


@router.post(
    "/{certificate_id}/reissue", status_code=status.HTTP_201_CREATED,
    responses=WRITING,
)  # fmt: skip
def ask_for_another(
    certificate_id: RowId, body: WishIn, actor: CurrentActor, db: Db, parts: PartsDep, now: Now
) -> ReceivedOut:
    """Ask for one's certificate to be issued anew, because one's name or number was corrected."""
    done = reissues.ask(
        db, parts.vault, parts.keys, certificate_id, text=body.text,
        learner_id=actor.learner_id, reference_dir=parts.settings.reference_dir, now=now,
    )  # fmt: skip
    return ReceivedOut(number=done.number, answer_by=done.answer_by)


@router.post(
    "/{certificate_id}/renewal", status_code=status.HTTP_201_CREATED,
    responses=WRITING,
)  # fmt: skip
def renew(certificate_id: RowId, actor: CurrentActor, db: Db, now: Now) -> EnrolmentOut:
    """Begin the course of one's certificate again, because its last day is near."""
    found = renewals.begin(db, certificate_id, learner_id=actor.learner_id, now=now)
    return enrolment_out(found)


@router.post(
    "/{certificate_id}/holder-code", status_code=status.HTTP_201_CREATED,
    responses=may_raise(
        ForbiddenError, NotSignedInError, NotFoundError, ConflictError, TooManyRequestsError
    ),
)  # fmt: skip
def make_holder_code(
    certificate_id: RowId, actor: CurrentActor, parts: PartsDep, now: Now
) -> HolderCodeOut:
    """Make a code with which somebody reads one's full name and number, once, in ten minutes."""
    limits.before_holder_code(parts, person_id=actor.learner_id, now=now)
    with parts.database.transaction() as db:
        made = holder_codes.make(
            db, parts.vault, parts.keys, certificate_id, learner_id=actor.learner_id, now=now
        )
    return HolderCodeOut(code=made.code, ends_at=made.ends_at)


@router.post(
    "/{certificate_id}/suspension",
    responses=WRITING,
)
def suspend(
    certificate_id: RowId, body: ReasonIn, actor: Reviewer, db: Db, now: Now
) -> CertificateOut:
    """Suspend a certificate at once, until `suspended_until` or until somebody lifts it."""
    suspensions.suspend(db, certificate_id, reason=body.reason, actor=actor, now=now)
    return CertificateOut.model_validate(wallet.certificate(db, certificate_id, now=now))


@router.post(
    "/{certificate_id}/suspension/end",
    responses=WRITING,
)
def lift_suspension(
    certificate_id: RowId, body: ReasonIn, actor: Reviewer, db: Db, now: Now
) -> CertificateOut:
    """Lift a suspension before its last day."""
    suspensions.lift(db, certificate_id, reason=body.reason, actor=actor, now=now)
    return CertificateOut.model_validate(wallet.certificate(db, certificate_id, now=now))
