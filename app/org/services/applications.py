"""Applying to be an organisation here, and what becomes of it once the desk has looked."""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.certs.services import printing
from app.core import audit
from app.core.crypto import KeyGoneError, Vault
from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.core.ids import new_id
from app.core.own_rows import copied
from app.core.resealing import SealedColumn
from app.identity.rules.actors import Actor
from app.identity.rules.administrators import clashing
from app.identity.services import cases, person_keys, roles
from app.identity.services.cases import CaseKind
from app.org.models.applications import OrganisationApplication
from app.org.providers.reference import Places
from app.org.repository import applications as application_rows
from app.org.repository import organisations as organisation_rows
from app.org.rules import applications as rules
from app.org.rules.applications import (
    STATE_NAMES,
    ApplicationFlawError,
    ApplicationState,
    Entered,
)
from app.org.rules.duties import Duty
from app.org.rules.organisations import OrganisationKind
from app.org.rules.own_data import OwnApplication
from app.org.services import organisations
from app.org.services.organisations import ROLE_OF

_GONE = "（已注销）"


def _words_context(application_id: str) -> str:
    return f"organisation_application.words_sealed:{application_id}"


def _licence_context(application_id: str) -> str:
    return f"organisation_application.licence_sealed:{application_id}"


COLUMNS = (
    SealedColumn(
        OrganisationApplication.id, OrganisationApplication.words_sealed, _words_context,
        OrganisationApplication.learner_id,
    ),
    SealedColumn(
        OrganisationApplication.id, OrganisationApplication.licence_sealed, _licence_context,
        OrganisationApplication.learner_id,
    ),
)  # fmt: skip
"""Where this room holds sealed values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationView:
    """An application as its applicant sees it."""

    application_id: str
    kind: OrganisationKind
    name: str
    uscc: str
    state: ApplicationState
    state_name: str
    reason: str | None
    org_id: str | None
    applied_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationFile:
    """An application as the desk sees it beside the licence; `others` about the same code."""

    application_id: str
    kind: OrganisationKind
    type_code: str
    name: str
    uscc: str
    prefecture_code: str
    responsible: str
    contact: str
    licence_kind: str
    others: int


@dataclass(frozen=True, slots=True)
class Licence:
    content: bytes
    media_type: str


def apply(
    db: Session, vault: Vault, places: Places, actor: Actor, given: Entered, licence: str,
    *, now: dt.datetime,
) -> ApplicationView:  # fmt: skip
    """Put an organisation before the desk. `licence` is base64.

    Raises InvalidError that names the field, ForbiddenError before the name is proven,
    ConflictError where the organisation is here already, or the caller waits for another or is an
    administrator.
    """
    if not actor.is_verified:
        raise ForbiddenError(
            "申请单位入驻要先完成实名认证。", code="not_verified", remedy="请先填写姓名和证件号"
        )
    entered, read = _read(places, given, licence)
    roles.check_named(db, actor.account_id)
    _check_free(db, actor, entered)
    own = person_keys.sealing_vault_of(db, vault, actor.learner_id, now=now)
    row_id = new_id(now)
    case_id = cases.open_case(
        db, kind=CaseKind.ORGANISATION, learner_id=actor.learner_id, ref_id=row_id, now=now
    )
    words = {"responsible": entered.responsible, "contact": entered.contact}
    row = OrganisationApplication(
        id=row_id, learner_id=actor.learner_id, kind=entered.kind, type_code=entered.type_code,
        name=entered.name, uscc=entered.uscc, prefecture_code=entered.prefecture_code,
        words_sealed=own.seal(
            json.dumps(words, ensure_ascii=False), context=_words_context(row_id)
        ),
        licence_sealed=own.seal_bytes(read.content, context=_licence_context(row_id)),
        licence_kind=read.media_type, licence_digest=hashlib.sha256(read.content).hexdigest(),
        state=ApplicationState.OPEN, case_id=case_id, applied_at=now,
    )  # fmt: skip
    db.add(row)
    db.flush()
    audit.record(
        db, "org.applied", now=now, actor_id=actor.account_id, subject_id=row.id, kind=row.kind,
        number=row.uscc,
    )  # fmt: skip
    return _view(row)


def _read(places: Places, given: Entered, licence: str) -> tuple[Entered, Licence]:
    """What was entered, and the licence behind its base64. Raises InvalidError naming the field."""
    try:
        entered = rules.read(
            given, types=[each.code for each in places.types], prefectures=places.prefectures
        )
        content, kind = rules.read_licence(licence)
    except ApplicationFlawError as flaw:
        raise InvalidError(flaw.sentence, field=f"/{flaw.field}", remedy=flaw.remedy) from None
    printed = printing.flaw_of("institution", entered.name)
    if printed is not None:
        raise InvalidError(
            f"单位名称印不到证书上：{printed.cause}", field="/name", code="unprintable",
            remedy="请照营业执照核对；执照上就是这个字的，请到“找人帮忙”写明，补了字体再申请",
        )  # fmt: skip
    return entered, Licence(content, kind.value)


def _check_free(db: Session, actor: Actor, entered: Entered) -> None:
    if application_rows.open_application(db, actor.learner_id) is not None:
        raise ConflictError(
            "您已经有一件申请正在审核。", code="applied",
            remedy="结果会发到消息里；要改内容，请先撤回那一件再申请",
        )  # fmt: skip
    if organisation_rows.get_organisation_by_uscc(db, entered.uscc) is not None:
        raise ConflictError(
            "这个统一社会信用代码的单位已经入驻。", code="uscc_taken", field="/uscc",
            remedy="请联系本单位的负责人，由他把您加为经办人；不知道是谁的，请到“找人帮忙”写明",
        )  # fmt: skip
    if (other := clashing(roles.roles_of(db, actor.account_id), ROLE_OF[entered.kind])) is not None:
        raise ConflictError(
            "平台的管理员不能同时代表单位。", code="separation", clashes=other.value,
            remedy="请由本单位的另一个人申请",
        )  # fmt: skip


def list_own(db: Session, learner_id: str) -> list[ApplicationView]:
    """What a person applied for, the newest first."""
    return [_view(row) for row in application_rows.applications_of(db, learner_id)]


def withdraw(db: Session, actor: Actor, application_id: str, *, now: dt.datetime) -> None:
    """Take one's own application back. Raises NotFoundError, ConflictError once it is decided."""
    row = application_rows.get_application(db, application_id)
    if row is None or row.learner_id != actor.learner_id:
        raise NotFoundError("没有这件申请。", remedy="请刷新页面")
    if not application_rows.close_application(
        db, row.id, ApplicationState.WITHDRAWN, org_id=None, reason=None, now=now
    ):
        raise ConflictError("这件申请已经办结，不能撤回。", remedy="请刷新页面")
    cases.lapse(db, row.case_id, reason="申请人撤回", actor_id=actor.learner_id, now=now)
    audit.record(
        db, "org.application_withdrawn", now=now, actor_id=actor.account_id, subject_id=row.id
    )


def file_of(db: Session, vault: Vault, application_id: str) -> ApplicationFile | None:
    """What the desk compares with the licence; None where the applicant has deleted it all."""
    row = application_rows.get_application(db, application_id)
    if row is None:
        return None
    own = person_keys.vault_of(db, vault, row.learner_id)
    words = _opened(own, row)
    return ApplicationFile(
        application_id=row.id, kind=OrganisationKind(row.kind), type_code=row.type_code,
        name=row.name, uscc=row.uscc, prefecture_code=row.prefecture_code,
        responsible=words["responsible"], contact=words["contact"],
        licence_kind=row.licence_kind, others=application_rows.count_others(db, row),
    )  # fmt: skip


def _opened(own: Vault, row: OrganisationApplication) -> dict[str, str]:
    try:
        words: dict[str, str] = json.loads(
            own.open(row.words_sealed, context=_words_context(row.id))
        )
    except KeyGoneError:
        return {"responsible": _GONE, "contact": _GONE}
    return words


def licence(db: Session, vault: Vault, application_id: str) -> Licence:
    """The picture or PDF itself. Raises NotFoundError where it is gone."""
    row = application_rows.licence_of(db, application_id)
    if row is None:
        raise NotFoundError("营业执照已经删除。", remedy="请回到列表")
    own = person_keys.vault_of(db, vault, row.learner_id)
    content = own.open_bytes(row.licence_sealed, context=_licence_context(row.id))
    return Licence(content, row.licence_kind)


def decide(
    db: Session, application_id: str, *, is_approved: bool, reason: str, actor: Actor,
    now: dt.datetime,
) -> None:  # fmt: skip
    """Do what the desk decided: the organisation is there, and the applicant its owner, or not.

    Raises ConflictError where it cannot be approved any more, NotFoundError.
    """
    row = application_rows.get_application(db, application_id)
    if row is None:
        raise NotFoundError("没有这件申请。", remedy="请回到列表刷新")
    org_id = _found(db, row, actor, now) if is_approved else None
    state = ApplicationState.APPROVED if is_approved else ApplicationState.REFUSED
    if not application_rows.close_application(
        db, row.id, state, org_id=org_id, reason=reason, now=now
    ):
        raise ConflictError("这件申请已经办结。", remedy="请刷新列表")
    audit.record(
        db, "org.application_decided", now=now, actor_id=actor.account_id, subject_id=row.id,
        decision=state.value, org_id=org_id,
    )  # fmt: skip


def _found(db: Session, row: OrganisationApplication, actor: Actor, now: dt.datetime) -> str:
    kind = OrganisationKind(row.kind)
    org_id = organisations.create_organisation(
        db, kind=kind, name=row.name, uscc=row.uscc, prefecture_code=row.prefecture_code,
        type_code=row.type_code or None, now=now, actor_id=actor.account_id,
    )  # fmt: skip
    organisations.add_member(
        db, org_id=org_id, learner_id=row.learner_id, role=ROLE_OF[kind], now=now, duty=Duty.OWNER,
        actor_id=actor.account_id,
    )  # fmt: skip
    return org_id


def forget(db: Session, learner_id: str) -> None:
    """Delete all that a person applied for; an organisation that came of it stays."""
    application_rows.delete_applications(db, learner_id)


def take_along(db: Session, vault: Vault, learner_id: str) -> list[OwnApplication]:
    """Return all of them in clear, for who applied."""
    own = person_keys.vault_of(db, vault, learner_id)
    return [
        copied(OwnApplication, row, **_opened(own, row))
        for row in application_rows.applications_of(db, learner_id)
    ]


def _view(row: OrganisationApplication) -> ApplicationView:
    state = ApplicationState(row.state)
    return ApplicationView(
        application_id=row.id, kind=OrganisationKind(row.kind), name=row.name, uscc=row.uscc,
        state=state, state_name=STATE_NAMES[state], reason=row.reason, org_id=row.org_id,
        applied_at=row.applied_at,
    )  # fmt: skip
