"""Versions of a course: their states, and what may follow what.

draft → in_review → published → retired, and back from review to draft. One version is in the
making at most, and one is offered; publishing one retires the one before.
"""

import hashlib
import json
from collections.abc import Sequence
from enum import StrEnum
from typing import Any


class VersionState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    RETIRED = "retired"


STATE_NAMES = {
    VersionState.DRAFT: "草稿",
    VersionState.IN_REVIEW: "待审核",
    VersionState.PUBLISHED: "已发布",
    VersionState.RETIRED: "已停用",
}
_NEXT = {
    VersionState.DRAFT: {VersionState.IN_REVIEW},
    VersionState.IN_REVIEW: {VersionState.DRAFT, VersionState.PUBLISHED},
    VersionState.PUBLISHED: {VersionState.RETIRED},
    VersionState.RETIRED: set(),
}


def may_follow(state: VersionState, wanted: VersionState) -> bool:
    """Tell whether a version may go from one state to another."""
    return wanted in _NEXT[state]


def content_hash(card: dict[str, Any], lessons: Sequence[dict[str, Any]]) -> str:
    """A name for all that a version says (SHA-256, hex): the log keeps it of what was published.

    `card` and `lessons` are plain values; media stand in them by the key they are stored under.
    """
    plain = json.dumps(
        [card, list(lessons)], sort_keys=True, ensure_ascii=False, separators=(",", ":"),
        allow_nan=False,
    )  # fmt: skip
    return hashlib.sha256(plain.encode()).hexdigest()
