"""The index of bytes: read from tables that are written down here by hand."""

import struct

import pytest

from app.learning.rules.mp4 import NoIndexError, film_length_ms, moov_place, time_index


def box(name: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), name) + body


def table(name: bytes, *rows: tuple[int, ...], lead: bytes = b"") -> bytes:
    packed = b"".join(struct.pack(f">{len(row)}I", *row) for row in rows)
    return box(name, bytes(4), lead, struct.pack(">I", len(rows)), packed)


def track(kind: bytes, *tables: bytes, timescale: int = 1000) -> bytes:
    mdhd = box(b"mdhd", bytes(12), struct.pack(">II", timescale, 6000), bytes(4))
    hdlr = box(b"hdlr", bytes(8), kind, bytes(13))
    stbl = box(b"stbl", *tables)
    return box(b"trak", box(b"mdia", mdhd, hdlr, box(b"minf", stbl)))


# Six pictures of a second each in three chunks: 2, 2, 1 and 1; every second one is a key.
TABLES = {
    b"stts": table(b"stts", (6, 1000)),
    b"stss": table(b"stss", (1,), (3,), (5,)),
    b"stsc": table(b"stsc", (1, 2, 1), (3, 1, 1)),
    b"stsz": table(b"stsz", (90,), (10,), (80,), (10,), (70,), (10,), lead=bytes(4)),
    b"stco": table(b"stco", (1000,), (2000,), (3000,), (4000,)),
}


def film(*tracks: bytes) -> bytes:
    return box(b"ftyp", b"isom") + box(b"moov", box(b"mvhd", bytes(8)), *tracks) + box(b"mdat")


def test_key_pictures_with_their_bytes() -> None:
    sound = track(b"soun", table(b"stts", (1, 1)))
    made = film(sound, track(b"vide", *TABLES.values()))
    assert time_index(made) == [(0, 0), (2000, 2000), (4000, 3000)]


def test_the_length_and_the_place_of_the_table_of_contents() -> None:
    content = film(track(b"soun"), track(b"vide", *TABLES.values()))
    place = moov_place(content[:64], len(content))
    assert place is not None
    assert content[place[0] + 4 : place[0] + 8] == b"moov"
    assert time_index(content[place[0] : place[1]]) == time_index(content)
    assert film_length_ms(content[place[0] : place[1]]) == 6000
    behind = box(b"mdat", bytes(100)) + content
    assert moov_place(behind[:64], len(behind)) is None, "it does not stand first"
    assert moov_place(content[:64], len(content) - 40) is None, "it ends beyond the file"
    assert moov_place(b"", 0) is None


def test_a_key_in_the_middle_of_a_chunk_and_another_timescale() -> None:
    tables = TABLES | {b"stss": table(b"stss", (1,), (4,), (6,))}
    made = film(track(b"vide", *tables.values(), timescale=2000))
    assert time_index(made) == [(0, 0), (1500, 2080), (2500, 4000)]


def test_wide_offsets_and_equal_sizes() -> None:
    offsets = b"".join(struct.pack(">Q", place) for place in (1 << 33, (1 << 33) + 500))
    tables = {
        b"stts": table(b"stts", (4, 500)),
        b"stss": table(b"stss", (1,), (3,)),
        b"stsc": table(b"stsc", (1, 2, 1)),
        b"stsz": box(b"stsz", bytes(4), struct.pack(">II", 200, 4)),
        b"co64": box(b"co64", bytes(4), struct.pack(">I", 2), offsets),
    }
    made = film(track(b"vide", *tables.values()))
    assert time_index(made) == [(0, 0), (1000, (1 << 33) + 500)]


@pytest.mark.parametrize("missing", list(TABLES))
def test_a_table_that_is_missing_is_named(missing: bytes) -> None:
    tables = [content for name, content in TABLES.items() if name != missing]
    with pytest.raises(NoIndexError, match="has no"):
        time_index(film(track(b"vide", *tables)))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a film at all, not even nearly",
        box(b"ftyp", b"isom"),
        film(track(b"soun")),
        film(track(b"vide", *TABLES.values()))[:-60],
        film(track(b"vide", *(TABLES | {b"stss": table(b"stss", (1,), (9,))}).values())),
    ],
)
def test_what_is_no_film_is_refused(content: bytes) -> None:
    with pytest.raises(NoIndexError):
        time_index(content)
