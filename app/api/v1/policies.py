"""Policies at the desk: what is in force, their history, a trial of the next revision, the next."""

import datetime as dt
import re
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, BeforeValidator, Field

from app.api.problems import READING, WRITING, may_raise
from app.api.v1.texts import PersonText
from app.core.errors import (
    ForbiddenError,
    NotSignedInError,
)
from app.identity.rules.actors import Actor, Role
from app.identity.rules.local_days import SHANGHAI
from app.learning.rules.policy_fields import FIELDS, said, write
from app.learning.rules.policy_scopes import Basis, Scope
from app.learning.rules.presets import PRESETS, Preset
from app.learning.services import policies, policy_forms, policy_trials
from app.learning.services.policies import NewRevision, RevisionView, ScopeView
from app.learning.services.policy_trials import Trial
from app.lobby.deps import Db, Now, ReadDb
from app.lobby.deps import require_roles as only
from app.lobby.letters import Body
from app.oversight.services import policy_changes

router = APIRouter(prefix="/desk/policies", tags=["policies"])
ScopeId = Annotated[str, Path(pattern=r"^[0-9A-Za-z_-]{1,26}$")]
Reader = Annotated[Actor, Depends(only(Role.REVIEWER, Role.REGULATOR))]
Reviewer = Annotated[Actor, Depends(only(Role.REVIEWER))]
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)?")


def _date(given: object) -> dt.date:
    """A date as a form sends it; numbers and other spellings are none."""
    if not isinstance(given, str) or _DATE.fullmatch(given) is None:
        raise ValueError("应为日期，例如 2026-12-31。")
    try:
        return dt.date.fromisoformat(given)
    except ValueError:
        raise ValueError("没有这一天，请核对日期。") from None


def _moment(given: object) -> dt.datetime:
    """A moment as a form sends it; one without a zone is Shanghai's."""
    if not isinstance(given, str) or _MOMENT.fullmatch(given) is None:
        raise ValueError("应为日期和时间，例如 2026-12-31T08:00。")
    try:
        found = dt.datetime.fromisoformat(given)
    except ValueError:
        raise ValueError("没有这个时间，请核对。") from None
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)


class SettingOut(BaseModel):
    """A field's value as text, and in words with its unit; `scope` says who sets it, if any."""

    name: str
    label: str
    value: str
    words: str
    scope: str


class BasisOut(BaseModel):
    document: str
    article: str
    issued_on: dt.date | None
    is_confirmed: bool
    text: str


class RevisionOut(BaseModel):
    id: str
    number: int
    settings: list[SettingOut]
    basis: BasisOut
    effective_from: dt.datetime
    note: str
    created_at: dt.datetime


class ScopeLineOut(BaseModel):
    """`number` is the revision in force; none where the scope sets nothing."""

    scope: Scope
    scope_id: str
    name: str
    number: int | None
    sets: list[str]


class ScopeOut(ScopeLineOut):
    in_force: list[SettingOut]
    history: list[RevisionOut]


class PresetOut(BaseModel):
    code: str
    title: str
    region: str
    settings: list[SettingOut]
    basis: BasisOut


class ChangeOut(BaseModel):
    name: str
    label: str
    before: str
    after: str


class CourseTrialOut(BaseModel):
    """Credited then, and judged again under what is in force and under what is tried."""

    course_id: str
    title: str
    sessions: int
    credited_ms: int
    before_ms: int
    after_ms: int


class SessionTrialOut(BaseModel):
    session_id: str
    course_title: str
    opened_at: dt.datetime
    credited_ms: int
    before_ms: int
    after_ms: int


class TrialOut(BaseModel):
    """`drawn` of the `total` sessions of the last days; `unseen` fields do not show in it."""

    days: int
    drawn: int
    total: int
    changes: list[ChangeOut]
    unseen: list[str]
    courses: list[CourseTrialOut]
    biggest: list[SessionTrialOut]


_Name = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]


class TrialIn(Body):
    """Fields as people write them; one that is missing or empty is inherited."""

    settings: Annotated[dict[_Name, Annotated[str, Field(max_length=200)]], Field(max_length=60)]


class RevisionIn(TrialIn):
    """A moment without a zone is Shanghai's; without a moment it counts at once."""

    document: Annotated[PersonText, Field(max_length=200)] | None = None
    article: Annotated[PersonText, Field(max_length=100)] | None = None
    issued_on: Annotated[dt.date, BeforeValidator(_date)] | None = None
    is_confirmed: bool = False
    effective_from: Annotated[dt.datetime, BeforeValidator(_moment)] | None = None
    note: Annotated[PersonText, Field(min_length=1, max_length=500)]


class SubmittedOut(BaseModel):
    """`revision` stands; or another person confirms it in the case. `next` is the page for it."""

    revision: RevisionOut | None
    case_id: str | None
    next: str


def _basis(basis: Basis) -> BasisOut:
    return BasisOut(
        document=basis.document, article=basis.article, issued_on=basis.issued_on,
        is_confirmed=basis.is_confirmed, text=basis.text,
    )  # fmt: skip


def _setting(name: str, value: object, scope: str) -> SettingOut:
    return SettingOut(
        name=name, label=FIELDS[name].label, value=write(name, value), words=said(name, value),
        scope=scope,
    )  # fmt: skip


def _revision(view: RevisionView, scope: Scope) -> RevisionOut:
    return RevisionOut(
        id=view.revision_id, number=view.number,
        settings=[_setting(name, value, scope.value) for name, value in view.settings.items()],
        basis=_basis(view.basis), effective_from=view.effective_from, note=view.note,
        created_at=view.created_at,
    )  # fmt: skip


def _line(view: ScopeView) -> dict[str, object]:
    current = view.current
    return {
        "scope": view.scope, "scope_id": view.scope_id, "name": view.name,
        "number": current.number if current else None,
        "sets": [FIELDS[name].label for name in current.settings] if current else [],
    }  # fmt: skip


def _scope(view: ScopeView) -> ScopeOut:
    origins = view.in_force.origins
    in_force = [
        _setting(
            name, getattr(view.in_force.policy, name),
            origins[name].scope.value if name in origins else "",
        )
        for name in FIELDS
    ]  # fmt: skip
    history = [_revision(each, view.scope) for each in view.history]
    return ScopeOut.model_validate(_line(view) | {"in_force": in_force, "history": history})


def _preset(preset: Preset) -> PresetOut:
    return PresetOut(
        code=preset.code, title=preset.title, region=preset.region,
        settings=[_setting(name, value, "") for name, value in preset.settings.items()],
        basis=_basis(preset.basis),
    )  # fmt: skip


def _trial(found: Trial) -> TrialOut:
    return TrialOut.model_validate(
        {
            "days": policy_trials.DAYS, "drawn": found.drawn, "total": found.total,
            "changes": [
                ChangeOut(
                    name=each.name, label=FIELDS[each.name].label,
                    before=said(each.name, each.before), after=said(each.name, each.after),
                )
                for each in found.changes
            ],
            "unseen": [FIELDS[name].label for name in found.unseen],
            "courses": found.courses, "biggest": found.biggest,
        },
        from_attributes=True,
    )  # fmt: skip


@router.get("", responses=may_raise(NotSignedInError, ForbiddenError))
def list_policies(_actor: Reader, db: ReadDb, now: Now) -> list[ScopeLineOut]:
    """Every scope with the revision in force."""
    found = policies.list_scopes(db, now=now)
    return [ScopeLineOut.model_validate(_line(view)) for view in found]


@router.get("/presets", responses=may_raise(NotSignedInError, ForbiddenError))
def list_presets(_actor: Reader) -> list[PresetOut]:
    """Policies of real rules with their legal basis."""
    return [_preset(preset) for preset in PRESETS.values()]


@router.get("/{scope}/{scope_id}", responses=READING)
def read_policy(scope: Scope, scope_id: ScopeId, _actor: Reader, db: ReadDb, now: Now) -> ScopeOut:
    """One scope: what is in force, who sets it, every revision."""
    return _scope(policies.scope_view(db, scope, scope_id, now=now))


@router.post("/{scope}/{scope_id}/trial", responses=READING)
def try_policy(
    *, scope: Scope, scope_id: ScopeId, body: TrialIn, _actor: Reviewer, db: ReadDb, now: Now
) -> TrialOut:
    """Judge a part of the last month again under the next revision; nothing changes."""
    new = NewRevision(
        scope=scope, scope_id=scope_id, settings=policy_forms.read(body.settings), basis=Basis(),
        effective_from=None, note="",
    )  # fmt: skip
    return _trial(policy_trials.trial(db, new, now=now))


@router.post("/{scope}/{scope_id}/revisions", status_code=201, responses=WRITING)
def revise(
    *, scope: Scope, scope_id: ScopeId, body: RevisionIn, actor: Reviewer, db: Db, now: Now
) -> SubmittedOut:
    """Make the next revision; one for the whole platform waits for another person."""
    new = NewRevision(
        scope=scope, scope_id=scope_id, settings=policy_forms.read(body.settings),
        basis=Basis(body.document or "", body.article or "", body.issued_on, body.is_confirmed),
        effective_from=body.effective_from, note=body.note,
    )  # fmt: skip
    done = policy_changes.submit(db, new, actor=actor, now=now)
    return SubmittedOut(
        revision=_revision(done.revision, scope) if done.revision else None, case_id=done.case_id,
        next=f"/desk/cases/{done.case_id}" if done.case_id else f"/desk/policies/{scope}/{scope_id}"
    )  # fmt: skip
