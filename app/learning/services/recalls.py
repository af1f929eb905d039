"""Questions on what a learner was just shown: which may be asked, and what is told afterwards."""

from typing import Any

from app.learning.models.catalogue import Lesson
from app.learning.repository import study as rows
from app.learning.rules.recall import Question, is_fresh, recent
from app.learning.services.study_books import StudyBooks


def fresh_questions(books: StudyBooks, session_id: str) -> list[Question]:
    """The questions whose stretch was credited in the last minutes since the last check (R15)."""
    enrolment_id = books.session_row(session_id).enrolment_id
    seen = recent(books.learner, enrolment_id)
    found = [rows.get_lesson(books.db, lesson_id) for lesson_id in sorted(seen)]
    asked = [each for lesson in found if lesson is not None for each in _questions(lesson)]
    return [question for question in asked if is_fresh(question, seen)]


def _questions(lesson: Lesson) -> list[Question]:
    title = f"第 {lesson.position} 课 {lesson.title}"
    return [
        Question(
            lesson_id=lesson.id, lesson=title, from_ms=row["from_ms"], to_ms=row["to_ms"],
            stem=row["stem"], choices=tuple(row["choices"]), answer=tuple(row["answer"]),
            explanation=row["explanation"],
        )
        for row in lesson.questions or []
    ]  # fmt: skip


def told(question: Question | None) -> dict[str, Any] | None:
    """After the pass: the right answer and where the lesson said it."""
    if question is None:
        return None
    return {
        "stem": question.stem, "explanation": question.explanation, "lesson": question.lesson,
        "right": [question.choices[place] for place in question.answer],
        "lesson_id": question.lesson_id, "from_ms": question.from_ms,
    }  # fmt: skip
