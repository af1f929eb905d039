"""Whether what is signed is of the time of its key, by the ring's word on when it was in use."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from app.certs.providers import document_keys, sm2_keys
from app.certs.rules.facts import CertificateFacts, is_signed_anew
from app.certs.rules.key_times import LATEST, KeyFlaw, flaw_of_code
from app.certs.rules.scan import Seal
from app.certs.services.statuses import PURPOSE
from app.core.crypto import KeyRing
from app.core.key_periods import ALWAYS, KeyPeriod, moment_of


def flaw_of_facts(keys: KeyRing, facts: CertificateFacts, key_id: str) -> KeyFlaw | None:
    """By the moment that the facts state; of a second signature's key too.

    A key may be younger than what it signed anew when the holder left.
    """
    issued, own = moment_of(facts.issued_at), _period(keys, PURPOSE, key_id)
    if issued is not None and is_signed_anew(facts):
        return KeyFlaw.PERIOD if own.is_over_at(issued) else None
    periods = [own]
    if facts.sm2 and keys.is_kept(sm2_keys.PURPOSE):
        periods.append(_period(keys, sm2_keys.PURPOSE, facts.sm2))
    is_within = all(period.holds_stated(facts.issued_at) for period in periods)
    return None if is_within else KeyFlaw.PERIOD


def flaw_kept(
    keys: KeyRing, facts: CertificateFacts, key_id: str, logged_since: dt.datetime | None
) -> KeyFlaw | None:
    """The same of what the register has; and by when the public log took it in."""
    flaw = flaw_of_facts(keys, facts, key_id)
    if flaw is not None or logged_since is None:
        return flaw
    is_late = _period(keys, PURPOSE, key_id).is_over_at(logged_since - LATEST)
    return KeyFlaw.LATE if is_late else None


def flaw_of_seal(keys: KeyRing, seal: Seal) -> KeyFlaw | None:
    """Of a code whose signature is good."""
    stated, period = seal.stated(), _period(keys, PURPOSE, seal.key_id)
    if stated is None:
        return None
    return flaw_of_code(stated["number"], stated["completed_on"], period.since, period.until)


def flaw_of_credential(keys: KeyRing, document: Mapping[str, Any]) -> KeyFlaw | None:
    """Of one whose proofs are good: when each was made, and when it states that it is issued."""
    issued = moment_of(document.get("validFrom"))
    for proof in document["proof"]:
        key_id = str(proof["verificationMethod"]).rpartition("#")[2]
        period = _period(keys, PURPOSE, key_id)
        is_late = issued is None or period.is_over_at(issued)
        if is_late or not period.holds_stated(proof["created"]):
            return KeyFlaw.PERIOD
    return None


def flaw_of_document(
    keys: KeyRing, key_id: str, signed_at: dt.datetime, facts: CertificateFacts
) -> KeyFlaw | None:
    """Of a PDF: when it was signed; and none is signed before what it shows was issued."""
    issued, period = moment_of(facts.issued_at), _period(keys, document_keys.PURPOSE, key_id)
    is_late = issued is None or period.is_over_at(issued)
    return KeyFlaw.PERIOD if is_late or not period.holds(signed_at) else None


def _period(keys: KeyRing, purpose: str, key_id: str) -> KeyPeriod:
    return keys.periods(purpose).get(key_id, ALWAYS)
