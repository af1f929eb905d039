"""Proof of hours 学时证明: gathered from the ledger, numbered, signed, typeset."""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import KeyRing, Vault, b64url
from app.core.errors import ConflictError
from app.core.ids import new_id
from app.identity.rules.actors import Actor
from app.identity.services import people, roster
from app.learning.services import ledger
from app.learning.services.progress import completion_facts
from app.org import repository
from app.org.models import HourProof, StaffMember
from app.org.providers import spreadsheet, typesetting
from app.org.rules.organisations import StaffState
from app.org.rules.proof import (
    CourseOfStudy,
    DayOfStudy,
    ProofFacts,
    as_members,
    days_agree,
    number_of,
)
from app.org.services.assignments import local_day
from app.org.services.organisations import acting_for
from app.org.services.staff_views import own_staff

PURPOSE = "proofs"
_FIRST_DAY = dt.date(2020, 1, 1)
_COLUMNS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofSheet:
    """A proof that was given out: its facts, and what makes it checkable."""

    number: str
    made_on: dt.date
    digest: str
    key_id: str
    signature: str
    holder_name: str
    operator: str
    facts: ProofFacts


def make_proof(
    db: Session,
    vault: Vault,
    keys: KeyRing,
    actor: Actor,
    staff_id: str,
    *,
    org_id: str | None = None,
    operator: str,
    now: dt.datetime,
) -> ProofSheet:
    """Gather one person's hours; the same facts are the same proof, with the same number.

    Raises NotFoundError for anybody who is not on the roster, ConflictError before the person
    has joined: until then nothing of them is shown.
    """
    organisation = acting_for(db, actor, org_id)
    staff = own_staff(db, organisation.org_id, staff_id)
    if staff.state != StaffState.JOINED or staff.learner_id is None:
        raise ConflictError(
            "本人还没有确认加入，暂不能出具证明。",
            code="not_joined",
            remedy="请提醒本人在“我的”里确认",
        )
    named = roster.named(db, vault, [staff.roster_id])[staff.roster_id]
    facts = ProofFacts(
        organisation_name=organisation.name, organisation_code=organisation.uscc,
        masked_name=named.masked_name, masked_number=named.masked_number, unit=staff.unit,
        position=staff.position, courses=_courses(db, organisation.org_id, staff),
    )  # fmt: skip
    row = _enter(db, keys, staff, facts, actor, now)
    holder = people.full(
        db, vault, staff.learner_id, purpose="proof_of_hours", actor_id=actor.learner_id, now=now
    )
    return ProofSheet(
        number=row.number, made_on=row.made_on, digest=row.facts_hash, key_id=row.key_id,
        signature=b64url(row.signature), holder_name=holder.name, operator=operator, facts=facts,
    )  # fmt: skip


def _courses(db: Session, org_id: str, staff: StaffMember) -> tuple[CourseOfStudy, ...]:
    """The courses that this employer asked for: others are the person's own affair."""
    rows = repository.list_member_rows(db, org_id, staff_id=staff.id)
    enrolments = [member.enrolment_id for member, _, _ in rows if member.enrolment_id]
    found = tuple(_course(db, enrolment_id) for enrolment_id in enrolments)
    if not all(days_agree(course) for course in found):
        raise AssertionError("the days of the ledger do not add up to its total")
    return found


def _course(db: Session, enrolment_id: str) -> CourseOfStudy:
    facts = completion_facts(db, enrolment_id)
    lines = ledger.hours_by_day(db, facts.learner_id, first_day=_FIRST_DAY, last_day=dt.date.max)
    days: dict[dt.date, int] = {}
    for line in lines:
        if line.enrolment_id == enrolment_id:
            days[line.day] = days.get(line.day, 0) + line.ms
    return CourseOfStudy(
        course_id=facts.course_id, title=facts.course_title, policy_version=facts.policy_version,
        policy_notes=(facts.basis,) if facts.basis else (), hour_s=facts.hour_s,
        required_ms=facts.required_ms, confirmed_ms=facts.confirmed_ms,
        stated_hours=facts.stated_hours, score="" if facts.score is None else str(facts.score),
        certificate_number="",
        days=tuple(DayOfStudy(day=day, confirmed_ms=ms) for day, ms in sorted(days.items())),
    )  # fmt: skip


def _enter(
    db: Session, keys: KeyRing, staff: StaffMember, facts: ProofFacts, actor: Actor,
    now: dt.datetime,
) -> HourProof:  # fmt: skip
    message = json.dumps(
        as_members(facts), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()
    digest = hashlib.sha256(message).hexdigest()
    repository.lock_organisation(db, staff.org_id)
    known = repository.get_proof(db, staff.id, digest)
    if known is not None:
        return known
    made_on = local_day(now)
    serial = repository.next_serial(db, made_on)
    signer = keys.signer(PURPOSE)
    row = HourProof(
        id=new_id(now), number=number_of(made_on, serial), made_on=made_on, serial=serial,
        staff_id=staff.id, made_by=actor.learner_id, made_at=now, facts_hash=digest,
        key_id=signer.key_id, signature=signer.sign(b"shixue-proof-1\n" + message),
    )  # fmt: skip
    db.add(row)
    db.flush()
    audit.record(
        db, "proof.made", now=now, actor_id=actor.learner_id, subject_id=row.id, number=row.number
    )
    return row


def as_pdf(sheet: ProofSheet) -> bytes:
    """Typeset; slow, so never inside a write transaction. Raises MissingGlyphError."""
    facts = sheet.facts
    content = {
        "number": sheet.number, "operator": sheet.operator, "made_on": sheet.made_on.isoformat(),
        "digest": sheet.digest, "key_id": sheet.key_id, "signature": sheet.signature,
        "total": _amount(facts.confirmed_ms),
        "head": [
            ["姓名", sheet.holder_name], ["证件号码", facts.masked_number],
            ["单位", facts.organisation_name], ["统一社会信用代码", facts.organisation_code],
            ["部门", facts.unit or "—"], ["岗位", facts.position or "—"],
        ],
        "courses": [_printed(course) for course in facts.courses],
    }  # fmt: skip
    return typesetting.typeset_proof(content)


def _printed(course: CourseOfStudy) -> dict[str, object]:
    days = [[day.day.isoformat(), _amount(day.confirmed_ms)] for day in course.days]
    while len(days) % _COLUMNS:
        days.append(["", ""])
    return {
        "title": course.title,
        "head": [
            ["已确认", f"{course.stated_hours} 学时（{_amount(course.confirmed_ms)}）"],
            ["课程要求", _amount(course.required_ms)],
            ["每学时", f"{course.hour_s // 60} 分钟"],
            ["考试成绩", f"{course.score} 分" if course.score else "尚无"],
        ],
        "days": days,
        "notes": list(course.policy_notes),
    }


def as_xlsx(sheet: ProofSheet) -> bytes:
    """The same facts as a table, one row a day.

    A course without a day, and a proof without a course, have a row of 0 seconds: the table says
    whose it is even where there is nothing to count.
    """
    whose = [sheet.number, sheet.holder_name, sheet.facts.masked_number]
    rows: list[list[str | int | float]] = [
        ["编号", "姓名", "证件号码", "课程", "日期", "已确认（秒）"]
    ]
    for course in sheet.facts.courses:
        days = [(day.day.isoformat(), day.confirmed_ms // 1000) for day in course.days]
        rows += [[*whose, course.title, *day] for day in days or [("—", 0)]]
    if not sheet.facts.courses:
        rows.append([*whose, "—", "—", 0])
    return spreadsheet.write_sheets([("学时证明", [22, 12, 22, 30, 12, 14], rows)])


def _amount(ms: int) -> str:
    seconds = ms // 1000
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    parts = ((hours, "小时"), (minutes, "分"), (seconds, "秒"))
    said = " ".join(f"{count} {unit}" for count, unit in parts if count)
    return said or "0 秒"
