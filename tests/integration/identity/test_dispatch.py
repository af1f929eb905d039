"""Messages that leave the house: once, when they may, and with what came of them written down."""

import datetime as dt
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import select

from app import worker
from app.core import outbox
from app.core.clock import SettableClock
from app.core.errors import InvalidError
from app.identity.models.outgoing import OutgoingMessage
from app.identity.providers.mail import MailLetter
from app.identity.providers.wire import VendorError
from app.identity.rules.notices import NoticeKind
from app.identity.rules.outgoing import Way
from app.identity.rules.vendor_calls import Failure
from app.identity.services import (
    dispatch,
    group_robots,
    inbox,
    mail_addresses,
    outgoing,
    people,
    signin,
)
from app.identity.services.outgoing import Wish
from app.identity.services.signin import CodeAnswer
from app.lobby.outgoing import means_of
from app.lobby.parts import Parts

ORG, OTHER = "0" * 26, "1" * 26
FACTS = {"employer": "岷江电子", "count": 1, "lines": ["《焊工》截止 2026-12-01"]}
ALL = frozenset({Way.SMS, Way.MAIL})
EVENING_MS = 12 * 3_600_000  # from 10:00 to 22:00 in Shanghai


@dataclass
class Postman:
    """A mail server as far as it is asked; `failures` are what the next letters come to."""

    failures: list[VendorError | None] = field(default_factory=list)
    letters: list[MailLetter] = field(default_factory=list)
    sent_at: list[dt.datetime] = field(default_factory=list)

    def send(self, letter: MailLetter, *, now: dt.datetime) -> None:
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure
        self.letters.append(letter)
        self.sent_at.append(now)


@pytest.fixture
def postman() -> Postman:
    return Postman()


@pytest.fixture
def house(parts: Parts, postman: Postman) -> Parts:
    return replace(parts, mail=postman)


@pytest.fixture
def person(house: Parts) -> str:
    """Somebody with a phone and a proven address."""
    now = house.clock.now()
    with house.database.transaction() as db:
        person_id, _ = people.find_or_create(db, house.vault, "13800000041", now=now)
    prove(house, person_id, "li@factory.example")
    return person_id


def prove(house: Parts, person_id: str, address: str) -> None:
    now = house.clock.now()
    with house.database.transaction() as db:
        letter = mail_addresses.ask(db, house.vault, house.keys, person_id, address, now=now)
    code = letter.text.partition("验证码是 ")[2][:6]
    with house.database.transaction() as db:
        answer = mail_addresses.confirm(db, house.keys, person_id, code, now=now)
    assert answer is CodeAnswer.RIGHT


def wish(person_id: str, reason: str = "overdue", org_id: str = ORG, **more: str) -> Wish:
    return Wish(
        person_id=person_id, org_id=org_id, reason=reason, notice=NoticeKind.REMINDED,
        notice_facts={"employer": "岷江电子"}, facts=FACTS, **more,
    )  # fmt: skip


def plan(house: Parts, wanted: Wish) -> outgoing.Planned:
    with house.database.transaction() as db:
        return outgoing.plan(db, wanted, open_ways=ALL, now=house.clock.now())


def log(house: Parts) -> list[tuple[str, str, str]]:
    with house.database.reading() as db:
        found = db.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id))
        return [(row.way, row.state, row.detail) for row in found]


def of(house: Parts, way: Way) -> list[tuple[str, str]]:
    return [(state, detail) for each, state, detail in log(house) if each == way]


def texts(house: Parts) -> list[str]:
    with house.database.reading() as db:
        return [each.text for each in signin.messages(db, house.vault)]


def advance(house: Parts, **span: int) -> None:
    assert isinstance(house.clock, SettableClock)
    moved = dt.timedelta(**span)
    house.clock.advance(ms=moved // dt.timedelta(milliseconds=1))


def test_one_wish_goes_every_way_once(house: Parts, person: str, postman: Postman) -> None:
    assert plan(house, wish(person)).used == (Way.IN_APP, Way.SMS, Way.MAIL)
    assert plan(house, wish(person)).used == ()
    worker.drain(house)
    worker.drain(house)
    assert log(house) == [
        ("in_app", "accepted", ""), ("sms", "accepted", ""), ("mail", "accepted", ""),
    ]  # fmt: skip
    [text] = texts(house)
    assert "岷江电子：1 门课已逾期，请登录实学完成" in text
    [letter] = postman.letters
    assert letter.to == "li@factory.example"
    assert "《焊工》截止 2026-12-01" in letter.text
    with house.database.reading() as db:
        told = [each.kind for each in inbox.list_notices(db, person)]
    assert told.count(NoticeKind.REMINDED) == 1


def test_the_night_is_quiet_and_the_morning_brings_it(
    house: Parts, person: str, postman: Postman
) -> None:
    advance(house, hours=12)
    plan(house, wish(person))
    worker.drain(house)
    assert of(house, Way.IN_APP) == [("accepted", "")]
    assert of(house, Way.SMS) == [("waiting", "")]
    advance(house, hours=9, minutes=59)
    worker.drain(house)
    assert (texts(house), postman.letters) == ([], [])
    advance(house, minutes=1)
    worker.drain(house)
    assert len(texts(house)) == len(postman.letters) == 1
    assert postman.sent_at == [house.clock.now()]
    # It counts for the day on which it came.
    assert plan(house, wish(person)).used == (Way.IN_APP,)


def test_over_all_organisations_there_is_a_most(house: Parts, person: str) -> None:
    assert plan(house, wish(person)).used == (Way.IN_APP, Way.SMS, Way.MAIL)
    second = plan(house, wish(person, org_id=OTHER))
    assert (second.used, second.kept) == ((Way.IN_APP, Way.SMS), (Way.MAIL,))
    assert plan(house, wish(person, "stuck")).used == (Way.IN_APP,)
    assert of(house, Way.MAIL)[1] == ("stopped", "daily_most")
    advance(house, days=1)
    assert plan(house, wish(person, "stuck")).used == (Way.IN_APP, Way.SMS, Way.MAIL)


def test_a_person_says_no_and_the_inbox_stays(house: Parts, person: str) -> None:
    plan(house, wish(person))
    with house.database.transaction() as db:
        mail_addresses.choose(db, person, takes_sms=False, takes_mail=False, now=house.clock.now())
    worker.drain(house)
    assert log(house)[1:] == [("sms", "stopped", "unwanted"), ("mail", "stopped", "unwanted")]
    assert texts(house) == []
    advance(house, days=1)
    assert plan(house, wish(person)).used == (Way.IN_APP,)


def test_nothing_goes_to_an_address_before_its_code_came_back(
    house: Parts, postman: Postman
) -> None:
    now = house.clock.now()
    with house.database.transaction() as db:
        other, _ = people.find_or_create(db, house.vault, "13800000042", now=now)
        mail_addresses.ask(db, house.vault, house.keys, other, "x@factory.example", now=now)
        view = mail_addresses.view(db, house.vault, other)
    assert (view.address, view.waiting) == ("", "x@factory.example")
    assert plan(house, wish(other)).used == (Way.IN_APP, Way.SMS)
    for _ in range(5):
        with house.database.transaction() as db:
            wrong = mail_addresses.confirm(db, house.keys, other, "x", now=now)
        assert wrong is CodeAnswer.WRONG
    with house.database.transaction() as db:
        assert mail_addresses.confirm(db, house.keys, other, "x", now=now) is CodeAnswer.SPENT
    assert postman.letters == []


@pytest.mark.parametrize(
    "text", ["", "a", "a@b", "a b@c.cn", "a@c..cn", "王@c.cn", "a@c.cn\n", "a" * 120 + "@c.cn"]
)
def test_what_is_no_address_names_the_field(text: str) -> None:
    if text.strip() != text:
        assert mail_addresses.read_address(text) == text.strip()
        return
    with pytest.raises(InvalidError) as caught:
        mail_addresses.read_address(text)
    assert (caught.value.field, bool(caught.value.remedy)) == ("/address", True)


def test_what_does_not_go_is_tried_again_and_given_up_with_a_reason(
    house: Parts, person: str, postman: Postman
) -> None:
    postman.failures = [VendorError(Failure.UNREACHED, detail="ConnectionRefusedError")] * 9
    plan(house, wish(person))
    worker.drain(house)
    assert of(house, Way.MAIL) == [("waiting", "unreached ConnectionRefusedError")]
    for _ in range(12):
        advance(house, hours=3)
        worker.drain(house)
    assert of(house, Way.MAIL) == [("given_up", "unreached ConnectionRefusedError")]
    assert len(postman.failures) == 3
    assert postman.letters == []


def test_a_passing_failure_is_made_good(house: Parts, person: str, postman: Postman) -> None:
    postman.failures = [VendorError(Failure.THROTTLED, detail="rcpt 451")]
    plan(house, wish(person))
    worker.drain(house)
    advance(house, minutes=1)
    worker.drain(house)
    assert of(house, Way.MAIL) == [("accepted", "")]
    assert len(postman.letters) == 1


def test_what_may_have_been_sent_is_not_sent_again(
    house: Parts, person: str, postman: Postman
) -> None:
    postman.failures = [VendorError(Failure.LOST, detail="TimeoutError")]
    plan(house, wish(person))
    worker.drain(house)
    advance(house, hours=5)
    worker.drain(house)
    assert of(house, Way.MAIL) == [("unsure", "lost TimeoutError")]
    assert postman.letters == []


def test_who_is_killed_after_sending_sends_nothing_twice(
    house: Parts, person: str, postman: Postman, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(house, wish(person))

    def die(*_given: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(dispatch, "_settle", die)
        for _ in range(2):
            with pytest.raises(SystemExit):
                worker.run_one(house)
    assert (len(texts(house)), len(postman.letters)) == (1, 1)
    assert {state for _, state, _ in log(house)[1:]} == {"sending"}
    advance(house, minutes=6)
    worker.drain(house)
    assert (len(texts(house)), len(postman.letters)) == (1, 1)
    assert log(house)[1:] == [("sms", "unsure", "interrupted"), ("mail", "unsure", "interrupted")]


def test_an_address_that_is_not_there_is_left_alone_and_the_person_told(
    house: Parts, person: str, postman: Postman
) -> None:
    postman.failures = [VendorError(Failure.REFUSED, detail="rcpt 550")]
    plan(house, wish(person))
    worker.drain(house)
    assert of(house, Way.MAIL) == [("refused", "refused rcpt 550")]
    with house.database.reading() as db:
        kinds = [each.kind for each in inbox.list_notices(db, person)]
        assert mail_addresses.view(db, house.vault, person).is_refused
    assert NoticeKind.MAIL_REFUSED in kinds
    advance(house, days=1)
    assert plan(house, wish(person)).used == (Way.IN_APP, Way.SMS)
    prove(house, person, "li@factory.example")
    assert plan(house, wish(person, "stuck")).used == (Way.IN_APP, Way.SMS, Way.MAIL)


def test_reminders_leave_room_for_codes(house: Parts, person: str) -> None:
    narrow = replace(
        house, settings=house.settings.model_copy(update={"reminders_per_minute": 1}),
        limiter=type(house.limiter)(house.database, b"k" * 32),
    )  # fmt: skip
    plan(house, wish(person))
    worker.drain(narrow)
    assert sorted(state for _, state, _ in log(house)) == ["accepted", "accepted", "waiting"]
    advance(house, minutes=2)
    worker.drain(narrow)
    assert {state for _, state, _ in log(house)} == {"accepted"}


def _robot(house: Parts) -> None:
    assert house.vendors is not None
    with house.database.transaction() as db:
        group_robots.put(
            db, house.vault, ORG, house.vendors.robot.address, may_be_plain=True, actor_id="x",
            now=house.clock.now(),
        )  # fmt: skip


def _digest(house: Parts) -> bool:
    with house.database.transaction() as db:
        return outgoing.plan_group(db, ORG, about="2026-11-23", facts=FACTS, now=house.clock.now())


def test_a_group_is_told_by_its_robot_once(house: Parts) -> None:
    assert house.vendors is not None
    assert not _digest(house)
    _robot(house)
    assert _digest(house)
    assert not _digest(house)
    worker.drain(house)
    [said] = house.vendors.robot.said
    assert "岷江电子：本周要办" in said
    assert log(house) == [("robot", "accepted", "")]


@pytest.mark.parametrize(
    ("code", "state"), [(93000, "refused"), (45009, "waiting"), (-1, "waiting")]
)
def test_what_a_robot_answers(house: Parts, code: int, state: str) -> None:
    assert house.vendors is not None
    _robot(house)
    house.vendors.robot.answers.append(code)
    _digest(house)
    worker.drain(house)
    assert [each[1] for each in log(house)] == [state]
    with house.database.reading() as db:
        robot = group_robots.view(db, house.vault, ORG)
    assert robot is not None
    assert robot.refused_for == (f"refused errcode {code}" if state == "refused" else "")


def test_production_reaches_no_robot_inside_its_own_network(house: Parts) -> None:
    assert house.vendors is not None
    with pytest.raises(InvalidError) as caught, house.database.transaction() as db:
        group_robots.put(
            db, house.vault, ORG, house.vendors.robot.address, may_be_plain=False, actor_id="x",
            now=house.clock.now(),
        )  # fmt: skip
    assert caught.value.field == "/address"
    guarded = type(house.robots)(may_be_plain=False)
    address = house.vendors.robot.address.replace("http:", "https:")
    with pytest.raises(VendorError) as refused:
        guarded.say(address, "x", now=house.clock.now())
    assert refused.value.failure is Failure.UNREACHED
    assert house.vendors.robot.said == []


def test_whoever_is_gone_is_sent_nothing(house: Parts, person: str) -> None:
    plan(house, wish(person))
    with house.database.transaction() as db:
        row = people.rows.by_id(db, person)
        assert row is not None
        row.deleted_at = house.clock.now()
    worker.drain(house)
    assert texts(house) == []
    assert {detail for _, _, detail in log(house)[1:]} == {"gone"}
    with house.database.reading() as db:
        assert outbox.waiting_count(db) == 0
    assert means_of(house).open_ways == {Way.SMS, Way.MAIL, Way.ROBOT}
