"""Certificates of an employer's people, and whose last day comes: who has to be trained again."""

import datetime as dt
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.identity.rules.actors import Actor
from app.identity.services import roster
from app.learning.services import catalogue
from app.org.repository import staff_certificates as rows
from app.org.repository.staff_certificates import Held, HeldRow
from app.org.rules.certificates_held import Ending, says_of, span_of
from app.org.rules.duties import Power
from app.org.rules.standings import NO_DAY, Standing
from app.org.services.assignments import local_day
from app.org.services.organisations import acting_for
from app.org.services.paging import SIZE
from app.org.services.staff_views import names_of


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldView:
    """One certificate; `until` is None where it is good for ever."""

    share_id: str
    staff_id: str
    name: str
    unit: str
    course_id: str
    course_title: str
    number: str
    until: dt.date | None
    says: str
    is_over: bool
    is_renewing: bool
    """A later round of the course is under way."""


@dataclass(frozen=True, slots=True)
class HeldPage:
    items: tuple[HeldView, ...]
    has_more: bool


def list_held(
    db: Session, vault: Vault, actor: Actor, ending: Ending, *, unit: str = "", text: str = "",
    after: str = "", now: dt.datetime,
) -> HeldPage:  # fmt: skip
    """A page of certificates in the courses that were asked for, the nearest last day first.

    `text` is a name or a number's end, as on the roster; `after` is the share behind which the
    page begins. Other certificates of the people are their own affair.
    """
    org_id = acting_for(db, actor, Power.SEE_PROGRESS).org_id
    first, last = span_of(ending, local_day(now))
    wanted = Held(first=first, last=last, unit=unit.strip())
    if text.strip():
        named = roster.search(db, vault, org_id, text.strip())
        wanted = replace(wanted, roster_ids=sorted(named))
    place = rows.place_of(db, org_id, after) if after else None
    found: list[HeldRow] = []
    for assignment_id in rows.that_hold(db, org_id):
        # A page of each assignment by its index: together they hold the page of all.
        found += rows.held_in(db, assignment_id, wanted, place, SIZE + 1)
    found.sort(key=lambda row: (row[0].certificate_until or NO_DAY, row[0].id))
    return HeldPage(tuple(_views(db, vault, found[:SIZE], now)), len(found) > SIZE)


def _views(db: Session, vault: Vault, found: list[HeldRow], now: dt.datetime) -> list[HeldView]:
    names = names_of(db, vault, [staff for _, staff in found])
    titles = catalogue.titles(db, sorted({share.course_id for share, _ in found}))
    today = local_day(now)
    views = []
    for share, staff in found:
        until = share.certificate_until or NO_DAY
        views.append(
            HeldView(
                share_id=share.id, staff_id=staff.id, name=names[staff.id], unit=staff.unit,
                course_id=share.course_id, course_title=titles[share.course_id],
                number=share.certificate_number or "", until=None if until == NO_DAY else until,
                says=says_of(until, today), is_over=until < today,
                is_renewing=share.standing in (Standing.OPEN, Standing.FREE),
            )
        )  # fmt: skip
    return views
