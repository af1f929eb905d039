"""What is asked of the kernel, each time in a thread of its own: a wish goes with its thread."""

import ctypes
import platform
import re
import threading
from collections.abc import Callable

import pytest

from app.lobby import slices

_SHORT_NS = 100_000


def _in_a_thread(ask: Callable[[], object]) -> object:
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(ask()))
    thread.start()
    thread.join()
    return found[0]


def _knows_slices() -> bool:
    version = re.match(r"(\d+)\.(\d+)", platform.release())
    known = platform.system() == "Linux" and platform.machine() in {"x86_64", "aarch64"}
    return known and version is not None and (int(version[1]), int(version[2])) >= (6, 12)


def _ask_and_begin_another() -> object:
    slices.ask_for_short_ones()
    return _in_a_thread(slices.of_this_thread)


@pytest.mark.parametrize("ask", [slices.ask_for_short_ones, _ask_and_begin_another])
def test_short_slices_are_granted_where_the_kernel_knows_them(ask: Callable[[], object]) -> None:
    before = slices.of_this_thread()
    assert _in_a_thread(ask) == (_SHORT_NS if _knows_slices() else None)
    assert slices.of_this_thread() == before != _SHORT_NS


def test_an_unknown_processor_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert _in_a_thread(slices.ask_for_short_ones) is None


def test_a_container_that_forbids_it_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing:
        def syscall(self, *_given: object) -> int:
            return -1

    monkeypatch.setattr(ctypes, "CDLL", lambda _name: Refusing())
    assert _in_a_thread(slices.ask_for_short_ones) is None
