"""Text messages through each vendor: a code, word of a numbered matter, or a reminder.

A place of a template takes a few words (35 characters at Alibaba), so no letter is ever sent.

Neither vendor tells a repeated message from a new one (Alibaba documents that `SendSms` is not
idempotent; Tencent's has no key for it), so none is sent again once it may have arrived there.
"""

import datetime as dt
import json
from dataclasses import dataclass

from app.core.settings import VendorSettings
from app.identity.providers.account import Call, VendorAccount
from app.identity.providers.wire import VendorError
from app.identity.rules.vendor_calls import Failure


@dataclass(frozen=True, slots=True)
class TencentSms:
    """Templates with numbered places: {1} the code; {1} the number, {2} the words; {1} words."""

    account: VendorAccount
    settings: VendorSettings

    def send_code(self, *, phone: str, code: str, now: dt.datetime) -> None:
        """Send; raises VendorError where the vendor did not take the message."""
        self._send(phone, self.settings.template_id, [code], now)

    def send_answer(self, *, phone: str, number: str, answer: str, now: dt.datetime) -> None:
        """Send a few words about a numbered matter. Raises VendorError."""
        self._send(phone, self.settings.answer_template_id, [number, answer], now)

    @property
    def can_remind(self) -> bool:
        """Tell whether the vendor has approved a template for reminders."""
        return bool(self.settings.reminder_template_id)

    def send_reminder(self, *, phone: str, words: str, now: dt.datetime) -> None:
        """Remind somebody in a few words. Raises VendorError."""
        self._send(phone, self.settings.reminder_template_id, [words], now)

    def _send(self, phone: str, template_id: str, values: list[str], now: dt.datetime) -> None:
        fields = {
            "PhoneNumberSet": [f"+86{phone}"],
            "SmsSdkAppId": self.settings.app_id,
            "SignName": self.settings.sign_name,
            "TemplateId": template_id,
            "TemplateParamSet": values,
        }
        call = Call(action="SendSms", fields=fields, is_question=False)
        found = self.account.ask(call, now=now)
        statuses = found.content.get("SendStatusSet")
        one = statuses[0] if isinstance(statuses, list) and len(statuses) == 1 else None
        if not isinstance(one, dict) or one.get("Code") != "Ok":
            raise VendorError(Failure.REFUSED, (found.transaction_id,), _code_of(one))


@dataclass(frozen=True, slots=True)
class AliyunSms:
    """Templates with named places: ${code}; ${number} and ${answer}; ${words}."""

    account: VendorAccount
    settings: VendorSettings

    def send_code(self, *, phone: str, code: str, now: dt.datetime) -> None:
        """Send; raises VendorError where the vendor did not take the message."""
        self._send(phone, self.settings.template_id, {"code": code}, now)

    def send_answer(self, *, phone: str, number: str, answer: str, now: dt.datetime) -> None:
        """Send a few words about a numbered matter. Raises VendorError."""
        values = {"number": number, "answer": answer}
        self._send(phone, self.settings.answer_template_id, values, now)

    @property
    def can_remind(self) -> bool:
        """Tell whether the vendor has approved a template for reminders."""
        return bool(self.settings.reminder_template_id)

    def send_reminder(self, *, phone: str, words: str, now: dt.datetime) -> None:
        """Remind somebody in a few words. Raises VendorError."""
        self._send(phone, self.settings.reminder_template_id, {"words": words}, now)

    def _send(self, phone: str, template_id: str, values: dict[str, str], now: dt.datetime) -> None:
        fields = {
            "PhoneNumbers": phone,
            "SignName": self.settings.sign_name,
            "TemplateCode": template_id,
            "TemplateParam": json.dumps(values, ensure_ascii=False),
        }
        call = Call(action="SendSms", fields=fields, is_question=False)
        found = self.account.ask(call, now=now)
        if found.content.get("Code") != "OK":
            raise VendorError(Failure.REFUSED, (found.transaction_id,), _code_of(found.content))


def _code_of(said: object) -> str:
    """The vendor's code for why not; its message may repeat the number, so that is left out."""
    code = said.get("Code") if isinstance(said, dict) else None
    return code[:80] if isinstance(code, str) else "no code"
