"""Which of a learner's ways of proving identity will do, and whether what a pass shows is enough.

A pass releases everything that waits (R11), so what it must show is decided by the session in which
it is asked *and* by every session whose time waits for it.
"""

import dataclasses
from collections.abc import Iterator

from app.core.errors import ForbiddenError
from app.identity.rules.checks import CheckOutcome
from app.identity.services import checks, ways
from app.identity.services.checks import CheckJudgement
from app.learning.rules.policy import StudyPolicy
from app.learning.services.study_books import StudyBooks

_NOT_ENOUGH = "规定只认经认证的核身方，请到“我的”里换一种核对方式"


def method_for(books: StudyBooks, session_id: str) -> str | None:
    """The learner's way of proving identity now, where it will do; the first that should be."""
    policy, waiting = books.policy(session_id), list(_waiting(books, session_id))
    for method in checks.methods_for(books.db, books.learner_id, now=books.now):
        if policy.takes_method(method) and all(each.takes_face(method) for each in waiting):
            return method
    return None


def no_way(books: StudyBooks, session_id: str) -> ForbiddenError:
    """Why the learner cannot be asked, and what they can do about it."""
    chosen = checks.methods_for(books.db, books.learner_id, now=books.now)
    if any(not books.policy(session_id).takes_face(method) for method in chosen):
        return ForbiddenError(
            "这门课的人脸核对只认经认证的核身方。", code="no_identity_method",
            remedy="请到“我的”里撤回人脸同意，再选一种核对方式",
        )  # fmt: skip
    return ForbiddenError(
        "您还没有可用的身份核对方式。", code="no_identity_method",
        remedy="请先在“我的”里录入人脸，或设置验证码和保密问题",
    )  # fmt: skip


def look_at_pass(books: StudyBooks, session_id: str, judged: CheckJudgement) -> CheckJudgement:
    """Say why a pass by the face shows too little here; one that is enough comes back as it was.

    One in a way that replaced the learner's own is uncertain, whatever it shows.
    A check that was asked in another session comes along with the learner (R19).
    """
    policies = [books.policy(session_id), *_waiting(books, session_id)]
    if all(policy.takes_liveness(judged.liveness) for policy in policies):
        is_doubted = ways.is_doubted(books.db, judged.check_id)
        return dataclasses.replace(judged, outcome=CheckOutcome.UNCERTAIN) if is_doubted else judged
    return dataclasses.replace(judged, problem=_NOT_ENOUGH)


def _waiting(books: StudyBooks, session_id: str) -> Iterator[StudyPolicy]:
    for other in sorted({piece.session_id for piece in books.learner.pending} - {session_id}):
        yield books.policy(other)
