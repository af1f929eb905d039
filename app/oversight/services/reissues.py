"""A holder asks for a certificate to be issued anew, because their name was corrected."""

import datetime as dt
from pathlib import Path

from sqlalchemy.orm import Session

from app.certs.services import reissues, wallet
from app.core.crypto import KeyRing, Vault
from app.core.errors import ConflictError
from app.identity.services import cases
from app.identity.services.cases import CaseKind, CaseState, CaseView
from app.oversight.services import complaints
from app.oversight.services.complaints import Received


def ask(
    db: Session,
    vault: Vault,
    keys: KeyRing,
    certificate_id: str,
    *,
    text: str,
    learner_id: str,
    reference_dir: Path,
    now: dt.datetime,
) -> Received:
    """Put a holder's wish before the desk, with their words sealed.

    Raises NotFoundError for anybody else's, InvalidError for the words, ConflictError where there
    is nothing to correct, the certificate does not stand, or it was asked already.
    """
    bound = reissues.check_may_be_asked(
        db, vault, keys, certificate_id, learner_id=learner_id, now=now
    )
    if asked(db, certificate_id) is not None:
        raise ConflictError(
            "已经申请过了，正在处理。", code="asked", remedy="结果会发到消息里，请等通知"
        )
    number = wallet.own_certificate(db, certificate_id, learner_id=learner_id, now=now).number
    return complaints.receive(
        db, vault, CaseKind.CERTIFICATE_REISSUE, text, learner_id=learner_id,
        ref_id=certificate_id, reference_dir=reference_dir, now=now, number=number, bound=bound,
    )  # fmt: skip


def asked(db: Session, certificate_id: str) -> CaseView | None:
    """Return the open case about issuing a certificate anew."""
    found = cases.cases_about(db, [certificate_id], CaseKind.CERTIFICATE_REISSUE)
    return next((case for case in found if case.state is CaseState.OPEN), None)
