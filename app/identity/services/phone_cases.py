"""What reviewers see of a case about another phone: both numbers, masked, side by side."""

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.identity.models.phone_changes import NEW_PHONE, OLD_PHONE
from app.identity.repository import phone_changes as rows
from app.identity.rules.names import mask_phone
from app.identity.services.cases import CaseView
from app.identity.services.person_keys import vault_of


def phones_of(db: Session, vault: Vault, view: CaseView) -> dict[str, str]:
    """Return the old and the new phone, masked; nothing once the change or its person is gone."""
    row = rows.change(db, view.ref_id or "")
    if row is None or row.old_phone_sealed is None or row.phone_sealed is None:
        return {}
    own = vault_of(db, vault, row.person_id)
    return {
        "old_phone": mask_phone(own.open(row.old_phone_sealed, context=OLD_PHONE)),
        "new_phone": mask_phone(own.open(row.phone_sealed, context=NEW_PHONE)),
    }
