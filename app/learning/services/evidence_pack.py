"""How a judgement is written: what it read, and what came of it, a few dozen bytes each."""

from collections.abc import Sequence

import msgspec

from app.learning.rules.coverage import pack, unpack
from app.learning.rules.replay import Reading
from app.learning.rules.sealing import StoredReading
from app.learning.rules.states import Cut, Verdict


class _WithStint(StoredReading, array_like=True, gc=False):
    """Only where the policy asks for breaks: what most sessions have in common stays short."""

    stint_ms: int = 0
    stint_at_ms: int = 0


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_WithStint)


def pack_reading(reading: Reading) -> bytes:
    unripe = [(lesson, day, pack(stretches)) for lesson, day, stretches in reading.unripe]
    members = (
        reading.now_ms, reading.clock_ms, reading.allowance_ms, reading.heard_at_ms,
        reading.is_restarted, reading.is_held, reading.is_challenged, reading.day,
        reading.day_used_ms, reading.frontier_ms, pack(reading.covered),
        pack(reading.delivered), unripe,
    )  # fmt: skip
    if reading.stint_at_ms:
        return _encoder.encode(_WithStint(*members, reading.stint_ms, reading.stint_at_ms))
    return _encoder.encode(StoredReading(*members))


def unpack_reading(packed: bytes) -> Reading:
    """Raises msgspec.DecodeError or ValueError for what is no reading."""
    read = _decoder.decode(packed)
    return Reading(
        now_ms=read.now_ms, clock_ms=read.clock_ms, allowance_ms=read.allowance_ms,
        heard_at_ms=read.heard_at_ms, is_restarted=read.is_restarted, is_held=read.is_held,
        is_challenged=read.is_challenged, day=read.day, day_used_ms=read.day_used_ms,
        frontier_ms=read.frontier_ms, covered=unpack(read.covered),
        delivered=unpack(read.delivered),
        unripe=tuple((lesson, day, unpack(packed)) for lesson, day, packed in read.unripe),
        stint_ms=read.stint_ms, stint_at_ms=read.stint_at_ms,
    )  # fmt: skip


_verdict_decoder = msgspec.msgpack.Decoder(list[tuple[int, int, list[tuple[Cut, int]]]])


def pack_verdicts(verdicts: Sequence[Verdict]) -> bytes:
    return _encoder.encode([(each.seq, each.credited_ms, each.cuts) for each in verdicts])


def unpack_verdicts(packed: bytes) -> tuple[Verdict, ...]:
    return tuple(
        Verdict(seq, credited_ms, tuple(cuts))
        for seq, credited_ms, cuts in _verdict_decoder.decode(packed)
    )
