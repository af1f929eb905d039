"""What the sentences of reminders are made of: an employer, courses, days; nothing personal."""

import datetime as dt
from collections.abc import Sequence
from typing import Any


def line_of(course_title: str, due_on: dt.date | None) -> str:
    """One course in a letter."""
    return f"《{course_title}》" + (f"截止 {due_on.isoformat()}" if due_on else "")


def facts_of(employer: str, lines: Sequence[str]) -> dict[str, Any]:
    """What `identity.rules.reminder_words` wants."""
    return {"employer": employer, "count": len(lines), "lines": list(lines)}
