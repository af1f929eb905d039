"""Checking one certificate off line, step by step: docs/certificates.md has the same numbers.

0 read · 1 document · 2 key · 3 signature · 4 holder · 5 number · 6 log · 7 agreement · 8 status ·
9 validity. Each step raises at the first thing that does not hold, with a sentence for people;
where all of it holds nothing is returned.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from verifier import archives, codes, papers, records
from verifier.canonical import read_object, read_text
from verifier.credentials import (
    CONTEXTS,
    LIST_CONTEXTS,
    check_agreement,
    check_proof,
    check_status,
    is_over,
    key_id_of,
    text_proof,
)
from verifier.history import Say, read_tree
from verifier.hours import check_statement, sentence
from verifier.issuer import Issuer
from verifier.log_proofs import RejectedError
from verifier.periods import ALWAYS, SHANGHAI, Period
from verifier.pinned import Pinned

_LIST = "BitstringStatusListCredential"


class NotValidError(RejectedError):
    """Ours and as it was signed, and not valid any more."""


class StatusUnknownError(RejectedError):
    """Everything else holds; whether it was revoked cannot be told with what is at hand."""


class MakerUnknownError(RejectedError):
    """Everything else holds; who made the page around it cannot be told: no key is pinned."""


class HolderUnknownError(RejectedError):
    """Everything else holds; whose it is cannot be told: what is handed over names nobody."""


class NotACertificateError(RejectedError):
    """A list of the revoked, as the issuer signed it: it says nothing of anybody."""


def verify_certificate(content: bytes, pinned: Pinned, *, now: dt.datetime, say: Say) -> None:
    """Check a certificate in whichever form, a status list, or a signed file of hours or a class.

    Raises RejectedError where something does not hold, NotValidError where it is revoked, replaced
    or expired, HolderUnknownError where it names nobody, StatusUnknownError where that alone cannot
    be told, MakerUnknownError where it is who made the page, OneProofError for a credential with
    one of its two proofs, NotACertificateError for a list that holds.
    """
    try:
        _verify(content, pinned, now, say)
    except (KeyError, TypeError, AttributeError, ValueError, IndexError, RecursionError) as error:
        raise RejectedError(f"step 0 (read): it is not of the form it seems: {error!r}") from error


def _verify(content: bytes, pinned: Pinned, now: dt.datetime, say: Say) -> None:
    if papers.is_paper(content):
        _paper(content, pinned, now, say)
        return
    text = read_text(content)
    if codes.TEXT.fullmatch(text.strip()):
        _code(text, pinned, now, say)
        return
    document = read_object(content)
    if "facts" in document:
        facts = _record(document, pinned, say)
        _refuse_past(_is_past(facts["expires_on"], now))
        _refuse_nobodys(facts)
        raise StatusUnknownError("a record does not name its place in a status list")
    if "statement" in document:
        (_archive if archives.is_archive(document) else _hours)(document, pinned, say)
        return
    if _LIST in document["type"]:
        _status_list(document, pinned.issuer, now)
        end = document["validUntil"]
        raise NotACertificateError(f"it is a list of the revoked, the issuer's, good until {end}")
    _credential(document, pinned.issuer, now)
    _say_of_time(pinned.issuer.periods, key_id_of(text_proof(document)), say)
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
    paper = papers.open_paper(pdf, pinned.documents)
    if pinned.documents is None:
        say(
            f"the document's key is not pinned: its SHA-256 is {paper.key}; the page may be "
            "anybody's, only what is stated here is the issuer's"
        )
    facts = _record(paper.record, pinned, say)
    period = pinned.document_periods.get(paper.key, ALWAYS)
    # A page is signed when what it shows was issued already.
    period.check_not_after(paper.key, facts["issued_at"])
    _credential(paper.credential, pinned.issuer, now)
    check_agreement(paper.credential, facts)
    records.check_portrait(facts, paper.pictures)
    _standing(paper.credential, pinned, now, say)
    _refuse_nobodys(facts)
    if pinned.documents is None:
        raise MakerUnknownError(
            "step 1 (document): who made the page cannot be told; anybody can print another name "
            "around a true record. Pin documents.pem, or believe what is stated here alone"
        )


def _record(record: Mapping[str, Any], pinned: Pinned, say: Say) -> dict[str, Any]:
    facts = records.check_facts(record, pinned.issuer)
    if record.get("log") is not None:
        records.check_place(record, read_tree(record["log"]["checkpoint"], pinned, say))
    elif records.is_entered(facts):
        raise RejectedError(records.NO_PLACE)
    else:
        say("it is of the first version, which is not in the log itself")
        _say_of_time(pinned.issuer.periods, record["key_id"], say)
    if records.has_second(facts) and pinned.issuer.second is None:
        say("its second signature (SM2) was not looked at: sm2-keys.json is not pinned")
    say(_stated(facts))
    return facts


def _say_of_time(
    periods: Mapping[str, Period], key_id: str, say: Say, *, listed: str = "keys.json"
) -> None:
    """What a signature alone cannot show, and the log would; `listed` is the file of the keys."""
    if not periods:
        say(f"when its key was in use is not at hand ({listed}): by an old one it may be of later")
    elif (end := periods.get(key_id, ALWAYS).end) is not None:
        say(
            f"its key was taken out of use at {end:%Y-%m-%d %H:%M} UTC: whether it was signed "
            "before that and not dated back, the log alone shows, or its page"
        )


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
    stated = check_statement(file, pinned.proof_keys, pinned.proof_periods)
    places = [course["ledger"]["position"] for course in stated["courses"]]
    _check_log(stated["checkpoint"], [each for each in places if each is not None], pinned, say)
    _say_of_time(pinned.proof_periods, file["key_id"], say, listed="proof-keys.json")
    say(sentence(stated))


def _archive(file: Mapping[str, Any], pinned: Pinned, say: Say) -> None:
    """The archive of a class, and the checkpoint in it where the log's key is pinned."""
    stated = archives.check_archive(file, pinned.archive_keys, pinned.archive_periods)
    _check_log(stated["checkpoint"], archives.places(stated), pinned, say)
    _say_of_time(pinned.archive_periods, file["key_id"], say, listed="archive-keys.json")
    say(archives.sentence(stated, file["names"]))


def _check_log(note: str, places: list[int], pinned: Pinned, say: Say) -> None:
    if not note or not pinned.keys:
        say("where its entries stand in the log was not looked at: no key of the log is pinned")
        return
    tree = read_tree(note, pinned, say)
    if any(place >= tree.size for place in places):
        raise RejectedError("step 6 (log): an entry's place lies behind the end of the log")


def _code(text: str, pinned: Pinned, now: dt.datetime, say: Say) -> None:
    key_id, fields = codes.open_code(text, pinned.issuer)
    say(_stated(fields))
    _say_of_time(pinned.issuer.periods, key_id, say)
    _refuse_past(_is_past(fields["expires_on"], now))
    raise StatusUnknownError("a code does not name its place in a status list; open its address")


def _status_list(document: Mapping[str, Any], issuer: Issuer, now: dt.datetime) -> None:
    check_proof(document, issuer, LIST_CONTEXTS, now=now)
    _refuse_past(is_over(document["validUntil"], now=now))


def _refuse_nobodys(facts: Mapping[str, Any]) -> None:
    if records.is_nobodys(facts):
        raise HolderUnknownError(
            "step 4 (holder): it names nobody. Its holder has left the platform, or somebody took "
            "the name out, which is not signed: its page tells which. It cannot be compared with "
            "whoever shows it, and proves nothing of any person"
        )


def _stated(facts: Mapping[str, Any]) -> str:
    return "it states: " + " ".join(facts[name] for name in codes.FIELDS)


def _is_past(expires_on: str, now: dt.datetime) -> bool:
    last = dt.date.fromisoformat(expires_on) if expires_on else dt.date.max
    return now.astimezone(SHANGHAI).date() > last


def _refuse_past(is_past: bool) -> None:  # noqa: FBT001 -- the one thing it is asked
    if is_past:
        raise NotValidError("step 9 (validity): its last day is past")
