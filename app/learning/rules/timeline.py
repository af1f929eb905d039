"""A day of study on the server's clock: what counted, what did not, and what became of it (R28).

Every beat is laid where the server's time that it used up lies; credited time is then followed
through the ledger and through what was taken back. Nothing is decided here: all of it is stored.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from app.learning.rules.cuts import ONE_STRETCH_MS, CutLine
from app.learning.rules.replay import Told
from app.learning.rules.states import Cut

QUIET = frozenset({Cut.PAUSED, Cut.REPEATED})
"""Nothing is lost by these."""
TAKINGS = frozenset({Cut.FORFEITED, Cut.EXPIRED, Cut.TOO_SHORT})
"""What was credited first and left the coverage afterwards (R10-R12)."""
_END = 2**62


class Fate(StrEnum):
    """What became of a stretch."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    TAKEN = "taken"
    REFUSED = "refused"
    QUIET = "quiet"


class Segment(Struct, frozen=True, kw_only=True, gc=False):
    """Server's time from `start_ms` to `end_ms` with one fate; `ms` is lesson time.

    `from_ms` and `to_ms` are the positions that the client reported, the whole beat's where only
    a part of it has this fate.
    """

    session_id: str
    enrolment_id: str
    lesson_id: str
    arrived_ms: int
    start_ms: int
    end_ms: int
    from_ms: int
    to_ms: int
    ms: int
    fate: Fate
    code: Cut | None = None
    cut_id: str = ""


class Release(Struct, frozen=True, kw_only=True, gc=False):
    """One release of the ledger for the day: the lesson's time that waited until then."""

    enrolment_id: str
    lesson_id: str
    at_ms: int
    ms: int


class Line(Struct, frozen=True, kw_only=True, gc=False):
    """Segments of one fate and reason that follow each other closely, to be read as one."""

    lesson_id: str
    fate: Fate
    code: Cut | None
    cut_id: str
    start_ms: int
    end_ms: int
    from_ms: int
    to_ms: int
    ms: int


class _Move(Struct, frozen=True, kw_only=True, gc=False):
    """Waiting time that becomes something else at a moment."""

    at_ms: int
    ms: int
    enrolment_id: str = ""
    session_id: str = ""
    lesson_id: str
    fate: Fate
    code: Cut | None = None
    cut_id: str = ""
    is_newest_first: bool = False


def segments(
    told: Iterable[Sequence[Told]],
    cuts: Mapping[str, Sequence[CutLine]],
    releases: Sequence[Release],
) -> list[Segment]:
    """All segments of a day, each session's in order and apart from each other.

    `told` has the sessions of one learner, `cuts` the stored lines of each session by its id.
    What is credited sums up to what was credited; what is refused for a reason to its lines.
    """
    laid = [
        part
        for session in told
        for part in _laid(session, _lines_by_reason(session[0].session_id, cuts) if session else {})
    ]
    return _followed(laid, [*_releases(releases), *_takings(cuts)])


def _lines_by_reason(
    session_id: str, cuts: Mapping[str, Sequence[CutLine]]
) -> dict[tuple[str, int, Cut], list[CutLine]]:
    found: dict[tuple[str, int, Cut], list[CutLine]] = {}
    for line in cuts.get(session_id, ()):
        found.setdefault((line.lesson_id, line.day, line.code), []).append(line)
    return found


def _laid(
    told: Sequence[Told], lines: dict[tuple[str, int, Cut], list[CutLine]]
) -> Iterator[Segment]:
    """Each beat where its server's time lies: as late as it can, for it was reported at its end.

    What waited on the device and came in a heap is so laid one after the other before the moment
    it came. It never begins before the session: nobody can use up more than has passed.
    """
    edge, starts = _END, []
    for line in reversed(told):
        end = min(edge, line.arrived_ms)
        edge = end - line.span_ms
        starts.append((edge, end))
    for line, (start, end) in zip(told, reversed(starts), strict=True):
        yield from _parts(line, start, end, lines)


def _parts(
    told: Told, start_ms: int, end_ms: int, lines: dict[tuple[str, int, Cut], list[CutLine]]
) -> Iterator[Segment]:
    """A beat's stretch in shares: what counted first, what was too late last."""
    cuts = sorted(told.verdict.cuts, key=lambda cut: cut[0] is Cut.LATE)
    shares = [(None, told.verdict.credited_ms), *cuts] if told.verdict.credited_ms else cuts
    whole, gone = max(1, sum(ms for _, ms in shares)), 0
    edge = start_ms
    for index, (code, ms) in enumerate(shares):
        gone += ms
        is_last = index == len(shares) - 1
        stop = end_ms if is_last else start_ms + (end_ms - start_ms) * gone // whole
        yield Segment(
            session_id=told.session_id,
            enrolment_id=told.enrolment_id,
            lesson_id=told.lesson_id,
            arrived_ms=told.arrived_ms,
            start_ms=edge,
            end_ms=stop,
            from_ms=told.beat.from_ms,
            to_ms=told.beat.to_ms,
            ms=ms,
            fate=_fate(code),
            code=code,
            cut_id=_cut_id(lines.get((told.lesson_id, told.day, code), ()), told) if code else "",
        )
        edge = stop


def _fate(code: Cut | None) -> Fate:
    if code is None:
        return Fate.WAITING
    return Fate.QUIET if code in QUIET else Fate.REFUSED


def _cut_id(lines: Sequence[CutLine], told: Told) -> str:
    """The line that was going on when the beat arrived; the nearest, where the clock ran back."""
    if not lines:
        return ""
    arrived_ms = told.arrived_ms

    def away(line: CutLine) -> int:
        return max(line.first_at_ms - arrived_ms, arrived_ms - line.last_at_ms, 0)

    return min(lines, key=away).cut_id


def _releases(releases: Sequence[Release]) -> Iterator[_Move]:
    for release in releases:
        yield _Move(
            at_ms=release.at_ms,
            ms=release.ms,
            enrolment_id=release.enrolment_id,
            lesson_id=release.lesson_id,
            fate=Fate.CONFIRMED,
        )


def _takings(cuts: Mapping[str, Sequence[CutLine]]) -> Iterator[_Move]:
    """What is forfeited or broke off is the newest; what expires is the oldest."""
    for session_id, lines in cuts.items():
        for line in lines:
            if line.code in TAKINGS:
                yield _Move(
                    at_ms=line.first_at_ms,
                    ms=line.ms,
                    session_id=session_id,
                    lesson_id=line.lesson_id,
                    fate=Fate.TAKEN,
                    code=line.code,
                    cut_id=line.cut_id,
                    is_newest_first=line.code is not Cut.EXPIRED,
                )


def _followed(laid: list[Segment], moves: Sequence[_Move]) -> list[Segment]:
    """Let the waiting time become what the stored lines say, in the order of their moments.

    A line may have grown after its first moment: what it found nothing for then, it takes last.
    """
    late = []
    for move in sorted(moves, key=lambda each: each.at_ms):
        laid, left = _moved(laid, move)
        if left:
            late.append(replace(move, ms=left, at_ms=_END))
    for move in late:
        laid, _ = _moved(laid, move)
    return laid


def _moved(laid: list[Segment], move: _Move) -> tuple[list[Segment], int]:
    left, found = move.ms, {}
    places = range(len(laid))
    for index in reversed(places) if move.is_newest_first else places:
        part = laid[index]
        if left and part.fate is Fate.WAITING and _is_meant(part, move):
            found[index] = min(left, part.ms)
            left -= found[index]
    if not found:
        return laid, left
    moved: list[Segment] = []
    for index, part in enumerate(laid):
        moved += _shared(part, found[index], move) if index in found else (part,)
    return moved, left


def _is_meant(part: Segment, move: _Move) -> bool:
    return (
        part.lesson_id == move.lesson_id
        and part.arrived_ms <= move.at_ms
        and move.session_id in ("", part.session_id)
        and move.enrolment_id in ("", part.enrolment_id)
    )


def _shared(part: Segment, ms: int, move: _Move) -> tuple[Segment, ...]:
    """The part with its new fate, cut in two where only some of it moves."""
    if ms == part.ms:
        return (replace(part, fate=move.fate, code=move.code, cut_id=move.cut_id),)
    edge = part.start_ms + (part.end_ms - part.start_ms) * ms // part.ms
    first = replace(
        part, end_ms=edge, ms=ms, fate=move.fate, code=move.code, cut_id=move.cut_id
    )  # fmt: skip
    return first, replace(part, start_ms=edge, ms=part.ms - ms)


def lines(parts: Sequence[Segment]) -> list[Line]:
    """One session's segments as they are read: what goes on within a minute is one line."""
    found: list[Line] = []
    newest: dict[tuple[str, Fate, Cut | None, str], int] = {}
    for part in parts:
        key = (part.lesson_id, part.fate, part.code, part.cut_id)
        index = newest.get(key)
        if index is not None and part.start_ms - found[index].end_ms <= ONE_STRETCH_MS:
            found[index] = _with_more(found[index], part)
            continue
        newest[key] = len(found)
        found.append(
            Line(
                lesson_id=part.lesson_id,
                fate=part.fate,
                code=part.code,
                cut_id=part.cut_id,
                start_ms=part.start_ms,
                end_ms=part.end_ms,
                from_ms=part.from_ms,
                to_ms=part.to_ms,
                ms=part.ms,
            )
        )
    return found


def _with_more(line: Line, part: Segment) -> Line:
    return replace(
        line,
        end_ms=max(line.end_ms, part.end_ms),
        from_ms=min(line.from_ms, part.from_ms),
        to_ms=max(line.to_ms, part.to_ms),
        ms=line.ms + part.ms,
    )
