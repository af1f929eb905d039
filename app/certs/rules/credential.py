"""The verifiable credential of a certificate, before anybody signs it.

W3C Verifiable Credentials Data Model 2.0 and Open Badges 3.0 (`OpenBadgeCredential`). Every word is
one that their published contexts define; what is ours alone travels as an `ext:` value, as Open
Badges provides, so that nobody has to fetch anything from us to know what was signed.
"""

import base64
import datetime as dt
import hashlib
import json
import uuid
from dataclasses import dataclass
from typing import Any

from app.certs.rules.facts import CertificateFacts
from app.identity.rules.local_days import SHANGHAI

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OPEN_BADGES_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
CONTEXTS = (CREDENTIALS_V2, OPEN_BADGES, OPEN_BADGES_EXTENSIONS)
SCHEMA = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)
HOURS = "ext:VerifiedStudyHours"
COMMITMENT = "ext:HmacIdentityCommitment"

Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Who signs: the did:web id, the name people know, and the public address without a slash."""

    did: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class StatusPlace:
    """Where a credential's revocation is looked up: the list's address, and its place there."""

    list_address: str
    index: int


def timestamp(moment: dt.datetime) -> str:
    """An xsd:dateTimeStamp in UTC, whole seconds."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def credential(
    facts: CertificateFacts,
    holder_name: str,
    issuer: Issuer,
    status: StatusPlace,
    *,
    subject_id: str | None = None,
    picture: bytes | None = None,
) -> Document:
    """The unsigned credential. `subject_id` is a urn:uuid that names the holder to nobody else.

    `picture` is the holder's on the certificate (JPEG); it is bound by its hash, and not inside.

    Raises ValueError for facts that cannot be told in it: hours that are no number, an evidence
    hash that is no SHA-256, days and moments that are none.
    """
    page = f"{issuer.address}/v/{facts.public_id}"
    return {
        "@context": list(CONTEXTS),
        "id": _named("credential", page),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"{facts.type}：{facts.course}",
        "issuer": {
            "id": issuer.did,
            "type": ["Profile"],
            "name": issuer.name,
            "url": issuer.address,
        },
        "validFrom": timestamp(dt.datetime.fromisoformat(facts.issued_at)),
        **_valid_until(facts),
        "credentialSubject": _subject(facts, holder_name, subject_id),
        "evidence": _evidence(facts, page),
        **_related(picture),
        # Open Badges wants the first, the data model alone understands the second.
        "credentialSchema": [
            {"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"},
            {"id": SCHEMA, "type": "JsonSchema"},
        ],
        "credentialStatus": _status(status),
    }


def _status(place: StatusPlace) -> Document:
    return {
        "id": f"{place.list_address}#{place.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(place.index),
        "statusListCredential": place.list_address,
    }


def _related(picture: bytes | None) -> Document:
    """The picture, by its hash as a name (RFC 6920) and as it is checked (VCDM 2.0, 5.3)."""
    if picture is None:
        return {}
    digest = hashlib.sha256(picture).digest()
    name = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return {
        "relatedResource": [
            {
                "id": f"ni:///sha-256;{name}",
                "mediaType": "image/jpeg",
                "digestSRI": f"sha256-{base64.b64encode(digest).decode()}",
            }
        ]
    }


def _named(kind: str, *of: str) -> str:
    """A name made of what it stands for: the same thing has the same one, another has another."""
    text = json.dumps([kind, *of], separators=(",", ":"), ensure_ascii=False)
    return uuid.uuid5(uuid.NAMESPACE_URL, text).urn


def _valid_until(facts: CertificateFacts) -> Document:
    """The last second of the last day, in the local time of the certificate."""
    if not facts.expires_on:
        return {}
    day = dt.date.fromisoformat(facts.expires_on)
    return {"validUntil": timestamp(dt.datetime.combine(day, dt.time(23, 59, 59), SHANGHAI))}


def _subject(facts: CertificateFacts, holder_name: str, subject_id: str | None) -> Document:
    achievement = _achievement(facts)
    hours, score = (described["id"] for described in achievement["resultDescription"])
    return {
        **({"id": subject_id} if subject_id else {}),
        "type": ["AchievementSubject"],
        "identifier": [
            _identity("name", holder_name),
            # Not a hash of name and number: that could be tried out. Only we have its key.
            _identity(COMMITMENT, facts.commitment),
        ],
        "achievement": achievement,
        "licenseNumber": facts.number,
        # Days: Open Badges wants a time with them, and none after the issue would be true.
        "activityStartDate": f"{dt.date.fromisoformat(facts.started_on)}T00:00:00+08:00",
        "activityEndDate": f"{dt.date.fromisoformat(facts.completed_on)}T00:00:00+08:00",
        "creditsEarned": _credits(facts.hours),
        "result": [
            {"type": ["Result"], "resultDescription": hours, "value": facts.hours},
            {"type": ["Result"], "resultDescription": score, "value": str(facts.score)},
        ],
    }


def _identity(kind: str, value: str) -> Document:
    return {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": value,
        "identityType": kind,
    }


def _credits(hours: str) -> int | float:
    """Whole hours are a whole number: 40 and 40.0 are the same in JSON, and not to everybody."""
    number = float(hours)
    return int(number) if number.is_integer() else number


def _achievement(facts: CertificateFacts) -> Document:
    """What was achieved, named by its own content: it is the same for all who achieved it."""
    content: Document = {
        "type": ["Achievement"],
        "achievementType": "CertificateOfCompletion",
        "name": facts.course,
        "description": f"{facts.programme}：{facts.course}" if facts.programme else facts.course,
        "criteria": {"narrative": _criteria(facts)},
        "creator": {
            "id": _named("institution", facts.institution),
            "type": ["Profile"],
            "name": facts.institution,
        },
        **({"fieldOfStudy": facts.cluster} if facts.cluster else {}),
        "inLanguage": "zh-CN",
    }
    own = json.dumps(content, sort_keys=True, ensure_ascii=False)
    minutes = facts.hour_s // 60
    return {
        "id": _named("achievement", own),
        **content,
        "resultDescription": [
            {
                "id": _named("hours", own),
                "type": ["ResultDescription"],
                "name": f"已核实学时（每学时 {minutes} 分钟）",
                "resultType": HOURS,
            },
            {
                "id": _named("score", own),
                "type": ["ResultDescription"],
                "name": "考试成绩",
                "resultType": "Percent",
                "valueMin": "0",
                "valueMax": "100",
            },
        ],
    }


def _criteria(facts: CertificateFacts) -> str:
    basis = f"，依据{facts.basis}" if facts.basis else ""
    return (
        f"在本人核验下完成规定学时并通过考试；每学时 {facts.hour_s // 60} 分钟，"
        f"学时规则版本 {facts.policy}{basis}。"
    )


def _evidence(facts: CertificateFacts, page: str) -> list[Document]:
    """The page that leads to the record's place in the log, and the evidence by its hash.

    RFC 6920 names a thing by its hash: whoever is handed the evidence can tell that it is this.
    """
    digest = bytes.fromhex(facts.evidence)
    if len(digest) != 32:
        message = "the evidence is named by a SHA-256"
        raise ValueError(message)
    name = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return [
        {
            "id": page,
            "type": ["Evidence"],
            "name": "公开核验页",
            "narrative": "签发的内容、当前状态和公开日志里的记录，可以在这一页查到。",
        },
        {
            "id": f"ni:///sha-256;{name}",
            "type": ["Evidence"],
            "name": "学时、考试和身份核验的证据",
            "narrative": (
                f"证据的 SHA-256 是 {facts.evidence}；已确认学习 {facts.study_ms} 毫秒。"
                f"在 {page} 可以查到它在公开日志里的位置。"
            ),
        },
    ]
