"""Time that was not counted, as the learner reads it: one line for what follows at once."""

from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from app.learning.rules.states import Cut

ONE_STRETCH_MS = 60_000


class CutLine(Struct, frozen=True, kw_only=True, gc=False):
    """One reason for one lesson on one local day, from its first moment to its last."""

    cut_id: str
    lesson_id: str
    day: int
    code: Cut
    ms: int
    first_at_ms: int
    last_at_ms: int

    def goes_on(self, lesson_id: str, day: int, code: Cut, now_ms: int) -> bool:
        same = (self.lesson_id, self.day, self.code) == (lesson_id, day, code)
        return same and now_ms - self.last_at_ms <= ONE_STRETCH_MS

    def and_more(self, ms: int, now_ms: int) -> Self:
        return replace(self, ms=self.ms + ms, last_at_ms=now_ms)
