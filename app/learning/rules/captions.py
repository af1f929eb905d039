"""Captions of a film: WebVTT as it is sent, read into sentences and written anew.

Nothing of what was sent is passed on but moments and plain words: no styles, no regions, no tags.
https://www.w3.org/TR/webvtt1/
"""

import html
import re
from dataclasses import dataclass

MOST_CUES = 5000
LONGEST_CUE = 200
_TIMING = re.compile(
    r"^\s*((?:\d{2,}:)?\d{2}:\d{2}\.\d{3})\s+-->\s+((?:\d{2,}:)?\d{2}:\d{2}\.\d{3})(?:\s.*)?$"
)
_TAG = re.compile(r"<[^>]*>")
_SKIPPED = ("NOTE", "STYLE", "REGION")


@dataclass(frozen=True, slots=True)
class Cue:
    """One sentence and when it is said."""

    start_ms: int
    end_ms: int
    text: str


class CaptionsFlawError(ValueError):
    """Captions that cannot stand: the line (from 1), what, and what to do."""

    def __init__(self, line: int, sentence: str, remedy: str) -> None:
        super().__init__(sentence)
        self.line, self.sentence, self.remedy = line, sentence, remedy


def read_captions(text: str, length_ms: int) -> tuple[Cue, ...]:
    """Read WebVTT for a film of this length. Raises CaptionsFlawError for the first flaw."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not re.match(r"^WEBVTT([ \t].*)?$", lines[0]):
        raise CaptionsFlawError(1, "这不是 WebVTT 字幕", "第一行应当是 WEBVTT；srt 文件请先转换")
    cues: list[Cue] = []
    for start, block in _blocks(lines):
        if block[0].startswith(_SKIPPED):
            continue
        cues.append(_cue(start, block, cues[-1] if cues else None, length_ms))
        if len(cues) > MOST_CUES:
            raise CaptionsFlawError(start + 1, f"超过 {MOST_CUES} 句", "请分成几节课")
    if not cues:
        raise CaptionsFlawError(len(lines), "字幕里没有一句话", "请检查文件是否完整")
    return tuple(cues)


def _blocks(lines: list[str]) -> list[tuple[int, list[str]]]:
    """Each run of lines that are not empty behind the head, with the place of its first."""
    found: list[tuple[int, list[str]]] = []
    is_head, last = True, -2
    for place, line in enumerate(lines):
        if not line.strip():
            is_head = False
            continue
        if is_head:
            continue
        if place == last + 1 and found:
            found[-1][1].append(line)
        else:
            found.append((place, [line]))
        last = place
    return found


def _cue(place: int, block: list[str], before: Cue | None, length_ms: int) -> Cue:
    at = 0 if "-->" in block[0] else 1
    timing = _TIMING.match(block[at]) if at < len(block) else None
    if timing is None:
        raise CaptionsFlawError(place + 1, "这一句没有写对时间", "应当写成 00:01.000 --> 00:04.500")
    start, end = _ms(timing[1]), _ms(timing[2])
    words = (html.unescape(_TAG.sub("", line)).strip() for line in block[at + 1 :])
    said = " ".join(word for word in words if word)
    if not start < end:
        raise CaptionsFlawError(place + 1, "这一句的结束不在开始之后", "请改正时间")
    if before is not None and start < before.start_ms:
        raise CaptionsFlawError(place + 1, "这一句比前一句还早", "请按时间先后排列")
    if start >= length_ms:
        raise CaptionsFlawError(place + 1, "这一句在视频结束之后", "请核对字幕是不是这段视频的")
    if not said or len(said) > LONGEST_CUE:
        raise CaptionsFlawError(
            place + 1, f"每一句要有 1 到 {LONGEST_CUE} 个字", "请把长句分成几句"
        )
    return Cue(start, min(end, length_ms), said)


def _ms(text: str) -> int:
    *hours, minutes, seconds = text.split(":")
    whole = (int(hours[0]) if hours else 0) * 3600 + int(minutes) * 60
    return whole * 1000 + int(seconds.replace(".", ""))


def write_captions(cues: tuple[Cue, ...]) -> str:
    """WebVTT with these sentences and nothing else."""
    parts = ["WEBVTT"]
    parts += [
        f"{_clock(cue.start_ms)} --> {_clock(cue.end_ms)}\n{html.escape(cue.text, quote=False)}"
        for cue in cues
    ]
    return "\n\n".join(parts) + "\n"


def _clock(ms: int) -> str:
    seconds, rest = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"
