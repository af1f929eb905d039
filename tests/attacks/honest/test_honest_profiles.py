"""Honest learners on bad networks and poor devices lose nothing that they cannot have back.

What they must study again to have it back is seen, and bounded: nothing where no message goes lost.
"""

import random

import pytest
from sqlalchemy import func, select

from app.identity.rules.local_days import local_day
from app.learning.models.study import StudyCut, StudySession
from app.learning.rules.risk import RiskPolicy, findings_of, score_of
from app.learning.rules.states import Cut
from app.learning.services.risk_evidence import day_evidence
from tests.attacks.honest import bounds
from tests.attacks.honest_client import NOTICEABLE_MS, HonestLearner, Things
from tests.attacks.laboratory import Laboratory
from tests.attacks.outcomes import HonestOutcome, Needs, keep
from tests.attacks.profiles import PROFILES, Profile
from tests.attacks.timeline import Timeline
from tests.attacks.wall_clock import WallClock
from tests.people import sign_in
from tests.player import Player

FILM_MS = 600_000
PRESENCE_GAP_S, IDENTITY_GAP_S = (100, 160), (280, 400)
MOST_MS = 4 * FILM_MS
NEXT_CODE_MS = 61_000


def risk_of(lab: Laboratory, session_id: str) -> int:
    """What the learner's day is scored: never so much that people would look."""
    with lab.parts.database.reading() as db:
        row = db.get_one(StudySession, session_id)
        found = findings_of(day_evidence(db, row.learner_id, local_day(row.opened_at)))
    return score_of(found)


def forfeited_ms(lab: Laboratory, player: Player) -> int:
    """What missed checks took back, as the learner reads it in “未计入”."""
    ours = (StudyCut.enrolment_id == player.enrolment_id, StudyCut.code == Cut.FORFEITED)
    with lab.parts.database.reading() as db:
        return int(db.scalar(select(func.sum(StudyCut.ms)).where(*ours)) or 0)


def policy_of(profile: Profile) -> dict[str, object]:
    """With gaps of the profile's own, the same in every run.

    When checks come decides what a network swallows of them.
    """
    chance = random.Random(profile.name)
    presence_s, identity_s = chance.randint(*PRESENCE_GAP_S), chance.randint(*IDENTITY_GAP_S)
    return {
        "presence_gap_s": [presence_s, presence_s], "identity_gap_s": [identity_s, identity_s],
        "required_s": FILM_MS // 1000,
    }  # fmt: skip


def study(lab: Laboratory, profile: Profile) -> HonestOutcome:
    """Ten minutes of film, from opening to leaving with everything confirmed."""
    course = lab.make_course(film_ms=FILM_MS, **policy_of(profile))
    with lab.client() as client, lab.client() as other:
        wall = WallClock(client, lab.clock, profile.wall_ahead_ms)
        player = lab.learner(client, Needs.PATIENT, course)
        lab.clock.advance(ms=NEXT_CODE_MS)
        sign_in(other, lab.parts, player.who)
        lab.clock.advance(ms=1000)  # of two messages the newest has the code that is asked for
        opened = player.open(course.video_id)
        time = Timeline(lab.clock)
        learner = HonestLearner(player, time, Things(profile=profile, wall=wall, other=other))
        learner.begin(opened)
        time.run(lambda: learner.is_done, MOST_MS)
        assert risk_of(lab, player.session_id) < RiskPolicy().case_score
        forfeited = forfeited_ms(lab, player)
        return HonestOutcome(
            profile=profile.name, studied_ms=FILM_MS,
            confirmed_ms=learner.totals["confirmed_ms"],
            extra_ms=max(0, round(learner.played_ms) - FILM_MS), forfeited_ms=forfeited,
            most_extra_ms=FILM_MS * bool(forfeited) + bounds.most_again_ms(
                profile, FILM_MS, (PRESENCE_GAP_S, IDENTITY_GAP_S)
            ),
            wished_ms=bounds.wished_ms(profile),
            reasons=learner.reasons, has_network_loss=profile.has_network_loss,
        )  # fmt: skip


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_an_honest_learner_loses_nothing(lab: Laboratory, profile: Profile) -> None:
    outcome = study(lab, profile)
    keep(outcome)
    assert outcome.lost_ms <= NOTICEABLE_MS  # gaps too small for the page to lead back to
    assert outcome.wished_ms <= outcome.extra_ms <= outcome.most_extra_ms
    assert outcome.forfeited_ms <= bounds.most_forfeited_ms(profile, IDENTITY_GAP_S)


def test_without_lost_messages_nothing_is_studied_again() -> None:
    """The bounds of the others are not a way around it: most profiles have none."""
    gaps = (PRESENCE_GAP_S, IDENTITY_GAP_S)
    free = [
        each for each in PROFILES
        if bounds.most_again_ms(each, FILM_MS, gaps) - bounds.wished_ms(each) == 0
    ]  # fmt: skip
    spoilt = {each.name for each in PROFILES if not each.has_network_loss and each not in free}
    assert spoilt == {
        "fast clock +2 %", "tab crash, resume", "low battery, back after 10 min",
        "other device, and back",
    }  # fmt: skip


def test_no_profile_but_the_perfect_one_is_empty() -> None:
    assert [each.name for each in PROFILES if each == Profile(name=each.name)] == ["perfect"]
    happenings = {what for each in PROFILES for _, what in each.does}
    assert all(callable(getattr(HonestLearner, f"_{what}")) for what in happenings)
