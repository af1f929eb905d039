"""R22: the signatures of devices, with a vector that the page's own tests and verifier share."""

import json
from base64 import b64encode
from pathlib import Path

import pytest

from app.core.crypto import b64url, from_b64url
from app.core.signatures import verify_p256
from app.identity.rules.device_keys import registration_text, thumbprint
from app.learning.rules.signed_answers import answer_text
from tests.devices import Device
from verifier.devices import check_answer, read_devices
from verifier.log_proofs import RejectedError, Tree

VECTOR = json.loads((Path(__file__).parents[2] / "vectors" / "device.json").read_text("utf-8"))
KEY = from_b64url(VECTOR["public_key"])
PLACE = {name: VECTOR[name] for name in ("challenge_id", "head", "prompt_number")}


@pytest.mark.parametrize("case", VECTOR["answers"])
def test_r22_the_vectors_signatures(case):
    text = answer_text(**PLACE, payload=case["payload"])
    assert verify_p256(KEY, from_b64url(case["signature"]), text)


def test_r22_the_vectors_registration():
    given = {"challenge_id": VECTOR["challenge_id"], "head": VECTOR["head"]}
    text = registration_text(**given, public_key=VECTOR["public_key"])
    assert text.decode() == VECTOR["registration"]["text"]
    assert verify_p256(KEY, from_b64url(VECTOR["registration"]["signature"]), text)
    assert thumbprint(KEY) == VECTOR["thumbprint"]


def test_r22_a_signature_holds_for_its_text_and_its_key_only():
    case = VECTOR["answers"][0]
    raw, text = from_b64url(case["signature"]), case["text"].encode()
    other = answer_text(**PLACE | {"prompt_number": 3}, payload=case["payload"])
    assert not verify_p256(KEY, raw, other)
    assert not verify_p256(Device().spki, raw, text)
    assert not verify_p256(KEY, bytes(64), text)
    assert not verify_p256(KEY, raw[:-1], text)
    assert not verify_p256(KEY, b"", text)
    assert not verify_p256(b"", raw, text)
    assert not verify_p256(KEY[:-1], raw, text)


def test_r22_the_verifier_reads_the_same_bytes():
    case = VECTOR["answers"][1]
    view = {name: VECTOR[name] for name in ("challenge_id", "head", "prompt_number", "judged")}
    view |= {"payload": case["payload"], "signature": case["signature"], "key": "k"}
    shown = {"key": VECTOR["thumbprint"], "public_key": b64encode(KEY).decode(), "device_id": "d",
             "challenge_id": VECTOR["challenge_id"], "head": VECTOR["head"],
             "proof": b64url(bytes(64))}  # fmt: skip
    with pytest.raises(RejectedError, match="did not sign its own registration"):
        read_devices([shown], "L", Tree("o", 1, bytes(32), ()))
    with pytest.raises(RejectedError, match="is not here"):
        check_answer(view, {}, "here")
