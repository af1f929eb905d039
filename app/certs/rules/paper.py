"""What stands on a certificate's page: every field in words, and those that its kind prints."""

import datetime as dt
from dataclasses import dataclass

from app.certs.rules.facts import CertificateFacts
from app.certs.rules.types import CertificateType


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """The facts, and what the holder's own page says besides: name and number in full."""

    facts: CertificateFacts
    name: str
    document_name: str
    document_number: str
    issued_on: dt.date
    retraining: str


def fields_of(paper: Paper) -> dict[str, str]:
    """Every field that a line may name, in words."""
    facts = paper.facts
    return {
        "number": facts.number,
        "name": paper.name,
        "identity": f"{paper.document_name} {paper.document_number}",
        "identity_masked": f"{paper.document_name} {facts.holder_number}",
        "programme": facts.programme,
        "course": facts.course,
        "cluster": facts.cluster,
        "period": f"{facts.started_on} 至 {facts.completed_on}",
        "completed_on": facts.completed_on,
        "hours": f"{facts.hours} 学时（每学时 {facts.hour_s // 60} 分钟）",
        "score": f"{facts.score} 分",
        "expires_on": facts.expires_on or "长期",
        "retraining": paper.retraining,
        "institution": facts.institution,
        "issued_on": f"{paper.issued_on:%Y年%m月%d日}",
    }


def page_of(paper: Paper, kind: CertificateType) -> dict[str, object]:
    """What the template is given, but for the code and the address."""
    facts, said = paper.facts, fields_of(paper)
    return {
        "layout": kind.layout,
        "lines": [[line.label, said[line.field]] for line in kind.lines],
        "type": facts.type,
        "programme": facts.programme,
        "number": facts.number,
        "name": paper.name,
        "document_name": paper.document_name,
        "document_number": paper.document_number,
        "started_on": facts.started_on,
        "completed_on": facts.completed_on,
        "course": facts.course,
        "hours": facts.hours,
        "score": str(facts.score),
        "institution": facts.institution,
        "issued_on": said["issued_on"],
        # The document's own dates are in UTC: that of a day would lie behind its signature's.
        "issued_moment": list(_utc(facts.issued_at).timetuple()[:6]),
    }


def _utc(moment: str) -> dt.datetime:
    return dt.datetime.fromisoformat(moment).astimezone(dt.UTC)
