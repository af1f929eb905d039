"""Does what the outbox holds, and what the calendar asks for: beside the server or by itself."""

import datetime as dt
import logging
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from app.certs.providers.type_table import read_types
from app.certs.rules.types import TypeFlawError
from app.certs.services import issuing, renewals
from app.certs.services.artefacts import Workshop
from app.core import log_asking, log_sequencer, outbox, workplace
from app.identity.services import (
    check_codes,
    left_trips,
    phone_changes,
    phone_messages,
    phone_proofs,
    vendor_faces,
)
from app.learning.services import (
    calendar,
    evidence_sealing,
    exams,
    filming,
    progress,
    publishing,
    risk,
    risk_places,
)
from app.learning.services.risk import RiskPolicy
from app.lobby.parts import Parts
from app.org.services import deadline_reminders
from app.oversight.services import complaints, deletions, keeping
from app.oversight.services import phone_changes as changing

_log = logging.getLogger("shixue.worker")
_IDLE_S = 0.5
_FOR_KINDS = dt.timedelta(minutes=10)

Job = Callable[[Parts, Mapping[str, Any]], None]


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


def _send_check_code(parts: Parts, args: Mapping[str, Any]) -> None:
    check_codes.send_code(
        parts.database, parts.vault, parts.keys, parts.sms, check_id=args["check_id"],
        now=parts.clock.now(),
    )  # fmt: skip


def _settle_left(parts: Parts, args: Mapping[str, Any]) -> None:
    left_trips.settle(
        parts.database, parts.vault, parts.face_vendor, args["check_id"], now=parts.clock.now()
    )


def workshop_of(parts: Parts) -> Workshop:
    """What issuing needs of the parts."""
    return Workshop(
        parts.vault, parts.keys, parts.storage, parts.log, parts.documents,
        parts.settings.public_url, parts.settings.filing.operator,
        read_types(parts.settings.reference_dir),
    )  # fmt: skip


def _issue(parts: Parts, args: Mapping[str, Any]) -> None:
    """Where the kinds cannot be read, it waits for whoever mends the file, however long."""
    now, enrolment_id = parts.clock.now(), args["enrolment_id"]
    try:
        shop = workshop_of(parts)
    except TypeFlawError as flaw:
        _log.error("certificates wait for their kinds", extra={"flaw": str(flaw)})
        with parts.database.transaction() as db:
            outbox.enqueue(
                db, progress.ISSUE, now=now, key=f"issue:{enrolment_id}", run_at=now + _FOR_KINDS,
                enrolment_id=enrolment_id,
            )  # fmt: skip
        return
    issuing.issue(parts.database, shop, enrolment_id, now=now)


def _send_answer(parts: Parts, args: Mapping[str, Any]) -> None:
    complaints.send_answer(
        parts.database, parts.vault, parts.sms, args["case_id"], now=parts.clock.now()
    )


def means_of(parts: Parts) -> deletions.Means:
    """What deleting an account needs of the parts."""
    return deletions.Means(
        parts.vault, parts.keys, parts.storage, parts.sms, parts.settings.public_url
    )


def _delete_person(parts: Parts, args: Mapping[str, Any]) -> None:
    means = means_of(parts)
    deletions.carry_out(parts.database, means, args["request_id"], now=parts.clock.now())


def _tell_of_phone(parts: Parts, args: Mapping[str, Any]) -> None:
    post = phone_messages.Post(parts.vault, parts.keys, parts.sms)
    phone_messages.tell(
        parts.database, post, args["change_id"], args["says"], now=parts.clock.now()
    )


def _finish_phone(parts: Parts, args: Mapping[str, Any]) -> None:
    changing.finish(parts.database, parts.vault, args["change_id"], now=parts.clock.now())


def _put_at_desk(parts: Parts, args: Mapping[str, Any]) -> None:
    with parts.database.transaction() as db:
        phone_changes.put_at_desk(
            db, parts.vault, args["change_id"], args["reason"], now=parts.clock.now()
        )


def _forget_recoveries(parts: Parts) -> None:
    now = parts.clock.now()
    with parts.database.transaction() as db:
        phone_proofs.forget_nobodys(db, now=now)


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
    deadline_reminders.remind_of_deadlines(parts.database, now=parts.clock.now())


def _remind_of_expiry(parts: Parts) -> None:
    renewals.remind_of_expiry(parts.database, now=parts.clock.now())


def _make_video(parts: Parts, args: Mapping[str, Any]) -> None:
    filming.make_video(
        parts.database, parts.storage, asset_id=args["asset_id"], lesson=args["lesson"],
        root=parts.settings.work_dir,
    )  # fmt: skip


def _score_risk(parts: Parts, args: Mapping[str, Any]) -> None:
    settings = parts.settings.risk
    risk.score_day(
        parts.database, args["learner_id"], dt.date.fromisoformat(args["day"]),
        policy=RiskPolicy(case_score=settings.case_score, quiet_days=settings.quiet_days),
        now=parts.clock.now(),
    )  # fmt: skip


def _forget_risk(parts: Parts) -> None:
    kept = parts.settings.risk
    risk.forget(
        parts.database, place_days=kept.place_days, score_days=kept.score_days,
        now=parts.clock.now(),
    )  # fmt: skip


def _let_go(parts: Parts) -> None:
    keeping.let_go_due(parts.database, parts.vault, parts.settings.keeping, now=parts.clock.now())


JOBS: dict[str, Job] = {
    check_codes.SEND_CODE: _send_check_code,
    vendor_faces.SETTLE_LEFT: _settle_left,
    progress.ISSUE: _issue,
    publishing.MAKE_VIDEO: _make_video,
    complaints.SEND_ANSWER: _send_answer,
    deletions.DELETE_PERSON: _delete_person,
    risk_places.SCORE: _score_risk,
    phone_changes.TELL: _tell_of_phone,
    phone_changes.FINISH: _finish_phone,
    phone_changes.PUT_AT_DESK: _put_at_desk,
}
SCHEDULES: tuple[Schedule, ...] = (
    Schedule("sweep_rates", dt.timedelta(minutes=10), _sweep_rates),
    Schedule("close_idle", dt.timedelta(minutes=1), _close_idle),
    Schedule("close_exams", dt.timedelta(seconds=30), _close_exams),
    Schedule("sequence_log", dt.timedelta(seconds=10), _sequence_log),
    Schedule("ask_witnesses", dt.timedelta(minutes=1), _ask_witnesses, is_slow=True),
    Schedule("seal_evidence", dt.timedelta(minutes=1), _seal_evidence),
    Schedule("expire_pending", dt.timedelta(minutes=10), _expire_pending),
    Schedule("remind", dt.timedelta(hours=1), _remind),
    Schedule("remind_of_expiry", dt.timedelta(hours=1), _remind_of_expiry, is_slow=True),
    Schedule("let_go", dt.timedelta(hours=6), _let_go, is_slow=True),
    Schedule("forget_recoveries", dt.timedelta(hours=6), _forget_recoveries),
    Schedule("forget_risk", dt.timedelta(hours=6), _forget_risk),
)


# What takes seconds, and what nobody waits for, must not keep codes and certificates waiting; nor
# may a class of ten thousand that ends on one evening keep somebody's code for signing in.
SLOW = frozenset({publishing.MAKE_VIDEO, risk_places.SCORE, vendor_faces.SETTLE_LEFT})
ISSUING = frozenset({progress.ISSUE})
QUICK = frozenset(JOBS) - SLOW - ISSUING


def run_one(parts: Parts, jobs: Collection[str] | None = None) -> bool:
    """Do the next due job, of these kinds or of any; tells False where there is none.

    A job that fails goes back with a growing pause and is given up for a person after many
    tries; it never stops the jobs behind it.
    """
    with parts.database.reading() as db:
        # Who has nothing to do takes nobody's turn to write.
        if not outbox.is_due(db, now=parts.clock.now(), jobs=jobs):
            return False
    with parts.database.transaction() as db:
        job = outbox.claim(db, now=parts.clock.now(), jobs=jobs)
    if job is None:
        return False
    try:
        JOBS[job.job](parts, job.args)
    except Exception as error:  # noqa: BLE001 -- whatever a job may raise, the next one is done
        _log.exception("job failed", extra={"job": job.job, "job_id": job.id, "tries": job.tries})
        with parts.database.transaction() as db:
            outbox.failed(db, job, error=repr(error), now=parts.clock.now())
    else:
        with parts.database.transaction() as db:
            outbox.done(db, job.id, now=parts.clock.now())
    return True


def drain(parts: Parts, *, most: int = 10_000) -> int:
    """Do everything that is due now; tells how many jobs were tried."""
    count = 0
    while count < most and run_one(parts):
        count += 1
    return count


class Worker:
    """Three threads drain the outbox, two of them keep the schedules, one of these what is slow."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(jobs,), name="worker", daemon=True)
            for jobs in (QUICK, ISSUING, SLOW)
        ]
        self._due: dict[str, dt.datetime] = {}

    def start(self) -> None:
        """Clear what a process that was killed left behind, then begin."""
        workplace.clear(self._parts.settings.work_dir)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish the job in hand, then end."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=30)

    def wait(self) -> None:
        """Work until stopped, in the caller's thread of life."""
        for thread in self._threads:
            thread.join()

    def _run(self, jobs: frozenset[str]) -> None:
        while not self._stop.is_set():
            try:
                busy = run_one(self._parts, jobs)
                if jobs is not ISSUING:
                    self._keep_schedules(is_slow=jobs is SLOW)
            except Exception:  # noqa: BLE001
                # The database may be away for a while: say so, wait, and go on.
                _log.exception("worker round failed")
                busy = False
            if not busy:
                self._stop.wait(_IDLE_S)

    def _keep_schedules(self, *, is_slow: bool) -> None:
        now = self._parts.clock.now()
        for schedule in SCHEDULES:
            if schedule.is_slow != is_slow:
                continue
            due = self._due.get(schedule.name, now)
            # Further away than it can be: the clock was set back, and nothing would be done.
            if due <= now or due > now + schedule.every:
                self._due[schedule.name] = now + schedule.every
                schedule.run(self._parts)
