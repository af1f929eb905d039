"""A file that is handed over, for both doorways: a certificate's, a proof, a class's archive."""

import datetime as dt
from dataclasses import dataclass, replace

from app.certs.rules.verdicts import Verdict
from app.certs.services import handed_over
from app.certs.services.handed_over import FileKind, Keys
from app.certs.services.verdict_view import VerdictView, nothing
from app.lobby.parts import Parts
from app.org.rules import class_archive
from app.org.rules.class_archive import ArchiveFinding
from app.org.rules.statement import FORMAT, MAYBE_DATED_BACK, SENTENCES, StatementFinding
from app.org.services import class_papers, handed_statements
from app.org.services.class_papers import ArchiveView, StatedClass
from app.org.services.handed_statements import Stated, StatementView

PROOF, ARCHIVE = "proof_of_hours", "class_archive"
_VERDICTS = {
    StatementFinding.GOOD: Verdict.VALID,
    StatementFinding.ALTERED: Verdict.ALTERED,
    StatementFinding.KEY_PERIOD: Verdict.ALTERED,
}
"""The rest is said of what may be somebody else's honest paper."""
_OF_ARCHIVES = {
    ArchiveFinding.GOOD: Verdict.VALID,
    ArchiveFinding.ALTERED: Verdict.ALTERED,
    ArchiveFinding.NAMES: Verdict.ALTERED,
    ArchiveFinding.KEY_PERIOD: Verdict.ALTERED,
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file is taken for and found to be; `proof`, `archive`: what a good one states."""

    kind: str
    finding: str
    view: VerdictView
    proof: Stated | None = None
    archive: StatedClass | None = None


def check(parts: Parts, content: bytes, *, now: dt.datetime) -> Checked:
    """Look at a file of whatever kind. Never raises for what it holds."""
    with parts.database.reading() as db:
        found = handed_statements.check(db, parts.keys, content)
        if found is not None:
            return _of_proof(found, now)
        archive = class_papers.check(db, parts.keys, content)
        if archive is not None:
            return _of_archive(archive, now)
        keys, settings = Keys(parts.keys, parts.log), parts.settings
        file = handed_over.check(
            db, keys, content, address=settings.public_url, former=settings.former_urls, now=now
        )
    if file.kind is FileKind.OTHER and file.finding != handed_over.ENCODING:
        return _broken(content, now) or Checked(file.kind.value, file.finding, file.view)
    return Checked(file.kind.value, file.finding, file.view)


def _broken(content: bytes, now: dt.datetime) -> Checked | None:
    """What is no document any more, and says in its text what it was."""
    if class_archive.FORMAT.encode() in content:
        return _of_archive(ArchiveView(ArchiveFinding.UNREADABLE, None), now)
    if FORMAT.encode() in content:
        return _of_proof(StatementView(StatementFinding.UNREADABLE, None), now)
    return None


def _of_proof(found: StatementView, now: dt.datetime) -> Checked:
    verdict = _VERDICTS.get(found.finding, Verdict.UNKNOWN)
    sentence = SENTENCES[found.finding] + (MAYBE_DATED_BACK if found.maybe_dated_back else "")
    view = replace(nothing(verdict, now), sentence=sentence)
    return Checked(PROOF, found.finding.value, view, found.stated)


def _of_archive(found: ArchiveView, now: dt.datetime) -> Checked:
    verdict = _OF_ARCHIVES.get(found.finding, Verdict.UNKNOWN)
    sentence = class_archive.SENTENCES[found.finding]
    view = replace(nothing(verdict, now), sentence=sentence)
    return Checked(ARCHIVE, found.finding.value, view, archive=found.stated)
