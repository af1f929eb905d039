"""Numbers, canonical bytes, codes and verdicts, by examples and by generated inputs."""

import datetime as dt
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from app.certs.rules import scan
from app.certs.rules.facts import (
    CertificateFacts,
    canonical,
    expiry,
    holder_digest,
    is_holder_true,
    message_of,
    record_bytes,
    without_holder,
)
from app.certs.rules.numbers import (
    check_character,
    is_like_ours,
    is_of_a_proof,
    make_number,
    normalise,
)
from app.certs.rules.scan import Seal
from app.core.crypto import b64url, from_b64url
from app.core.signatures import verify_ed25519

FACTS = CertificateFacts(
    version=1, public_id="AbCdEfGhIjKlMnOp", number=make_number(2026, 7), type="培训合格证书",
    holder_name="李*梅", holder_number="5101**********0028", commitment="c" * 64,
    programme="四川省职业技能提升行动", course="安全生产入门", cluster="数字经济",
    institution="成都实学培训中心", hours="3.33", study_ms=9_000_000, hour_s=2700, score=85,
    started_on="2026-11-01", completed_on="2026-11-24", issued_at="2026-11-24T02:00:00+00:00",
    expires_on="2029-11-24", policy="p" * 16, basis="", evidence="e" * 64,
)  # fmt: skip


def test_the_check_character_of_the_standard() -> None:
    assert check_character("A12425GABC1234002") == "M"


@given(st.integers(2020, 2099), st.integers(1, 99_999_999))
def test_a_number_reads_back_and_one_slip_is_caught(year: int, serial: int) -> None:
    number = make_number(year, serial)
    assert normalise(f" {number[:8]}-{number[8:].lower()} ") == number
    for place in range(4, len(number) - 1):
        other = str((int(number[place]) + 1) % 10)
        assert normalise(number[:place] + other + number[place + 1 :]) is None


def test_full_width_letters_and_digits_are_the_plain_ones() -> None:
    number = make_number(2026, 7)
    wide = "".join(chr(ord(char) + 0xFEE0) for char in number)
    assert normalise(f"{wide[:4]}－{wide[4:]}　") == number
    assert normalise(number[:4] + "٠" * 18 + "0") is None


@pytest.mark.parametrize(
    "dash", ["-", "－", "——", "–", "‐", "‑", "−", "\u3000", "\u200b", "\ufeff"]
)
def test_whatever_dash_a_keyboard_types_between_the_parts_is_left_out(dash: str) -> None:
    """A Chinese one types —— and －; what is copied may bring signs that nobody sees."""
    number = make_number(2026, 7)
    assert normalise(dash.join([number[:4].lower(), number[4:10], number[10:]])) == number
    assert is_of_a_proof(f"xs{dash}2026")


@pytest.mark.parametrize(
    "text", ["", "张三", "2026-001", "https://a.example/v/AbCdEfGhIjKl", "ＺＺ", "五一"]
)
def test_what_is_no_number_at_all_is_told_from_one_that_was_copied_wrongly(text: str) -> None:
    assert normalise(text) is None
    assert not is_like_ours(text)
    assert is_like_ours(make_number(2026, 7)[:-3])
    assert is_like_ours("ｚｚ５１ 51")


@pytest.mark.parametrize("text", ["XS202611240000015", " xs 2026", "ＸＳ２０２６"])
def test_the_number_of_a_proof_is_known_by_its_beginning(text: str) -> None:
    assert is_of_a_proof(text)
    assert not is_of_a_proof(make_number(2026, 7))


def test_digits_that_are_cut_short_are_not_altered_ones() -> None:
    issued = "https://x.example/v/AbCdEfGhIjKl#123456"
    assert scan.is_cut_short("1", issued)
    assert scan.is_cut_short("12345", issued)
    assert not scan.is_cut_short("123456", issued)
    assert not scan.is_cut_short("12346", issued)
    assert not scan.is_cut_short("1234567", issued)


def test_a_year_has_so_many_numbers_and_no_more() -> None:
    with pytest.raises(ValueError, match="used up"):
        make_number(2026, 100_000_000)


def test_facts_read_back_and_refuse_other_shapes() -> None:
    stored = FACTS.to_mapping()
    assert CertificateFacts.from_mapping(stored) == FACTS
    assert CertificateFacts.from_mapping(stored | {"score": "85"}) is None
    assert CertificateFacts.from_mapping(stored | {"score": True}) is None
    assert CertificateFacts.from_mapping(stored | {"extra": 1}) is None
    assert CertificateFacts.from_mapping({}) is None


def test_canonical_bytes_are_those_of_rfc_8785() -> None:
    text = canonical(FACTS).decode()
    assert list(json.loads(text)) == sorted(FACTS.to_mapping())
    assert '"course":"安全生产入门"' in text
    assert ": " not in text


@given(st.binary(min_size=64, max_size=64), st.binary(min_size=1, max_size=400))
def test_digits_read_back(signature: bytes, message: bytes) -> None:
    seal = Seal("0a0b0c0d", signature, message)
    digits = scan.to_digits(seal)
    assert digits.isdigit()
    assert scan.read_digits(digits) == seal
    found = scan.read_text(scan.text_of("https://x.example:8", "AbCdEfGhIjKl", digits))
    assert found == scan.Scanned("x.example:8", "AbCdEfGhIjKl", digits=digits, seal=seal)


_PAGE = "://x.example/v/AbCdEfGhIjKl"


@pytest.mark.parametrize(
    "text",
    [
        f"HTTPS{_PAGE}#12", f"https{_PAGE}?from=wechat#12", f"https{_PAGE}?x=/v/AbCdEfGhIjKm#12",
        f"https{_PAGE}＃12", f"HTTPS{_PAGE}?a＃12", "HTTP://X.Example:80/v/AbCdEfGhIjKl#12",
        f"https{_PAGE}%2312", f"https{_PAGE}?from=wechat%2312", f"https{_PAGE}%ef%bc%8312",
    ],
)  # fmt: skip
def test_what_is_put_into_an_address_on_the_way_says_nothing(text: str) -> None:
    assert scan.read_text(text) == scan.read_text(f"https{_PAGE}#12")
    # Ours are printed without any of it.
    assert not scan.is_printed(text)
    assert scan.is_printed(f"https{_PAGE}#12")


def test_an_address_may_have_no_code_or_none_left() -> None:
    cut, bare = scan.read_text(f"https{_PAGE}?a#"), scan.read_text(f"https{_PAGE}")
    assert cut is not None
    assert (cut.digits, cut.is_coded) == ("", True)
    assert bare == replace(cut, is_coded=False)
    for text in (f"https{_PAGE}#12#12", f"https{_PAGE}#1２", f"https{_PAGE}?a b#12"):
        assert scan.read_text(text) is None


@pytest.mark.parametrize("sign", ["＃", "%23", "%EF%BC%83", "#"])
def test_a_path_that_took_the_code_along(sign: str) -> None:
    assert scan.read_opened(f"AbCdEfGhIjKl{sign}12") == ("AbCdEfGhIjKl", "12")
    assert scan.read_opened(f"AbCdEfGhIjKl{sign}") == ("AbCdEfGhIjKl", "")
    for other in ("12x", "1２", "1\n", "1" * 4001):
        assert scan.read_opened(f"AbCdEfGhIjKl{sign}{other}") is None
    assert scan.read_opened(f"//evil.example/{sign}12") is None


@pytest.mark.parametrize("digits", ["0", "1", "257", "9" * 100])
def test_broken_digits_are_no_seal(digits: str) -> None:
    assert scan.read_digits(digits) is None


@pytest.mark.parametrize(
    "text", ["", "hello", "https://x.example/w/AbCdEfGhIjKl", "https://x.example/v/short"]
)
def test_other_texts_are_not_ours(text: str) -> None:
    assert scan.read_text(text) is None


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (dt.date(2026, 11, 24), 36, "2029-11-24"),
        (dt.date(2024, 2, 29), 12, "2025-02-28"),
        (dt.date(2026, 10, 31), 1, "2026-11-30"),
        (dt.date(2026, 12, 15), 12, "2027-12-15"),
        (dt.date(2026, 1, 1), None, ""),
    ],
)
def test_validity_ends_on_a_day_that_exists(start: dt.date, months: int | None, end: str) -> None:
    assert expiry(start, months) == end


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_what_was_ever_issued_stays_good(version: int) -> None:
    """frontend/tests/seal.test.ts reads the same ones."""
    path = Path(__file__).parents[2] / f"golden/certificate-{version}.json"
    vector = json.loads(path.read_text("utf-8"))
    facts = CertificateFacts.from_mapping(vector["facts"])
    assert facts is not None
    [(key_id, key)] = vector["keys"].items()
    scanned = scan.read_text(vector["text"])
    assert scanned is not None
    seal = scanned.seal
    assert seal is not None
    assert (seal.key_id, seal.form) == (key_id, min(version, 2))
    assert verify_ed25519(from_b64url(key), seal.signature, seal.signed)
    assert verify_ed25519(from_b64url(key), from_b64url(vector["signature"]), message_of(facts))
    assert is_holder_true(facts)
    assert list((seal.stated() or {}).values()) == vector["values"]


@pytest.mark.parametrize("version", [2, 3, 4])
def test_the_second_form_is_made_again_to_the_byte(version: int) -> None:
    path = Path(__file__).parents[2] / f"golden/certificate-{version}.json"
    vector = json.loads(path.read_text("utf-8"))
    facts = CertificateFacts.from_mapping(vector["facts"])
    assert facts is not None
    key = Ed25519PrivateKey.from_private_bytes(from_b64url(vector["seed"]))
    signature, [key_id] = b64url(key.sign(message_of(facts))), vector["keys"]
    minimum = scan.minimum_of(facts)
    seal = Seal(key_id, key.sign(scan.SIGNED_AS[scan.FORM] + minimum), minimum)
    text = scan.text_of("https://shixue.example", facts.public_id, scan.to_digits(seal))
    assert (signature, text) == (vector["signature"], vector["text"])
    record = record_bytes(facts, key_id, signature)
    assert hashlib.sha256(record).hexdigest() == vector["record_sha256"]


def test_nothing_of_the_holder_is_signed_and_nobody_else_is_shown() -> None:
    salt, digest = "s" * 22, holder_digest("s" * 22, FACTS.holder_name, FACTS.holder_number)
    facts = replace(FACTS, version=2, holder=digest, holder_salt=salt)
    assert is_holder_true(facts)
    for name in (FACTS.holder_name, FACTS.holder_number, salt):
        assert name.encode() not in message_of(facts) + record_bytes(facts, "k", "s")
    gone = without_holder(facts)
    assert is_holder_true(gone)
    assert message_of(gone) == message_of(facts)
    for changed in (
        {"holder_name": "马*洛"}, {"holder_number": ""}, {"holder_salt": "t" * 22},
        {"holder": "0" * 64}, {"holder_salt": ""},
    ):  # fmt: skip
        assert not is_holder_true(replace(facts, **changed))
    assert not is_holder_true(replace(gone, holder_name="马*洛"))


@given(st.binary(max_size=300), st.sampled_from([1, 2]))
def test_a_message_of_anything_states_its_fields_or_nothing(message: bytes, form: int) -> None:
    stated = Seal("0a0b0c0d", bytes(64), message, form).stated()
    assert stated is None or list(stated) == list(scan.FIELDS)
