"""Lists the platform's switches and turns them, as the machine's operator."""

import argparse
import sys

from app.core import flags
from app.core.errors import AppError
from app.core.flags import Switch
from app.core.settings import Settings
from app.main import build_parts
from app.oversight.services import switches
from app.oversight.services.switches import SwitchView


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="what")
    verbs.add_parser("list", help="what is stopped, since when, by whom and why (the default)")
    for name, told in (("throw", "stop a thing at once"), ("clear", "let it go on")):
        verb = verbs.add_parser(name, help=told)
        verb.add_argument("switch", choices=[each.value for each in Switch])
        verb.add_argument("--reason", required=True, help="2 to 300 letters; the audit keeps it")


def run(arguments: argparse.Namespace) -> None:
    """Turn a switch where asked to, and say how all of them stand."""
    parts = build_parts(Settings())
    try:
        if arguments.what in ("throw", "clear"):
            turn = flags.throw if arguments.what == "throw" else flags.clear
            with parts.database.transaction() as db:
                turn(
                    db, Switch(arguments.switch), reason=arguments.reason, actor_id=None,
                    now=parts.clock.now(),
                )  # fmt: skip
        with parts.database.reading() as db:
            found = switches.list_switches(db, parts.vault)
    except AppError as error:
        sys.exit(f"{error.message}{error.remedy or ''}")
    finally:
        parts.close()
        parts.database.close()
    sys.stdout.write("".join(f"{_line(each)}\n" for each in found))


def _line(view: SwitchView) -> str:
    state = "on " if view.is_on else "off"
    if view.changed_at is None:
        return f"{state} {view.switch.value} {view.name}"
    why = f"{view.changed_at:%Y-%m-%d %H:%M}Z {view.by}：{view.reason}"
    return f"{state} {view.switch.value} {view.name} {why}"
