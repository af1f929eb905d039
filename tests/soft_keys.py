"""A security key made of software: what a browser would bring back from a real one."""

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from app.core.crypto import b64url

_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


@dataclass
class SoftKey:
    """An ES256 credential for one house; `verifies` says whether it asks its holder for a PIN."""

    host: str = "127.0.0.1"
    origin: str = "http://127.0.0.1:8000"
    verifies: bool = True
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def made(self, challenge: str, label: str = "蓝色的") -> dict[str, str]:
        """The answer to `navigator.credentials.create`."""
        numbers = self.private.public_key().public_numbers()
        public = {
            1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")
        }  # fmt: skip
        data = self._data(_ATTESTED) + bytes(16) + struct.pack(">H", len(self.credential_id))
        data += self.credential_id + cbor2.dumps(public)
        whole = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return {
            "label": label, "id": b64url(self.credential_id), "attestation": b64url(whole),
            "client_data": b64url(self._client("webauthn.create", challenge)),
        }  # fmt: skip

    def asserted(self, challenge: str) -> dict[str, str]:
        """The answer to `navigator.credentials.get`."""
        self.count += 1
        data, client = self._data(0), self._client("webauthn.get", challenge)
        message = data + hashlib.sha256(client).digest()
        signature = self.private.sign(message, ec.ECDSA(hashes.SHA256()))
        return {
            "id": b64url(self.credential_id), "client_data": b64url(client),
            "authenticator_data": b64url(data), "signature": b64url(signature),
        }  # fmt: skip

    def _data(self, flags: int) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.host.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()
