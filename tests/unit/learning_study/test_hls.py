"""Lists of pieces: every moment is in exactly one piece, and what is wrong is refused."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules import hls
from app.learning.rules.hls import PlaylistError


def _list(durations: list[str], *, end: str = "#EXT-X-ENDLIST") -> str:
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", '#EXT-X-MAP:URI="head.mp4"']
    for number, duration in enumerate(durations):
        lines += [f"#EXTINF:{duration},", f"{number}.m4s"]
    return "\n".join([*lines, end])


# What ffmpeg writes: microseconds, whatever the pictures' timescale makes of a second.
_DURATIONS = st.lists(st.integers(20_000, 12_000_000), min_size=1, max_size=300)


@given(_DURATIONS, st.integers(-900, 900))
def test_every_moment_is_in_exactly_one_piece(durations: list[int], astray_ms: int) -> None:
    written = [f"{us // 1_000_000}.{us % 1_000_000:06}" for us in durations]
    length_ms = sum(durations) // 1000 + astray_ms
    if length_ms <= sum(durations[:-1]) // 1000:
        return
    found = hls.read_playlist(_list(written), length_ms)
    spans = hls.stretches(found.starts_ms, length_ms)
    assert spans[0][0] == 0
    assert spans[-1][1] == length_ms
    assert all(first[1] == second[0] for first, second in pairwise(spans))
    assert all(start < end for start, end in spans)
    edge = 0
    for (start, _), us in zip(spans, durations, strict=True):
        assert edge // 1000 == start  # added up before it is rounded
        edge += us


@given(_DURATIONS)
def test_what_is_written_is_read_again(durations: list[int]) -> None:
    edges = [0]
    for us in durations:
        edges.append(edges[-1] + us // 1000)
    names = [f"/a/{number}?x=1" for number in range(len(durations))]
    text = hls.write_playlist(edges[:-1], edges[-1], head="/a/head", addresses=names)
    found = hls.read_playlist(text, edges[-1])
    assert (found.head, found.names) == ("/a/head", tuple(names))
    assert found.starts_ms == tuple(edges[:-1])
    target = int(text.split("TARGETDURATION:")[1].split("\n")[0])
    assert all(us // 1000 <= target * 1000 for us in durations)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html></html>",
        _list(["4.0"], end=""),
        _list(["4.0"]).replace("#EXT-X-MAP", "#EXT-X-MOP"),
        _list(["4.0", "4.0"]).replace("#EXTINF:4.0,\n1", "1"),
        _list([]),
        _list(["4.0", "0.0001", "4.0"]),
        _list(["2.0"]),
        _list(["4.0", "8.0"]),
    ],
)
def test_what_is_no_list_of_the_whole_film_is_refused(text: str) -> None:
    with pytest.raises(PlaylistError):
        hls.read_playlist(text, 8_000)
