"""What a case's facts say, in words: no code of a program is shown to a reviewer."""

import datetime as dt
from collections.abc import Mapping

from app.identity.rules.cases import CaseKind
from app.identity.rules.local_days import SHANGHAI
from app.identity.rules.phone_changes import DESK_REASONS, KIND_NAMES, WAY_NAMES
from app.identity.rules.registry import OUTCOME_NAMES
from app.learning.rules.policy_fields import FIELDS, said
from app.learning.rules.wording import HOLDS, amount

_OUTCOMES = {outcome.value: name for outcome, name in OUTCOME_NAMES.items()}
_HOLDS = {hold.value: sentence for hold, sentence in HOLDS.items()}
_GONE = "已过保存期限"
_OF_CERTIFICATES = {
    CaseKind.CERTIFICATE_REVOCATION, CaseKind.CERTIFICATE_REISSUE, CaseKind.CERTIFICATE_VOID,
    CaseKind.COMPLAINT,
}  # fmt: skip
_SUBJECTS = {"cut": "一段未计入的时间", "hold": "一次学习暂停"}


def fact_lines(kind: CaseKind, facts: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Name and words of each fact that is for reading; sealed ones and ids are not among them."""
    if kind in (CaseKind.POLICY_CHANGE, CaseKind.PHONE_CHANGE):
        return _policy_lines(facts) if kind is CaseKind.POLICY_CHANGE else _phone_lines(facts)
    found = _check_lines(facts)
    if (reason := facts.get("reason")) is not None:
        found.append(("原因", _HOLDS.get(str(reason), str(reason))))
    found += _risk_lines(facts)
    if (subject := facts.get("subject")) is not None:
        found.append(("申诉的是", _SUBJECTS.get(str(subject), str(subject))))
    if isinstance(forfeited_ms := facts.get("forfeited_ms"), int) and forfeited_ms:
        found.append(("未计入", amount(forfeited_ms)))
    if (fault := facts.get("fault")) is not None:
        found.append(("出证问题", str(fault)))
    if (number := facts.get("number")) is not None and kind in _OF_CERTIFICATES:
        found.append(("证书编号", str(number)))
    return tuple(found)


def _check_lines(facts: Mapping[str, object]) -> list[tuple[str, str]]:
    """What a check said of somebody: during an exam, or the registry's last word."""
    if (held_by := facts.get("held_by")) is not None:
        return [("要核实的情况", str(held_by))]
    if (outcome := facts.get("outcome")) is not None:
        return [("人口库的最后答复", _OUTCOMES.get(str(outcome), str(outcome)))]
    return []


def _risk_lines(facts: Mapping[str, object]) -> list[tuple[str, str]]:
    found = []
    if isinstance(score := facts.get("score"), int):
        found.append(("线索合计", f"{score} 分（满分 100）"))
    if isinstance(days := facts.get("days"), list):
        found.append(("涉及的日子", "、".join(str(day) for day in days)))
    if (handed_up := facts.get("handed_up")) is not None:
        found.append(("上报的理由", str(handed_up)))
    return found


def _phone_lines(facts: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Both phones side by side, why people look, and what was proven."""
    unproven = f"没有通过，试了 {facts.get('tries')} 次"
    return (
        ("申请", KIND_NAMES.get(str(facts.get("change")), "—")),
        ("为什么转人工", DESK_REASONS.get(str(facts.get("phone_case")), "—")),
        ("原手机号", str(facts.get("old_phone", _GONE))),
        ("新手机号", f"{facts.get('new_phone', _GONE)}（已用验证码证实）"),
        ("身份核对", WAY_NAMES.get(str(facts.get("way")), unproven)),
    )


def _policy_lines(facts: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """A proposed revision: each field that it sets, on what basis, from when."""
    settings = facts.get("settings")
    found = [
        (FIELDS[name].label, said(name, value))
        for name, value in (settings.items() if isinstance(settings, Mapping) else ())
    ]
    effective_from = facts.get("effective_from")
    found.append(("依据", str(facts.get("document") or "没有写明")))
    found.append(("生效", _local(str(effective_from)) if effective_from else "确认后立即"))
    return tuple(found)


def _local(text: str) -> str:
    moment = dt.datetime.fromisoformat(text).astimezone(SHANGHAI)
    return f"{moment:%Y-%m-%d %H:%M}"


def is_overdue(answer_by: str, today: dt.date) -> bool:
    return bool(answer_by) and dt.date.fromisoformat(answer_by) < today
