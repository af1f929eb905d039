"""A document lesson in its simple text form: `## heading`, paragraphs, points with a hyphen."""

import re

from app.learning.rules.teaching import Page

MOST_PAGES = 200
LONGEST_HEADING = 60
LONGEST_PAGE = 3000
"""Characters; ten minutes of reading, which nobody does on one page of a phone."""

Blocks = tuple[str | tuple[str, ...], ...]


class TextFlawError(ValueError):
    """A text that cannot become pages: the line it is about (from 1), what, and what to do."""

    def __init__(self, line: int, sentence: str, remedy: str) -> None:
        super().__init__(sentence)
        self.line, self.sentence, self.remedy = line, sentence, remedy


def read_pages(text: str) -> tuple[Page, ...]:
    """Read a text as pages. Raises TextFlawError for the first flaw, named by its line."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    starts = [place for place, line in enumerate(lines) if re.match(r"##(\s|$)", line)]
    before = next((place for place, line in enumerate(lines) if line.strip()), None)
    if before is None or not starts or before < starts[0]:
        raise TextFlawError(
            (before or 0) + 1, "正文要从一个页标题开始",
            "请在第一页前面写一行“## 页标题”（两个井号、一个空格）",
        )  # fmt: skip
    if len(starts) > MOST_PAGES:
        raise TextFlawError(starts[MOST_PAGES] + 1, f"超过 {MOST_PAGES} 页", "请分成几节课")
    ends = [*starts[1:], len(lines)]
    return tuple(_page(lines, start, end) for start, end in zip(starts, ends, strict=True))


def _page(lines: list[str], start: int, end: int) -> Page:
    heading = lines[start].removeprefix("##").strip()
    if not heading or len(heading) > LONGEST_HEADING:
        raise TextFlawError(
            start + 1, f"页标题要有 1 到 {LONGEST_HEADING} 个字", "请改短标题，其余写进正文"
        )
    blocks = _blocks(lines, start + 1, end)
    if not blocks:
        raise TextFlawError(start + 1, f"“{heading}”这一页没有正文", "请写上正文，或删去这一页")
    if sum(map(len, lines[start + 1 : end])) > LONGEST_PAGE:
        raise TextFlawError(
            start + 1, f"“{heading}”这一页超过 {LONGEST_PAGE} 字", "请用“## 页标题”分成几页"
        )
    return Page(heading, blocks)


def _blocks(lines: list[str], start: int, end: int) -> Blocks:
    """Paragraphs and lists between two lines, parted by empty ones or by what they are."""
    found: list[str | tuple[str, ...]] = []
    paragraph: list[str] = []
    points: list[str] = []

    def close() -> None:
        if paragraph:
            found.append(_joined(paragraph))
        if points:
            found.append(tuple(points))
        paragraph.clear()
        points.clear()

    for line in lines[start:end]:
        point = re.match(r"^\s*[-–•·*] +(.+)$", line)
        if not line.strip() or (points if point is None else paragraph):
            close()
        if point is not None:
            points.append(point[1].strip())
        elif line.strip():
            paragraph.append(line.strip())
    close()
    return tuple(found)


def _joined(lines: list[str]) -> str:
    """Lines of one paragraph: Chinese goes on without a space, words of letters with one."""
    text = lines[0]
    for line in lines[1:]:
        apart = text[-1].isascii() and line[0].isascii()
        text += (" " if apart else "") + line
    return text


def write_pages(pages: tuple[Page, ...]) -> str:
    """The text that reads as these pages."""
    parts = []
    for page in pages:
        blocks = [
            block if isinstance(block, str) else "\n".join(f"- {point}" for point in block)
            for block in page.blocks
        ]
        parts.append("\n\n".join([f"## {page.heading}", *blocks]))
    return "\n\n".join(parts) + "\n"
