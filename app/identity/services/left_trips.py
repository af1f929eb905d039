"""Sessions at a vendor from which nobody came back: the vendor is asked all the same.

Who sees on the vendor's page that it went wrong might stay away so that it counts for nothing. A
session that was left is never a pass; of failed ones only so many a day lead to another.
"""

import datetime as dt

from app.core import audit
from app.core.crypto import Vault
from app.core.db import Database
from app.identity.providers import VendorFaces
from app.identity.repository import checks as check_rows
from app.identity.repository import face_sessions as rows
from app.identity.rules.face_decisions import FaceOutcome
from app.identity.services import vendor_faces
from app.identity.services.vendor_faces import LEFT


def settle(
    database: Database, vault: Vault, vendor: VendorFaces | None, check_id: str, *, now: dt.datetime
) -> None:
    """Write down what came of a session whose time is over, where no answer has asked for it.

    What the vendor does not answer stays undecided; done twice it changes nothing.
    """
    with database.reading() as db:
        check = check_rows.check(db, check_id)
        if vendor is None or check is None or check.outcome is not None:
            return
        given = vendor_faces.load_vendor_check(db, vault, check)
    decision = vendor_faces.judge(vendor, given, now=now)
    if decision.outcome is FaceOutcome.PROVIDER_ERROR:
        return
    with database.transaction() as db:
        if not check_rows.close(
            db, check_id, outcome=LEFT, evidence_hash=decision.evidence_hash, now=now
        ):  # fmt: skip
            return
        rows.decide(db, check_id, decision, now)
        audit.record(
            db, "identity.face_left", now=now, actor_id=None, subject_id=given.learner_id,
            check_id=check_id, outcome=decision.outcome.value,
        )  # fmt: skip
