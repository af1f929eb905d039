"""What of the identity room is let go when its period is over."""

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from app.core.keeping import Kept
from app.core.letting_go import Keeper, keeper_of
from app.identity.repository import keeping as rows


def _take_words(db: Session, before: dt.datetime, most: int, _now: dt.datetime) -> int:
    """What people wrote and claimed goes; kind, decision and reason of the case stay."""
    found = rows.worded_cases(db, before, most)
    for row in found:
        row.facts = {
            name: value for name, value in row.facts.items() if name not in rows.SEALED_WORDS
        }
    return len(found)


def forget_lines(db: Session, roster_ids: Sequence[str]) -> None:
    """Delete what employers wrote down of people, name and number included."""
    for row in rows.roster_lines(db, list(roster_ids)):
        db.delete(row)


KEEPERS: Mapping[Kept, Keeper] = {
    **{kept: keeper_of(shelf) for kept, shelf in rows.SHELVES.items()},
    Kept.CASE_WORDS: Keeper(rows.count_worded, rows.oldest_worded, _take_words),
}
