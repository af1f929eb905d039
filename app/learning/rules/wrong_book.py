"""One's own wrong answers (错题本): when they may be seen, and when a question leaves the book."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.learning.rules.policy import StudyPolicy

RIGHT_RUN = 2
"""A question leaves the book when it was right so often in a row since it was last wrong."""
_PENDING = frozenset({"open", "marking", "held"})


@dataclass(frozen=True, slots=True)
class Try:
    tried_at: dt.datetime
    is_right: bool


def is_window_closed(
    policy: StudyPolicy, states: Collection[str], passed: Collection[bool]
) -> bool:
    """Whether the keys of an exam's questions may be told its learner: nothing of it is to come.

    `states` and `passed` are those of all attempts of an enrolment. Whoever may sit again would be
    told, by trying, what the next paper asks; unless the policy shows keys after each paper.
    """
    if not states or _PENDING & set(states):
        return False
    if policy.exam_shows == "all" or any(passed):
        return True
    return policy.exam_total is not None and len(states) >= policy.exam_total


def right_run(wrong_at: dt.datetime, tries: Sequence[Try]) -> int:
    """How often in a row it was right since it was last wrong, in an exam or in the book."""
    run = 0
    for each in sorted(tries, key=lambda each: each.tried_at):
        if each.tried_at >= wrong_at:
            run = run + 1 if each.is_right else 0
    return run


def is_in_book(wrong_at: dt.datetime, tries: Sequence[Try]) -> bool:
    return right_run(wrong_at, tries) < RIGHT_RUN
