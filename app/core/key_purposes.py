"""What each key of the ring is for, and what becomes of its work when another comes."""

from enum import StrEnum
from types import MappingProxyType


class Change(StrEnum):
    """How a purpose takes a new key."""

    RESEALED = "resealed"
    """What the old one sealed is sealed anew beside the running product; then the old one goes."""
    KEPT = "kept"
    """The old one stays for ever: what it signed or sealed has to be checked later."""
    ENDS = "ends"
    """What the old one made ends at once: sign-ins, addresses, codes that were just sent."""
    NEVER = "never"
    """No new one: what was made with the first cannot be made again without the people."""


PURPOSES = MappingProxyType(
    {
        "fields": (Change.RESEALED, "personal fields, people's own keys, keys of study sessions"),
        "certificates": (Change.KEPT, "signatures of certificates"),
        "documents": (Change.KEPT, "signatures inside certificates' PDFs"),
        "sm2": (Change.KEPT, "second signatures of certificates, where they are switched on"),
        "proofs": (Change.KEPT, "signatures of proofs of hours"),
        "archives": (Change.KEPT, "signatures of the archives of classes"),
        "log": (Change.KEPT, "signatures of the log's checkpoints"),
        "log_seal": (Change.KEPT, "seals of the log's entries; a process takes it when it starts"),
        "access": (Change.ENDS, "access tokens: everybody's page renews them"),
        "refresh": (Change.ENDS, "sign-ins: everybody signs in again"),
        "codes": (
            Change.ENDS,
            "codes that were just sent or shown, ways to a company's page: begun anew",
        ),
        "shares": (Change.ENDS, "links to certificates that holders gave out: they make others"),
        "media": (Change.ENDS, "addresses of media: the player asks for fresh ones"),
        "entrances": (Change.ENDS, "links into a demo"),
        "device": (Change.ENDS, "cookies that name a browser: each counts as a new one"),
        "csrf": (Change.ENDS, "tokens of open pages: they are loaded again"),
        "limits": (Change.ENDS, "limits; a process takes it when it starts, counts begin anew"),
        "blind_index": (
            Change.NEVER,
            "looking up phones, numbers and holders: two indexes side by side would be needed",
        ),
        "answers": (Change.NEVER, "secret answers: only the person knows them"),
        "recovery": (Change.NEVER, "recovery codes: only the person has them, on paper"),
        "commitments": (Change.NEVER, "what binds a certificate to its holder's full name"),
    }
)
