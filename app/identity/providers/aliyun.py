"""Alibaba Cloud's wire (RPC style, signature V3): how a call is written, what an answer says."""

import datetime as dt
import secrets
from dataclasses import dataclass

from app.core.settings import VendorSettings
from app.identity.providers import acs3
from app.identity.providers.account import Answer, Call
from app.identity.providers.wire import Letter, RawAnswer, VendorError, ids_in, members
from app.identity.rules.vendor_calls import Failure

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Service:
    """A product of the vendor: host, version, and where its fields stand.

    The vendor's own description of `SendSms` has its fields in the query, that of
    `Id2MetaVerify` in the body; a signature covers either.
    """

    host: str
    version: str
    is_form: bool


CLOUDAUTH = Service("cloudauth.aliyuncs.com", "2019-03-07", is_form=True)
DYSMS = Service("dysmsapi.aliyuncs.com", "2017-05-25", is_form=False)


class AliyunWire:
    """Writes and reads for one account and one service."""

    def __init__(self, settings: VendorSettings, service: Service) -> None:
        self._settings = settings
        self._service = service

    def letter(self, call: Call, host: str, at: dt.datetime) -> Letter:
        """Return the signed call; every one has a nonce of its own."""
        fields = acs3.query_string(call.fields)
        query, body = ("", fields.encode()) if self._service.is_form else (fields, b"")
        signed = {
            "host": host,
            "x-acs-action": call.action,
            "x-acs-content-sha256": acs3.digest(body),
            "x-acs-date": at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": secrets.token_hex(16),
            "x-acs-version": self._service.version,
        }
        if self._service.is_form:
            signed["content-type"] = FORM
        authorization = acs3.authorization(
            key_id=self._settings.secret_id, key_secret=self._settings.secret_key, query=query,
            headers=signed, body_digest=signed["x-acs-content-sha256"],
        )  # fmt: skip
        headers = signed | {"accept": "application/json", "authorization": authorization}
        return Letter(f"/?{query}" if query else "/", headers, body)

    def read(self, raw: RawAnswer) -> Answer:
        """Return the answer. Raises VendorError; the gateway's errors come with 4xx and 5xx."""
        content = members(raw.body)
        ids = ids_in(content)
        code = str(content.get("Code", "")) if content is not None else ""
        if raw.status != 200 and code.startswith("Throttling"):
            raise VendorError(Failure.THROTTLED, ids, code)
        if raw.status >= 500:
            raise VendorError(Failure.BROKEN, ids, code or str(raw.status))
        if content is None or not ids or raw.status < 200 or 300 <= raw.status < 400:
            raise VendorError(Failure.MALFORMED, ids, str(raw.status))
        if raw.status != 200:
            raise VendorError(Failure.REFUSED, ids, code)
        return Answer(content, ids[0])
