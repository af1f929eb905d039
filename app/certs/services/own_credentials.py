"""Credentials of ours, under the address of today or one from before."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from app.certs.providers import proofs
from app.certs.rules import strict_json
from app.certs.rules.did_web import did_of
from app.certs.rules.proof_flaws import Fault, Flaw
from app.certs.services.statuses import PURPOSE
from app.core.crypto import KeyRing


def opened(
    keys: KeyRing, content: bytes, addresses: Sequence[str], now: dt.datetime
) -> dict[str, Any] | Flaw:
    """Check a credential under our name, or under one that we had: our keys signed that too.

    `addresses` are ours, that of today first. What is wrong with one that names us is said, and
    not that somebody else issued it.
    """
    known, (today, *former) = keys.public_keys(PURPOSE), (did_of(each) for each in addresses)
    found = proofs.opened(content, did=today, keys=known, now=now)
    if not isinstance(found, Flaw) or found.fault is not Fault.ISSUER:
        return found
    issuer = strict_json.read(content).get("issuer")
    named = issuer.get("id") if isinstance(issuer, dict) else None
    earlier = proofs.opened(content, did=str(named), keys=known, now=now)
    return found if isinstance(earlier, Flaw) and named not in former else earlier
