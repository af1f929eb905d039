"""`cli keys`: makes, lists, wraps, rotates, retires keys and shows what others need of them."""

import argparse
import datetime as dt
import sys
from collections.abc import Iterator

from app.certs.providers import document_keys
from app.certs.services import external, pictures, sealed_documents, second_seals
from app.cli import schema
from app.core import resealing
from app.core.crypto import FIELDS
from app.core.key_purposes import PURPOSES, Change
from app.core.settings import Settings
from app.identity.services import sealed_fields
from app.learning.services import package_kept, sealed
from app.lobby.parts import Parts
from app.main import build_parts, open_keys
from app.org.services import (
    applications,
    class_archives,
    import_pieces,
    join_codes,
    qualifications,
    stated_views,
)
from app.oversight.services import deletions
from app.worker import means_of

_SETTLED = dt.timedelta(minutes=10)
"""A transaction that began with the old key as the newest has ended by then (30 s at most)."""
COLUMNS = (
    *sealed_fields.COLUMNS, *sealed.COLUMNS, *external.COLUMNS, *pictures.COLUMNS,
    *applications.COLUMNS, *join_codes.COLUMNS, *import_pieces.COLUMNS,
    *qualifications.COLUMNS, *class_archives.COLUMNS, *package_kept.COLUMNS,
    *stated_views.COLUMNS,
)  # fmt: skip


class RefusedError(RuntimeError):
    """A key that cannot be changed so; the message says why."""


def add_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "what",
        choices=[
            "list", "make", "wrap", "rotate", "reseal", "retire", "restored", "request",
            "documents", "sm2",
        ],
        help="make: first keys; wrap: by the key service; rotate PURPOSE; retire PURPOSE KEY; "
        "restored: after a backup came back, delete again whoever has no key; "
        "request: ask an authority for a certificate of the document key; "
        "documents: every public key that ever signed documents, for who verifies off line; "
        "sm2: the same of those that signed certificates a second time",
    )  # fmt: skip
    verb.add_argument("purpose", nargs="?", default=FIELDS, choices=sorted(PURPOSES))
    verb.add_argument("key", nargs="?", default="")


def run(arguments: argparse.Namespace) -> int:
    """Do it, or say why not and return 1."""
    try:
        for line in _lines(arguments):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    except RefusedError as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    return 0


def _lines(arguments: argparse.Namespace) -> Iterator[str]:
    if arguments.what == "make":
        keys = open_keys(Settings())
        made = [purpose for purpose in PURPOSES if keys.make(purpose)]
        yield f"made the first key of: {', '.join(made) or 'nothing, all were there'}"
        return
    if arguments.what in ("request", "documents", "sm2"):
        yield _of_documents(arguments.what).rstrip()
        return
    schema.check_newest(Settings())
    parts = build_parts(Settings())
    match arguments.what:
        case "list":
            yield from _list(parts)
        case "wrap":
            yield f"wrapped {parts.keys.wrap_all()} keys"
        case "rotate":
            yield from rotate(parts, arguments.purpose)
        case "reseal":
            yield from reseal(parts)
        case "restored":
            count = deletions.finish_restored(
                parts.database, means_of(parts), now=parts.clock.now()
            )
            yield f"deleted again: {count}"
        case _:
            yield from retire(parts, arguments.purpose, arguments.key)


def _of_documents(what: str) -> str:
    keys = open_keys(Settings())
    if what == "documents":
        return document_keys.public_pems(keys)
    if what == "sm2":
        return "".join(key.pem for key in second_seals.public_keys(keys).values())
    return document_keys.request(document_keys.newest(keys), Settings().filing.operator)


def _list(parts: Parts) -> Iterator[str]:
    for purpose, (change, what) in PURPOSES.items():
        yield f"{purpose} ({change.value}): {what}"
        for key in parts.keys.stored(purpose):
            how = "wrapped" if key.wrapped else "in clear"
            yield f"  {key.key_id} since {key.since or 'the beginning'}, {how}"


def rotate(parts: Parts, purpose: str) -> Iterator[str]:
    """Add a newest key; what the older ones sealed is sealed anew. Raises RefusedError."""
    change, what = PURPOSES[purpose]
    if change is Change.NEVER:
        message = f"{purpose} has one key for ever: {what} (docs/privacy.md)"
        raise RefusedError(message)
    yield f"{purpose}: the newest key is {parts.keys.add(purpose, now=parts.clock.now())}"
    if change is Change.RESEALED:
        yield from reseal(parts)


def reseal(parts: Parts) -> Iterator[str]:
    """Seal everything anew that is not under the newest key or its person's; goes on where it was.

    A second round takes what was written with the old key while the first one passed by.
    """
    for _ in range(2):
        for name, pieces in _resealing(parts):
            total = 0
            for count in pieces:
                total += count
                yield f"{name}: {total}"


def _resealing(parts: Parts) -> Iterator[tuple[str, Iterator[int]]]:
    database, keys, now = parts.database, parts.keys, parts.clock.now()
    vault_of = sealed_fields.vault_of(keys, now)
    for column in COLUMNS:
        yield column.name, resealing.reseal(database, keys, column, vault_of)
    yield sealed_fields.CASES, sealed_fields.reseal_cases(database, keys, now=now)
    documents = sealed_documents.reseal(database, parts.storage, keys, vault_of)
    yield sealed_documents.NAME, documents


def uses(parts: Parts, key_id: str) -> dict[str, int]:
    """How many values one key of the ring still opens, by place; places without any left out."""
    with parts.database.reading() as db:
        found = {column.name: resealing.count_with(db, column, key_id) for column in COLUMNS}
        found[sealed_fields.CASES] = sealed_fields.count_cases_with(db, key_id)
    found[sealed_documents.NAME] = sealed_documents.count_with(
        parts.database, parts.storage, key_id
    )
    return {place: count for place, count in found.items() if count}


def retire(parts: Parts, purpose: str, key_id: str) -> Iterator[str]:
    """Take an older key away that nothing needs. Raises RefusedError."""
    if PURPOSES[purpose][0] is not Change.RESEALED:
        message = f"older keys of {purpose} stay: {PURPOSES[purpose][1]}"
        raise RefusedError(message)
    keys = parts.keys.stored(purpose)
    since = keys[-1].since_at
    if key_id not in {key.key_id for key in keys[:-1]}:
        message = f"{key_id or 'nothing'} is no older key of {purpose}; see `cli keys list`"
        raise RefusedError(message)
    if since is None or parts.clock.now() - since < _SETTLED:
        message = "the newest key is younger than ten minutes: what is being written may need it"
        raise RefusedError(message)
    if left := uses(parts, key_id):
        places = ", ".join(f"{place} {count}" for place, count in left.items())
        message = f"{key_id} is still needed by {places}; run `cli keys reseal`"
        raise RefusedError(message)
    parts.keys.remove(purpose, key_id)
    yield f"{purpose}: {key_id} is gone"
