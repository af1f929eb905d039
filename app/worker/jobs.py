"""What the outbox may hold, and what each kind of job does; each bears being done twice."""

import datetime as dt
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.certs.providers.type_table import read_types
from app.certs.rules.types import TypeFlawError
from app.certs.services import issuing
from app.certs.services.artefacts import Workshop
from app.core import outbox
from app.core.errors import TooManyRequestsError
from app.identity.services import (
    check_codes,
    dispatch,
    left_trips,
    outgoing,
    phone_changes,
    phone_messages,
    vendor_faces,
)
from app.learning.services import (
    coding,
    film_queue,
    filming,
    progress,
    publishing,
    risk,
    risk_places,
    steps,
)
from app.learning.services.risk import RiskPolicy
from app.lobby import outgoing as means
from app.lobby.parts import Parts
from app.org.rules.attention import Pressing
from app.org.services import (
    assigning,
    class_archives,
    class_studies,
    contest_telling,
    course_entry,
    import_looking,
    import_undoing,
    import_writing,
    reminding,
    standings,
)
from app.oversight.services import complaints, deletions
from app.oversight.services import phone_changes as changing

_log = logging.getLogger("shixue.worker")
_FOR_KINDS = dt.timedelta(minutes=10)

Job = Callable[[Parts, Mapping[str, Any]], None]


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
        read_types(parts.settings.reference_dir), has_sm2=parts.settings.certs.sm2,
        former=tuple(parts.settings.former_urls),
    )  # fmt: skip


def _issue(parts: Parts, args: Mapping[str, Any]) -> None:
    """Where the kinds cannot be read, it waits for whoever mends the file, however long."""
    now, enrolment_id = parts.clock.now(), args["enrolment_id"]
    try:
        shop = workshop_of(parts)
    except TypeFlawError as flaw:
        _log.error("certificates wait for their kinds", extra={"flaw": str(flaw)})
        with parts.database.transaction() as db:
            progress.order_certificate(db, enrolment_id, now=now, at=now + _FOR_KINDS)
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


def _send_message(parts: Parts, args: Mapping[str, Any]) -> None:
    """Within the house's own bound: codes for signing in go out of the same account."""
    now, message_id = parts.clock.now(), args["message_id"]
    most = parts.settings.reminders_per_minute
    try:
        parts.limiter.take("messages", "all", limit=most, window_s=60, now=now)
    except TooManyRequestsError as error:
        again = now + dt.timedelta(seconds=error.retry_after_s)
        with parts.database.transaction() as db:
            outbox.enqueue(
                db, outgoing.SEND, now=now, key=f"message:{message_id}", run_at=again,
                message_id=message_id,
            )  # fmt: skip
        return
    dispatch.send(parts.database, means.means_of(parts), message_id, now=now)


def _remind_many(parts: Parts, args: Mapping[str, Any]) -> None:
    with parts.database.transaction() as db:
        reminding.remind_piece(
            db, parts.vault, org_id=args["org_id"], asked_by=args["asked_by"],
            pressing=Pressing(args["pressing"]), staff_ids=args["staff_ids"],
            open_ways=means.open_ways(parts), now=parts.clock.now(),
        )  # fmt: skip


def _make_video(parts: Parts, args: Mapping[str, Any]) -> None:
    filming.make_video(
        parts.database, parts.storage, asset_id=args["asset_id"], lesson=args["lesson"],
        root=parts.settings.work_dir,
    )  # fmt: skip


def _code_film(parts: Parts, args: Mapping[str, Any]) -> None:
    coding.code_film(
        parts.database, parts.storage, parts.clock, asset_id=args["asset_id"],
        root=parts.settings.work_dir,
    )  # fmt: skip


def _score_risk(parts: Parts, args: Mapping[str, Any]) -> None:
    settings = parts.settings.risk
    risk.score_day(
        parts.database, args["learner_id"], dt.date.fromisoformat(args["day"]),
        policy=RiskPolicy(case_score=settings.case_score, quiet_days=settings.quiet_days),
        now=parts.clock.now(),
    )  # fmt: skip


def _look_at_roster(parts: Parts, args: Mapping[str, Any]) -> None:
    import_looking.look(parts.database, parts.vault, args["import_id"], now=parts.clock.now())


def _write_roster(parts: Parts, args: Mapping[str, Any]) -> None:
    import_writing.write(parts.database, parts.vault, args["import_id"], now=parts.clock.now())


def _take_roster_back(parts: Parts, args: Mapping[str, Any]) -> None:
    import_undoing.take_back(parts.database, args["import_id"], now=parts.clock.now())


def _apply_rule(parts: Parts, args: Mapping[str, Any]) -> None:
    assigning.apply(parts.database, args["rule_id"], now=parts.clock.now())


def _take_rule_back(parts: Parts, args: Mapping[str, Any]) -> None:
    assigning.take_back(parts.database, args["rule_id"], now=parts.clock.now())


def _note_steps(parts: Parts, many: Sequence[Mapping[str, Any]]) -> None:
    standings.note_steps(parts.database, [args["enrolment_id"] for args in many])


def _begin_class(parts: Parts, args: Mapping[str, Any]) -> None:
    class_studies.begin_all(parts.database, args["class_id"], now=parts.clock.now())


def _resume_courses(parts: Parts, args: Mapping[str, Any]) -> None:
    course_entry.resume(parts.database, args["org_id"], now=parts.clock.now())


def _archive_class(parts: Parts, args: Mapping[str, Any]) -> None:
    class_archives.make(
        parts.database, parts.vault, parts.keys, args["class_id"],
        operator=parts.settings.filing.operator, now=parts.clock.now(),
    )  # fmt: skip


def _tell_of_contest(parts: Parts, args: Mapping[str, Any]) -> None:
    contest_telling.tell(parts.database, args["contest_id"], args["after"], now=parts.clock.now())


JOBS: dict[str, Job] = {
    contest_telling.TELL: _tell_of_contest,
    assigning.APPLY: _apply_rule,
    assigning.TAKE_BACK: _take_rule_back,
    steps.STEP: lambda parts, args: _note_steps(parts, [args]),
    class_studies.BEGIN: _begin_class,
    course_entry.RESUME: _resume_courses,
    class_archives.MAKE: _archive_class,
    import_looking.LOOK: _look_at_roster,
    import_writing.WRITE: _write_roster,
    import_undoing.TAKE_BACK: _take_roster_back,
    check_codes.SEND_CODE: _send_check_code,
    vendor_faces.SETTLE_LEFT: _settle_left,
    progress.ISSUE: _issue,
    publishing.MAKE_VIDEO: _make_video,
    film_queue.CODE_FILM: _code_film,
    complaints.SEND_ANSWER: _send_answer,
    deletions.DELETE_PERSON: _delete_person,
    risk_places.SCORE: _score_risk,
    phone_changes.TELL: _tell_of_phone,
    phone_changes.FINISH: _finish_phone,
    phone_changes.PUT_AT_DESK: _put_at_desk,
    outgoing.SEND: _send_message,
    reminding.REMIND_MANY: _remind_many,
}

TOGETHER: dict[str, Callable[[Parts, Sequence[Mapping[str, Any]]], None]] = {
    steps.STEP: _note_steps
}
"""What comes in thousands at once: to take each alone kept who studies waiting for its turns."""

# What takes seconds, and what nobody waits for, must not keep codes and certificates waiting; nor
# may a class of ten thousand that ends on one evening keep somebody's code for signing in.
SLOW = frozenset({publishing.MAKE_VIDEO, risk_places.SCORE, vendor_faces.SETTLE_LEFT})
ISSUING = frozenset({progress.ISSUE})
CODING = frozenset({film_queue.CODE_FILM})
"""Takes minutes and more: schedules and other films go on meanwhile."""
# Somebody sits before these and watches; a film in the making must not keep them waiting.
ROSTERS = frozenset(
    {
        import_looking.LOOK, import_writing.WRITE, import_undoing.TAKE_BACK, assigning.APPLY,
        assigning.TAKE_BACK, class_studies.BEGIN, class_archives.MAKE,
        contest_telling.TELL, course_entry.RESUME,
    }
)  # fmt: skip
STEPS = frozenset({steps.STEP})
"""As many as there are people who study: a shift that ends at once is counted for a minute."""
# A mail server may take its time, and nobody waits for a reminder as for a code.
LETTERS = frozenset({outgoing.SEND, reminding.REMIND_MANY})
QUICK = frozenset(JOBS) - SLOW - ISSUING - CODING - ROSTERS - STEPS - LETTERS
