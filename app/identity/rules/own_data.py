"""What a person takes along of the identity room: themselves, sign-ins, checks, the desk.

Personal Information Protection Law, article 45. Times are UTC; what a field calls "*_at" is null
where it has not happened.
"""

import datetime as dt
from typing import Final

from msgspec import Struct

from app.identity.rules.cases import CaseKind

SILENT_WHILE_OPEN: Final = frozenset(
    {
        CaseKind.RISK, CaseKind.RISK_SCORE, CaseKind.RISK_REPORT,
        CaseKind.CERTIFICATE_REVOCATION, CaseKind.IDENTITY_WITHDRAWAL,
    }
)  # fmt: skip
"""Inquiries: to tell of one before it ends would defeat it (articles 18 and 35 by analogy)."""


class OwnAccount(Struct, frozen=True, kw_only=True):
    """The account, in clear. `method` is the way of being checked."""

    id: str
    phone: str
    name: str
    document_type: str | None
    document_number: str
    verified_at: dt.datetime | None
    method: str | None
    created_at: dt.datetime
    password_set_at: dt.datetime | None


class OwnRole(Struct, frozen=True, kw_only=True):
    """What the account may do for others, and where."""

    role: str
    org_id: str | None
    region_code: str | None
    duty: str | None
    granted_at: dt.datetime


class OwnConsent(Struct, frozen=True, kw_only=True):
    """A yes. `version` is the SHA-256 of the text that was agreed to."""

    kind: str
    version: str
    given_at: dt.datetime
    withdrawn_at: dt.datetime | None


class OwnFace(Struct, frozen=True, kw_only=True):
    """That a face is stored, and in how many frames of checks it was seen; not the numbers.

    `portrait` is the picture that is to stand on certificates, a JPEG in base64; empty for none.
    """

    pipeline: str | None
    made_at: dt.datetime | None
    frames: int
    portrait: str


class OwnQuestion(Struct, frozen=True, kw_only=True):
    """A secret question that was chosen; its answer is not kept by anybody."""

    question: str
    set_at: dt.datetime


class OwnFactor(Struct, frozen=True, kw_only=True):
    """A second factor: `app`, `key` or `recovery_code`."""

    kind: str
    label: str
    since: dt.datetime | None
    used_at: dt.datetime | None


class OwnCompanyAccount(Struct, frozen=True, kw_only=True):
    """A link to an account that a company gave; the company's own name of it is not kept."""

    name: str
    linked_at: dt.datetime
    used_at: dt.datetime | None


class OwnLookup(Struct, frozen=True, kw_only=True):
    """A question to the population registry and what it answered."""

    at: dt.datetime
    outcome: str
    source: str | None


class OwnCheck(Struct, frozen=True, kw_only=True):
    """A check of who it is: the way, and what came of it."""

    opened_at: dt.datetime
    purpose: str
    method: str
    outcome: str | None
    decided_at: dt.datetime | None


class OwnCode(Struct, frozen=True, kw_only=True):
    """A code that was sent to the account's phone; the code itself is not kept."""

    sent_at: dt.datetime
    tries: int
    used_at: dt.datetime | None


class OwnSignIn(Struct, frozen=True, kw_only=True):
    """A device that was signed in."""

    device_label: str
    started_at: dt.datetime
    renewed_at: dt.datetime
    expires_at: dt.datetime
    revoked_at: dt.datetime | None
    revoked_for: str | None


class OwnPhoneChange(Struct, frozen=True, kw_only=True):
    """Another phone that was asked for, whoever asked, so without numbers; or who one is."""

    kind: str
    way: str | None
    state: str
    asked_at: dt.datetime
    due_at: dt.datetime | None
    done_at: dt.datetime | None


class OwnDevice(Struct, frozen=True, kw_only=True):
    """A device whose key signs answers, by the SHA-256 of the key's public half."""

    thumbprint: str
    registered_at: dt.datetime
    used_at: dt.datetime
    revoked_at: dt.datetime | None
    revoked_for: str | None


class OwnNotice(Struct, frozen=True, kw_only=True):
    created_at: dt.datetime
    title: str
    text: str
    read_at: dt.datetime | None


class OwnMessage(Struct, frozen=True, kw_only=True):
    """A reminder on an organisation's behalf: by which way, why, and what came of it."""

    created_at: dt.datetime
    org_id: str
    way: str
    reason: str
    state: str
    detail: str
    send_at: dt.datetime
    finished_at: dt.datetime | None


class OwnMail(Struct, frozen=True, kw_only=True):
    """A mail address, in clear: one that is proven, and one that waits for its code."""

    address: str
    proven_at: dt.datetime | None
    waiting: str
    refused_at: dt.datetime | None


class OwnChoice(Struct, frozen=True, kw_only=True):
    """What the person takes beside the inbox."""

    takes_sms: bool
    takes_mail: bool
    changed_at: dt.datetime


class OwnCase(Struct, frozen=True, kw_only=True):
    """A matter at the desk: what the person wrote or claimed, and what was answered."""

    number: str
    kind: str
    kind_name: str
    opened_at: dt.datetime
    text: str
    contact: str
    claimed_name: str
    claimed_number: str
    decided_at: dt.datetime | None
    decision: str | None
    decision_name: str
    reason: str


class OwnAccess(Struct, frozen=True, kw_only=True):
    """Who opened the person's file; colleagues of the desk are masked."""

    at: dt.datetime
    what: str
    purpose: str
    by: str


class OwnPresence(Struct, frozen=True, kw_only=True):
    """Being at a site while the roll was called."""

    place: str
    joined_at: dt.datetime
    state: str
    marked_at: dt.datetime | None


class OwnRosterLine(Struct, frozen=True, kw_only=True):
    """What an employer wrote down of the person, in clear.

    `entered_name` is what stood there before the person joined, where it was another name.
    """

    id: str
    org_id: str
    name: str
    entered_name: str
    document_number: str
    phone: str
    created_at: dt.datetime


class OwnDeletion(Struct, frozen=True, kw_only=True):
    """A request for the account to be deleted."""

    number: str
    asked_at: dt.datetime
    due_at: dt.datetime
    cancelled_at: dt.datetime | None
    done_at: dt.datetime | None


TOPICS_OF_AN_ACCOUNT: Final = (
    "role.", "identity.", "phone.", "person.", "second_factor.", "sign_in.", "password.",
)  # fmt: skip
"""Of what others did to an account; not of inquiries, which are silent until they end."""


class OwnEvent(Struct, frozen=True, kw_only=True):
    """What the person did, or what was done to their account, that stands in the log."""

    at: dt.datetime
    event: str


class OwnIdentity(Struct, frozen=True, kw_only=True):
    """The identity room's whole share."""

    account: OwnAccount
    roles: list[OwnRole]
    consents: list[OwnConsent]
    face: OwnFace
    questions: list[OwnQuestion]
    factors: list[OwnFactor]
    company_accounts: list[OwnCompanyAccount]
    lookups: list[OwnLookup]
    checks: list[OwnCheck]
    codes: list[OwnCode]
    sign_ins: list[OwnSignIn]
    phone_changes: list[OwnPhoneChange]
    devices: list[OwnDevice]
    notices: list[OwnNotice]
    messages: list[OwnMessage]
    mails: list[OwnMail]
    message_choices: list[OwnChoice]
    cases: list[OwnCase]
    access: list[OwnAccess]
    presences: list[OwnPresence]
    roster: list[OwnRosterLine]
    deletions: list[OwnDeletion]
    events: list[OwnEvent]
