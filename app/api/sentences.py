"""What pydantic finds wrong, said for people: no type names, no codes, what to do."""

import re
from typing import Any

from app.identity.rules.administrators import CHANGE_NAMES, ROLE_NAMES
from app.identity.rules.cases import CASE_NAMES
from app.lobby.days import DAY_OR_NONE
from app.lobby.letters import ONE_LINE, TEXT_FLAWS
from app.lobby.paths import ID

_FALLBACK = "内容不符合要求。"
_EMPTY = "请填写。"
_TICK = "请先勾选同意。"
_CHOICE = re.compile(r"\^\((\w+(?:\|\w+)+)\)\$")
# What is not listed falls back to the sentence above.
_SENTENCES = {
    "missing": "缺少必填项。",
    "extra_forbidden": "不认识的字段，请去掉。",
    "string_type": "应为文字。",
    "string_too_short": "太短，至少 {min_length} 个字。",
    "string_too_long": "太长，最多 {max_length} 个字。",
    "string_unicode": "含有不完整的字符，请删去后再试。",
    **TEXT_FLAWS,
    "int_type": "应为整数。",
    "int_parsing": "应为整数。",
    "bool_type": "应为“是”或“否”（true 或 false）。",
    "list_type": "应为列表。",
    "too_short": "至少要有 {min_length} 项。",
    "too_long": "最多 {max_length} 项。",
    "greater_than_equal": "不能小于 {ge}。",
    "less_than_equal": "不能大于 {le}。",
    "greater_than": "应大于 {gt}。",
    "json_invalid": "不是合法的 JSON。",
    "model_type": "应为 JSON 对象。",
    "model_attributes_type": "应为 JSON 对象。",
    "dict_type": "应为 JSON 对象。",
    "date_type": "应为日期，例如 2026-12-31。",
    "date_from_datetime_parsing": "应为日期，例如 2026-12-31。",
    "date_from_datetime_inexact": "应为日期，例如 2026-12-31。",
    "date_parsing": "应为日期，例如 2026-12-31。",
    "value_error": "{error}",  # our own validators say it in words themselves
}
# What a pattern asks for, in words.
_PATTERNS = {
    r"^\d{6}$": "应为 6 位数字。",
    ID: "编号应为 26 位数字和大写字母。",
    DAY_OR_NONE: "应为日期，例如 2026-12-31。",
    r"^[A-H]$": "应为选项的字母 A 到 H。",
    ONE_LINE: "不能含有换行和控制字符。",
}
# How people call the values of closed lists; other values stand for themselves.
_VALUES = {
    each.value: name
    for names in (CASE_NAMES, ROLE_NAMES, CHANGE_NAMES)
    for each, name in names.items()
} | {
    "resident_id": "居民身份证",
    "residence_permit": "港澳台居民居住证",
    "foreign_permanent": "外国人永久居留身份证",
    "face": "人脸",
    "vendor_face": "人脸（核身方）",
    "enrol": "录入人脸",
    "cut": "没有计入的一段",
    "open": "待处理",
    "decided": "已处理",
}
# Where the general sentence would not say what to do on the page.
_OF_FIELDS = {
    ("staff_ids", "too_short"): "请至少选一人。",
    ("size", "greater_than_equal"): "文件是空的，请重新选择。",
}


def sentence_of(error: Any) -> str:  # noqa: ANN401 -- pydantic's error, a dictionary of its own
    """One sentence for one wrong field."""
    kind, context = error["type"], error.get("ctx") or {}
    is_empty = isinstance(error.get("input"), str) and not error["input"].strip()
    # An empty field for a number is sent as null.
    is_empty = is_empty or (kind == "int_type" and error.get("input") is None)
    if kind in {"literal_error", "enum"}:
        expected = str(context.get("expected", ""))
        return _TICK if expected == "True" else _closed(re.findall(r"'([^']*)'", expected))
    if is_empty and kind != "extra_forbidden":
        return "请选择日期。" if kind.startswith("date_") else _EMPTY
    if isinstance(error.get("input"), str) and kind in {"too_short", "too_long"}:
        kind = f"string_{kind}"  # a person's text is measured after it was read: no list of items
    if kind == "string_pattern_mismatch":
        return _of_pattern(str(context.get("pattern")))
    if (own := _OF_FIELDS.get((str(error["loc"][-1]), kind))) is not None:
        return own
    try:
        return _SENTENCES.get(kind, _FALLBACK).format(**{k: str(v) for k, v in context.items()})
    except KeyError:
        return _FALLBACK


def _of_pattern(pattern: str) -> str:
    choice = _CHOICE.fullmatch(pattern)
    if choice is not None:
        return _closed(choice[1].split("|"))
    return _PATTERNS.get(pattern, "格式不对。")


def _closed(values: list[str]) -> str:
    """Name what a closed list accepts, as it has to be written; its name stands before it."""
    named = [f"{_VALUES[value]}（{value}）" if value in _VALUES else value for value in values]
    return f"请从这些里选：{'、'.join(named)}。" if named else _FALLBACK
