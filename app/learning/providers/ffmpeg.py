"""Runs the ffmpeg that is inside the wheel."""

import atexit
import subprocess
from collections.abc import Sequence
from pathlib import Path

import imageio_ffmpeg

_LONGEST_S = 240  # less than a job's lease: nobody else begins the same film meanwhile


class FilmError(RuntimeError):
    """ffmpeg refused; the end of what it said."""


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
