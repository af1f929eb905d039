"""The matrix as files: what an address shows on the page, whole, in the same order and words."""

import datetime as dt
from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.db import Database
from app.core.errors import ConflictError
from app.core.sheet_stream import Look, Styled, stream
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import SHANGHAI
from app.org.providers import typesetting
from app.org.repository import matrix as rows
from app.org.rules.matrix import STATE_NAMES, Place
from app.org.rules.standings import Light
from app.org.services import matrix
from app.org.services.matrix import Line, Sheet

MOST_PRINTED = 500
"""People of a PDF: some thirty pages."""
MOST_PRINTED_COURSES = 12
HEADING = ("姓名", "部门", "岗位", "状态", "完成", "共需")
_WIDTHS = (12, 18, 14, 12, 8, 8)
_COURSE_WIDTH = 18
_PIECE = 500
_LOOKS = {
    Light.GREEN: Look.GREEN, Light.AMBER: Look.AMBER, Light.RED: Look.RED, Light.BLUE: Look.BLUE,
    Light.GREY: Look.PLAIN,
}  # fmt: skip


def note_export(db: Session, sheet: Sheet, actor: Actor, *, form: str, now: dt.datetime) -> None:
    """Write down who takes how everybody stands out of the house, and which part of it."""
    audit.record(
        db, "assignment.exported", now=now, actor_id=actor.learner_id, subject_id=sheet.org_id,
        form=form, columns=len(sheet.columns), is_whole=sheet.wanted.state is None,
    )  # fmt: skip


def as_xlsx(database: Database, vault: Vault, sheet: Sheet) -> Iterator[bytes]:
    """The table in pieces; a few hundred people are in memory at a time, and no lock is held."""
    widths = (*_WIDTHS, *(_COURSE_WIDTH for _ in sheet.columns))
    return stream("学习进度", widths, _rows(database, vault, sheet))


def _rows(database: Database, vault: Vault, sheet: Sheet) -> Iterator[Sequence[Styled]]:
    titles = (*HEADING, *(column.title for column in sheet.columns))
    yield [(title, Look.HEADING) for title in titles]
    for line in _every_line(database, vault, sheet):
        yield [
            (line.name, Look.PLAIN), (line.unit, Look.PLAIN), (line.position, Look.PLAIN),
            (line.says, _LOOKS[line.light]), (line.done, Look.PLAIN), (line.asked, Look.PLAIN),
            *((cell.says, _LOOKS[cell.light]) for cell in line.cells),
        ]  # fmt: skip


def _every_line(database: Database, vault: Vault, sheet: Sheet) -> Iterator[Line]:
    """Piece by piece, each of one moment: whoever moves meanwhile may stand twice or not at all."""
    place: Place | None = None
    while True:
        with database.reading() as db:
            people = rows.people(db, sheet.org_id, sheet.wanted, sheet.found, place, _PIECE)
            found = list(matrix.lines(db, vault, sheet, people))
        yield from found
        if len(people) < _PIECE:
            return
        place = Place(people[-1].id)


def check_printable(db: Session, sheet: Sheet) -> None:
    """A PDF is for reading on paper. Raises ConflictError for what no paper holds."""
    people = matrix.count(db, sheet)
    if people is None or people > MOST_PRINTED or len(sheet.columns) > MOST_PRINTED_COURSES:
        raise ConflictError(
            f"PDF 最多 {MOST_PRINTED} 人、{MOST_PRINTED_COURSES} 门课，这张表放不下。",
            code="too_large", remedy="请先按部门或状态筛选、少选几门课，或者导出 Excel",
        )  # fmt: skip


def as_pdf(
    database: Database, vault: Vault, sheet: Sheet, *, employer: str, operator: str,
    now: dt.datetime,
) -> bytes:  # fmt: skip
    """Typeset; slow, so never inside a transaction."""
    content = {
        "employer": employer, "operator": operator, "made_on": sheet.found.today.isoformat(),
        "made_at": now.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
        "filters": _said(sheet), "titles": [column.title for column in sheet.columns],
        "lines": [
            {
                "name": line.name, "unit": line.unit, "position": line.position,
                "says": line.says, "light": line.light.value,
                "done": f"{line.done}/{line.asked}",
                "cells": [[cell.light.value, cell.says] for cell in line.cells],
            }
            for line in _every_line(database, vault, sheet)
        ],
    }  # fmt: skip
    return typesetting.typeset_matrix(content)


def _said(sheet: Sheet) -> list[str]:
    """What was filtered by, so that a paper says what it leaves out."""
    asked = sheet.wanted
    parts = [
        ("部门", asked.unit), ("岗位", asked.position), ("标签", asked.tag), ("查找", asked.text),
        ("状态", STATE_NAMES[asked.state] if asked.state else ""),
    ]  # fmt: skip
    return [f"{name}：{value}" for name, value in parts if value]
