"""Codes a film that was sent into what every cheap phone plays, and into sound with stills."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.learning.providers import ffmpeg
from app.learning.rules.mp4 import NoIndexError, film_length_ms, moov_place, time_index
from app.learning.rules.probing import Probe, read_probe

FILM, LIGHT, SOURCE = "film.mp4", "light.mp4", "source"
PICTURES_PER_S, ENTER_EVERY_S = 25, 2
STILL_EVERY_S = 10
CODER: tuple[str, ...] = (
    "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "baseline", "-level", "3.1",
)  # fmt: skip
"""Baseline: what the cheapest phone of the last ten years plays."""
_LONGEST_S = 6 * 3600
_HEAD = 4096

Hear = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Coded:
    """A film beside its index: [milliseconds, byte] of each place where it can be entered."""

    path: Path
    size: int
    length_ms: int
    index: list[list[int]]


def probe(folder: Path) -> Probe:
    """Look at the `source` in a folder. Raises NotAFilmError."""
    return read_probe(ffmpeg.describe(SOURCE, folder))


def code(folder: Path, hear: Hear) -> Coded:
    """Make the film: H.264 baseline of at most 480 lines with AAC, entered every two seconds.

    Raises FilmError, NoIndexError, and what `hear` raises.
    """
    lines = "trunc(min(480,{0})/2)*2"
    size = (
        f"scale=w='if(gte(iw,ih),-2,{lines.format('iw')})'"
        f":h='if(gte(iw,ih),{lines.format('ih')},-2)'"
    )
    enter = str(PICTURES_PER_S * ENTER_EVERY_S)
    arguments = [
        *ffmpeg.guarded(SOURCE), "-map", "0:v:0", "-map", "0:a:0?", "-sn", "-dn",
        "-vf", f"{size},fps={PICTURES_PER_S},format=yuv420p,setsar=1",
        *CODER, "-crf", "27", "-maxrate", "700k", "-bufsize", "1400k",
        "-g", enter, "-keyint_min", enter, "-sc_threshold", "0",
        "-c:a", "aac", "-ac", "1", "-ar", "44100", "-b:a", "48k", "-shortest",
        "-map_metadata", "-1", "-map_chapters", "-1", "-movflags", "+faststart", FILM,
    ]  # fmt: skip
    ffmpeg.follow(arguments, folder, hear, _LONGEST_S)
    return _read(folder / FILM)


def lighten(folder: Path, hear: Hear) -> Coded:
    """Make the same as sound with still pictures, about a tenth of the bytes.

    A picture changes where the scene does, and can be entered every ten seconds; the sound has
    32 kbit/s. Raises FilmError, NoIndexError, and what `hear` raises.
    """
    stills = f"select='eq(n,0)+gt(scene,0.12)+gte(t-prev_selected_t,{STILL_EVERY_S})'"
    arguments = [
        "-i", FILM, "-map", "0:v:0", "-map", "0:a:0?",
        "-vf", f"{stills},fps=1,format=yuv420p",
        *CODER, "-crf", "33",
        "-g", str(STILL_EVERY_S), "-keyint_min", str(STILL_EVERY_S), "-sc_threshold", "0",
        "-c:a", "aac", "-ac", "1", "-ar", "22050", "-b:a", "32k",
        "-map_metadata", "-1", "-movflags", "+faststart", LIGHT,
    ]  # fmt: skip
    ffmpeg.follow(arguments, folder, hear, _LONGEST_S)
    return _read(folder / LIGHT)


def _read(path: Path) -> Coded:
    """The table of contents stands first, so a film of any length is read by its beginning."""
    size = path.stat().st_size
    with path.open("rb") as file:
        place = moov_place(file.read(_HEAD), size)
        if place is None:
            raise NoIndexError("the table of contents does not stand first")
        file.seek(place[0])
        moov = file.read(place[1] - place[0])
    index = [list(pair) for pair in time_index(moov)]
    return Coded(path, size, film_length_ms(moov), index)
