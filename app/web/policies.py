"""Policies at the desk: the scopes, one scope's history, the next revision and its trial."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse

from app.core.errors import InvalidError
from app.identity.rules.actors import Actor, Role
from app.identity.services import people
from app.learning.rules.policy_fields import FIELDS, GROUPS, Group, said, write
from app.learning.rules.policy_scopes import Basis, Scope
from app.learning.rules.presets import PRESETS, Preset
from app.learning.services import policies, policy_forms, policy_trials
from app.learning.services.policies import NewRevision, RevisionView, ScopeView
from app.learning.services.policy_trials import Trial
from app.lobby.deps import Now, PartsDep, ReadDb, Reviewer, require_roles
from app.web.rendering import render

router = APIRouter(include_in_schema=False)
ScopeId = Annotated[str, Path(pattern=r"^[0-9A-Za-z_-]{1,26}$")]
Reader = Annotated[Actor, Depends(require_roles(Role.REVIEWER, Role.REGULATOR))]
SCOPE_NAMES = {
    Scope.PLATFORM.value: "全平台", Scope.PROGRAMME.value: "产业集群", Scope.COURSE.value: "课程",
    "": "出厂值",
}  # fmt: skip
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class ScopesPage:
    frame: str
    scopes: tuple[ScopeView, ...]
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Setting:
    """A field in force: its words, and the scope that sets it."""

    label: str
    words: str
    origin: str


@dataclass(frozen=True, slots=True)
class SettingGroup:
    title: str
    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class RevisionCard:
    """One revision of the history; `state` is a chip's text and kind."""

    view: RevisionView
    state: tuple[str, str]
    author: str
    confirmed_by: str
    settings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopePage:
    frame: str
    scope: ScopeView
    kind: str
    groups: tuple[SettingGroup, ...]
    cards: tuple[RevisionCard, ...]
    may_edit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPage:
    """`inherited` are the words of what an empty field means; `problems` are (field, sentence)."""

    scope: ScopeView
    groups: tuple[Group, ...]
    values: Mapping[str, str]
    inherited: Mapping[str, str]
    presets: tuple[Preset, ...]
    preset: str
    problems: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialPage:
    scope: ScopeView
    values: Mapping[str, str]
    changes: tuple[tuple[str, str, str], ...]
    unseen: tuple[str, ...]
    trial: Trial
    days: int
    basis: Basis
    needs_second: bool
    back: str


def _frame(actor: Actor) -> str:
    is_staff = Role.REVIEWER in actor.roles
    return "desk/_frame.html" if is_staff else "regulator/_frame.html"


@router.get("/desk/policies")
def scopes(request: Request, actor: Reader, db: ReadDb, now: Now) -> HTMLResponse:
    """Every scope and what it sets now."""
    labels = {name: field.label for name, field in FIELDS.items()}
    page = ScopesPage(_frame(actor), tuple(policies.list_scopes(db, now=now)), labels)
    return render(request, "desk/policies.html", page)


@router.get("/desk/policies/{scope}/{scope_id}")
def one_scope(
    *, request: Request, scope: Scope, scope_id: ScopeId, actor: Reader, db: ReadDb,
    parts: PartsDep, now: Now,
) -> HTMLResponse:  # fmt: skip
    """One scope: what is in force and from where, and the history of its revisions."""
    view = policies.scope_view(db, scope, scope_id, now=now)
    authors = {each.author_id for each in view.history} | {e.confirmed_by for e in view.history}
    names = people.staff_names(db, parts.vault, [each for each in authors if each])
    page = ScopePage(
        frame=_frame(actor), scope=view, kind=SCOPE_NAMES[scope.value], groups=_in_force(view),
        cards=tuple(_card(view, each, names, now) for each in view.history),
        may_edit=Role.REVIEWER in actor.roles,
    )  # fmt: skip
    return render(request, "desk/policy.html", page)


def _in_force(view: ScopeView) -> tuple[SettingGroup, ...]:
    policy, origins = view.in_force.policy, view.in_force.origins
    return tuple(
        SettingGroup(
            group.title,
            tuple(
                Setting(
                    field.label, said(field.name, getattr(policy, field.name)),
                    SCOPE_NAMES[origins[field.name].scope.value if field.name in origins else ""],
                )
                for field in group.fields
            ),
        )
        for group in GROUPS
    )  # fmt: skip


def _card(
    view: ScopeView, each: RevisionView, names: Mapping[str, str], now: dt.datetime
) -> RevisionCard:
    if view.current is not None and view.current.number == each.number:
        state = ("生效中", "good")
    else:
        state = ("将要生效", "wait") if each.effective_from > now else ("已被取代", "")
    author = names.get(each.author_id or "") or ("审核员" if each.author_id else "随课程发布")
    return RevisionCard(
        each, state, author, names.get(each.confirmed_by or "", ""),
        tuple((FIELDS[name].label, said(name, value)) for name, value in each.settings.items()),
    )  # fmt: skip


@router.get("/desk/policies/{scope}/{scope_id}/draft")
def draft(
    *, request: Request, scope: Scope, scope_id: ScopeId, _actor: Reviewer, db: ReadDb, now: Now,
    preset: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:  # fmt: skip
    """The form of the next revision, filled with what the scope sets now or with a preset."""
    view = policies.scope_view(db, scope, scope_id, now=now)
    settings = dict(view.current.settings) if view.current else {}
    if preset in PRESETS:
        settings |= PRESETS[preset].settings
    values = {name: write(name, value) for name, value in settings.items()}
    return render(request, "desk/policy_draft.html", _draft(view, values, preset, ()))


def _draft(
    view: ScopeView, values: Mapping[str, str], preset: str,
    problems: tuple[tuple[str, str], ...],
) -> DraftPage:  # fmt: skip
    policy, origins = view.inherited.policy, view.inherited.origins
    inherited = {
        name: f"{SCOPE_NAMES[origins[name].scope.value if name in origins else '']} "
        f"{said(name, getattr(policy, name))}"
        for name in FIELDS
    }
    return DraftPage(
        scope=view, groups=GROUPS, values=values, inherited=inherited,
        presets=tuple(PRESETS.values()), preset=preset, problems=problems,
    )  # fmt: skip


@router.get("/desk/policies/{scope}/{scope_id}/trial")
def trial(
    *, request: Request, scope: Scope, scope_id: ScopeId, _actor: Reviewer, db: ReadDb, now: Now,
    preset: Annotated[str, Query(max_length=40)] = "", edit: bool = False,
) -> HTMLResponse:  # fmt: skip
    """What the last month would have been under the form's values; from here it is saved.

    With `edit` the form again, with what was typed.
    """
    view = policies.scope_view(db, scope, scope_id, now=now)
    given = request.query_params
    values = {
        name: given[name].strip()[:_LONGEST]
        for name in FIELDS if given.get(name, "").strip()
    }  # fmt: skip
    if edit:
        return render(request, "desk/policy_draft.html", _draft(view, values, preset, ()))
    try:
        new = NewRevision(
            scope=scope, scope_id=scope_id, settings=policy_forms.read(values), basis=Basis(),
            effective_from=None, note="",
        )  # fmt: skip
        found = policy_trials.trial(db, new, now=now)
    except InvalidError as error:
        name = (error.field or "").removeprefix("/settings/")
        page = _draft(view, values, preset, ((name, error.message),))
        return render(request, "desk/policy_draft.html", page)
    page_of_trial = TrialPage(
        scope=view, values=values, days=policy_trials.DAYS, trial=found,
        changes=tuple(
            (FIELDS[each.name].label, said(each.name, each.before), said(each.name, each.after))
            for each in found.changes
        ),
        unseen=tuple(FIELDS[name].label for name in found.unseen),
        basis=PRESETS[preset].basis if preset in PRESETS else Basis(),
        needs_second=scope is Scope.PLATFORM, back=f"?{given}",
    )  # fmt: skip
    return render(request, "desk/policy_trial.html", page_of_trial)
