"""Everything that leaves the house of one certificate, and ways to alter each of its parts."""

import copy
import datetime as dt
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from app import worker
from app.certs.models import Certificate
from app.certs.providers import signed_data, sm2_keys
from app.certs.rules import portraits, scan, second_seal
from app.certs.rules.facts import CertificateFacts, message_of, without_holder
from app.certs.rules.second_seal import SecondSeal
from app.certs.services import handed_over, kept_papers, verification
from app.certs.services.artefacts import record_file
from app.certs.services.handed_over import Keys
from app.core import log_reading
from app.core.crypto import b64url
from app.core.translog import Kind
from app.identity.services import people, person_keys
from app.lobby import former
from app.lobby.parts import Parts
from tests import finished, pictures

_SIGNATURE = b"/Contents <"
"""Where it begins, before the range that it covers."""
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256."""
FOREIGN = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)


@dataclass(frozen=True, slots=True)
class Issued:
    """One certificate's artefacts. `name` is the holder's in full."""

    certificate_id: str
    public_id: str
    number: str
    name: str
    text: str
    facts: CertificateFacts
    key_id: str
    signature: str
    pdf: bytes
    png: bytes
    credential: bytes
    record: bytes

    @property
    def second(self) -> SecondSeal | None:
        return second_seal.read(json.loads(self.record).get(second_seal.BESIDE))

    @property
    def digits(self) -> str:
        return self.text.partition("#")[2]

    @property
    def page(self) -> str:
        return self.text.partition("#")[0]


def take(parts: Parts, enrolment_id: str) -> Issued:
    """Fetch all artefacts of an issued certificate."""
    now = parts.clock.now()
    with parts.database.transaction() as db:
        row = db.query(Certificate).filter_by(enrolment_id=enrolment_id).one()
        assert row.ready_at is not None
        holder = people.full(
            db, parts.vault, row.learner_id, purpose="test", actor_id=None, now=now
        )
        own = person_keys.sealing_vault_of(db, parts.vault, row.learner_id, now=now)
        proof = log_reading.prove_inclusion(db, Kind.CERTIFICATE, row.id)
        record = json.dumps(record_file(row, proof)).encode()
        facts = CertificateFacts.from_mapping(row.facts)
        assert facts is not None
        pdf, png, credential = (
            kept_papers.read(own, parts.storage, kept_papers.papers_of(row), kind)
            for kind in kept_papers.KINDS
        )
        return Issued(
            row.id, row.public_id, row.number, holder.name, row.qr_text, facts, row.key_id,
            row.signature, pdf, png, credential, record,
        )  # fmt: skip


def with_the_twin_signature(pdf: bytes) -> bytes:
    """The same document under the other number that ECDSA takes for the same: (r, n - s).

    Anybody can make it, without any key.
    """
    start = pdf.rindex(_SIGNATURE) + len(_SIGNATURE)
    end = pdf.index(b">", start)
    padded = bytes.fromhex(pdf[start:end].decode())
    signed = signed_data.read(padded[: 4 + int.from_bytes(padded[2:4])])
    assert signed is not None
    r, s = decode_dss_signature(signed.signature)
    other = replace(signed, signature=encode_dss_signature(r, _ORDER - s)).to_der()
    return pdf[:start] + other.hex().upper().encode().ljust(end - start, b"0") + pdf[end:]


def issue_one(parts: Parts) -> Issued:
    """The certificate of somebody who has just finished a course."""
    [course] = finished.courses(parts, codes=("usual",))
    person = finished.finish(parts, course, "赵码", 90_000)
    worker.drain(parts)
    return take(parts, person.enrolment_id)


@dataclass(frozen=True, slots=True)
class Asking:
    """A verifier's ways to ask on line, each gives the verdict."""

    parts: Parts
    now: dt.datetime

    def text(self, text: str) -> str:
        with self.parts.database.reading() as db:
            hosts = former.hosts(self.parts.settings)
            return verification.by_text(
                db, self.parts.keys, text, hosts=hosts, now=self.now
            ).verdict  # fmt: skip

    def address(self, public_id: str) -> str:
        with self.parts.database.reading() as db:
            return verification.by_public_id(db, self.parts.keys, public_id, now=self.now).verdict

    def name(self, number: str, name: str) -> str:
        parts = self.parts
        with parts.database.reading() as db:
            return verification.by_number(
                db, parts.vault, parts.keys, number, name, now=self.now
            ).verdict

    def facts(
        self, facts: CertificateFacts, key_id: str, signature: str,
        second: SecondSeal | None = None,
    ) -> str:  # fmt: skip
        with self.parts.database.reading() as db:
            return verification.by_facts(
                db, self.parts.keys, facts.to_mapping(), key_id, signature, second=second,
                now=self.now,
            ).verdict  # fmt: skip

    def file(self, content: bytes) -> str:
        with self.parts.database.reading() as db:
            keys, address = Keys(self.parts.keys, self.parts.log), self.parts.settings.public_url
            return handed_over.check(db, keys, content, address=address, now=self.now).view.verdict

    def all_of(self, one: Issued) -> dict[str, str]:
        """The verdict by every artefact."""
        return {
            "code": self.text(one.text), "page": self.address(one.public_id),
            "number and name": self.name(one.number, one.name),
            "facts": self.facts(one.facts, one.key_id, one.signature, one.second),
            "pdf": self.file(one.pdf), "credential": self.file(one.credential),
            "record": self.file(one.record),
        }  # fmt: skip


class Verifier(Protocol):
    """Whoever is shown something, on line or off.

    `parts` are the house's, for those who have its keys.
    """

    @property
    def parts(self) -> Parts: ...
    def text(self, text: str) -> str: ...
    def facts(
        self, facts: CertificateFacts, key_id: str, signature: str,
        second: SecondSeal | None = None,
    ) -> str: ...  # fmt: skip
    def file(self, content: bytes) -> str: ...


class Register(Verifier, Protocol):
    """Whoever is on line, and can be asked of what nobody shows."""

    def address(self, public_id: str) -> str: ...
    def name(self, number: str, name: str) -> str: ...


Alteration = Callable[[Verifier, Issued, Issued, random.Random], str]
Question = Callable[[Register, Issued, Issued, random.Random], str]


def _digit(ask: Verifier, one: Issued, _: Issued, chance: random.Random) -> str:
    place = chance.randrange(len(one.digits))
    other = str((int(one.digits[place]) + chance.randrange(1, 10)) % 10)
    digits = one.digits[:place] + other + one.digits[place + 1 :]
    return ask.text(f"{one.page}#{digits}")


def _cut(ask: Verifier, one: Issued, _: Issued, chance: random.Random) -> str:
    return ask.text(f"{one.page}#{one.digits[: chance.randrange(1, len(one.digits))]}")


def _other_code(ask: Verifier, one: Issued, other: Issued, _: random.Random) -> str:
    return ask.text(f"{one.page}#{other.digits}")


def _other_key_in_code(ask: Verifier, one: Issued, _: Issued, chance: random.Random) -> str:
    seal = scan.read_digits(one.digits)
    assert seal is not None
    unknown = replace(seal, key_id=f"{chance.randrange(2**32):08x}")
    return ask.text(f"{one.page}#{scan.to_digits(unknown)}")


def _forged_code(ask: Verifier, one: Issued, _: Issued, __: random.Random) -> str:
    """Signed by somebody, under the id of our key."""
    seal = scan.read_digits(one.digits)
    assert seal is not None
    forged = replace(seal, signature=FOREIGN.sign(seal.signed))
    return ask.text(f"{one.page}#{scan.to_digits(forged)}")


def _pdf_byte(ask: Verifier, one: Issued, _: Issued, chance: random.Random) -> str:
    """From the first byte to where the signature stands."""
    return _flipped(ask, one.pdf, 0, one.pdf.rindex(_SIGNATURE), chance)


def _signature_byte(ask: Verifier, one: Issued, _: Issued, chance: random.Random) -> str:
    """From where the signature stands to the end: it may not be one any more."""
    return _flipped(ask, one.pdf, one.pdf.rindex(_SIGNATURE), len(one.pdf), chance)


def _flipped(ask: Verifier, pdf: bytes, begin: int, end: int, chance: random.Random) -> str:
    altered = bytearray(pdf)
    altered[chance.randrange(begin, end)] ^= 1 << chance.randrange(8)
    return ask.file(bytes(altered))


def _pdf_appended(ask: Verifier, one: Issued, _: Issued, chance: random.Random) -> str:
    return ask.file(one.pdf + b"% " + str(chance.random()).encode() + b"\n%%EOF\n")


def _pdf_cut(ask: Verifier, one: Issued, _: Issued, chance: random.Random) -> str:
    return ask.file(one.pdf[: chance.randrange(20, len(one.pdf) - 1)])


def _other_portrait(ask: Verifier, one: Issued, _: Issued, chance: random.Random) -> str:
    """Another face in the place of the holder's; one put on where there was none."""
    if not one.facts.portrait:
        place = chance.randrange(20, 200)
        return ask.file(one.pdf[:place] + b"/Subtype/Image" + one.pdf[place + 14 :])
    own = portraits.pictures_in(one.pdf)[0]
    return ask.file(pictures.swapped(one.pdf, pictures.jpeg(4711)[: len(own) - 9]))


def _changed(content: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    document = copy.deepcopy(json.loads(content))
    change(document)
    return json.dumps(document, ensure_ascii=False).encode()


def _credential_value(ask: Verifier, one: Issued, _: Issued, chance: random.Random) -> str:
    """One value of the credential another: number, name, hours, validity, where its status is."""

    def change(document: dict[str, Any]) -> None:
        subject = document["credentialSubject"]
        ways: list[tuple[dict[str, Any], str, Any]] = [
            (subject, "licenseNumber", "ZZ515101002026000001"),
            (subject["achievement"], "name", "别的课程"),
            (document, "validFrom", "2020-01-01T00:00:00Z"),
            (document["credentialStatus"], "statusListIndex", "5"),
            (subject["result"][0], "value", "999"),
        ]
        where, name, value = chance.choice(ways)
        where[name] = value

    return ask.file(_changed(one.credential, change))


def _proof_value(ask: Verifier, one: Issued, _: Issued, __: random.Random) -> str:
    def change(document: dict[str, Any]) -> None:
        document["proof"][0]["created"] = "2020-01-01T00:00:00Z"

    return ask.file(_changed(one.credential, change))


def _undefined_term(ask: Verifier, one: Issued, _: Issued, __: random.Random) -> str:
    def change(document: dict[str, Any]) -> None:
        document["credentialSubject"]["grade"] = "优秀"

    return ask.file(_changed(one.credential, change))


def _other_proof(ask: Verifier, one: Issued, other: Issued, _: random.Random) -> str:
    def change(document: dict[str, Any]) -> None:
        document["proof"] = json.loads(other.credential)["proof"]

    return ask.file(_changed(one.credential, change))


def _one_proof(ask: Verifier, one: Issued, _: Issued, chance: random.Random) -> str:
    def change(document: dict[str, Any]) -> None:
        del document["proof"][chance.randrange(2)]

    return ask.file(_changed(one.credential, change))


def _fact(ask: Verifier, one: Issued, _: Issued, chance: random.Random) -> str:
    values = one.facts.to_mapping()
    name = chance.choice([each for each in values if each not in {"version", "public_id"}])
    other = values[name] + 1 if isinstance(values[name], int) else f"{values[name]}x"
    altered = CertificateFacts.from_mapping(values | {name: other})
    assert altered is not None
    return ask.facts(altered, one.key_id, one.signature, one.second)


def _other_record(ask: Verifier, one: Issued, other: Issued, _: random.Random) -> str:
    def change(document: dict[str, Any]) -> None:
        document["facts"] = other.facts.to_mapping()

    return ask.file(_changed(one.record, change))


def _other_holder(ask: Verifier, one: Issued, other: Issued, _: random.Random) -> str:
    facts = replace(
        one.facts, holder_name=other.facts.holder_name + "某", holder_salt=other.facts.holder_salt
    )
    return ask.facts(facts, one.key_id, one.signature, one.second)


def _hidden_holder(ask: Verifier, one: Issued, _: Issued, __: random.Random) -> str:
    """As the record of somebody who left, by whoever shows another's."""

    def change(document: dict[str, Any]) -> None:
        facts = CertificateFacts.from_mapping(document["facts"])
        assert facts is not None
        document["facts"] = without_holder(facts).to_mapping()

    return ask.file(_changed(one.record, change))


def _used_number(ask: Verifier, one: Issued, other: Issued, _: random.Random) -> str:
    """Our key signs a second statement under a number that is taken: a leak, or a backup."""
    facts = replace(other.facts, public_id=one.public_id, number=one.number)
    signer, message = ask.parts.keys.signer("certificates"), message_of(facts)
    seal = b64url(sm2_keys.newest(ask.parts.keys).sign(message)) if facts.sm2 else None
    second = SecondSeal(facts.sm2, seal) if seal is not None else None
    return ask.facts(facts, signer.key_id, b64url(signer.sign(message)), second)


def _wrong_key(ask: Verifier, one: Issued, _: Issued, __: random.Random) -> str:
    forged = b64url(FOREIGN.sign(message_of(one.facts)))
    return ask.facts(one.facts, one.key_id, forged, one.second)


def _unknown_key(ask: Verifier, one: Issued, _: Issued, __: random.Random) -> str:
    forged = b64url(FOREIGN.sign(message_of(one.facts)))
    return ask.facts(one.facts, "0badc0de", forged, one.second)


def _second_too_few_or_many(ask: Verifier, one: Issued, _: Issued, __: random.Random) -> str:
    """Taken away where the facts name one, put on where they do not."""

    def change(document: dict[str, Any]) -> None:
        if document.pop("sm2", None) is None:
            document["sm2"] = {"key_id": "0badc0de", "signature": "A" * 86}

    return ask.file(_changed(one.record, change))


def _second_of_another(ask: Verifier, one: Issued, _: Issued, __: random.Random) -> str:
    """By our own key, under its own name, over something else."""

    def change(document: dict[str, Any]) -> None:
        key = sm2_keys.newest(ask.parts.keys)
        named = document["facts"].get("sm2", key.key_id)
        document["sm2"] = {"key_id": named, "signature": b64url(key.sign(b"else"))}

    return ask.file(_changed(one.record, change))


def _wrong_name(ask: Register, one: Issued, other: Issued, _: random.Random) -> str:
    return ask.name(one.number, other.name + "某")


def _unknown_page(ask: Register, _: Issued, __: Issued, chance: random.Random) -> str:
    return ask.address(f"{chance.randrange(10**15):016d}")


def _cut_record(ask: Verifier, one: Issued, _: Issued, chance: random.Random) -> str:
    return ask.file(one.record[: chance.randrange(1, len(one.record))])


ALTERATIONS: dict[str, tuple[Alteration, str]] = {
    "a digit of the code": (_digit, "altered"),
    "a code that was not read whole": (_cut, "incomplete"),
    "another certificate's code": (_other_code, "altered"),
    "an unknown key in the code": (_other_key_in_code, "altered"),
    "a code signed by a wrong key": (_forged_code, "altered"),
    "a bit of the document": (_pdf_byte, "altered"),
    "a bit of the signature": (_signature_byte, "altered or unknown"),
    "a swapped portrait": (_other_portrait, "altered"),
    "something behind the document": (_pdf_appended, "altered"),
    "a document that was cut short": (_pdf_cut, "unknown"),
    "a value of the credential": (_credential_value, "altered"),
    "a value of a proof": (_proof_value, "altered"),
    "an undefined term": (_undefined_term, "altered"),
    "another credential's proofs": (_other_proof, "altered"),
    "one proof taken away": (_one_proof, "unknown"),
    "a fact of the record": (_fact, "altered"),
    "other facts in the record": (_other_record, "altered"),
    "another holder": (_other_holder, "altered"),
    "a hidden holder": (_hidden_holder, "altered"),
    "a number that is taken": (_used_number, "altered"),
    "a wrong key": (_wrong_key, "altered"),
    "an unknown key": (_unknown_key, "altered"),
    "a second signature too few or too many": (_second_too_few_or_many, "altered"),
    "a second signature that is another's": (_second_of_another, "altered"),
    "half a record": (_cut_record, "unknown"),
}
"""Whatever is altered of an artefact, and what whoever asks on line is told."""
ASKED_ON_LINE: dict[str, tuple[Question, str]] = {
    **ALTERATIONS,
    "a wrong name": (_wrong_name, "unknown"),
    "a page that is none": (_unknown_page, "unknown"),
}
"""Those, and what only the register is asked."""
