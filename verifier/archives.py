"""The archive of a class 一期一档 as a signed file: whose signature, whose names, what fits.

Steps 0 and 2 to 7 of docs/certificates.md, "Checking one by yourself". It says how things stood
when the class was closed, and has no status: an hour corrected and a certificate revoked since do
not change it.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from verifier.canonical import dumps
from verifier.issuer import is_signed
from verifier.log_proofs import RejectedError
from verifier.periods import ALWAYS, NOT_AT_HAND, Period
from verifier.records import check_number, from_base64url

_FORM, FORMAT = "shixue-class-", "shixue-class-1"
_SIGNED_AS = b"shixue-class-1\n"
_HELD_AS = "shixue-class-holder-1"
_MEMBERS = {"statement", "names", "key_id", "signature"}
_NAME = {"holder", "name", "masked_number", "salt"}
_NOT_CALLED = -1


def is_archive(file: Mapping[str, Any]) -> bool:
    """Whether a file says that it is the archive of a class, of whatever form."""
    stated = file.get("statement")
    return isinstance(stated, Mapping) and str(stated.get("format")).startswith(_FORM)


def check_archive(
    file: Mapping[str, Any], keys: Mapping[str, bytes], periods: Mapping[str, Period] = NOT_AT_HAND
) -> Mapping[str, Any]:
    """What it states, once that is signed, names whom it binds and fits. Raises RejectedError.

    `periods` say when each key was in use, as far as that is at hand.
    """
    stated: Mapping[str, Any] = file["statement"]
    if set(file) != _MEMBERS:
        raise RejectedError("step 0 (read): it holds what no archive of the platform holds")
    if stated["format"] != FORMAT:
        raise RejectedError("step 0 (read): an archive of a form that this verifier does not know")
    key_id = file["key_id"]
    key = keys.get(key_id) if isinstance(key_id, str) else None
    if key is None:
        raise RejectedError(
            f"step 2 (key): {key_id!r:.60} is no key that you have for archives of classes"
        )
    if not is_signed(key, from_base64url(file["signature"]), _SIGNED_AS + dumps(stated)):
        raise RejectedError("step 3 (signature): it does not fit; something was changed")
    periods.get(key_id, ALWAYS).check(key_id, stated["made_at"])
    _check_names(stated, file["names"])
    for course in _courses(stated):
        if course["certificate"]:
            check_number(course["certificate"])
    _check_sums(stated)
    return stated


def _check_names(stated: Mapping[str, Any], names: Sequence[Mapping[str, Any]]) -> None:
    """Step 4: every name is bound, each once. Of who deleted their account there is none."""
    bound = [each["holder"] for each in stated["members"]]
    seen: set[str] = set()
    for each in names:
        told = [each.get(name) for name in ("salt", "name", "masked_number")]
        if set(each) != _NAME or not all(isinstance(value, str) for value in each.values()):
            raise RejectedError("step 4 (holder): a name that is not written as the platform does")
        made = sha256("\n".join([_HELD_AS, *map(str, told)]).encode()).hexdigest()
        if made != each["holder"] or made not in bound or made in seen:
            raise RejectedError(
                f"step 4 (holder): {each['name']!r:.60} is nobody whom the archive binds, or "
                "stands there twice; the name or number is not the one that was signed"
            )
        seen.add(made)


def _check_sums(stated: Mapping[str, Any]) -> None:
    """Step 7: its people are as many as it says, and nobody came where nobody was counted."""
    members, units = stated["members"], {each["number"]: each["came"] for each in stated["units"]}
    if stated["people"] != len(members) or len({each["holder"] for each in members}) != len(
        members
    ):
        raise RejectedError("step 7 (agreement): its people are not as many as it states")
    for number, came in units.items():
        seen = sum(number in each["attended"] for each in members)
        # Who came and left the class later is counted, and not among its people any more.
        if seen > (0 if came == _NOT_CALLED else came):
            raise RejectedError(f"step 7 (agreement): more came to unit {number} than it states")
    for each in members:
        if not set(each["attended"]) <= set(units):
            raise RejectedError("step 7 (agreement): somebody came to a unit that is not in it")


def places(stated: Mapping[str, Any]) -> list[int]:
    """Where the last entry of each course stands in the log; those that waited are left out."""
    return [each["position"] for each in _courses(stated) if each["position"] >= 0]


def _courses(stated: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [course for member in stated["members"] for course in member["courses"]]


def sentence(stated: Mapping[str, Any], names: Sequence[Mapping[str, Any]]) -> str:
    """What it says, to compare; its digest is the one that the log has of it (`class.archived`)."""
    told = {each["holder"]: f"{each['name']} {each['masked_number']}" for each in names}
    people = "; ".join(
        f"{told.get(member['holder'], '(deleted their account)')}: "
        + ", ".join(
            f"{course['title']} {course['stated_hours']} {course['certificate'] or '-'}"
            for course in member["courses"]
        )
        for member in stated["members"]
    )
    digest = sha256(_SIGNED_AS + dumps(stated)).hexdigest()
    return (
        f"it states: {stated['title']} of {stated['organisation']}, {stated['starts_on']} to "
        f"{stated['ends_on']}, closed {stated['closed_at']}, {stated['people']} people: {people}\n"
        f"SHA-256 of what is signed: {digest}"
    )
