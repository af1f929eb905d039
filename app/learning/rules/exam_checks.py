"""Identity checks while somebody sits an exam: how one ends, what holds a result.

Nothing here takes a paper away: what failed or was missed holds a result that would pass, until a
person has looked. Having left the page is noted and never decides.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.learning.rules.answers import Answer
from app.learning.rules.challenges import ARRIVING_MS, JUDGING_MS

TRIES = 3
SILENCE = dt.timedelta(seconds=60)
"""Who was not heard of for so long, or had the page hidden for as long as `AWAY`, has been away."""
AWAY = dt.timedelta(seconds=30)
UNASKED = dt.timedelta(seconds=90)
"""How much later than its moment a check may be asked: pages report every `REPORT_S`."""
REPORT_S = 15
MOST_ABSENCES = 300
"""Absences that a paper keeps; one more is added to none."""


class Why(StrEnum):
    """What a check was asked for."""

    BEGIN = "begin"
    DRAWN = "drawn"
    RETURN = "return"
    DEVICE = "device"


OURS = frozenset({Why.BEGIN, Why.DRAWN})
"""Checks that nobody but the server can bring about."""


class Verdict(StrEnum):
    """What became of a check."""

    PASSED = "passed"
    FAILED = "failed"
    WRONG_FACE = "wrong_face"
    UNCERTAIN = "uncertain"
    UNPROVEN = "unproven"
    MISSED = "missed"
    SILENT = "silent"
    """Its time passed, and nothing was heard of the page meanwhile."""
    UNASKED = "unasked"
    """It was due and could not be asked: the page did not report."""
    OWN_BANK = "own_bank"
    """Of no check: who sat there acts for the institution whose questions were asked."""


class AwayKind(StrEnum):
    """How somebody was away: page hidden, another window in front, nothing heard."""

    HIDDEN = "hidden"
    BLUR = "blur"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCheck:
    """A check that waits for its answer; `lent` is the time by which it put the end off.

    `ours` is what of it our judging and our outages took.
    """

    why: Why
    raised_at: dt.datetime
    expires_at: dt.datetime
    tries_left: int = TRIES
    uncertain: int = 0
    is_heard: bool = False
    judging_until: dt.datetime | None = None
    lent: dt.timedelta = dt.timedelta(0)
    ours: dt.timedelta = dt.timedelta(0)


@dataclass(frozen=True, slots=True)
class Step:
    """The check after an answer; a verdict where it is over."""

    check: OpenCheck
    verdict: Verdict | None = None


def answered(check: OpenCheck, said: Answer, now: dt.datetime, ttl: dt.timedelta) -> Step:
    """What an answer that arrived in time does: as in study sessions (R17), and no hold."""
    judged_for = _judged_for(check, now)
    check = replace(check, judging_until=None, is_heard=True)
    if said is not Answer.UNUSABLE:  # dark pictures cost no try, so as many could be sent
        check = replace(check, ours=check.ours + judged_for)
    verdict = _verdict(check, said)
    if verdict is not None:
        return Step(check, verdict)
    if said is Answer.UNUSABLE:  # the same try, in the time that is left of it
        return Step(_later(check, check.expires_at + judged_for))
    if said is Answer.PROVIDER_ERROR:
        return Step(_outage(check, now, ttl))
    if said is Answer.WRONG:
        check = replace(check, tries_left=check.tries_left - 1)
    elif said is Answer.UNCERTAIN:
        check = replace(check, uncertain=1)
    return Step(_longer(check, now, ttl))


_ENDS = {
    Answer.PASSED: Verdict.PASSED,
    Answer.WRONG_FACE: Verdict.WRONG_FACE,
    Answer.UNPROVEN: Verdict.UNPROVEN,
}


def _verdict(check: OpenCheck, said: Answer) -> Verdict | None:
    """The end that an answer brings: the last wrong try, the second that was not clear."""
    if said is Answer.WRONG and check.tries_left <= 1:
        return Verdict.FAILED
    if said is Answer.UNCERTAIN and check.uncertain:
        return Verdict.UNCERTAIN
    return _ENDS.get(said)


def _judged_for(check: OpenCheck, now: dt.datetime) -> dt.timedelta:
    """How long we took to look at the answer, since it arrived."""
    if check.judging_until is None:
        return dt.timedelta(0)
    arrived_at = check.judging_until - dt.timedelta(milliseconds=JUDGING_MS)
    return max(dt.timedelta(0), now - arrived_at)


def _longer(check: OpenCheck, now: dt.datetime, ttl: dt.timedelta) -> OpenCheck:
    return _later(check, max(check.expires_at, now + ttl))


def _later(check: OpenCheck, until: dt.datetime) -> OpenCheck:
    return replace(check, expires_at=until, lent=check.lent + (until - check.expires_at))


def _outage(check: OpenCheck, until: dt.datetime, ttl: dt.timedelta) -> OpenCheck:
    """The whole time once more, as none was had before."""
    longer = _longer(check, until, ttl)
    return replace(longer, ours=longer.ours + (longer.lent - check.lent))


def begin_judging(check: OpenCheck, arrived_at: dt.datetime) -> OpenCheck:
    """What counts is when an answer arrived, not how long the engine takes over it."""
    until = arrived_at + dt.timedelta(milliseconds=JUDGING_MS)
    return replace(check, judging_until=until, is_heard=True)


def is_in_time(check: OpenCheck, arrived_at: dt.datetime) -> bool:
    return arrived_at <= check.expires_at


def is_being_judged(check: OpenCheck, now: dt.datetime) -> bool:
    return check.judging_until is not None and now <= check.judging_until


def found_again(check: OpenCheck, now: dt.datetime, ttl: dt.timedelta) -> OpenCheck:
    """The check after a judging that never came to an end: the same tries, and time for one.

    That an answer was lost was our fault. The time runs from when it was lost, whoever looks when.
    """
    if check.judging_until is None or now <= check.judging_until:
        return check
    return _outage(replace(check, judging_until=None), check.judging_until, ttl)


def lapsed(check: OpenCheck, now: dt.datetime) -> Verdict | None:
    """What time alone makes of an open check; None while it runs, or is being judged."""
    arriving = check.expires_at + dt.timedelta(milliseconds=ARRIVING_MS)
    until = max(check.judging_until or check.expires_at, arriving)
    if now <= until:
        return None
    return Verdict.MISSED if check.is_heard else Verdict.SILENT


def keeps_shut(check: OpenCheck, now: dt.datetime, ttl: dt.timedelta) -> bool:
    """Whether nothing of the paper may be read yet: the check at its beginning is open."""
    return check.why is Why.BEGIN and lapsed(found_again(check, now, ttl), now) is None


def waits_for_judging(check: OpenCheck, now: dt.datetime, ttl: dt.timedelta) -> bool:
    """Whether an answer was taken in of which nothing has come yet: that is ours to end.

    One that was lost is asked for again, until the time for that is over too.
    """
    if check.judging_until is None:
        return False
    return lapsed(found_again(check, now, ttl), now) is None


def given_back(
    check: OpenCheck, verdict: Verdict, now: dt.datetime, ttl: dt.timedelta
) -> dt.timedelta:
    """How much of the lent time stays: what a passed check took that we asked for by ourselves.

    Of the one at the beginning all of it, whatever came of it: nobody has read a question yet, so
    the paper's time begins behind it. Whoever left the page, or took another device, pays for that
    check with the exam's own time: it could be brought about as often as somebody likes. Of the
    others one try's time stays, and what we took ourselves: wrong answers make nobody's exam
    longer.
    """
    if check.why is Why.BEGIN:
        return max(dt.timedelta(0), min(check.lent, now - check.raised_at))
    if verdict is not Verdict.PASSED or check.why not in OURS:
        return dt.timedelta(0)
    return max(dt.timedelta(0), min(check.lent, now - check.raised_at, ttl + check.ours))


def was_away(
    heard_at: dt.datetime, now: dt.datetime, hidden: Sequence[dt.timedelta]
) -> dt.timedelta | None:
    """How long somebody is back from; None where it was too short to ask who is back.

    `hidden` are the stretches for which the page says it was out of sight. Another window in front
    (blur) is noted, and no absence: the paper is still in sight.
    """
    silence = now - heard_at
    longest = max([silence if silence > SILENCE else dt.timedelta(0), *hidden])
    return longest if longest >= AWAY else None


def told_away(told_ms: int, arrived_at: dt.datetime, started_at: dt.datetime) -> dt.timedelta:
    """A stretch as a page tells it, cut to the server's own time since the paper was begun."""
    return min(
        dt.timedelta(milliseconds=max(0, told_ms)), max(dt.timedelta(0), arrived_at - started_at)
    )


def is_unasked(due_at: dt.datetime | None, ended_at: dt.datetime) -> bool:
    """Whether a check should have been asked before the end, and no report gave occasion to."""
    return due_at is not None and ended_at - due_at > UNASKED


def holding(verdicts: Collection[Verdict]) -> tuple[Verdict, ...]:
    """What was found of a paper that holds its result, the gravest first; empty for nothing."""
    order = (
        Verdict.WRONG_FACE, Verdict.FAILED, Verdict.UNCERTAIN, Verdict.UNPROVEN, Verdict.MISSED,
        Verdict.SILENT, Verdict.UNASKED, Verdict.OWN_BANK,
    )  # fmt: skip
    return tuple(each for each in order if each in verdicts)


WHY_NAMES: dict[Why, str] = {
    Why.BEGIN: "开始考试",
    Why.DRAWN: "考试中随机",
    Why.RETURN: "离开后回来",
    Why.DEVICE: "换了设备",
}
VERDICT_NAMES: dict[Verdict, str] = {
    Verdict.PASSED: "通过",
    Verdict.FAILED: "三次没有通过",
    Verdict.WRONG_FACE: "不是本人",
    Verdict.UNCERTAIN: "两次都不够清楚",
    Verdict.UNPROVEN: "换过核对方式，还没有人工确认",
    Verdict.MISSED: "没有按时完成",
    Verdict.SILENT: "没有完成，当时收不到页面的消息（可能断网）",
    Verdict.UNASKED: "该核对时收不到页面的消息，没有核对成",
    Verdict.OWN_BANK: "考生是出题机构的工作人员，可能看过题目和答案",
}
AWAY_NAMES: dict[AwayKind, str] = {
    AwayKind.HIDDEN: "页面不在前台",
    AwayKind.BLUR: "切到了别的窗口",
    AwayKind.SILENT: "收不到页面的消息（可能断网）",
}


def sentence_of(verdict: Verdict | None, tries_left: int) -> str:
    """What the learner reads after an answer to a check."""
    if verdict is Verdict.PASSED:
        return "核对通过，请继续答题。"
    if verdict is None:
        return f"还没有通过，请再试一次，还可以试 {tries_left} 次。"
    return "核对没有通过。请继续答题：答卷照样收，成绩要人工复核以后才算。"
