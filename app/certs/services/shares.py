"""Links that a holder gives out: the certificate's page, with the name or the PDF if they say so.

A link ends on its day, at once when its holder takes it back, and with the account. It is counted
how often one was opened, and not by whom; what shows the holder in full is written down for them.
"""

import datetime as dt
import hmac
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.certs import repository as rows
from app.certs.models import Certificate, CertificateShare
from app.certs.rules.own_data import OwnCertificateShare
from app.certs.rules.shares import LISTED, MOST, ShareState, Wish, last_day, state_of
from app.certs.services import holder_codes, kept_papers, wallet
from app.certs.services.holder_codes import IN_FORCE
from app.certs.services.kept_papers import Papers
from app.core import audit
from app.core.crypto import KeyRing, Vault
from app.core.errors import ConflictError, EndedError, NotFoundError
from app.core.ids import new_id, random_token
from app.core.own_rows import copied, rows_of
from app.identity.services import person_keys

_TOKEN_BITS = 192
_OVER = {
    ShareState.OVER: "这个链接到期了。证书本身不受影响。",
    ShareState.WITHDRAWN: "这个链接已经停用。证书本身不受影响。",
}
_ANOTHER = "请向给您链接的人要一个新的；手里有证书的，可以扫上面的码查验"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareView:
    """A link as its holder sees it; its address cannot be shown again."""

    share_id: str
    shows_name: bool
    has_pdf: bool
    made_at: dt.datetime
    ends_on: dt.date
    withdrawn_at: dt.datetime | None
    state: ShareState
    opened: int
    last_opened_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class SharedPage:
    """What a link leads to."""

    public_id: str
    ends_on: dt.date


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link shows beside the page: the name where it may be, and whether there is a PDF."""

    name: str
    has_pdf: bool


@dataclass(frozen=True, slots=True)
class SharedDocument:
    papers: Papers
    number: str
    own: Vault


def make(
    db: Session, vault: Vault, keys: KeyRing, certificate_id: str, wish: Wish, *, learner_id: str,
    now: dt.datetime,
) -> tuple[ShareView, str]:  # fmt: skip
    """Make a link for one's own certificate; returns it with its token, which is told only now.

    Raises NotFoundError for anybody else's, ConflictError for too many, and, where name or PDF are
    to be shown, for one out of use or issued to another name than the account's proven one.
    """
    view = wallet.own_certificate(db, certificate_id, learner_id=learner_id, now=now)
    rows.forget_shares(db, before=now - LISTED)
    known = rows.shares_of(db, certificate_id)
    if sum(_state(each, now) is ShareState.OPEN for each in known) >= MOST:
        raise ConflictError(
            f"这张证书有 {MOST} 个链接还在用，不能再加。", code="too_many",
            remedy="请先停用不再需要的",
        )  # fmt: skip
    if wish.shows_name or wish.has_pdf:
        _may_show(db, vault, keys, view, now)
    token = random_token(_TOKEN_BITS)
    row = CertificateShare(
        id=new_id(now), certificate_id=certificate_id, learner_id=learner_id,
        token_mac=_mac(keys, token), shows_name=wish.shows_name, has_pdf=wish.has_pdf,
        made_at=now, ends_on=last_day(wish.days, now=now), opened=0,
    )  # fmt: skip
    db.add(row)
    db.flush()
    audit.record(
        db, "certificate.share_made", now=now, actor_id=learner_id, subject_id=certificate_id,
        share_id=row.id, number=view.number, shows_name=wish.shows_name, has_pdf=wish.has_pdf,
        ends_on=row.ends_on.isoformat(),
    )  # fmt: skip
    return _view(row, now), token


def _may_show(
    db: Session, vault: Vault, keys: KeyRing, view: wallet.CertificateView, now: dt.datetime
) -> None:
    if view.verdict not in IN_FORCE:
        raise ConflictError(
            "这张证书现在不能使用，不能分享全名和 PDF。", code="not_in_force",
            remedy="可以不勾选这两项，只分享查验结果",
        )  # fmt: skip
    row = rows.get(db, view.certificate_id)
    purpose = "certificate_share_made"
    if (
        row is None
        or holder_codes.holder_of(db, vault, keys, row, purpose=purpose, now=now) is None
    ):
        raise holder_codes.other_name()


def list_own(
    db: Session, certificate_id: str, *, learner_id: str, now: dt.datetime
) -> list[ShareView]:
    """The links of one's own certificate, the newest first. Raises NotFoundError."""
    wallet.own_certificate(db, certificate_id, learner_id=learner_id, now=now)
    return [_view(row, now) for row in rows.shares_of(db, certificate_id)]


def withdraw(
    db: Session, certificate_id: str, share_id: str, *, learner_id: str, now: dt.datetime
) -> None:
    """End one's own link at once; a second time it is the same. Raises NotFoundError."""
    row = rows.share(db, share_id)
    if row is None or row.learner_id != learner_id or row.certificate_id != certificate_id:
        raise NotFoundError("没有这个链接。", remedy="请从“我的证书”进入")
    if row.withdrawn_at is not None:
        return
    row.withdrawn_at = now
    audit.record(
        db, "certificate.share_withdrawn", now=now, actor_id=learner_id,
        subject_id=certificate_id, share_id=share_id,
    )  # fmt: skip


def page_of(db: Session, keys: KeyRing, token: str, *, now: dt.datetime) -> SharedPage:
    """What a link leads to; nothing is counted. Raises NotFoundError, EndedError."""
    row, certificate = _open_row(db, keys, token, now)
    return SharedPage(certificate.public_id, row.ends_on)


def open_link(
    db: Session, vault: Vault, keys: KeyRing, token: str, *, by: str | None, now: dt.datetime
) -> Opened:
    """Count an opening, and show what the holder allowed; what they open themselves is none.

    Raises NotFoundError, EndedError. A certificate out of use, or issued to another name than the
    one that is proven now, shows nothing beside its page.
    """
    row, certificate = _open_row(db, keys, token, now, to_change=True)
    if by != row.learner_id:
        row.opened, row.last_opened_at = row.opened + 1, now
    holder = None
    if (row.shows_name or row.has_pdf) and _is_in_force(db, certificate, now):
        holder = holder_codes.holder_of(
            db, vault, keys, certificate, purpose="certificate_share", now=now
        )
    if holder is None:
        return Opened("", has_pdf=False)
    return Opened(holder.name if row.shows_name else "", has_pdf=row.has_pdf)


def document(
    db: Session, vault: Vault, keys: KeyRing, token: str, *, now: dt.datetime
) -> SharedDocument:
    """Say which PDF a link hands out, and write down that it did.

    Raises NotFoundError where it hands out none, EndedError.
    """
    row, certificate = _open_row(db, keys, token, now)
    is_allowed = row.has_pdf and _is_in_force(db, certificate, now)
    purpose = "certificate_share_pdf"
    if not is_allowed or (
        holder_codes.holder_of(db, vault, keys, certificate, purpose=purpose, now=now) is None
    ):
        raise NotFoundError("这个链接不提供 PDF。", remedy="请向持证人要")
    own = person_keys.vault_of(db, vault, row.learner_id)
    return SharedDocument(kept_papers.papers_of(certificate), certificate.number, own)


def _is_in_force(db: Session, certificate: Certificate, now: dt.datetime) -> bool:
    return wallet.certificate(db, certificate.id, now=now).verdict in IN_FORCE


def _open_row(
    db: Session, keys: KeyRing, token: str, now: dt.datetime, *, to_change: bool = False
) -> tuple[CertificateShare, Certificate]:
    row = rows.share_by_token(db, _mac(keys, token), to_change=to_change)
    certificate = rows.get(db, row.certificate_id) if row is not None else None
    if row is None or certificate is None or certificate.holder_gone_at is not None:
        raise NotFoundError("没有这个链接：可能没有复制完整，或者早就失效了。", remedy=_ANOTHER)
    state = _state(row, now)
    if state is not ShareState.OPEN:
        raise EndedError(_OVER[state], code=f"share_{state.value}", remedy=_ANOTHER)
    return row, certificate


def forget(db: Session, learner_id: str) -> None:
    """Delete a person's links, which end with that; done twice it is the same."""
    rows.delete_shares(db, learner_id)


def take_along(db: Session, learner_id: str) -> list[OwnCertificateShare]:
    """Return all of them, for their holder. Raises ConflictError where there are too many."""
    found = rows_of(db, CertificateShare, CertificateShare.learner_id == learner_id)
    return [copied(OwnCertificateShare, row) for row in found]


def _state(row: CertificateShare, now: dt.datetime) -> ShareState:
    return state_of(ends_on=row.ends_on, withdrawn_at=row.withdrawn_at, now=now)


def _view(row: CertificateShare, now: dt.datetime) -> ShareView:
    return ShareView(
        share_id=row.id, shows_name=row.shows_name, has_pdf=row.has_pdf, made_at=row.made_at,
        ends_on=row.ends_on, withdrawn_at=row.withdrawn_at, state=_state(row, now),
        opened=row.opened, last_opened_at=row.last_opened_at,
    )  # fmt: skip


def _mac(keys: KeyRing, token: str) -> str:
    text = f"certificate_share:{token}"
    return hmac.new(keys.secret("shares"), text.encode(), "sha256").hexdigest()
