"""A certificate authority and a service of time stamps, both of the tests' own."""

import datetime as dt
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.general import as_signing_certificate_v2

from app.certs.providers.document_keys import DocumentKey

_FROM, _UNTIL = dt.datetime(2026, 1, 1), dt.datetime(2046, 1, 1)  # noqa: DTZ001 -- X.509's are UTC
STAMPED_AT = dt.datetime(2026, 11, 24, 2, 0, 7, tzinfo=dt.UTC)


@cache
def _key(_of: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _begun(name: str, issuer: str, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(_name(name)).issuer_name(_name(issuer))
    builder = builder.public_key(public).serial_number(x509.random_serial_number())
    return builder.not_valid_before(_FROM).not_valid_after(_UNTIL)


@cache
def root(name: str = "测试根证书") -> x509.Certificate:
    begun = _begun(name, name, _key(name).public_key())
    begun = begun.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return begun.sign(_key(name), SHA256())


def chain_for(key: DocumentKey, *, may_sign: bool = True) -> tuple[x509.Certificate, ...]:
    """What an authority gives out for a document key: its certificate, and the root's."""
    usage = x509.KeyUsage(
        digital_signature=may_sign, content_commitment=may_sign, key_encipherment=not may_sign,
        data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    begun = _begun("实学证书签章", "测试根证书", key.private.public_key())
    own = begun.add_extension(usage, critical=True).sign(_key("测试根证书"), SHA256())
    return own, root()


def named(name: str, private: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """A certificate that somebody else made for themselves."""
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    begun = _begun(name, name, private.public_key()).add_extension(usage, critical=True)
    return begun.sign(private, SHA256())


@cache
def stamper(*, may_stamp: bool = True) -> x509.Certificate:
    usage = ExtendedKeyUsageOID.TIME_STAMPING if may_stamp else ExtendedKeyUsageOID.CODE_SIGNING
    begun = _begun("测试时间戳", "测试时间戳", _key("测试时间戳").public_key())
    begun = begun.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
    return begun.sign(_key("测试时间戳"), SHA256())


def _digest(content: bytes) -> bytes:
    hashed = Hash(SHA256())
    hashed.update(content)
    return hashed.finalize()


def answer(request: bytes, *, may_stamp: bool = True, wrong: str = "") -> bytes:
    """A reply of RFC 3161; `wrong` names what is not as it should be."""
    asked = tsp.TimeStampReq.load(request)
    imprint = asked["message_imprint"].copy()
    if wrong == "imprint":
        imprint["hashed_message"] = b"\x00" * 32
    own = asn1_x509.Certificate.load(stamper(may_stamp=may_stamp).public_bytes(Encoding.DER))
    info = tsp.TSTInfo(
        {
            "version": "v1", "policy": "1.2.3.4", "message_imprint": imprint,
            "serial_number": 7, "gen_time": core.GeneralizedTime(STAMPED_AT),
            "nonce": asked["nonce"].native + (wrong == "nonce"),
        }
    )  # fmt: skip
    named = as_signing_certificate_v2(own)
    if wrong == "certificate":
        named["certs"][0]["cert_hash"] = b"\x00" * 32
    attributes = cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [_digest(info.dump())]}),
            cms.CMSAttribute({"type": "signing_certificate_v2", "values": [named]}),
        ]
    )
    signature = _key("测试时间戳").sign(attributes.dump(), ec.ECDSA(SHA256()))
    if wrong == "signature":
        signature = _key("另一把").sign(attributes.dump(), ec.ECDSA(SHA256()))
    signer = {
        "version": "v1",
        "sid": {
            "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                {"issuer": own.issuer, "serial_number": own.serial_number}
            )
        },
        "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
        "signed_attrs": attributes,
        "signature_algorithm": {"algorithm": "sha256_ecdsa"},
        "signature": signature,
    }
    data = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {
                "content_type": "tst_info", "content": core.ParsableOctetString(info.dump()),
            },
            "certificates": [own],
            "signer_infos": [signer],
        }
    )  # fmt: skip
    token = cms.ContentInfo({"content_type": "signed_data", "content": data})
    status = "rejection" if wrong == "status" else "granted"
    return tsp.TimeStampResp({"status": {"status": status}, "time_stamp_token": token}).dump()


class Stamping:
    """A service on this machine; `wrong` and `status` say how it fails, `asked` how often."""

    def __init__(self) -> None:
        self.wrong, self.status, self.asked = "", 200, 0
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self.http.daemon_threads = True

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.http.server_port}/tsa"

    def reply(self, request: bytes) -> bytes:
        self.asked += 1
        if self.wrong == "garbage":
            return b"\x30\x80" * 2000
        if self.wrong == "long":
            return b"\x00" * 200_000
        return answer(request, may_stamp=self.wrong != "usage", wrong=self.wrong)


def _handler_for(service: Stamping) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["content-length"]))
            body = service.reply(request)
            self.send_response(service.status)
            self.send_header("content-type", "application/timestamp-reply")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            try:
                if service.wrong == "drip":
                    for _ in range(200):
                        self.wfile.write(body[:1])
                        time.sleep(0.05)
                self.wfile.write(body)
            except OSError:
                pass  # whoever asked has gone: that is what is tried

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@contextmanager
def serving() -> Iterator[Stamping]:
    service = Stamping()
    thread = threading.Thread(target=service.http.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.http.shutdown()
        service.http.server_close()
        thread.join()
