"""The texts of the simulated templates, and who keeps a message that was sent."""

import datetime as dt
from collections.abc import Callable, Sequence

# phone, text, when
Messages = Callable[[str, str, dt.datetime], None]

TEMPLATES = {
    "code": "【实学】验证码 {0}，请勿告诉他人。",
    "answer": "【实学】您编号 {0} 的事项已有结果：{1}。",
    "reminder": "【实学】{0}。不想收到请在“我的”里关闭。",
}
_MOST = {"code": (6,), "answer": (35, 35), "reminder": (35,)}
"""How many characters a place takes, as the vendors' rules for templates have it."""


def fits(template: str, places: Sequence[str]) -> bool:
    """Tell whether a vendor would take these places of a template."""
    most = _MOST[template]
    return len(places) == len(most) and all(
        0 < len(place) <= limit for place, limit in zip(places, most, strict=True)
    )
