"""What is told once a week to who looks after people: what needs doing, in counts, no names."""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from app.certs.rules.expiry import NEAR
from app.org.rules.attention import PRESSING_NAMES, REASON_NAMES, Pressing, Reason

AT: Final = dt.time(9)
"""From this hour of Monday on, in Shanghai."""


def week_of(local: dt.datetime) -> dt.date | None:
    """The Monday of the week for which digests are due at a local moment; None where none are.

    Who could not be told on Monday (the house was down) is told on Tuesday, and not later.
    """
    monday = local.date() - dt.timedelta(days=local.weekday())
    is_early = local.weekday() == 0 and local.time() < AT
    return None if is_early or local.weekday() > 1 else monday


def lines_of(
    pressing: Mapping[Pressing, int], reasons: Mapping[Reason, int], *, ending: int = 0
) -> list[str]:
    """What needs doing, a line each; nothing where there is nothing to do.

    `ending` are certificates whose last day comes within NEAR.
    """
    found = []
    for each, name in PRESSING_NAMES.items():
        if not pressing.get(each):
            continue
        line = f"{name} {pressing[each]} 人次"
        if each is Pressing.STUCK:
            whys = [f"{REASON_NAMES[why]} {count}" for why, count in reasons.items() if count]
            line += f"（{'，'.join(whys)}）" if whys else ""
        found.append(line)
    if ending:
        found.append(f"{NEAR.days} 天内到期的证书 {ending} 张")
    return found
