"""A51: an insider and a learner together alter how a report was judged.

The learner's key covers what was reported, not how it was judged. The learner signs a last report
of 120 s after 60 s; the server cuts 60 s of it as late. The insider moves the moment of that
judgement on by 60 s, the credit and the ledger's entry with it. Writing the entry's binding anew
does not help: then it is another entry than the log holds (test_audit_rewrite.py).
"""

from collections.abc import Iterator

import msgspec
import pytest
from sqlalchemy.orm import Session

from app.core.log_audit import DifferenceError
from app.learning.rules.ledger import Line, line_hash
from app.learning.services import audit_sessions
from app.learning.services.evidence_pack import pack_reading, unpack_reading
from tests.attacks.bot import Bot
from tests.attacks.laboratory import Laboratory
from tests.attacks.outcomes import Needs
from tests.attacks.test_a51_insider import _batch, _edit, _entry, found_by


@pytest.fixture
def overstated(lab: Laboratory) -> Iterator[Bot]:
    course = lab.make_course(presence_gap_s=None)
    with lab.bot(Needs.PATIENT, course=course) as bot:
        for minute in bot.minutes(5):
            if minute < 4:
                bot.play_minute()
        bot.t += 60_000
        bot.report([bot.beat(bot.at, bot.at + 120_000)])
        bot.ask_check()
        bot.respond()
        assert bot.totals()["confirmed_ms"] == 300_000
        assert found_by(bot) == set()
        assert named_by_audit(bot) is None
        yield bot


def named_by_audit(bot: Bot) -> DifferenceError | None:
    with bot.parts.database.reading() as db:
        try:
            audit_sessions.check_session(db, bot.parts.vault, bot.session_id)
        except DifferenceError as found:
            return found
    return None


def _move_on(db: Session, bot: Bot) -> None:
    batch, entry = _batch(db, bot), _entry(db, bot)
    reading = unpack_reading(batch.reading)
    batch.reading = pack_reading(msgspec.structs.replace(reading, now_ms=reading.now_ms + 60_000))
    batch.credited_ms += 60_000
    entry.ms += 60_000
    line = Line(**{name: getattr(entry, name) for name in Line.__struct_fields__})
    entry.hash = line_hash(line, entry.prev_hash)


def test_a_judgements_notes_cannot_be_altered_unseen(overstated: Bot) -> None:
    bot = overstated
    _edit(bot, _move_on)
    assert found_by(bot) == set(), "the edit is one that judges again to the same"
    found = named_by_audit(bot)
    assert found is not None
    assert (found.table, found.field) == ("study_batch", "reading, credited_ms, head, or the check")
