"""What employers state of certificates from elsewhere, as they, their people and files see it."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.certs.rules import external
from app.core.crypto import KeyGoneError, Vault
from app.core.errors import NotFoundError
from app.core.resealing import SealedColumn
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import local_day
from app.identity.services import access, person_keys
from app.learning.services import catalogue
from app.org.models.stated_certificates import StatedCertificate
from app.org.repository import organisations as organisation_rows
from app.org.repository import stated_certificates as rows
from app.org.rules import stated_certificates as rules
from app.org.rules.certificates_held import says_of
from app.org.rules.duties import Power
from app.org.rules.own_data import OwnStated
from app.org.rules.standings import NO_DAY
from app.org.rules.stated_certificates import STATE_NAMES, StatedState
from app.org.services.applications import Licence
from app.org.services.organisations import acting_for
from app.org.services.staff_views import own_staff


def words_context(stated_id: str) -> str:
    return f"stated_certificate.words_sealed:{stated_id}"


def proof_context(stated_id: str) -> str:
    return f"stated_certificate.proof_sealed:{stated_id}"


def reason_context(stated_id: str) -> str:
    return f"stated_certificate.reason_sealed:{stated_id}"


COLUMNS = tuple(
    SealedColumn(StatedCertificate.id, column, context, StatedCertificate.learner_id)
    for column, context in (
        (StatedCertificate.words_sealed, words_context),
        (StatedCertificate.proof_sealed, proof_context),
        (StatedCertificate.reason_sealed, reason_context),
    )
)
"""Where this room holds sealed values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedView:
    """One statement; `course` is what it is said to stand for, empty for nothing.

    `valid_until` is None where it has no last day, `left` says how far that is. `verdict_says` is
    what was found on the day of the statement where the paper or its number is of this house.
    """

    stated_id: str
    org_id: str
    employer: str
    kind: str
    kind_name: str
    title: str
    level: str
    number: str
    issuer: str
    issued_on: dt.date
    valid_until: dt.date | None
    left: str
    is_over: bool
    course_id: str
    course: str
    verdict: str
    verdict_says: str
    state: StatedState
    state_name: str
    reason: str
    stated_at: dt.datetime
    answered_at: dt.datetime | None
    proof_kind: str


def opened(own: Vault, row: StatedCertificate) -> dict[str, str]:
    """Title, number and issuer in clear, by those names."""
    words: dict[str, str] = json.loads(own.open(row.words_sealed, context=words_context(row.id)))
    return words


def sealed_words(own: Vault, row_id: str, words: dict[str, str]) -> bytes:
    return own.seal(json.dumps(words, ensure_ascii=False), context=words_context(row_id))


def views(
    db: Session, vault: Vault, found: Sequence[StatedCertificate], *, now: dt.datetime
) -> list[StatedView]:
    """Several statements, in their order."""
    vaults = person_keys.vaults_of(db, vault, sorted({row.learner_id for row in found}))
    employers = {
        row.id: row.name
        for row in organisation_rows.list_organisations(db, sorted({row.org_id for row in found}))
    }
    titles = catalogue.titles(db, sorted({row.course_id for row in found if row.course_id}))
    return [
        _view(vaults[row.learner_id], row, employers.get(row.org_id, ""), titles, local_day(now))
        for row in found
    ]


def _view(
    own: Vault, row: StatedCertificate, employer: str, titles: dict[str, str], today: dt.date
) -> StatedView:
    words, state = opened(own, row), StatedState(row.state)
    reason = ""
    if row.reason_sealed is not None:
        reason = own.open(row.reason_sealed, context=reason_context(row.id))
    is_numbered = row.kind in external.NUMBERINGS
    return StatedView(
        stated_id=row.id, org_id=row.org_id, employer=employer, kind=row.kind,
        kind_name=rules.KIND_NAMES.get(row.kind, "其他证书"), title=words["title"],
        level=external.level_of(row.kind, words["number"]) if is_numbered else "",
        number=rules.shown_number(row.kind, words["number"]), issuer=words["issuer"],
        issued_on=row.issued_on,
        valid_until=None if row.valid_until == NO_DAY else row.valid_until,
        left=says_of(row.valid_until, today), is_over=row.valid_until < today,
        course_id=row.course_id or "", course=titles.get(row.course_id or "", ""),
        verdict=row.verdict,
        verdict_says=rules.verdict_words(row.verdict, local_day(row.stated_at)), state=state,
        state_name=STATE_NAMES[state], reason=reason, stated_at=row.stated_at,
        answered_at=row.answered_at, proof_kind=row.proof_kind,
    )  # fmt: skip


def of_staff(
    db: Session, vault: Vault, actor: Actor, staff_id: str, *, now: dt.datetime
) -> list[StatedView]:
    """What the caller's organisation states of one of its people. Raises NotFoundError."""
    org_id = acting_for(db, actor, Power.SEE_PROGRESS).org_id
    staff = own_staff(db, org_id, staff_id)
    return views(db, vault, rows.of_staff(db, staff.id), now=now)


def confirmed_of(db: Session, vault: Vault, staff_id: str, *, now: dt.datetime) -> list[StatedView]:
    """What a person said yes to, for the file of one person 一人一档."""
    return views(db, vault, rows.confirmed_of(db, staff_id), now=now)


def list_own(db: Session, vault: Vault, learner_id: str, *, now: dt.datetime) -> list[StatedView]:
    """What employers state of the caller: what waits for an answer first."""
    found = views(db, vault, rows.of_learner(db, learner_id), now=now)
    return sorted(found, key=lambda view: view.state is not StatedState.WAITING)


def count_waiting(db: Session, learner_id: str) -> int:
    """How many wait for the caller's answer."""
    return sum(row.state == StatedState.WAITING for row in rows.of_learner(db, learner_id))


def proof_for_employer(
    db: Session, vault: Vault, actor: Actor, stated_id: str, *, now: dt.datetime
) -> Licence:
    """The paper, for who keeps the roster; the person reads that it was opened.

    Raises NotFoundError for another organisation's; a suspended one still looks.
    """
    org_id = acting_for(db, actor, Power.KEEP_STAFF, looks=True).org_id
    row = rows.with_proof(db, stated_id)
    if row is None or row.org_id != org_id:
        raise NotFoundError("没有这份登记。", remedy="请从员工的页面重新进入")
    access.note(
        db, row.learner_id, purpose="stated_certificate", actor_id=actor.learner_id, now=now,
        what="paper",
    )  # fmt: skip
    return _paper(db, vault, row)


def own_proof(db: Session, vault: Vault, learner_id: str, stated_id: str) -> Licence:
    """The paper, for the person it is about. Raises NotFoundError for anybody else's."""
    row = rows.with_proof(db, stated_id)
    if row is None or row.learner_id != learner_id:
        raise NotFoundError("没有这份登记。", remedy="请从“单位登记的证书”重新进入")
    return _paper(db, vault, row)


def _paper(db: Session, vault: Vault, row: StatedCertificate) -> Licence:
    try:
        own = person_keys.vault_of(db, vault, row.learner_id)
        content = own.open_bytes(row.proof_sealed, context=proof_context(row.id))
    except KeyGoneError:
        raise NotFoundError("证书的文件已经删除。", remedy="请回到列表") from None
    return Licence(content, row.proof_kind)


def take_along(db: Session, vault: Vault, learner_id: str) -> list[OwnStated]:
    """All that employers state of a person, in clear, for the person; papers by their digest."""
    own = person_keys.vault_of(db, vault, learner_id)
    taken = []
    for row in rows.of_learner(db, learner_id):
        reason = row.reason_sealed
        taken.append(
            OwnStated(
                membership_id=row.staff_id, kind=row.kind, **opened(own, row),
                issued_on=row.issued_on,
                valid_until=None if row.valid_until == NO_DAY else row.valid_until,
                course=catalogue.course_title(db, row.course_id) if row.course_id else "",
                proof_digest=row.proof_digest, verdict=row.verdict, state=row.state,
                reason=own.open(reason, context=reason_context(row.id)) if reason else "",
                stated_at=row.stated_at, answered_at=row.answered_at,
            )
        )  # fmt: skip
    return taken
