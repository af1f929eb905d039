"""Questions on what was just shown: which of them may be asked now (R15)."""

from collections.abc import Sequence

from msgspec import Struct

from app.learning.rules.coverage import Intervals, clip, measure
from app.learning.rules.states import LearnerState

RECENT_MS = 300_000
"""How far back "just shown" reaches, in credited study."""
SEEN_PERCENT = 90
LEAST_CHOICES, MOST_CHOICES = 4, 6
LONGEST_STEM, LONGEST_CHOICE = 40, 20


class Question(Struct, frozen=True, kw_only=True):
    """A question on one stretch of a lesson; `answer` are the places of the right choices."""

    lesson_id: str
    lesson: str
    from_ms: int
    to_ms: int
    stem: str
    choices: tuple[str, ...]
    answer: tuple[int, ...]
    explanation: str


def fault(stem: str, choices: Sequence[str], answer: Sequence[int]) -> tuple[str, str] | None:
    """The field that cannot stand and why. A wrong choice at least: else all taps are right."""
    if not stem or len(stem) > LONGEST_STEM:
        return "stem", f"should have 1 to {LONGEST_STEM} characters"
    if not LEAST_CHOICES <= len(choices) <= MOST_CHOICES or len(set(choices)) != len(choices):
        return "choices", f"should be {LEAST_CHOICES} to {MOST_CHOICES}, each of them different"
    if any(not 0 < len(choice) <= LONGEST_CHOICE for choice in choices):
        return "choices", f"should have 1 to {LONGEST_CHOICE} characters each"
    is_known = set(answer) <= set(range(len(choices))) and len(set(answer)) == len(answer)
    if not is_known or not 0 < len(answer) < len(choices):
        return "answer", "should name one choice or several, but not all"
    return None


_FAULTS = {
    "stem": f"题目要有 1 到 {LONGEST_STEM} 个字",
    "choices": (
        f"要有 {LEAST_CHOICES} 到 {MOST_CHOICES} 个互不相同的选项，每个 1 到 {LONGEST_CHOICE} 个字"
    ),
    "answer": "至少有一个选项是对的，也至少有一个是错的",
}


def fault_in_words(
    stem: str, choices: Sequence[str], answer: Sequence[int]
) -> tuple[str, str] | None:
    """The same for whoever writes on a page."""
    found = fault(stem, choices, answer)
    return None if found is None else (found[0], _FAULTS[found[0]])


def recent(learner: LearnerState, enrolment_id: str) -> dict[str, Intervals]:
    """The last minutes of credited study since the last passed check, by lesson.

    Nothing is credited twice, so within a lesson what lies furthest is what came last.
    """
    left_ms = RECENT_MS
    found: dict[str, Intervals] = {}
    pieces = [
        piece
        for piece in learner.pending
        if piece.enrolment_id == enrolment_id and piece.pass_number == learner.pass_number
    ]
    for piece in sorted(pieces, key=lambda piece: piece.first_at_ms, reverse=True):
        last = _trailing(piece.stretches, left_ms)
        left_ms -= measure(last)
        found[piece.lesson_id] = tuple(sorted((*found.get(piece.lesson_id, ()), *last)))
    return found


def _trailing(stretches: Intervals, most_ms: int) -> Intervals:
    kept: list[tuple[int, int]] = []
    for start, end in reversed(stretches):
        if most_ms <= 0:
            break
        kept.append((max(start, end - most_ms), end))
        most_ms -= kept[-1][1] - kept[-1][0]
    return tuple(reversed(kept))


def is_fresh(question: Question, seen: dict[str, Intervals]) -> bool:
    """Whether nearly all of the question's stretch was among what was just credited."""
    asked_ms = question.to_ms - question.from_ms
    met = clip(seen.get(question.lesson_id, ()), question.from_ms, question.to_ms)
    return measure(met) * 100 >= asked_ms * SEEN_PERCENT


def wrapped(text: str, width: int) -> tuple[str, ...]:
    """Cut a text into lines of at most `width` characters, two narrow ones for one wide."""
    lines, line, used = [], "", 0
    for char in text:
        size = 1 if char.isascii() else 2
        if used + size > 2 * width:
            lines.append(line)
            line, used = "", 0
        line, used = line + char, used + size
    return (*lines, line) if line else tuple(lines)
