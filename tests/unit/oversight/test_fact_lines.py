"""What a case says in words, and which decisions want two people."""

import datetime as dt

import pytest

from app.identity.rules.cases import DECISIONS, CaseKind, Decision, needs_reading, needs_second
from app.identity.rules.registry import RegistryOutcome
from app.oversight.rules.decisions import decision_name
from app.oversight.rules.fact_lines import fact_lines, is_overdue


@pytest.mark.parametrize("outcome", RegistryOutcome)
def test_a_name_that_the_registry_denied_wants_two(outcome: RegistryOutcome) -> None:
    is_denied = outcome in {
        RegistryOutcome.MISMATCH, RegistryOutcome.BAD_ID, RegistryOutcome.BAD_NAME,
    }  # fmt: skip
    kind = CaseKind.IDENTITY_REVIEW
    assert needs_second(kind, Decision.APPROVE, outcome.value) is is_denied
    assert not needs_second(kind, Decision.REJECT, outcome.value)


def test_taking_away_wants_two_and_refusing_wants_one() -> None:
    grave = {
        (kind, decision)
        for kind in CaseKind
        for decision in DECISIONS[kind]
        if needs_second(kind, decision, "")
    }
    assert grave == {
        (CaseKind.NUMBER_HELD, Decision.APPROVE),
        (CaseKind.IDENTITY_WITHDRAWAL, Decision.REVOKE),
        (CaseKind.CERTIFICATE_REVOCATION, Decision.REVOKE),
        (CaseKind.CERTIFICATE_REISSUE, Decision.APPROVE),
        (CaseKind.POLICY_CHANGE, Decision.APPROVE),
        (CaseKind.ROLE_CHANGE, Decision.APPROVE),
        (CaseKind.PHONE_CHANGE, Decision.APPROVE),
        (CaseKind.PHONE_CHANGE, Decision.REJECT),
        (CaseKind.EXAM_REVIEW, Decision.VOID),
    }
    # Where another face was seen, letting the result stand is as grave as taking it away.
    assert needs_second(CaseKind.EXAM_REVIEW, Decision.RELEASE, "wrong_face")
    assert not needs_second(CaseKind.EXAM_REVIEW, Decision.RELEASE, "missed")
    assert needs_reading(CaseKind.NUMBER_HELD, Decision.APPROVE)
    assert not needs_reading(CaseKind.NUMBER_HELD, Decision.REJECT)
    assert not needs_reading(CaseKind.APPEAL, Decision.APPROVE)


def test_facts_are_said_in_words_and_ids_are_not_said() -> None:
    facts = {
        "reason": "wrong_face", "forfeited_ms": 61_000, "session_id": "0" * 26, "text": "sealed",
        "outcome": "mismatch", "subject": "cut", "fault": "missing glyph", "number": "ZZ51",
    }  # fmt: skip
    lines = dict(fact_lines(CaseKind.CERTIFICATE_REVOCATION, facts))
    assert lines == {
        "人口库的最后答复": "姓名与号码不一致",
        "原因": "核对时不是本人，请本人完成一次身份核对。",
        "申诉的是": "一段未计入的时间",
        "未计入": "1 分 1 秒",
        "出证问题": "missing glyph",
        "证书编号": "ZZ51",
    }


def test_every_decision_has_a_name() -> None:
    for kind in CaseKind:
        for decision in (*DECISIONS[kind], Decision.WITHDRAW):
            assert decision_name(kind, decision)


def test_a_day_is_over_when_it_has_passed() -> None:
    today = dt.date(2026, 12, 15)
    assert not is_overdue("", today)
    assert not is_overdue("2026-12-15", today)
    assert is_overdue("2026-12-14", today)
