"""Many companies at one host: none of them makes another's sign-in rest, wait, or break off."""

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from app.identity.providers import company_lines
from app.identity.providers.company_lines import CompanyLines
from app.identity.providers.wire import Letter, RawAnswer, VendorError
from app.identity.rules.vendor_calls import Failure

NOW = dt.datetime(2026, 11, 27, 2, 0, tzinfo=dt.UTC)
SHARED = "https://login.example/tenant"
LETTER = Letter("/tenant", {}, b"", "GET")


class _Line:
    """Answers at once, fails, or holds whoever asks until it is let go."""

    made: list["_Line"]
    fails = False

    def __init__(self, endpoint: str, *, network: object) -> None:
        assert network is not None
        self.endpoint = endpoint
        self.is_closed = False
        self.holds: threading.Event | None = None
        self.reached = threading.Semaphore(0)
        self.made.append(self)

    def exchange(self, letter: Letter, timeout_s: float) -> RawAnswer:
        assert (letter, timeout_s) == (LETTER, 5.0)
        holds = self.holds
        self.reached.release()
        if holds is not None and not holds.wait(10):
            raise AssertionError("never let go")
        if self.is_closed or self.fails:
            raise VendorError(Failure.LOST)
        return RawAnswer(200, b"")

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[_Line]:
    """The lines that were opened."""

    class Counted(_Line):
        made: list[_Line] = []  # noqa: RUF012 -- one list for this test

    monkeypatch.setattr(company_lines, "Line", Counted)
    return Counted.made


@pytest.fixture
def lines(made: list[_Line]) -> CompanyLines:
    assert made == []
    return CompanyLines(is_guarded=True)


def _ask(lines: CompanyLines, asker: str, url: str = SHARED) -> int | Failure:
    try:
        return lines.exchange(url, LETTER, asker=asker, now=NOW).status
    except VendorError as error:
        return error.failure


@contextmanager
def _held(lines: CompanyLines, line: _Line, asker: str, times: int) -> Iterator[list[object]]:
    """Keep calls of one asker under way; yields how they ended, filled in at the end."""
    line.holds = threading.Event()
    ends: list[object] = []
    url = f"{line.endpoint}/tenant"
    threads = [
        threading.Thread(target=lambda: ends.append(_ask(lines, asker, url))) for _ in range(times)
    ]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert line.reached.acquire(timeout=10)
    go = line.holds
    line.holds = None
    try:
        yield ends
    finally:
        go.set()
        for thread in threads:
            thread.join(10)


def test_one_that_ails_makes_nobody_else_rest(lines: CompanyLines, made: list[_Line]) -> None:
    assert _ask(lines, "a") == 200
    made[0].fails = True
    assert [_ask(lines, "a") for _ in range(6)] == [Failure.LOST] * 5 + [Failure.RESTING]
    made[0].fails = False
    assert _ask(lines, "a") is Failure.RESTING
    assert _ask(lines, "b") == 200
    assert _ask(lines, "a", "https://other.example/tenant") == 200, "of one host only"


def test_one_that_hangs_takes_nobody_elses_place(lines: CompanyLines, made: list[_Line]) -> None:
    assert _ask(lines, "a") == 200
    assert made[0].reached.acquire(timeout=10)
    with _held(lines, made[0], "a", 4) as ends:
        assert _ask(lines, "a") is Failure.SPARED
        assert _ask(lines, "b") == 200
    assert ends == [200] * 4
    assert _ask(lines, "a") == 200, "places come back"


def test_connections_to_one_host_are_shared(lines: CompanyLines, made: list[_Line]) -> None:
    assert {_ask(lines, asker, f"{SHARED}/{asker}") for asker in "abc"} == {200}
    assert [line.endpoint for line in made] == ["https://login.example"]


def test_few_lines_are_kept_and_none_in_use_is_closed(
    lines: CompanyLines, made: list[_Line]
) -> None:
    assert _ask(lines, "a", "https://first.example/tenant") == 200
    assert made[0].reached.acquire(timeout=10)
    with _held(lines, made[0], "a", 1) as ends:
        for number in range(100):
            assert _ask(lines, "a", f"https://{number}.example/tenant") == 200
        assert not made[0].is_closed
        assert sum(not line.is_closed for line in made) == 64
    assert ends == [200]
    assert not made[-1].is_closed


def test_lines_all_in_use_stay_open_and_are_closed_afterwards(
    lines: CompanyLines, made: list[_Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(company_lines, "_MOST_LINES", 2)
    with ExitStack() as stack:
        for name in "abc":
            assert _ask(lines, name, f"https://{name}.example/tenant") == 200
            assert made[-1].reached.acquire(timeout=10)
            stack.enter_context(_held(lines, made[-1], name, 1))
        assert not any(line.is_closed for line in made)
    assert _ask(lines, "d", "https://d.example/tenant") == 200
    assert [line.is_closed for line in made] == [True, True, False, False]


def test_few_askers_are_kept_in_mind_and_none_under_way_is_forgotten(
    lines: CompanyLines, made: list[_Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(company_lines, "_MOST_GUARDS", 8)
    assert _ask(lines, "a") == 200
    assert made[0].reached.acquire(timeout=10)
    with _held(lines, made[0], "a", 4):
        for number in range(20):
            assert _ask(lines, f"b{number}") == 200
        assert _ask(lines, "a") is Failure.SPARED
        assert len(lines._guards) == 8  # noqa: SLF001 -- what is kept shows nowhere else
