"""Somebody carries off database, object store and logs, without the keys: nobody is found there."""

import logging
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.core.logging import JsonFormatter
from app.core.ratelimit import RateLimiter
from app.identity.models.faces import TEMPLATE, FaceTemplate
from app.identity.services import person_keys
from app.lobby.parts import Parts
from tests import dumps
from tests.lives import WORDS, Life, live
from tests.people import ALICE, CAROL, MALLORY
from tests.player import ANSWERS


@pytest.fixture
def parts(parts: Parts) -> Parts:
    """With limits: what they count by is kept, too."""
    return replace(parts, limiter=RateLimiter(parts.database, parts.keys.secret("limits")))


def _found(haystack: bytes, needles: dict[str, bytes]) -> list[str]:
    return [what for what, needle in needles.items() if needle in haystack]


def _secrets() -> dict[str, bytes]:
    known = {
        f"{who.phone[-1]} {field}": str(getattr(who, field))
        for who in (ALICE, CAROL, MALLORY)
        for field in ("name", "number", "phone")
    }
    known |= {"words": WORDS, **{f"answer {key}": text for key, text in ANSWERS.items()}}
    return {
        f"{whose}, {how}": needle
        for whose, text in known.items()
        for how, needle in dumps.spellings(text).items()
    }


def _template(parts: Parts) -> bytes:
    with parts.database.reading() as db:
        [row] = db.query(FaceTemplate).all()
        own = person_keys.vault_of(db, parts.vault, row.person_id)
        return own.open_bytes(row.template, context=f"{TEMPLATE}:{row.person_id}")


def _pictures(life: Life, parts: Parts) -> dict[str, bytes]:
    contents = {"pdf": life.pdf, "preview": life.png, "template": _template(parts)}
    contents |= {f"frame {number}": frame for number, frame in enumerate(life.frames)}
    return {
        f"{what}, piece {number}": piece
        for what, content in contents.items()
        for number, piece in enumerate(dumps.pieces(content))
    }


def _log_bytes(caplog: pytest.LogCaptureFixture) -> bytes:
    formatter = JsonFormatter()
    return "\n".join(formatter.format(record) for record in caplog.records).encode()


def test_nobody_is_found_in_what_was_carried_off(
    client: TestClient, parts: Parts, clock: SettableClock, caplog: pytest.LogCaptureFixture
) -> None:
    for quiet in ("httpx", "httpcore"):  # as app/core/logging.py has it; the browser's own, too
        caplog.set_level(logging.WARNING, quiet)
    caplog.set_level(logging.DEBUG)
    life = live(client, parts, clock)
    places = {
        "database": dumps.database_bytes(parts.database),
        "store": dumps.folder_bytes(parts.settings.data_dir / "objects"),
        "logs": _log_bytes(caplog),
    }
    sizes = {place: len(content) for place, content in places.items()}
    assert min(sizes.values()) > 1000, sizes
    needles = _secrets() | _pictures(life, parts)
    for place, content in places.items():
        assert _found(content, needles) == [], place
