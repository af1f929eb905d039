"""A11: five courses at once, in five windows of one browser."""

from tests.attacks.bot import Bot
from tests.attacks.hour import HourOfStudy, gains_no_time
from tests.attacks.laboratory import Laboratory
from tests.attacks.outcomes import Needs, Outcome
from tests.courses import MadeCourse

WINDOWS = 5


class FiveWindows(HourOfStudy):
    """Each window opens its course; the newest wins, so they take turns within every minute."""

    name, rows = "five courses at once", "A11"

    def run(self, world: Laboratory) -> Outcome:
        courses = [world.make_course() for _ in range(WINDOWS)]
        with world.bot(self.needs, course=courses[0]) as bot:
            enrolments = [bot.enrolment_id, *(bot.enrol(each.course_id) for each in courses[1:])]
            for turn in range(60):
                self._take_turn(bot, turn, courses, enrolments)
            outcome = bot.outcome(self.name, self.rows)
            earned = []
            for course, bot.enrolment_id in zip(courses, enrolments, strict=True):
                earned.append(bot.open(course.video_id)["totals"])
            outcome.confirmed_ms = sum(each["confirmed_ms"] for each in earned)
            outcome.pending_ms = sum(each["pending_ms"] for each in earned)
            return outcome

    def _take_turn(
        self, bot: Bot, turn: int, courses: list[MadeCourse], enrolments: list[str]
    ) -> None:
        """Twelve seconds in one window; the window before reports its minute all the same."""
        old = (bot.session_id, bot.key, bot.head, bot.seq)
        which = turn % WINDOWS
        bot.enrolment_id = enrolments[which]
        opened = bot.open(courses[which].video_id)
        bot.at = bot.frontier = opened["lessons"][0]["frontier"]
        if turn < WINDOWS:
            bot.fetch(opened)
        bot.respond()
        fresh = (bot.session_id, bot.key, bot.head, bot.seq)
        bot.clock.advance(ms=12_000)
        bot.t = 60_000
        bot.session_id, bot.key, bot.head, bot.seq = old
        bot.report([bot.beat(bot.at, bot.at + 60_000)])
        bot.session_id, bot.key, bot.head, bot.seq = fresh
        bot.report([bot.beat(bot.at, bot.at + 60_000)])
        bot.respond()


def test_five_windows_earn_less_than_one(lab: Laboratory) -> None:
    outcome = gains_no_time(FiveWindows(Needs.PATIENT), lab)
    assert "superseded" in outcome.reasons
