"""Tencent Cloud's side of the wire: registry, face sessions and messages, signatures checked."""

import datetime as dt
import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.core.crypto import same
from app.identity.providers import tc3
from app.identity.providers.simulation.face_desk import THINNED, FaceDesk
from app.identity.providers.simulation.messages import TEMPLATES, Messages, fits
from app.identity.providers.simulation.population import Population
from app.identity.rules.registry import RegistryOutcome

CODE_TEMPLATE, ANSWER_TEMPLATE, REMINDER_TEMPLATE = "1", "2", "3"
_KINDS = {CODE_TEMPLATE: "code", ANSWER_TEMPLATE: "answer", REMINDER_TEMPLATE: "reminder"}
RULE_ID = "1"
_RESULTS = {
    RegistryOutcome.MATCH: "0",
    RegistryOutcome.MISMATCH: "-1",
    RegistryOutcome.BAD_ID: "-2",
    RegistryOutcome.BAD_NAME: "-3",
    RegistryOutcome.UPSTREAM_ERROR: "-4",
    RegistryOutcome.NO_RECORD: "-5",
    RegistryOutcome.RATE_LIMITED: "-7",
}
_AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256 Credential=(?P<id>[^/]+)/(?P<day>\d{4}-\d\d-\d\d)/(?P<service>faceid|sms)"
    r"/tc3_request, SignedHeaders=(?P<signed>[a-z0-9;-]+), Signature=[0-9a-f]{64}"
)
_MUST_BE_SIGNED = frozenset({"content-type", "host"})
_LIFE = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class TencentSide:
    """Answers signed calls. `now` is None where the caller's clock is not the wall's."""

    secret_id: str
    secret_key: str
    population: Population
    on_message: Messages
    now: Callable[[], dt.datetime] | None
    faces: FaceDesk

    def answer(self, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """Return status and body; errors have status 200 here."""
        try:
            response = self._respond(headers, body)
        except (ValueError, KeyError, IndexError, TypeError, AttributeError):
            response = _error("InvalidParameter")
        whole = {"Response": response | {"RequestId": str(uuid.uuid4())}}
        return 200, json.dumps(whole, ensure_ascii=False).encode()

    def _respond(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        if (code := self._refusal(headers, body)) is not None:
            return _error(code)
        fields, action = json.loads(body), headers["x-tc-action"]
        if action == "IdCardVerification":
            found = self.population.look(str(fields["Name"]), str(fields["IdCard"]))
            return {"Result": _RESULTS[found], "Description": found.value}
        if action == "SendSms":
            return self._send(headers, fields)
        if action == "DetectAuth":
            return self._begin_face(fields)
        if action == "GetDetectInfoEnhanced":
            return self._told_face(fields)
        return _error("InvalidAction")

    def _refusal(self, headers: Mapping[str, str], body: bytes) -> str | None:
        given = headers.get("authorization", "")
        found, stamp = _AUTHORIZATION.fullmatch(given), headers.get("x-tc-timestamp", "")
        if found is None or not stamp.isdigit():
            return "AuthFailure.InvalidAuthorization"
        if found["id"] != self.secret_id:
            return "AuthFailure.SecretIdNotFound"
        names = found["signed"].split(";")
        if not _MUST_BE_SIGNED <= set(names) <= headers.keys():
            return "AuthFailure.SignatureFailure"
        scope = tc3.Scope(
            secret_id=self.secret_id, service=found["service"], timestamp=int(stamp),
            day=found["day"],
        )  # fmt: skip
        signed = {name: headers[name] for name in names}
        if not same(tc3.authorization(scope, self.secret_key, signed, body), given):
            return "AuthFailure.SignatureFailure"
        return "AuthFailure.SignatureExpire" if self._is_expired(scope) else None

    def _is_expired(self, scope: tc3.Scope) -> bool:
        at = dt.datetime.fromtimestamp(scope.timestamp, dt.UTC)
        is_late = self.now is not None and abs(self.now() - at) > _LIFE
        return is_late or at.strftime("%Y-%m-%d") != scope.day

    def _send(self, headers: Mapping[str, str], fields: Mapping[str, Any]) -> dict[str, Any]:
        if not headers.get("x-tc-region"):
            return _error("MissingParameter")
        sent_at = dt.datetime.fromtimestamp(int(headers["x-tc-timestamp"]), dt.UTC)
        template = _KINDS[fields["TemplateId"]]
        places = fields["TemplateParamSet"]
        if not fits(template, places):
            return {
                "SendStatusSet": [{"Code": "InvalidParameterValue.TemplateParameterLengthLimit"}]
            }
        text = TEMPLATES[template].format(*places)
        statuses = []
        for number in fields["PhoneNumberSet"]:
            self.on_message(number.removeprefix("+86"), text, sent_at)
            statuses.append({"SerialNo": uuid.uuid4().hex, "PhoneNumber": number, "Code": "Ok"})
        return {"SendStatusSet": statuses}

    def _begin_face(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        if fields["RuleId"] != RULE_ID:
            return _error("InvalidParameterValue.RuleIdNotExist")
        token = self.faces.begin(
            str(fields["Name"]), str(fields["IdCard"]), str(fields["RedirectUrl"]),
            str(fields["Extra"]),
        )  # fmt: skip
        return {"BizToken": token, "Url": self.faces.page_url(token)}

    def _told_face(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """All members where all are asked for; the text alone is "1"."""
        text = self.faces.tencent_text(fields["BizToken"])
        if text is None or fields["RuleId"] != RULE_ID:
            return _error("InvalidParameterValue.BizTokenIllegal")
        if fields.get("InfoType", "0") == "1":
            return {"Text": text} | THINNED
        return {"Text": text} | THINNED | {"BestFrame": {"BestFrame": "AAAA", "BestFrames": []}}


def _error(code: str) -> dict[str, Any]:
    return {"Error": {"Code": code, "Message": code}}
