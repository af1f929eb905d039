"""Sealed evidence gives every byte back, is small, and refuses what it is not."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from study_cases import HOUR, NOON, POLICY, VIDEO, WHOLE, books

from app.learning.rules import replay
from app.learning.rules.coverage import pack
from app.learning.rules.crediting import judge_batch
from app.learning.rules.replay import Reading
from app.learning.rules.sealing import Kept, seal, unseal
from app.learning.services.evidence_pack import pack_reading
from app.learning.services.wire import read_batch

NUMBERS = st.integers(-(2**40), 2**40)
POSITIONS = st.integers(0, 2**31 - 1)
STRETCHES = st.lists(st.tuples(POSITIONS, POSITIONS), max_size=3).map(
    lambda pairs: tuple((min(pair), max(pair) + 1) for pair in pairs[:1])
)
READINGS = st.builds(
    Reading,
    **dict.fromkeys(("now_ms", "clock_ms", "allowance_ms", "heard_at_ms"), NUMBERS),
    **dict.fromkeys(("is_restarted", "is_held", "is_challenged"), st.booleans()),
    **dict.fromkeys(("day", "day_used_ms", "frontier_ms"), NUMBERS),
    **dict.fromkeys(("covered", "delivered"), STRETCHES),
    unripe=st.lists(st.tuples(st.text(max_size=3), NUMBERS, STRETCHES), max_size=1).map(tuple),
)
BEATS = st.fixed_dictionaries(
    {
        "seq": POSITIONS, "t": NUMBERS, "from": POSITIONS, "to": POSITIONS,
        "rate": st.integers(1, 1600), "visible": st.booleans(),
    },
    optional={"events": st.lists(st.sampled_from(["seek", "blur"]), max_size=2)},
)  # fmt: skip
BODIES = st.one_of(
    st.binary(max_size=40),
    st.builds(
        lambda beats, rest, apart: json.dumps(
            {"lesson": "video", "beats": beats} | rest, separators=(",", apart)
        ).encode(),
        st.lists(BEATS, max_size=3),
        st.sampled_from([{}, {"close": True}, {"close": False}, {"more": 1}]),
        st.sampled_from([":", ": "]),
    ),
)
KEPT = st.builds(
    Kept, ack_seq=POSITIONS, lesson_id=st.sampled_from(["video", "book", ""]), body=BODIES,
    reading=st.one_of(READINGS.map(pack_reading), st.binary(max_size=20)), credited_ms=NUMBERS,
)  # fmt: skip


@given(st.lists(KEPT, max_size=8))
def test_every_byte_comes_back(batches: list[Kept]) -> None:
    assert unseal(seal(batches)) == tuple(batches)


def an_hour(beat_ms: int = 15_000, *, seed: int = 1) -> list[Kept]:
    """What a page on a middling network reports in an hour: nothing arrives quite on time."""
    chance = random.Random(seed)
    stand, place, t, now, made = books(), 0, 0, NOON, []
    while place < HOUR:
        dt = min(beat_ms + chance.randint(-120, 180), HOUR - place)
        t, now = t + dt, now + dt + chance.randint(-40, 400)
        beat = {
            "seq": len(made) + 1, "t": t, "from": place, "to": place + dt, "rate": 100,
            "visible": True,
        }  # fmt: skip
        body = json.dumps({"lesson": "video", "beats": [beat]}, separators=(",", ":")).encode()
        batch = read_batch(body)
        reading = replay.read(POLICY, VIDEO, stand, batch, delivered=WHOLE, now_ms=now)
        judged = judge_batch(POLICY, VIDEO, stand, batch, delivered=WHOLE, now_ms=now)
        stand, place = judged.books, place + dt
        credited = judged.credited_ms
        made.append(Kept(len(made) + 1, "video", body, pack_reading(reading), credited))
    return made


def test_an_hour_takes_less_than_four_kilobytes() -> None:
    batches = an_hour()
    sealed = seal(batches)
    assert unseal(sealed) == tuple(batches)
    assert len(batches) >= 230
    assert len(sealed) <= 2_048, len(sealed)


def test_no_report_is_kept_whole_that_a_page_writes() -> None:
    """The page's own spelling is the pattern; otherwise an hour would take many times as much."""
    assert len(seal(an_hour(2_000))) <= 12_000


@pytest.mark.parametrize("at", range(0, 2_000, 97))
def test_an_altered_byte_is_noticed(at: int) -> None:
    batches = an_hour()
    sealed = bytearray(seal(batches))
    sealed[at % len(sealed)] ^= 1 << at % 8
    with pytest.raises(ValueError, match="sealed evidence"):
        unseal(bytes(sealed))


@pytest.mark.parametrize("given", [b"", b"nothing", pack(((1, 2),))])
def test_what_is_no_evidence_is_refused(given: bytes) -> None:
    with pytest.raises(ValueError, match="sealed evidence"):
        unseal(given)
