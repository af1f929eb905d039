"""Tencent Cloud's wire (API 3.0): how a call is written, and what an answer says."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.settings import VendorSettings
from app.identity.providers import tc3
from app.identity.providers.account import Answer, Call
from app.identity.providers.wire import Letter, RawAnswer, VendorError, ids_in, members
from app.identity.rules.vendor_calls import Failure

TYPE = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Service:
    """A product of the vendor: its name in signatures, its host, the version spoken."""

    name: str
    host: str
    version: str


FACEID = Service("faceid", "faceid.tencentcloudapi.com", "2018-03-01")
SMS = Service("sms", "sms.tencentcloudapi.com", "2021-01-11")


class TencentWire:
    """Writes and reads for one account and one service."""

    def __init__(self, settings: VendorSettings, service: Service) -> None:
        self._settings = settings
        self._service = service

    def letter(self, call: Call, host: str, at: dt.datetime) -> Letter:
        """Return the signed call; `at` is what the vendor compares with its own clock."""
        body = json.dumps(call.fields, ensure_ascii=False).encode()
        signed = {"content-type": TYPE, "host": host, "x-tc-action": call.action}
        scope = tc3.Scope(
            secret_id=self._settings.secret_id, service=self._service.name,
            timestamp=int(at.timestamp()), day=at.astimezone(dt.UTC).strftime("%Y-%m-%d"),
        )  # fmt: skip
        headers = signed | {
            "x-tc-version": self._service.version,
            "x-tc-timestamp": str(scope.timestamp),
            "authorization": tc3.authorization(scope, self._settings.secret_key, signed, body),
        }
        if self._service is SMS:
            headers["x-tc-region"] = self._settings.region
        return Letter("/", headers, body)

    def read(self, raw: RawAnswer) -> Answer:
        """Return the `Response` member. Raises VendorError; errors come with status 200 here."""
        response = _response(raw)
        ids = ids_in(response)
        if raw.status >= 500:
            raise VendorError(Failure.BROKEN, ids, str(raw.status))
        if raw.status != 200 or response is None or not ids:
            raise VendorError(Failure.MALFORMED, ids, str(raw.status))
        if "Error" in response:
            error = response["Error"]
            code = str(error.get("Code")) if isinstance(error, dict) else ""
            raise VendorError(_failure_of(code), ids, code)
        return Answer(response, ids[0])


def _response(raw: RawAnswer) -> Mapping[str, Any] | None:
    found = members(raw.body)
    response = found.get("Response") if found is not None else None
    return response if isinstance(response, dict) else None


def _failure_of(code: str) -> Failure:
    """What an error code of the platform means for the next call."""
    if code.startswith(("RequestLimitExceeded", "LimitExceeded")):
        return Failure.THROTTLED
    return Failure.BROKEN if code.startswith("InternalError") else Failure.REFUSED
