"""The shape that a credential has to have before anybody signs it: W3C's data model 2.0.

What is signed here is composed by rules of ours and has it; this is so that no slip in them is
ever signed. Only what the specification demands is asked, clause by clause.
"""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

_STAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_TYPED = ("credentialStatus", "credentialSchema", "evidence", "termsOfUse", "refreshService")


def shape_flaw(document: Mapping[str, Any]) -> str | None:
    """The first member that is not as the data model has it, and the clause; None for none."""
    wrong = {
        "id (4.4)": "id" in document and not _is_url(document["id"]),
        "type (4.5)": "VerifiableCredential" not in _each(document.get("type")),
        "issuer (4.7)": not _is_url(_id_of(document.get("issuer"))),
        "credentialSubject (4.8)": not _are_claims(document.get("credentialSubject")),
        "validFrom, validUntil (4.9)": not _is_period(document),
        **{f"{name} (4.5)": not _are_typed(document, name) for name in _TYPED},
        "credentialSchema (4.11)": not _are_named(document, "credentialSchema"),
        "relatedResource (5.3)": not _are_bound(document),
    }
    return next((name for name, is_wrong in wrong.items() if is_wrong), None)


def _each(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_url(value: object) -> bool:
    if not isinstance(value, str) or re.search(r"\s", value):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return bool(parts.scheme and (parts.netloc or parts.path))


def _id_of(value: object) -> object:
    return value.get("id") if isinstance(value, dict) else value


def _are_claims(value: object) -> bool:
    subjects = _each(value)
    return bool(subjects) and all(isinstance(each, dict) and each for each in subjects)


def _is_period(document: Mapping[str, Any]) -> bool:
    moments = []
    for name in ("validFrom", "validUntil"):
        if name not in document:
            continue
        text = document[name]
        if not isinstance(text, str) or not _STAMP.fullmatch(text):
            return False
        try:
            moments.append(dt.datetime.fromisoformat(text))
        except ValueError:
            return False
    return moments == sorted(moments)


def _are_typed(document: Mapping[str, Any], name: str) -> bool:
    """Each has a type; an id, where there is one, is one URL (4.4)."""
    return all(
        isinstance(each, dict)
        and bool(_each(each.get("type")))
        and all(isinstance(kind, str) for kind in _each(each.get("type")))
        and ("id" not in each or _is_url(each["id"]))
        for each in _each(document.get(name))
    )


def _are_named(document: Mapping[str, Any], name: str) -> bool:
    return all("id" in each for each in _each(document.get(name)) if isinstance(each, dict))


def _are_bound(document: Mapping[str, Any]) -> bool:
    resources = _each(document.get("relatedResource"))
    if not all(isinstance(each, dict) and _is_url(each.get("id")) for each in resources):
        return False
    names = [each["id"] for each in resources]
    return len(set(names)) == len(names) and all(
        each.get("digestSRI") or each.get("digestMultibase") for each in resources
    )
