"""One learner's whole life under the rules, with anything a client may send: what always holds.

The numbers are those of the invariants in docs/hours.md.
"""

from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from app.learning.rules import answers, challenges, pending, sittings
from app.learning.rules.answers import Answer
from app.learning.rules.challenges import Ask, Ruling, Settled
from app.learning.rules.coverage import measure, subtract
from app.learning.rules.crediting import TRIES, Books, judge_batch
from app.learning.rules.cuts import CutLine
from app.learning.rules.pending import Entry, stretches_taken
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.replay import Step, read, replay, retell
from app.learning.rules.states import (
    Batch,
    Beat,
    ChallengeKind,
    Cut,
    Draw,
    LearnerState,
    Lesson,
    LessonKind,
    LessonState,
    Phase,
    SessionState,
    Taken,
)

NOON = 1_795_492_800_000
FILM = Lesson("film", LessonKind.VIDEO, 300_000)
BOOK = Lesson("book", LessonKind.DOCUMENT, 180_000, (0, 60_000, 120_000))
PACKAGE = Lesson("package", LessonKind.PACKAGE, 120_000, (0, 40_000))
LESSONS = {lesson.lesson_id: lesson for lesson in (FILM, BOOK, PACKAGE)}
WHOLE = ((0, 10_000_000),)
GAPS = {"presence_gap_s": (20, 40), "identity_gap_s": (60, 120)}
POLICIES = (
    StudyPolicy(**GAPS),
    StudyPolicy(**GAPS, min_continuous_s=30),
    StudyPolicy(**GAPS, daily_cap_s=100, seek_ahead=True),
    StudyPolicy(**GAPS, check_on_open="none", misses_allowed=1, pending_ttl_s=200),
    StudyPolicy(**GAPS, continuous_max_s=60, break_s=90),
)
beats = st.tuples(
    st.integers(-5_000, 200_000),  # the client's clock since its last report
    st.integers(-30_000, 30_000),  # from the frontier
    st.integers(0, 130_000),
    st.sampled_from([100, 100, 100, 200]),
    st.sampled_from([True, True, True, False]),
)


class World(RuleBasedStateMachine):
    """The services' part, in memory: sessions, coverage, ledger, evidence."""

    @initialize(policy=st.sampled_from(POLICIES))
    def begin(self, policy: StudyPolicy) -> None:
        self.policy, self.now = policy, NOON
        self.learner = LearnerState(learner_id="l", clock_ms=NOON, day=policy.local_day(NOON))
        self.sessions: list[SessionState] = []
        self.opened: list[SessionState] = []
        self.ended: dict[str, int] = {}
        self.lessons = dict.fromkeys(LESSONS, LessonState())
        self.ledger: list[Entry] = []
        self.credited = 0
        self.steps: dict[str, list[Step]] = {}
        self.credited_in: dict[str, int] = {}
        self.lines: dict[str, list[CutLine]] = {}
        self.count = 0

    def draw(self) -> Draw:
        """The latest moment is the hardest case for what may pile up between two checks."""
        return Draw(40_000, 120_000)

    @property
    def session(self) -> SessionState | None:
        found = [s for s in self.sessions if s.session_id == self.learner.open_session_id]
        return found[0] if found else None

    def put(self, session: SessionState) -> None:
        others = [s for s in self.sessions if s.session_id != session.session_id]
        self.sessions = [*others, session]

    def note_cut(self, session_id: str, lesson_id: str, day: int, code: Cut, ms: int) -> None:
        """What is not counted is written down: one line for what follows at once."""
        lines = self.lines.setdefault(session_id, [])
        for index in range(len(lines) - 1, -1, -1):
            if ms and lines[index].goes_on(lesson_id, day, code, self.now):
                lines[index] = lines[index].and_more(ms, self.now)
                return
        if ms:
            line = CutLine(
                cut_id=self.id(), lesson_id=lesson_id, day=day, code=code, ms=ms,
                first_at_ms=self.now, last_at_ms=self.now,
            )  # fmt: skip
            lines.append(line)

    def note_taken(self, taken: tuple[Taken, ...]) -> None:
        for part in taken:
            self.note_cut(part.session_id, part.lesson_id, part.day, part.reason, part.ms)

    def take_back(self, taken: tuple[Taken, ...]) -> None:
        self.note_taken(taken)
        for name, state in self.lessons.items():
            gone = stretches_taken(taken, "e", name)
            self.lessons[name] = replace(state, covered=subtract(state.covered, gone))

    def apply(self, settled: Settled) -> None:
        was_held, self.learner = self.learner.hold is not None, settled.learner
        self.take_back(settled.taken)
        self.ledger += settled.entries
        session = self.session
        if was_held and self.learner.hold is None and session is not None:
            self.put(sittings.restart_clock(session, self.learner.clock_ms))
        event(f"{settled.ruling}{', with hours' if settled.entries else ''}")
        if settled.ruling is Ruling.PASSED and settled.entries:
            self.most_between_checks(sum(entry.ms for entry in settled.entries))

    def most_between_checks(self, released: int) -> None:
        policy = self.policy
        ttl_ms = max(policy.ttl_ms(method) for method in ("face", "code"))
        most = policy.identity_gap_s[1] + policy.offline_grace_s + policy.min_continuous_s
        assert released <= 1000 * most + TRIES * ttl_ms

    def settle(self) -> None:
        self.apply(challenges.settle(self.policy, self.learner, self.now, self.draw()))

    def id(self) -> str:
        self.count += 1
        return f"{self.count:03}"

    @rule(ms=st.one_of(st.integers(0, 30_000), st.integers(0, 8 * 3_600_000)))
    def wait(self, ms: int) -> None:
        self.now += ms

    @rule(ms=st.integers(1, 100_000))
    def server_clock_runs_back(self, ms: int) -> None:
        self.now -= ms

    @rule(device=st.sampled_from(["phone", "other"]), is_proved=st.booleans())
    def open(self, device: str, *, is_proved: bool) -> None:
        if (session := self.session) is not None:
            self.end(session, Phase.SUPERSEDED)
        opened = sittings.open_session(
            self.policy, self.learner, session_id=self.id(), enrolment_id="e", device=device,
            now_ms=self.now, draw=self.draw(),
        )  # fmt: skip
        self.learner = opened.learner
        self.take_back(opened.taken)
        self.put(opened.session)
        self.opened.append(opened.session)
        if is_proved:
            self.prove_who_is_there()

    def end(self, session: SessionState, phase: Phase) -> None:
        session, self.learner, taken = sittings.close_session(session, self.learner, phase)
        self.take_back(taken)
        self.put(session)
        self.ended[session.session_id] = max(self.now, self.learner.clock_ms)

    @precondition(lambda self: self.session is not None)
    @rule()
    def close(self) -> None:
        assert self.session is not None
        self.end(self.session, Phase.CLOSED)

    @precondition(lambda self: self.session is not None)
    @rule(name=st.sampled_from(sorted(LESSONS)), given=st.lists(beats, min_size=1, max_size=4))
    def report(self, name: str, given: list[tuple[int, int, int, int, bool]]) -> None:
        self.settle()
        session, lesson = self.session, LESSONS[name]
        assert session is not None
        sent, t, seq = [], session.last_t_ms, session.ack_seq
        place = self.lessons[name].frontier_ms
        for passed, away, length, rate, is_visible in given:
            t, seq = max(0, t + passed), seq + 1
            start = max(0, place + away)
            sent.append(Beat(seq, t, start, start + length, rate, is_visible))
            place = start + length
        batch = Batch(name, tuple(sent))
        before = Books(session, self.learner, self.lessons[name])
        reading = read(self.policy, lesson, before, batch, delivered=WHOLE, now_ms=self.now)
        judged = judge_batch(self.policy, lesson, before, batch, delivered=WHOLE, now_ms=self.now)
        self.learner, self.lessons[name] = judged.books.learner, judged.books.lesson
        self.put(judged.books.session)
        elsewhere = {n: s for n, s in self.lessons.items() if n != name}
        self.take_back_from(elsewhere, judged.taken)
        self.note_taken(judged.taken)
        for beat, verdict in zip(sent, judged.verdicts, strict=True):
            cut = sum(ms for _, ms in verdict.cuts)
            assert verdict.credited_ms + cut == beat.to_ms - beat.from_ms
            assert verdict.credited_ms >= 0
            for code, ms in verdict.cuts:
                self.note_cut(session.session_id, name, self.learner.day, code, ms)
        self.credited += judged.credited_ms
        place_of = session.session_id
        self.steps.setdefault(place_of, []).append(Step(lesson, batch, reading))
        self.credited_in[place_of] = self.credited_in.get(place_of, 0) + judged.credited_ms
        self.learner = challenges.hear(self.learner)
        self.raise_due(session)

    @precondition(lambda self: self.session is not None)
    @rule(name=st.sampled_from(sorted(LESSONS)), ms=st.integers(1_000, 115_000))
    def play_on(self, name: str, ms: int) -> None:
        """What an honest client sends; it makes the deep states likely."""
        self.now += ms
        self.report(name, [(ms, 0, ms, 100, True)])

    @precondition(lambda self: self.session is not None)
    @rule()
    def prove_who_is_there(self) -> None:
        self.ask_for_a_check()
        self.apply(answers.answer(self.policy, self.learner, Answer.PASSED, self.now, self.draw()))

    def take_back_from(self, states: dict[str, LessonState], taken: tuple[Taken, ...]) -> None:
        for name, state in states.items():
            gone = stretches_taken(taken, "e", name)
            self.lessons[name] = replace(state, covered=subtract(state.covered, gone))

    def raise_due(self, session: SessionState) -> None:
        kind = challenges.due_kind(self.policy, self.learner)
        if kind is not None:
            self.ask(kind, session)

    def ask(self, kind: ChallengeKind, session: SessionState) -> None:
        method = "picture" if kind is ChallengeKind.PRESENCE else "face"
        ask = Ask(self.id(), kind, method, session.session_id, "e")
        self.learner = challenges.raise_challenge(self.policy, self.learner, ask, self.now)

    @precondition(lambda self: self.session is not None)
    @rule()
    def ask_for_a_check(self) -> None:
        self.settle()
        assert self.session is not None
        self.ask(ChallengeKind.IDENTITY, self.session)

    @precondition(lambda self: self.learner.challenge is not None)
    @rule(said=st.sampled_from([Answer.PASSED, Answer.PASSED, *Answer]))
    def answer(self, said: Answer) -> None:
        self.settle()
        if self.learner.challenge is not None:
            self.apply(answers.answer(self.policy, self.learner, said, self.now, self.draw()))

    @precondition(lambda self: self.learner.is_under_review)
    @rule(is_same_person=st.booleans())
    def review(self, *, is_same_person: bool) -> None:
        self.settle()
        if self.learner.is_under_review:
            decided = answers.decide_review(
                self.learner, self.draw(), is_same_person=is_same_person
            )
            self.apply(decided)

    @invariant()
    def never_more_than_the_servers_time(self) -> None:
        """Invariants 1 and 4: all sessions together, and only while one of them was open."""
        latest = max(self.now, self.learner.clock_ms)
        spans = [
            self.ended.get(session.session_id, latest) - session.opened_at_ms
            for session in self.opened
        ]
        assert self.credited <= sum(spans)
        for session, span in zip(self.opened, spans, strict=True):
            assert self.credited_in.get(session.session_id, 0) <= span

    @invariant()
    def pending_and_confirmed_make_the_coverage(self) -> None:
        """Invariant 2."""
        for name, state in self.lessons.items():
            waiting = sum(p.ms for p in self.learner.pending if p.lesson_id == name)
            confirmed = sum(entry.ms for entry in self.ledger if entry.lesson_id == name)
            assert waiting + confirmed == measure(state.covered) <= LESSONS[name].length_ms
        assert all(piece.ms > 0 for piece in self.learner.pending)
        assert self.learner.day_used_ms >= 0
        assert pending.pending_ms(self.learner, "e") == sum(p.ms for p in self.learner.pending)

    @invariant()
    def nobody_studies_on_without_the_breaks(self) -> None:
        """R24."""
        if self.policy.continuous_max_s is not None:
            assert 0 <= self.learner.stint_ms <= self.policy.continuous_max_s * 1000

    @invariant()
    def the_evidence_judged_again_gives_the_same(self) -> None:
        """Invariant 6."""
        for session in self.opened[-1:]:
            again = replay(self.policy, session, self.steps.get(session.session_id, []))
            assert again.is_sound
            assert again.credited_ms == self.credited_in.get(session.session_id, 0)
            told = retell(self.policy, session, self.steps.get(session.session_id, []))
            assert sum(line.verdict.credited_ms for line in told) == again.credited_ms


World.TestCase.settings = settings(max_examples=300, stateful_step_count=50, deadline=None)
TestWorld = World.TestCase
