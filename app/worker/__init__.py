"""Does what the outbox holds, and what the calendar asks for: beside the server or by itself."""

from app.worker.jobs import (
    CODING,
    ISSUING,
    JOBS,
    LETTERS,
    QUICK,
    ROSTERS,
    SLOW,
    STEPS,
    means_of,
    workshop_of,
)
from app.worker.loop import Worker, drain, run_one
from app.worker.schedules import SCHEDULES, Schedule

__all__ = [
    "CODING", "ISSUING", "JOBS", "LETTERS", "QUICK", "ROSTERS", "SCHEDULES", "SLOW", "STEPS",
    "Schedule",
    "Worker", "drain", "means_of", "run_one", "workshop_of",
]  # fmt: skip
