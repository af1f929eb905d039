"""R22: the texts that devices sign, with a vector that the page and the verifier share."""

import json
from pathlib import Path

import pytest

from app.learning.rules.chain import decode
from app.learning.rules.signed_answers import answer_text, payload_hash, signed_check

VECTOR = json.loads((Path(__file__).parents[2] / "vectors" / "device.json").read_text("utf-8"))
PLACE = {name: VECTOR[name] for name in ("challenge_id", "head", "prompt_number")}


@pytest.mark.parametrize("case", VECTOR["answers"])
def test_r22_the_vectors_answers(case):
    salt = decode(VECTOR["salt"])
    assert salt is not None
    assert payload_hash(salt, case["answer"]) == case["payload"]
    assert answer_text(**PLACE, payload=case["payload"]).decode() == case["text"]


def test_r22_what_a_release_is_bound_to_names_judgement_text_key_and_signature():
    case = VECTOR["answers"][1]
    given = {"thumbprint": VECTOR["thumbprint"], "signature": case["signature"]}
    text = case["text"].encode()
    bound = signed_check(VECTOR["judged"], text, **given)
    assert bound == VECTOR["signed_check"]
    others = [
        signed_check("0" * 64, text, **given),
        signed_check(VECTOR["judged"], text + b" ", **given),
        signed_check(VECTOR["judged"], text, **given | {"thumbprint": "0" * 64}),
        signed_check(VECTOR["judged"], text, **given | {"signature": "A" * 86}),
    ]
    assert len({bound, *others}) == 5


def test_r22_the_same_words_with_another_salt_are_another_commitment():
    answer = VECTOR["answers"][1]["answer"]
    hashes = {payload_hash(bytes([n]) * 16, answer) for n in range(50)}
    assert len(hashes) == 50
