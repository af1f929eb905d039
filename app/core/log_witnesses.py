"""Cosignatures: configured witnesses say that they saw a checkpoint, and its past unchanged."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.core.checkpoints import (
    MalformedError,
    NoteSignature,
    VerifierKey,
    is_signed,
    parse_note,
    parse_signature,
    parse_signatures,
)
from app.core.errors import InvalidError
from app.core.log_reading import checkpoint_at
from app.core.translog import LogCosignature


def accept(db: Session, witnesses: Sequence[VerifierKey], *, size: int, lines: str) -> list[str]:
    """Keep the witnesses' lines under the checkpoint of `size`; returns who stands under it.

    Name and hash say which key signed (c2sp.org/signed-note): a witness may have several of one
    name, and the first line by each stays. All or none are taken: raises InvalidError for a line
    that cannot be read, by an unknown key, or with a wrong signature; NotFoundError for a size at
    which no checkpoint was signed.
    """
    try:
        signatures = parse_signatures(lines)
    except MalformedError as error:
        raise InvalidError(
            "签名行无法读取。", field="/cosignatures", remedy="每行应为“— 名称 签名”"
        ) from error
    text, _ = parse_note(checkpoint_at(db, size).note)
    by_key = {key.key_id: key for key in witnesses}
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    under = _under(db, size)
    for signature in signatures:
        _check(by_key, text, signature)
        if signature.key_id in under:
            continue  # the column of a line from before has the name alone: no conflict says so
        row = {
            "size": size, "witness": signature.key_id, "stamp": signature.stamp,
            "line": signature.line,
        }  # fmt: skip
        db.execute(insert(LogCosignature).values(row).on_conflict_do_nothing())
    return sorted({each.name for each in _under(db, size).values()})


def _under(db: Session, size: int) -> dict[str, NoteSignature]:
    """The lines under a checkpoint, by the keys that signed them."""
    kept = db.scalars(select(LogCosignature.line).where(LogCosignature.size == size))
    lines = (parse_signature(line.removesuffix("\n")) for line in kept)
    return {each.key_id: each for each in lines}


def _check(by_key: Mapping[str, VerifierKey], text: str, signature: NoteSignature) -> None:
    key = by_key.get(signature.key_id)
    if key is None:
        if signature.name in {known.name for known in by_key.values()}:
            raise InvalidError(
                "这位见证方没有登记这把密钥。",
                field="/cosignatures",
                remedy="请先把它的新公钥加进见证方配置，旧的保留",
            )
        raise InvalidError("不认识这位见证方。", field="/cosignatures", remedy="请核对见证方名称")
    if not is_signed(text, signature, key):
        raise InvalidError("见证方的签名不对。", field="/cosignatures", remedy="请对检查点重新签名")
