"""A row's own code that says something else than its facts: the page does not stand by it.

The page shows itself at once where the code in its address is the one whose digest it bears
(`frontend/src/verify/stands.ts`), before the server is asked about the code.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from app.certs.models import Certificate
from app.certs.services import records, verification
from app.lobby.parts import Parts
from tests.papers_issued import Issued, issue_one


@pytest.fixture(scope="module")
def one(shared_parts: Parts) -> Issued:
    return issue_one(shared_parts)


@pytest.fixture
def db(shared_parts: Parts) -> Iterator[Session]:
    """A session whose changes are thrown away."""
    with shared_parts.database.reading() as db, db.no_autoflush:
        yield db
        db.expunge_all()


def _digest(db: Session, parts: Parts, one: Issued, **changes: object) -> bytes:
    row = db.query(Certificate).filter_by(id=one.certificate_id).one()
    for name, value in changes.items():
        setattr(row, name, value)
    now = parts.clock.now()
    return verification.by_public_id(db, parts.keys, row.public_id, now=now).code_digest


def test_the_code_as_it_was_issued_is_the_pages_own(
    db: Session, shared_parts: Parts, one: Issued
) -> None:
    assert _digest(db, shared_parts, one) == hashlib.sha256(one.digits.encode()).digest()


@pytest.mark.parametrize("change", ["other", "cut", "facts"])
def test_one_that_differs_from_the_facts_is_nobodys(
    db: Session, shared_parts: Parts, one: Issued, change: str
) -> None:
    """Signed by our key, cut off, or facts that lack what a code states."""
    other = replace(one.facts, course="另一门课")
    changes: dict[str, object] = {
        "other": {
            "qr_text": records.coded(
                shared_parts.keys, other, one.page.split("/v/")[0], now=shared_parts.clock.now()
            )
        },
        "cut": {"qr_text": one.text[:-9]},
        "facts": {"facts": {"number": one.number}},
    }[change]
    assert _digest(db, shared_parts, one, **changes) == b""
