"""Against the protocol's own seams: the day's edge, two courses, old prompts, borrowed media."""

import datetime as dt

from tests.attacks.bot import Bot
from tests.attacks.hour import (
    LOOK_EVERY,
    PLATFORM_CHECK_BOUND_MS,
    HourOfStudy,
    confirms_nothing,
    gains_no_time,
)
from tests.attacks.laboratory import Laboratory
from tests.attacks.outcomes import Needs, Outcome, keep
from tests.people import csrf, sign_in

CAP_S = 900


class DayCap(HourOfStudy):
    """Twenty minutes in each of two courses whose policies both allow fifteen a day."""

    name, rows = "day's cap over two courses", "own"

    def run(self, world: Laboratory) -> Outcome:
        courses = [world.make_course(daily_cap_s=CAP_S) for _ in range(2)]
        with world.bot(self.needs, course=courses[0]) as bot:
            enrolments = [bot.enrolment_id, bot.enrol(courses[1].course_id)]
            for _ in bot.minutes(20):
                bot.play_minute()
                bot.respond()
            bot.fetch(bot.open(courses[1].video_id))
            bot.at = bot.t = 0
            for _ in bot.minutes(20):
                bot.play_minute()
                bot.respond()
            totals = []
            for course, bot.enrolment_id in zip(courses, enrolments, strict=True):
                totals.append(bot.open(course.video_id)["totals"])
            outcome = bot.outcome(self.name, self.rows)
            outcome.confirmed_ms = sum(each["confirmed_ms"] for each in totals)
            outcome.pending_ms = sum(each["pending_ms"] for each in totals)
            return outcome


class MidnightEdge(HourOfStudy):
    """Batches that arrive just after midnight, for what was played before it."""

    name, rows = "two days' caps across midnight", "own"

    def run(self, world: Laboratory) -> Outcome:
        course = world.make_course(daily_cap_s=CAP_S)
        with world.bot(self.needs, course=course) as bot:
            before = world.clock.now().replace(hour=15, minute=40)
            world.clock.set(before)
            bot.at = bot.frontier = bot.open(course.video_id)["lessons"][0]["frontier"]
            bot.t = 0
            bot.began = before
            bot.respond()
            for _ in bot.minutes(40):
                bot.play_minute()
                bot.respond()
            assert world.clock.now() > before + dt.timedelta(minutes=39)
            return bot.outcome(self.name, self.rows)


class BorrowedMedia(HourOfStudy):
    """The film was downloaded in another enrolment, by another learner, by a forged address."""

    name, rows, has_media = "media of another's download", "A06 own", False

    def run(self, world: Laboratory) -> Outcome:
        with world.bot() as other, world.bot(media=False) as bot:
            told = other.client.get(f"/api/v1/study-sessions/{other.session_id}").json()
            url: str = told["lessons"][0]["media"]["url"]
            assert bot.client.get(url).status_code == 200
            forged = url.replace(other.session_id, bot.session_id)
            assert bot.client.get(forged).status_code == 403
            for _ in bot.minutes(10):
                bot.play_minute()
            return bot.outcome(self.name, self.rows)


class OldPrompt(HourOfStudy):
    """The right taps for a prompt that is over: after one wrong try, and after its time."""

    name, rows = "right answer to an old prompt", "A08 own"

    def act(self, bot: Bot, minute: int) -> None:
        bot.play_minute()
        if bot.challenge is None or bot.challenge["kind"] != "presence":
            return
        old = {"taps": bot.read_taps()}
        bot.try_answer({"digits": "00000"})
        if bot.challenge is not None:
            bot.try_answer(old)
        if bot.challenge is not None:
            late = {"taps": bot.read_taps()}
            bot.clock.advance(ms=76_000)
            bot.try_answer(late)


class RelayedAnswer(HourOfStudy):
    """The answer comes from a phone elsewhere, signed in as the same person."""

    name, rows = "challenge relayed to a phone elsewhere", "A38"
    note = "refused: only the device that studies can answer"


class AskedForChecks(HourOfStudy):
    """Asks for checks by the dozen, hoping for the one question whose answer it knows."""

    name, rows = "checks asked for until a known question comes", "A49 own"
    number_of_minutes = 12

    def act(self, bot: Bot, minute: int) -> None:
        bot.play_minute()
        for _ in range(3):
            address = f"/api/v1/study-sessions/{bot.session_id}/challenges"

            answer = bot.client.post(address, headers=csrf(bot.client))
            if answer.status_code != 200:
                bot.object_to(answer.json()["code"])


def test_the_days_cap_is_one_for_all_courses(lab: Laboratory) -> None:
    outcome = gains_no_time(DayCap(Needs.PATIENT), lab)
    assert outcome.confirmed_ms + outcome.pending_ms == CAP_S * 1000
    assert "daily_cap" in outcome.reasons


def test_midnight_gives_a_new_day_and_no_double_one(lab: Laboratory) -> None:
    outcome = gains_no_time(MidnightEdge(Needs.PATIENT), lab)
    assert outcome.confirmed_ms + outcome.pending_ms <= 2 * CAP_S * 1000


def test_borrowed_media_are_not_delivered(lab: Laboratory) -> None:
    outcome = confirms_nothing(BorrowedMedia(), lab)
    assert (outcome.pending_ms, outcome.reasons) == (0, ["not_delivered"])


def test_an_old_prompts_answer_is_wrong(lab: Laboratory) -> None:
    outcome = confirms_nothing(OldPrompt(), lab)
    assert outcome.checks_passed == 0


def test_asking_for_checks_runs_into_the_limit(lab: Laboratory) -> None:
    outcome = confirms_nothing(AskedForChecks(), lab)
    assert "too_many_requests" in outcome.reasons


def test_a_relayed_answer_is_refused(lab: Laboratory) -> None:
    attack = RelayedAnswer(Needs.PHONE)
    with lab.bot(Needs.PHONE) as bot, lab.client() as phone:
        lab.clock.advance(ms=61_000)
        sign_in(phone, lab.parts, bot.who)
        desk = bot.client
        for minute in bot.minutes(45):
            bot.play_minute()
            bot.client = phone
            bot.respond()
            bot.client = desk
            if minute % LOOK_EVERY == LOOK_EVERY - 1:
                bot.look_for_risk()
        outcome = bot.outcome(attack.name, attack.rows, attack.note)
    keep(outcome)
    assert (outcome.confirmed_ms, outcome.identity_passed) == (0, 0)
    assert outcome.pending_ms <= min(outcome.elapsed_ms, PLATFORM_CHECK_BOUND_MS)
    assert "device_signature" in outcome.reasons
