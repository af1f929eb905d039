"""The tracker that much of the field runs: posts are counted, durations are believed."""

from collections.abc import Sequence
from typing import Any

POST_MS = 60_000


class NaiveTracker:
    """Credits a minute a post, or whatever stretch the client says it played."""

    def __init__(self) -> None:
        self.posts = self.trusted_ms = 0

    def hear(self, beats: Sequence[dict[str, Any]]) -> None:
        self.posts += 1
        self.trusted_ms += sum(max(0, beat["to"] - beat["from"]) for beat in beats)

    @property
    def counted_ms(self) -> int:
        return self.posts * POST_MS
