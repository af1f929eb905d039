"""Asks the things the product stands on whether they answer."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import outbox


def ask_database(db: Session) -> int:
    """Return how many outbox jobs wait; raises where the database does not answer."""
    db.execute(text("SELECT 1"))
    return outbox.waiting_count(db)
