"""One thread does what waits, tells everybody, and outlives whatever fails."""

import queue
import threading
from collections.abc import Iterator, Sequence

import pytest

from app.core.groups import Groups, QueueFullError

Told = tuple[list[int], Sequence[int] | Exception]


class Diary:
    """Doubles each number, when the gate is open; keeps what was told."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.began: queue.Queue[None] = queue.Queue()
        self.told: queue.Queue[Told] = queue.Queue()

    def do(self, group: Sequence[int]) -> Sequence[int]:
        self.began.put(None)
        self.gate.wait(timeout=10)
        if 13 in group:
            raise ValueError("thirteen")
        return [number * 2 for number in group]

    def settle(self, group: Sequence[int], done: Sequence[int] | Exception) -> None:
        if 99 in group:
            raise RuntimeError("who asked has gone")
        self.told.put((list(group), done))

    def next(self) -> Told:
        return self.told.get(timeout=10)


@pytest.fixture
def diary() -> Diary:
    return Diary()


@pytest.fixture
def groups(diary: Diary) -> Iterator[Groups[int, int]]:
    made = Groups(diary.do, diary.settle, name="test", most_waiting=6, most_at_once=3)
    yield made
    diary.gate.set()
    made.stop()


def test_what_waits_meanwhile_is_done_at_once(diary: Diary, groups: Groups[int, int]) -> None:
    diary.gate.clear()
    groups.put([1])
    diary.began.get(timeout=10)
    groups.put([2, 3])
    groups.put([4, 5])
    diary.gate.set()
    assert diary.next() == ([1], [2])
    assert diary.next() == ([2, 3, 4], [4, 6, 8])
    assert diary.next() == ([5], [10])


def test_a_failed_group_is_told_so_and_the_next_is_done(
    diary: Diary, groups: Groups[int, int]
) -> None:
    groups.put([12, 13])
    group, error = diary.next()
    assert (group, str(error)) == ([12, 13], "thirteen")
    groups.put([1])
    assert diary.next() == ([1], [2])


def test_who_cannot_be_told_stops_nobody_else(diary: Diary, groups: Groups[int, int]) -> None:
    groups.put([99])
    diary.began.get(timeout=10)
    groups.put([1])
    assert diary.next() == ([1], [2])


def test_a_full_queue_takes_all_or_nothing(diary: Diary, groups: Groups[int, int]) -> None:
    diary.gate.clear()
    groups.put([1])
    diary.began.get(timeout=10)
    groups.put([2, 3, 4, 5])
    with pytest.raises(QueueFullError):
        groups.put([6, 7, 8])
    groups.put([6, 7])
    diary.gate.set()
    assert [diary.next()[0] for _ in range(3)] == [[1], [2, 3, 4], [5, 6, 7]]


def test_stopping_does_what_waits_and_takes_no_more(diary: Diary, groups: Groups[int, int]) -> None:
    groups.put([1])
    groups.stop()
    assert diary.next() == ([1], [2])
    with pytest.raises(QueueFullError):
        groups.put([2])
