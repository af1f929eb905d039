"""Answers to challenges: taken in time, judged outside a transaction, carried out inside one."""

import dataclasses
import datetime as dt
import hashlib
from dataclasses import asdict
from typing import Any

from msgspec.structs import replace
from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.errors import AppError, ConflictError
from app.core.ids import new_id
from app.identity.rules.checks import CheckOutcome
from app.identity.services import checks
from app.identity.services.checks import CheckAnswer, Judges
from app.learning.models.study import StudySession
from app.learning.models.study_checks import StudyAnswer, StudyChallenge
from app.learning.repository import study_checks as rows
from app.learning.rules import challenges, presence
from app.learning.rules.answers import Answer, answer
from app.learning.rules.challenges import Ruling, Settled
from app.learning.rules.moments import epoch_ms
from app.learning.rules.sittings import stand
from app.learning.rules.states import ChallengeKind, Phase
from app.learning.rules.wording import HOLDS, ruling_sentence
from app.learning.services import device_signatures, holds, identity_ways, prompts, recalls, sealed
from app.learning.services.given_answers import SAID, Answered, Begun, GivenAnswer, Said
from app.learning.services.refusals import ended, out_of_step
from app.learning.services.session_views import totals
from app.learning.services.study_books import StudyBooks


def begin(db: Session, vault: Vault, given: GivenAnswer, *, now: dt.datetime) -> Begun:
    """Take an answer in: from here on its judging costs the learner no time (R17).

    Raises NotFoundError for a session that is not the learner's.
    """
    books = StudyBooks(db, given.learner_id, now)
    row = books.session_row(given.session_id)
    refusal = _let_time_decide(books, row)
    refusal = refusal or _refusal(books, row, given)
    if refusal is not None:
        books.store()
        return Begun(refusal=refusal)
    asked = _row(db, given.challenge_id)
    signed = device_signatures.look_at(books, row, asked, given.signing)
    if isinstance(signed, AppError):
        books.store()
        return Begun(refusal=signed)
    books.learner = challenges.begin_judging(books.learner, epoch_ms(given.arrived_at))
    books.store()
    if asked.kind == ChallengeKind.PRESENCE:
        puzzle = sealed.open_puzzle(vault, asked.id, asked.secret or b"")
        return Begun(puzzle=puzzle, signed=signed)
    check = checks.load_check(db, vault, asked.check_id or "", arrived_at=given.arrived_at)
    return Begun(check=check, signed=signed)


def _row(db: Session, challenge_id: str) -> StudyChallenge:
    row = rows.get_challenge(db, challenge_id)
    if row is None:
        raise AssertionError("an open challenge has no row")
    return row


def _let_time_decide(books: StudyBooks, row: StudySession) -> AppError | None:
    """R16 comes before anything that arrives is looked at."""
    if row.phase != Phase.OPEN:
        return ended(Phase(row.phase))
    policy = books.policy(row.id)
    settled = challenges.settle(policy, books.learner, books.now_ms, prompts.draw(policy))
    holds.apply(books, settled, session_id=row.id)
    return None


def _refusal(books: StudyBooks, row: StudySession, given: GivenAnswer) -> AppError | None:
    challenge = books.learner.challenge
    if challenge is None or challenge.challenge_id != given.challenge_id:
        return _over(books)
    if given.signing.head != row.head:
        return out_of_step(row)
    if challenge.judging_until_ms is not None:
        return ConflictError("上一次的回答正在核对。", code="judging", remedy="请稍等片刻")
    if challenges.is_in_time(challenge, epoch_ms(given.arrived_at)):
        return None
    policy = books.policy(row.id)
    settled = challenges.lapse(policy, books.learner, challenge, prompts.draw(policy))
    holds.apply(books, settled, session_id=row.id)
    return _over(books)


def _over(books: StudyBooks) -> ConflictError:
    return ConflictError(
        "这次核对已经结束。", code="challenge_over", remedy="请按页面上新的提示操作",
        challenge=prompts.open_challenge_view(books), hold=books.learner.hold is not None,
    )  # fmt: skip


def judge(judges: Judges, begun: Begun, given: GivenAnswer, *, now: dt.datetime) -> Said:
    """Look at the answer; reads and writes nothing."""
    reply = given.reply
    if begun.check is not None:
        answered = CheckAnswer(
            code=reply.code, words=reply.words, roll_code=reply.roll_code,
            device_id=given.signing.device_id, nonce=reply.nonce, frames=reply.frames,
            trip=reply.trip,
        )  # fmt: skip
        judged = checks.judge(judges, begun.check, answered, now=now)
        return Said(SAID[judged.outcome], judged.evidence_hash, judged, begun.signed)
    if begun.puzzle is None:
        raise AssertionError("there is nothing to judge")
    is_right = presence.is_right(begun.puzzle, reply.taps, reply.digits)
    said = Answer.PASSED if is_right else Answer.WRONG
    head = given.signing.head
    evidence = f"{given.challenge_id}:{head}:{reply.taps}:{reply.digits}:{said}"
    return Said(said, hashlib.sha256(evidence.encode()).hexdigest(), signed=begun.signed)


def finish(
    db: Session, vault: Vault, given: GivenAnswer, said: Said, *, now: dt.datetime
) -> Answered:
    """Carry out what the answer means: releases, forfeitures, holds, the next prompt."""
    books = StudyBooks(db, given.learner_id, now)
    row = books.session_row(given.session_id)
    challenge = books.learner.challenge
    if challenge is None or challenge.challenge_id != given.challenge_id:
        return Answered(refusal=_over(books))
    policy = books.policy(row.id)
    said = _seen_enough(books, row.id, said)
    settled = answer(policy, books.learner, said.answer, books.now_ms, prompts.draw(policy))
    if settled.ruling is Ruling.PASSED and challenge.kind is ChallengeKind.IDENTITY:
        settled = replace(settled, learner=stand(settled.learner, given.signing.device_id))
    evidence = _keep(books, given, said, settled)
    holds.apply(books, settled, session_id=row.id, evidence=evidence)
    learnt = _learnt(db, vault, challenge.challenge_id, settled)
    _ask_on(books, row, vault, settled, tries=challenge.tries_left)
    books.store()
    body = _body(books, row, settled, challenge.kind) | {"learnt": learnt}
    if said.check is not None and said.check.problem and settled.ruling is not Ruling.PASSED:
        body["message"] = f"{said.check.problem}。{body['message']}"
    return Answered(body=body)


def _seen_enough(books: StudyBooks, session_id: str, said: Said) -> Said:
    """A pass that shows too little of a living person is none, and nobody's fault.

    One in a way that replaced the learner's own is for a person to look at.
    """
    if said.check is None or said.answer is not Answer.PASSED:
        return said
    looked_at = identity_ways.look_at_pass(books, session_id, said.check)
    if looked_at is said.check:
        return said
    is_doubted = looked_at.outcome is CheckOutcome.UNCERTAIN
    told = Answer.UNPROVEN if is_doubted else Answer.UNUSABLE
    return dataclasses.replace(said, answer=told, check=looked_at)


def _learnt(
    db: Session, vault: Vault, challenge_id: str, settled: Settled
) -> dict[str, Any] | None:
    """What a question was after: told after the pass only, a wrong answer shows nothing."""
    row = _row(db, challenge_id)
    if settled.ruling is not Ruling.PASSED or row.secret is None:
        return None
    return recalls.told(sealed.open_puzzle(vault, row.id, row.secret).question)


def _keep(books: StudyBooks, given: GivenAnswer, said: Said, settled: Settled) -> str:
    """The answer as evidence: what was judged is kept as a hash; returns what binds a release."""
    ruling, signing = settled.ruling or Ruling.RETRY, given.signing
    check_id = said.check.check_id if said.check else None
    row = StudyAnswer(
        id=new_id(books.now), learner_id=given.learner_id, challenge_id=given.challenge_id,
        number=rows.count_answers(books.db, given.challenge_id) + 1,
        arrived_at=given.arrived_at, head=signing.head, device_id=signing.device_id, signature="",
        outcome=said.answer.value, ruling=ruling.value, check_id=check_id,
        evidence_hash=said.evidence_hash,
    )  # fmt: skip
    if said.check is not None:
        checks.record_check(books.db, said.check, learner_id=given.learner_id, now=books.now)
    if said.signed is not None:
        signed = device_signatures.settle(
            books, said.signed, signing, challenge_id=given.challenge_id,
            passed_check_id=check_id if ruling is Ruling.PASSED else None,
        )  # fmt: skip
        if signed is not None:
            signed.put_into(row)
    books.db.add(row)
    return row.evidence_hash


def _ask_on(
    books: StudyBooks, row: StudySession, vault: Vault, settled: Settled, *, tries: int
) -> None:
    """Another try gets another prompt; what ended without a ruling is asked anew.

    An outage takes no try, and gives none back that was lost before it.
    """
    challenge = books.learner.challenge
    if challenge is not None:
        prompts.renew_prompt(books, _row(books.db, challenge.challenge_id), vault)
    elif settled.ruling is Ruling.RETRY:
        prompts.ask(books, row.id, ChallengeKind.IDENTITY, vault, tries=tries)
    else:
        prompts.raise_due(books, row.id, vault)


def request_check(
    db: Session, vault: Vault, *, learner_id: str, session_id: str, now: dt.datetime
) -> Answered:
    """Ask for an identity check now: to leave, to end a hold, to get a code again.

    Raises NotFoundError, and ForbiddenError where there is no way to be checked.
    """
    books = StudyBooks(db, learner_id, now)
    row = books.session_row(session_id)
    refusal = _let_time_decide(books, row)
    if refusal is None and books.learner.is_under_review:
        refusal = ConflictError(
            "正在人工核对，请等待结果。", code="under_review", remedy="结果会发到您的消息里"
        )
    if refusal is not None:
        books.store()
        return Answered(refusal=refusal)
    challenge = books.learner.challenge
    if challenge is not None and challenge.kind is ChallengeKind.IDENTITY:
        prompts.renew_prompt(books, _row(db, challenge.challenge_id), vault)
    else:
        prompts.ask(books, row.id, ChallengeKind.IDENTITY, vault)
    books.store()
    return Answered(body=_body(books, row, Settled(books.learner), ChallengeKind.IDENTITY))


def _body(
    books: StudyBooks, row: StudySession, settled: Settled, kind: ChallengeKind
) -> dict[str, Any]:
    learner = books.learner
    tries = learner.challenge.tries_left if learner.challenge else 0
    policy = books.policy(row.id)
    outcome = settled.ruling.value if settled.ruling else "asked"
    return {
        "outcome": outcome,
        "message": ruling_sentence(settled.ruling, kind, tries),
        "challenge": prompts.open_challenge_view(books),
        "hold": learner.hold is not None,
        "hold_reason": HOLDS[learner.hold] if learner.hold else None,
        "totals": asdict(totals(books.db, row.enrolment_id, now=books.now, policy=policy)),
    }
