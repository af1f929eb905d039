"""A simulated robot of a group in 企业微信: the real wire, and what was written into the group."""

import json
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from app.identity.rules.group_robots import MOST_BYTES, PATH


@dataclass(slots=True)
class RobotSide:
    """One group; `answers`, where set, are the codes of the next answers in place of its own."""

    url: str = ""
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    said: list[str] = field(default_factory=list)
    answers: deque[int] = field(default_factory=deque)

    @property
    def address(self) -> str:
        """What the group's owner copies out of 企业微信."""
        return f"{self.url}{PATH}?key={self.key}"

    def answer(self, address: str, body: bytes) -> dict[str, Any]:
        """Answer a POST as 企业微信 does: status 200 always, the verdict in `errcode`."""
        if self.answers:
            return {"errcode": self.answers.popleft(), "errmsg": "as planned"}
        if parse_qs(address.partition("?")[2]).get("key") != [self.key]:
            return {"errcode": 93000, "errmsg": "invalid webhook url"}
        try:
            given = json.loads(body)
            content = given["markdown"]["content"] if given["msgtype"] == "markdown" else None
        except (ValueError, KeyError, TypeError):
            return {"errcode": 40008, "errmsg": "invalid message type"}
        if not isinstance(content, str) or not content or len(content.encode()) > MOST_BYTES:
            return {"errcode": 40058, "errmsg": "markdown.content exceed max length 4096"}
        self.said.append(content)
        return {"errcode": 0, "errmsg": "ok"}
