"""Tencent Cloud over HTTP: `IdCardVerification` (faceid) and `SendSms` (sms)."""

import datetime as dt
import functools
import json
import ssl
from typing import Any

import httpx

from app.core.settings import VendorSettings
from app.identity.providers.tc3 import authorization
from app.identity.rules.registry import RegistryAnswer, RegistryOutcome

_HOSTS = {"faceid": "faceid.tencentcloudapi.com", "sms": "sms.tencentcloudapi.com"}
_VERSIONS = {"faceid": "2018-03-01", "sms": "2021-01-11"}
# Result codes of IdCardVerification, as the vendor documents them.
_RESULTS = {
    "0": RegistryOutcome.MATCH,
    "-1": RegistryOutcome.MISMATCH,
    "-2": RegistryOutcome.BAD_ID,
    "-3": RegistryOutcome.BAD_NAME,
    "-4": RegistryOutcome.UPSTREAM_ERROR,
    "-5": RegistryOutcome.NO_RECORD,
    "-6": RegistryOutcome.RATE_LIMITED,
}


class VendorError(RuntimeError):
    """The vendor gave no usable answer; the message holds nothing personal."""


@functools.cache
def _trust() -> ssl.SSLContext:
    """The authorities that a vendor's certificate may come from; 20 ms to read, so once."""
    return httpx.create_ssl_context(trust_env=False)


class TencentApi:
    """One vendor account; every call is signed with the time that it is given."""

    def __init__(self, settings: VendorSettings, service: str) -> None:
        self._settings = settings
        self._service = service
        self._url = settings.endpoint or f"https://{_HOSTS[service]}"
        self._host = httpx.URL(self._url).netloc.decode()
        self._client = httpx.Client(timeout=settings.timeout_s, trust_env=False, verify=_trust())

    def call(self, action: str, payload: dict[str, Any], *, now: dt.datetime) -> dict[str, Any]:
        """Return the `Response` member. Raises VendorError on anything that is not an answer."""
        body = json.dumps(payload, ensure_ascii=False).encode()
        timestamp = int(now.timestamp())
        headers = {
            "content-type": "application/json; charset=utf-8",
            "host": self._host,
            "x-tc-action": action,
            "x-tc-version": _VERSIONS[self._service],
            "x-tc-timestamp": str(timestamp),
            "authorization": authorization(
                secret_id=self._settings.secret_id, secret_key=self._settings.secret_key,
                service=self._service, host=self._host, action=action, timestamp=timestamp,
                day=now.astimezone(dt.UTC).strftime("%Y-%m-%d"), body=body,
            ),
        }  # fmt: skip
        try:
            answer = self._client.post(self._url, content=body, headers=headers)
            answer.raise_for_status()
            response = answer.json()["Response"]
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise VendorError(type(error).__name__) from None
        if not isinstance(response, dict):
            raise VendorError("malformed")
        return response


class TencentRegistry:
    """Asks whether a name and a number belong together."""

    def __init__(self, api: TencentApi) -> None:
        self._api = api

    def check(self, *, name: str, number: str, now: dt.datetime) -> RegistryAnswer:
        """Ask; an outage or anything unforeseen is UPSTREAM_ERROR and never a pass."""
        payload = {"IdCard": number, "Name": name}
        try:
            response = self._api.call("IdCardVerification", payload, now=now)
        except VendorError:
            return RegistryAnswer(RegistryOutcome.UPSTREAM_ERROR, "")
        transaction = str(response.get("RequestId", ""))
        error = response.get("Error")
        if error is not None:
            code = str(error.get("Code", "")) if isinstance(error, dict) else ""
            limited = code.startswith("RequestLimitExceeded")
            outcome = RegistryOutcome.RATE_LIMITED if limited else RegistryOutcome.UPSTREAM_ERROR
            return RegistryAnswer(outcome, transaction)
        result = str(response.get("Result"))
        return RegistryAnswer(_RESULTS.get(result, RegistryOutcome.UPSTREAM_ERROR), transaction)


class TencentSms:
    """Sends template messages: a code, or the answer to a complaint."""

    def __init__(self, api: TencentApi, settings: VendorSettings) -> None:
        self._api = api
        self._settings = settings

    def send_code(self, *, phone: str, code: str, now: dt.datetime) -> None:
        """Send; raises VendorError where the vendor did not take the message."""
        self._send(phone, self._settings.template_id, [code], now)

    def send_answer(self, *, phone: str, number: str, answer: str, now: dt.datetime) -> None:
        """Send what was answered to a complaint, with its number. Raises VendorError."""
        self._send(phone, self._settings.answer_template_id, [number, answer], now)

    def _send(self, phone: str, template_id: str, values: list[str], now: dt.datetime) -> None:
        response = self._api.call(
            "SendSms",
            {
                "PhoneNumberSet": [f"+86{phone}"],
                "SmsSdkAppId": self._settings.app_id,
                "SignName": self._settings.sign_name,
                "TemplateId": template_id,
                "TemplateParamSet": values,
            },
            now=now,
        )
        statuses = response.get("SendStatusSet") or [{}]
        if response.get("Error") or statuses[0].get("Code") != "Ok":
            raise VendorError("not sent")
