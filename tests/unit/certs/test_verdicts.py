"""What is said of a certificate: the worst that is true, whatever else is."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.certs.rules import portraits, second_seal, suspensions
from app.certs.rules.proof_flaws import Fault, flaw_at
from app.certs.rules.verdicts import OTHER_CODE, SENTENCES, Verdict, verdict_of
from app.web.verifying import _LOOKS

DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2060, 12, 31))
# The worst first.
ORDER = (
    Verdict.ALTERED, Verdict.REVOKED, Verdict.SUSPENDED, Verdict.SUPERSEDED, Verdict.EXPIRED,
    Verdict.VALID,
)  # fmt: skip


@given(
    is_authentic=st.booleans(), is_revoked=st.booleans(), is_suspended=st.booleans(),
    is_superseded=st.booleans(), last=st.none() | DAYS, today=DAYS,
)  # fmt: skip
def test_the_worst_that_is_true_is_said(
    *, is_authentic: bool, is_revoked: bool, is_suspended: bool, is_superseded: bool,
    last: dt.date | None, today: dt.date,
) -> None:  # fmt: skip
    found = verdict_of(
        is_authentic=is_authentic, is_revoked=is_revoked, is_suspended=is_suspended,
        is_superseded=is_superseded, expires_on=last.isoformat() if last else "", today=today,
    )  # fmt: skip
    true = {
        Verdict.ALTERED: not is_authentic, Verdict.REVOKED: is_revoked,
        Verdict.SUSPENDED: is_suspended, Verdict.SUPERSEDED: is_superseded,
        Verdict.EXPIRED: last is not None and last < today, Verdict.VALID: True,
    }  # fmt: skip
    assert found is next(each for each in ORDER if true[each])


@given(first=DAYS, later=st.integers(-400, 400), is_lifted=st.booleans())
def test_a_suspension_holds_to_its_last_day_and_no_longer(
    *, first: dt.date, later: int, is_lifted: bool
) -> None:
    last = suspensions.last_day(first)
    today = first + dt.timedelta(days=later)
    holds = suspensions.is_in_force(ends_on=last, is_lifted=is_lifted, today=today)
    assert holds == (not is_lifted and later <= 14)


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_its_sentence_and_its_look(verdict: Verdict) -> None:
    assert SENTENCES[verdict].endswith("。")
    assert len(_LOOKS[verdict]) == 3


@pytest.mark.parametrize(
    "sentence",
    [
        *(flaw_at(fault, "").sentence for fault in Fault),
        *second_seal.SENTENCES.values(), *portraits.SENTENCES.values(), OTHER_CODE,
    ],
)  # fmt: skip
def test_who_is_told_not_to_believe_it_is_told_what_to_do(sentence: str) -> None:
    assert "请" in sentence.replace("请勿采信", "")
