"""Closing a class and making its archive 一期一档: gathered once, signed, and in the log."""

import datetime as dt
import json
import secrets

from sqlalchemy.orm import Session

from app.core import audit, log_reading, outbox
from app.core.crypto import KeyGoneError, KeyRing, Vault
from app.core.db import Database
from app.core.errors import ConflictError, NotFoundError
from app.core.resealing import SealedColumn
from app.core.signers import signer_at
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import local_day
from app.identity.services import people, person_keys
from app.learning.services import ledger
from app.org.models.class_people import ClassArchive, ClassMember
from app.org.models.classes import TrainingClass
from app.org.models.organisations import Organisation
from app.org.repository import class_people as people_rows
from app.org.repository import classes as rows
from app.org.repository import organisations as organisation_rows
from app.org.rules import class_archive as rules
from app.org.rules.class_archive import ArchiveFacts, Holder, MemberFact, StudyFact, UnitFact
from app.org.rules.class_places import MemberState
from app.org.rules.classes import ClassState, Step
from app.org.rules.duties import Power
from app.org.services import class_plan, class_progress, class_queue, classes
from app.org.services.class_plan import UnitView
from app.org.services.class_progress import CourseStanding, MemberView, OpenMatters
from app.org.services.classes import check_step, own_class

PURPOSE = "archives"
"""The purpose in the key ring of what signs archives."""
MAKE = "make_class_archive"


def _context(member_id: str) -> str:
    return f"class_member.holder_sealed:{member_id}"


COLUMNS = (
    SealedColumn(ClassMember.id, ClassMember.holder_sealed, _context, ClassMember.learner_id),
)
"""Where this room holds sealed values."""


def look(
    db: Session, vault: Vault, actor: Actor, class_id: str, *, now: dt.datetime
) -> OpenMatters:
    """What closing the class now would leave open. Raises NotFoundError, ConflictError."""
    _, row = own_class(db, actor, Power.KEEP_CLASSES, class_id)
    check_step(row, Step.CLOSE)
    return class_progress.open_matters(db, vault, row, now=now)


def close(
    db: Session, vault: Vault, actor: Actor, class_id: str, *, reason: str, now: dt.datetime
) -> None:
    """Close a class; the worker makes its archive. What is open then wants a reason.

    Raises ConflictError in the wrong state, without anybody in it, while a roll call of it is under
    way, or with something open and no reason.
    """
    organisation, row = own_class(db, actor, Power.KEEP_CLASSES, class_id, locks=True)
    check_step(row, Step.CLOSE)
    if not people_rows.members_of(db, row.id, [MemberState.ENROLLED]):
        raise ConflictError(
            "班里还没有人，不能结班。", code="empty_class", remedy="不办了的，请取消这个班"
        )
    found = class_progress.open_matters(db, vault, row, now=now)
    if found.under_way:
        raise ConflictError(
            f"{found.under_way[0].unit}的点名还没有结束，档案会缺这次到场。",
            code="roll_call_open", remedy="请先在点名页给报到的人点名，再结束点名，然后结班",
        )  # fmt: skip
    if found.is_open and not reason.strip():
        raise ConflictError(
            "还有没完成的事，结班要写明理由。", code="open_matters", field="/reason",
            remedy="理由会写进档案；不急的请先办完",
        )  # fmt: skip
    row.state, row.closed_at, row.closed_by = ClassState.CLOSING, now, actor.learner_id
    row.open_reason = reason.strip() or None
    class_queue.end_queue(db, row, organisation.name, actor, now=now)
    audit.record(
        db, "class.closed", now=now, actor_id=actor.account_id, subject_id=row.id,
        org_id=row.org_id,
    )  # fmt: skip
    outbox.enqueue(db, MAKE, now=now, key=f"{MAKE}:{row.id}", class_id=row.id)


def make(
    database: Database, vault: Vault, keys: KeyRing, class_id: str, *, operator: str,
    now: dt.datetime,
) -> None:  # fmt: skip
    """Freeze the archive of a class that was closed; made twice it is the one that is there.

    Of what happens to hours and exams after this nothing comes into it. Raises UnavailableError
    while the key that signs cannot be opened: it is made when that is back.
    """
    with database.transaction() as db:
        row = rows.lock_class(db, class_id)
        organisation = organisation_rows.get_organisation(db, row.org_id) if row else None
        if row is None or organisation is None or row.state != ClassState.CLOSING:
            return
        facts = _gather(db, vault, row, organisation, now)
        last = max((c.position for m in facts.members for c in m.courses), default=-1)
        stated = rules.statement(
            facts, operator=operator, made_at=now, checkpoint=_checkpoint(db, last)
        )
        text = rules.text_of(stated)
        signer = signer_at(keys, PURPOSE, now)
        archive = ClassArchive(
            class_id=row.id, statement=text, digest=rules.digest_of(text), key_id=signer.key_id,
            signature=signer.sign(rules.message_of(text)), made_at=now,
        )  # fmt: skip
        db.add(archive)
        row.state = ClassState.ARCHIVED
        audit.record(
            db, "class.archived", now=now, actor_id=None, subject_id=row.id, org_id=row.org_id,
            digest=archive.digest,
        )  # fmt: skip


def _checkpoint(db: Session, last: int) -> str:
    try:
        return log_reading.note_of(db, log_reading.newest_over(db, last))
    except NotFoundError:
        return ""


def _gather(
    db: Session, vault: Vault, row: TrainingClass, organisation: Organisation, now: dt.datetime
) -> ArchiveFacts:
    members = people_rows.members_of(db, row.id, [MemberState.ENROLLED])
    views = class_progress.describe(db, vault, row, members, now=now)
    units = class_plan.plan_of(db, row.id)
    came = class_plan.attendance(db, [unit.unit_id for unit in units])
    attended = {
        each.learner_id: tuple(
            unit.number for unit in units if each.learner_id in came.get(unit.unit_id, ())
        )
        for each in members
    }
    view = classes.views(db, [row], now=now)[0]
    return ArchiveFacts(
        class_id=row.id, title=row.title, summary=row.summary, organisation=organisation.name,
        uscc=organisation.uscc, starts_on=row.starts_on.isoformat(),
        ends_on=row.ends_on.isoformat(), capacity=row.capacity, contract=row.contract,
        price_yuan=row.price_yuan or 0, applied_at=rules.moment(row.applied_at),
        approved_at=rules.moment(row.approved_at), decision=row.reason or "",
        closed_at=rules.moment(row.closed_at), open_reason=row.open_reason or "",
        courses=tuple(title for _, title in view.courses),
        teachers=tuple(rows.teachers_of(db, row.id)), units=tuple(_unit(each) for each in units),
        changes=tuple(
            {"name": each.name, "before": each.before, "after": each.after,
             "at": rules.moment(each.changed_at)}
            for each in rows.changes_of(db, row.id)
        ),
        members=tuple(
            _member(db, vault, held, seen, attended[held.learner_id], now)
            for held, seen in zip(members, views, strict=True)
        ),
    )  # fmt: skip


def _unit(view: UnitView) -> UnitFact:
    return UnitFact(
        number=view.number, day=view.day.isoformat(), starts=view.starts, minutes=view.minutes,
        topic=view.topic, place=view.place, came=-1 if view.came is None else view.came,
    )  # fmt: skip


def _member(
    db: Session, vault: Vault, held: ClassMember, seen: MemberView, attended: tuple[int, ...],
    now: dt.datetime,
) -> MemberFact:  # fmt: skip
    """Bind somebody's name and masked number, and keep both under their own key."""
    holder = Holder(
        name=seen.name, masked_number=seen.masked_number, salt=secrets.token_bytes(16).hex()
    )
    own = person_keys.sealing_vault_of(db, vault, held.learner_id, now=now)
    told = {"name": holder.name, "masked_number": holder.masked_number, "salt": holder.salt}
    held.holder_sealed = own.seal_bytes(
        json.dumps(told, ensure_ascii=False).encode(), context=_context(held.id)
    )
    return MemberFact(
        holder=rules.holder_hash(holder), source=held.source,
        joined_on=local_day(held.joined_at).isoformat(), attended=attended,
        courses=tuple(_study(db, each) for each in seen.courses),
    )  # fmt: skip


def _study(db: Session, standing: CourseStanding) -> StudyFact:
    facts, mark = standing.facts, ledger.standing_of(db, standing.facts.enrolment_id)
    done = facts.completed_at
    return StudyFact(
        course_id=facts.course_id, title=facts.course_title, hour_s=facts.hour_s,
        required_ms=facts.required_ms, confirmed_ms=facts.confirmed_ms,
        pending_ms=standing.pending_ms, stated_hours=facts.stated_hours,
        score="" if facts.score is None else str(facts.score), passed=facts.exam_passed,
        completed_on=local_day(done).isoformat() if done else "",
        certificate=standing.certificate, policy=facts.policy_version, entries=mark.entries,
        evidence=mark.evidence, position=-1 if mark.position is None else mark.position,
    )  # fmt: skip


def holders_of(db: Session, vault: Vault, class_id: str) -> list[Holder]:
    """Everybody whom an archive binds and who is still here, in the order in which they came."""
    found = [each for each in people_rows.members_of(db, class_id, list(MemberState))
             if each.holder_sealed is not None]  # fmt: skip
    opened = []
    for each in found:
        own = person_keys.vault_of(db, vault, each.learner_id)
        try:
            told = own.open_bytes(each.holder_sealed or b"", context=_context(each.id))
        except KeyGoneError:
            continue
        opened.append(Holder(**json.loads(told)))
    return opened


def teacher_names(db: Session, vault: Vault, ids: list[str]) -> list[str]:
    """The names of an archive's teachers; one who has left the platform has none."""
    names = people.staff_names(db, vault, ids)
    return [names.get(each) or "（已注销）" for each in ids]
