"""`python -m tests.crash.forked PORT COUNT`: so many serving processes, forked anew when they die.

uvicorn's own supervisor starts each from nothing, which takes seconds; here two hundred crashes
take minutes, and what is served is the same.
"""

import os
import signal
import socket
import sys
from types import FrameType

import uvicorn

from app.main import app_from_environment


def main(port: int, count: int) -> None:
    """Serve until told to end."""
    listening = socket.create_server(("127.0.0.1", port), backlog=512)
    children: set[int] = set()

    def end(_signal: int, _frame: FrameType | None) -> None:
        for pid in children:
            os.kill(pid, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    while True:
        while len(children) < count:
            if (pid := os.fork()) == 0:
                _serve(listening)
            children.add(pid)
        children.discard(os.wait()[0])


def _serve(listening: socket.socket) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    config = uvicorn.Config(app_from_environment(), access_log=False, log_config=None)
    uvicorn.Server(config).run(sockets=[listening])
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
