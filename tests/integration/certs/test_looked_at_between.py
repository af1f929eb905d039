"""What a certificate would say is looked at between two turns to write, and still holds then."""

from typing import Any

import pytest
from sqlalchemy import select

from app import worker
from app.certs.models import Certificate
from app.certs.services import linting
from app.core.db import Database
from app.identity.models.people import AccessEntry
from app.lobby.parts import Parts
from tests import finished
from tests.integration.certs.test_voided_number import rename


def test_nobody_waits_for_their_turn_while_it_is_looked_at(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, database = linting.refusal_of, parts.database
    another = Database(database.url, database.engine, most_wait_s=1)
    written = 0

    def looked(*given: Any, **named: Any) -> object:
        nonlocal written
        with another.transaction():
            written += 1
        return look(*given, **named)

    monkeypatch.setattr(linting, "refusal_of", looked)
    [course] = finished.courses(parts, ("usual",))
    finished.finish(parts, course, "李晓梅", 1)
    worker.drain(parts)
    assert (written, len(_certificates(parts))) == (1, 1)


def test_a_name_that_becomes_another_meanwhile_is_looked_at_again(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = linting.refusal_of
    [course] = finished.courses(parts, ("usual",))
    person = finished.finish(parts, course, "李晓海", 1)
    seen: list[str] = []

    def looked(*given: Any, **named: Any) -> object:
        seen.append(given[2].name)
        if len(seen) == 1:
            rename(parts, person, "李晓梅")
        return look(*given, **named)

    monkeypatch.setattr(linting, "refusal_of", looked)
    worker.drain(parts)
    assert seen == ["李晓海", "李晓梅"]
    [(number, facts)] = _certificates(parts)
    assert (number[14:22], facts["holder_name"]) == ("00000001", "李*梅")
    with parts.database.reading() as db:
        opened = db.scalars(select(AccessEntry.purpose)).all()
    assert opened.count("certificate") == 2


def _certificates(parts: Parts) -> list[tuple[str, dict[str, Any]]]:
    with parts.database.reading() as db:
        return [(row.number, row.facts) for row in db.scalars(select(Certificate))]
