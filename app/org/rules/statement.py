"""A proof of hours 学时证明 as a signed file: what it states, what is signed, and reading it."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, NoReturn

from app.org.rules.proof import ProofFacts, as_members, is_number

FORMAT = "shixue-proof-2"
MOST_BYTES = 2**20
"""Of a file that is handed over: a decade of days with four courses a day stays below it."""
SIGNED_AS = b"shixue-proof-2\n"
"""Before the bytes: this signature is none over a certificate, nor over the facts of a paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerMark:
    """Where the ledger stood for one course: its entries, and the place of the last in the log.

    `evidence` is one hash over the entries, the same that a certificate states. `position` is None
    where there is no entry, or where the last still waits for its place.
    """

    entries: int
    evidence: str
    last_entry: str
    position: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Whose it is, and when it was made; `number` is empty where the person made it themselves."""

    number: str
    holder_name: str
    operator: str
    made_at: dt.datetime
    made_on: dt.date


def statement(
    facts: ProofFacts, made: Made, marks: Sequence[LedgerMark], checkpoint: str
) -> dict[str, Any]:
    """What is signed. `marks` are the courses', in their order; `checkpoint` is the log's newest.

    Raises ValueError where there are not as many marks as courses.
    """
    members: dict[str, Any] = as_members(facts)
    return members | {
        "format": FORMAT,
        "number": made.number,
        "holder_name": made.holder_name,
        "operator": made.operator,
        "made_at": made.made_at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        "made_on": made.made_on.isoformat(),
        "confirmed_ms": facts.confirmed_ms,
        "checkpoint": checkpoint,
        "courses": [
            course | {"ledger": asdict(mark)}
            for course, mark in zip(members["courses"], marks, strict=True)
        ],
    }


def message_of(stated: Mapping[str, Any]) -> bytes:
    """RFC 8785 behind the line: with texts and whole numbers alone, sorted and tight is this."""
    text = json.dumps(stated, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return SIGNED_AS + text.encode()


class StatementFinding(StrEnum):
    """What is wrong with a file that says it is a proof of hours; empty where nothing is."""

    GOOD = ""
    UNREADABLE = "unreadable"
    UNKNOWN_KEY = "unknown_key"
    ALTERED = "altered"
    UNKNOWN_NUMBER = "unknown_number"
    KEY_PERIOD = "key_period"


SENTENCES: dict[StatementFinding, str] = {
    StatementFinding.GOOD: (
        "学时证明的签名正确，内容没有被改过。它说的是开具那一刻的情况，之后学了多少、有没有更正，"
        "这份文件看不出来。请把姓名和证件号码与本人核对。"
    ),
    StatementFinding.UNREADABLE: (
        "这份学时证明读不懂：文件不完整，或者是别的系统的格式。请让对方重新下载。"
    ),
    StatementFinding.UNKNOWN_KEY: "这份学时证明不是用本平台的密钥签的，不是本平台开具的。",
    StatementFinding.ALTERED: "这份学时证明与开具时不一致，已被改过，请勿采信。",
    StatementFinding.KEY_PERIOD: (
        "签名用的是本平台的密钥，写明的开具时间却不在这把密钥的使用期内：可能是密钥停用以后有人补签的，"
        "请勿采信。请让对方重新下载。"
    ),
    StatementFinding.UNKNOWN_NUMBER: "本平台没有开具过这个编号的学时证明。请让单位重新开具。",
}

MAYBE_DATED_BACK = (
    "它没有编号，平台没有登记；签名用的密钥已经停用，是不是停用以后倒填日期补签的，这里看不出来。"
    "请让对方重新下载一份。"
)
"""Behind the sentence on a good one without a number whose key is out of use."""


def read_file(content: bytes, *, most_bytes: int = MOST_BYTES) -> Mapping[str, Any] | None:
    """The JSON object of a file in UTF-8, each name once; None where it is no such thing."""
    if len(content) > most_bytes:
        return None
    try:
        found = json.loads(content.decode(), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        msg = "a name that stands twice"
        raise ValueError(msg)
    return found


def _no_constant(name: str) -> NoReturn:
    msg = f"{name} is no number"
    raise ValueError(msg)


def is_statement(file: Mapping[str, Any]) -> bool:
    """Tell whether a file says that it is a proof of hours, of whatever form."""
    stated = file.get("statement")
    return isinstance(stated, dict) and str(stated.get("format", "")).startswith("shixue-proof-")


def facts_of(stated: Mapping[str, Any]) -> dict[str, Any]:
    """The facts inside a statement, as they are hashed for the proof's number (`as_members`)."""
    names = ProofFacts.__dataclass_fields__
    courses = [
        {name: value for name, value in course.items() if name != "ledger"}
        for course in stated["courses"]
    ]
    return {name: stated[name] for name in names} | {"courses": courses}


def adds_up(stated: Mapping[str, Any]) -> bool:
    """Step 7: each course's days come to its total, and the courses to the whole."""
    courses = stated["courses"]
    return stated["confirmed_ms"] == sum(each["confirmed_ms"] for each in courses) and all(
        each["confirmed_ms"] == sum(day["confirmed_ms"] for day in each["days"]) for each in courses
    )


def has_number(stated: Mapping[str, Any]) -> bool:
    """Step 5: its number is one, or it has none because its person made it themselves."""
    return stated["number"] == "" or is_number(stated["number"])
