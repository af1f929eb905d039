"""Once a week those who look after an organisation's people are told what needs doing."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.db import Database
from app.identity.rules.local_days import SHANGHAI
from app.identity.rules.notices import NoticeKind
from app.identity.rules.outgoing import Way
from app.identity.services import outgoing
from app.identity.services.outgoing import Wish
from app.org.repository import reminding as rows
from app.org.rules.attention import Pressing, Reason
from app.org.rules.digests import lines_of, week_of
from app.org.rules.duties import Power
from app.org.services import attention, reminder_settings, staff_certificates
from app.org.services.organisations import holders_of, organisation_views
from app.org.services.reminder_facts import facts_of

_PIECE = 50


def tell_week(
    database: Database, vault: Vault, *, open_ways: Iterable[Way], now: dt.datetime
) -> int:
    """Tell every organisation of this week that was not told yet; returns how many were told.

    What there is to tell is reckoned before. Each organisation is a transaction of its own, and
    noted as told in it, also where there was nothing to tell: who is killed in between goes on with
    the next.
    """
    monday = week_of(now.astimezone(SHANGHAI))
    if monday is None:
        return 0
    ways, told, after = frozenset(open_ways), 0, ""
    while True:
        with database.reading() as db:
            found = rows.undigested(db, monday, after, _PIECE)
        for org_id in found:
            with database.reading() as db:
                # Goes through everybody who is not through: nobody waits to write meanwhile.
                lines = _lines(db, vault, org_id, now)
            with database.transaction() as db:
                told += _tell(db, org_id, monday, lines, ways, now)
        if len(found) < _PIECE:
            return told
        after = found[-1]


def _tell(
    db: Session, org_id: str, monday: dt.date, lines: list[str], open_ways: frozenset[Way],
    now: dt.datetime,
) -> bool:  # fmt: skip
    row = reminder_settings.of_organisation(db, org_id, now=now)
    if row.digested_on is not None and row.digested_on >= monday:
        return False
    row.digested_on = monday
    if not lines:
        return False
    [organisation] = organisation_views(db, [org_id])
    facts = facts_of(organisation.name, lines)
    outgoing.plan_group(db, org_id, about=monday.isoformat(), facts=facts, now=now)
    # A digest is read at a desk; no text message wakes anybody for it.
    ways = reminder_settings.ways_of(db, org_id, open_ways) - {Way.SMS}
    for person_id in sorted(holders_of(db, org_id, Power.REMIND)):
        wish = Wish(
            person_id=person_id, org_id=org_id, reason="digest", about=monday.isoformat(),
            notice=NoticeKind.DIGEST, facts=facts,
            notice_facts={"employer": organisation.name, "lines": "；".join(lines)},
        )  # fmt: skip
        outgoing.plan(db, wish, open_ways=ways, now=now)
    return True


def _lines(db: Session, vault: Vault, org_id: str, now: dt.datetime) -> list[str]:
    pressed = attention.of_organisation(db, vault, org_id, now=now)
    reasons = Counter(
        each.reasons[0] for each in pressed if each.pressing is Pressing.STUCK and each.reasons
    )
    counts = Counter(each.pressing for each in pressed)
    return lines_of(
        counts, {reason: reasons[reason] for reason in Reason},
        ending=staff_certificates.count_near(db, org_id, now=now),
    )  # fmt: skip
