"""What messages leave the house by: for doorways that send, and those that say who is reached."""

from app.identity.rules.outgoing import Way
from app.identity.services.dispatch import Means
from app.lobby.parts import Parts


def means_of(parts: Parts) -> Means:
    """What sending needs of the parts."""
    return Means(parts.vault, parts.sms, parts.mail, parts.robots, parts.settings.public_url)


def open_ways(parts: Parts) -> frozenset[Way]:
    """The ways beside the inbox that this house has."""
    return means_of(parts).open_ways
