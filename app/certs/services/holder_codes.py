"""The full name for a verifier, and only with the code that its holder gives them."""

import datetime as dt
import hmac
import secrets
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.certs import repository as rows
from app.certs.models import Certificate, CertificateCode
from app.certs.rules.holder_codes import LASTS, CodeAnswer, judge
from app.certs.rules.verdicts import Verdict
from app.certs.services import pictures, wallet
from app.certs.services.records import commitment
from app.core import audit
from app.core.crypto import KeyRing, Vault, same
from app.core.errors import ConflictError
from app.identity.services import people, person_keys, standing
from app.identity.services.people import FullPerson

_NOBODY = "0" * 64
_MADE, _SHOWN = "certificate_code_made", "certificate_code"
"""What the file is opened for: at making, whether the proven name is the paper's is looked at."""
IN_FORCE = frozenset({Verdict.VALID, Verdict.EXPIRED})
"""Of these alone the full name is shown: a paper out of use needs nobody's."""


@dataclass(frozen=True, slots=True)
class HolderCode:
    code: str
    ends_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """What a typed code led to; name, number and picture (JPEG) only where it was right."""

    answer: CodeAnswer
    name: str = ""
    document_number: str = ""
    picture: bytes = b""


def make(
    db: Session, vault: Vault, keys: KeyRing, certificate_id: str, *, learner_id: str,
    now: dt.datetime,
) -> HolderCode:  # fmt: skip
    """Make a code for one's own certificate; the one before ends with it.

    Raises NotFoundError for anybody else's, ConflictError where the certificate does not stand, or
    was issued to another name than the account's proven one.
    """
    view = wallet.own_certificate(db, certificate_id, learner_id=learner_id, now=now)
    if view.verdict not in IN_FORCE:
        raise ConflictError(
            "这张证书现在不能使用，不用出示姓名。", code="not_in_force", remedy="请用有效的证书"
        )
    row = rows.lock(db, certificate_id)  # two codes of one moment: the later is the one
    if row is None or holder_of(db, vault, keys, row, purpose=_MADE, now=now) is None:
        raise other_name()
    code = f"{secrets.randbelow(1_000_000):06d}"
    rows.forget_codes(db, certificate_id, now=now)
    made = CertificateCode(
        certificate_id=certificate_id, code_mac=_mac(keys, certificate_id, code),
        ends_at=now + LASTS, tries=0,
    )  # fmt: skip
    db.add(made)
    audit.record(
        db, "certificate.code_made", now=now, actor_id=learner_id, subject_id=certificate_id,
        number=view.number,
    )  # fmt: skip
    return HolderCode(code, made.ends_at)


def show(
    db: Session, vault: Vault, keys: KeyRing, public_id: str, code: str, *, now: dt.datetime
) -> Shown:
    """Answer a typed code, and write down that it was used; a wrong one costs a try.

    The name is the one that the certificate was issued to: where the proven one has become
    another, nothing is shown.
    """
    row = rows.by_public_id(db, public_id)
    known = rows.code_of(db, row.id) if row is not None else None
    mac = _mac(keys, row.id if row is not None else "", code)
    is_right = same(mac, known.code_mac if known is not None else _NOBODY)
    if row is None or known is None or row.holder_gone_at is not None:
        return Shown(CodeAnswer.SPENT)
    answer = judge(is_right=is_right, tries=known.tries, ends_at=known.ends_at, now=now)
    if answer is CodeAnswer.WRONG:
        known.tries += 1
    if answer is not CodeAnswer.RIGHT:
        return Shown(answer)
    db.delete(known)
    return _open(db, vault, keys, row, now)


def _open(db: Session, vault: Vault, keys: KeyRing, row: Certificate, now: dt.datetime) -> Shown:
    view = wallet.certificate(db, row.id, now=now)
    holder = holder_of(db, vault, keys, row, purpose=_SHOWN, now=now)
    if holder is None or view.verdict not in IN_FORCE:
        return Shown(CodeAnswer.SPENT)
    audit.record(
        db, "certificate.holder_shown", now=now, actor_id=None, subject_id=row.id,
        number=row.number,
    )  # fmt: skip
    own = person_keys.vault_of(db, vault, row.learner_id)
    picture = pictures.frozen(db, own, row.id) or b""
    return Shown(CodeAnswer.RIGHT, holder.name, holder.document_number, picture)


def holder_of(
    db: Session, vault: Vault, keys: KeyRing, row: Certificate, *, purpose: str, now: dt.datetime
) -> FullPerson | None:
    """The holder in full; None where their proven name is none, or another than was issued to.

    That their file was opened is written down, with what for.
    """
    if not standing.standing(db, row.learner_id).is_verified:
        return None
    holder = people.full(db, vault, row.learner_id, purpose=purpose, actor_id=None, now=now)
    is_theirs = commitment(keys, row.number, holder) == row.facts["commitment"]
    return holder if is_theirs else None


def other_name() -> ConflictError:
    return ConflictError(
        "证书上的姓名或证件号码和您现在的实名不一样。", code="other_name",
        remedy="请先在这张证书的页面上申请换发",
    )  # fmt: skip


def _mac(keys: KeyRing, certificate_id: str, code: str) -> str:
    text = f"certificate:{certificate_id}:{code}"
    return hmac.new(keys.secret("codes"), text.encode(), "sha256").hexdigest()
