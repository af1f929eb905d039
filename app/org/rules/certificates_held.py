"""Which certificates of staff are listed, and what is said of their last day."""

import datetime as dt
from enum import StrEnum

from app.certs.rules.expiry import NEAR
from app.org.rules.standings import NO_DAY

_FIRST = dt.date(1, 1, 1)
_DAY = dt.timedelta(days=1)


class Ending(StrEnum):
    NEAR = "near"
    OVER = "over"
    ALL = "all"


class Source(StrEnum):
    """Where a certificate comes from: a course here, or somebody else by the employer's word."""

    ALL = "all"
    HOUSE = "house"
    ELSEWHERE = "elsewhere"


SOURCE_NAMES = {Source.ALL: "全部", Source.HOUSE: "本平台", Source.ELSEWHERE: "别处（单位登记）"}
ENDING_NAMES = {Ending.NEAR: "90 天内到期", Ending.OVER: "已经过期", Ending.ALL: "全部"}


def span_of(ending: Ending, today: dt.date) -> tuple[dt.date, dt.date]:
    """First and last of the last days that are meant; the last day itself is still good."""
    if ending is Ending.OVER:
        return _FIRST, today - _DAY
    return (today, today + NEAR) if ending is Ending.NEAR else (_FIRST, NO_DAY)


def says_of(until: dt.date, today: dt.date) -> str:
    """How far the last day is."""
    if until == NO_DAY:
        return "长期有效"
    left = (until - today).days
    if left < 0:
        return f"已过期 {-left} 天"
    return f"还有 {left} 天" if left else "今天到期"
