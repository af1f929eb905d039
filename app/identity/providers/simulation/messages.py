"""The texts of the simulated templates, and who keeps a message that was sent."""

import datetime as dt
from collections.abc import Callable

# phone, text, when
Messages = Callable[[str, str, dt.datetime], None]

TEMPLATES = {
    "code": "【实学】验证码 {0}，请勿告诉他人。",
    "answer": "【实学】您编号 {0} 的投诉或请求已答复：{1}",
}
