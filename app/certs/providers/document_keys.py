"""The keys that sign documents: P-256, derived from the ring's seeds, each with its certificate.

PDF readers know ECDSA on P-256 and no Ed25519, and want an X.509 certificate. Both come from the
seed alone (docs/decisions/0012-document-keys.md), so nothing else has to be kept or backed up.
"""

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from app.core.crypto import KeyRing
from app.core.signers import check_in_use

PURPOSE: Final = "documents"
NAME: Final = "实学证书签章"
"""The common name in our own certificates."""
_INFO: Final = b"shixue-document-p256-1"
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group of P-256 (SEC 2, 2.4.2)."""
_BEGINNING: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
"""Stands for the day of a first key: the ring does not write down when that was drawn."""
_YEARS: Final = 50
MOST_IN_CHAIN: Final = 5
_MOST_CHAIN_BYTES: Final = 10_000


class WrongChainError(RuntimeError):
    """The chain that is set is not one for our newest document key; the message says why."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"SHIXUE_CERTS__CHAIN: {why}. `./run cli keys request` prints the request for a "
            "certificate of the newest key"
        )


@dataclass(frozen=True, slots=True)
class DocumentKey:
    """A key that signs documents, and the day from which its certificate is good."""

    key_id: str
    private: ec.EllipticCurvePrivateKey
    since: dt.datetime

    @property
    def spki(self) -> bytes:
        """The public key as DER SubjectPublicKeyInfo."""
        return _spki(self.private.public_key())

    def sign(self, message: bytes) -> bytes:
        """ECDSA with SHA-256, its secret number from key and message (RFC 6979), as DER."""
        return self.private.sign(message, ec.ECDSA(SHA256(), deterministic_signing=True))


def newest(keys: KeyRing) -> DocumentKey:
    """The key that signs."""
    key_id, seed = keys.newest(PURPOSE)
    since = {key.key_id: key.since_at for key in keys.stored(PURPOSE)}.get(key_id) or _BEGINNING
    return derive(key_id, seed, since)


def signer_at(keys: KeyRing, now: dt.datetime) -> DocumentKey:
    """The same, as long as it is in use. Raises UnavailableError where it is not any more."""
    key = newest(keys)
    check_in_use(keys, PURPOSE, key.key_id, now)
    return key


def public_keys(keys: KeyRing) -> dict[str, bytes]:
    """Every key that ever signed documents, by id, as DER SubjectPublicKeyInfo."""
    return {
        key_id: derive(key_id, seed, _BEGINNING).spki
        for key_id, seed in keys.secrets(PURPOSE).items()
    }


def public_pems(keys: KeyRing) -> str:
    """The same in PEM, one behind the other: what a verifier pins as `documents.pem`."""
    found = [
        derive(key_id, seed, _BEGINNING).private.public_key()
        for key_id, seed in keys.secrets(PURPOSE).items()
    ]
    pems = [key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo) for key in found]
    return b"".join(pems).decode()


def derive(key_id: str, seed: bytes, since: dt.datetime) -> DocumentKey:
    """The P-256 key of a seed: HKDF-SHA256 to 48 bytes, modulo n - 1, plus 1.

    128 bits more than the group's order leave a bias below 2⁻¹²⁸ (FIPS 186-5, A.2.1).
    """
    drawn = HKDF(algorithm=SHA256(), length=48, salt=None, info=_INFO).derive(seed)
    scalar = int.from_bytes(drawn) % (ORDER - 1) + 1
    day = since.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return DocumentKey(key_id, ec.derive_private_key(scalar, ec.SECP256R1()), day)


def certificate(key: DocumentKey, organisation: str) -> x509.Certificate:
    """The key's own certificate: the same each time it is made, so that it is kept nowhere."""
    name, public = _subject(key, organisation), key.private.public_key()
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    subject_key = x509.SubjectKeyIdentifier.from_public_key(public)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(int("1" + key.key_id, 16))
        .not_valid_before(key.since)
        .not_valid_after(key.since.replace(year=key.since.year + _YEARS, month=1, day=1))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(subject_key, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(subject_key),
            critical=False,
        )
        .sign(key.private, SHA256(), ecdsa_deterministic=True)
    )


def request(key: DocumentKey, organisation: str) -> str:
    """What a certificate authority is asked with (PKCS #10, PEM)."""
    asked = x509.CertificateSigningRequestBuilder().subject_name(_subject(key, organisation))
    signed = asked.sign(key.private, SHA256(), ecdsa_deterministic=True)
    return signed.public_bytes(Encoding.PEM).decode()


def read_chain(pem: bytes, key: DocumentKey) -> tuple[x509.Certificate, ...]:
    """Certificates from the key's own upwards, as an authority gave them out.

    Raises WrongChainError for what is no PEM, for another key's, for a certificate that must not
    sign documents, and where one does not issue the one before it.
    """
    try:
        chain = tuple(x509.load_pem_x509_certificates(pem))
    except ValueError:
        raise WrongChainError("no certificates in PEM can be read") from None
    size = sum(len(each.public_bytes(Encoding.DER)) for each in chain)
    if len(chain) > MOST_IN_CHAIN or size > _MOST_CHAIN_BYTES:
        raise WrongChainError(
            f"{len(chain)} certificates of {size} bytes; at most {MOST_IN_CHAIN} of "
            f"{_MOST_CHAIN_BYTES} are taken"
        )
    if spki_of(chain[0]) != key.spki:
        raise WrongChainError(f"its first certificate is not for the document key {key.key_id}")
    if not may_sign(chain[0]):
        raise WrongChainError("its first certificate may not sign (key usage)")
    if not is_chain(chain):
        raise WrongChainError("each certificate must be followed by the one that issued it")
    return chain


def may_sign(own: x509.Certificate) -> bool:
    """Tell whether a certificate's key usage, where it has one, lets its key sign documents."""
    try:
        usage = own.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    except ValueError:
        return False
    return usage.digital_signature or usage.content_commitment


def is_chain(chain: tuple[x509.Certificate, ...]) -> bool:
    """Tell whether each certificate is issued by the one behind it."""
    try:
        for each, issuer in itertools.pairwise(chain):
            each.verify_directly_issued_by(issuer)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def spki_of(own: x509.Certificate) -> bytes | None:
    """A certificate's public key as DER; None for one of a kind that is not known here."""
    try:
        public = own.public_key()
    except (UnsupportedAlgorithm, ValueError):
        return None
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _spki(public: ec.EllipticCurvePublicKey) -> bytes:
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _subject(key: DocumentKey, organisation: str) -> x509.Name:
    """The key's id stands in it, so that no two certificates have the same issuer and subject."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64] or NAME),
            x509.NameAttribute(NameOID.COMMON_NAME, NAME),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, key.key_id),
        ]
    )
