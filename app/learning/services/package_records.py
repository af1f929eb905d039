"""What packages keep for a learner: their own data, and what they say of themselves.

Kept for the learner's open session and shown as told by the package. Nothing here touches
coverage, pending time or the ledger (`tests/architecture/test_packages_earn_nothing.py`).
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.core.first_rows import add_first
from app.learning.models.packages import PackageRecord
from app.learning.repository import packages as rows
from app.learning.repository import study as study_rows
from app.learning.repository import versions
from app.learning.repository.packages import Whose
from app.learning.rules import cmi, xapi
from app.learning.rules.cmi import CmiFlawError, Told
from app.learning.rules.package_manifests import CMI5
from app.learning.rules.states import Phase

CMI, STATEMENT = "cmi", "statement"
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class PartTold:
    """What the package says of one of its parts, from 1."""

    part: int
    status: str
    score: str


def values_of(db: Session, whose: Whose) -> dict[str, str]:
    """The run-time data that a part kept; empty before it kept any."""
    row = rows.record(db, whose, CMI, "")
    found: dict[str, str] = json.loads(row.content) if row else {}
    return found


def keep_values(
    db: Session, session_id: str, lesson_id: str, part: int, values: Mapping[str, str],
    *, learner_id: str, now: dt.datetime,
) -> None:  # fmt: skip
    """Keep what a part wrote; `part` counts from 0.

    Raises NotFoundError, ConflictError where the session is over, InvalidError naming the element.
    """
    whose, standard = _place(db, session_id, lesson_id, part, learner_id)
    if not values:
        return
    row = held(db, whose, CMI, "", _JSON, now=now)
    try:
        whole = cmi.merged(standard, json.loads(row.content or "{}"), values)
    except CmiFlawError as flaw:
        raise InvalidError(
            f"{flaw}，没有保存。", field=f"/values/{flaw.element}", code="package_data",
            remedy="学时不受影响；请告诉开课的机构检查课件",
        ) from None  # fmt: skip
    row.content, row.at = json.dumps(whole, ensure_ascii=False), now
    db.flush()


def held(
    db: Session, whose: Whose, kind: str, name: str, content_type: str, *, now: dt.datetime
) -> PackageRecord:
    """The record of this name, made where there is none, and held until the transaction ends."""
    found = rows.record_to_change(db, whose, kind, name)
    if found is not None:
        return found
    learner_id, enrolment_id, lesson_id, part = whose
    add_first(
        db,
        PackageRecord(
            learner_id=learner_id, enrolment_id=enrolment_id, lesson_id=lesson_id, part=part,
            kind=kind, name=name, content="", content_type=content_type, at=now,
        ),
    )  # fmt: skip
    again = rows.record_to_change(db, whose, kind, name)
    if again is None:
        raise _missing()
    return again


def told_of(
    db: Session, session_id: str, lesson_id: str, *, learner_id: str
) -> tuple[PartTold, ...]:
    """What the parts of a lesson say of themselves. Raises NotFoundError."""
    session = study_rows.get_session(db, session_id)
    lesson = study_rows.get_lesson(db, lesson_id)
    if session is None or lesson is None or session.learner_id != learner_id:
        raise _missing()
    package = rows.package(db, lesson.asset_id) if lesson.asset_id else None
    if package is None:
        raise _missing()
    kept = rows.of_lesson(db, learner_id, session.enrolment_id, lesson_id, (CMI, STATEMENT))
    by_part: dict[int, list[PackageRecord]] = {}
    for row in kept:
        by_part.setdefault(row.part, []).append(row)
    found = []
    for part, records in sorted(by_part.items()):
        said = _told(package.standard, records)
        if said != Told():
            found.append(PartTold(part + 1, said.status, said.score))
    return tuple(found)


def _told(standard: str, records: list[PackageRecord]) -> Told:
    if standard == CMI5:
        return xapi.told([row.content for row in records if row.kind == STATEMENT])
    values = next((row.content for row in records if row.kind == CMI), "") or "{}"
    return cmi.told(standard, json.loads(values))


def _place(
    db: Session, session_id: str, lesson_id: str, part: int, learner_id: str
) -> tuple[Whose, str]:
    """Whose record it is, and the package's standard. Raises NotFoundError, ConflictError."""
    session = study_rows.get_session(db, session_id)
    lesson = study_rows.get_lesson(db, lesson_id)
    if session is None or lesson is None or session.learner_id != learner_id:
        raise _missing()
    enrolment = study_rows.get_enrolment(db, session.enrolment_id)
    package = rows.package(db, lesson.asset_id) if lesson.asset_id else None
    if (
        package is None or enrolment is None or part >= len(package.parts)
        or lesson.version_id != versions.version_id(enrolment)
    ):  # fmt: skip
        raise _missing()
    if session.phase != Phase.OPEN:
        raise ConflictError(
            "这次学习已结束，课件没有再保存。", code="session_over", remedy="请回到课程页重新进入"
        )
    return (learner_id, session.enrolment_id, lesson_id, part), package.standard


def _missing() -> NotFoundError:
    return NotFoundError("没有这个课件包。", remedy="请从课程页进入")
