"""What may be stated of a certificate from elsewhere, and who may answer when."""

import datetime as dt
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.certs.rules import external, numbers
from app.certs.rules.external import Evidence
from app.certs.rules.verdicts import Verdict
from app.org.rules import stated_certificates as rules
from app.org.rules.stated_certificates import LIVE, StatedFlawError, StatedState
from tests.people import ALICE, CAROL

TODAY = dt.date(2026, 11, 24)
DAYS = st.dates(dt.date(1970, 1, 1), dt.date(2040, 1, 1))


def _evidence(**changes: object) -> Evidence:
    usual: dict[str, Any] = {
        "kind": rules.TRAINING, "title": "有限空间作业培训", "number": "川安培〔2026〕第 12 号",
        "issuer": "成都某培训学校", "issued_on": dt.date(2026, 3, 2), "valid_until": None,
    }  # fmt: skip
    return Evidence(**(usual | changes))


def _read(given_: Evidence, *, own: bool | None = None) -> Evidence:
    return rules.read(given_, today=TODAY, own_number=own)


def test_every_kind_of_others_may_be_stated_and_one_for_trainings() -> None:
    assert {code for code, _, _ in rules.kinds()} == {*external.NUMBERINGS, rules.TRAINING}
    assert all(name and hint for _, name, hint in rules.kinds())


@given(
    kind=st.sampled_from([*rules.KIND_NAMES, "driving", ""]),
    number=st.text(max_size=60), issued_on=DAYS, until=st.none() | DAYS, is_own=st.sampled_from(
        [True, False, None]
    ),
)  # fmt: skip
def test_whatever_is_typed_is_taken_once_or_named(
    kind: str,
    number: str,
    issued_on: dt.date,
    until: dt.date | None,
    is_own: bool | None,  # noqa: FBT001 -- generated
) -> None:
    typed = _evidence(kind=kind, number=number, issued_on=issued_on, valid_until=until)
    try:
        taken = _read(typed, own=is_own)
    except StatedFlawError as caught:
        flaw: StatedFlawError | None = caught
    else:
        flaw = None
    if flaw is not None:
        assert flaw.field in {"kind", "number", "issued_on", "valid_until"}
        assert flaw.sentence
        assert flaw.remedy
        return
    assert _read(taken, own=is_own) == taken, "the one spelling is taken as it is"
    assert taken.issued_on <= TODAY
    assert taken.valid_until is None or taken.valid_until > taken.issued_on


@given(
    words=st.text(
        st.characters(categories=["Lo", "Nd"]) | st.sampled_from("-〔〕第号 "), max_size=50
    )
)
def test_a_trainings_number_may_have_words(words: str) -> None:
    typed = _evidence(number=f"A{words}")
    assert _read(typed).number == " ".join(unicodedata.normalize("NFC", f"A{words}").split())


@pytest.mark.parametrize("number", ["——", "a\u202eb", "<b>", "=1+1", "12\u0007"])
def test_what_no_paper_bears_is_no_number(number: str) -> None:
    with pytest.raises(StatedFlawError) as caught:
        _read(_evidence(number=number))
    assert caught.value.field == "number"


def test_an_operators_number_is_the_persons_own_and_not_shown_whole() -> None:
    typed = _evidence(
        kind="special_operation", number=f"t {ALICE.number}", valid_until=dt.date(2032, 3, 1)
    )
    assert rules.own_number_of(typed.kind, typed.number) == ALICE.number
    taken = _read(typed, own=True)
    assert ALICE.number not in rules.shown_number(taken.kind, taken.number)
    assert rules.shown_number(taken.kind, taken.number)[-4:] == ALICE.number[-4:]
    with pytest.raises(StatedFlawError, match="不是这位员工"):
        _read(_evidence(kind="special_operation", number=f"T{CAROL.number}",
                        valid_until=dt.date(2032, 3, 1)), own=False)  # fmt: skip
    assert rules.own_number_of(rules.TRAINING, f"T{ALICE.number}") is None


def test_a_number_of_this_house_is_told_from_others() -> None:
    body = "ZZ51" + "510100" + "2026" + "00000001"
    number = body + numbers.check_character(body)
    assert rules.house_number(f" {number[:6]}-{number[6:].lower()} ") == number
    assert rules.house_number(number[:-1] + ("0" if number[-1] != "0" else "1")) is None


def test_who_said_yes_may_say_no_and_nobody_answers_what_has_ended() -> None:
    may = {
        (state, agrees) for state in StatedState for agrees in (True, False)
        if rules.may_answer(state, agrees=agrees)
    }  # fmt: skip
    assert may == {
        (StatedState.WAITING, True), (StatedState.WAITING, False), (StatedState.CONFIRMED, False),
    }  # fmt: skip
    assert set(rules.STATE_NAMES) == set(StatedState) > set(LIVE)


def test_every_verdict_on_a_paper_of_ours_has_its_words() -> None:
    silent = {Verdict.UNKNOWN, Verdict.INCOMPLETE}
    on = dt.date(2026, 1, 5)
    assert {each for each in Verdict if not rules.verdict_words(each.value, on)} == silent
    assert rules.verdict_words("", on) == ""
    said = rules.verdict_words("valid", on)
    assert said.startswith("登记时（2026-01-05）经查验"), "it may have been revoked since"
