"""Where the identity room holds sealed values, and taking those of cases over by a new key."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from app.core.crypto import OWN, KeyRing, Vault, b64url, from_b64url
from app.core.db import Database
from app.core.resealing import SealedColumn, VaultOf
from app.identity.models.company_sign_ins import COMPANY_SECRET, CompanySignIn
from app.identity.models.faces import PORTRAIT, TEMPLATE, FaceTemplate, Portrait
from app.identity.models.outgoing import MAIL, ROBOT, GroupRobot, MailAddress
from app.identity.models.people import NAME, NUMBER, PHONE, Person, PersonKey, RosterEntry
from app.identity.models.phone_changes import NEW_PHONE, OLD_PHONE, PhoneChange
from app.identity.models.second_factors import TOTP_SECRET, TotpSecret
from app.identity.models.signing import MESSAGE_PHONE, MESSAGE_TEXT, TextMessage
from app.identity.repository import desk as rows
from app.identity.services import person_keys
from app.identity.services.claims import CLAIM

CASES = "review_case.facts"
WORDS = "review_case.text"
"""The context of what a person wrote to the desk, and of the phone to answer to."""


def _same(context: str) -> Any:  # noqa: ANN401 -- a function of the row's id, which it leaves out
    return lambda _id: context


COLUMNS = (
    SealedColumn(PersonKey.person_id, PersonKey.key_sealed, person_keys.context_of),
    SealedColumn(Person.id, Person.phone_sealed, _same(PHONE), Person.id),
    SealedColumn(Person.id, Person.name_sealed, _same(NAME), Person.id),
    SealedColumn(Person.id, Person.document_sealed, _same(NUMBER), Person.id),
    SealedColumn(
        FaceTemplate.person_id, FaceTemplate.template, lambda owner: f"{TEMPLATE}:{owner}",
        FaceTemplate.person_id,
    ),
    SealedColumn(
        Portrait.person_id, Portrait.image_sealed, lambda owner: f"{PORTRAIT}:{owner}",
        Portrait.person_id,
    ),
    SealedColumn(RosterEntry.id, RosterEntry.name_sealed, _same(f"roster.{NAME}")),
    SealedColumn(RosterEntry.id, RosterEntry.entered_sealed, _same(f"roster.{NAME}")),
    SealedColumn(RosterEntry.id, RosterEntry.document_sealed, _same(f"roster.{NUMBER}")),
    SealedColumn(RosterEntry.id, RosterEntry.phone_sealed, _same(f"roster.{PHONE}")),
    SealedColumn(TotpSecret.person_id, TotpSecret.secret_sealed, _same(TOTP_SECRET)),
    SealedColumn(TotpSecret.person_id, TotpSecret.waiting_sealed, _same(TOTP_SECRET)),
    SealedColumn(
        PhoneChange.id, PhoneChange.phone_sealed, _same(NEW_PHONE), PhoneChange.person_id
    ),
    SealedColumn(
        PhoneChange.id, PhoneChange.old_phone_sealed, _same(OLD_PHONE), PhoneChange.person_id
    ),
    SealedColumn(CompanySignIn.id, CompanySignIn.secret_sealed, _same(COMPANY_SECRET)),
    SealedColumn(
        MailAddress.person_id, MailAddress.address_sealed, _same(MAIL), MailAddress.person_id
    ),
    SealedColumn(
        MailAddress.person_id, MailAddress.waiting_sealed, _same(MAIL), MailAddress.person_id
    ),
    SealedColumn(GroupRobot.org_id, GroupRobot.address_sealed, _same(ROBOT)),
    SealedColumn(TextMessage.id, TextMessage.phone_sealed, _same(MESSAGE_PHONE)),
    SealedColumn(TextMessage.id, TextMessage.text_sealed, _same(MESSAGE_TEXT)),
)  # fmt: skip


def vault_of(keys: KeyRing, now: dt.datetime) -> VaultOf:
    """The vaults of people, each with a key from now on at the latest."""
    vault = Vault(keys)
    return lambda db, person_id: person_keys.sealing_vault_of(db, vault, person_id, now=now)


def count_cases_with(db: Session, key_id: str) -> int:
    """How many sealed words of cases one key of the ring has sealed."""
    return sum(
        sealed.startswith(key_id.encode())
        for _, facts, _ in rows.every_facts(db)
        for sealed, _ in _sealed_in(facts).values()
    )


def reseal_cases(database: Database, keys: KeyRing, *, now: dt.datetime) -> Iterator[int]:
    """Seal the words of cases anew, one case a transaction; yields how many values each had."""
    newest = list(keys.secrets("fields"))[-1].encode()
    with database.reading() as db:
        found = [
            case_id
            for case_id, facts, learner_id in rows.every_facts(db)
            if any(
                not sealed.startswith(OWN if learner_id else newest)
                for sealed, _ in _sealed_in(facts).values()
            )
        ]
    for case_id in found:
        with database.transaction() as db:
            yield _reseal_case(db, Vault(keys), case_id, now)


def seal_own_cases(db: Session, ring: Vault, person_id: str, *, now: dt.datetime) -> None:
    """Put all that a person wrote under their own key, also what is from before they had one."""
    for case_id in rows.case_ids_of(db, person_id):
        _reseal_case(db, ring, case_id, now)


def _reseal_case(db: Session, ring: Vault, case_id: str, now: dt.datetime) -> int:
    row = rows.case_to_change(db, case_id)
    own = person_keys.sealing_vault_of(db, ring, row.learner_id, now=now)
    facts, count = dict(row.facts), 0
    for (outer, inner), (sealed, context) in _sealed_in(row.facts).items():
        if sealed.startswith(OWN):
            continue
        fresh = b64url(own.seal_bytes(ring.open_bytes(sealed, context=context), context=context))
        facts[outer] = facts[outer] | {inner: fresh} if inner else fresh
        count += 1
    row.facts = facts
    return count


def _sealed_in(facts: dict[str, Any]) -> dict[tuple[str, str], tuple[bytes, str]]:
    """The sealed members of a case's facts, each with the context that it is bound to."""
    found = {
        (name, ""): (from_b64url(facts[name]), WORDS)
        for name in ("text", "contact")
        if isinstance(facts.get(name), str)
    }
    claim = facts.get("claim") or {}
    return found | {
        ("claim", name): (from_b64url(claim[name]), CLAIM)
        for name in ("number", "name")
        if name in claim
    }
