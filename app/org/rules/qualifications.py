"""What an organisation is by somebody else's word: dated, with a paper, confirmed at the desk."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from app.org.rules.organisations import FAVOURED_NAMES, OrganisationKind

LASTS_AT_MOST = dt.timedelta(days=20 * 366)
NEAR = dt.timedelta(days=60)
"""Before its end, a qualification is shown as about to run out."""


class Qualification(StrEnum):
    """The eight kinds of favoured enterprise, and what an institution trains and assesses by."""

    CHAIN_LEADER = "chain_leader"
    FOUR_BASES = "four_bases"
    SINGLE_CHAMPION = "single_champion"
    LITTLE_GIANT = "little_giant"
    TECHNOLOGY_MODEL = "technology_model"
    SERVICE_MODEL = "service_model"
    INNOVATION_CENTRE = "innovation_centre"
    NEW_MATERIAL_PLATFORM = "new_material_platform"
    TRAINING_LICENCE = "training_licence"
    EVALUATION_FILING = "evaluation_filing"
    DIRECTORY_ENTRY = "directory_entry"


NAMES: dict[Qualification, str] = {
    **{Qualification(kind.value): name for kind, name in FAVOURED_NAMES.items()},
    Qualification.TRAINING_LICENCE: "办学许可证",
    Qualification.EVALUATION_FILING: "职业技能等级认定机构备案",
    Qualification.DIRECTORY_ENTRY: "当地职业培训机构目录",
}
_OF_INSTITUTIONS = frozenset(
    {
        Qualification.TRAINING_LICENCE, Qualification.EVALUATION_FILING,
        Qualification.DIRECTORY_ENTRY,
    }
)  # fmt: skip


class QualificationState(StrEnum):
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Standing(StrEnum):
    """How a qualification, or an institution in the directory, stands on a day."""

    WAITING = "waiting"
    REFUSED = "refused"
    NOT_YET = "not_yet"
    VALID = "valid"
    ENDING = "ending"
    EXPIRED = "expired"


STANDING_NAMES = {
    Standing.WAITING: "正在审核",
    Standing.REFUSED: "没有通过",
    Standing.NOT_YET: "还没有生效",
    Standing.VALID: "有效",
    Standing.ENDING: "快到期",
    Standing.EXPIRED: "已过期",
}


class Listing(StrEnum):
    """How an institution stands in the public directory."""

    LISTED = "listed"
    SUSPENDED = "suspended"
    EXPIRED = "expired"


LISTING_NAMES = {
    Listing.LISTED: "正常",
    Listing.SUSPENDED: "已暂停",
    Listing.EXPIRED: "资质已过期",
}


class QualificationFlawError(ValueError):
    """What is wrong with what was entered, by field, and what to do about it."""

    def __init__(self, field: str, sentence: str, remedy: str) -> None:
        super().__init__(sentence)
        self.field, self.sentence, self.remedy = field, sentence, remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A qualification as an organisation enters it; the last day still belongs to it."""

    kind: str
    number: str
    valid_from: dt.date
    valid_until: dt.date


def kinds_of(kind: OrganisationKind) -> tuple[Qualification, ...]:
    """Which qualifications an organisation of a kind can have."""
    is_institution = kind is OrganisationKind.INSTITUTION
    return tuple(each for each in Qualification if (each in _OF_INSTITUTIONS) is is_institution)


def check(stated: Stated, kind: OrganisationKind, *, today: dt.date) -> Qualification:
    """Read what was entered. Raises QualificationFlawError for the first flaw."""
    if stated.kind not in set(kinds_of(kind)):
        raise QualificationFlawError("kind", "没有这种资质。", "请从列表里选一种")
    if stated.valid_until < stated.valid_from:
        sentence = "有效期的结束早于开始。"
        raise QualificationFlawError("valid_until", sentence, "请照文件填写")
    if stated.valid_until < today:
        sentence = "这份文件已经过期。"
        raise QualificationFlawError("valid_until", sentence, "请上传现在有效的文件")
    if stated.valid_until - stated.valid_from > LASTS_AT_MOST:
        sentence = "有效期太长，最长 20 年。"
        raise QualificationFlawError("valid_until", sentence, "长期有效的，请填 20 年")
    return Qualification(stated.kind)


def standing_of(
    state: QualificationState, valid_from: dt.date, valid_until: dt.date, today: dt.date
) -> Standing:
    """How one stands on a day."""
    if state is QualificationState.WAITING:
        return Standing.WAITING
    if state is not QualificationState.CONFIRMED:
        return Standing.REFUSED
    if today < valid_from:
        return Standing.NOT_YET
    if today > valid_until:
        return Standing.EXPIRED
    return Standing.ENDING if valid_until - today <= NEAR else Standing.VALID


def listing_of(last_day: dt.date, *, is_suspended: bool, today: dt.date) -> Listing:
    """How an institution stands whose confirmed qualifications last until a day."""
    if is_suspended:
        return Listing.SUSPENDED
    return Listing.LISTED if today <= last_day else Listing.EXPIRED
