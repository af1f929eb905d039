"""The population registry behind each vendor: whether a name and a number belong together.

Anything that is not exactly the documented answer is UPSTREAM_ERROR; none of it is ever a pass.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.identity.providers.account import Call, VendorAccount
from app.identity.providers.wire import VendorError
from app.identity.rules import registry
from app.identity.rules.documents import DocumentType
from app.identity.rules.id_number import likely_type
from app.identity.rules.registry import RegistryAnswer, RegistryOutcome
from app.identity.rules.vendor_calls import Failure

_LIMITED = frozenset({Failure.THROTTLED, Failure.SPARED})

Question = Callable[[str, str], Call]
Reading = Callable[[Mapping[str, Any], DocumentType], RegistryOutcome]


@dataclass(frozen=True, slots=True)
class VendorRegistry:
    """Asks through one account; who was asked is kept with every answer."""

    account: VendorAccount
    question: Question
    reading: Reading

    def check(self, *, name: str, number: str, now: dt.datetime) -> RegistryAnswer:
        """Ask; a number that no vendor documents to take is for a human, and is not sent."""
        document_type = likely_type(number)
        if not registry.is_documented(document_type, number):
            return RegistryAnswer(RegistryOutcome.PENDING_MANUAL, "")
        try:
            answer = self.account.ask(self.question(name, number), now=now)
        except VendorError as error:
            limited = error.failure in _LIMITED
            outcome = RegistryOutcome.RATE_LIMITED if limited else RegistryOutcome.UPSTREAM_ERROR
            *earlier, last = error.ids or ("",)
            return RegistryAnswer(outcome, last, tuple(earlier), self.account.source)
        outcome = registry.settled(self.reading(answer.content, document_type), document_type)
        return RegistryAnswer(
            outcome, answer.transaction_id, answer.earlier_ids, self.account.source
        )


# Result codes of Tencent's IdCardVerification, as the vendor documents them. -6: the registry
# itself is being worked on; -7: the account's or the number's questions of the day are used up.
_TENCENT = {
    "0": RegistryOutcome.MATCH,
    "-1": RegistryOutcome.MISMATCH,
    "-2": RegistryOutcome.BAD_ID,
    "-3": RegistryOutcome.BAD_NAME,
    "-4": RegistryOutcome.UPSTREAM_ERROR,
    "-5": RegistryOutcome.NO_RECORD,
    "-6": RegistryOutcome.UPSTREAM_ERROR,
    "-7": RegistryOutcome.RATE_LIMITED,
}


def ask_tencent(name: str, number: str) -> Call:
    return Call(
        action="IdCardVerification", fields={"IdCard": number, "Name": name}, is_question=True
    )


def read_tencent(content: Mapping[str, Any], _document_type: DocumentType) -> RegistryOutcome:
    """Read `Result`, which is text and nothing else."""
    result = content.get("Result")
    known = _TENCENT.get(result) if isinstance(result, str) else None
    return known or RegistryOutcome.UPSTREAM_ERROR


# BizCode of Alibaba's Id2MetaVerify; it means something only beside Code "200".
_ALIYUN = {
    "1": RegistryOutcome.MATCH,
    "2": RegistryOutcome.MISMATCH,
    "3": RegistryOutcome.NO_RECORD,
}


def ask_aliyun(name: str, number: str) -> Call:
    fields = {"ParamType": "normal", "IdentifyNum": number, "UserName": name}
    return Call(action="Id2MetaVerify", fields=fields, is_question=True)


def read_aliyun(content: Mapping[str, Any], document_type: DocumentType) -> RegistryOutcome:
    """Read `Code`, and where it is "200" `ResultObject.BizCode`.

    401 says that name or number break its rules, and not which: our own rules had passed the
    number of a resident, so that leaves the name. 403 is the same question again too soon.
    """
    code, found = content.get("Code"), content.get("ResultObject")
    if code == "401":
        is_resident = document_type is DocumentType.RESIDENT_ID
        return RegistryOutcome.BAD_NAME if is_resident else RegistryOutcome.BAD_ID
    if code == "403":
        return RegistryOutcome.RATE_LIMITED
    biz_code = found.get("BizCode") if isinstance(found, dict) else None
    known = _ALIYUN.get(biz_code) if code == "200" and isinstance(biz_code, str) else None
    return known or RegistryOutcome.UPSTREAM_ERROR
