"""An employer's staff as the employer sees them: the list, the search, one line."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.errors import NotFoundError
from app.core.listing import FROM_START, MOST_COUNTED, Asked, Piece, as_piece
from app.identity.rules.actors import Actor
from app.identity.services import roster
from app.org.models.staff import StaffMember
from app.org.repository import staff as staff_rows
from app.org.repository import tags as tag_rows
from app.org.rules.duties import Power
from app.org.rules.organisations import STAFF_STATE_NAMES, StaffState
from app.org.services.organisations import acting_for

LEFT_NAME = "已离开的员工"
"""Who left, where something of them is still listed; their name is no longer the employer's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffView:
    """One line: the name as the employer entered it, the proven one once joined; number masked.

    Tags where it is listed. `entered_name` is what the employer had written where the proven name
    is another, else empty.
    """

    staff_id: str
    name: str
    entered_name: str
    masked_number: str
    unit: str
    position: str
    state: StaffState
    state_name: str
    invited_at: dt.datetime
    joined_at: dt.datetime | None
    tags: tuple[str, ...] = ()


def list_staff(
    db: Session,
    vault: Vault,
    actor: Actor,
    asked: Asked = FROM_START,
    *,
    org_id: str | None = None,
    query: str = "",
    state: StaffState | None = None,
) -> Piece[StaffView]:
    """List the roster; `query` is a part of a name, unit or position, or the end of a number.

    Only the piece's own lines are opened, and in a small roster all of them for a query. Raises
    InvalidError for /sort and /at.
    """
    own_id = acting_for(db, actor, Power.SEE_STAFF, org_id).org_id
    sought = query.strip()
    if not sought:
        found = staff_rows.piece_of_staff(db, own_id, asked, state=state)
    elif roster.is_long(db, own_id):
        found = _on_long_roster(db, vault, own_id, asked, sought, state)
    else:
        named = sorted(roster.search(db, vault, own_id, sought))
        found = staff_rows.piece_of_found(
            db, own_id, asked, state=state, text=sought, roster_ids=named
        )
    return as_piece(_tagged(db, views(db, vault, found.items)), found)


def _tagged(db: Session, found: Sequence[StaffView]) -> list[StaffView]:
    tags = tag_rows.names_of(db, [each.staff_id for each in found])
    return [replace(each, tags=tags.get(each.staff_id, ())) for each in found]


def _on_long_roster(
    db: Session, vault: Vault, org_id: str, asked: Asked, sought: str, state: StaffState | None
) -> Piece[StaffMember]:
    """By the indexes; the texts of all lines are gone through only where those find nobody.

    Of more than MOST_COUNTED lines with such a text the first are listed, and it is said.
    """
    named = sorted(roster.search(db, vault, org_id, sought))
    if named:
        few = staff_rows.of_entries(named)
        return staff_rows.piece_of_few(db, org_id, asked, state=state, among=few)
    ids = staff_rows.ids_saying(db, org_id, sought, state=state, most=MOST_COUNTED + 1)
    few = staff_rows.of_ids(ids[:MOST_COUNTED])
    found = staff_rows.piece_of_few(db, org_id, asked, state=state, among=few)
    return replace(found, is_more=len(ids) > MOST_COUNTED)


def waiting_staff(
    db: Session, vault: Vault, actor: Actor, *, org_id: str | None = None
) -> Piece[StaffView]:
    """The people who have not said yes yet: the first of them, and how many there are."""
    return list_staff(db, vault, actor, org_id=org_id, state=StaffState.INVITED)


def chosen_staff(
    db: Session, vault: Vault, actor: Actor, staff_ids: Sequence[str], *, org_id: str | None = None
) -> list[StaffView]:
    """Of these lines of the roster those that are there, in its order."""
    own_id = acting_for(db, actor, Power.SEE_STAFF, org_id).org_id
    return views(db, vault, staff_rows.list_staff(db, own_id, staff_ids=staff_ids))


def one_staff(
    db: Session, vault: Vault, actor: Actor, staff_id: str, *, org_id: str | None = None
) -> StaffView:
    """One line of one's own roster. Raises NotFoundError."""
    organisation = acting_for(db, actor, Power.SEE_STAFF, org_id)
    return _tagged(db, views(db, vault, [own_staff(db, organisation.org_id, staff_id)]))[0]


def views(db: Session, vault: Vault, rows: Sequence[StaffMember]) -> list[StaffView]:
    named = roster.named(db, vault, [row.roster_id for row in rows])
    return [
        StaffView(
            staff_id=row.id,
            name=named[row.roster_id].name,
            entered_name=named[row.roster_id].entered_name,
            masked_number=named[row.roster_id].masked_number,
            unit=row.unit,
            position=row.position,
            state=StaffState(row.state),
            state_name=STAFF_STATE_NAMES[StaffState(row.state)],
            invited_at=row.invited_at,
            joined_at=row.joined_at,
        )
        for row in rows
    ]


def names_of(db: Session, vault: Vault, rows: Sequence[StaffMember]) -> dict[str, str]:
    """Name staff members for tables, by staff id."""
    named = roster.named(db, vault, [row.roster_id for row in rows])
    return {row.id: named[row.roster_id].name for row in rows}


def own_staff(db: Session, org_id: str, staff_id: str) -> StaffMember:
    """Find one of the organisation's own people; anybody else's is not found."""
    row = staff_rows.get_staff(db, org_id, staff_id)
    if row is None or row.state == StaffState.LEFT:
        raise NotFoundError("名单里没有这位员工。", remedy="请从员工名单重新进入")
    return row
