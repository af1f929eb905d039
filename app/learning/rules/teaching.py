"""Teaching material as it is written: slides that are spoken, pages that are read."""

import hashlib
import html
import json
import re
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

READING_PER_S = 5
"""Characters that a slow reader takes in within a second."""
LEAST_PAUSE_MS, MOST_PAUSE_MS = 150, 1500
FRAME_MS = 100

_SENTENCE = re.compile(r"[^。！？；]+[。！？；]?")


class ScriptError(ValueError):
    """A lesson that cannot be filmed as it is written; the sentence says what to change."""


@dataclass(frozen=True, slots=True)
class Slide:
    """What stands on the screen, and what is said meanwhile."""

    heading: str
    points: tuple[str, ...]
    narration: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a document; each block is a paragraph (one text) or a list of points."""

    heading: str
    blocks: tuple[str | tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class VideoLesson:
    """A lesson to be filmed: `length_ms` is stated, the pauses between sentences fill it.

    `hls`: the film is kept in pieces too, for players that take it so.
    """

    title: str
    length_ms: int
    slides: tuple[Slide, ...]
    hls: bool = False


@dataclass(frozen=True, slots=True)
class DocumentLesson:
    """A lesson to be read."""

    title: str
    pages: tuple[Page, ...]

    @property
    def length_ms(self) -> int:
        return sum(map(reading_ms, self.pages))


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence with its slide and the stretch of the film in which it is said and shown."""

    slide: int
    text: str
    start_ms: int
    end_ms: int


def reading_ms(page: Page) -> int:
    """The time that reading a page takes, in steps of five seconds."""
    characters = len(re.sub(r"\s", "", plain_text(page)))
    return -(-characters // (READING_PER_S * 5)) * 5000


def plain_text(page: Page) -> str:
    """A page's words without its heading."""
    blocks = (block if isinstance(block, str) else "\n".join(block) for block in page.blocks)
    return "\n".join(blocks)


def page_html(page: Page) -> str:
    """A page as a fragment of HTML; whatever was written is text there, never markup."""
    parts = [f"<h2>{html.escape(page.heading)}</h2>"]
    for block in page.blocks:
        if isinstance(block, str):
            parts.append(f"<p>{html.escape(block)}</p>")
        else:
            points = "".join(f"<li>{html.escape(point)}</li>" for point in block)
            parts.append(f"<ul>{points}</ul>")
    return "\n".join(parts) + "\n"


def stretches(lesson: "VideoLesson | DocumentLesson") -> list[tuple[int, int]]:
    """From where to where each part lasts, in milliseconds.

    A page's time is stated. A slide's is its share of what is said; the speech engine is not asked,
    so an end may be a second off (measured on the films of the demo).
    """
    if isinstance(lesson, DocumentLesson):
        shares = [reading_ms(page) for page in lesson.pages]
    else:
        shares = [len(slide.narration) for slide in lesson.slides]
    total, ends, done = sum(shares), [0], 0
    for share in shares:
        done += share
        ends.append(lesson.length_ms * done // total)
    return list(pairwise(ends))


def sentences(narration: str) -> list[str]:
    """Cut what is said at its full stops: each piece is one subtitle."""
    return [found.strip() for found in _SENTENCE.findall(narration) if found.strip()]


def fingerprint(lesson: VideoLesson | DocumentLesson) -> str:
    """A name that is the same for the same lesson and for no other, however it is sent."""
    said = asdict(lesson)
    said.pop("hls", None)
    written = [type(lesson).__name__, said]
    plain = json.dumps(written, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def to_mapping(lesson: VideoLesson) -> dict[str, Any]:
    """Plain values for the outbox; `from_mapping` gives the same lesson back."""
    return asdict(lesson)


def from_mapping(given: dict[str, Any]) -> VideoLesson:
    """The lesson that `to_mapping` wrote down."""
    slides = tuple(
        Slide(slide["heading"], tuple(slide["points"]), slide["narration"])
        for slide in given["slides"]
    )
    return VideoLesson(given["title"], given["length_ms"], slides, given.get("hls", False))


def timetable(lesson: VideoLesson, spoken_ms: list[int]) -> list[Line]:
    """Say when each sentence begins, in whole frames; equal pauses fill the stated length.

    Raises ScriptError where the sentences, whose times are given, do not fit.
    """
    said = [
        (n, text) for n, slide in enumerate(lesson.slides) for text in sentences(slide.narration)
    ]
    total = sum(spoken_ms)
    pause = (lesson.length_ms - total) / max(1, len(said))
    if not LEAST_PAUSE_MS <= pause <= MOST_PAUSE_MS:
        raise ScriptError(
            f"{lesson.title}: {len(said)} sentences take {total} ms; length_ms should lie between "
            f"{total + len(said) * LEAST_PAUSE_MS} and {total + len(said) * MOST_PAUSE_MS}"
        )
    lines: list[Line] = []
    position = 0.0
    for (slide, text), length in zip(said, spoken_ms, strict=True):
        start = _frame(position)
        position += length + pause
        lines.append(Line(slide, text, start, _frame(position)))
    return lines


def _frame(position_ms: float) -> int:
    return round(position_ms / FRAME_MS) * FRAME_MS
