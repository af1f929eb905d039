"""Batches of beats on the wire: read strictly into the words of the rules, and answered."""

import re
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from app.core.errors import InvalidError
from app.learning.rules.coverage import Intervals
from app.learning.rules.hours import Totals
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.states import Batch, Beat, Verdict

MOST_BYTES = 16 * 1024
_Count = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
_Moment = Annotated[int, msgspec.Meta(ge=0, le=2**40)]
_Position = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
_Code = Annotated[str, msgspec.Meta(max_length=24, pattern="^[a-z_]+$")]


class _Beat(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    seq: _Count
    t: _Moment
    from_: _Position = msgspec.field(name="from")
    to: _Position
    rate: Annotated[int, msgspec.Meta(ge=1, le=1600)]
    visible: bool
    events: Annotated[list[_Code], msgspec.Meta(max_length=32)] = []


class _Batch(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    lesson: Annotated[str, msgspec.Meta(min_length=1, max_length=26)]
    beats: Annotated[list[_Beat], msgspec.Meta(min_length=1, max_length=64)]
    close: bool = False


class Marks(msgspec.Struct, frozen=True, gc=False):
    """Of each beat its moment, from and to in milliseconds; and all event codes of the batch."""

    stretches: tuple[tuple[int, int, int], ...]
    events: tuple[str, ...]


def _schema() -> dict[str, Any]:
    _, found = msgspec.json.schema_components((_Batch,), ref_template="{name}")
    batch: dict[str, Any] = found["_Batch"]
    batch["properties"]["beats"]["items"] = found["_Beat"]
    return batch


BATCH_SCHEMA = _schema()  # for the document of the doorway
_decoder = msgspec.json.Decoder(_Batch)
_PLACE = re.compile(r" - at `\$(.*)`$")


def read_batch(body: bytes) -> Batch:
    """Raises InvalidError that names the field, for anything that is not a batch."""
    if len(body) > MOST_BYTES:
        raise InvalidError("一次上报的内容过大。", code="too_large", remedy="每次最多上报 64 段")
    try:
        given = _decoder.decode(body)
    except msgspec.DecodeError as error:  # and ValidationError, which is one
        raise InvalidError(
            "上报的格式不对。", code="malformed", field=_pointer(str(error)), remedy="请刷新页面"
        ) from error
    beats = tuple(
        Beat(beat.seq, beat.t, beat.from_, beat.to, beat.rate, beat.visible) for beat in given.beats
    )
    for index, beat in enumerate(beats):
        if beat.to_ms < beat.from_ms:
            raise InvalidError(
                "结束位置在开始位置之前。", code="malformed", field=f"/beats/{index}/to"
            )
    return Batch(given.lesson, beats, given.close)


def read_events(body: bytes) -> dict[int, tuple[str, ...]]:
    """What a stored batch says of each beat beside its numbers, by `seq`: evidence, no credit."""
    return {beat.seq: tuple(beat.events) for beat in _decoder.decode(body).beats}


def read_marks(body: bytes) -> Marks:
    """What risk reads of a stored batch: its stretches, and the page's own hints (`events`)."""
    given = _decoder.decode(body)
    return Marks(
        tuple((beat.t, beat.from_, beat.to) for beat in given.beats),
        tuple(code for beat in given.beats for code in beat.events),
    )


def _pointer(message: str) -> str:
    """`$.beats[0].seq` in the decoder's message as a JSON pointer."""
    found = _PLACE.search(message)
    return found[1].replace("[", "/").replace("]", "").replace(".", "/") if found else "/"


class _CutOut(msgspec.Struct, gc=False):
    code: str
    ms: int


class _VerdictOut(msgspec.Struct, gc=False):
    seq: int
    credited_ms: int
    cuts: list[_CutOut]


class BatchAnswer(msgspec.Struct, kw_only=True, gc=False):
    """What is answered to a batch when it is durable."""

    ack_seq: int
    head: str
    frontier: int
    totals: Totals
    next_in_ms: int
    verdicts: list[_VerdictOut]
    challenge: dict[str, Any] | None
    hold: bool
    covered: Intervals


_encode_answer = msgspec.json.Encoder().encode


def answer_bytes(
    policy: StudyPolicy,
    verdicts: Sequence[Verdict],
    *,
    head: str,
    frontier_ms: int,
    covered: Intervals,
    totals: Totals,
    challenge: dict[str, Any] | None,
    is_held: bool,
) -> bytes:
    return _encode_answer(
        BatchAnswer(
            ack_seq=verdicts[-1].seq,
            head=head,
            frontier=frontier_ms,
            totals=totals,
            # R15: it must not tell when a check comes, so it hangs on nothing but the policy. A MAC
            # is as good as chance here, and asks the system for nothing.
            next_in_ms=policy.beat_s * 10 * (90 + (ord(head[0]) * 7 + ord(head[1])) % 21),
            verdicts=[
                _VerdictOut(
                    verdict.seq,
                    verdict.credited_ms,
                    [_CutOut(code.value, ms) for code, ms in verdict.cuts],
                )
                for verdict in verdicts
            ],
            challenge=challenge,
            hold=is_held,
            covered=covered,
        )
    )
