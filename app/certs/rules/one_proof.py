"""A credential with one of its two proofs, for software that does not know the other.

W3C Data Integrity 1.0, 2.1: each proof of a set is over the document without any, so one that
stands alone proves as much as before. Our own verifiers want both.
"""

from collections.abc import Mapping
from typing import Any


def with_one_proof(signed: Mapping[str, Any], cryptosuite: str) -> dict[str, Any]:
    """The credential with the proof of that suite alone, in a list, as Open Badges has it.

    Raises ValueError where the credential has none of that suite.
    """
    found = [proof for proof in signed["proof"] if proof["cryptosuite"] == cryptosuite]
    if len(found) != 1:
        message = f"{len(found)} proofs of {cryptosuite}"
        raise ValueError(message)
    return {**signed, "proof": found}
