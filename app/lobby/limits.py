"""How often one person, device, phone or address may do what costs money or can be guessed at.

A whole class or factory stands behind one address, so the limits by address are wide: they stop a
machine, and leave thirty people at a time alone.
"""

import datetime as dt
from dataclasses import dataclass

from app.core.errors import TooManyRequestsError, UnavailableError
from app.core.ratelimit import Limit
from app.identity.rules.actors import Actor
from app.lobby.parts import Parts

_HOUR, _DAY = 3600, 24 * 3600
CODE_BY_PHONE = Limit("code.phone", 10, _DAY)
CODE_BY_FRIEND = Limit("code.friend", 10, _DAY)
CODE_BY_DEVICE = Limit("code.device", 20, _HOUR)
CODE_BY_ADDRESS = Limit("code.address", 60, _HOUR)
CHECK_CODE_BY_PERSON = Limit("check.code", 20, _HOUR)
SIGN_IN_BY_DEVICE = Limit("signin.device", 30, _HOUR)
SIGN_IN_BY_ADDRESS = Limit("signin.address", 180, _HOUR)
PASSWORD_BY_STRANGERS = Limit("password.strangers", 10, _HOUR)
PASSWORD_BY_FRIEND = Limit("password.friend", 10, 900)
# Three codes are good at a time: ten guesses of a million, at most fifty a day.
SECOND_FACTOR = Limit("second_factor", 10, 900)
SECOND_FACTOR_A_DAY = Limit("second_factor.day", 50, _DAY)
# Look-ups that were answered; what a registry left open is given back, up to the second bound.
REGISTRY_ANSWERS = Limit("identity", 10, _DAY)
REGISTRY_QUESTIONS = Limit("identity.asked", 60, _DAY)
# Three tries each, against names, documents and answers that somebody may have written down.
RECOVERY_BY_DEVICE = Limit("recovery.device", 10, _HOUR)
RECOVERY_BY_ADDRESS = Limit("recovery.address", 30, _HOUR)
# A picture that nobody can use costs no try; what is looked at is bounded all the same.
FRAMES_BY_CHANGE = Limit("recovery.frames", 12, _HOUR)
FRAMES_BY_DEVICE = Limit("recovery.frames.device", 40, _HOUR)
RECOVERY_BY_NUMBER = Limit("recovery.number", 5, _DAY)
RECOVERY_BY_FRIEND = Limit("recovery.friend", 5, _DAY)
# A clerk mends a table some times; each look at a great one costs the worker seconds.
# Of 28^8 codes: whoever guesses gets nowhere, and a workshop behind one address gets in.
JOIN_BY_PERSON = Limit("join", 20, _HOUR)
JOIN_BY_ADDRESS = Limit("join.address", 600, _HOUR)
IMPORT_BY_PERSON = Limit("import", 60, _HOUR)
COMPLAINT_BY_DEVICE = Limit("complaint", 10, _DAY)
COMPLAINT_BY_ADDRESS = Limit("complaint.address", 30, _DAY)
LOOK_UP_BY_DEVICE = Limit("verify.device", 60, 600)
LOOK_UP_BY_ADDRESS = Limit("verify.address", 120, _HOUR)
HOLDER_CODE_BY_PERSON = Limit("holder_code", 20, _HOUR)
# Five tries a code; beside that, nobody walks through certificates with one guess for each.
HOLDER_BY_DEVICE = Limit("holder.device", 30, _HOUR)
HOLDER_BY_ADDRESS = Limit("holder.address", 120, _HOUR)
SHARE_BY_PERSON = Limit("share", 30, _HOUR)
# A token is not guessed; these stop a machine that opens what somebody handed it.
SHARED_BY_DEVICE = Limit("shared.device", 120, 600)
SHARED_BY_ADDRESS = Limit("shared.address", 600, _HOUR)
FILES_BY_DEVICE = Limit("verify.files.device", 120, 600)
FILES_BY_ADDRESS = Limit("verify.files.address", 600, _HOUR)
# Whoever has a proven name answers for what they look up; a class or a site is checked at once.
ROWS_BY_PERSON = Limit("verify.rows.person", 1000, _DAY)
# Unpacking and reading a table costs before its first line is counted.
BATCHES_BY_PERSON = Limit("verify.batches.person", 200, _DAY)
BATCHES_BY_DEVICE = Limit("verify.batches.device", 30, 600)
BATCHES_BY_ADDRESS = Limit("verify.batches.address", 120, _HOUR)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for a code; a friend is a browser in which that phone's account was signed in."""

    device_id: str
    address: str
    is_friend: bool


def before_code(parts: Parts, who: Asking, *, phone: str, now: dt.datetime) -> None:
    """Stand before a code for signing in. Raises TooManyRequestsError.

    Strangers' browsers share one count for a phone, a friend has its own: nobody who asks from
    elsewhere shuts the owner out for a day.

    The budget of the whole platform comes last, so that refused tries do not use it up; when it is
    spent this raises UnavailableError: it is nobody's own fault.
    """
    by_phone = (
        (CODE_BY_FRIEND, f"{phone}.{who.device_id}") if who.is_friend else (CODE_BY_PHONE, phone)
    )
    uses = [by_phone, (CODE_BY_DEVICE, who.device_id), (CODE_BY_ADDRESS, who.address)]
    parts.limiter.take_each(uses, now=now)
    _spend(parts, "请过一会儿再取", now)


def before_check_code(parts: Parts, *, person_id: str, now: dt.datetime) -> None:
    """Stand before a check that somebody asks for and a code leaves for. Raises as `before_code`.

    Not before those that the house asks for itself: they must be answered in their time.
    """
    parts.limiter.take_each([(CHECK_CODE_BY_PERSON, person_id)], now=now)
    remedy = "学到的时间都留着；请过一会儿再核对，或者在现场点名、在“我的”里用人脸"
    _spend(parts, remedy, now)


def _spend(parts: Parts, remedy: str, now: dt.datetime) -> None:
    budget = Limit("sms.budget", parts.settings.sms_per_hour, _HOUR)
    try:
        parts.limiter.take_each([(budget, "")], now=now)
    except TooManyRequestsError as spent:
        raise UnavailableError(
            "现在取验证码的人太多，短信暂时发不出去。", code="sms_budget",
            retry_after_s=spent.retry_after_s, remedy=remedy,
        ) from None  # fmt: skip


def before_sign_in(parts: Parts, *, device_id: str, address: str, now: dt.datetime) -> None:
    """Stand before a typed code. Raises TooManyRequestsError."""
    uses = [(SIGN_IN_BY_DEVICE, device_id), (SIGN_IN_BY_ADDRESS, address)]
    parts.limiter.take_each(uses, now=now)


def before_registry(parts: Parts, *, person_id: str, now: dt.datetime) -> None:
    """Stand before asking the registry about a person's entry. Raises TooManyRequestsError."""
    uses = [(REGISTRY_QUESTIONS, person_id), (REGISTRY_ANSWERS, person_id)]
    parts.limiter.take_each(uses, now=now)


def registry_left_open(parts: Parts, *, person_id: str) -> None:
    """Give the use back: it was the registry that did not answer."""
    parts.limiter.give_back(REGISTRY_ANSWERS, person_id)


def before_password(parts: Parts, *, phone: str, known_device_id: str, now: dt.datetime) -> None:
    """Stand before a typed password. Raises TooManyRequestsError.

    Strangers' devices share one count for an account; a device that was signed in before has its
    own, so that whoever guesses from elsewhere does not shut the owner out. The phone's code is
    open in any case.
    """
    use = _share(PASSWORD_BY_FRIEND, PASSWORD_BY_STRANGERS, phone, known_device_id)
    try:
        parts.limiter.take_each([use], now=now)
    except TooManyRequestsError as spent:
        raise TooManyRequestsError(
            spent.message, retry_after_s=spent.retry_after_s, remedy="现在可以改用短信验证码登录"
        ) from None


def _share(own: Limit, strangers: Limit, whose: str, known_device_id: str) -> tuple[Limit, str]:
    """A device that the person was signed in on has a share of its own; all others have one."""
    return (own, f"{whose}.{known_device_id}") if known_device_id else (strangers, whose)


def before_second_factor(parts: Parts, *, actor: Actor, now: dt.datetime) -> None:
    """Stand before every answer of a second factor. Raises TooManyRequestsError.

    By person, whose phone's code was right before: a stranger's tries shut nobody out. Whom a
    company let in has shown no phone, so their tries are counted by themselves.
    """
    who = ".".join(filter(None, (actor.account_id, actor.company_org_id)))
    uses = [(SECOND_FACTOR, who), (SECOND_FACTOR_A_DAY, who)]
    parts.limiter.take_each(uses, now=now)


def before_recovery(parts: Parts, *, device_id: str, address: str, now: dt.datetime) -> None:
    """Stand before a code at an account whose phone is lost. Raises TooManyRequestsError."""
    uses = [(RECOVERY_BY_DEVICE, device_id), (RECOVERY_BY_ADDRESS, address)]
    parts.limiter.take_each(uses, now=now)


def before_document(
    parts: Parts, *, number: str, known_device_id: str, now: dt.datetime
) -> None:  # fmt: skip
    """Stand before a try at one document, known here or not, after the new phone's right code.

    A browser in which the person was signed in has a share of its own: whoever knows the number
    shuts nobody out of it. Raises TooManyRequestsError.
    """
    use = _share(RECOVERY_BY_FRIEND, RECOVERY_BY_NUMBER, number, known_device_id)
    try:
        parts.limiter.take_each([use], now=now)
    except TooManyRequestsError as spent:
        raise TooManyRequestsError(
            "这个证件今天找回的次数用完了。", retry_after_s=spent.retry_after_s,
            remedy="请明天再来，或者用以前登录过的手机、电脑办；急的话请点“找人帮忙”",
        ) from None  # fmt: skip


def before_frames(parts: Parts, *, change_id: str, device_id: str, now: dt.datetime) -> None:
    """Stand before a look at the frames of a change. Raises TooManyRequestsError."""
    uses = [(FRAMES_BY_CHANGE, change_id), (FRAMES_BY_DEVICE, device_id)]
    try:
        parts.limiter.take_each(uses, now=now)
    except TooManyRequestsError as spent:
        raise TooManyRequestsError(
            spent.message, retry_after_s=spent.retry_after_s,
            remedy="现在可以改用保密问题，或者请人核对",
        ) from None  # fmt: skip


def before_import(parts: Parts, *, actor: Actor, now: dt.datetime) -> None:
    """Stand before the reading of a roster. Raises TooManyRequestsError."""
    parts.limiter.take_each([(IMPORT_BY_PERSON, actor.account_id)], now=now)


def before_join_code(parts: Parts, *, actor: Actor, address: str, now: dt.datetime) -> None:
    """Stand before a typed code of an organisation. Raises TooManyRequestsError."""
    uses = [(JOIN_BY_PERSON, actor.account_id), (JOIN_BY_ADDRESS, address)]
    parts.limiter.take_each(uses, now=now)


def before_complaint(parts: Parts, *, device_id: str, address: str, now: dt.datetime) -> None:
    """Stand before a complaint. Raises TooManyRequestsError."""
    uses = [(COMPLAINT_BY_DEVICE, device_id), (COMPLAINT_BY_ADDRESS, address)]
    parts.limiter.take_each(uses, now=now)


def before_file_check(parts: Parts, *, device_id: str, address: str, now: dt.datetime) -> None:
    """Stand before a file that is to be checked: a signature costs milliseconds."""
    parts.limiter.take_each(
        [(FILES_BY_DEVICE, device_id), (FILES_BY_ADDRESS, address)], now=now
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Looking:
    """Who looks certificates up; `person_id` only where their name is proven."""

    device_id: str
    address: str
    person_id: str | None


def before_batch(parts: Parts, who: Looking, *, now: dt.datetime) -> None:
    """Stand before the reading of what is handed over for many. Raises TooManyRequestsError."""
    if who.person_id is not None:
        uses = [(BATCHES_BY_PERSON, who.person_id)]
    else:
        uses = [(BATCHES_BY_DEVICE, who.device_id), (BATCHES_BY_ADDRESS, who.address)]
    parts.limiter.take_each(uses, now=now)


def before_row(parts: Parts, who: Looking, *, number: str | None, now: dt.datetime) -> None:
    """Stand before one line of many, or one file where there is no number.

    A line counts like a look-up of its own, and a file like a file; a person with a proven name has
    a share for a day instead of a device's and an address's. What wrong names for one number cost
    stands in `guesses`. Raises TooManyRequestsError.
    """
    if who.person_id is not None:
        uses = [(ROWS_BY_PERSON, who.person_id)]
    elif number is None:
        uses = [(FILES_BY_DEVICE, who.device_id), (FILES_BY_ADDRESS, who.address)]
    else:
        uses = [(LOOK_UP_BY_DEVICE, who.device_id), (LOOK_UP_BY_ADDRESS, who.address)]
    parts.limiter.take_each(uses, now=now)


def before_holder_code(parts: Parts, *, person_id: str, now: dt.datetime) -> None:
    """Stand before a holder's one-time code. Raises TooManyRequestsError."""
    parts.limiter.take_each([(HOLDER_CODE_BY_PERSON, person_id)], now=now)


def before_holder(parts: Parts, *, device_id: str, address: str, now: dt.datetime) -> None:
    """Stand before a typed code for a holder's full name. Raises TooManyRequestsError."""
    uses = [(HOLDER_BY_DEVICE, device_id), (HOLDER_BY_ADDRESS, address)]
    parts.limiter.take_each(uses, now=now)


def before_share(parts: Parts, *, person_id: str, now: dt.datetime) -> None:
    """Stand before another link to one's certificate. Raises TooManyRequestsError."""
    parts.limiter.take_each([(SHARE_BY_PERSON, person_id)], now=now)


def before_shared(parts: Parts, *, device_id: str, address: str, now: dt.datetime) -> None:
    """Stand before what a link to a certificate shows. Raises TooManyRequestsError."""
    uses = [(SHARED_BY_DEVICE, device_id), (SHARED_BY_ADDRESS, address)]
    parts.limiter.take_each(uses, now=now)
