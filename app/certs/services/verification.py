"""Checking a certificate: by its code, by number and name, or by its signed facts."""

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from app.certs import repository as rows
from app.certs.models import Certificate
from app.certs.rules import key_times as key_rules
from app.certs.rules import log_entry, numbers, scan, second_seal
from app.certs.rules.facts import HOLDER_GONE as NOBODY
from app.certs.rules.facts import CertificateFacts, names_nobody, signed_facts
from app.certs.rules.key_times import KeyFlaw
from app.certs.rules.log_entry import LogFlaw
from app.certs.rules.scan import Scanned, Seal
from app.certs.rules.second_seal import SealFlaw, SecondSeal
from app.certs.rules.verdicts import (
    DIFFERS,
    HOLDER_GONE,
    HOLDER_ON_PAPER,
    OTHER_CODE,
    SENTENCES,
    Verdict,
    verdict_of,
)
from app.certs.services import (
    flaw_answers,
    key_times,
    log_entries,
    own_codes,
    own_signatures,
    page_claims,
    second_seals,
    suspensions,
)
from app.certs.services.published_keys import certificate_keys
from app.certs.services.records import holder_index
from app.certs.services.verdict_view import Difference, VerdictView, nothing
from app.core import log_reading
from app.core.crypto import KeyRing, Vault, same
from app.core.log_reading import Place
from app.core.translog import Kind
from app.identity.rules.local_days import local_day

_NOBODY = "0" * 64  # compared where there is no such certificate


def by_text(
    db: Session, keys: KeyRing, text: str, *, hosts: Collection[str], now: dt.datetime
) -> VerdictView:
    """Check what was read from a code; `hosts` are those of our addresses, of today and before."""
    scanned = scan.read_text(text)
    if scanned is None:
        return flaw_answers.no_code(text, now)
    row = rows.by_public_id(db, scanned.public_id)
    issued = scan.read_text(row.qr_text) if row is not None else None
    if scanned.host not in hosts and (issued is None or scanned.host != issued.host):
        is_ours = row is not None or _is_by_us(keys, scanned)
        return flaw_answers.at_another_address(scanned.host, now, is_ours=is_ours)
    is_known = row is not None and row.ready_at is not None
    if scanned.is_coded and not own_codes.is_sealed(keys, scanned.seal):
        return _badly_coded(keys, scanned, row if is_known else None, now)
    if scanned.seal and (late := key_times.flaw_of_seal(keys, scanned.seal)):
        return flaw_answers.out_of_period(late, now)
    if row is None or not is_known:
        return flaw_answers.no_page(now)
    differences = _differences(row, scanned.seal) if scanned.seal else ()
    stated = scanned.seal.stated() if scanned.seal else None
    held = (stated["holder_name"], stated["holder_number"]) if stated else None
    view = _view(db, keys, row, differences, now, held)
    if stated is not None and differences:
        said = OTHER_CODE if stated["number"] != row.number else DIFFERS
        view = replace(view, sentence=said, finding="differs")
    return _with_successor(db, row, view) if scanned.seal else view


def by_public_id(db: Session, keys: KeyRing, public_id: str, *, now: dt.datetime) -> VerdictView:
    """Check a certificate by the id in its address."""
    row = rows.by_public_id(db, public_id) if scan.is_page_id(public_id) else None
    if row is None and numbers.normalise(public_id) is not None:
        return flaw_answers.no_code(public_id, now)
    if row is None or row.ready_at is None:
        return flaw_answers.no_page(now)
    return _view(db, keys, row, (), now)


def by_number(
    db: Session, vault: Vault, keys: KeyRing, number: str, name: str, *, now: dt.datetime
) -> VerdictView:
    """证书查询: number and name must both be right; a wrong one tells nothing about the other.

    An unknown number takes the same steps as a wrong name, so that the time tells nothing either.
    """
    normal = numbers.normalise(number)
    if normal is None:
        return flaw_answers.no_number(number, now)
    row = rows.by_number(db, normal)
    is_ready = row is not None and row.ready_at is not None
    held = row.holder_index if row is not None else _NOBODY
    is_theirs = same(held, holder_index(vault, normal, name))
    if row is None or not (is_ready and is_theirs):
        return flaw_answers.not_found(now)
    return _view(db, keys, row, (), now)


def by_facts(
    db: Session, keys: KeyRing, given: Mapping[str, Any], key_id: str, signature: str,
    *, second: SecondSeal | None = None, now: dt.datetime,
) -> VerdictView:  # fmt: skip
    """Check signed facts that somebody handed over, `second` with the signature by SM2 of them."""
    facts = CertificateFacts.from_mapping(given)
    if key_id not in certificate_keys(keys):
        # Another platform's may be of a version that there is not here.
        has_page = page_claims.is_known(db, str(given.get("public_id")))
        return flaw_answers.of_unknown_key(now, has_page=has_page)
    if facts is None or not own_signatures.is_signed(keys, facts, key_id, signature):
        return nothing(Verdict.ALTERED, now)
    if wrong := _badly_dated_or_sealed(keys, facts, key_id, second, now):
        return wrong
    row = rows.by_public_id(db, facts.public_id)
    if row is None or row.ready_at is None:
        return nothing(Verdict.UNKNOWN, now)
    if unlike := _unlike(facts, row, now):
        return unlike
    view = _view(db, keys, row, (), now, (facts.holder_name, facts.holder_number))
    return _with_successor(db, row, view)


def _badly_dated_or_sealed(
    keys: KeyRing, facts: CertificateFacts, key_id: str, second: SecondSeal | None, now: dt.datetime
) -> VerdictView | None:
    """The answer about facts that our key signed, not in its time or without the other one's."""
    if flaw := second_seals.flaw_of(keys, facts, second):
        return flaw_answers.badly_sealed(flaw, now)
    late = key_times.flaw_of_facts(keys, facts, key_id)
    return flaw_answers.out_of_period(late, now) if late else None


def _badly_coded(
    keys: KeyRing, scanned: Scanned, row: Certificate | None, now: dt.datetime
) -> VerdictView:
    """The answer about digits without a good signature of ours."""
    verdict = _unsealed(keys, scanned, row)
    is_foreign = scanned.seal is not None and not _is_by_us(keys, scanned)
    if is_foreign and verdict is not Verdict.INCOMPLETE:
        # Its address is ours, or it would not have come so far: it claims to be.
        return flaw_answers.of_unknown_key(now, has_page=True)
    return nothing(verdict, now)


def _unlike(facts: CertificateFacts, row: Certificate, now: dt.datetime) -> VerdictView | None:
    """The answer about facts that our key signed, and that are not the register's."""
    recorded, is_gone = CertificateFacts.from_mapping(row.facts), row.holder_gone_at is not None
    if recorded is None or not _is_same(facts, recorded, is_gone=is_gone):
        return flaw_answers.differing(now)
    is_hidden = names_nobody(facts) and not is_gone
    return flaw_answers.hiding_its_holder(now) if is_hidden else None


def _is_same(given: CertificateFacts, recorded: CertificateFacts, *, is_gone: bool) -> bool:
    """Tell whether two statements are one: a key that leaked can sign another under a number."""
    left, right = signed_facts(given), signed_facts(recorded)
    # In the first version the holder was signed in clear, and signed anew without.
    passed_over = {"holder_name", "holder_number"} if is_gone else set()
    return {k: v for k, v in left.items() if k not in passed_over} == {
        k: v for k, v in right.items() if k not in passed_over
    }


def _is_by_us(keys: KeyRing, scanned: Scanned) -> bool:
    """Tell whether digits name a key of ours, with or without a good signature."""
    return scanned.seal is not None and scanned.seal.key_id in certificate_keys(keys)


def _unsealed(keys: KeyRing, scanned: Scanned, row: Certificate | None) -> Verdict:
    """What digits without a good signature of ours are."""
    if row is None:
        return Verdict.ALTERED if _is_by_us(keys, scanned) else Verdict.UNKNOWN
    # What the paper of a holder who is gone bears is not known any more, nor where it was cut.
    is_gone = row.holder_gone_at is not None and scanned.seal is None
    is_cut = is_gone or scan.is_cut_short(scanned.digits, row.qr_text)
    return Verdict.INCOMPLETE if is_cut else Verdict.ALTERED


def _differences(row: Certificate, seal: Seal) -> tuple[Difference, ...]:
    """A code that we signed and that says something else than the record (an older issue)."""
    stated = seal.stated()
    if stated is None:
        return (Difference("message", "", ""),)
    # The paper of a holder who deleted their account still names them; the record does not.
    forgotten = {"holder_name", "holder_number"} if row.holder_gone_at is not None else set()
    return tuple(
        Difference(name, stated[name], str(row.facts[name]))
        for name in scan.FIELDS
        if name not in forgotten and stated[name] != row.facts[name]
    )


def _view(
    db: Session, keys: KeyRing, row: Certificate, differences: tuple[Difference, ...],
    now: dt.datetime, held: tuple[str, str] | None = None,
) -> VerdictView:  # fmt: skip
    """`held` is the holder as what was handed over names them."""
    facts = CertificateFacts.from_mapping(row.facts)
    place = log_reading.place_of(db, Kind.CERTIFICATE, row.id)
    look = _look(keys, row, facts, place)
    suspension = suspensions.in_force(db, [row.id], now=now).get(row.id)
    verdict = verdict_of(
        is_authentic=look.is_authentic and not differences,
        is_revoked=row.revoked_at is not None,
        is_suspended=suspension is not None,
        is_superseded=row.superseded_at is not None,
        expires_on=facts.expires_on if facts else "",
        today=local_day(now),
    )
    is_gone = row.holder_gone_at is not None
    stated = held if is_gone and held is not None and held[0] != NOBODY else None
    sentence = look.sentence or SENTENCES[verdict]
    if is_gone and verdict is Verdict.VALID:
        sentence = HOLDER_ON_PAPER if stated else HOLDER_GONE
    return VerdictView(
        verdict=verdict, sentence=sentence, facts=facts, stated_holder=stated,
        differences=differences,
        key_id=row.key_id, signature=row.signature, revoked_at=row.revoked_at,
        revoke_reason=row.revoke_reason, checked_at=now,
        suspended_until=suspension.ends_on if suspension else None,
        suspend_reason=suspension.reason if suspension else None,
        superseded_at=row.superseded_at, log_position=place.leaf.position if place else None,
        logged_since=place.since if place else None,
        sm2_key_id=facts.sm2 if facts is not None and look.seal is None else "",
        seal_flaw=look.seal, log_flaw=look.log, key_flaw=look.key,
        code_digest=b"" if is_gone or facts is None else _digest_of_code(row),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Look:
    """Whether the register's row is as it was signed and entered, and what is wrong, by kind."""

    is_authentic: bool
    seal: SealFlaw | None = None
    log: LogFlaw | None = None
    key: KeyFlaw | None = None

    @property
    def sentence(self) -> str | None:
        """What is said of the gravest flaw; None where the verdict's own sentence says it all."""
        if self.log is not None:
            return log_entry.SENTENCES[self.log]
        if self.key is not None:
            return key_rules.KEPT[self.key]
        return second_seal.SENTENCES[self.seal] if self.seal is not None else None


def _look(
    keys: KeyRing, row: Certificate, facts: CertificateFacts | None, place: Place | None
) -> _Look:
    """The record is held against its own signatures too: an altered database shows."""
    if facts is None:
        return _Look(is_authentic=False)
    seal = second_seals.flaw_kept(keys, facts, row.sm2_signature)
    log = log_entries.flaw_kept(row, facts, place.leaf if place else None)
    key = key_times.flaw_kept(keys, facts, row.key_id, place.since if place else None)
    is_as_signed = facts.number == row.number and own_signatures.is_signed(
        keys, facts, row.key_id, row.signature
    )
    return _Look(is_as_signed and (seal or log or key) is None, seal, log, key)


def _digest_of_code(row: Certificate) -> bytes:
    """Empty where the row's own code says something else than its facts: no page stands by it."""
    issued = scan.read_text(row.qr_text)
    if issued is None or issued.seal is None or _differences(row, issued.seal):
        return b""
    return hashlib.sha256(issued.digits.encode()).digest()


def _with_successor(db: Session, row: Certificate, view: VerdictView) -> VerdictView:
    """Whoever holds the old paper learns the number of the new one; nobody else does."""
    if view.verdict is not Verdict.SUPERSEDED:
        return view
    found = rows.successors_of(db, [row.id])
    return replace(view, successor_number=found[0].number) if found else view
