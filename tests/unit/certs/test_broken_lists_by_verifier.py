"""Lists of keys in the reader's folder that are broken: the verifier says so, and does not fall."""

import json
from pathlib import Path

import pytest

from tests import credentials
from verifier.log_proofs import RejectedError
from verifier.pinned import read_pinned


@pytest.mark.parametrize("name", ["document-keys", "proof-keys", "archive-keys", "sm2-keys"])
@pytest.mark.parametrize(
    "each",
    [
        {"public_key": "AA"}, {"key_id": "0a0b0c0d"}, {"key_id": "0a0b0c0d", "public_key": 7},
        {"key_id": "0a0b0c0d", "public_key": "钥"}, {"key_id": "0a0b0c0d", "public_key": "A"},
        {"key_id": ["0a0b0c0d"], "public_key": "AA"}, 7, "key",
    ],
)  # fmt: skip
def test_a_broken_list_is_refused_in_words(tmp_path: Path, name: str, each: object) -> None:
    (tmp_path / "did.json").write_text(json.dumps(credentials.did_document()), "utf-8")
    (tmp_path / f"{name}.json").write_text(json.dumps([each]), "utf-8")
    with pytest.raises(RejectedError, match="cannot be read"):
        read_pinned(tmp_path)
