"""Serves the product on a port of its own, beside what else this process does."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from app.lobby.parts import Parts
from app.main import create_app


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(parts: Parts, port: int) -> Iterator[None]:
    """Serve the parts on this machine until the context ends; they are closed with it.

    Raises RuntimeError where the server does not start.
    """
    config = uvicorn.Config(
        create_app(parts), host="127.0.0.1", port=port, access_log=False, log_config=None
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            msg = f"nothing could be served on port {port}"
            raise RuntimeError(msg)
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        parts.database.close()
