"""Face sessions at a certified vendor: the person is sent to its page, we ask what came of it.

Only the exact success that a vendor documents is a pass. Photos and videos are not asked for where
a vendor lets one choose, and nothing of an answer is kept but what `FaceDecision` holds.
"""

import datetime as dt
import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol
from urllib.parse import urlsplit

from app.identity.providers.account import Answer, Call, VendorAccount
from app.identity.providers.wire import VendorError
from app.identity.rules import face_vendors as rules
from app.identity.rules.face_decisions import FaceDecision, FaceOutcome, Liveness
from app.identity.rules.face_vendors import AliyunResult, FaceVendorKind, Said, TencentResult

META_SCRIPT = "https://o.alicdn.com/yd-cloudauth/cloudauth-cdn/jsvm_all.js"
"""What tells Alibaba's service about the browser; its answer goes along as MetaInfo."""
_MOST_TOKEN, _MOST_URL = 200, 2_000
_MOST_WHOLE = 10**9
# Digits as vendors write them: `float` would take other scripts' too, spaces and underscores.
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,20})?")
# What an address is written in; a browser would drop a line break, and read on.
_ADDRESS = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceAsk:
    """For whom a session is begun; `order_no` is ours, drawn for this session alone."""

    order_no: str
    name: str
    number: str
    return_url: str
    meta_info: str = ""


@dataclass(frozen=True, slots=True)
class FaceTrip:
    """A session at the vendor: its name there, and the page that the person goes to."""

    token: str
    page_url: str


class FaceVendor(Protocol):
    """The face session of one vendor: what to call, and what the answers say."""

    @property
    def kind(self) -> FaceVendorKind: ...

    def begin(self, ask: FaceAsk) -> Call: ...

    def begun(self, content: Mapping[str, Any]) -> FaceTrip | Said: ...

    def result(self, token: str) -> Call: ...

    def judged(self, content: Mapping[str, Any], ask: FaceAsk) -> FaceDecision: ...


@dataclass(frozen=True, slots=True)
class VendorFaces:
    """Face sessions through one account. `meta_script`: see META_SCRIPT; empty where none is."""

    account: VendorAccount
    vendor: FaceVendor
    is_https: bool = True
    meta_script: str = ""

    @property
    def kind(self) -> FaceVendorKind:
        return self.vendor.kind

    def start(self, ask: FaceAsk, *, now: dt.datetime) -> FaceTrip | Said:
        """Begin a session: where the person must go. Raises VendorError.

        A page that is not https is none: on the way there anybody could stand in for the vendor.
        """
        answer = self.account.ask(self.vendor.begin(ask), now=now)
        trip = self.vendor.begun(answer.content)
        if isinstance(trip, FaceTrip) and not self._is_page(trip):
            return rules.UNKNOWN
        return trip

    def poll(self, token: str, ask: FaceAsk, *, now: dt.datetime) -> FaceDecision:
        """Ask what came of a session. An outage is PROVIDER_ERROR, and never anything else."""
        try:
            answer = self.account.ask(self.vendor.result(token), now=now)
        except VendorError as error:
            return _nothing(self.account.source, error)
        return self._sealed(answer, self.vendor.judged(answer.content, ask), ask)

    def _is_page(self, trip: FaceTrip) -> bool:
        if len(trip.token) > _MOST_TOKEN or len(trip.page_url) > _MOST_URL:
            return False
        if _ADDRESS.fullmatch(trip.page_url) is None or "\\" in trip.page_url:
            return False
        try:
            parts = urlsplit(trip.page_url)
            has_port = parts.port is None or parts.port > 0
        except ValueError:
            return False
        schemes = {"https"} if self.is_https else {"https", "http"}
        is_plain = parts.username is None and parts.password is None and has_port
        return parts.scheme in schemes and bool(parts.hostname) and is_plain

    def _sealed(self, answer: Answer, decision: FaceDecision, ask: FaceAsk) -> FaceDecision:
        """Bind what decided to session, vendor and its id for the answer; nothing personal."""
        members = (
            ask.order_no, self.account.source, answer.transaction_id, decision.code,
            decision.outcome.value, decision.score, decision.quality,
        )  # fmt: skip
        evidence = hashlib.sha256(json.dumps(members).encode()).hexdigest()
        return replace(
            decision, source=self.account.source, evidence_hash=evidence,
            transaction_id=answer.transaction_id,
        )  # fmt: skip


def _nothing(source: str, error: VendorError) -> FaceDecision:
    last = error.ids[-1] if error.ids else ""
    return FaceDecision(
        outcome=FaceOutcome.PROVIDER_ERROR, liveness=Liveness.NONE, source=source,
        problem=rules.UNKNOWN.sentence, transaction_id=last, code=error.failure.value,
        evidence_hash=hashlib.sha256(f"{source}:{last}:{error.failure}".encode()).hexdigest(),
    )  # fmt: skip


def _decision(
    said: Said, code: str, *, score: float | None, threshold: float | None = None,
    quality: float | None = None,
) -> FaceDecision:  # fmt: skip
    """What a vendor's word comes to; source, id and evidence are put in where it was asked."""
    is_pass = said.outcome is FaceOutcome.PASSED
    return FaceDecision(
        outcome=said.outcome, problem=said.sentence, code=code, score=score, source="",
        liveness=Liveness.CERTIFIED if is_pass else Liveness.NONE, threshold=threshold,
        quality=quality, is_finished=said is not rules.UNFINISHED,
    )  # fmt: skip


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _whole(value: object) -> int | None:
    """A whole number of a length that codes have."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if abs(value) < _MOST_WHOLE else None


def _number(value: object) -> float | None:
    """A number, written as one or as text: vendors do both."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and _DECIMAL.fullmatch(value) is None:
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


@dataclass(frozen=True, slots=True)
class TencentFaces:
    """`DetectAuth` and `GetDetectInfoEnhanced`; the rule says which flow of the vendor's it is."""

    rule_id: str
    kind: FaceVendorKind = FaceVendorKind.TENCENT

    def begin(self, ask: FaceAsk) -> Call:
        fields = {
            "RuleId": self.rule_id, "IdCard": ask.number, "Name": ask.name,
            "RedirectUrl": ask.return_url, "Extra": ask.order_no,
        }  # fmt: skip
        return Call(action="DetectAuth", fields=fields, is_question=True)

    def begun(self, content: Mapping[str, Any]) -> FaceTrip | Said:
        token, url = _text(content.get("BizToken")), _text(content.get("Url"))
        return FaceTrip(token, url) if token and url else rules.UNKNOWN

    def result(self, token: str) -> Call:
        """Only the text: neither photos nor the video are wanted here."""
        fields = {"BizToken": token, "RuleId": self.rule_id, "InfoType": "1"}
        return Call(action="GetDetectInfoEnhanced", fields=fields, is_question=True)

    def judged(self, content: Mapping[str, Any], ask: FaceAsk) -> FaceDecision:
        text = content.get("Text")
        found: Mapping[str, Any] = text if isinstance(text, dict) else {}
        named = (found.get("Extra"), found.get("IdCard"), found.get("Name"))
        likeness, code = _number(found.get("Sim")), _whole(found.get("ErrCode"))
        said = rules.judge_tencent(
            TencentResult(
                code=code, live=_whole(found.get("LiveStatus")), likeness=likeness,
                compared=_whole(found.get("Comparestatus")),
                is_ours=named == (ask.order_no, ask.number, ask.name),
            )
        )  # fmt: skip
        return _decision(said, str(code), score=likeness, threshold=rules.THRESHOLD)


@dataclass(frozen=True, slots=True)
class AliyunFaces:
    """`InitFaceVerify` and `DescribeFaceVerify`; the scene is one of the vendor's console."""

    scene_id: str
    kind: FaceVendorKind = FaceVendorKind.ALIYUN

    def begin(self, ask: FaceAsk) -> Call:
        """A second call with the same order may be refused, so it is repeated only if unheard."""
        fields = {
            "SceneId": self.scene_id, "OuterOrderNo": ask.order_no, "ProductCode": "ID_PRO",
            "Model": "MULTI_ACTION", "CertType": "IDENTITY_CARD", "CertName": ask.name,
            "CertNo": ask.number, "ReturnUrl": ask.return_url, "MetaInfo": ask.meta_info,
            "CertifyUrlType": "H5",
        }  # fmt: skip
        return Call(action="InitFaceVerify", fields=fields, is_question=False)

    def begun(self, content: Mapping[str, Any]) -> FaceTrip | Said:
        code, found = _text(content.get("Code")), content.get("ResultObject")
        if code != "200" or not isinstance(found, dict):
            return rules.judge_aliyun(AliyunResult(code=code)) if code != "200" else rules.UNKNOWN
        token, url = _text(found.get("CertifyId")), _text(found.get("CertifyUrl"))
        return FaceTrip(token, url) if token and url else rules.UNKNOWN

    def result(self, token: str) -> Call:
        fields = {"SceneId": self.scene_id, "CertifyId": token}
        return Call(action="DescribeFaceVerify", fields=fields, is_question=True)

    def judged(self, content: Mapping[str, Any], ask: FaceAsk) -> FaceDecision:
        """The answer names nobody: that it is ours rests on the CertifyId, which only we hold."""
        del ask
        found = content.get("ResultObject")
        result: Mapping[str, Any] = found if isinstance(found, dict) else {}
        material = _material(result.get("MaterialInfo"))
        front = material.get("facialPictureFront") if material else None
        scores: Mapping[str, Any] = front if isinstance(front, dict) else {}
        code, sub_code = _text(content.get("Code")), _text(result.get("SubCode"))
        said = rules.judge_aliyun(
            AliyunResult(
                code=code,
                passed=_text(result.get("Passed")),
                sub_code=sub_code,
                is_attack=_attack(result.get("MaterialInfo"), material),
            )
        )
        return _decision(
            said, f"{code}/{sub_code or ''}", score=_number(scores.get("verifyScore")),
            quality=_number(scores.get("qualityScore")),
        )  # fmt: skip


def _material(text: object) -> Mapping[str, Any] | None:
    """What `MaterialInfo` holds, which is JSON in a text; None where that cannot be read."""
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _attack(text: object, material: Mapping[str, Any] | None) -> bool | None:
    """Whether the vendor saw an attack; None where what it says of that cannot be read.

    Nothing at all is no word of an attack: `Passed` decides then, as the vendor documents.
    """
    if text is None or text == "":
        return False
    if material is None:
        return None
    return {"T": True, "F": False}.get(str(material.get("faceAttack", "F")))
