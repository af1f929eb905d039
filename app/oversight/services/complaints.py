"""Complaints from anybody and appeals from learners, each with a day by which it is answered."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from app.certs.services import wallet
from app.core import outbox
from app.core.crypto import KeyGoneError, Vault, b64url, from_b64url
from app.core.db import Database
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.identity.providers import SmsSender
from app.identity.rules import phones
from app.identity.rules.cases import CASE_NAMES
from app.identity.rules.local_days import SHANGHAI, local_day
from app.identity.services import cases, inbox, people, person_keys, sealed_fields
from app.identity.services.cases import CaseKind, CaseView
from app.identity.services.inbox import NoticeKind
from app.learning.services import appeals
from app.learning.services.appeals import Subject
from app.oversight.providers.calendar import read_calendar
from app.oversight.rules.decisions import decision_name
from app.oversight.rules.working_days import answer_by

SEALED = sealed_fields.WORDS
SEND_ANSWER = "send_answer"
WHERE_TO_READ = "请到网站的投诉与建议页查看"
"""What the text message says: vendors carry a few words in a place of a template, no letters."""
WITH_CONTACT = frozenset({CaseKind.COMPLAINT, CaseKind.PRIVACY_REQUEST})
GONE_WORDS = "（当事人已注销账号，原文已销毁）"
TEXT_LEAST, TEXT_MOST = 5, 2000
TEXT_LENGTH = f"{TEXT_LEAST} 到 {TEXT_MOST} 个字"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a complaint or request stands, `says` in words; days are those of Beijing.

    `answer` is empty until it is decided.
    """

    number: str
    kind: CaseKind
    asked_on: dt.date
    answer_by: dt.date
    says: str
    answer: str


@dataclass(frozen=True, slots=True)
class Received:
    """What the person is told: the number to ask by, and the day of the answer."""

    number: str
    answer_by: dt.date


def read_contact(text: str) -> str:
    """The phone that the answer goes to. Raises InvalidError that names the field."""
    phone = phones.normalise(text)
    if phone is None:
        raise InvalidError(
            "请留 11 位手机号，有了答复会告诉这个号码。", field="/contact", code="phone"
        )
    return phone


def complain(
    db: Session,
    vault: Vault,
    *,
    kind: CaseKind,
    phone: str,
    text: str,
    learner_id: str | None,
    reference_dir: Path,
    now: dt.datetime,
    about: str | None = None,
) -> Received:
    """Take a complaint or a request about one's data; contact and text are sealed.

    `about` is what stands on a certificate that somebody takes for a fake: its number or address.
    Where there is such a one, the case leads to it, and its holder never judges it.

    `phone` is what `read_contact` gave.
    """
    found = wallet.marked(db, about) if about else None
    facts = {"number": found.number, "holder_id": found.learner_id} if found else {}
    return receive(
        db, vault, kind, f"举报假证：{about}\n{text.strip()}" if about else text,
        learner_id=learner_id, ref_id=found.certificate_id if found else None,
        reference_dir=reference_dir, now=now, contact=phone, **facts,
    )  # fmt: skip


def appeal(
    db: Session,
    vault: Vault,
    *,
    learner_id: str,
    subject: Subject,
    ref_id: str,
    text: str,
    reference_dir: Path,
    now: dt.datetime,
) -> Received:
    """Take an appeal against one's own cut or hold, once.

    Raises NotFoundError for anybody else's, InvalidError, ConflictError the second time.
    """
    appeals.appealed(db, learner_id, subject, ref_id)
    if appeals_about(db, [ref_id]):
        raise ConflictError(
            "这一段已经申诉过了。", code="appealed", remedy="结果会发到消息里，请等通知"
        )
    return receive(
        db, vault, CaseKind.APPEAL, text, learner_id=learner_id, ref_id=ref_id,
        reference_dir=reference_dir, now=now, subject=subject.value,
    )  # fmt: skip


def appeals_about(db: Session, ref_ids: Sequence[str]) -> dict[str, CaseView]:
    """Return the appeal about each of these cuts and holds, where there is one."""
    found = cases.cases_about(db, ref_ids, CaseKind.APPEAL)
    return {view.ref_id: view for view in found if view.ref_id}


def standing(view: CaseView) -> str:
    """How an appeal stands, for the person who made it."""
    if view.decision is None:
        return f"申诉在处理，最晚 {view.facts['answer_by']} 答复"
    return f"申诉结果：{decision_name(view.kind, view.decision)}"


def subject_of(db: Session, view: CaseView) -> str:
    """What a case is about, as its person is told: an appeal names its moment and its lesson."""
    if view.kind is not CaseKind.APPEAL or view.learner_id is None or view.ref_id is None:
        return CASE_NAMES[view.kind]
    about = appeals.appealed(db, view.learner_id, Subject(view.facts["subject"]), view.ref_id)
    at = about.at.astimezone(SHANGHAI)
    return f"{CASE_NAMES[view.kind]}（{at:%m-%d %H:%M}，{about.title}）"


def contact_of(db: Session, vault: Vault, view: CaseView) -> str:
    """The phone that a complaint is answered to, in clear.

    Raises ConflictError where whoever wrote it has deleted their account, or its period is over.
    """
    if "contact" not in view.facts:
        raise ConflictError(
            "联系方式已过保存期限，已经删除。",
            code="period_over",
            remedy="这件事项已经办结，不用再看",
        )
    own = person_keys.vault_of(db, vault, view.learner_id)
    try:
        return own.open(from_b64url(view.facts["contact"]), context=SEALED)
    except KeyGoneError:
        raise ConflictError(
            "当事人已注销账号，联系方式已销毁。", code="person_gone", remedy="直接答复结案即可"
        ) from None


def text_of(own: Vault, view: CaseView) -> str:
    """What the person wrote, where the case is an appeal, a complaint or a request.

    `own` is the vault of who wrote it (`person_keys.vault_of`).
    """
    sealed = view.facts.get("text")
    if not isinstance(sealed, str):
        return ""
    try:
        return own.open(from_b64url(sealed), context=SEALED)
    except KeyGoneError:
        return GONE_WORDS


def number_of(case_id: str) -> str:
    """The number that a person is told to ask by."""
    return case_id[-10:]


def look_up(db: Session, vault: Vault, *, number: str, phone: str) -> Standing:
    """How the complaint of this number stands, for who has just proven the phone it was made with.

    Raises NotFoundError, the same for no such number, for another's, and once its period is over.
    """
    wanted = number.strip().upper()
    for view in cases.cases_numbered(db, wanted, sorted(WITH_CONTACT)):
        is_there = "contact" in view.facts and not people.is_gone(db, view.learner_id)
        if is_there and contact_of(db, vault, view) == phone:
            return _standing(view, wanted)
    raise NotFoundError(
        "没有这个手机号提的这个编号。", field="/number", code="no_complaint",
        remedy="编号是提交后显示的 10 位字母和数字，请用当时留的手机号",
    )  # fmt: skip


def _standing(view: CaseView, number: str) -> Standing:
    until = dt.date.fromisoformat(view.facts["answer_by"])
    says, answer = f"还在处理，最晚 {until} 答复。", ""
    if view.decided_at is not None:
        says, answer = (
            f"{view.decided_at.astimezone(SHANGHAI):%Y-%m-%d} 已答复。",
            view.reason or "",
        )
    return Standing(
        number=number, kind=view.kind, asked_on=local_day(view.opened_at),
        answer_by=until, says=says, answer=answer,
    )  # fmt: skip


def deliver(db: Session, vault: Vault, view: CaseView, *, by: str, now: dt.datetime) -> None:
    """Bring the answer to the contact: into the inbox of its account, else word by text message."""
    if people.is_gone(db, view.learner_id):
        return
    learner_id = people.find_by_phone(db, vault, contact_of(db, vault, view))
    if learner_id is None:
        outbox.enqueue(db, SEND_ANSWER, now=now, key=f"answer:{view.case_id}", case_id=view.case_id)
    elif learner_id != view.learner_id:
        inbox.notify(
            db, learner_id, NoticeKind.COMPLAINT_ANSWERED, now=now, by=by,
            number=number_of(view.case_id), answer=view.reason or "",
        )  # fmt: skip


def send_answer(
    database: Database, vault: Vault, sms: SmsSender, case_id: str, *, now: dt.datetime
) -> None:
    """Send word that a complaint is answered; done twice, it is the same message twice.

    Better twice than never: who has no account here hears of it no other way.
    """
    with database.reading() as db:
        view = cases.get_case(db, case_id)
        if people.is_gone(db, view.learner_id):
            return
        phone = contact_of(db, vault, view)
    sms.send_answer(phone=phone, number=number_of(case_id), answer=WHERE_TO_READ, now=now)


def receive(
    db: Session,
    vault: Vault,
    kind: CaseKind,
    text: str,
    *,
    learner_id: str | None,
    ref_id: str | None,
    reference_dir: Path,
    now: dt.datetime,
    contact: str = "",
    **facts: str,
) -> Received:
    """Open a case with somebody's own words, sealed, and the day by which it is answered.

    Raises InvalidError for words that are too few or too many.
    """
    words = text.strip()
    if not TEXT_LEAST <= len(words) <= TEXT_MOST:
        raise InvalidError(f"请写 {TEXT_LENGTH}。", field="/text")
    today = local_day(now)
    until = answer_by(today, calendar=read_calendar(reference_dir))
    own = person_keys.sealing_vault_of(db, vault, learner_id, now=now)
    facts |= {"text": _seal(own, words), "answer_by": until.isoformat()}
    if contact:
        facts["contact"] = _seal(own, contact)
    case_id = cases.open_case(db, kind=kind, learner_id=learner_id, now=now, ref_id=ref_id, **facts)
    return Received(number_of(case_id), until)


def _seal(vault: Vault, text: str) -> str:
    return b64url(vault.seal(text, context=SEALED))
