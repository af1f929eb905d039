"""The evidence of a whole session in a few kilobytes, from which every byte comes back (R20).

Almost everything in a report follows from the one before: it begins where that ended, was heard a
little later. What is kept is how it differs from that, one column for each figure, deflated. What
does not fit the pattern is kept as it came.
"""

import zlib
from collections.abc import Sequence

import msgspec

from app.learning.rules.columns import In, Out
from app.learning.rules.coverage import pack

_FORMAT = 1
_PLAIN, _READING = 0, 1
_FULL_RATE = 100


class Kept(msgspec.Struct, frozen=True, gc=False):
    """One batch of the evidence: as it came, what its judgement read, what it was credited."""

    ack_seq: int
    lesson_id: str
    body: bytes
    reading: bytes
    credited_ms: int


class _Beat(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """As the page writes it; the order of the members is the order of its bytes."""

    seq: int
    t: int
    from_: int = msgspec.field(name="from")
    to: int
    rate: int
    visible: bool
    events: list[str] = []


class _Body(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    lesson: str
    beats: list[_Beat]
    close: bool = False


class StoredReading(msgspec.Struct, array_like=True, gc=False):
    """What a judgement read, as it is stored; the order is the format, and sealing goes by it.

    What only some policies need stands behind, in a kind of its own: those are kept whole.
    """

    now_ms: int
    clock_ms: int
    allowance_ms: int
    heard_at_ms: int
    is_restarted: bool
    is_held: bool
    is_challenged: bool
    day: int
    day_used_ms: int
    frontier_ms: int
    covered: bytes
    delivered: bytes
    unripe: list[tuple[str, int, bytes]] = []


class _Packed(msgspec.Struct, array_like=True, gc=False):
    version: int
    count: int
    columns: dict[str, bytes]
    lessons: list[str]
    parts: list[bytes]
    """What is kept whole: bodies, readings, sets of positions, in the order they are asked for."""


_encode_json = msgspec.json.Encoder().encode
_body_decoder = msgspec.json.Decoder(_Body)
_encode = msgspec.msgpack.Encoder().encode
_reading_decoder = msgspec.msgpack.Decoder(StoredReading)
_packed_decoder = msgspec.msgpack.Decoder(_Packed)


class _Trail:
    """What the next report is expected to say, from all before it; the same on both ways."""

    def __init__(self) -> None:
        self.seq = self.t = self.place = self.credited = 0
        self.now = self.allowance = self.heard = self.day = self.day_used = self.frontier = 0
        self.dt = self.asked = 0

    def beat(self, beat: _Beat) -> None:
        self.dt += beat.t - self.t
        self.asked += beat.to - beat.from_
        self.seq, self.t, self.place = beat.seq, beat.t, beat.to

    def begin(self) -> None:
        self.dt = self.asked = 0

    def reading(self, reading: StoredReading) -> None:
        # What the judgement leaves: the time since it was last heard came in, its beats went out.
        waited = reading.now_ms - reading.heard_at_ms
        self.allowance = reading.allowance_ms + waited - self.dt
        self.now = self.heard = reading.now_ms
        self.day, self.day_used = reading.day, reading.day_used_ms
        self.frontier = self.place

    def credit(self, credited_ms: int) -> None:
        self.credited = credited_ms
        self.day_used += credited_ms


def seal(batches: Sequence[Kept]) -> bytes:
    """All batches of a session, in order, as one value."""
    out, trail = Out(), _Trail()
    for batch in batches:
        trail.begin()
        out.put_lesson(batch.lesson_id)
        _seal_body(out, trail, batch)
        out.put("ack_seq", batch.ack_seq - trail.seq)
        _seal_reading(out, trail, batch.reading)
        out.put("credited", batch.credited_ms - trail.asked)
        trail.credit(batch.credited_ms)
    columns = {name: bytes(column) for name, column in out.columns.items()}
    packed = _Packed(_FORMAT, len(batches), columns, out.lessons, out.parts)
    return zlib.compress(_encode(packed), 9)


def unseal(sealed: bytes) -> tuple[Kept, ...]:
    """Give the batches back. Raises ValueError for anything that `seal` did not make."""
    try:
        packed = _packed_decoder.decode(zlib.decompress(sealed))
        if packed.version != _FORMAT:
            message = f"format {packed.version} is not known"
            raise ValueError(message)
        source, trail = In(packed.columns, packed.lessons, packed.parts), _Trail()
        return tuple(_unseal_one(source, trail) for _ in range(packed.count))
    except (zlib.error, msgspec.DecodeError, IndexError, OverflowError) as error:
        message = f"is no sealed evidence ({error})"
        raise ValueError(message) from error


def _unseal_one(source: In, trail: _Trail) -> Kept:
    trail.begin()
    lesson_id = source.take_lesson()
    body = _unseal_body(source, trail, lesson_id)
    ack_seq = source.take("ack_seq") + trail.seq
    reading = _unseal_reading(source, trail)
    credited_ms = source.take("credited") + trail.asked
    trail.credit(credited_ms)
    return Kept(ack_seq, lesson_id, body, reading, credited_ms)


def _usual_body(batch: Kept) -> _Body | None:
    """The body in words, if these words give its bytes again."""
    try:
        body = _body_decoder.decode(batch.body)
    except msgspec.DecodeError:
        return None
    return body if body.lesson == batch.lesson_id and _encode_json(body) == batch.body else None


def _seal_body(out: Out, trail: _Trail, batch: Kept) -> None:
    body = _usual_body(batch)
    out.put("kind", _PLAIN if body is None else len(body.beats) + 1)
    if body is None:
        out.parts.append(batch.body)
        return
    out.put("close", body.close)
    for beat in body.beats:
        out.put("seq", beat.seq - trail.seq - 1)
        out.put("t", beat.t - trail.t)
        out.put("from", beat.from_ - trail.place)
        out.put("to", beat.to - beat.from_ - (beat.t - trail.t))
        out.put("rate", beat.rate - _FULL_RATE)
        out.put("hidden", not beat.visible)
        out.put_bytes("events", _encode(beat.events), _encode([]))
        trail.beat(beat)


def _unseal_body(source: In, trail: _Trail, lesson_id: str) -> bytes:
    kind = source.take("kind")
    if kind == _PLAIN:
        return source.take_part()
    is_close, beats = bool(source.take("close")), []
    for _ in range(kind - 1):
        seq, t = source.take("seq") + trail.seq + 1, source.take("t") + trail.t
        start = source.take("from") + trail.place
        end = source.take("to") + start + (t - trail.t)
        rate, is_visible = source.take("rate") + _FULL_RATE, not source.take("hidden")
        events = msgspec.msgpack.decode(source.take_bytes("events", _encode([])), type=list[str])
        beats.append(_Beat(seq, t, start, end, rate, is_visible, events))
        trail.beat(beats[-1])
    return _encode_json(_Body(lesson_id, beats, is_close))


def _usual_reading(stored: bytes) -> StoredReading | None:
    try:
        reading = _reading_decoder.decode(stored)
    except msgspec.DecodeError:
        return None
    return reading if not reading.unripe and _encode(reading) == stored else None


def _flags(reading: StoredReading) -> int:
    return reading.is_restarted | reading.is_held << 1 | reading.is_challenged << 2


def _stretch(trail: _Trail) -> bytes:
    """What was delivered where all that is reported was: the stretch itself."""
    start = trail.place - trail.asked
    return pack(((start, trail.place),)) if 0 <= start < trail.place else b""


def _seal_reading(out: Out, trail: _Trail, stored: bytes) -> None:
    reading = _usual_reading(stored)
    out.put("reading", _PLAIN if reading is None else _READING)
    if reading is None:
        out.parts.append(stored)
        return
    out.put("now", reading.now_ms - trail.now - trail.dt)
    out.put("clock", reading.clock_ms - trail.now)
    out.put("heard", reading.heard_at_ms - trail.heard)
    out.put("allowance", reading.allowance_ms - trail.allowance)
    out.put("flags", _flags(reading))
    out.put("day", reading.day - trail.day)
    out.put("day_used", reading.day_used_ms - trail.day_used)
    out.put("frontier", reading.frontier_ms - trail.frontier)
    out.put_bytes("covered", reading.covered, b"")
    out.put_bytes("delivered", reading.delivered, _stretch(trail))
    trail.reading(reading)


def _unseal_reading(source: In, trail: _Trail) -> bytes:
    if source.take("reading") == _PLAIN:
        return source.take_part()
    now, clock = source.take("now") + trail.now + trail.dt, source.take("clock") + trail.now
    heard, allowance = source.take("heard") + trail.heard, source.take("allowance")
    flags = source.take("flags")
    reading = StoredReading(
        now_ms=now,
        clock_ms=clock,
        allowance_ms=allowance + trail.allowance,
        heard_at_ms=heard,
        is_restarted=bool(flags & 1),
        is_held=bool(flags & 2),
        is_challenged=bool(flags & 4),
        day=source.take("day") + trail.day,
        day_used_ms=source.take("day_used") + trail.day_used,
        frontier_ms=source.take("frontier") + trail.frontier,
        covered=source.take_bytes("covered", b""),
        delivered=source.take_bytes("delivered", _stretch(trail)),
    )
    trail.reading(reading)
    return _encode(reading)
