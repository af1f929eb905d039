"""The archive of a class as signed JSON, PDF and table; and checking one that is handed over."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core import audit, spreadsheet
from app.core.crypto import KeyRing, Vault, b64url, from_b64url, same
from app.core.errors import NotFoundError
from app.core.key_periods import ALWAYS, Periods
from app.core.signatures import verify_ed25519
from app.core.spreadsheet import Cell
from app.identity.rules.actors import Actor
from app.org.providers import typesetting
from app.org.repository import class_people as people_rows
from app.org.rules import class_archive as rules
from app.org.rules.class_archive import ArchiveFinding
from app.org.rules.class_sheets import as_content, sheets_of
from app.org.rules.duties import Power
from app.org.rules.statement import read_file
from app.org.services import class_archives
from app.org.services.class_archives import PURPOSE
from app.org.services.classes import own_class

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """An archive to be given out. `names` are those of the statement's hashes that are known."""

    text: str
    digest: str
    key_id: str
    signature: str
    names: tuple[Mapping[str, str], ...]
    teachers: tuple[str, ...]

    @property
    def stated(self) -> dict[str, Any]:
        """The statement as an object."""
        found: dict[str, Any] = json.loads(self.text)
        return found

    @property
    def people(self) -> dict[str, tuple[str, str]]:
        """Name and masked number by hash."""
        return {each["holder"]: (each["name"], each["masked_number"]) for each in self.names}


def take(
    db: Session, vault: Vault, actor: Actor, class_id: str, *, kind: str, now: dt.datetime
) -> Archive:
    """The archive of a class of the caller's; that it was taken out is written down.

    Raises NotFoundError where there is none (yet), ForbiddenError without the duty.
    """
    _, row = own_class(db, actor, Power.PROVE_HOURS, class_id, looks=True)
    found = people_rows.get_archive(db, row.id)
    if found is None:
        raise NotFoundError("这个班还没有档案。", remedy="结班后由系统制作，请过一会儿再来")
    stated = json.loads(found.statement)
    audit.record(
        db, "class.archive_taken", now=now, actor_id=actor.account_id, subject_id=row.id, kind=kind
    )
    return Archive(
        text=found.statement, digest=found.digest, key_id=found.key_id,
        signature=b64url(found.signature),
        names=tuple(
            {"holder": rules.holder_hash(each), "name": each.name,
             "masked_number": each.masked_number, "salt": each.salt}
            for each in class_archives.holders_of(db, vault, row.id)
        ),
        teachers=tuple(class_archives.teacher_names(db, vault, stated["teachers"])),
    )  # fmt: skip


def as_json(archive: Archive) -> bytes:
    """The signed file: the statement, the names beside it, key and signature."""
    file = {
        "statement": archive.stated, "names": list(archive.names), "key_id": archive.key_id,
        "signature": archive.signature,
    }  # fmt: skip
    return json.dumps(file, ensure_ascii=False, indent=1).encode()


def as_xlsx(archive: Archive) -> bytes:
    """The same as tables: the class, its plan, its people, their courses, the changes."""
    sheets: list[tuple[str, list[int], list[list[Cell]]]] = sheets_of(
        archive.stated, archive.people, archive.teachers, archive.digest
    )
    return spreadsheet.write_sheets(sheets)


def as_pdf(archive: Archive) -> bytes:
    """Typeset; slow, so never inside a write transaction. Raises MissingGlyphError."""
    content = as_content(archive.stated, archive.people, archive.teachers)
    sealed = {"digest": archive.digest, "key_id": archive.key_id, "signature": archive.signature}
    return typesetting.typeset_class_archive(content | sealed)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedClass:
    """What a good archive states, to compare."""

    title: str
    organisation: str
    starts_on: str
    ends_on: str
    people: int
    certificates: int
    made_at: str
    digest: str


@dataclass(frozen=True, slots=True)
class ArchiveView:
    """What a file was found to be; `stated` where nothing is wrong with it."""

    finding: ArchiveFinding
    stated: StatedClass | None


def check(db: Session, keys: KeyRing, content: bytes) -> ArchiveView | None:
    """Look at a file; None where it does not say that it is an archive. Never raises.

    Our signature first, then the register, then the names beside the statement.
    """
    file = read_file(content.removeprefix(_BOM), most_bytes=rules.MOST_BYTES)
    if file is None or not rules.is_archive(file):
        return None
    finding = _found(db, keys, file)
    is_good = finding is ArchiveFinding.GOOD
    return ArchiveView(finding, _stated(file["statement"]) if is_good else None)


def _found(db: Session, keys: KeyRing, file: Mapping[str, Any]) -> ArchiveFinding:
    stated, names = file["statement"], file.get("names")
    finding = _signed(keys, file)
    if finding is not ArchiveFinding.GOOD:
        return finding
    text = rules.text_of(stated)
    row = people_rows.archive_by_digest(db, rules.digest_of(text))
    if row is None or not same(row.statement, text):
        return ArchiveFinding.UNKNOWN
    is_bound = isinstance(names, list) and rules.names_agree(stated, names)
    return ArchiveFinding.GOOD if is_bound else ArchiveFinding.NAMES


def _signed(keys: KeyRing, file: Mapping[str, Any]) -> ArchiveFinding:
    stated, key_id, signature = file["statement"], file.get("key_id"), file.get("signature")
    is_whole = set(file) == {"statement", "names", "key_id", "signature"}
    if not is_whole or stated["format"] != rules.FORMAT:
        return ArchiveFinding.UNREADABLE
    if not isinstance(key_id, str) or not isinstance(signature, str):
        return ArchiveFinding.UNREADABLE
    key = public_keys(keys).get(key_id)
    if key is None:
        return ArchiveFinding.UNKNOWN_KEY
    try:
        message = rules.message_of(rules.text_of(stated))
        is_ours = verify_ed25519(key, from_b64url(signature), message)
    except (ValueError, RecursionError):
        is_ours = False
    if is_ours and not periods(keys).get(key_id, ALWAYS).holds_stated(stated.get("made_at")):
        return ArchiveFinding.KEY_PERIOD
    return ArchiveFinding.GOOD if is_ours else ArchiveFinding.ALTERED


def _stated(stated: Mapping[str, Any]) -> StatedClass:
    studies = [course for member in stated["members"] for course in member["courses"]]
    return StatedClass(
        title=stated["title"], organisation=stated["organisation"],
        starts_on=stated["starts_on"], ends_on=stated["ends_on"], people=stated["people"],
        certificates=sum(bool(each["certificate"]) for each in studies),
        made_at=stated["made_at"], digest=rules.digest_of(rules.text_of(stated)),
    )  # fmt: skip


def public_keys(keys: KeyRing) -> dict[str, bytes]:
    """Every key that ever signed an archive, by id."""
    return keys.public_keys(PURPOSE)


def periods(keys: KeyRing) -> Periods:
    """When each of them was in use."""
    return keys.periods(PURPOSE)
