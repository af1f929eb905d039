"""Second signatures, by SM2: looked at with the ring's keys, and published for others."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.certs.providers import sm2_keys
from app.certs.rules import second_seal
from app.certs.rules.facts import CertificateFacts
from app.certs.rules.second_seal import SealFlaw, SecondSeal
from app.core.crypto import KeyRing
from app.core.key_periods import Periods


@dataclass(frozen=True, slots=True)
class Published:
    """A public key: the point `04 ‖ x ‖ y`, and the same in PEM."""

    point: bytes
    pem: str


def public_keys(keys: KeyRing) -> Mapping[str, Published]:
    """Every key that ever signed a certificate a second time, by id."""
    found = sm2_keys.public_keys(keys)
    return {key_id: Published(point, sm2_keys.pem_of(point)) for key_id, point in found.items()}


def periods(keys: KeyRing) -> Periods:
    """When each of them was in use; none where it was never switched on."""
    return keys.periods(sm2_keys.PURPOSE) if keys.is_kept(sm2_keys.PURPOSE) else {}


def flaw_of(keys: KeyRing, facts: CertificateFacts, seal: SecondSeal | None) -> SealFlaw | None:
    """What is wrong with the second signature that was handed over; None for nothing."""
    return second_seal.flaw_of(facts, seal, sm2_keys.public_keys(keys), sm2_keys.is_good)


def flaw_kept(keys: KeyRing, facts: CertificateFacts, signature: str | None) -> SealFlaw | None:
    """The same of the one that the register keeps; its key stands in the facts alone."""
    seal = None if signature is None else SecondSeal(facts.sm2, signature)
    return flaw_of(keys, facts, seal)
