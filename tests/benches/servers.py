"""The servers that are measured, each a process of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from app.cli.beside import free_port
from app.core.settings import Settings
from app.main import app_from_environment

ECHO = FastAPI()


@ECHO.post("/echo")
async def echo(body: dict[str, Any]) -> dict[str, Any]:
    return body


@ECHO.get("/healthz")
def healthz() -> str:
    return "ok"


def files_from_environment() -> ASGIApp:
    """The folder of objects as plain files: what sending costs where nothing is noted."""

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok")

    folder = Settings().data_dir / "objects"
    files = Mount("/objects", StaticFiles(directory=folder))
    return Starlette(routes=[Route("/healthz", healthz), files])


def plain_from_environment() -> ASGIApp:
    """The product without its short way: a session, a transaction and a commit for each beat."""
    product = app_from_environment()

    async def plain(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {}).update(parts=product.parts, notes=product.notes)
        await Starlette.__call__(product, scope, receive, send)

    return plain


@contextmanager
def serving(target: str, *, workers: int = 1, **settings: str) -> Iterator[tuple[int, int]]:
    """Serve `module:application` (with settings from SHIXUE_…); gives port and process id."""
    port = free_port()
    command = [
        sys.executable, "-m", "uvicorn", target, "--host", "127.0.0.1", "--port", str(port),
        "--workers", str(workers), "--no-access-log", "--log-level", "warning",
        "--no-proxy-headers", "--no-server-header",  # as `./run serve` does
    ]  # fmt: skip
    if target.endswith("from_environment"):
        command.append("--factory")
    environment = os.environ | {f"SHIXUE_{name}".upper(): value for name, value in settings.items()}
    process = subprocess.Popen(command, env=environment)
    try:
        _wait(process, port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 300  # beside others a start takes minutes
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nothing is served on port {port}")
