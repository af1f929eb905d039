"""Who signs now: nobody with a key whose time is over because the newer one cannot be opened."""

import datetime as dt
from pathlib import Path

import pytest

from app.core import signers
from app.core.crypto import KeyRing
from app.core.errors import UnavailableError
from app.core.key_periods import AROUND

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def test_the_newest_key_signs_and_an_ended_one_does_not(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path, may_create=True)
    old = signers.signer_at(ring, "proofs", START).key_id
    new = ring.add("proofs", now=START)
    assert signers.signer_at(ring, "proofs", START).key_id == new
    signers.check_in_use(ring, "proofs", old, START + AROUND)
    with pytest.raises(UnavailableError) as refused:
        signers.check_in_use(ring, "proofs", old, START + AROUND + dt.timedelta(seconds=1))
    assert (refused.value.code, refused.value.retry_after_s) == ("key_out_of_use", 60)
