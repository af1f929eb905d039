"""A browser's key in the tests' hands: what it signs, and a learner whose device has one."""

import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.core.crypto import b64url
from app.identity.rules.device_keys import registration_text
from app.learning.rules.signed_answers import answer_text, payload_hash
from tests.player import Player


class Device:
    """A P-256 key as WebCrypto makes it: SPKI outside, r ‖ s under a text."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        public = self.private.public_key()
        self.spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, text: bytes) -> str:
        r, s = decode_dss_signature(self.private.sign(text, ec.ECDSA(SHA256())))
        return b64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def signed(self, challenge: dict[str, Any], head: str, given: dict[str, Any]) -> dict[str, str]:
        salt = secrets.token_bytes(16)
        text = answer_text(
            head=head, challenge_id=challenge["id"], prompt_number=challenge["prompt_number"],
            payload=payload_hash(salt, given),
        )  # fmt: skip
        return {"salt": b64url(salt), "signature": self.sign(text)}

    def offered(self, challenge: dict[str, Any], head: str) -> dict[str, str]:
        public_key = b64url(self.spki)
        text = registration_text(challenge_id=challenge["id"], head=head, public_key=public_key)
        return {"public_key": public_key, "signature": self.sign(text)}


class SigningPlayer(Player):
    """Answers as the page does: every answer signed, the key offered with each identity check."""

    device: Device

    def answer_body(self, given: dict[str, Any]) -> dict[str, Any]:
        assert self.challenge is not None
        body = super().answer_body(given)
        body["signed"] = self.device.signed(self.challenge, self.head, given)
        if self.challenge["kind"] == "identity":
            body["device_key"] = self.device.offered(self.challenge, self.head)
        return body
