"""Honest learners on bad networks and poor devices lose nothing that they cannot have back."""

import pytest

from app.learning.models.study import StudySession
from app.learning.rules.risk import RiskPolicy, findings_of, score_of
from app.learning.services.risk_evidence import day_evidence, local_day
from tests.attacks.honest_client import HonestLearner
from tests.attacks.laboratory import Laboratory
from tests.attacks.outcomes import HonestOutcome, Needs, keep
from tests.attacks.profiles import PROFILES, Profile
from tests.attacks.timeline import Timeline

FILM_MS = 600_000
POLICY = {"presence_gap_s": [100, 160], "identity_gap_s": [280, 400], "required_s": 600}
MOST_MS = 4 * FILM_MS


def risk_of(lab: Laboratory, session_id: str) -> int:
    """What the learner's day is scored: never so much that people would look."""
    with lab.parts.database.reading() as db:
        row = db.get_one(StudySession, session_id)
        found = findings_of(day_evidence(db, row.learner_id, local_day(row.opened_at)))
    return score_of(found)


def study(lab: Laboratory, profile: Profile) -> HonestOutcome:
    """Ten minutes of film, from opening to leaving with everything confirmed."""
    course = lab.make_course(film_ms=FILM_MS, **POLICY)
    with lab.client() as client:
        player = lab.learner(client, Needs.PATIENT, course)
        opened = player.open(course.video_id)
        time = Timeline(lab.clock)
        learner = HonestLearner(player, time, profile)
        learner.begin(opened)
        time.run(lambda: learner.is_done, MOST_MS)
        assert risk_of(lab, player.session_id) < RiskPolicy().case_score
        return HonestOutcome(
            profile=profile.name, studied_ms=FILM_MS,
            confirmed_ms=learner.totals["confirmed_ms"],
            extra_ms=max(0, round(learner.played_ms) - FILM_MS),
            reasons=learner.reasons, has_network_loss=profile.has_network_loss,
        )  # fmt: skip


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_an_honest_learner_loses_nothing(lab: Laboratory, profile: Profile) -> None:
    outcome = study(lab, profile)
    keep(outcome)
    assert outcome.lost_ms <= FILM_MS // 100
    if not profile.has_network_loss:
        assert outcome.lost_ms <= 1000
