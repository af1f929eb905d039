"""Certificates of others that a holder records: which, how their numbers are spelled.

Nobody has verified them here: a number's spelling says that it was copied whole, and nothing else.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from app.identity.rules import id_number
from app.identity.rules.documents import DocumentError, DocumentType

EARLIEST = dt.date(1980, 1, 1)
"""No certificate of these kinds is older."""
MOST = 50
"""Of one person: nobody has as many."""
UNVERIFIED = "自己登记，本平台未核验"
"""Stands wherever one is shown."""
NAMES = {
    "professional_qualification": "职业资格证书",
    "skill_level": "职业技能等级证书",
    "special_skill": "专项职业能力证书",
    "special_operation": "特种作业操作证书",
}
"""Said where the table of kinds is not at hand."""
LEVELS = {
    "5": "五级／初级工",
    "4": "四级／中级工",
    "3": "三级／高级工",
    "2": "二级／技师",
    "1": "一级／高级技师",
}


class ExternalFlawError(ValueError):
    """What is wrong with a record, by field, and what to do about it."""

    def __init__(self, field: str, sentence: str, remedy: str) -> None:
        super().__init__(sentence)
        self.field, self.sentence, self.remedy = field, sentence, remedy


@dataclass(frozen=True, slots=True)
class Numbering:
    """How the numbers of a kind are spelled, for people and for the check; who says so.

    `year_at` and `level_at` are where two digits of the year and one of the level stand, from 0.
    """

    pattern: re.Pattern[str]
    hint: str
    source: str
    year_at: int | None = None
    level_at: int | None = None
    lasts_years: int | None = None


NUMBERINGS: dict[str, Numbering] = {
    "professional_qualification": Numbering(
        re.compile(r"[0-9]{10}[1-5][0-9]{5}"), "16 位数字",
        "国家职业资格证书编码：年份 2 位、省 2 位、市 2 位、机构 4 位、等级 1 位、顺序号 5 位",
        year_at=0, level_at=10,
    ),
    "skill_level": Numbering(
        re.compile(r"[YS][0-9]{14}[1-5][0-9]{6}|[YS][A-Z][0-9]{20}"), "22 位，字母 Y 或 S 开头",
        "职业技能等级证书编码规则（试行）：机构类别、机构 4 位、省 2 位、序列 6 位、年份 2 位、"
        "等级 1 位、顺序号 6 位；特级技师为两个字母和 20 位数字",
        year_at=13, level_at=15,
    ),
    "special_skill": Numbering(
        re.compile(r"[0-9A-Z]{10,30}"), "证书上的全部数字和字母",
        "各地编号不一，只看位数和字符",
    ),
    "special_operation": Numbering(
        re.compile(r"T[0-9]{17}[0-9X]"), "字母 T 加本人 18 位身份证号码",
        "特种作业操作证证号：T 加公民身份号码（GB 11643，含校验位）；"
        "有效期 6 年（特种作业人员安全技术培训考核管理规定）",
        lasts_years=6,
    ),
}  # fmt: skip
"""By the code of the kind in `reference/certificate_types.toml`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A certificate of somebody else's as its holder states it; the number in its one spelling."""

    kind: str
    title: str
    number: str
    issuer: str
    issued_on: dt.date
    valid_until: dt.date | None


def normalise(text: str) -> str:
    """A number as people type it: no blanks and dashes, plain capital letters."""
    return re.sub(r"[\s\-－—]", "", unicodedata.normalize("NFKC", text)).upper()


def read(given: Evidence, *, today: dt.date, is_own: Callable[[str], bool | None]) -> Evidence:
    """The record with its number in one spelling. Raises ExternalFlawError for the first flaw.

    `is_own` tells whether an identity number is the holder's; None where that is not known.
    """
    numbering = NUMBERINGS.get(given.kind)
    if numbering is None:
        raise ExternalFlawError("kind", "没有这种证书。", "请从列表里选一种")
    number = normalise(given.number)
    _check_number(numbering, number)
    if given.kind == "special_operation":
        _check_identity(number[1:], is_own, today)
    _check_days(numbering, given, number, today)
    return Evidence(
        kind=given.kind, title=" ".join(given.title.split()), number=number,
        issuer=" ".join(given.issuer.split()), issued_on=given.issued_on,
        valid_until=given.valid_until,
    )  # fmt: skip


def _check_number(numbering: Numbering, number: str) -> None:
    if not numbering.pattern.fullmatch(number):
        raise ExternalFlawError(
            "number", f"编号和这种证书的写法不符：应当是{numbering.hint}。",
            "请对照证书逐位检查，也看看证书种类选对没有",
        )  # fmt: skip


def _check_identity(number: str, is_own: Callable[[str], bool | None], today: dt.date) -> None:
    remedy = "请对照操作证逐位检查"
    try:
        id_number.parse(DocumentType.RESIDENT_ID, number, today=today)
    except DocumentError:
        sentence = "T 后面的 18 位不是正确的身份证号码。"
        raise ExternalFlawError("number", sentence, remedy) from None
    if is_own(number) is False:
        sentence = "T 后面的身份证号码不是您实名登记的号码。"
        raise ExternalFlawError("number", sentence, "这里只能登记自己的证书，" + remedy)


def _check_days(numbering: Numbering, given: Evidence, number: str, today: dt.date) -> None:
    issued_on, until = given.issued_on, given.valid_until
    if not EARLIEST <= issued_on <= today:
        sentence = "发证日期不对：应当在 1980 年以后，并且不晚于今天。"
        raise ExternalFlawError("issued_on", sentence, "请照证书填写发证日期")
    at = numbering.year_at
    if at is not None and number[at : at + 2].isdigit():
        year = number[at : at + 2]
        if not number[1].isalpha() and year != f"{issued_on.year % 100:02d}":
            sentence = f"编号里的年份是 {year}，和发证日期 {issued_on.year} 年对不上。"
            raise ExternalFlawError("issued_on", sentence, "请对照证书检查编号和发证日期")
    if until is not None and until <= issued_on:
        sentence = "有效期应当晚于发证日期。"
        raise ExternalFlawError("valid_until", sentence, "请照证书填写有效期")
    years = numbering.lasts_years
    if years is None:
        return
    if until is None or until > dt.date(issued_on.year + years, issued_on.month, 28) + _SLACK:
        sentence = f"这种证书有有效期，最长 {years} 年。"
        raise ExternalFlawError("valid_until", sentence, "请照证书填写有效期到哪一天")


_SLACK = dt.timedelta(days=7)
"""Leap days and papers that count to the month's end."""


def level_of(kind: str, number: str) -> str:
    """The level that a number states, in words; empty where it states none."""
    numbering = NUMBERINGS[kind]
    if numbering.level_at is None:
        return ""
    if number[1:2].isalpha():
        return "特级技师"
    return LEVELS.get(number[numbering.level_at], "")


def masked(number: str) -> str:
    """The number as it is shown: the last four, so that its holder knows which one it is."""
    return "*" * (len(number) - 4) + number[-4:]
