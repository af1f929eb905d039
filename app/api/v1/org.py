"""An employer's routes: staff, assignments, progress, proof of hours; and joining one."""

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response, status
from pydantic import Field

from app.api.answers import Answer
from app.api.files import JSON, PDF, XLSX, attached, gives
from app.api.lists import ListOut, way_on
from app.api.problems import READING, WRITING, may_raise
from app.core.errors import (
    UnavailableError,
)
from app.identity.rules.actors import Actor
from app.lobby.deps import Agent, CurrentActor, Db, Now, PartsDep, ReadDb
from app.lobby.letters import ONE_LINE, Body
from app.lobby.lists import AskedList
from app.lobby.outgoing import open_ways
from app.lobby.parts import Parts
from app.lobby.paths import Id, RowId
from app.lobby.sought import SearchText
from app.org.rules.organisations import StaffState
from app.org.services import (
    assignments,
    invitations,
    progress,
    proofs,
    reminders,
    staff,
    staff_views,
    statements,
)
from app.org.services.staff import Correction, NewStaff, Seen

router = APIRouter(tags=["employers"])
PageNumber = Annotated[int, Query(ge=1, le=10_000)]
_Line = Annotated[str, Field(max_length=60, pattern=ONE_LINE)]
_Unit = Annotated[str, Field(max_length=200, pattern=ONE_LINE)]


class StaffIn(Body):
    name: Annotated[str, Field(min_length=1, max_length=60)]
    document_number: Annotated[str, Field(min_length=1, max_length=40)]
    unit: _Unit = ""
    position: _Line = ""


class CorrectionIn(Body):
    """An empty document number leaves the one that was entered.

    `seen_…` is what stood there when the form was opened: what is like it is not written, and what
    somebody else has changed since, to something else, is 409 `changed_meanwhile`.
    """

    name: Annotated[str, Field(min_length=1, max_length=60)]
    document_number: Annotated[str, Field(max_length=40)] = ""
    unit: _Unit = ""
    position: _Line = ""
    seen_name: Annotated[str, Field(max_length=60)] | None = None
    seen_unit: _Unit | None = None
    seen_position: _Line | None = None


class StaffOut(Answer):
    """`entered_name` is what the employer had written, where the person proved another name."""

    staff_id: str
    name: str
    entered_name: str
    masked_number: str
    unit: str
    position: str
    state: str
    state_name: str
    invited_at: dt.datetime
    joined_at: dt.datetime | None
    tags: list[str] = Field(default=[])


class StaffPageOut(ListOut):
    items: list[StaffOut]


class ReminderIn(Body):
    staff_id: Id
    course_id: Id


class AssignmentOut(Answer):
    assignment_id: str
    course_id: str
    course_title: str
    due_on: dt.date
    assigned_at: dt.datetime
    staff_count: int
    begun_count: int


class ProgressOut(Answer):
    staff_id: str
    name: str
    unit: str
    course_id: str
    course_title: str
    round: int
    due_on: dt.date | None
    state: str
    state_name: str
    confirmed_ms: int
    pending_ms: int
    required_ms: int | None
    exam_passed: bool
    completed_at: dt.datetime | None


class AcceptIn(Body):
    shows_all_courses: bool = False


@router.get("/org/staff", responses=READING)
def list_staff(
    actor: Agent,
    db: ReadDb,
    parts: PartsDep,
    asked: AskedList,
    q: SearchText = "",
    state: Literal["", "invited", "joined"] = "",
) -> StaffPageOut:
    """List the roster of the caller's organisation; `sort` is unit, position or invited."""
    wanted = StaffState(state) if state else None
    found = staff_views.list_staff(db, parts.vault, actor, asked, query=q, state=wanted)
    items = [StaffOut.model_validate(view) for view in found.items]
    return StaffPageOut(items=items, **way_on(found))


@router.post("/org/staff", status_code=status.HTTP_201_CREATED, responses=WRITING)
def add_staff(body: StaffIn, actor: Agent, db: Db, parts: PartsDep, now: Now) -> StaffOut:
    """Put a person on the roster; they join once they accept."""
    new = NewStaff(
        name=body.name, document_number=body.document_number, unit=body.unit,
        position=body.position,
    )  # fmt: skip
    view = staff.add_staff(db, parts.vault, actor, new, org_id=None, now=now)
    return StaffOut.model_validate(view)


@router.put("/org/staff/{staff_id}", responses=WRITING)
def correct_staff(
    staff_id: RowId, body: CorrectionIn, actor: Agent, db: Db, parts: PartsDep, now: Now
) -> StaffOut:
    """Correct a line of the roster; name and number only until the person has joined."""
    given = Correction(
        name=body.name, document_number=body.document_number, unit=body.unit,
        position=body.position,
        seen=Seen(name=body.seen_name, unit=body.seen_unit, position=body.seen_position),
    )  # fmt: skip
    view = staff.correct_staff(db, parts.vault, actor, staff_id, given, now=now)
    return StaffOut.model_validate(view)


@router.delete("/org/staff/{staff_id}", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING)
def remove_staff(staff_id: RowId, actor: Agent, db: Db, now: Now) -> None:
    """Take a person off the roster; hours and courses stay the person's own."""
    staff.remove_staff(db, actor, staff_id, now=now)


@router.get("/org/assignments", responses=READING)
def list_assignments(actor: Agent, db: ReadDb, page: PageNumber = 1) -> list[AssignmentOut]:
    """List what was assigned, the newest first."""
    found = assignments.list_assignments(db, actor, page=page)
    return [AssignmentOut.model_validate(view) for view in found.items]


@router.post("/org/reminders", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING)
def remind(body: ReminderIn, actor: Agent, db: Db, parts: PartsDep, now: Now) -> None:
    """Remind one person of one course, at most once a day."""
    reminders.remind(
        db, actor, staff_id=body.staff_id, course_id=body.course_id,
        open_ways=open_ways(parts), now=now,
    )  # fmt: skip


@router.get("/org/progress", responses=READING)
def list_progress(
    actor: Agent, db: ReadDb, parts: PartsDep, now: Now, page: PageNumber = 1
) -> list[ProgressOut]:
    """Tell how every assignment stands today."""
    table = progress.progress_table(db, parts.vault, actor, page=page, now=now)
    return [ProgressOut.model_validate(row) for row in table.rows.items]


def _file(media_type: str) -> dict[int | str, dict[str, Any]]:
    """Document a file and what may keep an employer from it."""
    return gives(media_type) | WRITING | may_raise(UnavailableError)


@router.get("/org/staff/{staff_id}/proof.pdf", response_class=Response, responses=_file(PDF))
def read_proof(staff_id: RowId, actor: Agent, parts: PartsDep, now: Now) -> Response:
    """The proof of hours of one's own staff, to print."""
    sheet = _proof(parts, actor, staff_id, now)
    return attached(
        proofs.as_pdf(sheet, address=parts.settings.public_url), PDF, f"{sheet.number}.pdf"
    )


@router.get("/org/staff/{staff_id}/proof.xlsx", response_class=Response, responses=_file(XLSX))
def read_proof_table(staff_id: RowId, actor: Agent, parts: PartsDep, now: Now) -> Response:
    """The same as a table."""
    sheet = _proof(parts, actor, staff_id, now)
    return attached(proofs.as_xlsx(sheet), XLSX, f"{sheet.number}.xlsx")


@router.get("/org/staff/{staff_id}/proof.json", response_class=Response, responses=_file(JSON))
def read_proof_statement(staff_id: RowId, actor: Agent, parts: PartsDep, now: Now) -> Response:
    """The same as a signed file, with where the ledger stands."""
    with parts.database.transaction() as db:
        sheet = _sheet(db, parts, actor, staff_id, now)
        content = statements.as_json(db, parts.keys, sheet, now=now)
    return attached(content, JSON, f"{sheet.number}.json")


def _proof(parts: Parts, actor: Actor, staff_id: str, now: dt.datetime) -> proofs.ProofSheet:
    with parts.database.transaction() as db:
        return _sheet(db, parts, actor, staff_id, now)


def _sheet(
    db: Db, parts: Parts, actor: Actor, staff_id: str, now: dt.datetime
) -> proofs.ProofSheet:
    return proofs.make_proof(
        db, parts.vault, parts.keys, actor, staff_id,
        operator=parts.settings.filing.operator, now=now,
    )  # fmt: skip


@router.post(
    "/me/employers/{org_id}/acceptance", status_code=status.HTTP_204_NO_CONTENT,
    responses=WRITING,
)  # fmt: skip
def accept_employer(
    *, org_id: RowId, body: AcceptIn, actor: CurrentActor, db: Db, parts: PartsDep, now: Now
) -> None:
    """Join an employer that asked; what it assigned begins now."""
    invitations.accept_employer(
        db, parts.vault, actor, org_id, shows_all_courses=body.shows_all_courses, now=now
    )


@router.delete("/me/employers/{org_id}", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING)
def leave_employer(org_id: RowId, actor: CurrentActor, db: Db, parts: PartsDep, now: Now) -> None:
    """Leave an employer, or turn its invitation down; it sees nothing of the person any more."""
    invitations.leave_employer(db, parts.vault, actor, org_id, now=now)
