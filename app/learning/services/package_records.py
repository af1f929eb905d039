"""What packages keep for a learner: their own data, and what they say of themselves.

Kept for the learner's open session and shown as told by the package. Nothing here touches
coverage, pending time or the ledger (`tests/architecture/test_packages_earn_nothing.py`).
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.learning.repository import packages as rows
from app.learning.repository import study as study_rows
from app.learning.repository import versions
from app.learning.repository.packages import Whose
from app.learning.rules import cmi, xapi
from app.learning.rules.cmi import Flaw, Told
from app.learning.rules.package_manifests import CMI5
from app.learning.rules.states import Phase
from app.learning.services import package_kept

CMI, STATEMENT = "cmi", "statement"
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class PartTold:
    """What the package says of one of its parts, from 1."""

    part: int
    status: str
    score: str


def values_of(db: Session, vault: Vault, whose: Whose) -> dict[str, str]:
    """The run-time data that a part kept; empty before it kept any."""
    kept = package_kept.find(db, vault, whose, CMI, "")
    found: dict[str, str] = json.loads(kept.content) if kept else {}
    return found


def keep_values(
    db: Session, vault: Vault, session_id: str, lesson_id: str, part: int,
    values: Mapping[str, str], *, learner_id: str, now: dt.datetime,
) -> tuple[Flaw, ...]:  # fmt: skip
    """Keep what a part wrote, and return what of it is not kept; `part` counts from 0.

    Raises NotFoundError, ConflictError where the session is over, InvalidError naming the element
    where nothing of it can be kept.
    """
    whose, standard = _place(db, session_id, lesson_id, part, learner_id)
    if not values:
        return ()
    row, kept = package_kept.held(db, vault, whose, CMI, "", now=now)
    found = cmi.merged(standard, json.loads(kept.content or "{}"), values)
    if len(found.flaws) == len(values):
        flaw = found.flaws[0]
        raise InvalidError(
            f"{flaw.sentence}，没有保存。", field=f"/values/{flaw.element}", code="package_data",
            remedy="学时不受影响；请告诉开课的机构检查课件",
        )  # fmt: skip
    text = json.dumps(found.values, ensure_ascii=False)
    package_kept.put(db, vault, row, replace(kept, content=text, content_type=_JSON), now=now)
    return found.flaws


def told_of(
    db: Session, vault: Vault, session_id: str, lesson_id: str, *, learner_id: str
) -> tuple[PartTold, ...]:
    """What the parts of a lesson say of themselves. Raises NotFoundError."""
    session = study_rows.get_session(db, session_id)
    lesson = study_rows.get_lesson(db, lesson_id)
    if session is None or lesson is None or session.learner_id != learner_id:
        raise _missing()
    package = rows.package(db, lesson.asset_id) if lesson.asset_id else None
    if package is None:
        raise _missing()
    kind = STATEMENT if package.standard == CMI5 else CMI
    by_part: dict[int, list[str]] = {}
    for part, content in package_kept.of_lesson(
        db, vault, learner_id, session.enrolment_id, lesson_id, kind
    ):
        by_part.setdefault(part, []).append(content)
    found = []
    for part, contents in sorted(by_part.items()):
        said = _told(package.standard, contents)
        if said != Told():
            found.append(PartTold(part + 1, said.status, said.score))
    return tuple(found)


def _told(standard: str, contents: list[str]) -> Told:
    if standard == CMI5:
        return xapi.told(contents)
    return cmi.told(standard, json.loads(contents[0]))


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
