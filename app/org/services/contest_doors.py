"""Contests as those see them who may take part, and the published ranking as everybody does."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.errors import ConflictError, ForbiddenError, NotFoundError
from app.identity.rules.actors import Actor
from app.identity.services import people
from app.learning.rules.contests import ContestState
from app.learning.services import contest_parts, contest_sitting, contest_views
from app.learning.services.contest_sitting import OwnRound
from app.learning.services.contest_views import ContestView
from app.learning.services.exam_views import AttemptView
from app.org.repository import contests as rows
from app.org.repository import organisations as organisation_rows
from app.org.services import contest_audience
from app.org.services.paging import SIZE, Page

HIDDEN = "（不公开姓名）"
_ORGANISER = "您为主办单位办事（不只是查看），不能参加。"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnContest:
    """A contest with what the caller did in it; `refusal` says why they cannot enter."""

    view: ContestView
    organisation: str
    rounds: tuple[OwnRound, ...]
    is_entered: bool
    hides_name: bool
    refusal: str | None


@dataclass(frozen=True, slots=True)
class RankLine:
    """A line of a published ranking: the name masked, or hidden where its person wishes so."""

    place: int
    name: str
    score: int
    used_ms: int


@dataclass(frozen=True, slots=True)
class Ranking:
    view: ContestView
    organisation: str
    round_id: str
    lines: Page[RankLine]


def list_own(db: Session, actor: Actor, *, now: dt.datetime) -> list[OwnContest]:
    """The contests that mean the caller, or in which they have a part; the newest first."""
    found = {each.contest_id: each for each in contest_views.entered(db, actor.learner_id)}
    for view in contest_views.published_of(db, rows.orgs_of(db, actor.learner_id)):
        if view.contest_id not in found and contest_audience.lets_in(
            db, view, actor.learner_id, ""
        ):
            found[view.contest_id] = view
    shown = sorted(
        found.values(), key=lambda each: (each.published_at or now, each.contest_id), reverse=True
    )
    return [_own(db, actor, each, now) for each in shown]


def one(db: Session, actor: Actor, contest_id: str, code: str, *, now: dt.datetime) -> OwnContest:
    """A contest that means the caller, or whose link they have. Raises NotFoundError."""
    view = contest_views.published(db, contest_id)
    own = _own(db, actor, view, now)
    if not own.is_entered and not contest_audience.lets_in(db, view, actor.learner_id, code):
        raise NotFoundError("没有这个练兵或竞赛。", remedy="请从“练兵和竞赛”进入，或核对链接")
    return own


def _own(db: Session, actor: Actor, view: ContestView, now: dt.datetime) -> OwnContest:
    organisation = organisation_rows.get_organisation(db, view.org_id)
    assert organisation is not None  # noqa: S101 -- a foreign key
    part = contest_parts.part_of(db, view.contest_id, actor.learner_id)
    found = contest_sitting.own_rounds(db, view.contest_id, actor.learner_id, now=now)
    return OwnContest(
        view=view, organisation=organisation.name, rounds=found, is_entered=part is not None,
        hides_name=part.hides_name if part is not None else False,
        refusal=_refusal(db, actor, view, is_entered=part is not None, now=now),
    )  # fmt: skip


def _refusal(
    db: Session, actor: Actor, view: ContestView, *, is_entered: bool, now: dt.datetime
) -> str | None:
    if is_entered:
        return None
    if view.state is not ContestState.PUBLISHED:
        return f"已取消：{view.reason}"
    if contest_audience.holds(db, view, actor.learner_id):
        return _ORGANISER
    organisation = organisation_rows.get_organisation(db, view.org_id)
    if organisation is None or organisation.suspended_at is not None:
        return "主办单位已暂停使用，现在不能报名。"
    return "报名已经结束。" if now >= view.rounds[0].closes_at else None


def enter(
    db: Session, actor: Actor, contest_id: str, *, code: str, hides_name: bool, now: dt.datetime
) -> None:
    """Take part under one's proven name, or change whether it is shown; done twice it is once.

    Raises NotFoundError for whom it does not mean, ForbiddenError before the name is proven and for
    those who hold it, ConflictError where it is over.
    """
    own = one(db, actor, contest_id, code, now=now)
    if not actor.is_verified:
        raise ForbiddenError(
            "参加要先完成实名认证。", code="not_verified", remedy="请先填写姓名和证件号"
        )
    if not own.is_entered and contest_audience.holds(db, own.view, actor.learner_id):
        raise ForbiddenError(
            own.refusal or "", code="organiser", remedy="想参加的，请由其他人主办和出题"
        )
    if own.refusal is not None:
        raise ConflictError(own.refusal, code="contest_over", remedy="请看其他练兵和竞赛")
    contest_sitting.enter(db, contest_id, actor.learner_id, hides_name=hides_name, now=now)


def start(
    db: Session, vault: Vault, actor: Actor, round_id: str, *, device_id: str, now: dt.datetime
) -> AttemptView:
    """Begin a paper of a round in which the caller takes part, or go on with theirs.

    Raises ForbiddenError for who came to act for the organiser since they entered.
    """
    view = contest_views.of_round(db, round_id)
    is_entered = contest_parts.part_of(db, view.contest_id, actor.learner_id) is not None
    if is_entered and contest_audience.holds(db, view, actor.learner_id):
        raise ForbiddenError(_ORGANISER, code="organiser", remedy="想参加的，请由其他人主办和出题")
    return contest_sitting.start(
        db, vault, round_id, learner_id=actor.learner_id, device_id=device_id, now=now
    )


def ranking(
    db: Session, vault: Vault, contest_id: str, round_id: str | None, *, page: int
) -> Ranking:
    """The published ranking of a round, the last one without an id; nobody has to sign in.

    Raises NotFoundError before there is one.
    """
    view = contest_views.published(db, contest_id)
    ranked = [each for each in view.rounds if each.ranked_at is not None]
    held = next((each for each in reversed(ranked) if round_id in {None, each.round_id}), None)
    if held is None:
        raise NotFoundError("还没有公布排名。", remedy="请在主办单位公布以后再看")
    found, total = contest_parts.placed_of(
        db, held.round_id, offset=(page - 1) * SIZE, limit=SIZE
    )  # fmt: skip
    views = people.views(db, vault, [each.learner_id for each in found])
    lines = tuple(
        RankLine(
            each.place, HIDDEN if each.hides_name else views[each.learner_id].masked_name,
            each.score, each.used_ms,
        )
        for each in found
    )  # fmt: skip
    organisation = organisation_rows.get_organisation(db, view.org_id)
    assert organisation is not None  # noqa: S101 -- a foreign key
    return Ranking(view, organisation.name, held.round_id, Page(lines, page, total))
