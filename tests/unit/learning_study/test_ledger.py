"""R11, R20: an entry's bytes and its place in the chain."""

import datetime as dt
import hashlib
import json
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from app.learning.rules.ledger import (
    FIRST,
    Line,
    Report,
    Standing,
    binding,
    broken_at,
    line_bytes,
    line_hash,
    standings,
)

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
LINE = Line(
    learner_id="张", number=1, enrolment_id="e", lesson_id="video", session_id="s",
    day=dt.date(2025, 12, 1), ms=9, kind="release", policy_version="p", evidence_hash="h",
    reason="", author_id=None, at=dt.datetime(2025, 12, 1, 12, 0, 0, 5_000, SHANGHAI),
)  # fmt: skip
BYTES = (
    '{"at":"2025-12-01T04:00:00.005000+00:00","author_id":null,"day":"2025-12-01",'
    '"enrolment_id":"e","evidence_hash":"h","kind":"release","learner_id":"张",'
    '"lesson_id":"video","ms":9,"number":1,"policy_version":"p","prev":"before","reason":"",'
    '"session_id":"s"}'
).encode()


@pytest.fixture(params=["UTC", "Asia/Shanghai"])
def machine_zone(request, monkeypatch) -> Iterator[None]:
    """Where the machine believes to be must not matter."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("machine_zone")
def test_an_entrys_bytes_are_canonical_and_its_hash_is_theirs() -> None:
    assert line_bytes(LINE, "before") == BYTES
    assert line_hash(LINE, "before") == hashlib.sha256(BYTES).hexdigest()
    whole_second = replace(LINE, at=LINE.at.replace(microsecond=0))
    assert b'"2025-12-01T04:00:00.000000+00:00"' in line_bytes(whole_second, "")


TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(reason=TEXT, lesson_id=TEXT, author_id=st.none() | TEXT, ms=st.integers(-(2**63), 2**63 - 1))
def test_anybody_makes_the_same_bytes_with_a_plain_json_library(
    reason: str, lesson_id: str, author_id: str | None, ms: int
) -> None:
    line = replace(LINE, reason=reason, lesson_id=lesson_id, author_id=author_id, ms=ms)
    made = line_bytes(line, "before")
    plain = json.dumps(
        json.loads(made), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()
    assert made == plain
    assert json.loads(made)["reason"] == reason


Chain = list[tuple[Line, str, str]]


def chain(count: int) -> Chain:
    made, head = [], FIRST
    for number in range(1, count + 1):
        line = replace(LINE, number=number, ms=number)
        previous, head = head, line_hash(line, head)
        made.append((line, previous, head))
    return made


def test_a_whole_chain_is_broken_nowhere() -> None:
    assert [broken_at(chain(count)) for count in range(4)] == [None] * 4


@pytest.mark.parametrize("at", range(3))
def test_what_does_not_follow_is_named_by_its_number(at: int) -> None:
    whole = chain(3)
    line, previous, own = whole[at]
    altered = (
        (replace(line, ms=77), previous, own),
        (line, "0" * 63 + "1", own),
        (line, previous, "0" * 64),
        (replace(line, number=9), previous, line_hash(replace(line, number=9), previous)),
    )
    for entry in altered:
        assert broken_at([*whole[:at], entry, *whole[at + 1 :]]) == at + 1
    assert broken_at(whole[:at] + whole[at + 1 :]) == (at + 1 if at < 2 else None)


def test_every_field_of_an_entry_is_in_its_hash() -> None:
    others = {"number": 2, "ms": 8, "day": dt.date(2025, 12, 2), "author_id": "x"}
    others["at"] = LINE.at + dt.timedelta(microseconds=1)
    for field in fields(Line):
        other = replace(LINE, **{field.name: others.get(field.name, "other")})
        assert line_hash(other, FIRST) != line_hash(LINE, FIRST), field.name
    assert line_hash(LINE, "1" * 64) != line_hash(LINE, FIRST)


def test_accounts_and_bindings_are_what_was_published() -> None:
    """What verifiers reckon for themselves: text, order and width of every part."""
    first = hashlib.sha256(b"shixue-account-1\nsession").digest()
    told = b"head" + (-2).to_bytes(8, "big", signed=True) + b"read"
    then = hashlib.sha256(first + told).hexdigest()
    assert list(standings("session", "mac0", [Report("head", -2, b"read")])) == [
        Standing("mac0", first.hex()), Standing("head", then),
    ]  # fmt: skip
    text = f"check:session:head:{then}".encode()
    assert binding("check", "session", Standing("head", then)) == hashlib.sha256(text).hexdigest()
