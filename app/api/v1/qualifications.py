"""What organisations are by somebody else's word, and the public directory of institutions."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, status
from pydantic import Field

from app.api.answers import Answer
from app.api.lists import ListOut, way_on
from app.api.problems import READING, WRITING, may_raise
from app.api.v1.texts import PersonText
from app.core.errors import (
    InvalidError,
)
from app.lobby.deps import Agent, Db, Now, PartsDep, ReadDb
from app.lobby.letters import Body
from app.lobby.lists import AskedList
from app.lobby.paths import RowId
from app.lobby.sought import SearchText
from app.org.providers.reference import Places, read_places
from app.org.rules.qualifications import Stated
from app.org.services import qualifications
from app.org.services.qualifications import InstitutionView, QualificationView

router = APIRouter(tags=["organisations"])
Day = Annotated[dt.date, Field(strict=False)]
_MOST_PROOF = 5 * 2**20


class QualificationIn(Body):
    """`proof`: the paper as a picture or PDF in base64; the last day still counts."""

    kind: Annotated[str, Field(min_length=1, max_length=30)]
    number: Annotated[PersonText, Field(min_length=2, max_length=80)]
    valid_from: Day
    valid_until: Day
    proof: Annotated[
        str, Field(min_length=1, max_length=_MOST_PROOF, pattern=r"^[A-Za-z0-9+/]+={0,2}$")
    ]


class QualificationOut(Answer):
    qualification_id: str
    kind: str
    name: str
    number: str
    valid_from: dt.date
    valid_until: dt.date
    standing: str
    standing_name: str
    reason: str | None


class ShownOut(Answer):
    """A confirmed one, as everybody may see it."""

    kind: str
    name: str
    number: str
    valid_from: dt.date
    valid_until: dt.date
    standing: str
    standing_name: str


class InstitutionOut(Answer):
    org_id: str
    name: str
    uscc: str
    type_code: str
    type_name: str
    prefecture_code: str
    prefecture_name: str
    listing: str
    listing_name: str
    valid_until: dt.date
    qualifications: list[ShownOut]


class InstitutionsOut(ListOut):
    items: list[InstitutionOut]


@router.get("/institutions", responses=may_raise(InvalidError))
def list_institutions(
    *,
    db: ReadDb,
    parts: PartsDep,
    now: Now,
    asked: AskedList,
    q: SearchText = "",
    prefecture: Annotated[str, Query(pattern=r"^(\d{6})?$")] = "",
) -> InstitutionsOut:
    """The public directory: what something was confirmed of; `sort` is name or prefecture."""
    found = qualifications.find_institutions(db, q, prefecture, asked, now=now)
    places = read_places(parts.settings.reference_dir)
    items = [_institution(each, places) for each in found.items]
    return InstitutionsOut(items=items, **way_on(found))


def _institution(view: InstitutionView, places: Places) -> InstitutionOut:
    return InstitutionOut(
        org_id=view.org_id, name=view.name, uscc=view.uscc, type_code=view.type_code,
        type_name=places.type_name(view.type_code), prefecture_code=view.prefecture_code,
        prefecture_name=places.prefecture_name(view.prefecture_code), listing=view.listing.value,
        listing_name=view.listing_name, valid_until=view.valid_until,
        qualifications=[ShownOut.model_validate(each) for each in view.qualifications],
    )  # fmt: skip


@router.get("/org/qualifications", responses=READING)
def list_own(actor: Agent, db: ReadDb, now: Now) -> list[QualificationOut]:
    """What the caller's organisation stated of itself, the newest first."""
    return [_own(each) for each in qualifications.list_own(db, actor, now=now)]


@router.post("/org/qualifications", status_code=status.HTTP_201_CREATED, responses=WRITING)
def enter(
    body: QualificationIn, actor: Agent, db: Db, parts: PartsDep, now: Now
) -> QualificationOut:
    """State a qualification; the desk compares it with the paper."""
    stated = Stated(
        kind=body.kind, number=body.number, valid_from=body.valid_from,
        valid_until=body.valid_until,
    )  # fmt: skip
    return _own(qualifications.enter(db, parts.vault, actor, stated, body.proof, now=now))


def _own(view: QualificationView) -> QualificationOut:
    return QualificationOut.model_validate(view)


@router.delete(
    "/org/qualifications/{qualification_id}", status_code=status.HTTP_204_NO_CONTENT,
    responses=WRITING,
)  # fmt: skip
def withdraw(qualification_id: RowId, actor: Agent, db: Db, now: Now) -> None:
    """Take one back that waits for the desk."""
    qualifications.withdraw(db, actor, qualification_id, now=now)
