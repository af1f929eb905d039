"""A row of the register for whoever asks for it, or the refusal in words that they can act on."""

from app.certs.models import Certificate
from app.core.errors import NotFoundError


def found(row: Certificate | None) -> Certificate:
    """For the desk, which may see those that are not handed out yet. Raises NotFoundError."""
    if row is None:
        raise NotFoundError("没有这张证书。", remedy="请核对证书编号")
    return row


def handed_out(row: Certificate | None) -> Certificate:
    """For the desk, once its holder has it. Raises NotFoundError."""
    return found(row if row is not None and row.ready_at is not None else None)


def own(row: Certificate | None, learner_id: str) -> Certificate:
    """For its holder, once they have it. Raises NotFoundError for anybody else's, too."""
    if row is None or row.learner_id != learner_id or row.ready_at is None:
        raise NotFoundError("没有这张证书。", remedy="请从“我的证书”进入")
    return row
