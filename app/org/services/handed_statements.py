"""Checking a proof of hours 学时证明 that somebody hands over as a signed file."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core.crypto import KeyRing, from_b64url, same
from app.core.key_periods import ALWAYS
from app.core.signatures import verify_ed25519
from app.org.repository import proofs as proof_rows
from app.org.rules.statement import (
    FORMAT,
    StatementFinding,
    adds_up,
    facts_of,
    has_number,
    is_statement,
    message_of,
    read_file,
)
from app.org.services import statements

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class StatedCourse:
    title: str
    hours: str
    score: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a good proof states, to compare with its person; the file names them in full."""

    number: str
    holder_name: str
    masked_number: str
    organisation: str
    made_on: str
    courses: tuple[StatedCourse, ...]


@dataclass(frozen=True, slots=True)
class StatementView:
    """What a file was found to be; `stated` where nothing is wrong with it.

    `maybe_dated_back`: its key is out of use, and no register tells when it was made.
    """

    finding: StatementFinding
    stated: Stated | None
    maybe_dated_back: bool = False


def check(db: Session, keys: KeyRing, content: bytes) -> StatementView | None:
    """Look at a file; None where it does not say that it is a proof of hours. Never raises.

    Our signature first, then the register: a number was given out once, for these very facts. What
    its person made themselves has no number, and is not kept.
    """
    file = read_file(content.removeprefix(_BOM))
    if file is None or not is_statement(file):
        return None
    finding = _signed(keys, file)
    if finding is StatementFinding.GOOD:
        finding = _registered(db, file["statement"])
    if finding is not StatementFinding.GOOD:
        return StatementView(finding, None)
    stated = _stated(file["statement"])
    is_ended = statements.periods(keys).get(file["key_id"], ALWAYS).until is not None
    return StatementView(finding, stated, maybe_dated_back=is_ended and not stated.number)


def _signed(keys: KeyRing, file: Mapping[str, Any]) -> StatementFinding:
    stated, key_id, signature = (file.get(name) for name in ("statement", "key_id", "signature"))
    if not isinstance(key_id, str) or not isinstance(signature, str) or len(file) != 3:
        return StatementFinding.UNREADABLE
    if not isinstance(stated, dict) or stated.get("format") != FORMAT:
        return StatementFinding.UNREADABLE
    key = statements.public_keys(keys).get(key_id)
    if key is None:
        return StatementFinding.UNKNOWN_KEY
    try:
        is_ours = verify_ed25519(key, from_b64url(signature), message_of(stated))
    except (ValueError, RecursionError):
        is_ours = False
    period = statements.periods(keys).get(key_id, ALWAYS)
    if is_ours and not period.holds_stated(stated.get("made_at")):
        return StatementFinding.KEY_PERIOD
    return StatementFinding.GOOD if is_ours else StatementFinding.ALTERED


def _registered(db: Session, stated: Mapping[str, Any]) -> StatementFinding:
    if not has_number(stated) or not adds_up(stated):
        return StatementFinding.ALTERED
    if not stated["number"]:
        return StatementFinding.GOOD
    row = proof_rows.proof_by_number(db, stated["number"])
    if row is None:
        return StatementFinding.UNKNOWN_NUMBER
    text = json.dumps(
        facts_of(stated), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )  # fmt: skip
    is_same = same(hashlib.sha256(text.encode()).hexdigest(), row.facts_hash)
    return StatementFinding.GOOD if is_same else StatementFinding.ALTERED


def _stated(stated: Mapping[str, Any]) -> Stated:
    return Stated(
        number=stated["number"], holder_name=stated["holder_name"],
        masked_number=stated["masked_number"], organisation=stated["organisation_name"],
        made_on=stated["made_on"],
        courses=tuple(
            StatedCourse(each["title"], each["stated_hours"], each["score"])
            for each in stated["courses"]
        ),
    )  # fmt: skip
