"""Checking a file that somebody hands over: the PDF, the credential, or the signed record."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from app.certs import repository as rows
from app.certs.models import Certificate
from app.certs.providers import document_keys, pdf_reading
from app.certs.providers.pdf_reading import SignedPdf
from app.certs.rules import (
    agreement,
    documents,
    log_entry,
    portraits,
    second_seal,
    status_list,
    strict_json,
)
from app.certs.rules.documents import Finding
from app.certs.rules.facts import CertificateFacts
from app.certs.rules.log_entry import LogFlaw
from app.certs.rules.portraits import PortraitFlaw
from app.certs.rules.proof_flaws import Fault, Flaw
from app.certs.rules.verdicts import SENTENCES, Verdict
from app.certs.services import (
    flaw_answers,
    key_times,
    log_entries,
    own_credentials,
    own_signatures,
    page_claims,
    verification,
)
from app.certs.services.verdict_view import VerdictView, nothing
from app.core.crypto import KeyRing
from app.core.log_keys import LogKeys

MOST_BYTES = pdf_reading.MOST_BYTES
_PDF = b"%PDF-"
# Two servers' clocks need not agree to the second.
_SKEW = dt.timedelta(minutes=1)
_CHANGED = {Finding.ALTERED, Finding.APPENDED_TO}
# What only a change or a forgery brings about; the rest may be somebody else's honest paper.
_FORGED = {
    Fault.ALTERED, Fault.CONTEXT, Fault.UNDEFINED, Fault.METHOD, Fault.PROOF_VALUE,
    Fault.PROOF_FIELDS, Fault.NO_MOMENT,
}  # fmt: skip
_MEMBERS = frozenset({"facts", "key_id", "signature", "log", second_seal.BESIDE})
_TWO_THINGS = (
    "文件里有不属于签发记录的内容，不是下载时的样子，请勿采信。请向持证人索要原件，或让其重新下载。"
)
_NOT_OURS = (
    "这不是本平台签发的文件，或者已经不完整。证书请选 PDF 原件或电子凭证，"
    "学时证明和班级档案请选一起下载的 .json 文件。"
)
_TABLE = (
    "这是表格或压缩包，不带签名，查验不了。学时证明和班级档案请选一起下载的 .json 文件，"
    "证书请选 PDF 原件。"
)
ENCODING = "encoding"
"""The finding of a text that is not in UTF-8."""
_ENCODED = (
    "文件不是 UTF-8 编码，查验不了：可能被别的软件另存过，或者传输时损坏了。"
    "请选下载时的原文件，不要打开后另存；没有原文件，请对方重新下载。"
)
_A_LIST = "这是作废名单，不是证书。请选证书的 PDF 原件或电子凭证。"
_ZIP = b"PK\x03\x04"


class FileKind(StrEnum):
    PDF = "pdf"
    CREDENTIAL = "credential"
    RECORD = "record"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Keys:
    """Whose signatures are ours: on certificates and their documents, and in the log."""

    ring: KeyRing
    log: LogKeys


@dataclass(frozen=True, slots=True)
class FileView:
    """The verdict, what kind of file it is taken for, and what is wrong with it in one word."""

    kind: FileKind
    finding: str
    view: VerdictView


def check(
    db: Session, keys: Keys, content: bytes,
    *, address: str, former: Sequence[str] = (), now: dt.datetime,
) -> FileView:  # fmt: skip
    """Check a file against our keys first, and what it says against the register then.

    `address` is ours of today, `former` those from before. Never raises for what the file holds.
    """
    if _PDF in content[:1024]:
        return _pdf(db, keys, content, (address, *former), now)
    content = content.removeprefix(strict_json.MARK)
    document = _loose(content)
    if "facts" in document:
        view = _record(db, keys, document, now)
        return FileView(FileKind.RECORD, _word(view), view)
    if "credentialSubject" in document:
        return _credential(db, keys.ring, content, (address, *former), now)
    if pdf_reading.holds_our_signature(content):
        # Its first line was altered, by which a PDF is known.
        return _pdf(db, keys, content, (address, *former), now)
    if strict_json.is_otherwise_encoded(content):
        return FileView(FileKind.OTHER, ENCODING, _told(Verdict.UNKNOWN, _ENCODED, now))
    said = _TABLE if content.startswith(_ZIP) else _NOT_OURS
    return FileView(FileKind.OTHER, "unreadable", _told(Verdict.UNKNOWN, said, now))


def _pdf(
    db: Session, keys: Keys, content: bytes, addresses: Sequence[str], now: dt.datetime
) -> FileView:
    found = pdf_reading.read_signed(content, document_keys.public_keys(keys.ring))
    if found is Finding.UNKNOWN_KEY:
        has_page = page_claims.has_page(db, keys.ring, content, addresses)
        host = page_claims.named_host(content)
        told = flaw_answers.of_unknown_key(now, has_page=has_page, host=host)
        return FileView(FileKind.PDF, told.finding, told)
    if not isinstance(found, SignedPdf):
        return _not_whole(keys.ring, content, found, now)
    view = _record(db, keys, _loose(found.record or b""), now)
    if view.facts is None:
        return FileView(FileKind.PDF, _word(view) or "record", view)
    stated = _stated(view.facts, found)
    flawed = _page_flaw(keys.ring, stated, found, content, now)
    answer = flawed or _both(db, keys.ring, found, view, addresses, now)
    if answer.view.facts is None or _is_issued(db, view, content):
        return answer
    other = flaw_answers.of_another_paper(now)
    return FileView(FileKind.PDF, _word(other), other)


def _is_issued(db: Session, view: VerdictView, content: bytes) -> bool:
    """Tell whether it is the file that was issued, with its page as it was drawn then.

    What the log does not know any more was issued before a backup was brought back, and perhaps
    made again since: then both are good.
    """
    if view.facts is None or view.log_flaw is LogFlaw.AHEAD:
        return True
    row = rows.by_public_id(db, view.facts.public_id)
    # The first ones were issued before their digests were written down.
    return row is None or row.pdf_digest in (None, hashlib.sha256(content).hexdigest())


def _page_flaw(
    keys: KeyRing, stated: CertificateFacts, found: SignedPdf, content: bytes, now: dt.datetime
) -> FileView | None:
    """What is wrong with a page whose record is good: its key's time, its picture."""
    if late := key_times.flaw_of_document(keys, found.key_id, found.signed_at, stated):
        return FileView(FileKind.PDF, late.value, flaw_answers.out_of_period(late, now))
    flaw = portraits.flaw_of(stated, content)
    return _with_other_picture(flaw, now) if flaw is not None else None


def _both(
    db: Session,
    keys: KeyRing,
    found: SignedPdf,
    view: VerdictView,
    addresses: Sequence[str],
    now: dt.datetime,
) -> FileView:
    """Both were under one signature; that they are of one certificate is shown, not assumed."""
    other = _credential(db, keys, found.credential or b"", addresses, now)
    if other.view.facts is None:
        return FileView(FileKind.PDF, other.finding, other.view)
    if view.facts is None or other.view.facts.number != view.facts.number:
        return FileView(FileKind.PDF, "credential", _told(Verdict.ALTERED, None, now))
    return FileView(FileKind.PDF, _word(view), view)


def _word(view: VerdictView) -> str:
    return view.finding or view.seal_flaw or view.log_flaw or view.key_flaw or ""


def _not_whole(keys: KeyRing, content: bytes, found: Finding, now: dt.datetime) -> FileView:
    if found is Finding.ALTERED and (flaw := _swapped(keys, content)) is not None:
        return _with_other_picture(flaw, now)
    verdict = Verdict.ALTERED if found in _CHANGED else Verdict.UNKNOWN
    return FileView(FileKind.PDF, found.value, _told(verdict, documents.SENTENCES[found], now))


def _stated(recorded: CertificateFacts, found: SignedPdf) -> CertificateFacts:
    """The facts as the file has them: the register forgets a holder who left, with the salt."""
    given = CertificateFacts.from_mapping(_loose(found.record or b"")["facts"])
    return given or recorded


def _swapped(keys: KeyRing, content: bytes) -> PortraitFlaw | None:
    """Of a document that was altered: whether it is the picture, as its own signed record tells."""
    document = portraits.record_in(content)
    given = document.get("facts")
    facts = CertificateFacts.from_mapping(given) if isinstance(given, dict) else None
    key_id, signature = str(document.get("key_id")), str(document.get("signature"))
    if facts is None or not own_signatures.is_signed(keys, facts, key_id, signature):
        return None
    return portraits.flaw_of(facts, content)


def _with_other_picture(flaw: PortraitFlaw, now: dt.datetime) -> FileView:
    told = _told(Verdict.ALTERED, portraits.SENTENCES[flaw], now)
    return FileView(FileKind.PDF, flaw.value, told)


def _loose(content: bytes) -> dict[str, Any]:
    """The members of a JSON object that everybody reads alike; none where it is no such thing."""
    try:
        return strict_json.read_once(content)
    except strict_json.UnreadableError:
        return {}


def _record(db: Session, keys: Keys, document: Mapping[str, Any], now: dt.datetime) -> VerdictView:
    facts, key_id, signature = (document.get(name) for name in ("facts", "key_id", "signature"))
    if not isinstance(facts, dict) or not isinstance(key_id, str):
        return _told(Verdict.UNKNOWN, _NOT_OURS, now)
    if set(document) - _MEMBERS:
        return _told(Verdict.ALTERED, _TWO_THINGS, now)
    text = signature if isinstance(signature, str) else ""
    second = second_seal.read(document.get(second_seal.BESIDE))
    view = verification.by_facts(db, keys.ring, facts, key_id, text, second=second, now=now)
    return _with_log(db, keys.log, view, document.get("log"))


def _with_log(db: Session, log: LogKeys, view: VerdictView, given: object) -> VerdictView:
    """The verdict on a record, and on what its file says of the public log."""
    row = rows.by_public_id(db, view.facts.public_id) if view.facts is not None else None
    if row is None or view.verdict is Verdict.ALTERED:
        return view
    flaw = log_entries.flaw_of(db, log, row, given)
    if flaw is None:
        return view
    told = replace(view, log_flaw=flaw)
    if log_entry.is_grave(flaw):
        return replace(told, verdict=Verdict.ALTERED, sentence=log_entry.SENTENCES[flaw])
    is_gone = row.holder_gone_at is not None
    if view.verdict is Verdict.VALID and not is_gone:
        return replace(told, sentence=log_entry.SENTENCES[flaw])
    # What is said of the holder, or of what ended it, goes before.
    added = log_entry.AHEAD if flaw is LogFlaw.AHEAD else ""
    if is_gone and flaw is LogFlaw.MISSING and view.verdict is Verdict.VALID:
        added = log_entry.MISSING_OF_NOBODY
    return replace(told, sentence=view.sentence + added)


def _credential(
    db: Session, keys: KeyRing, content: bytes, addresses: Sequence[str], now: dt.datetime
) -> FileView:
    """By its proofs; then the register, by the page and the number that were signed.

    By both: after a backup was brought back numbers are given out again, pages never are.
    """
    document = own_credentials.opened(keys, content, addresses, now + _SKEW)
    if isinstance(document, Flaw):
        verdict = Verdict.ALTERED if document.fault in _FORGED else Verdict.UNKNOWN
        told = _told(verdict, document.sentence, now)
        return FileView(FileKind.CREDENTIAL, document.fault.value, told)
    if late := key_times.flaw_of_credential(keys, document):
        told = flaw_answers.out_of_period(late, now)
        return FileView(FileKind.CREDENTIAL, late.value, told)
    if status_list.KIND in document["type"]:
        return FileView(FileKind.OTHER, "status_list", _told(Verdict.UNKNOWN, _A_LIST, now))
    row = rows.by_public_id(db, agreement.page_of(document))
    if row is None or row.ready_at is None or row.number != agreement.number_of(document):
        return FileView(FileKind.CREDENTIAL, "unknown", _told(Verdict.UNKNOWN, None, now))
    view = verification.by_public_id(db, keys, row.public_id, now=now)
    if view.facts is not None and not _is_as_issued(keys, row, view.facts, document):
        view = flaw_answers.differing(now)
    return FileView(FileKind.CREDENTIAL, _word(view), view)


def _is_as_issued(
    keys: KeyRing, row: Certificate, facts: CertificateFacts, document: Mapping[str, Any]
) -> bool:
    """Tell whether a credential that our key signed states what the register does."""
    if agreement.difference(document, facts, (row.status_list, row.status_index)):
        return False
    return own_signatures.is_holders_name(keys, row, agreement.name_of(document))


def _told(verdict: Verdict, sentence: str | None, now: dt.datetime) -> VerdictView:
    view = nothing(verdict, now)
    return replace(view, sentence=sentence or SENTENCES[verdict])
