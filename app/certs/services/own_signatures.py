"""Whether a record or a name is what a key of ours once signed; codes are in `own_codes`."""

from app.certs.models import Certificate
from app.certs.rules.facts import CertificateFacts, is_holder_true, message_of
from app.certs.services.published_keys import certificate_keys
from app.certs.services.records import holder_index
from app.core.crypto import KeyRing, Vault, from_b64url, same
from app.core.signatures import verify_ed25519


def is_signed(keys: KeyRing, facts: CertificateFacts, key_id: str, signature: str) -> bool:
    """Tell whether facts are as one of our keys signed them, and the holder the one it was."""
    key = certificate_keys(keys).get(key_id)
    try:
        raw = from_b64url(signature)
    except ValueError:
        return False
    is_theirs = is_holder_true(facts)
    return key is not None and is_theirs and verify_ed25519(key, raw, message_of(facts))


def is_holders_name(keys: KeyRing, row: Certificate, name: str) -> bool:
    """Tell whether a full name is the holder's; of one who has left nobody can, so it is taken."""
    is_gone = row.holder_gone_at is not None
    return is_gone or same(row.holder_index, holder_index(Vault(keys), row.number, name))
