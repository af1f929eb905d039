"""Moments as people say them, in Asia/Shanghai."""

import datetime as dt
from zoneinfo import ZoneInfo

_LOCAL = ZoneInfo("Asia/Shanghai")


def spoken(moment: dt.datetime, now: dt.datetime) -> str:
    """今天 14:05, 明天 10:20, 12月3日 09:00; rounded up to the minute, so that it is not early."""
    local = (moment + dt.timedelta(seconds=59, microseconds=999_999)).astimezone(_LOCAL)
    days = (local.date() - now.astimezone(_LOCAL).date()).days
    day = {0: "今天", 1: "明天"}.get(days, f"{local.month}月{local.day}日")
    return f"{day} {local:%H:%M}"


def spoken_wait(wait_s: int, now: dt.datetime) -> str:
    """How long to wait: in seconds up to a minute, in minutes up to an hour, then by the clock."""
    if wait_s <= 60:
        return f"过 {wait_s} 秒"
    if wait_s <= 3600:
        return f"过 {-(-wait_s // 60)} 分钟"
    return f"{spoken(now + dt.timedelta(seconds=wait_s), now)} 以后"
