"""Face sessions at the simulated vendors: what was begun, and what the person chose on the page.

No camera is used. On a page that says so one chooses what the vendor will answer.
"""

import html
import json
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from app.identity.providers.simulation.population import Population
from app.identity.rules.registry import RegistryOutcome

_MOST = 10_000
THINNED = {"IdCardData": None, "BestFrame": None, "VideoData": None}


class FaceChoice(StrEnum):
    """What came of a session; OPEN until something is chosen."""

    OPEN = "open"
    PASS = "pass"  # noqa: S105 -- a choice on a page, no password
    OTHER = "other"
    SPOOF = "spoof"
    NO_PHOTO = "no_photo"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One session; `extra` is what the caller wants back."""

    token: str
    name: str
    number: str
    return_url: str
    extra: str
    is_known: bool
    choice: FaceChoice = FaceChoice.OPEN


# Tencent's ErrCode, LiveStatus, Comparestatus, Sim; Alibaba's Passed, SubCode.
_TENCENT: Mapping[FaceChoice, tuple[int, int | None, int | None, str | None]] = {
    FaceChoice.OPEN: (17, None, None, None),
    FaceChoice.PASS: (0, 0, 0, "94.30"),
    FaceChoice.OTHER: (2016, 0, 2016, "31.20"),
    FaceChoice.SPOOF: (1002, 1002, None, None),
    FaceChoice.NO_PHOTO: (2007, 0, 2007, None),
    FaceChoice.BROKEN: (1001, 1001, None, None),
}
_ALIYUN: Mapping[FaceChoice, tuple[str, str, float]] = {
    FaceChoice.PASS: ("T", "200", 94.3),
    FaceChoice.OTHER: ("F", "204", 31.2),
    FaceChoice.SPOOF: ("F", "205", 88.0),
    FaceChoice.NO_PHOTO: ("F", "203", 0.0),
    FaceChoice.BROKEN: ("F", "209", 0.0),
}


class FaceDesk:
    """Keeps sessions in memory, for both vendors."""

    def __init__(self, population: Population) -> None:
        self._population = population
        self._sittings: dict[str, Sitting] = {}
        self._lock = threading.Lock()
        self.url = ""
        """Where the server's pages are; set once it has a port."""

    def begin(self, name: str, number: str, return_url: str, extra: str) -> str:
        """Open a session and return its token."""
        is_known = self._population.look(name, number) is RegistryOutcome.MATCH
        token = str(uuid.uuid4()).upper()
        sitting = Sitting(
            token=token, name=name, number=number, return_url=return_url, extra=extra,
            is_known=is_known,
        )  # fmt: skip
        with self._lock:
            if len(self._sittings) >= _MOST:
                self._sittings.pop(next(iter(self._sittings)))
            self._sittings[token] = sitting
        return token

    def page_url(self, token: str) -> str:
        return f"{self.url}/face/{token}"

    def choose(self, token: str, choice: str) -> Sitting | None:
        """Write a choice down; a session that is decided stays so. None for one unknown."""
        with self._lock:
            found = self._sittings.get(token)
            if found is not None and found.choice is FaceChoice.OPEN and choice in _CHOICES:
                found = replace(found, choice=FaceChoice(choice))
                self._sittings[token] = found
        return found

    def sitting(self, token: str) -> Sitting | None:
        with self._lock:
            return self._sittings.get(token)

    def tencent_text(self, token: str) -> dict[str, Any] | None:
        """`Text` of a session, as the vendor documents it; None for one unknown."""
        found = self.sitting(token)
        if found is None:
            return None
        code, live, compared, likeness = _TENCENT[found.choice]
        if found.choice is FaceChoice.PASS and not found.is_known:
            code, compared, likeness = 2006, 2006, None
        return {
            "ErrCode": code, "ErrMsg": found.choice.value, "IdCard": found.number,
            "UseIDType": 0, "Name": found.name, "LiveStatus": live, "Comparestatus": compared,
            "Sim": likeness, "Extra": found.extra, "LivenessMode": 4, "CompareLibType": "权威库",
        }  # fmt: skip

    def aliyun_result(self, token: str) -> dict[str, Any]:
        """Code and `ResultObject` of a session, as the vendor documents them."""
        found = self.sitting(token)
        if found is None:
            return {"Code": "406", "Message": "无效的CertifyId"}
        if found.choice is FaceChoice.OPEN:
            return {"Code": "424", "Message": "身份认证记录不存在"}
        passed, sub_code, likeness = _ALIYUN[found.choice]
        if found.choice is FaceChoice.PASS and not found.is_known:
            passed, sub_code = "F", "201"
        material = {
            "faceAttack": "T" if found.choice is FaceChoice.SPOOF else "F",
            "facialPictureFront": {"verifyScore": likeness, "qualityScore": 88.4},
        }
        result = {
            "Passed": passed, "SubCode": sub_code, "IdentityInfo": None,
            "MaterialInfo": json.dumps(material),
        }  # fmt: skip
        return {"Code": "200", "Message": "success", "ResultObject": result}


_CHOICES: Mapping[str, str] = {
    FaceChoice.PASS: "通过：是本人",
    FaceChoice.OTHER: "不通过：不像证件上的人",
    FaceChoice.SPOOF: "不通过：疑似翻拍，不是真人",
    FaceChoice.NO_PHOTO: "判不了：没有证件照片",
    FaceChoice.BROKEN: "核身服务自己出错",
}
META_SCRIPT = """function getMetaInfo() {
  return { bioMetaInfo: "simulated", deviceType: "h5", ua: navigator.userAgent };
}
"""
"""Stands where the vendor's script does that describes the browser."""


def page(sitting: Sitting, masked: Callable[[str], str]) -> str:
    """The page at which the person chooses; plain forms, for any browser."""
    buttons = "".join(
        f'<form method="post" action="/face/{sitting.token}/{choice}">'
        f"<button>{html.escape(words)}</button></form>"
        for choice, words in _CHOICES.items()
    )
    back = html.escape(sitting.return_url, quote=True)
    cancel = f'<p><a id="cancel" href="{back}">取消，返回</a></p>'
    return _PAGE.replace("NUMBER", html.escape(masked(sitting.number))).replace(
        "CHOICES", buttons + cancel
    )


_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>模拟核身页</title>
<style>body{font:18px/1.6 sans-serif;max-width:26em;margin:1em auto;padding:0 1em}
button{font:inherit;width:100%;min-height:3em;margin:.3em 0}a{display:block;padding:.8em 0}
.mark{background:#fff3cd;color:#5c4400;padding:.6em;border-radius:.4em}</style>
<main><h1>模拟核身页</h1>
<p class="mark">这是模拟，不是真的核身：不开相机，不看人脸。请选一个要它回答的结果。</p>
<p>证件号码 NUMBER</p>CHOICES</main></html>"""
