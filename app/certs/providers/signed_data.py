"""The CMS inside a signed PDF (RFC 5652, RFC 5035; ETSI EN 319 142-1 calls it PAdES baseline).

What a signature does not cover is made in one way only: reading makes it again from what is covered
and compares all of it, so not a byte of ours can be another and pass. But for one: of an ECDSA
signature (r, s) the twin (r, n - s) is as good by the algorithm, and says the same of these bytes.
"""

import functools
import hashlib
from dataclasses import dataclass
from typing import Any, Final

from asn1crypto import algos, cms, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from pyhanko.sign.general import as_signing_certificate_v2

from app.certs.providers.document_keys import MOST_IN_CHAIN, DocumentKey

SHA256_NAME: Final = "sha256"
_STAMP: Final = "signature_time_stamp_token"
Chain = tuple[x509.Certificate, ...]


@dataclass(frozen=True, slots=True)
class Signed:
    """The parts of a signature; `attributes` is the DER that the signature is over."""

    chain: Chain
    attributes: bytes
    signature: bytes
    stamp: bytes = b""

    def to_der(self) -> bytes:
        """The whole CMS; certificate of the signer first, then those that issued it."""
        signer: dict[str, Any] = {
            "version": "v1",
            "sid": {"issuer_and_serial_number": _issuer_and_serial(self.chain[0])},
            "digest_algorithm": {"algorithm": SHA256_NAME},
            "signed_attrs": cms.CMSAttributes.load(self.attributes),
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "signature": self.signature,
        }
        if self.stamp:
            token = cms.ContentInfo.load(self.stamp)
            signer["unsigned_attrs"] = [_attribute(_STAMP, token)]
        data = {
            "version": "v1",
            "digest_algorithms": [{"algorithm": SHA256_NAME}],
            "encap_content_info": {"content_type": "data"},
            "certificates": [_asn1(each) for each in self.chain],
            "signer_infos": [signer],
        }
        made = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(data)})
        der: bytes = made.dump()
        return der


def sign(digest: bytes, key: DocumentKey, chain: Chain) -> Signed:
    """Sign a document's SHA-256 digest."""
    attributes = _attributes(digest, chain[0])
    return Signed(chain, attributes, key.sign(attributes))


def read(der: bytes) -> Signed | None:
    """Take a CMS apart; None for one that is not exactly as ours are made."""
    try:
        data = cms.ContentInfo.load(der, strict=True)["content"]
        (signer,) = data["signer_infos"]
        if len(data["certificates"]) > MOST_IN_CHAIN:
            return None
        chain = tuple(x509.load_der_x509_certificate(each.dump()) for each in data["certificates"])
        found = Signed(
            _signer_first(chain, signer["sid"]), signer["signed_attrs"].untag().dump(),
            signer["signature"].native, _stamp_of(signer),
        )  # fmt: skip
        return found if found.to_der() == der else None
    except Exception:  # noqa: BLE001 -- two parsers of foreign bytes, each with its own errors
        return None


def fits(found: Signed, digest: bytes, spki: bytes) -> bool:
    """Tell whether a signature is that key's, over a document with that digest."""
    if found.attributes != _attributes(digest, found.chain[0]):
        return False
    key = load_der_public_key(spki)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    try:
        key.verify(found.signature, found.attributes, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _attributes(digest: bytes, own: x509.Certificate) -> bytes:
    """What is signed: the digest, and which certificate the signer meant.

    No signing time: PAdES has it in the PDF's own dictionary, which the digest covers.
    """
    own_der = own.public_bytes(Encoding.DER)
    about_digest = _attribute("message_digest", digest).dump()
    attributes = [cms.CMSAttribute.load(each) for each in (*_same_for_all(own_der), about_digest)]
    der: bytes = cms.CMSAttributes(attributes).dump()
    return der


@functools.lru_cache(maxsize=8)
def _same_for_all(own_der: bytes) -> tuple[bytes, ...]:
    """The attributes that a certificate's every signature has, in DER: the slow part of them."""
    protection = cms.CMSAlgorithmProtection(
        {
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": SHA256_NAME}),
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
        }
    )
    certificate = as_signing_certificate_v2(asn1_x509.Certificate.load(own_der))
    return (
        _attribute("content_type", "data").dump(),
        _attribute("cms_algorithm_protection", protection).dump(),
        _attribute("signing_certificate_v2", certificate).dump(),
    )


def _attribute(kind: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})


def _signer_first(chain: Chain, sid: Any) -> Chain:  # noqa: ANN401 -- asn1crypto's own
    """The chain from the signer upwards, as DER's order of a set has mixed it."""
    wanted = sid.dump()
    (own,) = [each for each in chain if _issuer_and_serial(each).dump() == wanted]
    ordered, rest = [own], [each for each in chain if each is not own]
    while rest:
        issuer = next(each for each in rest if each.subject == ordered[-1].issuer)
        ordered.append(issuer)
        rest.remove(issuer)
    return tuple(ordered)


def _stamp_of(signer: Any) -> bytes:  # noqa: ANN401 -- asn1crypto's own
    attributes = signer["unsigned_attrs"]
    if isinstance(attributes, core.Void):
        return b""
    (stamp,) = attributes
    (token,) = stamp["values"]
    der: bytes = token.dump()
    return der


def _issuer_and_serial(own: x509.Certificate) -> cms.IssuerAndSerialNumber:
    certificate = _asn1(own)
    return cms.IssuerAndSerialNumber(
        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    )


def _asn1(own: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(own.public_bytes(Encoding.DER))


def digest_of(*parts: bytes | memoryview) -> bytes:
    """SHA-256 of what a signature covers."""
    hashed = hashlib.sha256()
    for part in parts:
        hashed.update(part)
    return hashed.digest()
