"""The kinds of identity document, and what reading one of them can tell."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class DocumentType(StrEnum):
    """What a person proves who they are with."""

    RESIDENT_ID = "resident_id"  # 居民身份证, GB 11643
    RESIDENCE_PERMIT = "residence_permit"  # 港澳台居民居住证
    FOREIGN_PERMANENT = "foreign_permanent"  # 外国人永久居留身份证, both generations


DOCUMENT_NAMES: dict[DocumentType, str] = {
    DocumentType.RESIDENT_ID: "居民身份证",
    DocumentType.RESIDENCE_PERMIT: "港澳台居民居住证",
    DocumentType.FOREIGN_PERMANENT: "外国人永久居留身份证",
}


def document_name(kind: str) -> str:
    """What a kind of document is called on paper; 证件 for one that is not known."""
    return {each.value: name for each, name in DOCUMENT_NAMES.items()}.get(kind, "证件")


class DocumentFlaw(StrEnum):
    """Why a number is not taken."""

    FORMAT = "format"
    REGION = "region"
    BIRTH_DATE = "birth_date"
    CHECK_DIGIT = "check_digit"
    TOO_YOUNG = "too_young"
    TOO_OLD = "too_old"


@dataclass(frozen=True, slots=True)
class Document:
    """A number that stood every test; `number` is its one canonical spelling."""

    document_type: DocumentType
    number: str
    born_on: dt.date
    is_male: bool


class DocumentError(ValueError):
    """A number that cannot be right, with the flaw and a sentence for the person."""

    def __init__(self, flaw: DocumentFlaw, sentence: str) -> None:
        super().__init__(sentence)
        self.flaw = flaw
        self.sentence = sentence
