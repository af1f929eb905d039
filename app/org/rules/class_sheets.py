"""The archive of a class for people: as tables and as the content of its PDF."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from app.identity.rules.local_days import SHANGHAI
from app.org.rules.class_places import SOURCE_NAMES, MemberSource

People = Mapping[str, tuple[str, str]]
"""Name and masked number by the hash that the statement has of somebody."""
Cell = str | int | float
_GONE = ("（已注销）", "—")


def local(stated: str) -> str:
    """A stated moment in Shanghai's time; a dash where there is none."""
    if not stated:
        return "—"
    return dt.datetime.fromisoformat(stated).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def head_of(stated: Mapping[str, Any], teachers: Sequence[str]) -> list[list[str]]:
    """What the class is, as pairs of a name and its words."""
    pairs = [
        ["班级", stated["title"]],
        ["办班单位", stated["organisation"]],
        ["统一社会信用代码", stated["uscc"]],
        ["课程", "、".join(stated["courses"])],
        ["教师", "、".join(teachers)],
        ["日期", f"{stated['starts_on']} 至 {stated['ends_on']}"],
        ["人数", f"{stated['people']} 人（上限 {stated['capacity']} 人）"],
        ["申请", local(stated["applied_at"])],
        ["批准", f"{local(stated['approved_at'])}，{stated['decision']}"],
        ["结班", local(stated["closed_at"])],
    ]
    if stated["contract"]:
        pairs.insert(3, ["项目合同", f"{stated['contract']}，{stated['price_yuan']} 元"])
    if stated["open_reason"]:
        pairs.append(["结班时有未完成的事", stated["open_reason"]])
    return pairs


def _came(unit: Mapping[str, Any]) -> str:
    if not unit["place"]:
        return "线上"
    return "没有点名" if unit["came"] < 0 else f"{unit['came']} 人"


def plan_rows(stated: Mapping[str, Any]) -> list[list[Cell]]:
    """One row a unit."""
    return [
        [
            each["number"], each["day"], each["starts"], each["minutes"], each["topic"],
            each["place"] or "线上", _came(each),
        ]
        for each in stated["units"]
    ]  # fmt: skip


def people_rows(stated: Mapping[str, Any], people: People) -> list[list[Cell]]:
    """One row a person and course; somebody without a course has one row."""
    found: list[list[Cell]] = []
    for number, member in enumerate(stated["members"], start=1):
        name, masked = people.get(member["holder"], _GONE)
        came = "、".join(str(each) for each in member["attended"]) or "—"
        source = SOURCE_NAMES[MemberSource(member["source"])]
        whose: list[Cell] = [number, name, masked, source, came]
        found += [[*whose, *_course(course)] for course in member["courses"] or [None]]
    return found


def _course(course: Mapping[str, Any] | None) -> list[Cell]:
    if course is None:
        return ["没有开始学", "0", "—", "—", "—"]
    result = f"{course['score']} 分" if course["score"] else "没有考"
    passed = "，合格" if course["passed"] else ""
    return [
        course["title"], course["stated_hours"], f"{result}{passed}",
        course["completed_on"] or "—", course["certificate"] or "—",
    ]  # fmt: skip


def change_rows(stated: Mapping[str, Any]) -> list[list[Cell]]:
    """What was changed after approval."""
    return [
        [local(each["at"]), each["name"], each["before"], each["after"]]
        for each in stated["changes"]
    ]


PLAN_HEAD = ("次", "日期", "开始", "分钟", "内容", "地点", "到场")
PEOPLE_HEAD = (
    "序号", "姓名", "证件号码", "来源", "到场的课次", "课程", "认定学时", "考试", "完成",
    "证书编号",
)  # fmt: skip
CHANGE_HEAD = ("时间", "改了什么", "改前", "改后")


def sheets_of(
    stated: Mapping[str, Any], people: People, teachers: Sequence[str], digest: str
) -> list[tuple[str, list[int], list[list[Cell]]]]:
    """The tables of the archive: titles, widths, rows with the heading first."""
    head: list[list[Cell]] = [["项目", "内容"]]
    head += [list(pair) for pair in head_of(stated, teachers)]
    head += [["归档", local(stated["made_at"])], ["档案摘要（SHA-256）", digest]]
    return [
        ("班级", [22, 70], head),
        ("教学计划", [6, 12, 8, 8, 40, 24, 12], [list(PLAN_HEAD), *plan_rows(stated)]),
        (
            "学员和成绩", [6, 14, 22, 12, 16, 34, 10, 16, 12, 24],
            [list(PEOPLE_HEAD), *people_rows(stated, people)],
        ),
        ("批准后的改动", [18, 14, 50, 50], [list(CHANGE_HEAD), *change_rows(stated)]),
    ]  # fmt: skip


def as_content(
    stated: Mapping[str, Any], people: People, teachers: Sequence[str]
) -> dict[str, object]:
    """What the PDF's template takes."""
    return {
        "title": stated["title"], "operator": stated["operator"],
        "made_at": local(stated["made_at"]), "head": head_of(stated, teachers),
        "plan_head": list(PLAN_HEAD), "plan": _texts(plan_rows(stated)),
        "people_head": list(PEOPLE_HEAD), "people": _texts(people_rows(stated, people)),
        "change_head": list(CHANGE_HEAD), "changes": _texts(change_rows(stated)),
    }  # fmt: skip


def _texts(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    return [[str(cell) for cell in row] for row in rows]
