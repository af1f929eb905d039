"""A complaint as it comes in by either doorway: read, counted, then opened as a case."""

import datetime as dt

from app.identity.rules.actors import Actor
from app.identity.rules.cases import CaseKind
from app.lobby import limits
from app.lobby.parts import Parts
from app.oversight.services import complaints
from app.oversight.services.complaints import Received


def complain(
    parts: Parts, actor: Actor | None, *, kind: CaseKind, contact: str, text: str,
    about: str | None, device_id: str, address: str, now: dt.datetime,
) -> Received:  # fmt: skip
    """Take it, from whoever is signed in or not. Raises InvalidError, TooManyRequestsError."""
    phone = complaints.read_contact(contact)  # one that is none came to nothing, and costs nothing
    limits.before_complaint(parts, device_id=device_id, address=address, now=now)
    with parts.database.transaction() as db:
        return complaints.complain(
            db, parts.vault, kind=kind, phone=phone, text=text,
            learner_id=actor.learner_id if actor else None, about=about,
            reference_dir=parts.settings.reference_dir, now=now,
        )  # fmt: skip
