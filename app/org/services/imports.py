"""Importing a roster: the file is looked at, then taken over when somebody says so, or undone."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import outbox
from app.core.crypto import Vault
from app.core.errors import ConflictError, NotFoundError
from app.core.ids import new_id
from app.core.listing import FROM_START, Asked, Piece, as_piece
from app.identity.rules.actors import Actor
from app.identity.services import person_keys
from app.org.models.imports import RosterImport
from app.org.repository import imports as import_rows
from app.org.repository import organisations as organisation_rows
from app.org.rules.duties import Power
from app.org.rules.imports import (
    INLINE_BYTES,
    STATE_NAMES,
    UNDER_WAY,
    WITHOUT_TRACE,
    Finding,
    ImportState,
    may_be_undone,
)
from app.org.services.import_looking import LOOK
from app.org.services.import_pieces import context_of
from app.org.services.import_undoing import TAKE_BACK
from app.org.services.import_writing import WRITE
from app.org.services.organisations import acting_for
from app.org.services.paging import SIZE, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportView:
    """One import. `percent` says how far the worker is, as far as that is known."""

    import_id: str
    file_name: str
    made_at: dt.datetime
    state: ImportState
    state_name: str
    is_under_way: bool
    trouble: str | None
    remarks: str
    lines: int
    faulty: int
    fresh: int
    changed: int
    unchanged: int
    new_places: int
    kept: int
    lines_done: int
    percent: int | None
    may_be_undone: bool
    done_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class FindingView:
    """A fault with its remedy, or a change; `cell` as a spreadsheet names it."""

    row: int
    cell: str
    cause: str
    remedy: str


def begin(
    db: Session, vault: Vault, actor: Actor, *, content: bytes, file_name: str, now: dt.datetime
) -> tuple[str, bool]:
    """Take a file in; returns the import's id, and whether it is small enough to look at at once.

    Raises ConflictError while another import of the organisation is under way.
    """
    organisation = acting_for(db, actor, Power.KEEP_STAFF)
    organisation_rows.lock_organisation(db, organisation.org_id)
    if import_rows.unfinished(db, organisation.org_id) is not None:
        raise ConflictError(
            "上一份名单还在处理。", code="import_under_way", remedy="请等它完成后再导入下一份"
        )
    own = person_keys.sealing_vault_of(db, vault, actor.learner_id, now=now)
    import_id = new_id(now)
    db.add(
        RosterImport(
            id=import_id, org_id=organisation.org_id, made_by=actor.learner_id, made_at=now,
            file_name=file_name[-120:] or "名单", state=ImportState.READING,
            file_sealed=own.seal_bytes(content, context=context_of(import_id)),
        )
    )  # fmt: skip
    db.flush()
    is_small = len(content) <= INLINE_BYTES
    if not is_small:
        outbox.enqueue(db, LOOK, now=now, key=f"{LOOK}:{import_id}", import_id=import_id)
    return import_id, is_small


def _own(db: Session, org_id: str, import_id: str) -> RosterImport:
    row = import_rows.get_import(db, org_id, import_id)
    if row is None:
        raise NotFoundError("没有这次导入。", remedy="请从导入记录重新进入")
    return row


def view(db: Session, actor: Actor, import_id: str, *, now: dt.datetime) -> ImportView:
    """One import of the caller's organisation. Raises NotFoundError."""
    organisation = acting_for(db, actor, Power.SEE_STAFF)
    return _view(_own(db, organisation.org_id, import_id), now)


def list_imports(
    db: Session, actor: Actor, asked: Asked = FROM_START, *, query: str = "", now: dt.datetime
) -> Piece[ImportView]:
    """What was imported, the newest first; `query` is a part of a file's name.

    Raises InvalidError for /sort and /at.
    """
    own_id = acting_for(db, actor, Power.SEE_STAFF).org_id
    found = import_rows.list_imports(db, own_id, query.strip(), asked)
    return as_piece([_view(row, now) for row in found.items], found)


def findings(
    db: Session, actor: Actor, import_id: str, kind: Finding, *, page: int
) -> Page[FindingView]:
    """What is wrong in a file, or what it would change, in the order of its rows."""
    organisation = acting_for(db, actor, Power.KEEP_STAFF)
    row = _own(db, organisation.org_id, import_id)
    found, total = import_rows.list_findings(db, row.id, kind, offset=(page - 1) * SIZE, limit=SIZE)
    views = tuple(FindingView(each.row, each.cell, each.cause, each.remedy) for each in found)
    return Page(views, page, total)


def confirm(
    db: Session, actor: Actor, import_id: str, *, only_good: bool, now: dt.datetime
) -> None:
    """Take an import over, by the worker.

    Raises ConflictError where it does not wait for that, or has faults that were not left out.
    """
    organisation = acting_for(db, actor, Power.KEEP_STAFF)
    organisation_rows.lock_organisation(db, organisation.org_id)
    row = _own(db, organisation.org_id, import_id)
    if row.state != ImportState.READY:
        raise ConflictError(
            f"这次导入的状态是“{STATE_NAMES[ImportState(row.state)]}”，不能确认。",
            code="import_state", remedy="请刷新页面",
        )  # fmt: skip
    if row.faulty and not only_good:
        raise ConflictError(
            f"有 {row.faulty} 行填写有误。", code="import_faulty",
            remedy="请改好表格重新上传，或者选“只导入没有问题的行”",
        )  # fmt: skip
    row.state, row.only_good, row.lines_done = ImportState.WRITING, only_good, 0
    # From here on it counts those that are made.
    row.confirmed_by, row.new_places = actor.learner_id, 0
    outbox.enqueue(db, WRITE, now=now, key=f"{WRITE}:{row.id}", import_id=row.id)
    db.flush()


def drop(db: Session, actor: Actor, import_id: str) -> None:
    """Leave an import, also while it is looked at; its file is deleted.

    Raises ConflictError once it is taken over.
    """
    organisation = acting_for(db, actor, Power.KEEP_STAFF)
    row = _own(db, organisation.org_id, import_id)
    if row.state not in WITHOUT_TRACE:
        raise ConflictError(
            "这次导入已经开始，不能放弃。", code="import_state", remedy="导入完成后可以撤销"
        )
    row.state, row.file_sealed = ImportState.DROPPED, None
    import_rows.drop_findings(db, row.id)


def undo(db: Session, actor: Actor, import_id: str, *, now: dt.datetime) -> None:
    """Take a whole import back, by the worker. Raises ConflictError after its day."""
    organisation = acting_for(db, actor, Power.KEEP_STAFF)
    organisation_rows.lock_organisation(db, organisation.org_id)
    row = _own(db, organisation.org_id, import_id)
    if not may_be_undone(ImportState(row.state), row.done_at, now):
        raise ConflictError(
            "这次导入不能撤销：只能在导入后 24 小时内撤销一次。", code="import_state",
            remedy="请在员工名单里逐个更正或移出",
        )  # fmt: skip
    row.state, row.lines_done, row.kept = ImportState.UNDOING, 0, 0
    row.undone_by = actor.learner_id
    outbox.enqueue(db, TAKE_BACK, now=now, key=f"{TAKE_BACK}:{row.id}", import_id=row.id)
    db.flush()


def _view(row: RosterImport, now: dt.datetime) -> ImportView:
    state = ImportState(row.state)
    of = row.fresh + row.changed if state is ImportState.UNDOING else row.lines
    return ImportView(
        import_id=row.id, file_name=row.file_name, made_at=row.made_at, state=state,
        state_name=STATE_NAMES[state], is_under_way=state in UNDER_WAY, trouble=row.trouble,
        remarks=row.remarks,
        lines=row.lines, faulty=row.faulty, fresh=row.fresh, changed=row.changed,
        unchanged=row.unchanged, new_places=row.new_places, kept=row.kept,
        lines_done=row.lines_done,
        percent=_percent(state, row.lines_done, of),
        may_be_undone=may_be_undone(state, row.done_at, now), done_at=row.done_at,
    )  # fmt: skip


def _percent(state: ImportState, done: int, of: int) -> int | None:
    """How many lines there are is known only once the file was looked at."""
    if state not in UNDER_WAY or state is ImportState.READING:
        return None
    return min(99, done * 100 // max(1, of))
