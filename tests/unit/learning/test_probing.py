"""What a file is, by its first bytes and by what ffmpeg says of it."""

import pytest

from app.learning.rules.probing import (
    NotAFilmError,
    Probe,
    is_container,
    progress_ms,
    read_probe,
)

SAID = """Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'file:source':
  Duration: 00:{minutes}:33.50, start: 0.000000, bitrate: 7537 kb/s
  Stream #0:0[0x1](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p, 1280x720 [SAR 1:1], 30 fps
  Stream #0:1[0x2](und): Audio: aac (LC) (mp4a / 0x6134706D), 44100 Hz, mono, fltp, 69 kb/s
"""


def test_a_film_is_read() -> None:
    assert read_probe(SAID.format(minutes="01")) == Probe("h264", 1280, 720, 93_500, True)
    silent = "\n".join(SAID.format(minutes="01").splitlines()[:3])
    assert read_probe(silent).has_sound is False
    assert read_probe(SAID.replace("00:{minutes}:33.50", "N/A")).length_ms is None


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("file:source: Invalid data found when processing input", "没有视频画面"),
        (SAID.format(minutes="00").replace(":33.50", ":03.00"), "不到"),
        (SAID.format(minutes="00").replace("00:00:33", "05:00:33"), "超过"),
        ("Stream #0:0: Video: mjpeg, yuvj420p, 600x600 (attached pic)", "没有视频画面"),
    ],
)
def test_what_cannot_be_taught_from_is_told_with_what_to_do(said: str, word: str) -> None:
    with pytest.raises(NotAFilmError, match=word) as found:
        read_probe(said)
    assert "请" in str(found.value)


@pytest.mark.parametrize(
    "first",
    [
        b"\x00\x00\x00\x20ftypisom", b"\x1a\x45\xdf\xa3rest", b"RIFF\x00\x00\x00\x00AVI LIST",
        b"FLV\x01\x05", b"\x00\x00\x01\xba\x44", b"G" + bytes(187) + b"G",
    ],
)  # fmt: skip
def test_films_begin_like_films(first: bytes) -> None:
    assert is_container(first)


@pytest.mark.parametrize(
    "first", [b"", b"#EXTM3U\n", b"ffconcat version 1.0", b"PK\x03\x04", b"<html>", b"GIF89a"]
)
def test_lists_and_other_files_do_not(first: bytes) -> None:
    assert not is_container(first)


def test_progress_is_read_off_its_line() -> None:
    lines = ["out_time_us=2500000", "out_time=00:00:02", "frame=1"]
    assert [progress_ms(line) for line in lines] == [2500, None, None]
    assert progress_ms("out_time_us=N/A") is None
