"""The way without a face: choosing three questions, and keeping hashes of the answers."""

import datetime as dt
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.crypto import KeyRing
from app.core.errors import ConflictError, InvalidError
from app.core.ids import new_id
from app.identity.models.checks import SecretAnswer
from app.identity.repository import people as person_rows
from app.identity.rules import questions
from app.identity.services import ways

CODE_AND_QUESTIONS = "code_and_questions"


@dataclass(frozen=True, slots=True)
class QuestionView:
    question_id: str
    text: str


def choices() -> tuple[QuestionView, ...]:
    """Return the questions there are to choose from."""
    return tuple(QuestionView(key, text) for key, text in questions.QUESTIONS.items())


def answer_hash(keys: KeyRing, learner_id: str, question: str, answer: str) -> str:
    text = f"{learner_id}:{question}:{questions.normalise(answer)}"
    return hmac.new(keys.secret("answers"), text.encode(), "sha256").hexdigest()


def set_answers(
    db: Session,
    keys: KeyRing,
    *,
    learner_id: str,
    answers: Sequence[tuple[str, str]],
    now: dt.datetime,
) -> None:
    """Keep a person's answers; from then on they are checked by code and question.

    Raises ConflictError before the name is proven, or where a way was chosen already: it is
    changed only by giving it up or by a person. Raises InvalidError that names the answer.
    """
    person = person_rows.by_id(db, learner_id)
    if person is None or person.verified_at is None:
        raise ConflictError("请先完成实名认证。", code="not_verified", remedy="先填写姓名和证件号")
    ways.require_none(person)
    _check(answers)
    ways.choose(db, person, CODE_AND_QUESTIONS, now=now)
    for question, answer in answers:
        row = SecretAnswer(
            id=new_id(now), person_id=learner_id, question=question, set_at=now,
            answer_hash=answer_hash(keys, learner_id, question, answer),
        )  # fmt: skip
        db.add(row)


def _check(answers: Sequence[tuple[str, str]]) -> None:
    if len(answers) != questions.ASKED:
        raise InvalidError(f"请选 {questions.ASKED} 个问题并作答。", field="/answers")
    seen_questions: set[str] = set()
    seen_answers: set[str] = set()
    for index, (question, answer) in enumerate(answers):
        place = f"/answers/{index}"
        if question not in questions.QUESTIONS or question in seen_questions:
            raise InvalidError(
                "请选三个不同的问题。", field=f"{place}/question", remedy="换一个没有选过的问题"
            )
        if not questions.is_usable(answer):
            raise InvalidError(
                f"答案应为 {questions.LEAST_LETTERS} 到 {questions.MOST_LETTERS} 个字。",
                field=f"{place}/answer",
            )
        if questions.normalise(answer) in seen_answers:
            raise InvalidError(
                "三个答案不能相同。", field=f"{place}/answer", remedy="请把每个问题的答案写得不一样"
            )
        seen_questions.add(question)
        seen_answers.add(questions.normalise(answer))
