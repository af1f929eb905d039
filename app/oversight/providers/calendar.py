"""Reads the arrangement of public holidays; without the file weekends alone are free."""

import csv
import datetime as dt
from functools import cache
from pathlib import Path

from app.oversight.rules.working_days import Calendar

FILE = "holidays.csv"


@cache
def read_calendar(reference_dir: Path) -> Calendar:
    """Read `holidays.csv` (day, kind: off | worked, name) from the reference folder."""
    path = reference_dir / FILE
    if not path.exists():
        return Calendar()
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(dt.date.fromisoformat(row["day"]), row["kind"]) for row in csv.DictReader(file)]
    return Calendar(
        days_off=frozenset(day for day, kind in rows if kind == "off"),
        days_worked=frozenset(day for day, kind in rows if kind == "worked"),
    )
