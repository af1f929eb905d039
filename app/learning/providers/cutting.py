"""Cuts a film into the pieces of an HLS set (fMP4), without coding it anew."""

from dataclasses import dataclass
from pathlib import Path

from app.core.workplace import workplace
from app.learning.providers import ffmpeg
from app.learning.rules.hls import PIECE_S, read_playlist


@dataclass(frozen=True, slots=True)
class CutFilm:
    """`head` tells a player what is in the pieces; each piece begins at a moment."""

    head: bytes
    pieces: tuple[bytes, ...]
    starts_ms: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CutFiles:
    """The same as files in a folder."""

    head: Path
    pieces: tuple[Path, ...]
    starts_ms: tuple[int, ...]


def cut_in(folder: Path, length_ms: int) -> CutFiles:
    """Cut the `film.mp4` of a folder where it can be entered, about every four seconds.

    Raises FilmError, PlaylistError.
    """
    arguments = [
        "-i", "film.mp4", "-map", "0", "-c", "copy", "-map_metadata", "-1",
        "-fflags", "+bitexact", "-f", "hls", "-hls_time", str(PIECE_S),
        "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4",
        "-hls_fmp4_init_filename", "head.mp4", "-hls_segment_filename", "%d.m4s", "list.m3u8",
    ]  # fmt: skip
    ffmpeg.run(arguments, folder)
    listed = read_playlist((folder / "list.m3u8").read_text("utf-8"), length_ms)
    pieces = tuple(folder / name for name in listed.names)
    return CutFiles(folder / listed.head, pieces, listed.starts_ms)


def cut(film: bytes, length_ms: int, root: Path) -> CutFilm:
    """Cut a film where it can be entered, about every four seconds.

    The work is done in a folder under `root`. Raises FilmError, PlaylistError.
    """
    with workplace(root, "cut-") as folder:
        (folder / "film.mp4").write_bytes(film)
        files = cut_in(folder, length_ms)
        pieces = tuple(path.read_bytes() for path in files.pieces)
        return CutFilm(files.head.read_bytes(), pieces, files.starts_ms)
