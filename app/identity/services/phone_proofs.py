"""Showing who one is before an account gets another phone: by face, by questions, or to people.

Who has lost the old phone is nobody yet: every step answers in the same words, and by the same
steps, whether there is such a person or not, and whichever way of being checked they chose.
"""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core.crypto import KeyRing, Vault, same
from app.core.errors import ConflictError, NotFoundError
from app.core.ids import new_id, random_token
from app.identity.models.people import Person
from app.identity.models.phone_changes import NEW_PHONE, PhoneChange
from app.identity.repository import checks as check_rows
from app.identity.repository import faces as face_rows
from app.identity.repository import passwords as password_rows
from app.identity.repository import people as person_rows
from app.identity.repository import phone_changes as rows
from app.identity.rules import faces as face_rules
from app.identity.rules import phone_changes as rules
from app.identity.rules import questions
from app.identity.rules.actors import Actor
from app.identity.rules.faces import Action, FaceVerdict, Purpose, SeenBefore
from app.identity.rules.phone_changes import (
    MOST_TRIES,
    ChangeKind,
    ChangeState,
    DeskReason,
    Way,
)
from app.identity.services import faces, people, phone_changes, phone_holds, standing
from app.identity.services.claims import Claim
from app.identity.services.faces import FaceInput, FaceJudgement
from app.identity.services.passwords import KNOWN_DEVICE
from app.identity.services.person_keys import sealing_vault
from app.identity.services.phone_changes import ChangeView
from app.identity.services.questions import answer_hash

_NOBODY = "0" * 26
_MOST_COMPARED = 3_000


@dataclass(frozen=True, slots=True)
class Proven:
    """What came of a step; `problem` says for the person what to mend, `left` how many tries."""

    change: ChangeView
    problem: str
    left: int


def check_may_change(
    db: Session, vault: Vault, actor: Actor, phone: str, *, now: dt.datetime
) -> None:
    """Refuse before codes are spent. Raises ConflictError, InvalidError."""
    phone_changes.refuse_same(db, vault, actor.account_id, phone)
    phone_holds.check_not_held(db, actor.account_id, now=now)
    person = person_rows.by_id(db, actor.account_id)
    if person is not None and person.verified_at is not None and person.method is None:
        raise ConflictError(
            "您还没有选择身份核对方式。", code="no_identity_method", remedy="请先在“我的”里选好"
        )


def begin_change(
    db: Session, vault: Vault, actor: Actor, phone: str, *, device_id: str, now: dt.datetime
) -> ChangeView:
    """Both phones' codes were right: what is missing is the person; who has no name has shown all.

    Raises ConflictError where the new phone has an account.
    """
    person = person_rows.lock(db, actor.account_id)
    if person is None:
        raise NotFoundError("没有这个账号。", remedy="请重新登录")
    check_may_change(db, vault, actor, phone, now=now)
    row = _add(db, vault, person, ChangeKind.CHANGE, phone=phone, device_id=device_id, now=now)
    if person.verified_at is None:
        phone_changes.after_proof(db, vault, row, None, now=now)
    return phone_changes.view(vault, row, person)


def is_friend(
    db: Session, vault: Vault, claim: Claim, device_id: str, *, now: dt.datetime
) -> bool:  # fmt: skip
    """Tell whether whose document it is was signed in in this browser not long ago."""
    found = person_rows.by_document(db, people.document_index(vault, claim.document.number))
    person_id = found.id if found is not None else _NOBODY
    return password_rows.has_signed_in_on(db, person_id, device_id, now - KNOWN_DEVICE)


def begin_recovery(
    db: Session, vault: Vault, claim: Claim, phone: str, *, device_id: str, now: dt.datetime
) -> ChangeView:
    """The new phone's code was right; who is meant is looked up, and not said.

    Raises ConflictError where the new phone has an account.
    """
    if not phone_changes.is_free(db, vault, phone):
        raise phone_changes.refuse_taken()
    index = people.document_index(vault, claim.document.number)
    found = person_rows.by_document(db, index)
    name = people.name_of(vault, found) if found is not None else ""
    is_theirs = same(name, claim.name) and found is not None and found.verified_at is not None
    person = found if is_theirs else None
    row = _add(db, vault, person, ChangeKind.RECOVERY, phone=phone, device_id=device_id, now=now)
    return phone_changes.view(vault, row, person)


def _add(
    db: Session, vault: Vault, person: Person | None, kind: ChangeKind, *, phone: str,
    device_id: str, now: dt.datetime,
) -> PhoneChange:  # fmt: skip
    if not phone_changes.is_free(db, vault, phone):
        raise phone_changes.refuse_taken()
    sealed = None
    if person is not None:
        sealed = sealing_vault(db, vault, person, now=now).seal(phone, context=NEW_PHONE)
    row = PhoneChange(
        id=new_id(now), person_id=person.id if person else None, kind=kind.value,
        state=ChangeState.PROVING.value, device_id=device_id, phone_sealed=sealed, asked_at=now,
        tries=0, phone_index=people.phone_index(vault, phone) if person else None,
    )  # fmt: skip
    db.add(row)
    db.flush()
    return row


def _open(
    db: Session, change_id: str, device_id: str, actor_id: str | None, now: dt.datetime
) -> PhoneChange:
    """The change, locked, for the browser that began it, and for its person where they signed in.

    Raises NotFoundError for another's, ConflictError where nothing can be proven any more.
    """
    row = rows.change_to_move(db, change_id)
    is_theirs = row is not None and (row.kind == ChangeKind.RECOVERY or row.person_id == actor_id)
    if row is None or row.device_id != device_id or not is_theirs:
        raise NotFoundError("没有这次换号。", remedy="请重新开始")
    if not rules.may_be_proven(row.state, row.tries, row.asked_at, now):
        raise ConflictError("这次换号已经结束或过了时间。", code="change_over", remedy="请重新开始")
    return row


def open_face(
    db: Session, change_id: str, *, device_id: str, actor_id: str | None, now: dt.datetime
) -> dict[str, Any]:
    """Draw what is to be done in front of the camera; the last drawing alone counts.

    Raises NotFoundError, ConflictError.
    """
    row = _open(db, change_id, device_id, actor_id, now)
    actions = [action.value for action in face_rules.draw_actions(secrets.randbelow)]
    row.prompt = {"nonce": random_token(96), "actions": actions}
    db.flush()
    return row.prompt | {
        "step_ms": face_rules.STEP_MS, "frames_per_step": face_rules.FRAMES_PER_STEP,
    }  # fmt: skip


def take_face(
    db: Session, vault: Vault, change_id: str, *, device_id: str, actor_id: str | None,
    now: dt.datetime,
) -> FaceInput:  # fmt: skip
    """Take what judging needs; the prompt is spent by this. Raises NotFoundError, ConflictError."""
    row = _open(db, change_id, device_id, actor_id, now)
    prompt, row.prompt = row.prompt, None
    db.flush()
    if prompt is None:
        raise ConflictError("请重新开始拍。", code="challenge_over", remedy="点“用人脸核对”")
    return FaceInput(
        check_id=row.id, learner_id=row.person_id or _NOBODY, purpose=Purpose.STUDY,
        nonce=prompt["nonce"], actions=tuple(Action(name) for name in prompt["actions"]),
        template=faces.template_of(db, vault, row.person_id) if row.person_id else None,
        known=face_rows.seen_before(db, row.person_id, most=_MOST_COMPARED)
        if row.person_id else SeenBefore(),
    )  # fmt: skip


def finish_face(
    db: Session, vault: Vault, judged: FaceJudgement, *, device_id: str, actor_id: str | None,
    now: dt.datetime,
) -> Proven:  # fmt: skip
    """Write down what came of the frames. A picture nobody can use costs no try.

    Only what passed is kept with the person's frames: else the same ones sent twice would tell who
    is known, and anybody could fill them up.
    """
    row = _open(db, judged.check_id, device_id, actor_id, now)
    verdict = judged.finding.verdict
    has_template = row.person_id is not None and face_rows.template(db, row.person_id) is not None
    if verdict is FaceVerdict.RETRY:
        return _proven(db, vault, row, judged.finding.problem)
    is_passed = verdict is FaceVerdict.PASSED and has_template
    if is_passed and row.person_id is not None:
        face_rows.add_seen(db, row.person_id, judged.frames, now)
    return _settle(db, vault, row, Way.FACE if is_passed else None, now)


def answer_questions(
    db: Session, vault: Vault, keys: KeyRing, change_id: str, answers: Sequence[tuple[str, str]],
    *, device_id: str, actor_id: str | None, now: dt.datetime,
) -> Proven:  # fmt: skip
    """Try all the answers at once: which questions were chosen has to be known too."""
    row = _open(db, change_id, device_id, actor_id, now)
    person_id = row.person_id or _NOBODY
    kept = {each.question: each.answer_hash for each in check_rows.answers_of(db, person_id)}
    if standing.standing(db, person_id).is_doubted:
        kept = {}
    right = [
        same(kept.get(question, "-"), answer_hash(keys, person_id, question, words))
        for question, words in answers
    ]
    is_whole = len({question for question, _ in answers}) == questions.ASKED
    is_right = is_whole and all(right) and bool(kept)
    return _settle(db, vault, row, Way.QUESTIONS if is_right else None, now)


def ask_people(
    db: Session, vault: Vault, change_id: str, *, device_id: str, actor_id: str | None,
    now: dt.datetime,
) -> Proven:  # fmt: skip
    """Leave it to people: for whom neither way works. Raises NotFoundError, ConflictError."""
    row = _open(db, change_id, device_id, actor_id, now)
    if row.kind == ChangeKind.OWN:
        raise ConflictError(
            "这里不能请人核对。", code="own_proof",
            remedy="请在“找人帮忙”里选“个人信息权利请求”",
        )  # fmt: skip
    phone_changes.leave_to_people(db, row, DeskReason.ASKED, now=now)
    return _proven(db, vault, row, "")


def _settle(
    db: Session, vault: Vault, row: PhoneChange, way: Way | None, now: dt.datetime
) -> Proven:
    row.tries += 1
    if row.kind == ChangeKind.OWN:
        return _settle_own(db, vault, row, way)
    if way is not None:
        phone_changes.after_proof(db, vault, row, way, now=now)
        return _proven(db, vault, row, "")
    if row.tries >= MOST_TRIES:
        phone_changes.leave_to_people(db, row, DeskReason.FAILED, now=now)
        return _proven(db, vault, row, "")
    return _proven(db, vault, row, "没有核对上")


def _settle_own(db: Session, vault: Vault, row: PhoneChange, way: Way | None) -> Proven:
    """Without a change there is nothing for people to decide: it is shown, or it is not."""
    if way is not None:
        row.state, row.way = ChangeState.DONE, way.value
        return _proven(db, vault, row, "")
    if row.tries >= MOST_TRIES:
        row.state = ChangeState.REFUSED
    return _proven(db, vault, row, "没有核对上")


def _proven(db: Session, vault: Vault, row: PhoneChange, problem: str) -> Proven:
    person = person_rows.by_id(db, row.person_id) if row.person_id else None
    return Proven(phone_changes.view(vault, row, person), problem, MOST_TRIES - row.tries)


def forget_nobodys(db: Session, *, now: dt.datetime) -> None:
    """Delete tries at accounts that are not there, a day after."""
    rows.forget_nobodys(db, now - dt.timedelta(days=1))
