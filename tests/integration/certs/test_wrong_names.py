"""Wrong names for a number: they shut out whoever tries them, and not who has the right one."""

from dataclasses import dataclass, replace
from secrets import token_bytes

import pytest

from app import worker
from app.certs.rules.numbers import make_number
from app.core.clock import SettableClock
from app.core.errors import TooManyRequestsError
from app.core.ratelimit import RateLimiter
from app.lobby import batch, guesses
from app.lobby.guesses import BY_NETWORK, BY_NETWORK_A_DAY, BY_PERSON, BY_STRANGERS
from app.lobby.limits import LOOK_UP_BY_ADDRESS, Looking
from app.lobby.parts import Parts
from tests import finished
from tests.papers_issued import take

_HOUR_MS = 3600 * 1000
NAME = "欧阳建国"


@dataclass
class Door:
    """证书查询 as seen from many places; each look is by another device."""

    parts: Parts
    clock: SettableClock
    number: str
    name: str
    looks: int = 0

    def look(self, address: str, name: str, number: str = "", person: str | None = None) -> str:
        """The verdict, or "refused"."""
        self.looks += 1
        who = Looking(f"device-{self.looks}", address, person)
        try:
            found = guesses.look_up(
                self.parts, who, number or self.number, name, hosts=(), now=self.clock.now()
            )
        except TooManyRequestsError:
            return "refused"
        return found.verdict.value

    def refusal(self, address: str, person: str | None = None) -> TooManyRequestsError:
        """What is said to whoever has the right name and is refused."""
        self.looks += 1
        who = Looking(f"device-{self.looks}", address, person)
        with pytest.raises(TooManyRequestsError) as refused:
            guesses.look_up(self.parts, who, self.number, self.name, hosts=(), now=self.clock.now())
        return refused.value

    def wrong(self, address: str, times: int = 1, person: str | None = None) -> list[str]:
        return [self.look(address, f"王{turn}{self.looks}", person=person) for turn in range(times)]

    def exhaust(self) -> None:
        """Strangers from six neighbourhoods use up what all of them have for a day."""
        for hour in range(2):
            for place in range(6):
                told = self.wrong(f"203.0.{place}.7", BY_NETWORK.most)
                assert told == ["unknown"] * BY_NETWORK.most, (hour, place)
            self.clock.advance(ms=_HOUR_MS + 1000)


@pytest.fixture(scope="module")
def number(shared_parts: Parts) -> str:
    course = finished.courses(shared_parts, codes=("usual",))[0]
    person = finished.finish(shared_parts, course, NAME, 90_000)
    worker.drain(shared_parts)
    return take(shared_parts, person.enrolment_id).number


@pytest.fixture
def door(shared_parts: Parts, number: str) -> Door:
    """Counts of its own: they are kept under a MAC."""
    clock = shared_parts.clock
    assert isinstance(clock, SettableClock)
    limiter = RateLimiter(shared_parts.database, token_bytes(32), enabled=True)
    return Door(replace(shared_parts, limiter=limiter), clock, number, NAME)


def test_a_strangers_wrong_names_do_not_shut_out_who_has_the_right_one(door: Door) -> None:
    """Twenty from anywhere used to shut everybody out for up to an hour."""
    told = [each for turn in range(30) for each in door.wrong(f"198.51.100.{turn}")]
    assert told.count("unknown") == BY_NETWORK.most
    assert told[-1] == "refused"
    assert door.look("192.0.2.1", door.name) == "valid"
    assert door.look("2001:db8:1:2::/64", door.name) == "valid"
    # Whoever tries is shut out themselves, from each address and device of that neighbourhood.
    assert door.look("198.51.100.250", door.name) == "refused"


def test_the_right_name_costs_nothing(door: Door) -> None:
    for _ in range(3 * BY_NETWORK.most):
        assert door.look("192.0.2.1", door.name) == "valid"
    assert door.wrong("192.0.2.1", BY_NETWORK.most) == ["unknown"] * BY_NETWORK.most


def test_all_strangers_together_have_few_and_a_fresh_neighbourhood_still_gets_in(
    door: Door,
) -> None:
    door.exhaust()
    # Spent: those who tried before are refused, those who did not have their first tries.
    assert door.look("203.0.1.9", door.name) == "refused"
    for turn in range(3):
        assert door.look("192.0.2.1", door.name) == "valid", turn
    assert door.wrong("192.0.2.2") == ["unknown"]  # a slip of the pen
    assert door.look("192.0.2.2", door.name) == "valid"
    assert door.wrong("192.0.2.2", 2) == ["unknown", "refused"]
    assert door.look("192.0.2.1", door.name) == "refused"


def test_brute_force_from_everywhere_has_a_bound_for_a_day(door: Door) -> None:
    """A thousand neighbourhoods, each with all that it has, try names for one number."""
    with pytest.MonkeyPatch.context() as patch:
        fewer = replace(guesses.OF_FRESH_NETWORKS, most=20)
        patch.setattr(guesses, "OF_FRESH_NETWORKS", fewer)
        told = [
            each for place in range(60) for each in door.wrong(f"10.{place}.0.1", BY_NETWORK.most)
        ]
    assert told.count("unknown") == BY_STRANGERS.most + 20
    most = BY_STRANGERS.most + guesses.OF_FRESH_NETWORKS.most
    assert most == 300  # as docs/certificates.md reckons
    assert BY_STRANGERS.most // BY_NETWORK_A_DAY.most == 6
    assert guesses.OF_FRESH_NETWORKS.most // guesses.FIRST_OF_NETWORK.most == 120


def test_somebody_with_a_proven_name_has_a_share_of_their_own(door: Door) -> None:
    door.exhaust()
    assert door.look("203.0.1.9", door.name, person="p1") == "valid"
    told = door.wrong("203.0.1.9", BY_PERSON.most + 1, person="p1")
    assert told == [*["unknown"] * BY_PERSON.most, "refused"]
    assert door.look("203.0.1.9", door.name, person="p1") == "refused"
    assert door.look("203.0.1.9", door.name, person="p2") == "valid"


def test_a_number_that_was_never_given_out_is_shut_by_the_same_steps(door: Door) -> None:
    other = make_number(2026, 4711)
    told = [door.look("198.51.100.1", f"王{turn}", other) for turn in range(7)]
    same = [door.look("198.51.100.1", f"王{turn}") for turn in range(7)]
    assert told == same == [*["unknown"] * BY_NETWORK.most, *["refused"] * 2]
    # A number that was copied wrongly is none: it costs no number anything.
    told = [door.look("198.51.100.9", "王", "ZZ51") for _ in range(7)]
    assert told == ["unknown"] * 7


def test_lines_of_many_count_the_same(door: Door) -> None:
    lines = "\n".join(f"{door.number} 王{turn}" for turn in range(8))
    who = Looking("device", "198.51.100.1", None)
    found = batch.check(door.parts, lines.encode(), who, hosts=(), now=door.clock.now())
    assert [row.verdict for row in found.rows].count("unknown") == BY_NETWORK.most
    right = "\n".join([f"{door.number} {door.name}"] * 8)
    who = Looking("device-2", "192.0.2.1", None)
    found = batch.check(door.parts, right.encode(), who, hosts=(), now=door.clock.now())
    assert {row.verdict for row in found.rows} == {"valid"}


def test_who_has_the_right_name_is_told_that_wrong_ones_were_tried(door: Door) -> None:
    """They did nothing too often: another behind the same address, or from everywhere, did."""
    door.wrong("198.51.100.1", BY_NETWORK.most)
    door.clock.advance(ms=1000)
    told = door.refusal("198.51.100.2")
    assert told.message == (
        "这个编号填错姓名的次数太多（也可能是别人填错的），请过 60 分钟再按编号查。"
    )
    assert "证书上的方块码现在就可以扫" in str(told.remedy)
    assert "登录并完成实名以后" in str(told.remedy)
    line, who = f"{door.number} {door.name}", Looking("device", "198.51.100.2", None)
    [row] = batch.check(door.parts, line.encode(), who, hosts=(), now=door.clock.now()).rows
    assert "这个编号填错姓名的次数太多" in row.sentence
    assert "证书上的方块码现在就可以扫" in row.sentence


def test_a_number_that_is_shut_says_when_it_opens(door: Door) -> None:
    door.exhaust()
    door.wrong("192.0.2.1", guesses.FIRST_OF_NETWORK.most)
    told = door.refusal("192.0.2.1")
    assert told.message.startswith("这个编号填错姓名的次数太多")
    # The strangers' day began two hours ago; it used to say "in an hour".
    assert 21 * 3600 < told.retry_after_s < 22 * 3600 + 60
    door.wrong("192.0.2.1", BY_PERSON.most, person="p1")
    told = door.refusal("192.0.2.1", person="p1")
    assert told.message.startswith("您用这个编号填错姓名的次数太多，请")
    assert "登录" not in str(told.remedy)


def test_who_looks_too_many_up_is_told_that(door: Door) -> None:
    told = [door.look("192.0.2.1", door.name) for _ in range(LOOK_UP_BY_ADDRESS.most)]
    assert set(told) == {"valid"}
    refused = door.refusal("192.0.2.1")
    assert refused.message.startswith("操作太频繁")
    assert "证书上的方块码现在就可以扫" in str(refused.remedy)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.0/24"), ("2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("testclient", "testclient"),
    ],
)  # fmt: skip
def test_a_neighbourhood(address: str, network: str) -> None:
    assert guesses.network_of(address) == network
