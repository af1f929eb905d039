"""Proof of hours 学时证明: gathered from the ledger, numbered, signed, typeset."""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit, spreadsheet
from app.core.crypto import KeyRing, Vault, b64url
from app.core.errors import ConflictError
from app.core.first_rows import add_first
from app.core.ids import new_id
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import local_day
from app.identity.rules.names import mask_name, mask_number
from app.identity.services import people
from app.org.models.proofs import HourProof
from app.org.models.staff import StaffMember
from app.org.providers import typesetting
from app.org.repository import assignments as assignment_rows
from app.org.repository import organisations as organisation_rows
from app.org.repository import proofs as proof_rows
from app.org.rules.duties import Power
from app.org.rules.organisations import StaffState
from app.org.rules.proof import (
    CourseOfStudy,
    ProofFacts,
    as_members,
    how_to_check,
    number_of,
)
from app.org.services import rounds, stated_views
from app.org.services.organisations import acting_for
from app.org.services.proof_courses import PURPOSE, courses_of, own_enrolments
from app.org.services.proof_stated import STATED_HEADING, STATED_SAYS, stated_lines
from app.org.services.staff_views import own_staff
from app.org.services.stated_views import StatedView

_SIGNED_AS = b"shixue-proof-1\n"
_COLUMNS = 3
_OWN = "本人下载，不编号"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofSheet:
    """A proof that is given out: its facts, and what makes it checkable.

    `number` is empty on one's own; `enrolments` are the facts' courses, in their order. `stated`
    are certificates from elsewhere by the employer's word and the person's yes: beside the facts,
    under neither hash nor signature.
    """

    number: str
    made_on: dt.date
    digest: str
    key_id: str
    signature: str
    holder_name: str
    operator: str
    facts: ProofFacts
    enrolments: tuple[str, ...]
    stated: tuple[StatedView, ...] = ()


def make_proof(
    db: Session, vault: Vault, keys: KeyRing, actor: Actor, staff_id: str,
    *, org_id: str | None = None, operator: str, now: dt.datetime,
) -> ProofSheet:  # fmt: skip
    """Gather one person's hours; the same facts are the same proof, with the same number.

    Raises NotFoundError for anybody who is not on the roster, ConflictError before the person
    has joined: until then nothing of them is shown.
    """
    organisation = acting_for(db, actor, Power.PROVE_HOURS, org_id)
    staff = own_staff(db, organisation.org_id, staff_id)
    if staff.state != StaffState.JOINED or staff.learner_id is None:
        raise ConflictError(
            "本人还没有确认加入，暂不能出具证明。",
            code="not_joined",
            remedy="请提醒本人在“我的”里确认",
        )
    # One name and one number all over the proof: those that the person has proven.
    holder = people.full(
        db, vault, staff.learner_id, purpose="proof_of_hours", actor_id=actor.learner_id, now=now
    )
    enrolments = _enrolments(db, organisation.org_id, staff)
    facts = ProofFacts(
        organisation_name=organisation.name, organisation_code=organisation.uscc,
        masked_name=mask_name(holder.name), masked_number=mask_number(holder.document_number),
        unit=staff.unit, position=staff.position, courses=courses_of(db, enrolments, now=now),
    )  # fmt: skip
    row = _enter(db, keys, staff, facts, actor, now)
    return ProofSheet(
        number=row.number, made_on=row.made_on, digest=row.facts_hash, key_id=row.key_id,
        signature=b64url(row.signature), holder_name=holder.name, operator=operator, facts=facts,
        enrolments=enrolments,
        stated=tuple(stated_views.confirmed_of(db, vault, staff.id, now=now)),
    )  # fmt: skip


def own_sheet(
    db: Session, vault: Vault, keys: KeyRing, actor: Actor, *, operator: str, now: dt.datetime
) -> ProofSheet:
    """Gather one's own hours in every course, at any time; it is not kept and has no number.

    Raises ConflictError before the name is proven: nobody could tell whose hours they are.
    """
    person = people.views(db, vault, [actor.learner_id])[actor.learner_id]
    if not person.is_verified:
        raise ConflictError(
            "还没有实名，不能出具学时证明。", code="not_verified", remedy="请先在“我的”里办理实名"
        )
    enrolments = own_enrolments(db, actor.learner_id)
    facts = ProofFacts(
        organisation_name="", organisation_code="", masked_name=person.masked_name,
        masked_number=person.masked_number, unit="", position="",
        courses=courses_of(db, enrolments, now=now),
    )  # fmt: skip
    signer, message = keys.signer(PURPOSE), _message(facts)
    return ProofSheet(
        number="", made_on=local_day(now), digest=hashlib.sha256(message).hexdigest(),
        key_id=signer.key_id, signature=b64url(signer.sign(_SIGNED_AS + message)),
        holder_name=actor.display_name, operator=operator, facts=facts, enrolments=enrolments,
    )  # fmt: skip


def _enrolments(db: Session, org_id: str, staff: StaffMember) -> tuple[str, ...]:
    """The courses that this employer asked for, the newest round of each: others are private."""
    rows = assignment_rows.list_member_rows(db, org_id, staff_id=staff.id)
    seen = (rounds.newest(db, member, staff) for member, _, _ in rows)
    return tuple(each.enrolment_id for each in seen if each is not None)


def _message(facts: ProofFacts) -> bytes:
    return json.dumps(
        as_members(facts), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def _enter(
    db: Session, keys: KeyRing, staff: StaffMember, facts: ProofFacts, actor: Actor,
    now: dt.datetime,
) -> HourProof:  # fmt: skip
    message = _message(facts)
    digest = hashlib.sha256(message).hexdigest()
    organisation_rows.lock_organisation(db, staff.org_id)
    known = proof_rows.get_proof(db, staff.id, digest)
    if known is not None:
        return known
    signer = keys.signer(PURPOSE)
    signature = signer.sign(_SIGNED_AS + message)

    def numbered(made_on: dt.date) -> HourProof:
        serial = proof_rows.next_serial(db, made_on)
        return HourProof(
            id=new_id(now), number=number_of(made_on, serial), made_on=made_on, serial=serial,
            staff_id=staff.id, made_by=actor.learner_id, made_at=now, facts_hash=digest,
            key_id=signer.key_id, signature=signature,
        )  # fmt: skip

    # Another employer may take the number at this very moment; then the next one.
    while not add_first(db, row := numbered(local_day(now))):
        pass
    audit.record(
        db, "proof.made", now=now, actor_id=actor.learner_id, subject_id=row.id, number=row.number
    )
    return row


def as_pdf(sheet: ProofSheet, *, address: str) -> bytes:
    """Typeset; slow, so never inside a write transaction. Raises MissingGlyphError.

    `address`: the platform's, below which its page checks the signed file of the same proof.
    """
    facts = sheet.facts
    content = {
        "number": sheet.number or _OWN, "operator": sheet.operator,
        "made_on": sheet.made_on.isoformat(),
        "check": how_to_check(address, is_own=not sheet.number),
        "digest": sheet.digest, "key_id": sheet.key_id, "signature": sheet.signature,
        "total": _amount(facts.confirmed_ms),
        "head": [
            ["姓名", sheet.holder_name], ["证件号码", facts.masked_number],
            ["单位", facts.organisation_name or "—"],
            ["统一社会信用代码", facts.organisation_code or "—"],
            ["部门", facts.unit or "—"], ["岗位", facts.position or "—"],
        ],
        "courses": [_printed(course) for course in facts.courses],
        "stated": [list(line) for line in stated_lines(sheet.stated)],
        "stated_heading": list(STATED_HEADING), "stated_says": STATED_SAYS,
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
            *([["证书编号", course.certificate_number]] if course.certificate_number else []),
        ],
        "days": days,
        "notes": list(course.policy_notes),
    }


def as_xlsx(sheet: ProofSheet) -> bytes:
    """The same facts as a table, one row a day.

    A course without a day, and a proof without a course, have a row of 0 seconds: the table says
    whose it is even where there is nothing to count.
    """
    whose = [sheet.number or _OWN, sheet.holder_name, sheet.facts.masked_number]
    rows: list[list[str | int | float]] = [
        ["编号", "姓名", "证件号码", "课程", "日期", "已确认（秒）"]
    ]
    for course in sheet.facts.courses:
        days = [(day.day.isoformat(), day.confirmed_ms // 1000) for day in course.days]
        rows += [[*whose, course.title, *day] for day in days or [("—", 0)]]
    if not sheet.facts.courses:
        rows.append([*whose, "—", "—", 0])
    sheets = [("学时证明", [22, 12, 22, 30, 12, 14], rows)]
    certificates: list[list[str | int | float]] = [
        [course.title, course.certificate_number]
        for course in sheet.facts.courses if course.certificate_number
    ]  # fmt: skip
    if certificates:
        sheets.append(("证书", [30, 26], [["课程", "证书编号"], *certificates]))
    if sheet.stated:
        lines: list[list[str | int | float]] = [[*STATED_HEADING]]
        lines += [[*line] for line in stated_lines(sheet.stated)]
        sheets.append(("别处的证书", [18, 22, 26, 24, 12, 12, 34], [*lines, [STATED_SAYS]]))
    return spreadsheet.write_sheets(sheets)


def _amount(ms: int) -> str:
    seconds = ms // 1000
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    parts = ((hours, "小时"), (minutes, "分"), (seconds, "秒"))
    said = " ".join(f"{count} {unit}" for count, unit in parts if count)
    return said or "0 秒"
