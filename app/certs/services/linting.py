"""Looking at a certificate before it has a number: its kind, its words, its code, its credential.

What is found opens a case at the desk and costs no number; when the case is decided, it is tried
again.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.certs.providers import proofs
from app.certs.rules import lint, scan, types
from app.certs.rules.credential import Issuer, credential
from app.certs.rules.did_web import did_of
from app.certs.rules.facts import CertificateFacts
from app.certs.rules.lint import Flaw, Problem
from app.certs.rules.paper import Paper, fields_of
from app.certs.services import statuses
from app.certs.services.artefacts import Workshop
from app.core import glyphs
from app.core.crypto import Vault, b64url
from app.identity.rules.documents import document_name
from app.identity.rules.names import without_unseen
from app.identity.services import cases, inbox, person_keys, sealed_fields
from app.identity.services.cases import CaseKind
from app.identity.services.inbox import NoticeKind
from app.identity.services.people import FullPerson
from app.learning.services.completion import CompletionFacts

_OF_ITS_KIND = "这门课的证书种类要先改正。"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why no number is given. `in_clear` tells nothing of a name; `sealed` does, where it must."""

    in_clear: str
    sealed: str = ""
    to_holder: str = ""
    """The same for whose certificate it is, without characters that may not be shown."""


def refusal_of(
    shop: Workshop, trial: CertificateFacts, holder: FullPerson, *, months: int | None,
    is_first: bool,
) -> Refusal | None:  # fmt: skip
    """Everything wrong with a certificate that has no number yet; `trial` has one for trial.

    `months` are those of the course's validity. One in another's place says what that one said,
    whatever has become of kind and course: only its words are looked at. None where it can be
    issued.
    """
    kind = shop.types.named(trial.type)
    said = types.refusal_of(kind, trial.type)
    if kind is None or (is_first and said is not None):
        return Refusal(said or "")
    if is_first and (said := types.validity_refusal(kind, months)) is not None:
        return Refusal(said)
    flaws = tuple(_flaws(shop, trial, holder))
    if not flaws:
        return None
    told = "".join(flaw.said(is_clear=True) for flaw in flaws)
    is_personal = any(flaw.is_personal for flaw in flaws)
    sealed = "".join(flaw.said() for flaw in flaws) if is_personal else ""
    return Refusal(told, sealed, "".join(flaw.in_short for flaw in flaws))


def _flaws(shop: Workshop, trial: CertificateFacts, holder: FullPerson) -> Iterator[Flaw]:
    paper = Paper(
        facts=trial, name=holder.name,
        document_name=document_name(holder.document_type),
        document_number=holder.document_number, retraining="",
        issued_on=dt.datetime.fromisoformat(trial.issued_at).date(),
    )  # fmt: skip
    # The document's number is looked at by itself: its kind's name would fill an empty one.
    printed = fields_of(paper) | {"type": trial.type, "identity": holder.document_number}
    found = lint.flaws_of(printed, glyphs.covered())
    yield from found
    address = scan.text_of(shop.address, trial.public_id, "").encode()
    dense = lint.code_flaw(len(address), scan.payload_bytes(scan.minimum_of(trial)))
    if dense is not None:
        yield dense
    if not found and (unsayable := _credential_flaw(shop, trial, holder)) is not None:
        yield unsayable


def _credential_flaw(shop: Workshop, trial: CertificateFacts, holder: FullPerson) -> Flaw | None:
    """Whether a signature would cover all that the credential says."""
    did = did_of(shop.address)
    issuer = Issuer(did=did, name=shop.operator, address=shop.address.rstrip("/"))
    place = statuses.place_of(shop.address, 1, 0)
    try:
        unsigned = credential(trial, holder.name, issuer, place)
    except ValueError as error:
        return Flaw("credential", Problem.UNSAYABLE, type(error).__name__)
    flaw = proofs.flaw_before_signing(unsigned, did)
    return None if flaw is None else Flaw("credential", Problem.UNSAYABLE, flaw.fault.value)


def waits(db: Session, enrolment_id: str) -> bool:
    """Tell whether a certificate could not be made, and somebody is to mend what keeps it."""
    about = cases.cases_about(db, [enrolment_id], CaseKind.CERTIFICATE_GLYPH)
    return any(case.state is cases.CaseState.OPEN for case in about)


def put_before_desk(
    db: Session, vault: Vault, facts: CompletionFacts, refusal: Refusal, *, now: dt.datetime
) -> None:
    """Open the case, once for as long as one is open; letters of a name are sealed in it.

    Whose it is are told that it waits, and why.
    """
    if waits(db, facts.enrolment_id):
        return
    inbox.notify(
        db, facts.learner_id, NoticeKind.CERTIFICATE_WAITS, now=now,
        course=without_unseen(facts.course_title), reason=refusal.to_holder or _OF_ITS_KIND,
    )  # fmt: skip
    told = {"fault": refusal.in_clear, "enrolment_id": facts.enrolment_id}
    if refusal.sealed:
        own = person_keys.sealing_vault_of(db, vault, facts.learner_id, now=now)
        told["text"] = b64url(own.seal(refusal.sealed, context=sealed_fields.WORDS))
    cases.open_case(
        db, kind=CaseKind.CERTIFICATE_GLYPH, learner_id=facts.learner_id, now=now,
        ref_id=facts.enrolment_id, **told,
    )  # fmt: skip
