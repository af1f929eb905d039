"""Presets of real rules: what a text says in numbers is what the rules then do."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from msgspec.structs import replace

from app.learning.rules import challenges
from app.learning.rules.challenges import Ruling
from app.learning.rules.crediting import Books, judge_batch
from app.learning.rules.exams import Ended, Item, ItemKind, PaperItem, Refusal, grade
from app.learning.rules.exams import refusal_to_start as refusal
from app.learning.rules.hours import stated_hours
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.policy_fields import read_settings, write
from app.learning.rules.policy_scopes import Basis, Revision, Scope, is_over, resolve
from app.learning.rules.presets import PRESETS
from app.learning.rules.sittings import is_idle, open_session
from app.learning.rules.states import (
    Batch,
    Beat,
    Challenge,
    ChallengeKind,
    Cut,
    Draw,
    Hold,
    LearnerState,
    Lesson,
    LessonKind,
)
from app.learning.services import prompts
from tests.unit.learning_study.study_cases import NOON, books

LONG = Lesson("film", LessonKind.VIDEO, 100 * 3_600_000)
ALL = ((0, LONG.length_ms),)
MINUTE = 60_000
DRAW = Draw(None, 900_000)
START = dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC)


@dataclass
class Day:
    """An honest learner: beats of 15 s, without checks unless a test plans them."""

    policy: StudyPolicy
    state: Books
    now: int = NOON
    credited: int = 0

    def study(self, minutes: float, *, visible: bool = True, at: int | None = None) -> int:
        """Play so long; returns what was credited of it."""
        before, self.cuts = self.credited, dict.fromkeys(Cut, 0)
        position = self.state.lesson.frontier_ms if at is None else at
        for _ in range(round(minutes * 4)):
            self.now += 15_000
            session = self.state.session
            beat = Beat(
                session.ack_seq + 1, self.now - NOON, position, position + 15_000, 100, visible
            )
            judged = judge_batch(
                self.policy, LONG, self.state, Batch("film", (beat,)), delivered=ALL,
                now_ms=self.now,
            )  # fmt: skip
            self.state, position = judged.books, position + 15_000
            self.credited += judged.credited_ms
            for code, ms in judged.verdicts[0].cuts:
                self.cuts[code] += ms
        return (self.credited - before) // 1000

    def rest(self, minutes: float) -> None:
        """The page is closed so long; nothing is reported."""
        self.now += round(minutes * MINUTE)


def day(policy: StudyPolicy) -> Day:
    return Day(policy, books())


def hours(policy: StudyPolicy, seconds: int) -> str:
    return stated_hours(policy, seconds * 1000)


def checked_within(policy: StudyPolicy, most_s: int) -> None:
    """The first identity check comes after no more study than this, and the range is used."""
    assert policy.identity_gap_s[1] == most_s
    for _ in range(20):
        found = day(policy)
        learner = challenges.plan(found.state.learner, prompts.draw(policy))
        found.state = Books(found.state.session, learner, found.state.lesson)
        while challenges.due_kind(policy, found.state.learner) is not ChallengeKind.IDENTITY:
            found.study(0.25)
        assert policy.identity_gap_s[0] * 1000 <= found.credited <= most_s * 1000 + 15_000


def a_day_takes(policy: StudyPolicy, seconds: int) -> None:
    """Eleven hours of study, with the breaks that are asked for, give no more than this."""
    found = day(policy)
    for _ in range(11):
        found.study(45)
        found.rest(15)
    assert found.credited == seconds * 1000


def opens_held(policy: StudyPolicy, *, after_s: int, held: bool) -> None:
    """Opening again on the same device so long after a check that passed."""
    learner = LearnerState(learner_id="l", clock_ms=NOON, identity_at_ms=NOON, identity_device="d")
    opened = open_session(
        policy, learner, session_id="s", enrolment_id="e", device="d",
        now_ms=NOON + after_s * 1000, draw=DRAW,
    )  # fmt: skip
    assert opened.learner.hold == (Hold.OPENING if held else None)


def misses_allowed(policy: StudyPolicy, count: int) -> None:
    """So many missed checks take nothing; the next one does."""
    learner = LearnerState(learner_id="l", clock_ms=NOON)
    rulings = []
    for number in range(count + 1):
        asked = Challenge(
            challenge_id=str(number), kind=ChallengeKind.IDENTITY, method="face", session_id="s",
            enrolment_id="e", raised_at_ms=NOON, expires_at_ms=NOON, tries_left=3, is_heard=True,
        )  # fmt: skip
        settled = challenges.settle(
            policy, replace(learner, challenge=asked), NOON + 10 * MINUTE, DRAW
        )
        learner = settled.learner
        rulings.append(settled.ruling)
    assert rulings == [Ruling.ALLOWED_MISS] * count + [Ruling.MISSED]


def paper(policy: StudyPolicy, size: int, wrong: int) -> bool:
    """Whether a paper with so many wrong answers passes."""
    items = {str(n): Item(str(n), ItemKind.SINGLE, 4, frozenset("A")) for n in range(size)}
    asked = [PaperItem(name, (0, 1, 2, 3)) for name in items]
    given = {name: ["B" if int(name) < wrong else "A"] for name in items}
    return grade(policy, items, asked, given).passed


def tries(policy: StudyPolicy, count: int) -> None:
    """After so many failures no further attempt begins, however long one waits."""
    late = START + dt.timedelta(days=3000)
    assert refusal(policy, [Ended(START, passed=False)] * (count - 1), late) is None
    assert refusal(policy, [Ended(START, passed=False)] * count, late) == (Refusal.USED_UP, None)


def goal(hours_asked: int, hour_s: int = 2700) -> Callable[[StudyPolicy], None]:
    def check(policy: StudyPolicy) -> None:
        assert hours(policy, policy.required_s) == str(hours_asked)
        assert hours(policy, policy.required_s - 60) != str(hours_asked)
        assert policy.required_s == hours_asked * hour_s

    return check


def _sc_industry(policy: StudyPolicy) -> None:
    assert hours(policy, 45 * 60) == "1"
    a_day_takes(policy, 8 * 2700)
    checked_within(policy, 900)


def _sc_subsidy(policy: StudyPolicy) -> None:
    _sc_industry(policy)
    opens_held(policy, after_s=601, held=True)


def _yl(policy: StudyPolicy) -> None:
    assert policy.identity_methods[0] == "roll_call"
    assert policy.least_ttl_ms() == 300_000
    checked_within(policy, 1800)


def _mohrss(policy: StudyPolicy) -> None:
    opens_held(policy, after_s=601, held=True)
    checked_within(policy, 1800)
    assert (paper(policy, 20, 8), paper(policy, 20, 9)) == (True, False)


def _every_class(policy: StudyPolicy) -> None:
    opens_held(policy, after_s=1, held=True)


def _sh(policy: StudyPolicy) -> None:
    opens_held(policy, after_s=601, held=True)
    assert day(policy).study(5, visible=False) == 0


def _aq8011(policy: StudyPolicy) -> None:
    assert hours(policy, 30 * 60) == "1"
    mixed = resolve(
        [
            Revision(
                scope=Scope.COURSE, scope_id="x", number=1, effective_from=START, basis=Basis(),
                settings=dict(PRESETS["AQ8011"].settings) | {"programme_s": 48 * 1800},
            )
        ],
        START,
    ).policy  # fmt: skip
    assert hours(mixed, 40 * 1800) == "33.6"  # 70 % of 48, however much was studied


def _aq8011_impl(policy: StudyPolicy) -> None:
    a_day_takes(policy, 8 * 2700)
    checked_within(policy, 900)
    assert policy.ttl_ms("picture") == 300_000
    found = day(policy)
    assert found.study(0.25, at=30_000) == 15
    assert found.study(0.25, at=found.state.lesson.frontier_ms + 30_001) == 0
    assert is_idle(policy, found.state.session, found.now + 180_001)


def _jx(policy: StudyPolicy) -> None:
    opens_held(policy, after_s=601, held=True)
    found = day(policy)
    assert found.study(5, visible=False) == 0
    assert found.study(5, at=10 * MINUTE) == 0
    beat = Beat(1, 15_000, 0, 15_000, 100, True)
    unsent = judge_batch(
        policy, LONG, books(), Batch("film", (beat,)), delivered=(), now_ms=NOON + 15_000
    )
    assert unsent.credited_ms == 0


def _special(policy: StudyPolicy) -> None:
    assert (paper(policy, 100, 20), paper(policy, 100, 21)) == (True, False)
    tries(policy, 2)


def _review(policy: StudyPolicy) -> None:
    goal(8)(policy)
    assert (paper(policy, 100, 20), paper(policy, 100, 21)) == (True, False)


def _driver(policy: StudyPolicy) -> None:
    """45 effective minutes of every 60, no more than four such hours a day."""
    goal(22)(policy)
    a_day_takes(policy, 4 * 2700)
    found = day(policy)
    assert found.study(59.75) == 2700
    assert found.cuts[Cut.BREAK_DUE] == 15 * MINUTE - 15_000
    assert found.study(30) == 30 * 60  # the minutes without credit were the break


def _chongqing(policy: StudyPolicy) -> None:
    goal(16)(policy)
    assert hours(policy, 22 * 2700) == "16.06"  # the six in person never come from here
    found = day(policy)
    found.study(5)
    assert found.study(5, at=0) == 0
    assert found.cuts[Cut.REPEATED] == 5 * MINUTE
    assert found.study(5, at=20 * MINUTE) == 0
    misses_allowed(policy, 0)


def _terminal(policy: StudyPolicy) -> None:
    checked_within(policy, 1800)
    for _ in range(20):
        presence_ms = prompts.draw(policy).presence_ms
        assert presence_ms is not None
        assert presence_ms <= 900_000


def _road(policy: StudyPolicy) -> None:
    goal(24)(policy)
    assert not is_over(policy, START, START + dt.timedelta(days=730))
    assert is_over(policy, START, START + dt.timedelta(days=731))


def _zj(policy: StudyPolicy) -> None:
    goal(90)(policy)
    tries(policy, 2)
    assert is_over(policy, START, START + dt.timedelta(days=366))


def _tiers(policy: StudyPolicy) -> None:
    said = [hours(policy, minutes * 60) for minutes in (0, 10, 15, 16, 29, 30, 90)]
    assert said == ["0", "0.25", "0.25", "0.5", "0.5", "1", "1"]


def _traffic(policy: StudyPolicy) -> None:
    assert [hours(policy, minutes * 60) for minutes in (29, 30, 59, 60)] == ["0", "1", "1", "2"]
    found = day(policy)
    found.study(4.75)
    assert not found.state.learner.pending[0].is_ripe
    found.study(0.25)
    assert found.state.learner.pending[0].is_ripe
    assert (paper(policy, 20, 2), paper(policy, 20, 3)) == (True, False)
    tries(policy, 3)
    assert is_over(policy, START, START + dt.timedelta(days=3))


def _hubei(count: int, missed: int) -> Callable[[StudyPolicy], None]:
    def check(policy: StudyPolicy) -> None:
        goal(count)(policy)
        a_day_takes(policy, 8 * 2700)
        misses_allowed(policy, missed)
        assert policy.ttl_ms("face") == 60_000
        learner = LearnerState(
            learner_id="l", day=1, check_day=1, since_identity_ms=10**9, identity_due_ms=0
        )
        asked = [
            challenges.due_kind(policy, replace(learner, check_count=count)) for count in (7, 8)
        ]
        assert asked == [ChallengeKind.IDENTITY, None]

    return check


def _minors(policy: StudyPolicy) -> None:
    found = day(policy)
    assert found.study(39.75) == 30 * 60
    assert found.study(10) == 10 * 60  # the minutes without credit were the break
    evening = day(policy)
    evening.now = NOON + 9 * 3_600_000 - MINUTE  # 20:59
    evening.state = Books(
        replace(evening.state.session, heard_at_ms=evening.now), evening.state.learner,
        evening.state.lesson,
    )  # fmt: skip
    assert evening.study(5) <= 60
    assert evening.cuts[Cut.CLOSED_HOURS] >= 4 * MINUTE


CHECKS: dict[str, Callable[[StudyPolicy], None]] = {
    "SC-INDUSTRY-2020": _sc_industry, "SC-SUBSIDY-2025": _sc_subsidy, "YL": _yl,
    "MOHRSS-2020": _mohrss, "SUBSIDY-40H": goal(40), "YN-ZP": _every_class, "SH-JZ": _sh,
    "AQ8011": _aq8011, "AQ8011-IMPL": _aq8011_impl, "JX-AQ": _jx, "GD-AQ": goal(32),
    "GD-AQ-YEAR": goal(12), "AQ-48": goal(48), "AQ-16": goal(16), "AQ-24": goal(24),
    "AQ-72": goal(72), "AQ-20": goal(20), "TZZY": _special, "TZZY-REVIEW": _review,
    "DRIVER-THEORY": _driver, "CQ-DRIVER": _chongqing, "DRIVER-TERMINAL": _terminal,
    "PHOTO-10": lambda policy: checked_within(policy, 600),
    "PHOTO-15": lambda policy: checked_within(policy, 900), "ROAD-CE": _road, "ZJ-CE-90H": _zj,
    "YN-TIER": _tiers, "LN-XFJF": _traffic, "HB-LIVE-48": _hubei(48, 9),
    "HB-LIVE-24": _hubei(24, 5), "MINORS": _minors,
}  # fmt: skip


def test_every_preset_has_its_row() -> None:
    assert CHECKS.keys() == PRESETS.keys()


@pytest.mark.parametrize("code", PRESETS)
def test_a_preset_does_what_its_text_says(code: str) -> None:
    CHECKS[code](StudyPolicy.from_mapping(PRESETS[code].settings))


@pytest.mark.parametrize("code", PRESETS)
def test_a_preset_names_its_text_and_can_be_written_into_the_form(code: str) -> None:
    preset = PRESETS[code]
    assert preset.basis.document
    texts = {name: write(name, value) for name, value in preset.settings.items()}
    assert read_settings(texts) == preset.settings
