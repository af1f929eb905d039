"""What a process does once, before it works for weeks: the interpreter's settings."""

import gc
import sys
from typing import Final

# A thread that writes comes back from the database some twenty times a transaction; a busy one
# beside it would keep the interpreter from it for five milliseconds each time, with the
# database's lock in hand (docs/performance.md).
_SWITCH_S: Final = 0.0002


def settle_in() -> None:
    """Let threads take turns quickly, and look through what is there to stay for the last time.

    That took a fifth of a second again and again, at times with the database's lock in hand.
    """
    sys.setswitchinterval(_SWITCH_S)
    gc.collect()
    gc.freeze()
