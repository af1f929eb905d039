"""Reads the verb and runs it."""

import argparse
import os
import sys
from collections.abc import Callable
from typing import Final

import uvicorn

from app.certs.providers.document_keys import WrongChainError
from app.certs.providers.sm2_keys import NoSm2Error
from app.cli import (
    demo,
    doctor,
    flags,
    keeping,
    keys,
    log,
    org,
    papers,
    registry,
    roles,
    schema,
    seed,
)
from app.core import logging as logs
from app.core.key_files import UnreadableKeyFileError
from app.core.key_marks import LostKeyError
from app.core.settings import Settings
from app.lobby.process import settle_in
from app.main import UnfitForProductionError, build_parts, check_fitness
from app.worker import Worker

_STANDS_BACK: Final = 10
_TOLD = (
    schema.MissingSchemaError,
    LostKeyError,
    UnreadableKeyFileError,
    WrongChainError,
    NoSm2Error,
)


def _serve(arguments: argparse.Namespace) -> None:
    check_fitness(Settings())  # here, and not in uvicorn's traceback
    uvicorn.run(
        "app.main:app_from_environment",
        factory=True,
        host=arguments.host,
        port=arguments.port,
        workers=arguments.workers,
        ssl_certfile=arguments.certificate,
        ssl_keyfile=arguments.key,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # app/lobby/addresses.py alone decides which hops are believed
        log_config=None,
    )


def _migrate(_arguments: argparse.Namespace) -> None:
    schema.upgrade(Settings())


def _worker(_arguments: argparse.Namespace) -> None:
    # Behind those that serve: a class of thousands may wait a minute longer, a beat may not.
    os.nice(_STANDS_BACK)
    parts = build_parts(Settings())
    parts.database.stand_back()
    worker = Worker(parts)
    settle_in()
    worker.start()
    worker.wait()


def _add_serving(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--host", default="127.0.0.1")
    verb.add_argument("--port", type=int, default=8000)
    verb.add_argument("--workers", type=int, default=1)
    verb.add_argument("--certificate")
    verb.add_argument("--key")


def _add_seeding(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--people", action="store_true")


ARGUMENTS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "audit": log.add_audit_arguments,
    "bundle": log.add_bundle_arguments,
    "demo": demo.add_arguments,
    "flags": flags.add_arguments,
    "keys": keys.add_arguments,
    "log": log.add_log_arguments,
    "org": org.add_arguments,
    "paper": papers.add_arguments,
    "registry": registry.add_arguments,
    "role": roles.add_arguments,
    "seed": _add_seeding,
    "serve": _add_serving,
}
VERBS: dict[str, tuple[str, Callable[[argparse.Namespace], int | None]]] = {
    "audit": ("check log, ledger and evidence against each other (audit verify)", log.verify),
    "bundle": ("write an enrolment's evidence bundle for the verifier", log.bundle),
    "demo": ("serve a demo with simulated vendors", demo.run),
    "doctor": ("look at this machine and say what is missing", doctor.run),
    "flags": (
        "list what is stopped, stop it, let it go on (flags throw NAME --reason …)",
        flags.run,
    ),
    "keys": ("list, make, wrap, rotate, seal anew with and retire keys", keys.run),
    "keeping": ("show how long each class of data is kept, and what is due", keeping.run),
    "log": ("give waiting entries their place in the log (log sequence)", log.sequence),
    "migrate": ("bring the database's schema up to date", _migrate),
    "org": ("compare the running totals of assignments with their rows (org recount)", org.run),
    "paper": ("draw an exam's paper again from its seed", papers.run),
    "registry": ("serve simulated registry and SMS vendors over both wires", registry.run),
    "role": ("name the first administrators (role --phone N --role security_admin)", roles.run),
    "seed": ("bring clusters, courses and their media in; with --people the demo's", seed.run),
    "serve": ("serve API and pages (and work the outbox beside them)", _serve),
    "worker": ("work the outbox in a process of its own", _worker),
}
# What needs a database that is there: it says so before it makes a folder, keys or an empty file.
_ON_A_DATABASE = frozenset(
    {
        "audit",
        "bundle",
        "flags",
        "keeping",
        "log",
        "org",
        "paper",
        "role",
        "seed",
        "serve",
        "worker",
    }
)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m app.cli", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name, (explanation, run) in VERBS.items():
        verb = verbs.add_parser(name, help=explanation)
        verb.set_defaults(run=run)
        if name in ARGUMENTS:
            ARGUMENTS[name](verb)
    arguments = parser.parse_args()
    logs.configure(Settings().log_level)
    try:
        if arguments.verb in _ON_A_DATABASE:
            check_fitness(Settings())
            schema.check_newest(Settings())
        sys.exit(arguments.run(arguments))
    except UnfitForProductionError as error:
        sys.exit("\n".join(("production refuses:", *(f"- {each}" for each in error.refusals))))
    except _TOLD as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
