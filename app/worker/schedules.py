"""What the calendar asks for: done again and again, whatever the outbox holds."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from app.certs.services import renewals
from app.core import log_asking, log_sequencer
from app.identity.rules.local_days import SHANGHAI
from app.identity.services import phone_proofs
from app.learning.services import calendar, evidence_sealing, exams, film_sweep, media_sweep, risk
from app.lobby.outgoing import open_ways
from app.lobby.parts import Parts
from app.org.services import (
    assigning,
    deadline_reminders,
    digests,
    import_undoing,
    recounting,
    stated_answers,
)
from app.oversight.services import keeping

_NIGHT = 3
"""The hour in which everything is counted again."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Something done again and again, `every` so often; it must bear being done twice.

    What waits for others is `is_slow`, and done beside the slow jobs.
    """

    name: str
    every: dt.timedelta
    run: Callable[[Parts], None]
    is_slow: bool = False


def _sweep_rates(parts: Parts) -> None:
    parts.limiter.sweep(now=parts.clock.now())


def _forget_recoveries(parts: Parts) -> None:
    now = parts.clock.now()
    with parts.database.transaction() as db:
        phone_proofs.forget_nobodys(db, now=now)


def _sweep_films(parts: Parts) -> None:
    film_sweep.sweep(parts.database, parts.storage, now=parts.clock.now())


def _sweep_media(parts: Parts) -> None:
    media_sweep.sweep(parts.database, parts.storage, now=parts.clock.now())


def _forget_imports(parts: Parts) -> None:
    import_undoing.forget(parts.database, now=parts.clock.now())


def _close_idle(parts: Parts) -> None:
    calendar.close_idle(parts.database, now=parts.clock.now())


def _seal_evidence(parts: Parts) -> None:
    while evidence_sealing.seal_ended(parts.database, parts.vault, now=parts.clock.now()):
        pass


def _expire_pending(parts: Parts) -> None:
    calendar.expire_pending(parts.database, now=parts.clock.now())


def _close_exams(parts: Parts) -> None:
    exams.close_overdue(parts.database, now=parts.clock.now())


def _sequence_log(parts: Parts) -> None:
    log_sequencer.sequence_all(parts.database, parts.log, now=parts.clock.now())


def _ask_witnesses(parts: Parts) -> None:
    log_asking.ask(parts.database, parts.log, now=parts.clock.now())


def _remind(parts: Parts) -> None:
    deadline_reminders.remind_of_deadlines(
        parts.database, open_ways=open_ways(parts), now=parts.clock.now()
    )


def _assign_by_rule(parts: Parts) -> None:
    assigning.apply_standing(parts.database, now=parts.clock.now())


def _tell_week(parts: Parts) -> None:
    digests.tell_week(
        parts.database, parts.vault, open_ways=open_ways(parts), now=parts.clock.now()
    )


def _remind_of_expiry(parts: Parts) -> None:
    now = parts.clock.now()
    renewals.remind_of_expiry(parts.database, now=now)
    stated_answers.remind_of_last_days(parts.database, now=now)


def _recount(parts: Parts) -> None:
    now = parts.clock.now()
    if now.astimezone(SHANGHAI).hour == _NIGHT:
        recounting.recount_all(parts.database, now=now)


def _forget_risk(parts: Parts) -> None:
    kept = parts.settings.risk
    risk.forget(
        parts.database, place_days=kept.place_days, score_days=kept.score_days,
        now=parts.clock.now(),
    )  # fmt: skip


def _let_go(parts: Parts) -> None:
    keeping.let_go_due(parts.database, parts.vault, parts.settings.keeping, now=parts.clock.now())


SCHEDULES: tuple[Schedule, ...] = (
    Schedule("sweep_rates", dt.timedelta(minutes=10), _sweep_rates),
    Schedule("close_idle", dt.timedelta(minutes=1), _close_idle),
    Schedule("close_exams", dt.timedelta(seconds=30), _close_exams),
    Schedule("sequence_log", dt.timedelta(seconds=10), _sequence_log),
    Schedule("ask_witnesses", dt.timedelta(minutes=1), _ask_witnesses, is_slow=True),
    Schedule("seal_evidence", dt.timedelta(minutes=1), _seal_evidence),
    Schedule("expire_pending", dt.timedelta(minutes=10), _expire_pending),
    Schedule("remind", dt.timedelta(hours=1), _remind),
    Schedule("assign_by_rule", dt.timedelta(hours=1), _assign_by_rule, is_slow=True),
    Schedule("tell_week", dt.timedelta(hours=1), _tell_week, is_slow=True),
    Schedule("remind_of_expiry", dt.timedelta(hours=1), _remind_of_expiry, is_slow=True),
    Schedule("let_go", dt.timedelta(hours=6), _let_go, is_slow=True),
    Schedule("sweep_films", dt.timedelta(hours=1), _sweep_films, is_slow=True),
    Schedule("sweep_media", dt.timedelta(hours=1), _sweep_media, is_slow=True),
    Schedule("forget_recoveries", dt.timedelta(hours=6), _forget_recoveries),
    Schedule("forget_imports", dt.timedelta(hours=1), _forget_imports),
    Schedule("recount", dt.timedelta(hours=1), _recount, is_slow=True),
    Schedule("forget_risk", dt.timedelta(hours=6), _forget_risk),
)
