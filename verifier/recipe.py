"""Checking one certificate off line, step by step: docs/certificates.md has the same numbers.

0 read · 1 document · 2 key · 3 signature · 4 holder · 5 number · 6 log · 7 agreement · 8 status ·
9 validity. Each step raises at the first thing that does not hold, with a sentence for people;
where all of it holds nothing is returned.
"""

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from verifier import codes, papers, records
from verifier.canonical import read_object
from verifier.credentials import (
    CONTEXTS,
    LIST_CONTEXTS,
    check_agreement,
    check_proof,
    check_status,
    is_over,
)
from verifier.hours import check_statement, read_proof_keys, sentence
from verifier.issuer import Issuer, read_issuer, read_second
from verifier.log_proofs import (
    Key,
    RejectedError,
    Tree,
    from_base64,
    is_consistent,
    read_checkpoint,
    read_key,
)

_SHANGHAI = dt.timezone(dt.timedelta(hours=8))
_LIST = "BitstringStatusListCredential"
Say = Callable[[str], object]
"""Takes what a reader should know and is no fault."""


class NotValidError(RejectedError):
    """Ours and as it was signed, and not valid any more."""


class StatusUnknownError(RejectedError):
    """Everything else holds; whether it was revoked cannot be told with what is at hand."""


class HistoryUnknownError(RejectedError):
    """What is at hand does not show that the log has one history, nor that it has two."""


class MakerUnknownError(RejectedError):
    """Everything else holds; who made the page around it cannot be told: no key is pinned."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """What the reader has from a source they trust, not from whoever shows the certificate.

    `documents` names the keys of documents; None where none are pinned. `lists` are status lists by
    address, of one as many as are at hand: these may come from anywhere, as they are signed.
    `unread` names files beside them that are none.
    """

    issuer: Issuer
    keys: tuple[Key, ...] = ()
    checkpoint: str = ""
    growth: tuple[Mapping[str, Any], ...] = ()
    lists: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    documents: frozenset[str] | None = None
    proof_keys: Mapping[str, bytes] = field(default_factory=dict)


def read_pinned(folder: Path) -> Pinned:
    """Read the folder that README.md describes. Raises RejectedError, OSError without did.json."""
    listed, unread = _read_lists(folder / "status")
    grown = [read_object(path.read_bytes()) for path in sorted((folder / "growth").glob("*"))]
    documents, second = folder / "documents.pem", folder / "sm2-keys.json"
    issuer = read_issuer(read_object((folder / "did.json").read_bytes()))
    if second.exists():
        issuer = replace(issuer, second=read_second(json.loads(_text(second))))
    texts = [
        line
        for name in ("log.vkey", "witnesses.vkey")
        for line in _text(folder / name).splitlines()
        if line
    ]
    return Pinned(
        issuer,
        tuple(map(read_key, texts)), _text(folder / "checkpoint"), tuple(grown),
        listed, unread,
        papers.read_keys(documents.read_bytes()) if documents.exists() else None,
        read_proof_keys(json.loads(_text(folder / "proof-keys.json") or "[]")),
    )  # fmt: skip


def _read_lists(folder: Path) -> tuple[dict[str, list[Mapping[str, Any]]], tuple[str, ...]]:
    """The lists by address, and what lies beside them and is none: that must hide nothing."""
    listed: dict[str, list[Mapping[str, Any]]] = {}
    unread = []
    for path in sorted(folder.glob("*")):
        try:
            each = read_object(path.read_bytes())
        except (RejectedError, OSError):
            unread.append(path.name)
        else:
            listed.setdefault(str(each.get("id")), []).append(each)
    return listed, tuple(unread)


def verify_certificate(content: bytes, pinned: Pinned, *, now: dt.datetime, say: Say) -> None:
    """Check a PDF, a credential, a record, a status list, the text of a code, a proof of hours.

    Raises RejectedError where something does not hold, NotValidError where it is revoked, replaced
    or expired, StatusUnknownError where that alone cannot be told, MakerUnknownError where it is
    who made the page.
    """
    try:
        _verify(content, pinned, now, say)
    except (KeyError, TypeError, AttributeError, ValueError, IndexError, RecursionError) as error:
        raise RejectedError(f"step 0 (read): it is not of the form it seems: {error!r}") from error


def _verify(content: bytes, pinned: Pinned, now: dt.datetime, say: Say) -> None:
    if b"%PDF-" in content[:1024]:
        _paper(content, pinned, now, say)
        return
    if codes.TEXT.fullmatch(content.decode().strip()):
        _code(content.decode(), pinned, now, say)
        return
    document = read_object(content)
    if "facts" in document:
        facts = _record(document, pinned, say)
        _refuse_past(_is_past(facts["expires_on"], now))
        raise StatusUnknownError("a record does not name its place in a status list")
    if "statement" in document:
        _hours(document, pinned, say)
        return
    if _LIST in document["type"]:
        _status_list(document, pinned.issuer, now)
        return
    _credential(document, pinned.issuer, now)
    say(
        "a credential by itself does not show that the log has it: the record in its PDF, or at "
        "its address, does; its other proof (eddsa-rdfc-2022) needs JSON-LD and was not looked at"
    )
    subject = document["credentialSubject"]
    say(
        f"it states: {subject['licenseNumber']} {subject['identifier'][0]['identityHash']} "
        f"{document['name']} {subject['result'][0]['value']}"
    )
    _standing(document, pinned, now, say)


def _paper(pdf: bytes, pinned: Pinned, now: dt.datetime, say: Say) -> None:
    paper = papers.open_paper(pdf)
    if pinned.documents is None:
        say(
            f"the document's key is not pinned: its SHA-256 is {paper.key}; the page may be "
            "anybody's, only what is stated here is the issuer's"
        )
    elif paper.key not in pinned.documents:
        raise RejectedError("step 1 (document): it is signed by a key that you have not pinned")
    facts = _record(paper.record, pinned, say)
    _credential(paper.credential, pinned.issuer, now)
    check_agreement(paper.credential, facts)
    records.check_portrait(facts, paper.pictures)
    _standing(paper.credential, pinned, now, say)
    if pinned.documents is None:
        raise MakerUnknownError(
            "step 1 (document): who made the page cannot be told; anybody can print another name "
            "around a true record. Pin documents.pem, or believe what is stated here alone"
        )


def _record(record: Mapping[str, Any], pinned: Pinned, say: Say) -> dict[str, Any]:
    facts = records.check_facts(record, pinned.issuer)
    if record.get("log") is not None:
        records.check_place(record, _tree(record["log"]["checkpoint"], pinned, say))
    elif records.is_entered(facts):
        raise RejectedError(records.NO_PLACE)
    else:
        say("it is of the first version, which is not in the log itself")
    if records.has_second(facts) and pinned.issuer.second is None:
        say("its second signature (SM2) was not looked at: sm2-keys.json is not pinned")
    if records.is_nobodys(facts):
        say("the holder has deleted their account: the record names nobody any more")
    say(_stated(facts))
    return facts


def _tree(note: str, pinned: Pinned, say: Say) -> Tree:
    """The record's checkpoint, signed by the log that is pinned, and of that log's one history."""
    try:
        tree = read_checkpoint(note, pinned.keys)
        known = read_checkpoint(pinned.checkpoint, pinned.keys) if pinned.checkpoint else None
    except RejectedError as error:
        raise RejectedError(f"step 6 (log): {error}") from error
    is_within = False
    if known is None:
        say("no checkpoint is pinned: the log's signature is all that speaks for its history")
    else:
        is_within = _is_one_history(known, tree, pinned, say) and tree.size <= known.size
    if tree.lacks:
        _check_witnessed(tree, known, is_within, say)
    return tree


def _check_witnessed(tree: Tree, known: Tree | None, is_within: bool, say: Say) -> None:  # noqa: FBT001
    """Not under a record's checkpoint, which was new when it was frozen, but under the one kept.

    The witnesses speak for a record whose log is the beginning of what they have signed.
    """
    if known is not None and known.lacks:
        raise RejectedError(
            f"step 6 (log): the witness {known.lacks[0]} has not signed the checkpoint you keep; "
            "keep `cosigned_checkpoint` of /api/v1/log"
        )
    if not is_within:
        say(
            f"the witness {tree.lacks[0]} has not signed the record's checkpoint, and nothing at "
            f"hand shows that its {tree.size} entries are the beginning of what it has: keep a "
            "later `cosigned_checkpoint` of /api/v1/log, and the proof from there to it"
        )


def _is_one_history(known: Tree, tree: Tree, pinned: Pinned, say: Say) -> bool:
    """Whether that is shown; raises RejectedError where the contrary is."""
    old, new = sorted((known, tree), key=lambda each: each.size)
    path = _growth(old, new, pinned)
    if old.origin != new.origin:
        raise RejectedError("step 6 (log): its checkpoint is another log's than the one you keep")
    if path is None:
        say(f"no proof from {old.size} to {new.size} is at hand: the two were not compared")
        return False
    if is_consistent(old, new, path):
        return True
    if old.size == new.size:
        raise RejectedError(
            "step 6 (log): its checkpoint and the one you keep are of one size with two roots; "
            "both are signed, so the log was forked: keep both"
        )
    # The proof itself is signed by nobody: one that does not fit may be broken.
    raise HistoryUnknownError(
        f"step 6 (log): the proof at hand from {old.size} to {new.size} does not lead from the one "
        "checkpoint to the other: get it again. If that one does not either, the log was forked: "
        "keep both checkpoints"
    )


def _growth(old: Tree, new: Tree, pinned: Pinned) -> list[bytes] | None:
    if old.size == new.size:
        return []
    for each in pinned.growth:
        if (each["old"], each["new"]) == (old.size, new.size):
            return [from_base64(step) for step in each["path"]]
    return None


def _credential(document: Mapping[str, Any], issuer: Issuer, now: dt.datetime) -> None:
    check_proof(document, issuer, CONTEXTS, now=now)
    records.check_number(document["credentialSubject"]["licenseNumber"])


def _standing(document: Mapping[str, Any], pinned: Pinned, now: dt.datetime, say: Say) -> None:
    """Steps 8 and 9: what is certain comes before what cannot be told."""
    for name in pinned.unread:
        say(f"status/{name} is no status list and was left out")
    entry = document["credentialStatus"]
    is_set, why = check_status(entry, pinned.lists, pinned.issuer, now=now)
    if is_set:
        # A list has one bit for both: what became of it is told by its page.
        raise NotValidError("step 8 (status): it was revoked, or replaced by another one")
    _refuse_past(is_over(document.get("validUntil"), now=now))
    if why:
        raise StatusUnknownError(f"step 8 (status): {why}")
    page = document["evidence"][0]["id"]
    say(f"no list tells whether it is suspended, its page alone does: {page}")


def _hours(file: Mapping[str, Any], pinned: Pinned, say: Say) -> None:
    """A proof of hours, and the checkpoint in it where the log's key is pinned."""
    stated = check_statement(file, pinned.proof_keys)
    if stated["checkpoint"] and pinned.keys:
        tree = _tree(stated["checkpoint"], pinned, say)
        places = [course["ledger"]["position"] for course in stated["courses"]]
        if any(place is not None and place >= tree.size for place in places):
            raise RejectedError("step 6 (log): an entry's place lies behind the end of the log")
    say(sentence(stated))


def _code(text: str, pinned: Pinned, now: dt.datetime, say: Say) -> None:
    fields = codes.open_code(text, pinned.issuer)
    records.check_number(fields["number"])
    say(_stated(fields))
    _refuse_past(_is_past(fields["expires_on"], now))
    raise StatusUnknownError("a code does not name its place in a status list; open its address")


def _status_list(document: Mapping[str, Any], issuer: Issuer, now: dt.datetime) -> None:
    check_proof(document, issuer, LIST_CONTEXTS, now=now)
    _refuse_past(is_over(document["validUntil"], now=now))


def _stated(facts: Mapping[str, Any]) -> str:
    return "it states: " + " ".join(facts[name] for name in codes.FIELDS)


def _is_past(expires_on: str, now: dt.datetime) -> bool:
    last = dt.date.fromisoformat(expires_on) if expires_on else dt.date.max
    return now.astimezone(_SHANGHAI).date() > last


def _refuse_past(is_past: bool) -> None:  # noqa: FBT001 -- the one thing it is asked
    if is_past:
        raise NotValidError("step 9 (validity): its last day is past")


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""
