"""What a sent file is: by its first bytes at once, by what ffmpeg reads before it is coded."""

import re
from dataclasses import dataclass

LEAST_MS, MOST_MS = 5_000, 4 * 3600 * 1000
CONTAINERS = "mov,mp4,matroska,webm,avi,mpegts,mpeg,flv,asf"
"""ffmpeg's names of what is read; lists that lead to other files are none of them."""
_DURATION = re.compile(r"Duration: (\d+):(\d\d):(\d\d)\.(\d\d)")
_VIDEO = re.compile(r"Stream #0:\d+.*?: Video: (\w+).*?, (\d{2,5})x(\d{2,5})")
_BEGINNINGS = (
    b"\x1a\x45\xdf\xa3", b"FLV\x01", b"\x00\x00\x01\xba", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
)  # fmt: skip
_COVER = "(attached pic)"


class NotAFilmError(ValueError):
    """A file that cannot be taught from: a sentence for its author, with what to do."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What is in a file; `length_ms` is none where the file does not say."""

    codec: str
    width: int
    height: int
    length_ms: int | None
    has_sound: bool


def is_container(first: bytes) -> bool:
    """Tell whether a file begins like a film's, whatever its name says."""
    return (
        first[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
        or first.startswith(_BEGINNINGS)
        or (first.startswith(b"RIFF") and first[8:12] == b"AVI ")
        or (first[:1] == b"G" and first[188:189] == b"G")
    )


def read_probe(said: str) -> Probe:
    """Read what ffmpeg says of a file. Raises NotAFilmError."""
    lines = [line for line in said.splitlines() if _COVER not in line]
    video = next((found for line in lines if (found := _VIDEO.search(line))), None)
    if video is None:
        raise NotAFilmError("文件里没有视频画面。请换一个视频文件，或重新导出为 MP4 后再上传。")
    length_ms = _length(said)
    if length_ms is not None and length_ms < LEAST_MS:
        raise NotAFilmError(f"视频不到 {LEAST_MS // 1000} 秒。请上传完整的视频。")
    if length_ms is not None and length_ms > MOST_MS:
        raise NotAFilmError(f"视频超过 {MOST_MS // 3_600_000} 小时。请分成几节课上传。")
    has_sound = any(": Audio: " in line for line in lines)
    return Probe(video[1], int(video[2]), int(video[3]), length_ms, has_sound)


def _length(said: str) -> int | None:
    found = _DURATION.search(said)
    if found is None:
        return None
    hours, minutes, seconds, hundredths = map(int, found.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + hundredths * 10


def progress_ms(line: str) -> int | None:
    """How far a line of ffmpeg's `-progress` says that it is; none of other lines."""
    found = re.match(r"out_time_us=(\d+)$", line.strip())
    return int(found[1]) // 1000 if found else None
