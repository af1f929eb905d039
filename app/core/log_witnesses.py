"""Cosignatures: configured witnesses say that they saw a checkpoint, and its past unchanged."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.core.checkpoints import (
    MalformedError,
    NoteSignature,
    VerifierKey,
    is_signed,
    parse_note,
    parse_signatures,
)
from app.core.errors import InvalidError
from app.core.log_reading import checkpoint_at
from app.core.translog import LogCosignature


def accept(db: Session, witnesses: Sequence[VerifierKey], *, size: int, lines: str) -> list[str]:
    """Keep the witnesses' lines under the checkpoint of `size`; returns who stands under it.

    The first line of a witness stays. All or none are taken: raises InvalidError for a line that
    cannot be read, of an unknown witness, or with a wrong signature; NotFoundError for a size at
    which no checkpoint was signed.
    """
    try:
        signatures = parse_signatures(lines)
    except MalformedError as error:
        raise InvalidError(
            "签名行无法读取。", field="/cosignatures", remedy="每行应为“— 名称 签名”"
        ) from error
    text, _ = parse_note(checkpoint_at(db, size).note)
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    for signature in signatures:
        _check(witnesses, text, signature)
        row = {
            "size": size, "witness": signature.name, "stamp": signature.stamp,
            "line": signature.line,
        }  # fmt: skip
        db.execute(insert(LogCosignature).values(row).on_conflict_do_nothing())
    under = select(LogCosignature.witness).where(LogCosignature.size == size)
    return list(db.scalars(under.order_by(LogCosignature.witness)))


def _check(witnesses: Sequence[VerifierKey], text: str, signature: NoteSignature) -> None:
    key = next((w for w in witnesses if w.name == signature.name), None)
    if key is None:
        raise InvalidError("不认识这位见证方。", field="/cosignatures", remedy="请核对见证方名称")
    if not is_signed(text, signature, key):
        raise InvalidError("见证方的签名不对。", field="/cosignatures", remedy="请对检查点重新签名")
