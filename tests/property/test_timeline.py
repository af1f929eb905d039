"""A learner's whole life laid on the server's clock: nothing is lost, invented or twice (R28)."""

from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from app.learning.rules.challenges import Settled
from app.learning.rules.replay import Told, retell
from app.learning.rules.timeline import TAKINGS, Fate, Release, Segment, lines, segments
from tests.property.test_study_world import LESSONS, World, beats


class Day(World):
    """A world whose clock does not run back, and in which a report and a check never coincide."""

    server_clock_runs_back = None

    @rule(ms=st.integers(0, 900_000))
    def wait(self, ms: int) -> None:
        self.now += ms

    @precondition(lambda self: self.session is not None)
    @rule(name=st.sampled_from(sorted(LESSONS)), given=st.lists(beats, min_size=1, max_size=4))
    def report(self, name: str, given: list[tuple[int, int, int, int, bool]]) -> None:
        self.now += 1
        super().report(name, given)

    def apply(self, settled: Settled) -> None:
        for entry in settled.entries:
            release = Release(
                enrolment_id="e", lesson_id=entry.lesson_id, at_ms=self.now, ms=entry.ms
            )
            self.releases().append((entry.day, release))
        super().apply(settled)

    def releases(self) -> list[tuple[int, Release]]:
        return self.__dict__.setdefault("released", [])

    def laid(self, day: int) -> list[Segment]:
        told = [self.told(session.session_id, day) for session in self.opened]
        cuts = {
            session_id: [line for line in found if line.day == day]
            for session_id, found in self.lines.items()
        }
        return segments(told, cuts, [release for on, release in self.releases() if on == day])

    def told(self, session_id: str, day: int) -> list[Told]:
        opened = next(each for each in self.opened if each.session_id == session_id)
        found = retell(self.policy, opened, self.steps.get(session_id, []))
        return [line for line in found if line.day == day]

    @invariant()
    def segments_are_in_order_and_apart(self) -> None:
        parts = self.laid(self.learner.day)
        for session in self.opened:
            own = [part for part in parts if part.session_id == session.session_id]
            edge = session.opened_at_ms
            for part in own:
                assert edge <= part.start_ms <= part.end_ms <= part.arrived_ms
                edge = part.end_ms
            told = lines(own)
            assert [line.start_ms for line in told] == sorted(line.start_ms for line in told)
            assert sum(line.ms for line in told) == sum(part.ms for part in own)

    @invariant()
    def what_counted_is_what_is_stored(self) -> None:
        """Confirmed is the ledger's, waiting is pending, taken and refused are the lines'."""
        day = self.learner.day
        parts = self.laid(day)
        sums: Counter[object] = Counter()
        for part in parts:
            sums[part.fate] += part.ms
            if part.code is not None:
                sums[part.session_id, part.code] += part.ms
                sums[part.cut_id] += part.ms
        credited = sum(
            line.verdict.credited_ms
            for session in self.opened for line in self.told(session.session_id, day)
        )  # fmt: skip
        assert credited == sums[Fate.CONFIRMED] + sums[Fate.WAITING] + sums[Fate.TAKEN]
        assert sums[Fate.CONFIRMED] == sum(e.ms for e in self.ledger if e.day == day)
        assert sums[Fate.WAITING] == sum(p.ms for p in self.learner.pending if p.day == day)
        for session_id, found in self.lines.items():
            own = [line for line in found if line.day == day]
            for line in own:
                assert sums[session_id, line.code] == sum(
                    each.ms for each in own if each.code is line.code
                )
                assert sums[line.cut_id] == line.ms
        assert sums[Fate.TAKEN] == sum(
            line.ms for found in self.lines.values() for line in found
            if line.day == day and line.code in TAKINGS
        )  # fmt: skip


Day.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestDay = Day.TestCase
