"""Draws an attempt's paper again from its seed, for whoever audits an exam."""

import argparse
import sys

from app.core.errors import AppError
from app.core.settings import Settings
from app.learning.services import exam_drawing
from app.main import build_parts


def add_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("attempt", help="the attempt's id")


def run(arguments: argparse.Namespace) -> int:
    """Print both papers question by question; 1 where they differ, 2 where none can be drawn."""
    parts = build_parts(Settings())
    try:
        with parts.database.reading() as db:
            found = exam_drawing.redraw(db, arguments.attempt)
    except AppError as error:
        _say(f"{error.message}{error.remedy or ''}")
        return 2
    _say(f"seed {found.seed}")
    for number, asked in enumerate(found.as_it_was, start=1):
        again = found.again[number - 1] if number <= len(found.again) else None
        mark = "same" if asked == again else "DIFFERS"
        _say(f"{number:3} {asked.item_id} {list(asked.order)} {asked.points} {mark}")
    _say("drawn again the same" if found.is_same else "NOT the paper that its seed draws")
    return 0 if found.is_same else 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
