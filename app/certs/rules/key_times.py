"""What a signature's key says of the moment that stands beside it, and the sentence for that.

A key is in use for a time; what is dated outside it was signed by somebody who got hold of the key
later. What was dated back into it looks right: there the log decides, which shows since when a
certificate is known (docs/certificates.md, "Keys have their time").
"""

import datetime as dt
from enum import StrEnum

from app.identity.rules.local_days import SHANGHAI

_YEAR = slice(10, 14)
LATEST = dt.timedelta(days=7)
"""After its key's time a certificate may enter the log for so long: its sequencer may have stood
still, and nothing is given out before that."""


class KeyFlaw(StrEnum):
    PERIOD = "key_period"
    LATE = "key_late"


SENTENCES: dict[KeyFlaw, str] = {
    KeyFlaw.PERIOD: (
        "签名用的是本平台的密钥，写明的时间却不在这把密钥的使用期内：可能是密钥停用以后有人补签的，"
        "请勿采信。请在本平台输入编号和姓名查询，或向持证人索要原件。"
    ),
    KeyFlaw.LATE: (
        "登记里的这张证书写进公开日志时，签名用的密钥早已停用：可能是倒填日期补签的，请勿采信。"
    ),
}


KEPT = SENTENCES | {
    KeyFlaw.PERIOD: (
        "登记里的这张证书写明的签发时间，不在签名所用密钥的使用期内：可能是密钥停用以后有人补签的，"
        "请勿采信。"
    ),
}
"""The same of what the register has: no other answer is to be had here."""


def flaw_of_code(
    number: str, completed_on: str, since: dt.datetime | None, until: dt.datetime | None
) -> KeyFlaw | None:
    """A code states no moment, only the day of completion and, in its number, the year of issue.

    Issued is what was completed, within that year in Shanghai: some of it has to be within the
    key's period, of which None is an end that is open.
    """
    try:
        done = dt.datetime.combine(dt.date.fromisoformat(completed_on), dt.time(), SHANGHAI)
        new_year = dt.datetime(int(number[_YEAR]), 1, 1, tzinfo=SHANGHAI)
        next_year = new_year.replace(year=new_year.year + 1)
    except ValueError:
        return KeyFlaw.PERIOD
    is_late = until is not None and max(done, new_year) > until
    is_early = since is not None and next_year <= since
    return KeyFlaw.PERIOD if is_late or is_early else None
