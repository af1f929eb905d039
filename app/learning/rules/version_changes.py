"""What is another in a version than in the one before: what a reviewer looks at first."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Change(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    CARD = "card"


CHANGE_NAMES = {
    Change.ADDED: "新增", Change.REMOVED: "删去", Change.CHANGED: "改动", Change.CARD: "课程信息",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Face:
    """A lesson as it is compared; `medium` names its film or its text by content."""

    title: str
    chapter: str
    kind: str
    length_ms: int
    medium: str
    module: str
    questions: int
    captions: str


@dataclass(frozen=True, slots=True)
class Changed:
    kind: Change
    name: str
    says: str


_SAID = {
    "title": "名称", "chapter": "所在的章", "length_ms": "时长", "medium": "内容",
    "module": "通用模块", "questions": "检查题", "captions": "字幕",
}  # fmt: skip


def card_changes(
    before: dict[str, object], after: dict[str, object], labels: dict[str, str]
) -> tuple[Changed, ...]:
    """The fields of a card that are another, by their labels, with what they were and are."""
    return tuple(
        Changed(Change.CARD, label, f"{_plain(before.get(name))} → {_plain(after.get(name))}")
        for name, label in labels.items()
        if before.get(name) != after.get(name)
    )


def lesson_changes(before: Sequence[Face], after: Sequence[Face]) -> tuple[Changed, ...]:
    """Lessons that came, went, or are another; one is known by its medium, else by its title."""
    left = list(before)
    pairs: list[tuple[Face | None, Face]] = []
    for face in after:
        old = next((each for each in left if each.medium == face.medium and face.medium), None)
        old = old or next((each for each in left if each.title == face.title), None)
        if old is not None:
            left.remove(old)
        pairs.append((old, face))
    found = [
        Changed(Change.ADDED, face.title, face.chapter) if old is None else _between(old, face)
        for old, face in pairs
    ]
    gone = [Changed(Change.REMOVED, face.title, face.chapter) for face in left]
    return tuple([each for each in found if each is not None] + gone)


def _between(old: Face, new: Face) -> Changed | None:
    names = [label for name, label in _SAID.items() if getattr(old, name) != getattr(new, name)]
    return Changed(Change.CHANGED, new.title, "、".join(names)) if names else None


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return "、".join(map(str, value)) or "无"
    return "无" if value in (None, "") else str(value)
