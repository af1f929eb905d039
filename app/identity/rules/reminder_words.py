"""What a reminder says by each way that leaves the house; nothing in it is personal.

`facts` of a message: `employer`, `count`, `courses` (titles with their days), `due`.
"""

from collections.abc import Mapping
from typing import Any, Final

SMS_ROOM: Final = 35
"""Characters that a place of a vendor's template takes."""
_SMS: Final = {
    "overdue": "{count} 门课已逾期，请登录实学完成",
    "due_soon": "{count} 门课快到期，请登录实学完成",
    "stuck": "有 {count} 门课在等您，请登录实学接着学",
}
_SUBJECTS: Final = {
    "overdue": "学习任务已逾期",
    "due_soon": "学习任务快到期",
    "stuck": "单位提醒您学习",
    "digest": "本周要办：员工学习",
}


def sms_words(reason: str, facts: Mapping[str, Any]) -> str:
    """A reminder for the place of a template; a long name of an employer is cut, nothing else."""
    rest = _SMS[reason].format(count=facts["count"])
    employer = str(facts["employer"])
    room = SMS_ROOM - len(rest) - 1
    name = employer if len(employer) <= room else employer[: room - 1] + "…"
    return f"{name}：{rest}"


def subject(reason: str) -> str:
    """A mail's subject."""
    return f"【实学】{_SUBJECTS[reason]}"


def letter(reason: str, facts: Mapping[str, Any], *, url: str) -> str:
    """A mail's text; `url` is the platform's address."""
    lines = [str(line) for line in facts.get("lines", ())]
    if reason == "digest":
        ending = f"请登录后在“提醒”里办理：{url}/employer/reminders"
        head = f"{facts['employer']}：本周需要您办的"
    else:
        ending = f"请登录后学习：{url}/home"
        head = f"{facts['employer']}提醒您学完："
    body = "\n".join(f"· {line}" for line in lines)
    return (
        f"您好：\n\n{head}\n{body}\n\n{ending}\n\n"
        f"这封邮件由实学平台代单位发出，请勿回复。不想收到，请在“我的”里关闭：{url}/me/messages\n"
    )


def group_text(facts: Mapping[str, Any], *, url: str) -> str:
    """What a group's robot says: counts alone, since anybody may read the group. Markdown."""
    lines = "\n".join(f"> {line}" for line in facts.get("lines", ()))
    return f"**{facts['employer']}：本周要办**\n{lines}\n[打开实学办理]({url}/employer/reminders)"
