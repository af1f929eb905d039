"""A51: somebody with the database edits hours; the evidence says otherwise."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.learning.models.ledger import LedgerEntry
from app.learning.models.study import StudyBatch, StudySession
from app.learning.rules.ledger import Line, line_hash
from app.learning.services import evidence, ledger
from tests.attacks.bot import Bot
from tests.attacks.laboratory import Laboratory
from tests.attacks.outcomes import Needs, Outcome, keep


@pytest.fixture
def studied(lab: Laboratory) -> Iterator[Bot]:
    """Ten honest minutes, confirmed."""
    course = lab.make_course(presence_gap_s=None)
    with lab.bot(Needs.PATIENT, course=course) as bot:
        for _ in bot.minutes(10):
            bot.play_minute()
        bot.ask_check()
        bot.respond()
        assert bot.totals()["confirmed_ms"] == 600_000
        yield bot


def found_by(bot: Bot) -> set[str]:
    """What an auditor finds: the ledger's chain, the MACs, the judgement, the sum."""
    with bot.parts.database.reading() as db:
        row = db.get_one(StudySession, bot.session_id)
        again = evidence.judge_again(db, row.id)
        stated = ledger.confirmed_ms(db, bot.enrolment_id)
        found = {
            "broken_entry": ledger.broken_entry(db, row.learner_id) is not None,
            "is_chain_whole": not evidence.is_chain_whole(db, bot.parts.vault, row.id),
            "judge_again": not again.is_sound
            or again.credited_ms != evidence.credited_ms(db, row.id),
            "sum": stated > again.credited_ms,
        }
    return {name for name, is_found in found.items() if is_found}


def _entry(db: Session, bot: Bot) -> LedgerEntry:
    query = select(LedgerEntry).where(LedgerEntry.enrolment_id == bot.enrolment_id)
    return db.scalars(query.order_by(LedgerEntry.number.desc())).first() or pytest.fail("none")


def _batch(db: Session, bot: Bot) -> StudyBatch:
    query = select(StudyBatch).where(StudyBatch.session_id == bot.session_id)
    return db.scalars(query.order_by(StudyBatch.ack_seq.desc())).first() or pytest.fail("none")


def _raise_hours(db: Session, bot: Bot) -> None:
    _entry(db, bot).ms = 36_000_000


def _raise_hours_and_hash(db: Session, bot: Bot) -> None:
    """The chain's hashes need no key: whoever writes the row can write them."""
    row = _entry(db, bot)
    row.ms = 36_000_000
    line = Line(**{name: getattr(row, name) for name in Line.__struct_fields__})
    row.hash = line_hash(line, row.prev_hash)


def _remove(db: Session, bot: Bot) -> None:
    """Somebody's hours vanish: the newest entry is deleted and another put in its place."""
    row = _entry(db, bot)
    row.number += 1


def _alter_body(db: Session, bot: Bot) -> None:
    row = _batch(db, bot)
    row.body = row.body.replace(b'"to": 600000', b'"to": 660000')


def _alter_credit(db: Session, bot: Bot) -> None:
    _batch(db, bot).credited_ms += 3_600_000


def _remove_batch(db: Session, bot: Bot) -> None:
    db.delete(_batch(db, bot))


EDITS: dict[str, tuple[Callable[[Session, Bot], None], str]] = {
    "an entry's hours": (_raise_hours, "broken_entry"),
    "an entry's hours and hash": (_raise_hours_and_hash, "sum"),
    "an entry moved": (_remove, "broken_entry"),
    "a batch's bytes": (_alter_body, "is_chain_whole"),
    "a batch's credit": (_alter_credit, "judge_again"),
    "a batch removed": (_remove_batch, "is_chain_whole"),
}


def _edit(bot: Bot, edit: Callable[[Session, Bot], None]) -> None:
    """The database refuses changes of the ledger; who owns it drops that refusal, and puts it back.

    Raises IntegrityError where the refusal still stands.
    """
    with bot.parts.database.transaction() as db:
        query = (
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%ledger%'"
        )
        triggers = db.execute(text(query)).all()
        assert triggers
        for name, _ in triggers:
            db.execute(text(f"DROP TRIGGER {name}"))
        edit(db, bot)
        db.flush()
        for _, sql in triggers:
            db.execute(text(sql))


def test_the_database_itself_refuses_to_change_the_ledger(studied: Bot) -> None:
    with pytest.raises(IntegrityError), studied.parts.database.transaction() as db:
        _raise_hours(db, studied)


@pytest.mark.parametrize("what", EDITS)
def test_edits_are_found(studied: Bot, what: str) -> None:
    edit, by = EDITS[what]
    assert found_by(studied) == set()
    _edit(studied, edit)
    found = found_by(studied)
    keep(
        Outcome(
            name=f"database: {what}", rows="A51", needs=Needs.INSIDER, reasons=sorted(found),
            detected_after_ms=0, note="at the next audit",
        )
    )  # fmt: skip
    assert by in found
