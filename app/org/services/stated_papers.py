"""The paper of a certificate from elsewhere: read, and checked as far as it is of this house."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.certs.rules.external import Evidence
from app.certs.rules.verdicts import Verdict
from app.certs.services import handed_over, holders, verification
from app.certs.services.handed_over import Keys
from app.certs.services.verdict_view import VerdictView
from app.core.crypto import Vault
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.identity.rules.actors import Actor
from app.identity.services import person_keys, roster
from app.org.models.staff import StaffMember
from app.org.repository import stated_certificates as rows
from app.org.rules import stated_certificates as rules
from app.org.rules.applications import LicenceKind
from app.org.rules.duties import Power
from app.org.rules.organisations import StaffState
from app.org.rules.stated_certificates import StatedFlawError
from app.org.services.organisations import acting_for
from app.org.services.staff_views import own_staff
from app.org.services.stated_views import proof_context


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an employer enters. `proof` is base64; `course_id` what it stands for, or nothing.

    `staff_id` says of whom, or `corrects_id` which statement it puts right, with the reason; the
    paper of that one stays where no other comes along.
    """

    evidence: Evidence
    course_id: str
    proof: str
    staff_id: str = ""
    corrects_id: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """The paper of a statement, read and looked at; `verdict` is empty for none of ours."""

    content: bytes
    kind: LicenceKind
    verdict: str


def refused(flaw: StatedFlawError) -> InvalidError:
    return InvalidError(flaw.sentence, field=f"/{flaw.field}", remedy=flaw.remedy)


def look(
    db: Session, vault: Vault, keys: Keys, actor: Actor, given: Given,
    *, address: str, former: Sequence[str], now: dt.datetime,
) -> Paper:  # fmt: skip
    """Read the paper, and check whatever of it or of its number is of this house.

    `address` is ours of today, `former` those from before.
    Raises InvalidError that names the field, also for a certificate of this house that is somebody
    else's or is not found; NotFoundError; ConflictError before the person has joined.
    """
    staff = joined_line(db, acting_for(db, actor, Power.KEEP_STAFF).org_id, given)
    content, kind = _content(db, vault, staff, given)
    if kind is LicenceKind.PDF:
        found = handed_over.check(db, keys, content, address=address, former=former, now=now).view
        if found.facts is not None or found.verdict is Verdict.ALTERED:
            return Paper(content, kind, _verdict_on_file(db, staff, given, found))
    number = rules.house_number(given.evidence.number)
    if number is None:
        return Paper(content, kind, "")
    name = roster.named(db, vault, [staff.roster_id])[staff.roster_id].name
    told = verification.by_number(db, vault, keys.ring, number, name, now=now)
    if told.facts is None:
        raise InvalidError(
            "这是本平台证书的编号写法，但查不到这位员工的这张证书。", field="/number",
            remedy="请对照证书逐位检查；不是本平台发的证书，请照原样填写它自己的编号",
        )  # fmt: skip
    # Another may have the same name.
    if not holders.is_held_by(db, told.facts.public_id, staff.learner_id or ""):
        raise InvalidError(
            "这个编号是本平台的证书，但持证人不是这位员工。", field="/number",
            remedy="请选这位员工本人的证书，并对照证书逐位检查编号",
        )  # fmt: skip
    return Paper(content, kind, told.verdict.value)


def _content(
    db: Session, vault: Vault, staff: StaffMember, given: Given
) -> tuple[bytes, LicenceKind]:
    if given.proof or not given.corrects_id:
        try:
            return rules.read_proof(given.proof)
        except StatedFlawError as flaw:
            raise refused(flaw) from None
    row = rows.with_proof(db, given.corrects_id)
    if row is None or row.staff_id != staff.id:
        raise missing()
    own = person_keys.vault_of(db, vault, row.learner_id)
    content = own.open_bytes(row.proof_sealed, context=proof_context(row.id))
    return content, LicenceKind(row.proof_kind)


def _verdict_on_file(db: Session, staff: StaffMember, given: Given, found: VerdictView) -> str:
    facts = found.facts
    if facts is None or found.verdict is Verdict.ALTERED:
        return found.verdict.value
    if not holders.is_held_by(db, facts.public_id, staff.learner_id or ""):
        raise InvalidError(
            "这份文件是本平台的证书，但持证人不是这位员工。", field="/proof",
            remedy="请选这位员工本人的证书文件",
        )  # fmt: skip
    if rules.house_number(given.evidence.number) != facts.number:
        raise InvalidError(
            f"文件里的证书编号是 {facts.number}，和填写的不一样。", field="/number",
            remedy="请照文件填写，或者换成对应的文件",
        )  # fmt: skip
    return found.verdict.value


def joined_line(db: Session, org_id: str, given: Given) -> StaffMember:
    """Of whom it is said, once they have joined. Raises NotFoundError, ConflictError."""
    before = rows.get_stated(db, given.corrects_id) if given.corrects_id else None
    if given.corrects_id and (before is None or before.org_id != org_id):
        raise missing()
    staff = own_staff(db, org_id, before.staff_id if before is not None else given.staff_id)
    if staff.state != StaffState.JOINED or staff.learner_id is None:
        raise ConflictError(
            "本人还没有确认加入单位，登记了也没有人能确认。", code="not_joined",
            remedy="请先提醒本人登录后在“我的”里确认加入",
        )  # fmt: skip
    return staff


def missing() -> NotFoundError:
    return NotFoundError("没有这份登记。", remedy="请从员工的页面重新进入")
