"""Alibaba Cloud's side of the wire: registry, face sessions and messages, signatures checked."""

import datetime as dt
import json
import re
import threading
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from app.core.crypto import same
from app.identity.providers import acs3
from app.identity.providers.simulation.face_desk import FaceDesk
from app.identity.providers.simulation.messages import TEMPLATES, Messages, fits
from app.identity.providers.simulation.population import Population
from app.identity.rules.registry import RegistryOutcome

CODE_TEMPLATE, ANSWER_TEMPLATE, REMINDER_TEMPLATE = "SMS_1", "SMS_2", "SMS_3"
_PLACES = {
    CODE_TEMPLATE: ("code", ("code",)), ANSWER_TEMPLATE: ("answer", ("number", "answer")),
    REMINDER_TEMPLATE: ("reminder", ("words",)),
}  # fmt: skip
SCENE_ID = "1000000006"
_NO_SCENE = {"Code": "404", "Message": "认证场景配置不存在"}
_BIZ_CODES = {
    RegistryOutcome.MATCH: "1",
    RegistryOutcome.MISMATCH: "2",
    RegistryOutcome.NO_RECORD: "3",
}
_CODES = {
    RegistryOutcome.BAD_ID: "401",
    RegistryOutcome.BAD_NAME: "401",
    RegistryOutcome.UPSTREAM_ERROR: "402",
}
_AUTHORIZATION = re.compile(
    r"ACS3-HMAC-SHA256 Credential=(?P<id>[^,]+),SignedHeaders=(?P<signed>[a-z0-9;-]+),"
    r"Signature=[0-9a-f]{64}"
)
_MUST_BE_SIGNED = frozenset(
    {
        "host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce",
        "x-acs-version",
    }
)  # fmt: skip
_LIFE = dt.timedelta(minutes=15)


class _Refused(Exception):  # noqa: N818 -- no error of ours: what the gateway answers
    """The gateway's no, with its code and status."""

    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class AliyunSide:
    """Answers signed calls. `now` is None where the caller's clock is not the wall's."""

    key_id: str
    key_secret: str
    population: Population
    on_message: Messages
    now: Callable[[], dt.datetime] | None
    faces: FaceDesk
    _nonces: deque[str] = field(default_factory=lambda: deque(maxlen=10_000))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, headers: Mapping[str, str], query: str, body: bytes) -> tuple[int, bytes]:
        """Return status and body; the gateway's refusals have 400 and more."""
        try:
            fields = self._fields(headers, query, body)
            status, content = 200, self._respond(headers, fields)
        except _Refused as no:
            status, content = no.status, {"Code": no.code, "Message": no.code}
        except (ValueError, KeyError, TypeError):
            status, content = 400, {"Code": "InvalidParameter", "Message": "malformed"}
        whole = content | {"RequestId": str(uuid.uuid4()).upper()}
        return status, json.dumps(whole, ensure_ascii=False).encode()

    def _respond(self, headers: Mapping[str, str], fields: Mapping[str, str]) -> dict[str, Any]:
        action = headers["x-acs-action"], headers["x-acs-version"]
        if action == ("Id2MetaVerify", "2019-03-07"):
            return self._verify(fields)
        if action == ("SendSms", "2017-05-25"):
            return self._send(headers, fields)
        if action == ("InitFaceVerify", "2019-03-07"):
            return self._begin_face(fields)
        if action == ("DescribeFaceVerify", "2019-03-07"):
            is_ours = fields["SceneId"] == SCENE_ID
            return self.faces.aliyun_result(fields["CertifyId"]) if is_ours else _NO_SCENE
        raise _Refused("InvalidApi.NotFound", 404)

    def _fields(self, headers: Mapping[str, str], query: str, body: bytes) -> dict[str, str]:
        """Return the fields of a call whose signature holds."""
        given = headers.get("authorization", "")
        found = _AUTHORIZATION.fullmatch(given)
        if found is None:
            raise _Refused("IncompleteSignature")
        if found["id"] != self.key_id:
            raise _Refused("InvalidAccessKeyId.NotFound", 404)
        names = found["signed"].split(";")
        unsigned = {name for name in headers if name.startswith("x-acs-")} - set(names)
        if unsigned or not _MUST_BE_SIGNED <= set(names) <= headers.keys():
            raise _Refused("IncompleteSignature")
        fields = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)))
        expected = acs3.authorization(
            key_id=self.key_id, key_secret=self.key_secret, query=acs3.query_string(fields),
            headers={name: headers[name] for name in names}, body_digest=acs3.digest(body),
        )  # fmt: skip
        is_body = headers["x-acs-content-sha256"] == acs3.digest(body)
        if not is_body or not same(expected, given):
            raise _Refused("SignatureDoesNotMatch")
        self._check_moment(headers)
        return fields | dict(parse_qsl(body.decode(), keep_blank_values=True))

    def _check_moment(self, headers: Mapping[str, str]) -> None:
        """A call holds for a quarter of an hour, and once."""
        at = _moment(headers)
        if self.now is not None and abs(self.now() - at) > _LIFE:
            raise _Refused("InvalidTimeStamp.Expired")
        nonce = headers["x-acs-signature-nonce"]
        with self._lock:
            if nonce in self._nonces:
                raise _Refused("SignatureNonceUsed")
            self._nonces.append(nonce)

    def _verify(self, fields: Mapping[str, str]) -> dict[str, Any]:
        if fields["ParamType"] != "normal":
            return {"Code": "401", "Message": "invalid"}
        outcome = self.population.look(fields["UserName"], fields["IdentifyNum"])
        if outcome is RegistryOutcome.RATE_LIMITED:
            raise _Refused("Throttling.User")
        if outcome in _CODES:
            return {"Code": _CODES[outcome], "Message": outcome.value}
        biz_code = {"BizCode": _BIZ_CODES[outcome]}
        return {"Code": "200", "Message": "success", "ResultObject": biz_code}

    def _begin_face(self, fields: Mapping[str, str]) -> dict[str, Any]:
        """Only what is documented for H5 pages, with an order of 32 letters and digits."""
        meta = json.loads(fields["MetaInfo"])
        is_order = re.fullmatch(r"[0-9A-Za-z]{32}", fields["OuterOrderNo"]) is not None
        fixed = (fields["ProductCode"], fields["CertType"], fields["CertifyUrlType"])
        if not is_order or fixed != ("ID_PRO", "IDENTITY_CARD", "H5") or "ua" not in meta:
            return {"Code": "401", "Message": "参数非法"}
        if fields["SceneId"] != SCENE_ID:
            return _NO_SCENE
        token = self.faces.begin(
            fields["CertName"], fields["CertNo"], fields["ReturnUrl"], fields["OuterOrderNo"]
        )
        found = {"CertifyId": token, "CertifyUrl": self.faces.page_url(token)}
        return {"Code": "200", "Message": "success", "ResultObject": found}

    def _send(self, headers: Mapping[str, str], fields: Mapping[str, str]) -> dict[str, Any]:
        template = _PLACES.get(fields["TemplateCode"])
        if template is None:
            return {"Code": "isv.SMS_TEMPLATE_ILLEGAL", "Message": "no such template"}
        values = json.loads(fields["TemplateParam"])
        kind, names = template
        places = [values[name] for name in names]
        if not fits(kind, places):
            return {"Code": "isv.PARAM_LENGTH_LIMIT", "Message": "a place is too long"}
        for phone in fields["PhoneNumbers"].split(","):
            self.on_message(phone, TEMPLATES[kind].format(*places), _moment(headers))
        return {"Code": "OK", "Message": "OK", "BizId": uuid.uuid4().hex}


def _moment(headers: Mapping[str, str]) -> dt.datetime:
    return dt.datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%S%z")
