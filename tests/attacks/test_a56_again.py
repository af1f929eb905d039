"""A56, A57: the same lesson again, a document flipped through, one stretch in many beats."""

from tests.attacks.bot import Bot
from tests.attacks.hour import HourOfStudy, confirms_nothing, gains_no_time
from tests.attacks.laboratory import PAGE_MS, PAGES, Laboratory
from tests.attacks.outcomes import Needs, Outcome


class WatchedAgain(HourOfStudy):
    """The first ten minutes, six times."""

    name, rows = "the same ten minutes again", "A56"

    def act(self, bot: Bot, minute: int) -> None:
        bot.at = minute % 10 * 60_000
        bot.play_minute()


class SameStretch(HourOfStudy):
    """One quarter of a minute, eight times in each batch."""

    name, rows = "one stretch, many beats", "own"

    number_of_minutes = 30

    def act(self, bot: Bot, minute: int) -> None:
        start = bot.frontier
        bot.report([bot.beat(start, start + 15_000, t=bot.t - 60_000 + n) for n in range(1, 9)])


class PageFlipper(HourOfStudy):
    """A document's pages turned every five seconds."""

    name, rows = "pages flipped", "A57"

    def run(self, world: Laboratory) -> Outcome:
        with world.client() as client:
            bot = world.learner(client, self.needs, world.make_course(order_lock=False))
            bot.begin(lesson_id=bot.course.book_id)
            for minute in bot.minutes(20):
                beats = []
                for flip in range(12):
                    page = PAGE_MS * ((minute * 12 + flip) % PAGES)
                    t = bot.t - 60_000 + 5000 * (flip + 1)
                    beats.append(bot.beat(page, page + PAGE_MS, t=t))
                bot.report(beats)
                bot.respond()
            return bot.outcome(self.name, self.rows)


def test_what_is_covered_counts_once(lab: Laboratory) -> None:
    outcome = gains_no_time(WatchedAgain(Needs.PATIENT), lab)
    assert outcome.confirmed_ms + outcome.pending_ms == 600_000


def test_one_stretch_counts_once(lab: Laboratory) -> None:
    confirms_nothing(SameStretch(), lab)


def test_flipped_pages_earn_the_time_they_were_open(lab: Laboratory) -> None:
    confirms_nothing(PageFlipper(), lab)
    outcome = gains_no_time(PageFlipper(Needs.PATIENT), lab)
    assert outcome.naive_trust_ms == 20 * 12 * PAGE_MS
