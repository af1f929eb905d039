"""Signs a certificate's PDF: PAdES baseline B-B, and B-T where a time-stamping service is set.

The signature is an incremental update behind the typeset document, whose bytes stay as they were:
its metadata too, so that PDF/A's two places for title and dates go on saying the same.
"""

import datetime as dt
import io
import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import (
    PdfCMSEmbedder,
    SigIOSetup,
    SigMDPSetup,
    SigObjSetup,
)
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest, SignatureObject

from app.certs.providers import document_keys, signed_data, timestamps
from app.certs.providers.document_keys import DocumentKey, WrongChainError
from app.certs.providers.signed_data import SHA256_NAME, Chain
from app.certs.providers.timestamps import NoStampError, TimeStamps
from app.core.crypto import KeyRing
from app.core.settings import Settings
from app.identity.rules.local_days import SHANGHAI

FIELD: Final = "Shixue1"
REASON: Final = "签发电子证书"
_BARE_BYTES: Final = 1400
"""A CMS without certificates; each of those comes twice at most (itself, its issuer's name)."""
_log = logging.getLogger("shixue.certs")


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """The signed PDF, by which key, and whose time stamp it bears; empty where it bears none."""

    pdf: bytes
    key_id: str
    stamped_by: str


class _Appendix(IncrementalPdfFileWriter):
    """Appends without touching metadata, which pyHanko dates by the wall clock otherwise."""

    def _update_meta(self) -> None:
        pass


class DocumentSigner:
    """Signs with the newest document key.

    `chain` is what an authority gave out for it, in PEM; without one the key's own certificate
    says whose it is. Raises WrongChainError where the chain is another key's.
    """

    def __init__(
        self, keys: KeyRing, *, organisation: str, chain: bytes = b"",
        stamps: TimeStamps | None = None,
    ) -> None:  # fmt: skip
        self._keys = keys
        self._organisation = organisation
        self._stamps = stamps
        self._chain: Chain = ()
        if chain:
            self._chain = document_keys.read_chain(chain, document_keys.newest(keys))

    def certificate(self) -> x509.Certificate:
        """The certificate of the newest key, as documents get it now."""
        return self._chain_of(document_keys.newest(self._keys))[0]

    def sign(self, pdf: bytes, *, place: str, now: dt.datetime) -> SignedDocument:
        """Sign once, invisibly; nothing may be changed afterwards.

        A service of time stamps that is away delays by its time limit at most: the document then
        goes out without (`stamped_by` is empty), because a signature of ours is worth the same.
        Raises UnavailableError where the newest key cannot be opened, and the old one has ended.
        """
        key = document_keys.signer_at(self._keys, now)
        chain = self._chain_of(key)
        room = _room(chain, is_stamped=self._stamps is not None)
        output, prepared = _prepare(pdf, place, now, room)
        signed = signed_data.sign(prepared.document_digest, key, chain)
        stamped_by = ""
        if self._stamps is not None:
            try:
                stamp = self._stamps.stamp(signed.signature)
            except NoStampError as error:
                _log.warning("a document goes out without a time stamp: %s", error)
            else:
                stamped_by = stamp.authority
                signed = replace(signed, stamp=stamp.token)
        prepared.fill_with_cms(output, signed.to_der())
        return SignedDocument(output.getvalue(), key.key_id, stamped_by)

    def _chain_of(self, key: DocumentKey) -> Chain:
        """After a rotation beside the running product the chain is for the key before."""
        if self._chain and document_keys.spki_of(self._chain[0]) == key.spki:
            return self._chain
        return (document_keys.certificate(key, self._organisation),)


def build(settings: Settings, keys: KeyRing) -> DocumentSigner:
    """The signer that the settings ask for. Raises WrongChainError."""
    wanted = settings.certs
    stamps = None
    if wanted.timestamps:
        stamps = TimeStamps(wanted.timestamps, wait_s=wanted.timestamps_wait_s)
    return DocumentSigner(
        keys, organisation=settings.filing.operator, chain=_read(wanted.chain), stamps=stamps
    )


def _read(chain: Path | None) -> bytes:
    if chain is None:
        return b""
    try:
        return chain.read_bytes()
    except OSError as error:
        raise WrongChainError(f"{chain} cannot be read ({type(error).__name__})") from None


def _prepare(
    pdf: bytes, place: str, now: dt.datetime, room: int
) -> tuple[io.BytesIO, PreparedByteRangeDigest]:
    """The document with everything but the CMS, and its digest."""
    writer = _Appendix(io.BytesIO(_ended(pdf)))
    embedder = PdfCMSEmbedder(SigFieldSpec(FIELD)).write_cms(FIELD, writer)
    next(embedder)
    writer.register_extension(ESIC_EXTENSION_1)
    placeholder = SignatureObject(
        timestamp=now.astimezone(SHANGHAI).replace(microsecond=0), subfilter=SigSeedSubFilter.PADES,
        reason=REASON, location=place, bytes_reserved=2 * room,
    )  # fmt: skip
    nothing_after = SigMDPSetup(
        md_algorithm=SHA256_NAME, certify=True, docmdp_perms=MDPPerm.NO_CHANGES
    )
    embedder.send(SigObjSetup(placeholder, mdp_setup=nothing_after))
    prepared, output = embedder.send(SigIOSetup(md_algorithm=SHA256_NAME, output=io.BytesIO()))
    return output, prepared


def _ended(pdf: bytes) -> bytes:
    """The document with its last line ended: what is appended has to begin on a line of its own.

    ISO 19005-3, 6.1.9, wants that of every object; the typesetter leaves the line open.
    """
    return pdf if pdf.endswith((b"\r", b"\n")) else pdf + b"\n"


def _room(chain: Chain, *, is_stamped: bool) -> int:
    """Bytes to keep free for the CMS: an upper bound, as its place is fixed before it is made."""
    certificates = sum(len(each.public_bytes(Encoding.DER)) for each in chain)
    return _BARE_BYTES + 2 * certificates + (timestamps.MOST_BYTES if is_stamped else 0)
