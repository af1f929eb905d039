"""An employer states certificates from elsewhere, puts them right, and withdraws them."""

import datetime as dt
import hashlib
from dataclasses import replace

from sqlalchemy.orm import Session

from app.certs.rules.external import Evidence
from app.core import audit
from app.core.crypto import Vault
from app.core.errors import ConflictError, InvalidError
from app.core.ids import new_id
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import local_day
from app.identity.services import inbox, people, person_keys
from app.identity.services.inbox import NoticeKind
from app.learning.services import catalogue
from app.org.models.staff import StaffMember
from app.org.models.stated_certificates import StatedCertificate
from app.org.repository import matrix as matrix_rows
from app.org.repository import organisations as organisation_rows
from app.org.repository import stated_certificates as rows
from app.org.rules import stated_certificates as rules
from app.org.rules.duties import Power
from app.org.rules.standings import NO_DAY
from app.org.rules.stated_certificates import LIVE, StatedFlawError, StatedState
from app.org.services.organisations import acting_for
from app.org.services.stated_papers import Given, Paper, joined_line, missing, refused
from app.org.services.stated_views import (
    StatedView,
    proof_context,
    reason_context,
    sealed_words,
    views,
)

_INDEX = "stated_certificate.number"


def state(
    db: Session, vault: Vault, actor: Actor, given: Given, paper: Paper,
    *, now: dt.datetime,
) -> StatedView:  # fmt: skip
    """State one, and ask the person; or put one right, which asks them again.

    Raises InvalidError that names the field, NotFoundError, ConflictError for one that stands
    there already, one too many, or one whose statement has ended.
    """
    organisation = acting_for(db, actor, Power.KEEP_STAFF)
    organisation_rows.lock_organisation(db, organisation.org_id)
    staff = joined_line(db, organisation.org_id, given)
    evidence = _checked(db, vault, staff, given.evidence, now)
    if given.course_id:
        _check_course(db, organisation.org_id, given.course_id)
    index = vault.blind_index(f"{staff.id}:{evidence.kind}:{evidence.number}", context=_INDEX)
    _check_room(db, staff.id, index, given.corrects_id or None)
    before = rows.get_stated(db, given.corrects_id) if given.corrects_id else None
    if before is not None:
        _end(db, vault, before, StatedState.CORRECTED, given.reason, now=now)
    own = person_keys.sealing_vault_of(db, vault, staff.learner_id, now=now)
    row_id = new_id(now)
    row = StatedCertificate(
        id=row_id, org_id=organisation.org_id, staff_id=staff.id, learner_id=staff.learner_id,
        kind=evidence.kind, course_id=given.course_id or None, number_index=index,
        words_sealed=_sealed(own, row_id, evidence), issued_on=evidence.issued_on,
        valid_until=evidence.valid_until or NO_DAY,
        proof_sealed=own.seal_bytes(paper.content, context=proof_context(row_id)),
        proof_kind=paper.kind.value, proof_digest=hashlib.sha256(paper.content).hexdigest(),
        verdict=paper.verdict, state=StatedState.WAITING, stated_by=actor.learner_id,
        stated_at=now, corrects_id=given.corrects_id or None,
    )  # fmt: skip
    db.add(row)
    db.flush()
    _tell(db, row, actor, organisation.name, now)
    return views(db, vault, [row], now=now)[0]


def _sealed(own: Vault, row_id: str, evidence: Evidence) -> bytes:
    words = {"title": evidence.title, "number": evidence.number, "issuer": evidence.issuer}
    return sealed_words(own, row_id, words)


def _tell(
    db: Session, row: StatedCertificate, actor: Actor, employer: str, now: dt.datetime
) -> None:
    audit.record(
        db, "certificate.stated", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=row.org_id, learner_id=row.learner_id, kind=row.kind, verdict=row.verdict,
        corrects=row.corrects_id or "",
    )  # fmt: skip
    inbox.notify(
        db, row.learner_id, NoticeKind.CERTIFICATE_STATED, now=now, employer=employer,
        certificate=rules.KIND_NAMES[row.kind],
    )  # fmt: skip


def _checked(
    db: Session, vault: Vault, staff: StaffMember, given: Evidence, now: dt.datetime
) -> Evidence:
    number = rules.own_number_of(given.kind, given.number)
    is_own = None
    if number is not None:
        is_own = people.find_by_document(db, vault, number) == staff.learner_id
    try:
        read = rules.read(given, today=local_day(now), own_number=is_own)
    except StatedFlawError as flaw:
        raise refused(flaw) from None
    house = rules.house_number(read.number)
    return read if house is None else replace(read, number=house)


def _check_course(db: Session, org_id: str, course_id: str) -> None:
    if course_id not in {row.course_id for row in matrix_rows.asked_by(db, org_id)}:
        raise InvalidError(
            "本单位没有指派过这门课。", field="/course_id", remedy="请从列表里选，或者不选"
        )


def _check_room(db: Session, staff_id: str, index: str, corrects: str | None) -> None:
    if rows.is_listed(db, staff_id, index, but=corrects):
        raise ConflictError(
            "这张证书已经登记过了。", code="recorded", field="/number",
            remedy="要改内容，请在那一份登记上更正",
        )  # fmt: skip
    if rows.count_of(db, staff_id) >= rules.MOST:
        raise ConflictError(
            f"一个人最多登记 {rules.MOST} 份。", code="too_many", remedy="请和平台联系"
        )


def withdraw(
    db: Session, vault: Vault, actor: Actor, stated_id: str, reason: str, *, now: dt.datetime
) -> None:
    """Take a statement back, with the reason, which the person reads.

    Raises NotFoundError, ConflictError where it has ended already.
    """
    organisation = acting_for(db, actor, Power.KEEP_STAFF)
    organisation_rows.lock_organisation(db, organisation.org_id)
    row = rows.get_stated(db, stated_id)
    if row is None or row.org_id != organisation.org_id:
        raise missing()
    _end(db, vault, row, StatedState.WITHDRAWN, reason, now=now)
    audit.record(
        db, "certificate.stated_withdrawn", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=row.org_id, learner_id=row.learner_id,
    )  # fmt: skip
    inbox.notify(
        db, row.learner_id, NoticeKind.STATEMENT_WITHDRAWN, now=now, employer=organisation.name,
        title=rules.KIND_NAMES[row.kind],
    )  # fmt: skip


def _end(
    db: Session, vault: Vault, row: StatedCertificate, state: StatedState, reason: str,
    *, now: dt.datetime,
) -> None:  # fmt: skip
    """End a statement; a refused one may still be withdrawn or put right."""
    own = person_keys.sealing_vault_of(db, vault, row.learner_id, now=now)
    sealed = own.seal(reason.strip(), context=reason_context(row.id))
    among = (*LIVE, StatedState.REFUSED)
    if not rows.move(db, row.id, among, state=state, reason_sealed=sealed, ended_at=now):
        raise ConflictError("这份登记已经撤回或者更正过。", code="ended", remedy="请刷新页面")


def courses_of(db: Session, actor: Actor) -> list[tuple[str, str]]:
    """The courses that one may be said to stand for: those that the organisation asked for."""
    org_id = acting_for(db, actor, Power.SEE_PROGRESS).org_id
    ids = list(dict.fromkeys(row.course_id for row in matrix_rows.asked_by(db, org_id)))
    titles = catalogue.titles(db, ids)
    return [(each, titles[each]) for each in ids]
