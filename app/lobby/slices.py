"""How long a thread may run before the kernel lets another one have the processor."""

import ctypes
import platform
import sys
from typing import Final

_SHORT_NS: Final = 100_000
"""The shortest that Linux grants; a thread that asks for nothing has 1.4 ms on two processors."""

# sched_setattr(2) and sched_getattr(2): the C library of Debian 12 has no functions for them.
_CALLS: Final = {"x86_64": (314, 315), "aarch64": (274, 275)}


class _Attributes(ctypes.Structure):
    """`struct sched_attr`, its first version."""

    _fields_ = (
        ("size", ctypes.c_uint32), ("policy", ctypes.c_uint32), ("flags", ctypes.c_uint64),
        ("nice", ctypes.c_int32), ("priority", ctypes.c_uint32), ("runtime_ns", ctypes.c_uint64),
        ("deadline_ns", ctypes.c_uint64), ("period_ns", ctypes.c_uint64),
    )  # fmt: skip


def of_this_thread() -> int | None:
    """Give the slice of the calling thread in nanoseconds; None where the kernel tells of none."""
    found = _read()
    return found.runtime_ns or None if found else None


def ask_for_short_ones() -> int | None:
    """Have this thread, and those it begins from now on, run soon and briefly, not late and long.

    A request works for less than a millisecond, and waits for the whole slice of a worker that
    asks for as long a one as itself (docs/performance.md). Everybody's share of the processor
    stays as it is. Gives what is granted in nanoseconds, None where the kernel knows no such
    wish: Linux does from 6.12 on, an older one leaves everything as it was.
    """
    if asked := _read():
        asked.size, asked.runtime_ns = ctypes.sizeof(asked), _SHORT_NS
        setting, _getting = _CALLS[platform.machine()]
        ctypes.CDLL(None).syscall(setting, 0, ctypes.byref(asked), 0)
    return of_this_thread()


def _read() -> _Attributes | None:
    if sys.platform != "linux" or platform.machine() not in _CALLS:
        return None
    found = _Attributes()
    _setting, getting = _CALLS[platform.machine()]
    # A container may forbid the call; then there is nothing to ask for either.
    is_refused = ctypes.CDLL(None).syscall(getting, 0, ctypes.byref(found), ctypes.sizeof(found), 0)
    return None if is_refused else found
