"""Certificates from elsewhere that an employer states for somebody, and who says yes to them.

They are the employer's statement with the person's answer beside it, and nothing more: never hours,
never passed here, whatever course it is said that they stand for.
"""

import datetime as dt
import unicodedata
from dataclasses import replace
from enum import StrEnum
from typing import Final

from app.certs.rules import external, numbers
from app.certs.rules.external import Evidence, ExternalFlawError
from app.certs.rules.verdicts import Verdict
from app.org.rules.applications import ApplicationFlawError, LicenceKind, read_licence

TRAINING: Final = "other_training"
"""What another platform, school or employer gives out for a training."""
KIND_NAMES: Final = external.NAMES | {TRAINING: "其他培训证书"}
MOST: Final = 50
"""Of one person at one employer, whatever became of them."""
NOT_HOURS: Final = "不计学时，不代替本平台的学习和考试"
"""Stands wherever it is said which course one stands for."""
STATED_BY: Final = "用人单位登记，本平台未核验"
_LONGEST: Final = dt.timedelta(days=366 * 60)
_SIGNS: Final = frozenset("-－/／()（）[]〔〕【】第号字.．·# ")
"""What numbers of trainings hold beside letters and digits: 川安培〔2026〕第 12 号."""


class StatedState(StrEnum):
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CORRECTED = "corrected"


STATE_NAMES: Final = {
    StatedState.WAITING: "等本人确认",
    StatedState.CONFIRMED: "本人已确认",
    StatedState.REFUSED: "本人不认可",
    StatedState.WITHDRAWN: "已撤回",
    StatedState.CORRECTED: "已更正",
}
LIVE: Final = (StatedState.WAITING, StatedState.CONFIRMED)
"""Those that the employer lists; the rest says what became of it."""


class StatedFlawError(ValueError):
    """What is wrong with a statement, by field, and what to do about it."""

    def __init__(self, field: str, sentence: str, remedy: str) -> None:
        super().__init__(sentence)
        self.field, self.sentence, self.remedy = field, sentence, remedy


_VERDICTS: Final = {
    Verdict.VALID: "经查验是本平台签发的证书，有效",
    Verdict.EXPIRED: "经查验是本平台签发的证书，已过有效期",
    Verdict.SUPERSEDED: "经查验是本平台签发的证书，已换发新证",
    Verdict.SUSPENDED: "经查验是本平台签发的证书，正在暂停使用",
    Verdict.REVOKED: "经查验是本平台签发的证书，已撤销",
    Verdict.ALTERED: "经查验文件被改过，请勿采信",
}


def verdict_words(verdict: str, on: dt.date) -> str:
    """What is said of a verdict and the day it is of; empty where nothing could be checked.

    The certificate may have been revoked or replaced since: what was found is of that day alone.
    """
    found = _VERDICTS.get(Verdict(verdict), "") if verdict else ""
    return f"登记时（{on.isoformat()}）{found}" if found else ""


def kinds() -> list[tuple[str, str, str]]:
    """Each kind: code, name, how its numbers are spelled."""
    hints = {code: each.hint for code, each in external.NUMBERINGS.items()}
    return [(code, name, hints.get(code, "照证书填写")) for code, name in KIND_NAMES.items()]


def read(given: Evidence, *, today: dt.date, own_number: bool | None) -> Evidence:
    """The statement in its one spelling. Raises StatedFlawError for the first flaw.

    `own_number` tells whether the identity number in a 特种作业操作证 is the person's; None where
    that is not known.
    """
    try:
        read_one = (
            _read_training(given, today)
            if given.kind == TRAINING
            else external.read(given, today=today, is_own=lambda _: None)
        )
    except ExternalFlawError as flaw:
        raise StatedFlawError(flaw.field, flaw.sentence, flaw.remedy) from None
    if given.kind == "special_operation" and own_number is False:
        sentence = "T 后面的身份证号码不是这位员工的。"
        raise StatedFlawError("number", sentence, "请对照操作证逐位检查，也看看选的人对不对")
    if read_one.valid_until is not None and read_one.valid_until - today > _LONGEST:
        sentence = "有效期太远，不像证书上写的。"
        raise StatedFlawError("valid_until", sentence, "请照证书填写；长期有效的不用填")
    return read_one


def _read_training(given: Evidence, today: dt.date) -> Evidence:
    number = " ".join(unicodedata.normalize("NFC", given.number).split())
    if not any(char.isalnum() for char in number) or not all(
        char.isalnum() or char in _SIGNS for char in number
    ):
        sentence = "证书编号里有认不出的字符。"
        raise StatedFlawError("number", sentence, "请照证书填写编号；没有编号的写“无”")
    if not external.EARLIEST <= given.issued_on <= today:
        sentence = "发证日期不对：应当在 1980 年以后，并且不晚于今天。"
        raise StatedFlawError("issued_on", sentence, "请照证书填写发证日期")
    if given.valid_until is not None and given.valid_until <= given.issued_on:
        sentence = "有效期应当晚于发证日期。"
        raise StatedFlawError("valid_until", sentence, "请照证书填写有效期")
    return replace(
        given, number=number, title=" ".join(given.title.split()),
        issuer=" ".join(given.issuer.split()),
    )  # fmt: skip


def shown_number(kind: str, number: str) -> str:
    """A number as it is listed: one that is an identity number by its last four alone."""
    return external.masked(number) if kind == "special_operation" else number


def own_number_of(kind: str, number: str) -> str | None:
    """The identity number inside a number, as it was typed; None where there is none."""
    spelled = external.normalise(number)
    return spelled[1:] if kind == "special_operation" and spelled.startswith("T") else None


def house_number(number: str) -> str | None:
    """A number of a certificate of this house in its one spelling; None for any other."""
    return numbers.normalise(number)


def read_proof(text: str) -> tuple[bytes, LicenceKind]:
    """The paper out of base64. Raises StatedFlawError for /proof."""
    try:
        return read_licence(text)
    except ApplicationFlawError as flaw:
        sentence = flaw.sentence.replace("营业执照", "证书")
        raise StatedFlawError("proof", sentence, flaw.remedy) from None


def may_answer(state: StatedState, *, agrees: bool) -> bool:
    """Tell whether the person may say so now; who said yes may still say no."""
    if state is StatedState.WAITING:
        return True
    return state is StatedState.CONFIRMED and not agrees
