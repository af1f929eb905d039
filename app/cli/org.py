"""Looks whether the running totals of assignments are right, and mends them."""

import argparse
import sys

from app.core.settings import Settings
from app.main import build_parts
from app.org.services import recounting


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("recount",))


def run(_arguments: argparse.Namespace) -> None:
    """Recount; the worker does the same once a day."""
    parts = build_parts(Settings())
    try:
        found = recounting.recount_all(parts.database, now=parts.clock.now())
    finally:
        parts.close()
        parts.database.close()
    for each in found:
        told = "无误" if each.is_clean else f"更正了 {each.shares} 条进度、{each.totals} 项合计"
        sys.stdout.write(f"{each.org_id} {each.people} 人：{told}\n")
    sys.stdout.write(f"核对了 {len(found)} 个单位\n")
