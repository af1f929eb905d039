"""Runs the ffmpeg that is inside the wheel."""

import atexit
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import imageio_ffmpeg

from app.learning.rules.probing import CONTAINERS, progress_ms

_LONGEST_S = 240  # less than a job's lease: nobody else begins the same film meanwhile


class FilmError(RuntimeError):
    """ffmpeg refused; the end of what it said."""


def follow(
    arguments: Sequence[str], folder: Path, hear: Callable[[int], None], longest_s: float
) -> None:
    """Run it in a folder and tell how far it is, in milliseconds of what it writes.

    What `hear` raises ends it. Raises FilmError.
    """
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-progress", "pipe:1",
        *arguments,
    ]  # fmt: skip
    ends_at = time.monotonic() + longest_s
    with (folder / "said.txt").open("wb+") as said:
        running = subprocess.Popen(  # noqa: S603 -- fixed words; what was sent is only in files
            command, cwd=folder, stdout=subprocess.PIPE, stderr=said, text=True
        )
        atexit.register(running.kill)
        try:
            for line in running.stdout or ():
                if (done_ms := progress_ms(line)) is not None:
                    hear(done_ms)
                if time.monotonic() > ends_at:
                    raise FilmError("it takes too long")
            running.wait(timeout=60)
        finally:
            running.kill()
            running.wait()
            atexit.unregister(running.kill)
            if running.stdout is not None:
                running.stdout.close()
        said.seek(0)
        if running.returncode:
            raise FilmError(said.read().decode(errors="replace")[-500:])


def describe(name: str, folder: Path) -> str:
    """What it says of a file in a folder, which is read as a film and as nothing else."""
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-hide_banner", *guarded(name),
    ]  # fmt: skip
    ran = subprocess.run(  # noqa: S603 -- fixed words
        command, cwd=folder, capture_output=True, timeout=_LONGEST_S, check=False
    )
    return ran.stderr.decode(errors="replace")


def guarded(name: str) -> tuple[str, ...]:
    """How a file from outside is given to it: no list in it leads to another file or address."""
    return "-protocol_whitelist", "file", "-format_whitelist", CONTAINERS, "-i", f"file:{name}"


def run(arguments: Sequence[str], folder: Path) -> None:
    """Run it in a folder. Raises FilmError."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", *arguments]
    running = subprocess.Popen(  # noqa: S603 -- fixed words; a lesson's own text is only in files
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    # A server that is told to end does not wait for films, and they must not outlive it.
    atexit.register(running.kill)
    try:
        _, said = running.communicate(timeout=_LONGEST_S)
    finally:
        running.kill()
        running.wait()
        atexit.unregister(running.kill)
    if running.returncode:
        raise FilmError(said.decode(errors="replace")[-500:])
