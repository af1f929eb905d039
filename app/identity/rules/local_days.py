"""Local time, of which the platform knows one: Asia/Shanghai.

A fixed offset: no summer time has been kept since 1991, and no moment here is older.
"""

import datetime as dt
from typing import Final

SHANGHAI: Final = dt.timezone(dt.timedelta(hours=8))


def local_day(moment: dt.datetime) -> dt.date:
    """The day in Shanghai to which a moment (aware, of any zone) belongs."""
    return moment.astimezone(SHANGHAI).date()
