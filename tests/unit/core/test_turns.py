"""Writers queue in this process, nobody waits for ever, and nobody waits for themselves."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest

from app.core.errors import UnavailableError
from app.core.turns import FairTurn, NestedTransactionError, begin_request, writing


def test_who_waits_too_long_is_told_and_leaves_the_queue() -> None:
    turn = FairTurn(most_wait_s=0.05)
    with turn:
        with pytest.raises(UnavailableError) as told, turn:
            pass
        assert told.value.remedy
        assert turn.is_stalled()
    assert not turn.is_stalled()
    with turn:  # the one that gave up is not waited for
        pass


def test_turns_are_given_in_the_order_of_asking() -> None:
    turn, order, waiting = FairTurn(), [], []

    def take(number: int) -> None:
        with turn:
            order.append(number)

    with turn:
        for number in range(5):
            waiting.append(threading.Thread(target=take, args=(number,)))
            waiting[-1].start()
            while turn.waiting() <= number:
                pass
    for thread in waiting:
        thread.join()
    assert order == list(range(5))


def test_a_request_that_writes_cannot_begin_to_write_again_whatever_its_thread() -> None:
    house = object()

    def request() -> None:
        begin_request()
        with writing(house), ThreadPoolExecutor(1) as other:
            inside = other.submit(copy_context().run, _write, house)
            with pytest.raises(NestedTransactionError):
                inside.result()
        with writing(house), writing(object()):
            pass

    copy_context().run(request)


def test_without_a_request_each_thread_writes_for_itself() -> None:
    house = object()
    with writing(house), ThreadPoolExecutor(1) as other:
        other.submit(_write, house).result()
        with pytest.raises(NestedTransactionError):
            _write(house)


def _write(house: object) -> None:
    with writing(house):
        pass


def test_who_stands_back_leaves_a_gap_between_its_turns() -> None:
    turn = FairTurn()
    turn.stand_back(0.05)
    with turn:
        pass
    left = time.monotonic()
    with turn:
        assert time.monotonic() - left >= 0.049
