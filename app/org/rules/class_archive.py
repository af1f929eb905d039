"""The archive of a class 一期一档: what it states, what is signed, and reading one again.

Nobody is named in what is signed: a person is a salted hash of name and masked number. The name and
the salt stand beside it in the file that is given out, and go with an account that is deleted.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

FORMAT = "shixue-class-1"
SIGNED_AS = b"shixue-class-1\n"
"""Before the bytes: this signature is none over anything else."""
_HOLDER_AS = "shixue-class-holder-1"
MOST_BYTES = 4 * 2**20
"""Of a file that is handed over: 500 people with ten courses each stay below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyFact:
    """One course of one person as it stood when the class was closed; times in milliseconds.

    `score` is empty before an exam, `certificate` before there is one; `evidence` is one hash over
    the ledger's entries, the same that a certificate states, `position` the last one's place in
    the log, -1 while it waits for one.
    """

    course_id: str
    title: str
    hour_s: int
    required_ms: int
    confirmed_ms: int
    pending_ms: int
    stated_hours: str
    score: str
    passed: bool
    completed_on: str
    certificate: str
    policy: str
    entries: int
    evidence: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFact:
    """One person: `holder` is the salted hash, `attended` the numbers of the units they came to."""

    holder: str
    source: str
    joined_on: str
    attended: tuple[int, ...]
    courses: tuple[StudyFact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFact:
    """One unit of the plan; `came` is -1 where the roll was not called."""

    number: int
    day: str
    starts: str
    minutes: int
    topic: str
    place: str
    came: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveFacts:
    """The whole archive; days are Shanghai's, moments UTC, people in the order they came.

    `teachers` are ids of accounts: they too are named beside the statement alone.
    """

    class_id: str
    title: str
    summary: str
    organisation: str
    uscc: str
    starts_on: str
    ends_on: str
    capacity: int
    contract: str
    price_yuan: int
    applied_at: str
    approved_at: str
    decision: str
    closed_at: str
    open_reason: str
    courses: tuple[str, ...]
    teachers: tuple[str, ...]
    units: tuple[UnitFact, ...]
    changes: tuple[Mapping[str, str], ...]
    members: tuple[MemberFact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whom a hash in the statement means; `salt` is hexadecimal."""

    name: str
    masked_number: str
    salt: str


def holder_hash(holder: Holder) -> str:
    """SHA-256 over the line, salt, name and masked number, a newline between two."""
    parts = (_HOLDER_AS, holder.salt, holder.name, holder.masked_number)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def statement(
    facts: ArchiveFacts, *, operator: str, made_at: dt.datetime, checkpoint: str
) -> dict[str, Any]:
    """What is signed: texts, whole numbers and yes or no alone."""
    stated: dict[str, Any] = json.loads(json.dumps(asdict(facts)))
    return stated | {
        "format": FORMAT,
        "operator": operator,
        "made_at": moment(made_at),
        "people": len(facts.members),
        "checkpoint": checkpoint,
    }


def moment(at: dt.datetime | None) -> str:
    """A moment as it is stated; empty where there is none."""
    return at.astimezone(dt.UTC).isoformat(timespec="seconds") if at else ""


def text_of(stated: Mapping[str, Any]) -> str:
    """RFC 8785: with texts, whole numbers, yes and no alone, sorted and tight is this."""
    return json.dumps(stated, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def message_of(text: str) -> bytes:
    """What the signature is over."""
    return SIGNED_AS + text.encode()


def digest_of(text: str) -> str:
    """By which the archive is known, and which stands in the log."""
    return hashlib.sha256(message_of(text)).hexdigest()


class ArchiveFinding(StrEnum):
    """What is wrong with a file that says it is an archive; empty where nothing is."""

    GOOD = ""
    UNREADABLE = "unreadable"
    UNKNOWN_KEY = "unknown_key"
    ALTERED = "altered"
    UNKNOWN = "unknown_archive"
    NAMES = "names"
    KEY_PERIOD = "key_period"


SENTENCES: Mapping[ArchiveFinding, str] = {
    ArchiveFinding.GOOD: (
        "班级档案的签名正确，内容没有被改过，平台的登记里有它。它说的是归档那一刻的情况。"
    ),
    ArchiveFinding.UNREADABLE: (
        "这份班级档案读不懂：文件不完整，或者是别的系统的格式。请让对方重新下载。"
    ),
    ArchiveFinding.UNKNOWN_KEY: "这份班级档案不是用本平台的密钥签的，不是本平台出具的。",
    ArchiveFinding.ALTERED: "这份班级档案与归档时不一致，已被改过，请勿采信。",
    ArchiveFinding.UNKNOWN: "本平台没有登记过这份班级档案。请让单位重新下载。",
    ArchiveFinding.KEY_PERIOD: (
        "签名用的是本平台的密钥，写明的归档时间却不在这把密钥的使用期内：可能是密钥停用以后有人补签的，"
        "请勿采信。请让单位重新下载。"
    ),
    ArchiveFinding.NAMES: "档案里的姓名或证件号码与归档时不一致，已被改过，请勿采信。",
}


def is_archive(file: Mapping[str, Any]) -> bool:
    """Tell whether a file says that it is the archive of a class, of whatever form."""
    stated = file.get("statement")
    return isinstance(stated, dict) and str(stated.get("format", "")).startswith("shixue-class-")


def names_agree(stated: Mapping[str, Any], names: Sequence[object]) -> bool:
    """Whether every name of a file is bound by the statement: each once, none of a stranger.

    Somebody who deleted their account has no name any more: fewer names are no flaw.
    """
    bound = {str(each["holder"]) for each in stated["members"]}
    seen: set[str] = set()
    for each in names:
        if not isinstance(each, dict) or set(each) != {"holder", "name", "masked_number", "salt"}:
            return False
        if not all(isinstance(value, str) for value in each.values()):
            return False
        made = holder_hash(
            Holder(name=each["name"], masked_number=each["masked_number"], salt=each["salt"])
        )
        if made != each["holder"] or made not in bound or made in seen:
            return False
        seen.add(made)
    return True
