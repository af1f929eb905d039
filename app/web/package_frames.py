"""Packages on pages that count nothing: a preview, and a lesson looked at again."""

from dataclasses import dataclass

from app.learning.services import package_addresses
from app.lobby.parts import Parts
from app.lobby.sandbox import frame_rights


@dataclass(frozen=True, slots=True)
class Frames:
    """Titles with addresses, and what their frames may do; empty where there is no package."""

    parts: tuple[tuple[str, str], ...]
    rights: str


def frames_of(parts: Parts, *, lesson_id: str, asset_id: str, titles: tuple[str, ...]) -> Frames:
    """Addresses under which a package keeps nothing and earns nothing."""
    now, origin = parts.clock.now(), parts.settings.package_origin
    addresses = [
        package_addresses.address(
            parts.keys, package_addresses.LOOK, lesson_id, asset_id, place, now=now
        )
        for place in range(len(titles))
    ]
    shown = tuple((title, origin + url) for title, url in zip(titles, addresses, strict=True))
    return Frames(shown, frame_rights(parts.settings))
