"""What devices signed: keys that stand in the log, and the answers that released time."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from json import loads
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from verifier.log_proofs import RejectedError, Tree, from_base64, is_leaf

_REGISTERED = "identity.device_key_registered"


@dataclass(frozen=True, slots=True)
class Device:
    """A key that was registered for the learner on one device."""

    device_id: str
    public_key: ec.EllipticCurvePublicKey

    def signed(self, signature: str, text: str) -> bool:
        """Whether the key made the signature (r ‖ s, base64url) under a text."""
        raw = urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
        if len(raw) != 64:
            return False
        r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        try:
            self.public_key.verify(encode_dss_signature(r, s), text.encode(), ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True


def read_devices(
    views: Sequence[Mapping[str, Any]], learner_id: str, tree: Tree
) -> dict[str, Device]:
    """The learner's keys by name, each as the log holds its registration. Raises RejectedError."""
    return {view["key"]: _read_device(view, learner_id, tree) for view in views}


def _read_device(view: Mapping[str, Any], learner_id: str, tree: Tree) -> Device:
    spki, place = from_base64(view["public_key"]), f"device key {view['key']}"
    if sha256(spki).hexdigest() != view["key"]:
        raise RejectedError(f"{place}: is not the hash of its public key")
    try:
        public_key = load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise RejectedError(f"{place}: cannot be read") from error
    if not isinstance(public_key, ec.EllipticCurvePublicKey):
        raise RejectedError(f"{place}: is not a P-256 key")
    if public_key.curve.name != "secp256r1":
        raise RejectedError(f"{place}: is not a P-256 key")
    device = Device(view["device_id"], public_key)
    spelled = urlsafe_b64encode(spki).rstrip(b"=").decode()
    text = "\n".join(("shixue-device-key-1", view["challenge_id"], view["head"], spelled))
    if not device.signed(view["proof"], text):
        raise RejectedError(f"{place}: did not sign its own registration")
    _check_registration(view, spelled, learner_id, tree)
    return device


def _check_registration(view: Mapping[str, Any], spelled: str, learner_id: str, tree: Tree) -> None:
    record, place = loads(view["record"]), f"device key {view['key']}"
    facts = record["facts"]
    told = (record["event"], record["subject_id"], facts["public_key"], facts["device_id"])
    if told != (_REGISTERED, learner_id, spelled, view["device_id"]):
        raise RejectedError(f"{place}: the log's record is of another registration")
    if not is_leaf("audit_event", view, tree):
        raise RejectedError(f"{place}: its registration is not in the log at its position")


def check_answer(answer: Mapping[str, Any], devices: Mapping[str, Device], place: str) -> str:
    """What a release is bound to where this answer released it. Raises RejectedError."""
    device = devices.get(answer["key"])
    if device is None:
        raise RejectedError(f"{place}: the key of a signed answer is not here")
    number = str(answer["prompt_number"])
    text = "\n".join(
        ("shixue-answer-1", answer["head"], answer["challenge_id"], number, answer["payload"])
    )
    if not device.signed(answer["signature"], text):
        raise RejectedError(f"{place}: an answer is not signed by its device's key")
    parts = (
        "shixue-signed-check-1", answer["judged"], sha256(text.encode()).hexdigest(),
        answer["key"], answer["signature"],
    )  # fmt: skip
    return sha256("\n".join(parts).encode()).hexdigest()


def signed_by_device(
    session: Mapping[str, Any], heads: frozenset[str], devices: Mapping[str, Device]
) -> set[tuple[str, str]]:
    """What a session's own device signed: what each signature releases, and the head it is over.

    Raises RejectedError.
    """
    found = set()
    place = f"session {session['session_id']}"
    for answer in session["answers"]:
        found.add((check_answer(answer, devices, place), answer["head"]))
        if answer["head"] not in heads:
            raise RejectedError(f"{place}: an answer signs a head that the session never had")
        if devices[answer["key"]].device_id != session["device_id"]:
            raise RejectedError(f"{place}: an answer is signed by another device's key")
    return found
