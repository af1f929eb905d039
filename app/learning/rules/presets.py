"""Policies of real rules, each with its legal text: where a revision of a scope may start from.

A preset sets only what its text says in numbers; the rest is inherited. None was confirmed against
the full text but where `is_confirmed` says so. What no field can say stands in docs/policies.md.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.learning.rules.policy_scopes import Basis

HOUR_S = 2700
"""学时 of 45 minutes, where a text says no other."""
FULL_DAY_S = 8 * HOUR_S


@dataclass(frozen=True, slots=True)
class Preset:
    """`code` names it in the desk's list; `region` says where its text holds."""

    code: str
    title: str
    region: str
    settings: Mapping[str, Any]
    basis: Basis


def _preset(
    code: str,
    title: str,
    region: str,
    document: str,
    article: str,
    **settings: Any,  # noqa: ANN401
) -> Preset:
    return Preset(code, title, region, settings, Basis(document, article, _ISSUED.get(document)))


_ISSUED = {
    "川人社规〔2025〕11号": dt.date(2025, 7, 25),
}
_645 = "川经信宣教函〔2020〕645号"
_SAFETY_RULE = "生产经营单位安全培训规定"
_GUANGDONG = "粤应急规〔2022〕3号"
_SPECIAL = "特种作业人员安全技术培训考核管理规定"


def _unknown(seen_at: str) -> str:
    """Where numbers are told of, and no document is known yet."""
    return f"文件名待查（见 {seen_at}）"


def _hours(count: int) -> int:
    return count * HOUR_S


def _ttl(**changed: int) -> dict[str, int]:
    """Seconds to answer: what a text changes, beside the usual ones."""
    return {"picture": 60, "face": 90, "code": 300, "roll_call": 1800} | changed


SUBSIDISED = (
    _preset(
        "SC-INDUSTRY-2020", "四川工业领域技能提升", "四川", _645, "", hour_s=HOUR_S,
        daily_cap_s=FULL_DAY_S, identity_gap_s=[600, 900],
    ),
    _preset(
        "SC-SUBSIDY-2025", "四川补贴性职业技能培训", "四川", "川人社规〔2025〕11号",
        "线上培训与课时各条", hour_s=HOUR_S, daily_cap_s=FULL_DAY_S, identity_gap_s=[600, 900],
        check_on_open="identity", media_proof=True, background=False,
    ),
    _preset(
        "YL", "仪陇就业服务云：实时点名", "四川仪陇", _unknown("epaper.scdaily.cn"), "",
        identity_methods=["roll_call", "code_and_questions"], identity_gap_s=[900, 1800],
    ),
    _preset(
        "MOHRSS-2020", "线上职业技能培训答疑：签到和随机点名", "全国",
        _unknown("02817.net"), "2020 年答疑", check_on_open="identity",
        presence_gap_s=[300, 600], identity_gap_s=[900, 1800], exam_pass=60,
    ),
    _preset(
        "SUBSIDY-40H", "补贴起点 40 学时", "部分地区", _unknown("senbk"), "课时起点",
        hour_s=HOUR_S, required_s=_hours(40),
    ),
    _preset(
        "YN-ZP", "云南职业培训平台：每次上课先核对", "云南", _unknown("nn.city"), "",
        check_on_open="identity", check_valid_s=0,
    ),
    _preset(
        "SH-JZ", "上海住建线上教育：实名上课", "上海", _unknown("jiushunzz.com"), "",
        check_on_open="identity", background=False,
    ),
)  # fmt: skip
SAFETY = (
    _preset(
        "AQ8011", "安全生产培训（强制标准）", "全国", "AQ 8011-2023", "线上学时与线下比例",
        hour_s=1800, online_max_percent=70,
    ),
    _preset(
        "AQ8011-IMPL", "安全生产培训（同业做法）", "全国", "AQ 8011-2023", "同业实现，非条文",
        daily_cap_s=FULL_DAY_S, identity_gap_s=[300, 900], idle_timeout_s=180,
        gap_tolerance_s=30, min_continuous_s=5, ttl_s=_ttl(picture=300),
    ),
    _preset(
        "JX-AQ", "江西三项岗位线上培训", "江西", "赣应急字〔2024〕24号", "不得代学、挂机",
        check_on_open="identity", background=False, seek_ahead=False, media_proof=True,
    ),
    _preset(
        "GD-AQ", "广东非高危主要负责人和安管：初训", "广东", _GUANGDONG, "初训 32 学时",
        hour_s=HOUR_S, required_s=_hours(32),
    ),
    _preset(
        "GD-AQ-YEAR", "广东非高危主要负责人和安管：每年再训", "广东", _GUANGDONG, "再训 12 学时",
        hour_s=HOUR_S, required_s=_hours(12),
    ),
    *(
        _preset(
            f"AQ-{hours}", f"{who}：{hours} 学时", "全国", _SAFETY_RULE, "课时",
            hour_s=HOUR_S, required_s=_hours(hours),
        )
        for who, hours in (
            ("高危单位负责人初训", 48), ("高危单位负责人每年再训", 16), ("新上岗工人", 24),
            ("高危单位新上岗工人", 72), ("高危单位工人每年再训", 20),
        )
    ),
    _preset(
        "TZZY", "特种作业：考试", "全国", _SPECIAL, "考核", exam_pass=80, exam_attempts=2,
        exam_total=2,
    ),
    _preset(
        "TZZY-REVIEW", "特种作业：复审培训 8 学时", "全国", _SPECIAL, "复审", hour_s=HOUR_S,
        required_s=_hours(8), exam_pass=80,
    ),
)  # fmt: skip
TRANSPORT = (
    _preset(
        "DRIVER-THEORY", "机动车驾驶培训：理论 22 学时", "全国", "机动车驾驶培训教学与考试大纲",
        "1 学时 60 分钟，有效 45 分钟；理论每天不超过 4 学时", hour_s=HOUR_S,
        required_s=_hours(22), daily_cap_s=4 * HOUR_S, continuous_max_s=HOUR_S, break_s=900,
    ),
    _preset(
        "CQ-DRIVER", "重庆驾培网络理论：先线下 6 学时", "重庆", _unknown("shdbkk.com"),
        "线下 6 学时，线上 16 学时", hour_s=HOUR_S, programme_s=_hours(22),
        online_max_percent=73, required_s=_hours(16), seek_ahead=False, misses_allowed=0,
        silent_misses_per_day=0, daily_cap_s=4 * HOUR_S,
    ),
    _preset(
        "DRIVER-TERMINAL", "驾培计时终端的间隔", "全国", "JT/T 1302.1",
        "拍照 15 分钟，核对 30 分钟",
        presence_gap_s=[600, 900], identity_gap_s=[900, 1800],
    ),
    _preset(
        "PHOTO-10", "驾培抓拍每 10 分钟", "北京、上海、四川", _unknown("各地报道"), "10 分钟",
        identity_gap_s=[300, 600],
    ),
    _preset(
        "PHOTO-15", "驾培抓拍每 15 分钟", "厦门", _unknown("各地报道"), "15 分钟",
        identity_gap_s=[600, 900],
    ),
    _preset(
        "ROAD-CE", "道路运输从业人员继续教育", "全国", "JT/T 1289-2020", "24 学时，两年一周期",
        hour_s=HOUR_S, required_s=_hours(24), enrol_valid_days=731,
    ),
)  # fmt: skip
CONTINUING = (
    _preset(
        "ZJ-CE-90H", "专业技术人员继续教育", "全国", "人社部令第25号", "每年不少于 90 学时",
        hour_s=HOUR_S, required_s=_hours(90), enrol_valid_days=366, exam_attempts=2, exam_total=2,
    ),
    _preset(
        "YN-TIER", "云南干部网络学习：按课程长短", "云南", _unknown("ynsgbzx.cn"), "学时认定",
        hour_s=1800, hour_mode=[[1, 25], [901, 50], [1800, 100]],
    ),
    _preset(
        "LN-XFJF", "辽宁学法减分", "辽宁", _unknown("jingyanla.com"), "网上学习与考试", hour_s=1800,
        hour_mode="floor_unit", required_s=1800, min_continuous_s=300, enrol_valid_days=3,
        exam_wrong_max=3, exam_attempts=3, exam_total=3, exam_cooldown_s=0, exam_item_s=60,
    ),
    _preset(
        "HB-LIVE-48", "湖北二级建造师：6 天 48 学时", "湖北", _unknown("lianxiaode.com"),
        "每天 8 次人脸核对，60 秒内，错过不超过 9 次", hour_s=HOUR_S, required_s=_hours(48),
        daily_cap_s=FULL_DAY_S, checks_per_day=8, misses_allowed=9, presence_gap_s=None,
        ttl_s=_ttl(face=60),
    ),
    _preset(
        "HB-LIVE-24", "湖北二级建造师增项：24 学时", "湖北", _unknown("lianxiaode.com"),
        "增项：错过不超过 5 次", hour_s=HOUR_S, required_s=_hours(24), daily_cap_s=FULL_DAY_S,
        checks_per_day=8, misses_allowed=5, presence_gap_s=None, ttl_s=_ttl(face=60),
    ),
    _preset(
        "MINORS", "校外线上培训（未成年人）", "全国", "教基函〔2019〕8号",
        "每课不超过 30 分钟，间隔 10 分钟，21 点前结束", hour_s=1800, continuous_max_s=1800,
        break_s=600, study_window=["06:00", "21:00"],
    ),
)  # fmt: skip
PRESETS: Mapping[str, Preset] = {
    preset.code: preset for preset in (*SUBSIDISED, *SAFETY, *TRANSPORT, *CONTINUING)
}
