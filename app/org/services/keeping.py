"""What employers wrote down of people who never joined, or left: let go when its period is over."""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.core.keeping import Kept
from app.core.letting_go import Keeper
from app.identity.services import keeping as identity
from app.org.repository import staff as staff_rows
from app.org.rules.organisations import StaffState
from app.org.services import standings
from app.org.services.staff import empty, end_membership


def _keeper(state: StaffState) -> Keeper:
    """Lines in this state; an emptied one is its own roster line, which means nobody."""

    def let_go(db: Session, before: dt.datetime, most: int, now: dt.datetime) -> int:
        found = staff_rows.list_old_lines(db, state, before, most)
        identity.forget_lines(db, [row.roster_id for row in found])
        for row in found:
            if state is StaffState.INVITED:
                end_membership(row, now=now)
            empty(db, row)
            row.roster_id = row.id
        if state is StaffState.INVITED:
            standings.refresh(db, found)
        return len(found)

    return Keeper(
        due=lambda db, before: staff_rows.count_old_lines(db, state, before),
        oldest=lambda db, now: staff_rows.oldest_line(db, state, now),
        let_go=let_go,
    )


KEEPERS: Mapping[Kept, Keeper] = {
    Kept.INVITED_LINES: _keeper(StaffState.INVITED),
    Kept.LEFT_LINES: _keeper(StaffState.LEFT),
}
