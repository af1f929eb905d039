"""The auditor's look at what people gave or took: each correction has a decision behind it."""

import hashlib
from collections import Counter
from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.log_audit import DifferenceError
from app.learning.models.ledger import LedgerEntry
from app.learning.repository import appeals as appeal_rows
from app.learning.repository import audit as rows
from app.learning.repository.study import get_session
from app.learning.rules.ledger import Standing
from app.learning.services import evidence, releases
from app.learning.services.appeals import GRANTED, basis_of


def check_corrections(db: Session, vault: Vault) -> int:
    """Every correction follows from an earlier entry or from an appeal that was granted as much.

    And nobody has more than the server's clock ran while their sessions were open. Returns how
    many corrections there are; raises DifferenceError.
    """
    count = 0
    for learner_id, confirmed_ms in rows.confirmed_of_all(db):
        open_ms = appeal_rows.open_time_ms(db, learner_id)
        if confirmed_ms > open_ms:
            raise DifferenceError(
                "ledger_entry", f"all of learner {learner_id}",
                f"{confirmed_ms} ms are confirmed, but sessions were open for {open_ms} ms",
                field="ms",
            )  # fmt: skip
    for learner_id in rows.corrected_learners(db):
        count += _check_learner(db, vault, learner_id)
        db.expunge_all()
    return count


def _check_learner(db: Session, vault: Vault, learner_id: str) -> int:
    entries = rows.entries_of(db, learner_id)
    granted = {
        event.facts["case_id"]: event for event in audit.events_about(db, GRANTED, learner_id)
    }
    given: Counter[str] = Counter()
    count = 0
    for place, entry in enumerate(entries):
        if entry.kind != "correction":
            continue
        count += 1
        if entry.evidence_hash in {_of_earlier(earlier) for earlier in entries[:place]}:
            continue
        case_id = _case_of(db, vault, entry, list(granted))
        if case_id is None or granted[case_id].actor_id != entry.author_id:
            raise _differs(entry, "no decision stands behind this correction")
        given[case_id] += entry.ms
        if given[case_id] > granted[case_id].facts["ms"]:
            raise _differs(entry, "more was given than was granted")
    return count


def _of_earlier(entry: LedgerEntry) -> str:
    return hashlib.sha256(f"correction:{entry.hash}".encode()).hexdigest()


def _case_of(db: Session, vault: Vault, entry: LedgerEntry, case_ids: Sequence[str]) -> str | None:
    """The appeal that the entry's hash is made of, over where its session stood then."""
    session = get_session(db, entry.session_id)
    if session is None:
        return None
    stood: Sequence[Standing] = evidence.standings_of(db, vault, session)
    found = releases.bound_to(entry, [basis_of(case_id) for case_id in case_ids], stood)
    return next((each for each in case_ids if found and basis_of(each) == found[0]), None)


def _differs(entry: LedgerEntry, sentence: str) -> DifferenceError:
    return DifferenceError("ledger_entry", entry.id, sentence, field="evidence_hash, author_id, ms")
