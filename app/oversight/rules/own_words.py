"""What every sheet of a person's data is made of: times of the wall, words for codes."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.identity.rules.local_days import SHANGHAI, local_day

Line = Sequence[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table to read; without lines it says that nothing is kept.

    Facts have no columns: each line is a name and what it is.
    """

    title: str
    note: str
    columns: Sequence[str]
    lines: Sequence[Line]


def moment(at: dt.datetime | None) -> str:
    """2026-11-27 09:05 in Beijing's time; empty where it has not happened."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at is not None else ""


def beijing_day(at: dt.datetime) -> dt.date:
    return local_day(at)


def day(on: dt.date | None) -> str:
    return on.isoformat() if on is not None else ""


def word(names: Mapping[str, str], code: str) -> str:
    """The word for a code; one without a word says so, and stands in data.json."""
    return names.get(code, "其他") if code else ""
