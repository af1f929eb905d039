"""The holder's artefacts: credential, document and preview, each checked before any is kept."""

import base64
import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.certs.models import Certificate
from app.certs.providers import artwork, document_keys, pdf_reading, proofs
from app.certs.providers.artwork import Attachment
from app.certs.providers.pdf_reading import SignedPdf
from app.certs.providers.pdf_signing import DocumentSigner
from app.certs.rules import portraits, scan, second_seal
from app.certs.rules.credential import Issuer, credential
from app.certs.rules.did_web import did_of
from app.certs.rules.documents import CREDENTIAL, RECORD
from app.certs.rules.facts import CertificateFacts
from app.certs.rules.paper import Paper, page_of
from app.certs.rules.types import TypeTable, refusal_of
from app.certs.services import kept_papers, own_codes, statuses
from app.certs.services.kept_papers import Papers
from app.core.crypto import KeyRing, Vault
from app.core.log_keys import LogKeys
from app.core.log_reading import Inclusion
from app.core.signers import signer_at
from app.core.storage import Storage
from app.identity.rules.documents import document_name
from app.identity.services.people import FullPerson


class FaultyArtefactError(RuntimeError):
    """The document cannot be made as it must be; a person has to look."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What issuing needs beside the database. `operator` is the issuer's name.

    `has_sm2`: certificates are signed a second time, by SM2.
    """

    vault: Vault
    keys: KeyRing
    storage: Storage
    log: LogKeys
    signer: DocumentSigner
    address: str
    operator: str
    types: TypeTable
    has_sm2: bool = False
    former: tuple[str, ...] = ()
    """Addresses of ours from before: a number that was given out then has its code at one."""


@dataclass(frozen=True, slots=True)
class Made:
    """What one try made: where it lies, and the SHA-256 of the finished PDF in hexadecimal."""

    papers: Papers
    pdf_digest: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Whom a certificate shows: in full, and with the picture that its facts name, if they do."""

    holder: FullPerson
    picture: bytes | None


def make(
    own: Vault, shop: Workshop, row: Certificate, shown: Shown, proof: Inclusion | None,
    *, now: dt.datetime,
) -> Made:  # fmt: skip
    """Sign the credential, typeset and sign the document that carries it, and store all sealed.

    Signatures are dated `now`, which may be later than the day of issue: by then the keys may be
    others, whose certificates begin later. They are kept as the row's newest draft.

    Before that each is read back as a stranger would: the code from the picture, the credential by
    its proofs, the document by its signature. Raises FaultyArtefactError. Slow (a tenth of a
    second): never inside a transaction.
    """
    facts = CertificateFacts.from_mapping(row.facts)
    if facts is None:
        message = "记录里的内容不全，不能出证。请转技术人员处理后再重新出证。"
        raise FaultyArtefactError(message)
    try:
        signed = _credential(shop, row, facts, shown, now)
    except ValueError as error:
        kind = type(error).__name__
        message = f"电子凭证写不进这些内容（{kind}）。请转技术人员处理后再重新出证。"
        raise FaultyArtefactError(message) from error
    carried = {
        CREDENTIAL: kept_papers.text_of(signed),
        RECORD: kept_papers.text_of(record_file(row, proof)),
    }
    try:
        stated = _facts(row, facts, shown, shop)
        bare = artwork.draw_pdf(stated, _attachments(carried))
        png = artwork.draw_png(stated)
    except (artwork.TypesettingError, ValueError) as error:
        message = f"排版出错（{error}）。请转技术人员处理后再重新出证。"
        raise FaultyArtefactError(message) from error
    pdf = shop.signer.sign(bare, place=facts.institution, now=now).pdf
    _check(shop, row, signed, carried, pdf, png, now=now)
    made = {"pdf": pdf, "png": png, "credential": carried[CREDENTIAL].encode()}
    return _kept(own, shop.storage, Papers(row.id, row.drafts), made)


def _kept(own: Vault, storage: Storage, papers: Papers, made: Mapping[str, bytes]) -> Made:
    for kind, content in made.items():
        kept_papers.keep(own, storage, papers, kind, content)
    return Made(papers, hashlib.sha256(made["pdf"]).hexdigest())


def _credential(
    shop: Workshop, row: Certificate, facts: CertificateFacts, shown: Shown, now: dt.datetime
) -> dict[str, Any]:
    if row.status_list is None or row.status_index is None:
        message = "没有登记撤销状态的位置。请转技术人员处理后再重新出证。"
        raise FaultyArtefactError(message)
    did = did_of(shop.address)
    issuer = Issuer(did=did, name=shop.operator, address=shop.address.rstrip("/"))
    place = statuses.place_of(shop.address, row.status_list, row.status_index)
    unsigned = credential(facts, shown.holder.name, issuer, place, picture=shown.picture)
    key = signer_at(shop.keys, statuses.PURPOSE, now)
    return proofs.sign(unsigned, did=did, key=key, now=now)


def record_file(row: Certificate, proof: Inclusion | None) -> dict[str, Any]:
    """The public record as a file: facts, signatures, and that the log holds them."""
    return {
        "facts": row.facts, "key_id": row.key_id, "signature": row.signature,
        **_second(row),
        "log": None if proof is None else {
            "kind": proof.kind.value, "record_id": proof.record_id, "position": proof.position,
            "salt": _b64(proof.salt), "commitment": _b64(proof.commitment),
            "path": [_b64(step) for step in proof.path], "size": proof.size,
            "checkpoint": proof.checkpoint,
        },
    }  # fmt: skip


def _second(row: Certificate) -> dict[str, Any]:
    if row.sm2_signature is None:
        return {}
    return {second_seal.BESIDE: {"key_id": row.facts["sm2"], "signature": row.sm2_signature}}


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _attachments(carried: dict[str, str]) -> tuple[Attachment, ...]:
    return (
        Attachment(CREDENTIAL, carried[CREDENTIAL], "application/vc", "source", "可核验的电子凭证"),
        Attachment(RECORD, carried[RECORD], "application/json", "data", "签名的证书记录"),
    )


def _check(
    shop: Workshop, row: Certificate, signed: dict[str, Any], carried: dict[str, str],
    pdf: bytes, png: bytes, *, now: dt.datetime,
) -> None:  # fmt: skip
    """Read every artefact as a stranger would."""
    facts = CertificateFacts.from_mapping(row.facts)
    _check_code(shop, row.qr_text, facts, artwork.read_codes(png))
    flaw = proofs.verify(
        signed, did=did_of(shop.address), keys=shop.keys.public_keys(statuses.PURPOSE),
        now=now,
    )  # fmt: skip
    if flaw is not None:
        message = f"电子凭证验不过（{flaw.fault} {flaw.detail}）。请转技术人员处理后再重新出证。"
        raise FaultyArtefactError(message)
    if facts is None or portraits.flaw_of(facts, pdf) is not None:
        message = "证书上的照片和记录里的不一致。请转技术人员处理后再重新出证。"
        raise FaultyArtefactError(message)
    read = pdf_reading.read_signed(pdf, document_keys.public_keys(shop.keys))
    sent = tuple(carried[name].encode() for name in (CREDENTIAL, RECORD))
    if not isinstance(read, SignedPdf) or (read.credential, read.record) != sent:
        message = "PDF 的签名读不回来。请转技术人员处理后再重新出证。"
        raise FaultyArtefactError(message)


def _check_code(
    shop: Workshop, text: str, facts: CertificateFacts | None, printed: list[str]
) -> None:
    """The one code on the page leads to us and says what was signed, whatever the row has."""
    hosts = scan.hosts_of((shop.address, *shop.former))
    flaw = "shape" if facts is None else own_codes.flaw_of(shop.keys, text, facts, hosts=hosts)
    if printed != [text]:
        message = "证书上的二维码读不回来。请转技术人员处理后再重新出证。"
        raise FaultyArtefactError(message)
    if flaw is not None or not own_codes.is_of_its_time(shop.keys, text):
        message = (
            f"登记里的二维码和签名的证书记录不一致（{flaw or 'key'}），可能被人改过。"
            "请转技术人员核对登记后再重新出证。"
        )
        raise FaultyArtefactError(message)


def _issued_on(facts: CertificateFacts) -> dt.date:
    """By the signed facts, and not by the column beside them, which nobody signed."""
    try:
        return dt.date.fromisoformat(facts.issued_on)
    except ValueError:
        message = "记录里写明的签发时间读不懂，不能出证。请转技术人员处理后再重新出证。"
        raise FaultyArtefactError(message) from None


def _facts(
    row: Certificate, facts: CertificateFacts, shown: Shown, shop: Workshop
) -> dict[str, object]:
    """What the template is given. Raises FaultyArtefactError for a kind that is no more."""
    kind = shop.types.named(facts.type)
    refusal = refusal_of(kind, facts.type)
    if kind is None or refusal is not None:
        raise FaultyArtefactError(refusal)
    holder, issued_on = shown.holder, _issued_on(facts)
    paper = Paper(
        facts=facts, name=holder.name,
        document_name=document_name(holder.document_type),
        document_number=holder.document_number, issued_on=issued_on,
        retraining=kind.retraining,
    )  # fmt: skip
    drawn = page_of(paper, kind) | {"qr": artwork.qr_svg(row.qr_text), "address": shop.address}
    # Numbers: the template is handed texts, and can make bytes of nothing else in them.
    return drawn if shown.picture is None else drawn | {"portrait": list(shown.picture)}
