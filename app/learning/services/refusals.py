"""Refusals of the study protocol that more than one way into a session can meet."""

from app.core.errors import ConflictError
from app.learning.models.study import StudySession
from app.learning.rules.states import Phase


def ended(phase: Phase) -> ConflictError:
    """The session is over: by itself, or because another one was opened."""
    if phase is Phase.SUPERSEDED:
        return ConflictError(
            "您在别处打开了学习，这里已停止计时。",
            code="superseded",
            remedy="要在这里继续，请点“在这里继续学习”",
        )
    return ConflictError("这次学习已结束。", code="closed", remedy="请点“继续学习”重新进入")


def out_of_step(row: StudySession) -> ConflictError:
    """The client's head or numbers do not follow; it signs its unsent beats again from here."""
    return ConflictError(
        "上报的顺序对不上，页面会自动重新对齐。",
        code="out_of_step",
        expected_seq=row.ack_seq + 1,
        head=row.head,
    )
