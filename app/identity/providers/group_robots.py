"""Robots of groups in 企业微信: one POST with Markdown, answered by an `errcode`.

Whoever has the address may write into the group: it is a secret, and lies sealed.
"""

import datetime as dt
import json
from typing import Final
from urllib.parse import urlsplit

from app.identity.providers.company_lines import CompanyLines
from app.identity.providers.wire import Letter, VendorError, members
from app.identity.rules.group_robots import MOST_BYTES
from app.identity.rules.vendor_calls import Failure

# More than 20 messages a minute for a robot, or the server is busy: later it may be taken.
_LATER: Final = frozenset({-1, 45009})


class GroupRobots:
    """Writes into groups; threads share it.

    `may_be_plain`: http and private addresses pass, for the simulation; production has neither.
    """

    def __init__(self, *, may_be_plain: bool) -> None:
        self.may_be_plain = may_be_plain
        self._lines = CompanyLines(is_guarded=not may_be_plain)

    def say(self, address: str, text: str, *, now: dt.datetime) -> None:
        """Write a text. Raises VendorError: REFUSED with `errcode …` where it is not taken."""
        parts = urlsplit(address)
        content = text.encode()[:MOST_BYTES].decode("utf-8", "ignore")
        body = json.dumps({"msgtype": "markdown", "markdown": {"content": content}})
        letter = Letter(
            f"{parts.path}?{parts.query}",
            {"host": parts.netloc, "content-type": "application/json"}, body.encode(),
        )  # fmt: skip
        answer = self._lines.exchange(address, letter, asker=f"robot {address}", now=now)
        if answer.status >= 500:
            raise VendorError(Failure.BROKEN, detail=str(answer.status))
        said = members(answer.body)
        code = said.get("errcode") if said is not None else None
        if answer.status != 200 or not isinstance(code, int):
            raise VendorError(Failure.REFUSED, detail=f"http {answer.status}")
        if code != 0:
            failure = Failure.THROTTLED if code in _LATER else Failure.REFUSED
            raise VendorError(failure, detail=f"errcode {code}")
