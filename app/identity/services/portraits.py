"""Portraits for certificates: agreed to by themselves, compared with the person's face, given up.

The comparison is the checks' own: the same engine, the same template, the same words for what came
of it. The template is only read.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.errors import ConflictError, NotFoundError
from app.identity.models.faces import PORTRAIT, Portrait
from app.identity.providers import face_engine
from app.identity.providers.face_engine import FaceEngine
from app.identity.repository import faces as rows
from app.identity.rules import portraits as rules
from app.identity.rules.faces import FaceFinding, FaceVerdict
from app.identity.services import faces, person_keys

KIND = rows.PORTRAIT
TEXT = (
    "我同意平台把我选的这张照片裁成证件照，印在今后发给我的证书上，并加密保存到我撤回为止；"
    "印以前，用我已经录入的人脸核对一次照片上是不是我本人。照片只在我的证书文件里，"
    "和持我给的一次性码查验的人看得到，公开的查验页不显示。不放照片，证书同样有效。"
    "我可以随时撤回，撤回后照片立即删除，以后的证书不再有照片；已经发给我的证书保持原样。"
)
VERSION = hashlib.sha256(TEXT.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class PortraitJudgement:
    """What was found, and the portrait as it would be kept; empty where none was cut out."""

    finding: FaceFinding
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class PortraitView:
    """What the person's own page needs: whether they agreed, a picture is kept, a face is known."""

    is_agreed: bool
    is_kept: bool
    has_face: bool


def view(db: Session, learner_id: str) -> PortraitView:
    return PortraitView(
        is_agreed=rows.standing_consent(db, learner_id, KIND) is not None,
        is_kept=rows.portrait(db, learner_id) is not None,
        has_face=rows.template(db, learner_id) is not None,
    )


def template_to_compare(db: Session, vault: Vault, learner_id: str) -> bytes:
    """The face that a picture has to be of. Raises ConflictError where nothing may be compared."""
    if rows.standing_consent(db, learner_id, KIND) is None:
        raise ConflictError(
            "请先同意把照片印在证书上。", code="no_consent", remedy="不放照片，证书同样有效"
        )
    template = faces.template_of(db, vault, learner_id)
    if template is None:
        raise ConflictError(
            "没有可以用来核对照片的人脸。", code="no_face",
            remedy="选用人脸核对的人才能放照片；不放照片，证书同样有效",
        )  # fmt: skip
    return template


def judge(engine: FaceEngine, template: bytes, jpeg: bytes) -> PortraitJudgement:
    """Cut the portrait out and see whose it is; slow, and without the database."""
    made = engine.cut(jpeg)
    own = made.seen.embedding
    score = face_engine.cosine(own, template) if own else 0.0
    finding = rules.judge(replace(made.seen.sighting, score=score), is_tight=made.is_tight)
    return PortraitJudgement(finding, made.jpeg)


def keep(
    db: Session, vault: Vault, judgement: PortraitJudgement, *, learner_id: str, now: dt.datetime
) -> bool:
    """Keep a portrait that passed, in place of the one before; tells whether it passed.

    Raises ConflictError where the consent was taken back meanwhile.
    """
    if judgement.finding.verdict is not FaceVerdict.PASSED:
        return False
    consent = rows.standing_consent(db, learner_id, KIND)
    if consent is None:
        raise ConflictError(
            "您已经撤回了同意，照片没有保存。", code="no_consent", remedy="需要时请重新同意"
        )
    own = person_keys.sealing_vault_of(db, vault, learner_id, now=now)
    db.merge(
        Portrait(
            person_id=learner_id, consent_id=consent.id, made_at=now,
            image_sealed=own.seal_bytes(judgement.jpeg, context=_context(learner_id)),
        )
    )  # fmt: skip
    audit.record(
        db, "portrait.kept", now=now, actor_id=learner_id, subject_id=learner_id,
        score_percent=judgement.finding.score_percent,
    )  # fmt: skip
    return True


def picture_of(db: Session, vault: Vault, learner_id: str) -> bytes | None:
    """The portrait for a certificate that is made now; None without one, or without the consent."""
    row = rows.portrait(db, learner_id)
    if row is None or rows.standing_consent(db, learner_id, KIND) is None:
        return None
    own = person_keys.vault_of(db, vault, learner_id)
    return own.open_bytes(row.image_sealed, context=_context(learner_id))


def is_there(db: Session, learner_id: str) -> bool:
    """Tell whether somebody has a portrait for certificates, whatever has become of the consent."""
    return rows.portrait(db, learner_id) is not None


def own_picture(db: Session, vault: Vault, learner_id: str) -> bytes:
    """One's own portrait. Raises NotFoundError where there is none."""
    found = picture_of(db, vault, learner_id)
    if found is None:
        raise NotFoundError("您没有放证书照片。", remedy="请在“证书照片”里选一张")
    return found


def withdraw(db: Session, learner_id: str, *, now: dt.datetime) -> None:
    """Take the yes back: the picture is gone at once. Raises NotFoundError where there was none."""
    if not rows.withdraw_portrait(db, learner_id, now):
        raise NotFoundError("您没有同意过把照片印在证书上。", remedy="无需撤回")
    audit.record(db, "portrait.withdrawn", now=now, actor_id=learner_id, subject_id=learner_id)


def _context(learner_id: str) -> str:
    return f"{PORTRAIT}:{learner_id}"
