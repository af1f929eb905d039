"""The answers about what is not as it was signed, by the kind of flaw, and about what is none."""

import datetime as dt
from dataclasses import replace

from app.certs.rules import key_times as key_rules
from app.certs.rules import numbers, scan, second_seal
from app.certs.rules.key_times import KeyFlaw
from app.certs.rules.second_seal import SealFlaw
from app.certs.rules.verdicts import (
    A_NUMBER,
    DIFFERS,
    ELSEWHERE,
    HOLDER_HIDDEN,
    MISSPELT,
    NO_CODE,
    NO_NUMBER,
    NO_PAGE,
    NOT_FOUND,
    OTHER_PAPER,
    PROOF_OF_HOURS,
    SCAN_AGAIN,
    UNKNOWN_KEY,
    Verdict,
    other_platform,
)
from app.certs.services.verdict_view import VerdictView, nothing


def of_unknown_key(now: dt.datetime, *, has_page: bool, host: str = "") -> VerdictView:
    """The answer about what a key signed that we do not have; `host` is where it says it is from.

    With a page of ours it is a forgery; without one perhaps another platform's honest paper. By the
    page and not by the number: platforms count alike, and nobody draws another's 96 random bits.
    """
    if has_page:
        told = nothing(Verdict.ALTERED, now)
        return replace(told, sentence=UNKNOWN_KEY, finding="unknown_key")
    told = nothing(Verdict.UNKNOWN, now)
    said = other_platform(scan.told_host(host))
    return replace(told, sentence=said, finding="other_platform")


def at_another_address(host: str, now: dt.datetime, *, is_ours: bool) -> VerdictView:
    """The answer about a code behind an address that is none of ours, by what else it is.

    The address is signed by nobody: printed on a true paper it leads whoever scans astray.
    """
    if not is_ours:
        return of_unknown_key(now, has_page=False, host=host)
    told = nothing(Verdict.ALTERED, now)
    return replace(told, sentence=ELSEWHERE, finding="foreign_address")


def differing(now: dt.datetime) -> VerdictView:
    """The answer about what a key of ours signed, and the register has otherwise."""
    return replace(nothing(Verdict.ALTERED, now), sentence=DIFFERS, finding="differs")


def hiding_its_holder(now: dt.datetime) -> VerdictView:
    """The answer about facts without a holder, of a certificate whose holder is still here."""
    return replace(nothing(Verdict.ALTERED, now), sentence=HOLDER_HIDDEN, finding="holder_hidden")


def of_another_paper(now: dt.datetime) -> VerdictView:
    """The answer about a PDF of ours that is not the one that was issued."""
    return replace(nothing(Verdict.ALTERED, now), sentence=OTHER_PAPER, finding="other_paper")


def badly_sealed(flaw: SealFlaw, now: dt.datetime) -> VerdictView:
    told = nothing(Verdict.ALTERED, now)
    return replace(told, sentence=second_seal.SENTENCES[flaw], seal_flaw=flaw)


def out_of_period(flaw: KeyFlaw, now: dt.datetime) -> VerdictView:
    """The answer about what our key signed, and not in its time."""
    told = nothing(Verdict.ALTERED, now)
    return replace(told, sentence=key_rules.SENTENCES[flaw], key_flaw=flaw)


def no_number(typed: str, now: dt.datetime) -> VerdictView:
    """The answer about what cannot be a certificate's number: it tells nothing about any."""
    finding, sentence = "no_number", NO_NUMBER
    if numbers.is_of_a_proof(typed):
        finding, sentence = "proof_of_hours", PROOF_OF_HOURS
    elif numbers.is_like_ours(typed):
        finding, sentence = "misspelt", MISSPELT
    return replace(nothing(Verdict.UNKNOWN, now), sentence=sentence, finding=finding)


def not_found(now: dt.datetime) -> VerdictView:
    """The answer about a number and a name that do not belong together, whichever is wrong."""
    return replace(nothing(Verdict.UNKNOWN, now), sentence=NOT_FOUND)


def no_page(now: dt.datetime) -> VerdictView:
    """The answer about an address under which there is nothing."""
    said = f"{NO_PAGE}{SCAN_AGAIN}。"
    return replace(nothing(Verdict.UNKNOWN, now), sentence=said, finding="no_page")


def no_code(text: str, now: dt.datetime) -> VerdictView:
    """The answer about a text that has not the shape of a code's; a number is told its own way."""
    is_number = numbers.normalise(text) is not None
    finding, sentence = ("a_number", A_NUMBER) if is_number else ("no_code", NO_CODE)
    return replace(nothing(Verdict.UNKNOWN, now), sentence=sentence, finding=finding)
