"""Workers that do nothing but issue, each killed after as long as a line on standard input says.

Forked, because starting Python anew takes longer than a certificate. A line of 0 lets the worker
come to its end.
"""

import os
import signal
import sys
import time

from app import worker
from app.core.settings import Settings
from app.learning.services import progress
from app.main import build_parts


def _issue() -> None:
    parts = build_parts(Settings())
    os.write(1, b"begun\n")
    while worker.run_one(parts, [progress.ISSUE]):
        pass


def main() -> None:
    """Take the settings from the environment; a line on standard output says how each ended."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _issue()
            os._exit(0)
        if seconds := float(line):
            time.sleep(seconds)
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        os.write(1, f"ended {os.waitstatus_to_exitcode(status)}\n".encode())


if __name__ == "__main__":
    main()
