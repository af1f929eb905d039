"""Kinds of certificate: data that says what may be issued here, on which terms, and how it looks.

Read from `reference/certificate_types.toml`; nothing about a kind stands in code. A certificate
that was issued holds what it says by itself: changing its kind changes nothing about it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

TABLE = "certificate_types"
FIELDS = frozenset(
    {"number", "name", "identity", "identity_masked", "programme", "course", "cluster", "period",
     "completed_on", "hours", "score", "expires_on", "retraining", "institution", "issued_on"}
)  # fmt: skip
"""What a line of a certificate may state."""
_HEAD = frozenset({"programme", "number"})
LAYOUTS: dict[str, frozenset[str]] = {
    # A sentence about the holder above the lines, the institution below them.
    "statement": _HEAD | {
        "name", "identity", "period", "course", "hours", "score", "institution", "issued_on"
    },
    # Lines alone, in the order of the kind.
    "lines": frozenset({"programme"}),
}  # fmt: skip
"""How one may be drawn, and what each states by itself (app/certs/providers/certificate.typ)."""
_NEEDED = ("number", "name", "course", "period", "institution", "issued_on")
_WHO = frozenset({"identity", "identity_masked"})

Short = Annotated[str, Meta(min_length=1, max_length=60)]
Code = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Months = Annotated[int, Meta(ge=1, le=600)]


class Validity(StrEnum):
    """Whether a course has to, may or must not give its certificates a last day."""

    REQUIRED = "required"
    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"


class Line(Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the certificate: which field, and the words before it."""

    field: str
    label: Annotated[str, Meta(min_length=1, max_length=12)]


class Source(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the rule is written."""

    document: Annotated[str, Meta(min_length=1, max_length=120)]
    article: Annotated[str, Meta(max_length=120)] = ""


class CertificateType(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A kind of certificate. Those not `issued_here` are somebody else's and only recorded.

    `validity_months` are what a course gets that names none; `in_person_percent` is the share of
    the hours that have to be taught face to face.
    """

    code: Code
    name: Short
    issued_here: bool
    training: Literal["skill", "safety"]
    issuer: Annotated[str, Meta(min_length=1, max_length=120)]
    note: Annotated[str, Meta(min_length=1, max_length=200)]
    source: Source
    validity: Validity = Validity.FORBIDDEN
    validity_months: Months | None = None
    retraining: Annotated[str, Meta(max_length=200)] = ""
    in_person_percent: Annotated[int, Meta(ge=0, le=100)] = 0
    layout: str = ""
    lines: tuple[Line, ...] = ()


class TypeFlawError(ValueError):
    """A table that cannot stand; `field` says where in it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class TypeTable:
    """All kinds, in the order of the file."""

    kinds: tuple[CertificateType, ...]

    def coded(self, code: str) -> CertificateType | None:
        return next((kind for kind in self.kinds if kind.code == code), None)

    def named(self, name: str) -> CertificateType | None:
        return next((kind for kind in self.kinds if kind.name == name), None)


def table_of(given: Mapping[str, Any]) -> TypeTable:
    """The kinds of a file's content. Raises TypeFlawError for the first that is wrong."""
    if not isinstance(given.get(TABLE), list):
        raise TypeFlawError(TABLE, "should be a list of tables")
    kinds = tuple(_kind(index, values) for index, values in enumerate(given[TABLE]))
    for name in ("code", "name"):
        seen: set[str] = set()
        for index, kind in enumerate(kinds):
            if (value := getattr(kind, name)) in seen:
                raise TypeFlawError(f"{TABLE}[{index}].{name}", f"{value} stands here twice")
            seen.add(value)
    return TypeTable(kinds)


def _kind(index: int, values: object) -> CertificateType:
    place = f"{TABLE}[{index}]"
    try:
        kind = msgspec.convert(values, CertificateType)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$.")
        unknown = re.search(r"unknown field `(\w+)`|missing required field `(\w+)`", message)
        inner = where.rstrip("`") or (unknown[1] or unknown[2] if unknown else "")
        raise TypeFlawError(f"{place}.{inner}", message) from None
    found = _term_flaw(kind) or (_drawing_flaw(kind) if kind.issued_here else _foreign_flaw(kind))
    if found is not None:
        raise TypeFlawError(f"{place}.{found[0]}", found[1])
    return kind


def _term_flaw(kind: CertificateType) -> tuple[str, str] | None:
    if kind.validity is Validity.REQUIRED and kind.validity_months is None:
        return "validity_months", "is needed where a validity is required"
    if kind.validity is Validity.FORBIDDEN and kind.validity_months is not None:
        return "validity_months", "stands here although a validity is forbidden"
    if kind.retraining and kind.validity is Validity.FORBIDDEN:
        return "retraining", "is of no use to a certificate that does not end"
    return None


def _foreign_flaw(kind: CertificateType) -> tuple[str, str] | None:
    """What is not ours is never drawn, so it has nothing to be drawn by."""
    if kind.layout or kind.lines:
        return "layout" if kind.layout else "lines", "stands here although it is not issued here"
    return None


def _drawing_flaw(kind: CertificateType) -> tuple[str, str] | None:
    if kind.layout not in LAYOUTS:
        return "layout", "should be one of " + ", ".join(LAYOUTS)
    own = [line.field for line in kind.lines]
    for field in own:
        if field not in FIELDS:
            return "lines", f"{field} is not a field; these are: " + ", ".join(sorted(FIELDS))
    if len(set(own)) != len(own) or not own:
        return "lines", "should name one field at least, and none twice"
    stated = LAYOUTS[kind.layout] | set(own)
    missing = [field for field in _NEEDED if field not in stated]
    if missing or not stated & _WHO:
        return "lines", "leaves out " + ", ".join(missing or sorted(_WHO))
    for field, is_needed in (
        ("expires_on", kind.validity is not Validity.FORBIDDEN),
        ("retraining", bool(kind.retraining)),
    ):
        if is_needed and field not in stated:
            return "lines", f"leaves out {field}"
    return None


def refusal_of(kind: CertificateType | None, name: str) -> str | None:
    """Why no certificate of this kind can come of a course here; None where one can."""
    if kind is None:
        return f"没有“{name}”这种证书。请从证书种类表里选一种。"
    if not kind.issued_here:
        return (
            f"{kind.name}由{kind.issuer}签发，不归本平台签发，只能由持证人自己登记。"
            "请改用本平台签发的证书种类。"
        )
    if kind.in_person_percent:
        return (
            f"{kind.name}要求线下学时不少于 {kind.in_person_percent} %，"
            "只在线上学习不能取得。请改用可以线上取得的证书种类。"
        )
    return None


def months_of(kind: CertificateType, months: int | None) -> int | None:
    """The months of validity of a course that names its own, or none."""
    return kind.validity_months if months is None else months


def validity_refusal(kind: CertificateType, months: int | None) -> str | None:
    """Why a certificate of this kind cannot be valid for so long; None where it can."""
    if kind.validity is Validity.REQUIRED and months is None:
        return f"{kind.name}必须有有效期。请写明有效期是几个月。"
    if kind.validity is Validity.FORBIDDEN and months is not None:
        return f"{kind.name}没有有效期。请删去课程里的有效期。"
    return None
