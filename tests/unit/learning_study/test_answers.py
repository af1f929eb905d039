"""R17: what an answer does; whole states are compared."""

import pytest
from msgspec.structs import replace
from study_cases import NOON, POLICY
from test_challenges import (
    ASKED,
    DAY,
    DRAW,
    LEARNER,
    PRESENCE,
    piece,
    taken,
)

from app.learning.rules.answers import Answer, answer, decide_review
from app.learning.rules.challenges import JUDGING_MS, Ruling, Settled
from app.learning.rules.pending import Entry
from app.learning.rules.states import Cut, Hold

OLD, NEW = piece(0), piece(1, stretches=((2000, 3000),))
BEFORE = replace(
    LEARNER, pass_number=1, pending=(OLD, NEW), challenge=ASKED, silent_run=1, uncertain_run=1,
    presence_due_ms=1, identity_due_ms=2,
)  # fmt: skip
PASSED = replace(
    BEFORE, challenge=None, pass_number=2, since_presence_ms=0, presence_due_ms=70_000,
    silent_run=0, uncertain_run=0,
)  # fmt: skip


def said(what: Answer, now_ms: int = NOON + 9, **values) -> Settled:
    return answer(POLICY, replace(BEFORE, **values), what, now_ms, DRAW)


def test_presence_vouches_and_releases_nothing() -> None:
    asked = replace(ASKED, kind=PRESENCE)
    assert said(Answer.PASSED, challenge=asked) == Settled(PASSED, Ruling.PASSED)


def test_identity_releases_everything_and_ends_a_hold() -> None:
    free = replace(PASSED, since_identity_ms=0, identity_due_ms=900_000, pending=())
    entry = Entry(enrolment_id="e", lesson_id="video", session_id="s", day=DAY, ms=2000)
    for before in ({}, {"hold": Hold.UNCERTAIN, "is_under_review": True}):
        assert said(Answer.PASSED, **before) == Settled(free, Ruling.PASSED, entries=(entry,))
    scheduled = said(Answer.PASSED, challenge=replace(ASKED, is_scheduled=True)).learner
    assert scheduled == replace(free, check_day=DAY, check_count=1)


def test_each_try_has_its_own_time_and_the_third_is_the_last() -> None:
    judged = replace(ASKED, judging_until_ms=NOON + 5)
    for left in (3, 2):
        again = replace(
            ASKED, is_heard=True, tries_left=left - 1,
            expires_at_ms=NOON + 9 + POLICY.ttl_ms("face"),
        )  # fmt: skip
        found = said(Answer.WRONG, challenge=replace(judged, tries_left=left))
        assert found == Settled(replace(BEFORE, challenge=again), Ruling.WRONG)
    early = said(Answer.WRONG, NOON - 3_600_000).learner.challenge
    assert early is not None
    assert early.expires_at_ms == NOON + POLICY.ttl_ms("face")
    last = said(Answer.WRONG, challenge=replace(judged, tries_left=1, is_scheduled=True))
    held = replace(
        BEFORE,
        challenge=None,
        pending=(OLD,),
        hold=Hold.FAILED,
        check_day=DAY,
        check_count=1,
        day_used_ms=8_000,
    )
    assert last == Settled(held, Ruling.FAILED, (taken(Cut.FORFEITED, ((2000, 3000),)),))


@pytest.mark.parametrize(("now_ms", "more_ms"), [(NOON + 9, 4), (NOON + 5, 0), (NOON + 1, 0)])
def test_an_unusable_picture_gives_back_what_judging_took(now_ms, more_ms) -> None:
    judged = replace(ASKED, judging_until_ms=NOON + 5 + JUDGING_MS)
    again = replace(ASKED, is_heard=True, expires_at_ms=ASKED.expires_at_ms + more_ms)
    found = said(Answer.UNUSABLE, now_ms, challenge=judged)
    assert found == Settled(replace(BEFORE, challenge=again), Ruling.RETRY)
    same = replace(ASKED, is_heard=True)
    assert said(Answer.UNUSABLE, now_ms) == Settled(replace(BEFORE, challenge=same), Ruling.RETRY)


def test_another_face_takes_everything() -> None:
    gone = (taken(Cut.FORFEITED), taken(Cut.FORFEITED, ((2000, 3000),)))
    held = replace(BEFORE, challenge=None, pending=(), hold=Hold.WRONG_FACE, day_used_ms=7_000)
    assert said(Answer.WRONG_FACE) == Settled(held, Ruling.WRONG_FACE, gone)
    reviewed = replace(held, challenge=ASKED)
    found = decide_review(replace(BEFORE, is_under_review=True), DRAW, is_same_person=False)
    assert found == Settled(reviewed, Ruling.WRONG_FACE, gone)


def test_a_person_who_knows_the_face_passes_it() -> None:
    found = decide_review(replace(BEFORE, is_under_review=True), DRAW, is_same_person=True)
    assert found == said(Answer.PASSED)


def test_not_sure_twice_is_for_a_person_and_time_waits() -> None:
    first = replace(BEFORE, challenge=None, uncertain_run=1)
    assert said(Answer.UNCERTAIN, uncertain_run=0) == Settled(first, Ruling.RETRY)
    second = replace(first, uncertain_run=2, hold=Hold.UNCERTAIN, is_under_review=True)
    assert said(Answer.UNCERTAIN) == Settled(second, Ruling.UNCERTAIN)


def test_a_vendor_that_fails_costs_nothing() -> None:
    found = said(Answer.PROVIDER_ERROR)
    assert found == Settled(replace(BEFORE, challenge=None), Ruling.RETRY)


def test_nothing_open_can_be_answered() -> None:
    with pytest.raises(ValueError, match="no challenge is open"):
        said(Answer.PASSED, challenge=None)
