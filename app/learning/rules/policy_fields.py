"""A policy's fields for people: names, units, ranges, and how each is read from text and written.

An empty text leaves the field to the wider scope; 无 says that a limit is not set.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from app.learning.rules.policy import PolicyError, thawed
from app.learning.rules.policy_values import DAY_S

NONE = "无"
_METHODS = {"face": "人脸", "code_and_questions": "验证码加保密问题", "roll_call": "点名"}
_KINDS = {"picture": "图案", "question": "课文提问"}
_TTL = ("picture", "face", "code", "roll_call")
_TTL_NAMES = ("点选", "人脸", "验证码", "点名")
_SHOWS = {"score": "只有分数", "right": "哪些题对", "all": "答案和解析"}
_MODES = {"exact": "按实际", "floor_half": "不足半学时舍去", "floor_unit": "不足一学时舍去"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. `low` and `high` are its least and greatest number, where it is one."""

    name: str
    label: str
    unit: str = ""
    kind: str = "whole"
    low: int = 0
    high: int = 0
    may_be_none: bool = False
    hint: str = ""

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """Texts and names to choose from; empty where the text is written freely."""
        if self.kind == "yes_no":
            return (("是", "是"), ("否", "否"))
        if self.kind == "opening":
            return (("身份核对", "先做身份核对"), ("不核对", "不核对"))
        if self.kind == "shows":
            return tuple((name, name) for name in _SHOWS.values())
        if self.kind == "liveness":
            return (("不限", "内置的也行"), ("经认证", "只认经认证的核身方"))
        return ()

    @property
    def wanted(self) -> str:
        """What may stand here, in words."""
        said = _WANTED.get(self.kind) or f"{self.low}～{self.high} {self.unit}".strip()
        return f"{said}，或“{NONE}”" if self.may_be_none else said


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    fields: tuple[Field, ...]


_WANTED = {
    "yes_no": "是或否",
    "opening": "身份核对或不核对",
    "liveness": "不限或经认证",
    "shows": "只有分数、哪些题对或答案和解析",
    "gap": "最短-最长，如 300-600（秒）",
    "window": "两个时刻，如 06:00-23:00",
    "ttl": "点选、人脸、验证码、点名各几秒，如 60,90,300,1800",
    "methods": "人脸、验证码加保密问题、点名中的几种，至少一种不用人脸",
    "kinds": "图案、课文提问中的一种或两种",
    "mode": "按实际、不足半学时舍去、不足一学时舍去，或分档如 1:25,901:50（满几秒:百分之几学时）",
}


def _f(name: str, label: str, unit: str, low: int, high: int, **rest: Any) -> Field:  # noqa: ANN401
    return Field(name=name, label=label, unit=unit, low=low, high=high, **rest)


GROUPS: tuple[Group, ...] = (
    Group("学时", (
        _f("hour_s", "一学时有多长", "秒", 60, 7200),
        Field(name="hour_mode", label="学时的尾数", kind="mode"),
        _f("required_s", "要学满的时间", "秒", 0, 36_000_000),
        _f("programme_s", "线上线下合计", "秒", 0, 36_000_000, hint="0 表示全部在线上学"),
        _f("online_max_percent", "线上最多占", "%", 1, 100),
        _f("coverage_required", "每节课要学到", "%", 1, 100),
        Field(name="order_lock", label="按顺序学", kind="yes_no"),
        _f("enrol_valid_days", "报名的有效期", "天", 1, 3660, may_be_none=True),
    )),
    Group("播放和计时", (
        _f("max_rate", "最快播放速度", "%", 100, 100),
        Field(name="seek_ahead", label="可以往前跳", kind="yes_no"),
        _f("gap_tolerance_s", "往前跳的容差", "秒", 0, 60),
        Field(name="background", label="页面在后台也计时", kind="yes_no"),
        Field(name="media_proof", label="只计真正下载到的内容", kind="yes_no"),
        _f("min_dwell_s", "每页最少停留", "秒", 0, 600),
        _f("min_continuous_s", "连续学满才计入", "秒", 0, 3600),
        _f("beat_s", "多久上报一次", "秒", 1, 60),
        _f("offline_grace_s", "断网最多补计", "秒", 0, 3600),
        _f("idle_timeout_s", "多久没有动静就结束", "秒", 30, DAY_S),
    )),
    Group("上限和休息", (
        _f("daily_cap_s", "每天最多", "秒", 0, DAY_S, may_be_none=True),
        Field(name="study_window", label="允许学习的时间段", kind="window", may_be_none=True),
        _f("continuous_max_s", "连续学习最多", "秒", 60, DAY_S, may_be_none=True),
        _f("break_s", "然后要休息", "秒", 60, DAY_S),
        _f("utc_offset_s", "当地时间比世界时早", "秒", -50_400, 50_400),
    )),
    Group("核对", (
        Field(name="presence_gap_s", label="在场核对的间隔", kind="gap", may_be_none=True),
        _f("package_checks", "课件包里核对得更密", "%", 100, 1000, hint="200 是学一分钟算两分钟"),
        Field(name="presence_kinds", label="在场核对的形式", kind="kinds"),
        Field(name="identity_gap_s", label="身份核对的间隔", kind="gap"),
        _f("checks_per_day", "每天最多核对身份", "次", 1, 96, may_be_none=True),
        _f("misses_allowed", "允许错过", "次", 0, 1000),
        Field(name="ttl_s", label="答题时限", kind="ttl"),
        _f("silent_misses_per_day", "每天没有回应不作废", "次", 0, 100),
        _f("pending_ttl_s", "待核对时间的期限", "秒", 60, 31_536_000),
        Field(name="check_on_open", label="开始学习时", kind="opening"),
        _f("check_valid_s", "核对通过后多久内不再核对", "秒", 0, DAY_S),
        Field(name="identity_methods", label="核对身份的方式", kind="methods"),
        Field(name="face_liveness", label="人脸核对的活体检测", kind="liveness"),
    )),
    Group("考试", (
        _f("exam_pass", "及格分", "分", 1, 100),
        _f("exam_wrong_max", "错到几题就不及格", "题", 1, 200, may_be_none=True),
        _f("exam_attempts", "一轮可以考", "次", 1, 1000),
        _f("exam_cooldown_s", "一轮考完后要等", "秒", 0, 31_536_000),
        _f("exam_total", "一共可以考", "次", 1, 1000, may_be_none=True),
        _f("exam_grace_s", "交卷晚到的宽限", "秒", 0, 3600),
        _f("exam_markers", "简答题由几人评阅", "人", 1, 2),
        _f("exam_marks_apart", "两人相差多少要第三人评", "%", 0, 100),
        Field(name="exam_shows", label="没考过的人能看到", kind="shows"),
        _f(
            "exam_item_s", "每题限时", "秒", 10, 3600, may_be_none=True,
            hint="设了限时，题目一道一道出，只能往前",
        ),
        Field(
            name="exam_identity_gap_s", label="考试中核对身份的间隔", kind="gap", may_be_none=True,
            hint="设了间隔，开始考试和离开后回来也要核对",
        ),
    )),
)  # fmt: skip
FIELDS: Mapping[str, Field] = {field.name: field for group in GROUPS for field in group.fields}


def read_settings(given: Mapping[str, str]) -> dict[str, Any]:
    """The values that are set, as JSON holds them; an empty text sets nothing.

    Raises PolicyError, whose field says which text is wrong.
    """
    return {name: _read(name, text.strip()) for name, text in given.items() if text.strip()}


def _read(name: str, text: str) -> Any:  # noqa: ANN401 -- a field's value of any shape
    field = FIELDS.get(name)
    if field is None:
        raise PolicyError(name, "政策里没有这一项")
    if field.may_be_none and text == NONE:
        return None
    try:
        return _READERS[field.kind](text)
    except (ValueError, KeyError, StopIteration):
        raise PolicyError(name, explain(name)) from None


def explain(name: str) -> str:
    """What may stand in a field, in a sentence that names it."""
    field = FIELDS.get(name)
    return f"“{field.label}”应为{field.wanted}" if field else f"政策里没有“{name}”这一项"


def write(name: str, value: Any) -> str:  # noqa: ANN401 -- a field's value of any shape
    """The text that `read_settings` reads back as this value."""
    if value is None:
        return NONE
    return _WRITERS[FIELDS[name].kind](thawed(value))


def said(name: str, value: Any) -> str:  # noqa: ANN401 -- a field's value of any shape
    """The value as people read it: with its unit, and seconds as hours and minutes."""
    field, text = FIELDS[name], write(name, value)
    if field.kind == "gap" and value is not None:
        return f"{text} 秒"
    if field.kind == "ttl":
        parts = zip(_TTL_NAMES, text.split(","), strict=True)
        return "、".join(f"{way} {seconds}" for way, seconds in parts) + " 秒"
    if field.kind != "whole" or value is None:
        return text
    if field.unit != "秒" or abs(value) < 120:
        return f"{text} {field.unit}"
    return f"{text} 秒（{_span(value)}）"


def _span(seconds: int) -> str:
    sign, rest = ("-" if seconds < 0 else ""), abs(seconds)
    days = (rest // DAY_S, "天")
    parts = (days, (rest % DAY_S // 3600, "小时"), (rest // 60 % 60, "分"), (rest % 60, "秒"))
    return sign + " ".join(f"{count} {unit}" for count, unit in parts if count)


def _yes_no(text: str) -> bool:
    return {"是": True, "否": False}[text]


def _pair(text: str) -> list[int]:
    low, high = text.split("-")
    return [int(low), int(high)]


def _window(text: str) -> list[str]:
    opens, closes = text.split("-")
    return [opens.strip(), closes.strip()]


def _ttl(text: str) -> dict[str, int]:
    return {name: int(part) for name, part in zip(_TTL, text.split(","), strict=True)}


def _codes_of(names: Mapping[str, str], text: str) -> list[str]:
    codes = {said: code for code, said in names.items()}
    return [codes[part.strip()] for part in text.replace(",", "、").split("、")]


def _mode(text: str) -> str | list[list[int]]:
    codes = {said: code for code, said in _MODES.items()}
    if text in codes:
        return codes[text]
    return [[int(part) for part in row.split(":")] for row in text.split(",")]


def _opening(text: str) -> str:
    return {"身份核对": "identity", "不核对": "none"}[text]


def _write_mode(value: Any) -> str:  # noqa: ANN401 -- a name or rows
    if isinstance(value, str):
        return _MODES[value]
    return ",".join(f"{least}:{worth}" for least, worth in value)


_READERS: Mapping[str, Callable[[str], Any]] = {
    "whole": int, "yes_no": _yes_no, "gap": _pair, "window": _window, "ttl": _ttl,
    "methods": partial(_codes_of, _METHODS), "kinds": partial(_codes_of, _KINDS),
    "mode": _mode, "opening": _opening,
    "shows": lambda text: next(code for code, said in _SHOWS.items() if said == text),
    "liveness": lambda text: {"不限": "any", "经认证": "certified"}[text],
}  # fmt: skip
_WRITERS: Mapping[str, Callable[[Any], str]] = {
    "whole": str,
    "yes_no": lambda value: "是" if value else "否",
    "gap": lambda value: f"{value[0]}-{value[1]}",
    "window": "-".join,
    "ttl": lambda value: ",".join(str(dict(value)[name]) for name in _TTL),
    "methods": lambda value: "、".join(_METHODS[code] for code in value),
    "kinds": lambda value: "、".join(_KINDS[code] for code in value),
    "mode": _write_mode,
    "opening": lambda value: "身份核对" if value == "identity" else "不核对",
    "shows": lambda value: _SHOWS[value],
    "liveness": lambda value: "经认证" if value == "certified" else "不限",
}
